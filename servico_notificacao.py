"""Avisa o cliente de cada pedido pago: o fim da linha, lê pedidos_concluidos e não publica nada."""

import time

from common.configuracao import NOTIFICACAO
from common.servico import Servico
from common.terminal import argumentos


def main() -> None:
    tempo = argumentos.tempo(__doc__, padrao_s=0.0)
    with Servico(NOTIFICACAO) as servico:
        for pedido in servico.pedidos():
            time.sleep(tempo)  # enviar o e-mail: instantâneo, se nada for dito
            servico.diga(f"Pedido {pedido} concluído para {pedido.cliente} em {pedido.segundos_de_vida():.1f} s")


if __name__ == "__main__":
    main()
