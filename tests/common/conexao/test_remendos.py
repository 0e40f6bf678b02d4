"""O Windows de mentira, em um Kafka de verdade: "localhost" é ::1 antes, e connect_ex não conta a recusa."""

import errno
import socket
import time
from typing import Any

import pytest
from kafka.net.inet import KafkaNetSocket

from common.conexao.clientes import BOOTSTRAP_MS, administrador
from lab.kafka_local.cluster import KafkaLocal

pytestmark = pytest.mark.broker

ONDE_NINGUEM_ESCUTA = {"::1 antes": (socket.AF_INET6, "::1"), "um IPv4 que recusa antes": (socket.AF_INET, "127.0.0.2")}


@pytest.fixture(autouse=True)
def _connect_ex_do_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A primeira chamada começa a conexão; as outras nunca dizem como ela acabou."""
    comecadas: set[int] = set()
    de_verdade = KafkaNetSocket.connect_ex

    def connect_ex(rede: Any, conexao: socket.socket, endereco: Any) -> Any:
        if id(conexao) in comecadas:
            return errno.EALREADY
        comecadas.add(id(conexao))
        return de_verdade(rede, conexao, endereco)

    monkeypatch.setattr(KafkaNetSocket, "connect_ex", connect_ex)


@pytest.mark.parametrize("antes", ONDE_NINGUEM_ESCUTA.values(), ids=ONDE_NINGUEM_ESCUTA)
def test_localhost_serve(kafka: KafkaLocal, monkeypatch: pytest.MonkeyPatch, antes: tuple[Any, str]) -> None:
    porta = int(kafka.bootstrap.rpartition(":")[2])
    enderecos = [antes, (socket.AF_INET, "127.0.0.1")]
    achados = [(familia, socket.SOCK_STREAM, 6, "", (host, porta)) for familia, host in enderecos]
    procura = socket.getaddrinfo

    def getaddrinfo(host: Any, *resto: Any, **opcoes: Any) -> Any:
        return achados if host == "localhost" else procura(host, *resto, **opcoes)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", f"localhost:{porta}")
    comeco = time.monotonic()
    with administrador() as admin:
        assert admin.describe_cluster()["brokers"]
    assert time.monotonic() - comeco < BOOTSTRAP_MS / 1000  # o prazo que o primeiro endereço comeria inteiro
