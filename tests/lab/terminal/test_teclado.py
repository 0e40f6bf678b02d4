"""O que se digita: cada linha uma vez, sem segurar o Ctrl+C, e o fim da entrada."""

import os
import sys
from collections.abc import Iterator

import pytest

from common.prazo import com_prazo
from lab.processos.parada import Parada
from lab.terminal.teclado import Teclado
from tests.apoio.sala import ate
from tests.apoio.terminal_de_verdade import CTRL_C, CTRL_D, ENTER, em_um_terminal

PRAZO_S = 30.0  # cada um destes leva milissegundos

# diz cada linha que ouve, até o fim da entrada ou um Ctrl+C
_PROGRAMA = """\
import sys
from lab.processos.parada import Parada
from lab.terminal.teclado import Teclado

parada = Parada()

def trabalho():
    teclado = Teclado(0)
    print("terminal" if teclado.e_terminal else "pipe", flush=True)
    teclado.espera_enter(parada)
    print("ouvi", flush=True)
    teclado.espera_enter(parada)
    return 0

sys.exit(parada.conduz(trabalho, lambda: print("interrompido", flush=True)))
"""

# um filho em outro grupo de processos, como o shell faz com "&", lê do terminal: o pai diz o que houve com ele
_EM_SEGUNDO_PLANO = """\
import os, sys
from common.prazo import espera_ate
from lab.terminal.teclado import Teclado

filho = os.fork()
if not filho:
    os.setpgid(0, 0)
    teclado = Teclado(0)
    os._exit(0 if espera_ate(lambda: not teclado.aberto, 10) else 1)
_, status = os.waitpid(filho, os.WUNTRACED)
os.WIFSTOPPED(status) and os.kill(filho, 9)
sys.exit("parado" if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status))
"""


@pytest.fixture
def pontas() -> Iterator[tuple[int, int]]:
    """Um pipe: de onde se lê, e onde se digita."""
    entrada, teclas = os.pipe()
    yield entrada, teclas
    os.close(entrada)


def fecha(teclado: Teclado, teclas: int) -> None:
    """O fim da entrada, visto pelo teclado: depois disto ninguém mais lê o descritor."""
    os.close(teclas)
    ate(lambda: not teclado.aberto, PRAZO_S, "o teclado não viu o fim da entrada")


def test_cada_linha_uma_vez_venha_como_vier(pontas: tuple[int, int]) -> None:
    entrada, teclas = pontas
    teclado = Teclado(entrada)
    assert not teclado.e_terminal
    os.write(teclas, "1\n dois \n\ntr\u00ea".encode()[:-1])  # a última letra pela metade
    assert [teclado.linha(PRAZO_S) for _ in range(3)] == ["1", "dois", ""]
    assert teclado.linha(0.0) is None  # incompleta
    os.write(teclas, "ê".encode()[-1:] + b"s\n\xff\nfim")
    assert [teclado.linha(PRAZO_S) for _ in range(2)] == ["três", "\ufffd"]
    fecha(teclado, teclas)
    assert teclado.linha(0.0) == "fim"


def test_o_que_se_esquece_nao_conta(pontas: tuple[int, int]) -> None:
    entrada, teclas = pontas
    teclado = Teclado(entrada)
    os.write(teclas, b"\n\n\n")
    ate(lambda: teclado._linhas.qsize() == 3, PRAZO_S, "o teclado não ouviu")
    teclado.esquece()
    assert teclado.linha(0.0) is None
    os.write(teclas, b"depois\n")
    assert teclado.linha(PRAZO_S) == "depois"
    fecha(teclado, teclas)


def espera_enter(teclado: Teclado, parada: Parada) -> None:
    com_prazo(lambda: teclado.espera_enter(parada), PRAZO_S, "esperar por um Enter")


def test_sem_entrada_ninguem_digita() -> None:
    teclado = Teclado(None)
    assert (teclado.aberto, teclado.e_terminal, teclado.linha(0.0)) == (False, False, None)
    espera_enter(teclado, Parada())


def test_depois_do_fim_da_entrada_nada_mais_espera(pontas: tuple[int, int]) -> None:
    entrada, teclas = pontas
    teclado = Teclado(entrada)
    os.close(teclas)
    for _ in range(2):
        espera_enter(teclado, Parada())


def test_enquanto_espera_um_enter_o_ctrl_c_age(pontas: tuple[int, int]) -> None:
    entrada, teclas = pontas
    teclado, parada = Teclado(entrada), Parada()
    parada.pedida = True
    with pytest.raises(KeyboardInterrupt):
        espera_enter(teclado, parada)
    fecha(teclado, teclas)


@pytest.mark.parametrize(("teclas", "status", "ultima"), [(ENTER, 0, "ouvi"), (CTRL_D, 0, "ouvi"), (CTRL_C, 130, "do")])
def test_em_um_terminal(teclas: str, status: int, ultima: str) -> None:
    with em_um_terminal([sys.executable, "-c", _PROGRAMA]) as terminal:
        terminal.le_ate_ver("terminal\n")
        terminal.tecla(ENTER)
        terminal.le_ate_ver("ouvi\n")
        terminal.tecla(teclas)
        assert terminal.termina() == status
    assert terminal.tela.normal.strip().endswith(ultima)


def test_em_segundo_plano_ninguem_digita_e_o_processo_continua() -> None:
    with em_um_terminal([sys.executable, "-c", _EM_SEGUNDO_PLANO]) as terminal:
        assert terminal.termina() == 0, terminal.tela.normal
