"""Solução do exercício 4: um quarto serviço, o da nota fiscal dos pedidos pagos."""

from common.configuracao import PEDIDOS_CONCLUIDOS, Etapa
from common.pedido import Status
from common.servico import Servico

# o mesmo tópico da notificação, em outro grupo: cada grupo recebe todos os pedidos
NOTA_FISCAL = Etapa("NOTA FISCAL", "blue", "grupo_nota_fiscal", PEDIDOS_CONCLUIDOS, None, Status.PAGO)


def main() -> None:
    with Servico(NOTA_FISCAL) as servico:
        for pedido in servico.pedidos():
            reais = f"{pedido.total_centavos // 100},{pedido.total_centavos % 100:02}"
            servico.diga(f"Nota fiscal do pedido {pedido}: R$ {reais}")


if __name__ == "__main__":
    main()
