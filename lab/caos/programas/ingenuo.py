"""O serviço ingênuo, como nas versões deste laboratório que circulam por aí: o controle positivo do caos.

`python -m lab.caos.programas.ingenuo servico_estoque.py --tempo S`. O offset é confirmado de 5 em 5 s, sozinho; o
resultado segue por conta própria. Se o verificador não acusar este, ele não serve para absolver os outros.
"""

import contextlib
import sys
import time

from kafka import KafkaConsumer, KafkaProducer

from common.conexao.clientes import BATIMENTO_MS, SESSAO_MS, conexao
from common.configuracao import PAGAMENTO
from common.erros import PedidoInvalido
from common.pedido import codifica, decodifica
from common.terminal.argumentos import tempo
from lab.caos.instancias import PRONTO, SCRIPTS


def main() -> None:
    script = sys.argv.pop(1)
    etapa = next(etapa for etapa, nome in SCRIPTS.items() if nome == script)
    tempo_s = tempo(__doc__, padrao_s=1.0)
    produtor = KafkaProducer(**conexao())
    consumidor = KafkaConsumer(
        etapa.entrada,
        **conexao(),
        group_id=etapa.grupo,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSAO_MS,  # os mesmos prazos dos outros: a diferença que se mede não é esta
        heartbeat_interval_ms=BATIMENTO_MS,
    )
    sys.stderr.write(f"{PRONTO}\n")
    for registro in consumidor:
        with contextlib.suppress(PedidoInvalido):
            pedido = decodifica(registro.value, etapa.status_esperado)
            time.sleep(tempo_s)
            if etapa.saida:
                novo = pedido.pago() if etapa is PAGAMENTO else pedido.aprovado()
                produtor.send(etapa.saida, codifica(novo), registro.key, partition=registro.partition)


if __name__ == "__main__":
    main()
