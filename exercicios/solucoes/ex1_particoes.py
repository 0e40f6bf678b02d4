"""Solução do exercício 1: onde o Kafka guarda cada pedido."""

# em rodízio: o pedido n vai para a partição (n - 1) % 3
PARTICAO_DO_PEDIDO_9 = 2

PEDIDOS_POR_PARTICAO = [5, 5, 4]

# na partição 1 estão 2, 5, 8, 11 e 14: o quinto pedido, e os offsets começam em 0
OFFSET_DO_PEDIDO_14_EM_NOVOS_PEDIDOS = 4

# cada transação grava também a marca do seu commit, que ocupa um offset: pedido, marca, pedido, marca…
OFFSET_DO_PEDIDO_14_EM_PEDIDOS_APROVADOS = 8
