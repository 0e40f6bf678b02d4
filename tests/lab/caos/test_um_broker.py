"""O caos de verdade em um broker só: as falhas dos serviços e do que entra na linha, cada uma uma vez."""

from pathlib import Path

import pytest

from common.configuracao import ETAPAS
from tests.lab.caos.apoio import exige_que_passe

pytestmark = pytest.mark.broker

FALHAS = "ctrl-c,kill-9,kill-9-no-commit,ctrl-c-no-commit,aborta,envio-falho,passo-lento,produtor-morto,veneno"
SEMENTE = "276"  # com ela as falhas se dividem entre os três serviços


def test_os_servicos_da_aula_passam(tmp_path: Path) -> None:
    exige_que_passe(tmp_path, FALHAS, "--semente", SEMENTE, em={etapa.nome for etapa in ETAPAS})
