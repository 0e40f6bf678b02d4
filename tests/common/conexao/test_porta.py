"""A porta fechada como o Windows a mostra: a recusa leva 2 s, e nem assim vira outra coisa ou segura o Ctrl+C."""

import signal
import socket
import threading
import time
from typing import Any

import pytest

from common.conexao.espera import quando_houver_kafka
from common.conexao.porta import conecta
from common.erros import KafkaIndisponivel
from common.terminal.sinais import Interrupcao

RECUSA_S = 2.0  # três tentativas, a cada meio segundo (TcpMaxConnectRetransmissions)
CTRL_C_S = 1.0  # o que a aula promete


@pytest.fixture
def recusa_do_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    nunca = threading.Event()

    def create_connection(endereco: Any, prazo: float) -> socket.socket:
        nunca.wait(min(RECUSA_S, prazo))
        raise TimeoutError("timed out") if prazo < RECUSA_S else ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)


@pytest.mark.usefixtures("recusa_do_windows")
def test_a_recusa_lenta_e_uma_recusa() -> None:
    with pytest.raises(KafkaIndisponivel, match="conexão recusada"):
        conecta("127.0.0.1", 9092)


@pytest.mark.usefixtures("recusa_do_windows")
def test_ctrl_c_no_meio_da_recusa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.prazo._abandonados", [])  # a thread que espera a recusa não é deste processo de testes
    apertado = []

    def aperta() -> None:
        apertado.append(time.monotonic())
        signal.raise_signal(signal.SIGINT)

    with Interrupcao() as interrupcao:
        tecla = threading.Timer(0.2, aperta)
        tecla.start()
        with pytest.raises(KeyboardInterrupt):
            quando_houver_kafka(lambda: pytest.fail("não há Kafka"), lambda _: None, interrupcao, 30.0)
        assert time.monotonic() - apertado[0] < CTRL_C_S
        tecla.join()
