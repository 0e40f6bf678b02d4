"""As medidas do laboratório nesta máquina: `python -m tests.medicao` (uns 2 minutos, em um Kafka só dela).

Não é um teste: nada falha por ser lento. Os números de uma execução só se comparam entre si.
"""

import sys
import time
from collections.abc import Iterator

import psutil

from common.configuracao import TOPICOS_BASE
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.script import Script
from tests.apoio.sala import FIM_S, PRONTO_S, SalaDeTeste, ate

TEMPO_S = 2.0  # o do estoque na aula
MUITOS = 30_000


def main() -> None:
    with KafkaLocal.temporario() as kafka:
        for medida in (partida_e_ctrl_c, uma_e_duas_instancias, kill_9, kill_9_na_transacao, muitos_pedidos):
            with SalaDeTeste(kafka.bootstrap) as sala:
                for nome, valor in medida(sala):
                    sys.stdout.write(f"{nome:<62} {valor}\n")
                    sys.stdout.flush()


def partida_e_ctrl_c(sala: SalaDeTeste) -> Iterator[tuple[str, str]]:
    sala.produz(1)  # os tópicos já existem, como em toda partida menos a primeira
    partidas, saidas = [], []
    for nome in ("estoque", "pagamento", "notificacao"):
        inicio = time.monotonic()
        servico = sala.servico(nome, TEMPO_S)
        partidas.append(time.monotonic() - inicio)
        inicio = time.monotonic()
        servico.ctrl_c()
        servico.espera_fim(FIM_S)
        saidas.append(time.monotonic() - inicio)
    yield "do comando a 'Pronto' (com o vigia), cada serviço", _segundos(*partidas)
    yield "do Ctrl+C ao fim do processo, cada serviço", _segundos(*saidas)


def uma_e_duas_instancias(sala: SalaDeTeste) -> Iterator[tuple[str, str]]:
    primeira = sala.servico("estoque", TEMPO_S)
    inicio = time.monotonic()
    sala.produz(10)
    yield "10 pedidos, uma instância", _segundos(_duracao([primeira], inicio))
    segunda = sala.servico("estoque", TEMPO_S)
    primeira.espera("Rebalanceamento", PRONTO_S)
    inicio = time.monotonic()
    sala.produz(10)
    yield "10 pedidos, duas instâncias", _segundos(_duracao([primeira, segunda], inicio))
    for instancia in (primeira, segunda):
        instancia.encerra()

    primeira = sala.servico("estoque", TEMPO_S)
    sala.produz(10)
    primeira.espera("Recebi", FIM_S)
    inicio = time.monotonic()
    segunda = sala.abre("servico_estoque.py", "--tempo", str(TEMPO_S))
    quando = segunda.espera("Recebi", FIM_S) - inicio
    yield "uma segunda instância, com a primeira no meio de um pedido", f"primeiro pedido em {quando:.2f} s"


def kill_9(sala: SalaDeTeste) -> Iterator[tuple[str, str]]:
    vitima, herdeira = sala.servico("estoque", TEMPO_S), sala.servico("estoque", 0)
    vitima.espera("Rebalanceamento", PRONTO_S)
    sala.produz(10)
    vitima.espera("Recebi", FIM_S)
    inicio = time.monotonic()
    vitima.mata()
    herdeira.espera("partições atribuídas: 0, 1, 2", FIM_S, desde=inicio)
    quando = herdeira.espera("Recebi", FIM_S, desde=inicio + 1) - inicio
    yield "kill -9 de uma instância: os pedidos dela seguem em outra em", _segundos(quando)


def kill_9_na_transacao(sala: SalaDeTeste) -> Iterator[tuple[str, str]]:
    herdeira, inicio = sala.estoque_morto_no_commit(10)
    quando = herdeira.espera("aprovado", FIM_S, vezes=10) - inicio
    yield "kill -9 dentro de uma transação: o último pedido aprovado em", _segundos(quando)


def muitos_pedidos(sala: SalaDeTeste) -> Iterator[tuple[str, str]]:
    servicos = sala.linha_inteira()
    inicio = time.monotonic()
    produtor = sala.produz(MUITOS)
    yield f"produtor, {MUITOS} pedidos", produtor.textos()[-1]
    for servico in servicos:
        servico.espera(f"(total {MUITOS})", 3 * FIM_S)
    total_s = time.monotonic() - inicio
    yield f"{MUITOS} pedidos pela linha inteira, --tempo 0", f"{total_s:.1f} s, {MUITOS / total_s:.0f} pedidos/s"
    memoria = ", ".join(f"{psutil.Process(servico.pid).memory_info().rss / 2**20:.0f} MB" for servico in servicos)
    yield "memória de cada serviço (RSS)", memoria
    contagens = [sala.chaves(base) for base in TOPICOS_BASE]
    certos = all(len(c) == c.total() == MUITOS for c in contagens)
    yield "cada pedido uma vez em cada tópico", "sim" if certos else "NÃO"


def _duracao(instancias: list[Script], desde: float) -> float:
    """Do primeiro "Recebi" ao décimo "aprovado", somadas as instâncias (segundos)."""

    def instantes(trecho: str) -> list[float]:
        return sorted(q for i in instancias for q, texto in list(i.linhas) if q >= desde and trecho in texto)

    ate(lambda: len(instantes("aprovado")) >= 10, FIM_S, "os 10 pedidos não foram aprovados")
    return instantes("aprovado")[9] - instantes("Recebi")[0]


def _segundos(*valores: float) -> str:
    return ", ".join(f"{valor:.2f} s" for valor in valores)


if __name__ == "__main__":
    main()
