"""Exercício 6 (mudar): a chave escolhe a partição, e uma delas fica sem pedidos. Como fazer: docs/exercicios.md."""

from kafka import KafkaProducer

from common.conexao import clientes
from common.configuracao import NOVOS_PEDIDOS, com_prefixo
from common.pedido import Pedido, codifica, novos_pedidos
from exercicios.cru import CONFIRMACAO_S, aberto, fala

QUANTOS = 60

# TODO 2: com a chave nova, que partição fica sem pedidos?
PARTICAO_SEM_PEDIDOS = None

# TODO 3: de três estoques no grupo, quantos recebem pedidos?
ESTOQUES_QUE_TRABALHAM = None


def chave(pedido: Pedido) -> str:
    # TODO 1: pedidos com a mesma forma de pagamento têm de ficar em ordem entre si: a chave é pedido.pagamento.value
    return str(pedido.id)


def main() -> None:
    with aberto(lambda: KafkaProducer(**clientes.do_produtor())) as produtor:
        for pedido in novos_pedidos(QUANTOS):
            # sem dizer a partição: o cliente a calcula da chave, e chaves iguais caem sempre na mesma
            envio = produtor.send(com_prefixo(NOVOS_PEDIDOS), codifica(pedido), chave(pedido).encode())
            fala(f"Pedido {pedido} · chave {chave(pedido)} → partição {envio.get(CONFIRMACAO_S).partition}")


if __name__ == "__main__":
    main()
