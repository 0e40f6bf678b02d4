"""Envia pedidos novos ao tópico novos_pedidos e termina. Quem vai atendê-los, ele não sabe nem espera."""

from common.pedido import novos_pedidos
from common.produtor import Produtor
from common.terminal import argumentos


def main() -> None:
    quantidade = argumentos.quantidade(__doc__, padrao=10)
    with Produtor(quantidade) as produtor:
        for pedido in novos_pedidos(quantidade):
            produtor.envia(pedido)


if __name__ == "__main__":
    main()
