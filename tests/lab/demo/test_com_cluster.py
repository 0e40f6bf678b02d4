"""A aula com três brokers, até a Parte 5: um deles cai, e depois outro."""

from pathlib import Path

import pytest

from tests.apoio.comando import comeca
from tests.lab.demo.apoio import DEMO, FIM_S


@pytest.mark.broker
def test_a_aula_com_cluster(pasta: Path) -> None:
    with comeca(pasta, *DEMO, "--com-cluster") as demo:
        saida, _ = demo.communicate(timeout=2 * FIM_S)
    assert demo.returncode == 0, saida
    assert "✘" not in saida and "Traceback" not in saida
    assert "sem a maioria, nenhum pedido foi confirmado: o produtor espera" in saida
    assert "50 enviados, 50 aprovados, 50 pagos: perdidos 0, duplicados 0" in saida
