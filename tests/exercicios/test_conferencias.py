"""Cada solução passa na conferência do seu exercício, e a cópia por resolver não passa, pelo motivo certo."""

import re

import pytest

from exercicios.conferencias import EXERCICIOS, confere
from exercicios.conferencias.falta import Falta
from tests.apoio.copias import exige_original
from tests.apoio.sala import SalaDeTeste

pytestmark = pytest.mark.broker

O_QUE_FALTA = {
    1: "ainda não há previsão em PARTICAO_DO_PEDIDO_9, ",
    2: "ainda não há previsão em APROVADOS, ",
    3: "ainda não há previsão em COM_DOIS_ESTOQUES, ",
    4: "entrou no grupo da notificação e lhe tirou partições",
    5: r"(\d+) de \1 pedidos com Monitor foram aprovados",
    6: r"um pedido pago com \w+ foi enviado com a chave '[0-9a-f-]{36}'",
    7: r"perdidos 1 \([0-9a-f]{4}\)",
    8: r"perdidos 0, duplicados \d: o resultado ficou sem o offset.*TODO 3.*TODO 5",
}


@pytest.mark.parametrize("numero", EXERCICIOS)
def test_a_solucao_passa(sala_do_aluno: SalaDeTeste, numero: int) -> None:
    confere(numero, sala_do_aluno, "exercicios.solucoes")


@pytest.mark.parametrize("numero", EXERCICIOS)
def test_a_copia_por_resolver_nao_passa(sala_do_aluno: SalaDeTeste, numero: int) -> None:
    exige_original(EXERCICIOS[numero])
    with pytest.raises(Falta) as falta:
        confere(numero, sala_do_aluno, "exercicios")
    assert re.search(O_QUE_FALTA[numero], str(falta.value)), falta.value
