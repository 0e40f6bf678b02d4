"""Uma demonstração de faz de conta, para desenhar, e os temporários de uma de verdade."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.demo.passo import Passo
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada
from tests.apoio.comando import processos_da

OBSERVE = "o estoque (T3) nem percebe, e os pedidos esperam no Kafka até o pagamento voltar (tolerância a falhas)."


@pytest.fixture
def terminais() -> Terminais:
    """Os cinco terminais, ainda fechados."""
    return Terminais(lambda *_: None, Parada())


@pytest.fixture
def passo() -> Passo:
    return Passo(parte="Parte 3: o pagamento cai", explicacao="O pagamento (T2) para com Ctrl+C.", observe=OBSERVE)


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    """Os temporários de uma demonstração, de que não deve restar nada: nem arquivos, nem processos."""
    yield tmp_path
    assert processos_da(tmp_path) == []
    assert list(tmp_path.glob("lab-*")) == []
