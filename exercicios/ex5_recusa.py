"""Exercício 5 (mudar): o estoque recusa o pedido que tem um Monitor. Como fazer: docs/exercicios.md."""

import time

from common.configuracao import ESTOQUE
from common.servico import Servico

EM_FALTA = "Monitor"
TEMPO_S = 0.05  # procurar nas prateleiras; curto, para que 30 pedidos não levem um minuto

# TODO 2: depois das recusas, o que python -m lab confere diz desses pedidos: "esperando", "perdidos" ou "duplicados"?
O_CONFERE_DIZ = None


def main() -> None:
    with Servico(ESTOQUE) as servico:
        for pedido in servico.pedidos():
            servico.diga(f"Recebi pedido {pedido}")
            time.sleep(TEMPO_S)
            # TODO 1: se algum item do pedido é o produto EM_FALTA, diga "Pedido … recusado" e não publique nada
            servico.publica(pedido.aprovado(), f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
