"""A demonstração interrompida pelo teclado, ou com a janela que se fecha: o terminal volta, e nada fica para trás."""

from pathlib import Path

import pytest

from tests.apoio.comando import DESMONTE_S
from tests.apoio.terminal_de_verdade import CTRL_C
from tests.lab.demo.apoio import ALTURA_S, no_terminal

pytestmark = pytest.mark.broker


@pytest.mark.parametrize(("altura", "nos_quadros"), [("Iniciando o Kafka", False), (" Recebi pedido", True)])
def test_um_ctrl_c_no_teclado_devolve_o_terminal(pasta: Path, altura: str, nos_quadros: bool) -> None:
    with no_terminal(pasta) as terminal:
        terminal.le_ate_ver(altura, ALTURA_S)
        assert terminal.tela.alternativa == nos_quadros
        terminal.tecla(CTRL_C)
        assert terminal.termina() == 130, terminal.tela.normal
    tela = terminal.tela
    assert tela.cursor and not tela.alternativa
    *_, ultima = tela.normal.replace("^C", "").splitlines()
    assert ultima == "Demonstração interrompida"
    assert "Traceback" not in tela.normal and "[ESTOQUE]" not in tela.normal


def test_a_janela_que_se_fecha_nao_deixa_nada(pasta: Path) -> None:
    with no_terminal(pasta) as terminal:
        terminal.le_ate_ver(" Recebi pedido", ALTURA_S)
        terminal.fecha()
        assert terminal.processo.wait(DESMONTE_S) == 130
