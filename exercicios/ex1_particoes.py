"""Exercício 1 (ler): onde o Kafka guarda cada pedido. Como fazer: docs/exercicios.md."""

# Em tópicos novos, o produtor envia 14 pedidos, e o estoque (2 s por pedido) aprova todos.

# TODO 1: em que partição fica o pedido 9?
PARTICAO_DO_PEDIDO_9 = None

# TODO 2: quantos pedidos ficam nas partições 0, 1 e 2? Uma lista, por exemplo [3, 4, 7].
PEDIDOS_POR_PARTICAO = None

# TODO 3: em que offset de novos_pedidos fica o pedido 14?
OFFSET_DO_PEDIDO_14_EM_NOVOS_PEDIDOS = None

# TODO 4: e em que offset de pedidos_aprovados? O estoque publica cada pedido em uma transação, e o commit dela também é
# gravado no tópico.
OFFSET_DO_PEDIDO_14_EM_PEDIDOS_APROVADOS = None
