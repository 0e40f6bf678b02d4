"""Conferência do exercício 2: o Ctrl+C no pagamento, no meio do terceiro pedido, e a volta dele."""

from common.configuracao import ESTOQUE, PAGAMENTO
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera, espera_etapa, esperando, linhas, roda, servicos
from lab.processos.sala import Sala

TEMPO = "1"  # tempo de sobra para o Ctrl+C chegar no meio de um pedido
RECEBI = "Recebi pedido"


REVEJA = {
    "APROVADOS": "o estoque depende de o pagamento estar de pé?",
    "PAGOS": "a queda veio antes de ele dizer pago; o que já tinha sido dito?",
    "ESPERANDO_PELO_PAGAMENTO": "conte os aprovados que não foram pagos; o do meio da queda é um deles?",
    "PERDIDOS": "perdido é um pedido por que o grupo passou; o offset do terceiro chegou a avançar?",
    "LINHAS_RECEBI_PEDIDO": "some as de antes da queda e as de depois; algum pedido está nas duas?",
    "PAGOS_NO_FIM": "cada pedido enviado tem um resultado; quantos foram enviados?",
    "DUPLICADOS": "recebido duas vezes não é publicado duas vezes: quando sai a publicação?",
}


def confere(sala: Sala, modulo: str) -> None:
    previsoes = previsao.le(
        modulo,
        "APROVADOS",
        "PAGOS",
        "ESPERANDO_PELO_PAGAMENTO",
        "PERDIDOS",
        "LINHAS_RECEBI_PEDIDO",
        "PAGOS_NO_FIM",
        "DUPLICADOS",
    )
    estoque = servicos(sala, 1, "servico_estoque.py", "--tempo", "0")
    (pagamento,) = servicos(sala, 1, "servico_pagamento.py", "--tempo", TEMPO)
    roda(sala, "produtor_pedidos.py", "-n", "8")
    espera(lambda: len(linhas(pagamento, RECEBI)) == 3, "o pagamento não recebeu três pedidos", pagamento)
    pagamento.ctrl_c()
    espera(lambda: not pagamento.vivo, "o pagamento não parou")
    queda = espera_etapa(ESTOQUE, *estoque)

    volta = servicos(sala, 1, "servico_pagamento.py", "--tempo", "0")
    fim = espera_etapa(PAGAMENTO, *volta)
    previsao.compara(
        previsoes,
        {
            "APROVADOS": queda.aprovados,
            "PAGOS": queda.pagos,
            "ESPERANDO_PELO_PAGAMENTO": esperando(queda, PAGAMENTO),
            "PERDIDOS": len(queda.perdidos()),
            "LINHAS_RECEBI_PEDIDO": sum(len(linhas(script, RECEBI)) for script in (pagamento, *volta)),
            "PAGOS_NO_FIM": fim.pagos,
            "DUPLICADOS": len(fim.duplicados()),
        },
        REVEJA,
    )
