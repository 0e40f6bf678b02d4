"""Nenhum destes testes depende do ambiente de quem o roda."""

import os
from collections.abc import Iterator

import pytest

from common import prazo

SENHA = "s3gr3d0"
VARIAVEIS = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "PYTHONUNBUFFERED")  # a última esconderia um flush


@pytest.fixture(autouse=True)
def ambiente_limpo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for nome in list(os.environ):
        if nome.startswith(("KAFKA_", "LAB_")) or nome in VARIAVEIS:
            monkeypatch.delenv(nome)
    guardados, deste_teste = prazo._abandonados, list[object]()
    monkeypatch.setattr(prazo, "_abandonados", deste_teste)  # o que um teste abandona não conta para os outros
    yield
    guardados += deste_teste  # mas fica guardado até o fim: o __del__ do cliente Kafka reclamaria


@pytest.fixture
def com_senha(monkeypatch: pytest.MonkeyPatch) -> None:
    """As variáveis que um aluno define para um cluster gerenciado."""
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "ana")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", SENHA)
