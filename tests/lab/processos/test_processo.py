"""Um processo que já parou: pará-lo de novo não é um erro, em sistema nenhum. Sem Kafka."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from lab.processos.processo import Processo
from tests.apoio.script import PRAZO_S

# o que os.kill levanta de quem já terminou: no Windows, ERROR_ACCESS_DENIED (5) enquanto alguém ainda o conhece, e
# ERROR_INVALID_PARAMETER (87, que vira EINVAL) depois; nos outros, ESRCH
JA_TERMINOU = {
    "TerminateProcess": PermissionError(errno.EACCES, "Acesso negado"),
    "OpenProcess": OSError(errno.EINVAL, "Parâmetro incorreto"),
    "kill": ProcessLookupError(errno.ESRCH, "No such process"),
}


@pytest.fixture
def processo() -> Iterator[Processo]:
    with Processo([sys.executable, "-c", "input()"], subprocess.DEVNULL) as processo:
        processo.espera_fim(PRAZO_S)  # a entrada dele é vazia: termina logo
        yield processo


@pytest.mark.parametrize("erro", JA_TERMINOU.values(), ids=JA_TERMINOU)
def test_sinalizar_quem_terminou_neste_instante(
    processo: Processo, monkeypatch: pytest.MonkeyPatch, erro: OSError
) -> None:
    tentados = []

    def kill(pid: int, sinal: int) -> None:
        tentados.append((pid, sinal))
        raise erro

    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(Processo, "vivo", True)  # o vigia ainda não contou
    processo.sinaliza(signal.SIGTERM)
    processo.mata()
    assert [pid for pid, _ in tentados] == [processo.pid] * 2


def test_depois_do_fim_nao_se_manda_sinal_a_ninguem(processo: Processo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("o pid já pode ser de outro"))
    processo.sinaliza(signal.SIGTERM)
    processo.mata()
    processo.encerra()
    processo.encerra()
