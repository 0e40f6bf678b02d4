"""O Kafka local de verdade: inicia, cai, volta com os dados, recusa conflitos e não deixa nada para trás."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from common.erros import ErroDoLaboratorio
from common.prazo import PASSO_S, Prazo
from lab import kafka_local, portas
from lab.kafka_local import KafkaLocal
from lab.trava import Trava

pytestmark = pytest.mark.broker

RAIZ = Path(__file__).resolve().parent.parent
NADA_FICA_S = 10.0  # o prazo do vigia (5 s) e a folga de uma máquina ocupada
SO_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem este sinal")


@pytest.fixture
def kafka() -> Iterator[KafkaLocal]:
    with KafkaLocal.temporario() as broker:
        yield broker


def topicos(kafka: KafkaLocal) -> set[str]:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        return set(admin.list_topics())


def cria_topico(kafka: KafkaLocal, nome: str) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.create_topics([NewTopic(nome, 3, 1)])


def sumiu(pid: int) -> bool:
    """Espera o processo deixar de existir (um zumbi sem pai que o recolha já não é ninguém)."""
    prazo = Prazo(NADA_FICA_S)
    while not prazo.esgotado:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(PASSO_S)
    return False


def test_o_que_foi_gravado_sobrevive_a_kill_9_e_a_um_reinicio(kafka: KafkaLocal) -> None:
    cria_topico(kafka, "sobrevive")
    endereco, morto = kafka.bootstrap, kafka.pid_java
    kafka.mata()
    assert sumiu(morto)
    assert not kafka.vivo
    kafka.inicia()
    assert kafka.bootstrap == endereco
    assert "sobrevive" in topicos(kafka)
    kafka.para()
    kafka.inicia()
    assert "sobrevive" in topicos(kafka)


def test_iniciar_duas_vezes_nao_inicia_outro(kafka: KafkaLocal) -> None:
    antes = kafka.pid_java
    kafka.inicia()
    assert kafka.pid_java == antes


def test_parado_nao_tem_pid_e_parar_de_novo_nao_e_erro(kafka: KafkaLocal) -> None:
    kafka.para()
    kafka.para()
    with pytest.raises(ErroDoLaboratorio, match="não está rodando"):
        _ = kafka.pid_java


def test_nada_escuta_fora_desta_maquina(kafka: KafkaLocal) -> None:
    enderecos = {c.laddr.ip for c in psutil.Process(kafka.pid_java).net_connections() if c.status == "LISTEN"}
    assert {endereco.removeprefix("::ffff:") for endereco in enderecos} == {"127.0.0.1"}


def test_temporario_apaga_a_pasta_e_o_java() -> None:
    with KafkaLocal.temporario() as kafka:
        pasta, java = kafka.registro.parent, kafka.pid_java
    assert sumiu(java)
    assert not pasta.exists()


@SO_POSIX
def test_congelado_nao_responde_e_descongelado_responde(kafka: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_local, "_PRAZO_DA_RESPOSTA_MS", 500)
    kafka.congela()
    assert not kafka.responde()
    kafka.descongela()
    assert kafka.responde()


@SO_POSIX
def test_congelado_tambem_e_encerrado(kafka: KafkaLocal) -> None:
    java = kafka.pid_java
    kafka.congela()
    kafka.para()
    assert sumiu(java)


def test_a_mesma_pasta_nao_serve_a_dois(kafka: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_local, "_ESPERA_PELO_ANTERIOR_S", 0.2)
    with pytest.raises(ErroDoLaboratorio, match="já é de outro Kafka"):
        KafkaLocal(kafka.registro.parent).inicia()
    assert kafka.responde()


def test_a_mesma_porta_nao_serve_a_dois(kafka: KafkaLocal, tmp_path: Path) -> None:
    with pytest.raises(ErroDoLaboratorio, match=f"porta {kafka.porta} já está em uso"):
        KafkaLocal(tmp_path, kafka.porta).inicia()
    assert kafka.responde()


def test_java_que_morre_na_partida_diz_por_que(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kafka_local.CONFIGURACAO_DO_BROKER, "num.partitions", "três")
    with pytest.raises(ErroDoLaboratorio, match=r"num\.partitions"):
        KafkaLocal(tmp_path).inicia()
    assert Trava(tmp_path / "em-uso.trava").livre()


def test_pasta_com_acento_e_espaco(tmp_path: Path) -> None:
    with KafkaLocal(tmp_path / "José da Silva") as kafka:
        assert kafka.responde()


@SO_POSIX
@pytest.mark.parametrize("sinal", [signal.SIGKILL, signal.SIGHUP] if sys.platform != "win32" else [])
def test_quem_morre_leva_o_seu_kafka_junto(tmp_path: Path, sinal: int) -> None:
    programa = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from lab.kafka_local import KafkaLocal
        kafka = KafkaLocal(Path(sys.argv[1]))
        kafka.inicia()
        print(kafka.pid_java, flush=True)
        time.sleep(600)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", programa, str(tmp_path)], cwd=RAIZ, stdout=subprocess.PIPE, text=True
    ) as dono:
        assert dono.stdout
        java = int(dono.stdout.readline())
        os.kill(dono.pid, sinal)
    assert sumiu(java)
    with Trava(tmp_path / "em-uso.trava") as trava:
        assert trava.tenta(NADA_FICA_S)


def comando_kafka(pasta: Path, porta: int) -> "subprocess.Popen[str]":
    """`python -m lab kafka`, já pronto."""
    argumentos = [sys.executable, "-m", "lab", "kafka", "--porta", str(porta), "--pasta", str(pasta)]
    processo = subprocess.Popen(argumentos, cwd=RAIZ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert processo.stdout
    for linha in processo.stdout:
        if "pronto em" in linha:
            return processo
    raise AssertionError(f"não ficou pronto: status {processo.wait()}")


def java_da_pasta(pasta: Path) -> int:
    (pid,) = (
        processo.pid
        for processo in psutil.process_iter(["cmdline"])
        if "kafka.Kafka" in (linha := processo.info["cmdline"] or []) and "lab.vigia" not in linha
        if str(pasta / "server.properties") in linha
    )
    return pid


@SO_POSIX
@pytest.mark.parametrize("nome", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_comando_encerra_com_status_0_e_sem_deixar_java(tmp_path: Path, nome: str) -> None:
    with comando_kafka(tmp_path, portas.sorteia()) as processo:
        java = java_da_pasta(tmp_path)
        processo.send_signal(getattr(signal, nome))
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Kafka encerrado" in saida
    assert "Traceback" not in saida
    assert sumiu(java)


def test_comando_avisa_quando_o_java_morre(tmp_path: Path) -> None:
    with comando_kafka(tmp_path, portas.sorteia()) as processo:
        psutil.Process(java_da_pasta(tmp_path)).kill()
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 1
    assert "Rode o mesmo comando de novo" in saida
    assert "Traceback" not in saida


def test_porta_ocupada_por_outro_programa_e_reconhecida() -> None:
    with socket.create_server((portas.ESTA_MAQUINA, 0)) as servidor:
        porta = servidor.getsockname()[1]
        assert not portas.livre(porta)
    assert portas.livre(porta)
