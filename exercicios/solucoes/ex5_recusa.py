"""Solução do exercício 5: o estoque recusa o pedido que tem um Monitor."""

import time

from common.configuracao import ESTOQUE
from common.servico import Servico

EM_FALTA = "Monitor"
TEMPO_S = 0.05

# o grupo passou pelo pedido e não deixou resultado: para quem só olha os tópicos, é o mesmo que perder
O_CONFERE_DIZ = "perdidos"


def main() -> None:
    with Servico(ESTOQUE) as servico:
        for pedido in servico.pedidos():
            servico.diga(f"Recebi pedido {pedido}")
            time.sleep(TEMPO_S)
            if any(item.produto == EM_FALTA for item in pedido.itens):
                servico.diga(f"Pedido {pedido} recusado: {EM_FALTA} em falta")
            else:
                servico.publica(pedido.aprovado(), f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
