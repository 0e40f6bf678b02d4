"""Conferência do exercício 7: um kill -9 entre os dois passos do laço ingênuo, e outra instância termina o trabalho."""

from common.configuracao import ESTOQUE
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera_etapa, morre_na_pane, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala

PEDIDOS = "10"
TERCEIRO_PEDIDO = "3"


REVEJA = {
    "DUPLICADOS": "que pedidos o processo morto já tinha publicado sem que o offset deles avançasse?",
}


def confere(sala: Sala, modulo: str) -> None:
    roda(sala, "produtor_pedidos.py", "-n", PEDIDOS)
    vitima = sala.abre("-m", modulo, "--pane", TERCEIRO_PEDIDO)
    morre_na_pane(vitima)
    contados = espera_etapa(ESTOQUE, *servicos(sala, 1, "-m", modulo))
    if perdidos := contados.perdidos():
        quais = ", ".join(pedido.hex[:4] for pedido in perdidos)
        raise Falta(
            f"perdidos {len(perdidos)} ({quais}): o grupo já tinha passado por ele, e o resultado não saiu (TODO 1)"
        )
    if not contados.duplicados():
        raise Falta("nada se perdeu e nada se duplicou: a pane tem de ficar entre os dois passos, o envio e o commit")
    previsao.compara(previsao.le(modulo, "DUPLICADOS"), {"DUPLICADOS": len(contados.duplicados())}, REVEJA)
