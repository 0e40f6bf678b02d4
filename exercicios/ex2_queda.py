"""Exercício 2 (prever): o pagamento cai no meio de um pedido, e volta. Como fazer: docs/exercicios.md."""

# Os três serviços estão prontos, em tópicos novos. O produtor envia 8 pedidos. Quando o pagamento diz "Recebi pedido"
# pela terceira vez, leva um Ctrl+C, antes de dizer "pago". O estoque continua até o fim dos 8.

# TODO 1: quantos pedidos o estoque aprovou?
APROVADOS = None

# TODO 2: quantos foram pagos?
PAGOS = None

# TODO 3: o que diz python -m lab confere: quantos esperam pelo pagamento, e quantos se perderam?
ESPERANDO_PELO_PAGAMENTO = None
PERDIDOS = None

# O pagamento volta, e a linha anda até o fim.

# TODO 4: quantas vezes se leu "[PAGAMENTO] Recebi pedido", contando antes e depois da queda?
LINHAS_RECEBI_PEDIDO = None

# TODO 5: quantos pedidos há em pedidos_concluidos, e quantos deles duplicados?
PAGOS_NO_FIM = None
DUPLICADOS = None
