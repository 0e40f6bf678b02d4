"""Exercício 4 (mudar): um quarto serviço, o da nota fiscal dos pedidos pagos. Como fazer: docs/exercicios.md."""

from common.configuracao import NOTIFICACAO
from common.servico import Servico

# TODO 1: a nota fiscal não é a notificação: crie uma Etapa só dela (copie a NOTIFICACAO de common/configuracao.py e
# mude o nome, a cor e o que mais for preciso; Etapa se importa dali, e Status, de common/pedido.py)
NOTA_FISCAL = NOTIFICACAO


def main() -> None:
    with Servico(NOTA_FISCAL) as servico:
        for pedido in servico.pedidos():
            # TODO 2: uma linha como "Nota fiscal do pedido 3 (a1b2): R$ 189,90"; o pedido guarda o total em centavos
            servico.diga(f"Pedido {pedido} concluído para {pedido.cliente}")


if __name__ == "__main__":
    main()
