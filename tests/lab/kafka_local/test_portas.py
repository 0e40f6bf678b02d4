"""Qual porta está livre, sem esperar por uma recusa onde ela demora. Sem Kafka."""

import socket
import sys

import pytest

from lab.kafka_local import portas


@pytest.mark.parametrize("ouvinte", ["127.0.0.1", "0.0.0.0"])
def test_no_windows_ninguem_espera_por_uma_recusa(monkeypatch: pytest.MonkeyPatch, ouvinte: str) -> None:
    """Lá uma recusa leva 2 s, e o bind exclusivo diz tudo; aqui, um bind sem SO_REUSEADDR faz as vezes dele."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_KEEPALIVE, raising=False)
    monkeypatch.setattr(portas, "aceita_conexao", lambda _: pytest.fail("uma conexão recusada custa 2 s"))
    with socket.create_server((ouvinte, 0)) as servidor:
        porta = servidor.getsockname()[1]
        assert not portas.livre(porta)
    assert portas.livre(porta)
