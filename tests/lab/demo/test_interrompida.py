"""A demonstração interrompida: uma última linha, o status, e nada para trás (o fixture `pasta` o confere)."""

import signal
import sys
from pathlib import Path

import pytest

from tests.apoio.comando import CTRL_C, DESMONTE_S, comeca, processos_da
from tests.apoio.sala import ate
from tests.lab.demo.apoio import DEMO

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
