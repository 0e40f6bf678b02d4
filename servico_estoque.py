"""Reserva os produtos de cada pedido novo e o aprova: novos_pedidos → pedidos_aprovados."""

import time

from common.configuracao import ESTOQUE
from common.servico import Servico
from common.terminal import argumentos


def main() -> None:
    tempo = argumentos.tempo(__doc__, padrao_s=2.0)
    with Servico(ESTOQUE) as servico:
        for pedido in servico.pedidos():
            servico.diga(f"Recebi pedido {pedido}")
            time.sleep(tempo)  # procurar nas prateleiras leva tempo
            servico.publica(pedido.aprovado(), f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
