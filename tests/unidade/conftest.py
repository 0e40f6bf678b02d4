"""Nenhum teste de unidade depende do ambiente de quem o roda."""

import os

import pytest

from common import prazo

VARIAVEIS = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "PYTHONUNBUFFERED")  # a última esconderia um flush


@pytest.fixture(autouse=True)
def ambiente_limpo(monkeypatch):
    for nome in list(os.environ):
        if nome.startswith(("KAFKA_", "LAB_")) or nome in VARIAVEIS:
            monkeypatch.delenv(nome)
    monkeypatch.setattr(prazo, "_abandonados", [])  # o que um teste abandona não conta para os outros
