"""O caos de verdade em três brokers: as falhas deles, as da rede e as dos serviços congelados, cada uma uma vez."""

import os
from pathlib import Path

import pytest

from tests.lab.caos.apoio import DA_REDE, exige_que_passe

pytestmark = [pytest.mark.broker, pytest.mark.skipif(os.name == "nt", reason="o Windows não tem SIGSTOP")]

FALHAS = f"congela,congela-no-join,instancias,broker-mata,broker-congela,broker-para,broker-reinicia,{DA_REDE}"
SEMENTE = "1189"  # com ela cada broker sofre uma falha
BROKERS = {"broker 1", "broker 2", "broker 3"}


def test_os_servicos_da_aula_passam(tmp_path: Path) -> None:
    exige_que_passe(tmp_path, FALHAS, "--semente", SEMENTE, "--brokers", "3", em=BROKERS)
