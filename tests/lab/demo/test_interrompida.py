"""A demonstração interrompida: uma última linha, o status, e nada para trás (o fixture `pasta` o confere)."""

import signal
import sys
from pathlib import Path

import pytest

from tests.apoio.comando import CTRL_C, DESMONTE_S, comeca, processos_da
from tests.apoio.sala import ate
from tests.apoio.terminal_de_verdade import CTRL_C as TECLA_CTRL_C
from tests.lab.demo.apoio import ALTURA_S, DEMO, no_terminal

pytestmark = pytest.mark.broker

PID_S = 10.0
# um sinal para cada altura: todos levantam a mesma bandeira, e em cada altura quem a vê é outra espera
SINAIS = [CTRL_C] * 3 if sys.platform == "win32" else [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
ALTURAS = ["Iniciando o Kafka", "Recebi pedido", "o pagamento terminou"]  # na última, um terminal já está morto


@pytest.mark.parametrize(("altura", "sinal"), [*zip(ALTURAS, SINAIS, strict=True)], ids=ALTURAS)
def test_por_um_sinal(pasta: Path, altura: str, sinal: signal.Signals) -> None:
    with comeca(pasta, *DEMO) as demo:
        assert demo.stdout is not None
        assert any(altura in linha for linha in demo.stdout)
        demo.send_signal(sinal)
        resto, _ = demo.communicate(timeout=DESMONTE_S)
    assert demo.returncode == 130, resto
    assert resto.splitlines()[-1] == "Demonstração interrompida"
    assert resto.count("Demonstração interrompida") == 1
    assert "Traceback" not in resto


@pytest.mark.skipif(sys.platform == "win32", reason="um TerminateProcess não deixa apagar a pasta nem avisar ninguém")
def test_morta_a_forca_nao_deixa_processos(tmp_path: Path) -> None:
    with comeca(tmp_path, *DEMO) as demo:
        assert demo.stdout is not None
        assert any("Recebi pedido" in linha for linha in demo.stdout)
        demo.kill()
    ate(lambda: not processos_da(tmp_path), PID_S, "ficaram processos da demonstração")


@pytest.mark.parametrize(("altura", "nos_quadros"), [("Iniciando o Kafka", False), ("[ESTOQUE] Recebi", True)])
def test_por_um_ctrl_c_no_teclado_devolve_o_terminal(pasta: Path, altura: str, nos_quadros: bool) -> None:
    with no_terminal(pasta) as terminal:
        terminal.le_ate_ver(altura, ALTURA_S)
        assert terminal.tela.alternativa == nos_quadros
        terminal.tecla(TECLA_CTRL_C)
        assert terminal.termina() == 130, terminal.tela.normal
    tela = terminal.tela
    assert tela.cursor and not tela.alternativa
    *_, ultima = tela.normal.replace("^C", "").splitlines()
    assert ultima == "Demonstração interrompida"
    assert "Traceback" not in tela.normal and "[ESTOQUE]" not in tela.normal


def test_pelo_terminal_que_se_fecha(pasta: Path) -> None:
    with no_terminal(pasta) as terminal:
        terminal.le_ate_ver("[ESTOQUE] Recebi", ALTURA_S)
        terminal.fecha()
        assert terminal.processo.wait(DESMONTE_S) == 130
