import pytest

from tests.broker.apoio import Sala
from tests.broker.conftest import sala  # noqa: F401  # a fixture


@pytest.fixture
def sala_do_aluno(sala: Sala, monkeypatch: pytest.MonkeyPatch) -> Sala:  # noqa: F811
    """Uma sala cujo ambiente é também o deste processo, como no `python -m exercicios`."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    return sala
