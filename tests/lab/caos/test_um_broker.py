"""O caos de verdade em um broker só: as falhas dos serviços, da rede e do que entra na linha, cada uma uma vez."""

from pathlib import Path

import pytest

from common.configuracao import ETAPAS
from tests.lab.caos.apoio import DA_REDE, exige_que_passe

pytestmark = pytest.mark.broker

DE_SERVICOS = "ctrl-c,kill-9,kill-9-no-commit,ctrl-c-no-commit,aborta,envio-falho,passo-lento"
DA_ENTRADA = "produtor-morto,veneno,outro-cliente"
SEMENTE = "2115"  # com ela as falhas se dividem entre os três serviços


def test_os_servicos_da_aula_passam(tmp_path: Path) -> None:
    falhas = f"{DE_SERVICOS},{DA_ENTRADA},{DA_REDE}"
    exige_que_passe(tmp_path, falhas, "--semente", SEMENTE, em={etapa.nome for etapa in ETAPAS})
