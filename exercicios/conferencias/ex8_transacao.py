"""Conferência do exercício 8: duas instâncias morrem, uma em cada pane, e uma terceira termina o trabalho."""

from common.configuracao import ESTOQUE
from exercicios.conferencias.bancada import espera_etapa, morre_na_pane, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala

PEDIDOS = "10"
DEPOIS_DO_ENVIO, DEPOIS_DO_OFFSET = "1", "2"  # cada pedido passa por duas panes


def confere(sala: Sala, modulo: str) -> None:
    # as duas antes dos pedidos: cada uma já tem as suas partições, e chega à sua pane
    vitimas = servicos(sala, 1, "-m", modulo, "--pane", DEPOIS_DO_ENVIO)
    vitimas = servicos(sala, 1, "-m", modulo, "--pane", DEPOIS_DO_OFFSET, ja_abertos=vitimas)
    roda(sala, "produtor_pedidos.py", "-n", PEDIDOS)
    for vitima in vitimas:
        morre_na_pane(vitima)
    contados = espera_etapa(ESTOQUE, *servicos(sala, 1, "-m", modulo))
    if not contados.certa:
        raise Falta(f"depois de duas mortes no meio da transação: {contados.veredito()}")
