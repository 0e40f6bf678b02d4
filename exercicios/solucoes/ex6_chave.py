"""Solução do exercício 6: a chave escolhe a partição, e uma delas fica sem pedidos."""

from kafka import KafkaProducer

from common.conexao import clientes
from common.configuracao import NOVOS_PEDIDOS, com_prefixo
from common.pedido import Pedido, codifica, novos_pedidos
from exercicios.cru import CONFIRMACAO_S, aberto, fala

QUANTOS = 60

# são só três chaves: pix e boleto caem na partição 0, cartao cai na 2
PARTICAO_SEM_PEDIDOS = 1

# o dono da partição 1 está pronto, mas não recebe nada
ESTOQUES_QUE_TRABALHAM = 2


def chave(pedido: Pedido) -> str:
    return pedido.pagamento.value


def main() -> None:
    with aberto(lambda: KafkaProducer(**clientes.do_produtor())) as produtor:
        for pedido in novos_pedidos(QUANTOS):
            # sem dizer a partição: o cliente a calcula da chave, e chaves iguais caem sempre na mesma
            envio = produtor.send(com_prefixo(NOVOS_PEDIDOS), codifica(pedido), chave(pedido).encode())
            fala(f"Pedido {pedido} · chave {chave(pedido)} → partição {envio.get(CONFIRMACAO_S).partition}")


if __name__ == "__main__":
    main()
