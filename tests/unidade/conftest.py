"""Nenhum teste de unidade depende do ambiente de quem o roda."""

import os
import warnings

import pytest

from common import prazo

with warnings.catch_warnings():
    # no Python 3.11 e no 3.12 o kafka-python usa, ao ser importado, um importlib.resources.read_text obsoleto
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka  # noqa: F401


@pytest.fixture(autouse=True)
def ambiente_limpo(monkeypatch):
    for nome in list(os.environ):
        if nome.startswith(("KAFKA_", "LAB_")) or nome in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
            monkeypatch.delenv(nome)
    monkeypatch.setattr(prazo, "_abandonados", [])  # o que um teste abandona não conta para os outros
