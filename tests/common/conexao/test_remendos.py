"""Os remendos que dependem da hora ou do sistema: aqui, do jeito que dá errado, sempre."""

import errno
import socket
import time
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import KafkaConsumer
from kafka.net.inet import KafkaNetSocket
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

from common.conexao import remendos
from common.conexao.clientes import BOOTSTRAP_MS, METADADOS_MS, administrador, do_consumidor
from common.conexao.topicos import garante_topicos
from common.configuracao import NOVOS_PEDIDOS
from common.prazo import espera_ate
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.mexe import aumenta
from tests.apoio.sala import FIM_S, SalaDeTeste

ONDE_NINGUEM_ESCUTA = {"::1 antes": (socket.AF_INET6, "::1"), "um IPv4 que recusa antes": (socket.AF_INET, "127.0.0.2")}


@pytest.mark.parametrize("transporte", [KafkaTCPTransport, KafkaSSLTransport])
def test_a_resposta_que_chega_com_o_fim_da_conexao_e_entregue(transporte: Any) -> None:
    """O broker recusa e desliga; quem lê as duas coisas juntas fica com a recusa, e vê o fim na leitura seguinte."""
    remendos.aplica()
    um_lado, outro = socket.socketpair()
    with um_lado, outro:
        outro.sendall(b"recusa")
        outro.close()
        um_lado.setblocking(False)
        lido = transporte._sock_recv(SimpleNamespace(_sock=um_lado))
        assert lido == (b"recusa", None)
        assert transporte._sock_recv(SimpleNamespace(_sock=um_lado))[1] is not None


@pytest.fixture
def connect_ex_do_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A primeira chamada começa a conexão; as outras nunca dizem como ela acabou."""
    comecadas: set[int] = set()
    de_verdade = KafkaNetSocket.connect_ex

    def connect_ex(rede: Any, conexao: socket.socket, endereco: Any) -> Any:
        if id(conexao) in comecadas:
            return errno.EALREADY
        comecadas.add(id(conexao))
        return de_verdade(rede, conexao, endereco)

    monkeypatch.setattr(KafkaNetSocket, "connect_ex", connect_ex)


@pytest.mark.broker
@pytest.mark.usefixtures("connect_ex_do_windows")
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


@pytest.mark.broker
def test_a_volta_ao_grupo_que_um_poll_deixa_no_meio_termina(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Com partições novas quem volta é o líder, e um poll() curto acaba antes da resposta do grupo."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    garante_topicos(pytest.fail)
    topico = sala.topico(NOVOS_PEDIDOS)
    with closing(KafkaConsumer(topico, **do_consumidor(sala.topico("grupo")))) as consumidor:

        def tem(particoes: int) -> bool:
            consumidor.poll(timeout_ms=1)
            return len(consumidor.assignment()) == particoes

        assert espera_ate(lambda: tem(3), FIM_S, passo_s=0)
        aumenta(sala, NOVOS_PEDIDOS, 6)
        assert espera_ate(lambda: tem(6), METADADOS_MS / 1000 + FIM_S, passo_s=0)
