"""Um produtor que não é o nosso: comprime, escreve o JSON do seu jeito e deixa a biblioteca escolher a partição.

`python -m lab.caos.programas.outro_produtor DIARIO N`: N pedidos com cada compressão.
"""

import json
import sys

from kafka import KafkaProducer

from common.conexao.clientes import conexao
from common.configuracao import NOVOS_PEDIDOS, com_prefixo
from common.pedido import codifica, novos_pedidos
from lab.caos.programas.produtor_anotado import anota_envios

COMPRESSOES = ("gzip", "snappy", "lz4", "zstd")
JUNTA_MS = 20  # um lote de um pedido só mal se comprime
ENTREGA_S = 20.0  # leva milissegundos


def main() -> None:
    _, diario, quantos = sys.argv
    anota_envios(diario)
    for compressao in COMPRESSOES:
        produtor = KafkaProducer(**conexao(), compression_type=compressao, linger_ms=JUNTA_MS)
        for pedido in novos_pedidos(int(quantos)):
            # outra ordem dos campos, espaços, e os acentos em escapes
            valor = json.dumps(json.loads(codifica(pedido)), sort_keys=True).encode()
            produtor.send(com_prefixo(NOVOS_PEDIDOS), valor, str(pedido.id).encode())
        produtor.flush(ENTREGA_S)
        produtor.close(timeout=ENTREGA_S)


if __name__ == "__main__":
    main()
