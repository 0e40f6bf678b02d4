"""Solução do exercício 2: o pagamento cai no meio de um pedido, e volta."""

APROVADOS = 8

# o terceiro foi recebido, mas nem o resultado nem o offset dele foram gravados
PAGOS = 2

# esperar não é perder
ESPERANDO_PELO_PAGAMENTO = 6
PERDIDOS = 0

# três antes da queda, e seis depois: o terceiro pedido foi recebido duas vezes
LINHAS_RECEBI_PEDIDO = 9

PAGOS_NO_FIM = 8
DUPLICADOS = 0
