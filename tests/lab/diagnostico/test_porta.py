"""Quem atende onde devia haver um Kafka: ninguém, outro programa, ou um Kafka que não responde."""

import contextlib
import http.server
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from common.conexao.espera import COMO_INICIAR
from common.erros import ErroDoLaboratorio
from lab import RAIZ
from lab.diagnostico.aperto_de_mao import exige_alcance
from lab.kafka_local import portas
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.script import servidor_mudo
from tests.lab.diagnostico.apoio import FIM_S, PROGRAMA, PROMETIDO_S, ambiente, diagnostica

if sys.platform == "win32":
    CTRL_C, GRUPO = signal.CTRL_BREAK_EVENT, subprocess.CREATE_NEW_PROCESS_GROUP
else:
    CTRL_C, GRUPO = signal.SIGINT, 0

CTRL_C_S = 1.0  # o que a aula promete


class Pagina(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "Padaria/1.0", ""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """O aperto de mão do Kafka não é um pedido HTTP, e o servidor reclamaria dele no stderr."""


class Ssh(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.request.recv(4096)  # desligar sem ler perderia também o que já foi dito


class Desliga(socketserver.BaseRequestHandler):
    """Desliga na hora: é o que o `handle` herdado faz."""


@contextlib.contextmanager
def servidor(atendente: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    """O endereço de um servidor que faz com cada conexão o que o `atendente` faz."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), atendente) as ouvinte:
        threading.Thread(target=ouvinte.serve_forever, daemon=True).start()
        yield "{}:{}".format(*ouvinte.server_address)
        ouvinte.shutdown()


def test_ninguem_atende() -> None:
    endereco = f"127.0.0.1:{portas.sorteia()}"
    laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco)
    laudo.exige_so_este_erro(f"ninguém atende em {endereco} (conexão recusada)", COMO_INICIAR)
    assert laudo.segundos < PROMETIDO_S


def test_um_nome_que_nao_existe() -> None:
    laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS="kafka.invalid:9092")  # RFC 2606: não existe em rede nenhuma
    laudo.exige_so_este_erro("o nome kafka.invalid não existe na rede", "KAFKA_BOOTSTRAP_SERVERS=kafka.invalid:9092")


def test_a_porta_e_de_um_servidor_http() -> None:
    with servidor(Pagina) as endereco:
        laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco)
    dono = f"processo {os.getpid()}, " if sys.platform == "linux" else ""
    laudo.exige_so_este_erro(endereco, dono, "é um servidor HTTP (Padaria/1.0)", "--porta 9095")
    assert f"porta aberta em {endereco}" in laudo.com("✔")


def test_a_porta_e_de_um_programa_que_se_apresenta() -> None:
    with servidor(Ssh) as endereco:
        diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco).exige_so_este_erro("não é um Kafka (disse 'SSH-2.0-OpenSSH_9.2')")


def test_quem_atende_desliga() -> None:
    """É o que se vê também logo depois do `docker-compose up -d`: o Docker aceita antes de o Kafka existir."""
    with servidor(Desliga) as endereco:
        diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco).exige_so_este_erro("desliga sem responder", "ainda está subindo")


def test_a_porta_e_de_um_programa_calado() -> None:
    with servidor_mudo() as endereco:
        laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco)
    laudo.exige_so_este_erro("não diz nada", "Se é o Kafka, ainda está subindo, ou congelou")
    assert laudo.segundos < PROMETIDO_S


def test_a_porta_nao_fala_tls() -> None:
    with servidor(Pagina) as endereco:
        laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco, KAFKA_SECURITY_PROTOCOL="SSL")
    laudo.exige_so_este_erro("não fala TLS", "KAFKA_SECURITY_PROTOCOL=SSL")


def test_um_broker_que_acaba_de_cair_ainda_esta_na_lista() -> None:
    with servidor_mudo() as endereco:
        host, porta = endereco.split(":")
        exige_alcance([(host, int(porta))])
        with pytest.raises(ErroDoLaboratorio, match=r"daqui se chega a uma parte do cluster.*repita"):
            exige_alcance([(host, int(porta)), (host, portas.sorteia())])


@pytest.mark.broker
@pytest.mark.skipif(sys.platform == "win32", reason="o Windows não sabe congelar um processo")
def test_um_kafka_congelado(kafka_descartavel: KafkaLocal) -> None:
    kafka_descartavel.congela()
    laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=kafka_descartavel.bootstrap)
    kafka_descartavel.descongela()
    dono = f"processo {kafka_descartavel.brokers[0].pid_java}, java" if sys.platform == "linux" else ""
    laudo.exige_so_este_erro(dono, "não diz nada", "reinicie-o")
    assert laudo.segundos < PROMETIDO_S


@pytest.mark.parametrize(
    "variaveis",
    [{"KAFKA_BOOTSTRAP_SERVERS": "localhost"}, {"LAB_PREFIXO": "ação"}, {"KAFKA_SECURITY_PROTOCOL": "TLS"}],
    ids=lambda variaveis: next(iter(variaveis)),
)
def test_uma_variavel_que_nao_serve(variaveis: dict[str, str]) -> None:
    laudo = diagnostica(**variaveis)
    assert (laudo.status, laudo.linhas) == (2, [])
    (linha,) = laudo.erro.splitlines()
    assert linha.startswith("ERRO: ")
    assert next(iter(variaveis)) in linha


def test_em_um_pipe_sem_utf8_os_sinais_sao_palavras_e_nao_ha_cores() -> None:
    endereco = f"127.0.0.1:{portas.sorteia()}"
    laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco, PYTHONIOENCODING="ascii:backslashreplace")
    assert {linha.split()[0] for linha in laudo.linhas[:-1]} <= {"OK", "FALHOU", "-"}
    assert laudo.linhas[-2].startswith("FALHOU ")
    assert "\x1b" not in "".join(laudo.linhas)


def comeca(endereco: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAMA],
        cwd=RAIZ,
        env=ambiente(KAFKA_BOOTSTRAP_SERVERS=endereco),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        creationflags=GRUPO,
    )


def test_ctrl_c() -> None:
    with servidor_mudo() as endereco, comeca(endereco) as processo:
        assert processo.stdout and processo.stderr  # são PIPE
        while "porta aberta" not in processo.stdout.readline():  # daqui em diante espera por uma resposta
            assert processo.poll() is None
        comeco = time.monotonic()
        processo.send_signal(CTRL_C)
        assert processo.wait(FIM_S) == 130
        assert time.monotonic() - comeco < CTRL_C_S
        assert processo.stdout.read() == "Diagnóstico interrompido\n"
        assert processo.stderr.read() == ""


def test_quem_le_vai_embora() -> None:
    """Como em `| head -1`."""
    with servidor_mudo() as endereco, comeca(endereco) as processo:
        assert processo.stdout and processo.stderr  # são PIPE
        assert processo.stdout.readline().startswith("✔ Python")
        processo.stdout.close()
        assert processo.wait(FIM_S) == 1
        assert processo.stderr.read() == ""
