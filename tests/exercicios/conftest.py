import pytest

from tests.apoio.sala import SalaDeTeste


@pytest.fixture
def sala_do_aluno(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> SalaDeTeste:
    """Uma sala cujo ambiente é também o deste processo, como no `python -m exercicios`."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    return sala
