"""Cobra cada pedido aprovado: pedidos_aprovados → pedidos_concluidos."""

import time

from common.configuracao import PAGAMENTO
from common.servico import Servico
from common.terminal import argumentos


def main() -> None:
    tempo = argumentos.tempo(__doc__, padrao_s=1.0)
    with Servico(PAGAMENTO) as servico:
        for pedido in servico.pedidos():
            servico.diga(f"Recebi pedido {pedido}")
            time.sleep(tempo)  # falar com o banco leva tempo
            servico.publica(pedido.pago(), f"Pedido {pedido} pago")


if __name__ == "__main__":
    main()
