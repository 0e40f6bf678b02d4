"""Um teste morto à força não deixa nada no Docker."""

import subprocess
import sys

import pytest

from lab import RAIZ
from tests.apoio.conteineres import conteineres_de_teste
from tests.apoio.sala import FIM_S, ate

pytestmark = [pytest.mark.broker, pytest.mark.docker]

PROGRAMA = """\
import sys
from tests.apoio.conteineres import kafka_em_conteiner
with kafka_em_conteiner():
    print("pronto", flush=True)
    sys.stdin.read()
"""


def test_o_conteiner_de_um_processo_morto_e_removido() -> None:
    antes = conteineres_de_teste()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAMA], cwd=RAIZ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as dono:
        assert dono.stdout is not None and dono.stdout.readline() == "pronto\n"
        meus = conteineres_de_teste() - antes
        assert meus
        dono.kill()
    ate(lambda: not meus & conteineres_de_teste(), FIM_S, f"ficou {meus}")
