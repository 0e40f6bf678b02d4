"""Os quadros em um terminal de verdade: onde eles cabem, como se redesenham, e o terminal devolvido. Sem Kafka."""

import os
import subprocess
import sys

import pytest

from common.terminal.sinais import SAIDA_DE_CTRL_C
from lab import RAIZ
from tests.apoio.terminal_de_verdade import CTRL_C, ENTER, em_um_terminal

PRAZO_S = 60.0  # nada aqui leva mais do que isso, mesmo em uma máquina ocupada

# os quadros, até um sinal ou até um Enter; "sem ritmo" eles não se redesenham sozinhos
_PROGRAMA = """\
import sys
from lab.demo import em_quadros
from lab.demo.terminais import LinhaDoTerminal, Terminais
from lab.processos.parada import Parada
from lab.terminal.teclado import Teclado

parada = Parada()
tela = em_quadros.EmQuadros(parada)
if sys.argv[1] == "sem ritmo":
    em_quadros.RITMO_S = 3600.0

def trabalho():
    teclado = Teclado(0)
    terminais = Terminais(tela.linha, parada)
    terminais.pagamento.linhas.append(LinhaDoTerminal(0.0, "[PAGAMENTO] a última linha"))
    tela.explica("antes")
    with tela.aberta(terminais):
        tela.titulo("Parte 9: um teste")
        tela.anuncia("Nada acontece.", "nada.")
        tela.confere(sys.argv[1] != "errado", "a conferência")
        with tela.leitura("Enter continua"):
            teclado.espera_enter(parada)
    tela.explica("depois")
    return 0

sys.exit(parada.conduz(trabalho, lambda: tela.cala("interrompida")))
"""
CONVITE = "Enter continua"


def quadros(como: str = "certo") -> list[str]:
    return [sys.executable, "-c", _PROGRAMA, como]


_CABEM = "from lab.demo.em_quadros import cabem_quadros; print('cabem' if cabem_quadros() else 'linhas')"


@pytest.mark.parametrize(
    ("colunas", "linhas", "variaveis", "esperado"),
    [
        (80, 24, {}, "cabem"),
        (200, 60, {"TERM": "screen"}, "cabem"),
        (79, 24, {}, "linhas"),
        (80, 23, {}, "linhas"),
        (80, 24, {"NO_COLOR": "1"}, "linhas"),
        (80, 24, {"TERM": "dumb"}, "linhas"),
        (80, 24, {"PYTHONIOENCODING": "latin-1"}, "linhas"),
    ],
)
def test_onde_cabem_quadros(colunas: int, linhas: int, variaveis: dict[str, str], esperado: str) -> None:
    with em_um_terminal([sys.executable, "-c", _CABEM], colunas, linhas, variaveis=variaveis) as terminal:
        assert terminal.termina() == 0
    assert terminal.tela.normal == f"{esperado}\n"


def test_em_um_pipe_nao_cabem_quadros_nem_com_force_color() -> None:
    variaveis = {"FORCE_COLOR": "1", "COLUMNS": "120", "LINES": "40", "TERM": "xterm"}
    saida = subprocess.run(
        [sys.executable, "-c", _CABEM],
        cwd=RAIZ,
        env=os.environ | variaveis,
        capture_output=True,
        text=True,
        timeout=PRAZO_S,
    )
    assert (saida.stdout, saida.stderr) == ("linhas\n", "")


def test_abrem_se_mostram_e_devolvem_o_terminal_com_as_conferencias() -> None:
    with em_um_terminal(quadros()) as terminal:
        terminal.le_ate_ver(CONVITE, PRAZO_S)
        assert terminal.tela.alternativa and not terminal.tela.cursor
        assert "Parte 9: um teste" in terminal.tela.texto()[0]
        assert terminal.tela.mostra("✔ a conferência") and terminal.tela.mostra("a última linha")
        terminal.redimensiona(100, 30)
        terminal.le_ate(lambda tela: "Ctrl+C encerra" in tela.texto()[0][80:], PRAZO_S, "os quadros na tela maior")
        terminal.redimensiona(60, 10)
        terminal.le_ate(lambda tela: "A janela ficou pequena" in tela.texto()[0], PRAZO_S, "o aviso")
        terminal.tecla("o que se digita não importa" + ENTER)
        assert terminal.termina() == 0
    assert terminal.tela.cursor and not terminal.tela.alternativa
    assert terminal.tela.normal == "antes\n\n=== Parte 9: um teste\n✔ a conferência\ndepois\n"


def test_o_convite_se_ve_na_hora_e_nao_no_proximo_desenho() -> None:
    with em_um_terminal(quadros("sem ritmo")) as terminal:
        terminal.le_ate_ver(CONVITE, PRAZO_S)
        terminal.tecla(ENTER)
        assert terminal.termina() == 0


def test_se_algo_deu_errado_ficam_tambem_as_ultimas_linhas_dos_terminais() -> None:
    with em_um_terminal(quadros("errado")) as terminal:
        terminal.le_ate_ver(CONVITE, PRAZO_S)
        terminal.tecla(ENTER)
        assert terminal.termina() == 0
    ficou = "antes\nT2 [PAGAMENTO] a última linha\n\n=== Parte 9: um teste\n✘ a conferência\ndepois\n"
    assert terminal.tela.normal == ficou


def test_ctrl_c_devolve_o_terminal_e_so_deixa_a_ultima_linha() -> None:
    with em_um_terminal(quadros()) as terminal:
        terminal.le_ate_ver(CONVITE, PRAZO_S)
        terminal.tecla(CTRL_C)
        assert terminal.termina() == SAIDA_DE_CTRL_C
    assert terminal.tela.cursor and not terminal.tela.alternativa
    assert terminal.tela.normal == "antes\ninterrompida\n"


def test_o_terminal_que_se_fecha_e_como_um_ctrl_c() -> None:
    with em_um_terminal(quadros()) as terminal:
        terminal.le_ate_ver(CONVITE, PRAZO_S)
        terminal.fecha()
        assert terminal.processo.wait(PRAZO_S) == SAIDA_DE_CTRL_C
