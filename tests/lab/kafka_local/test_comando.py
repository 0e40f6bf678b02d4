"""`python -m lab kafka` como o aluno o roda: o Ctrl+C, a queda, o cluster em um terminal."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from common.erros import ErroDoLaboratorio
from lab import RAIZ
from lab.kafka_local import portas
from lab.kafka_local.cluster import KafkaLocal
from tests.lab.kafka_local.apoio import NADA_FICA_S, SO_POSIX, espera_sumir

pytestmark = pytest.mark.broker


def comando_kafka(pasta: Path, porta: int, *flags: str, ate: str = "pronto em") -> "subprocess.Popen[str]":
    """`python -m lab kafka`, quando já disse `ate`."""
    argumentos = [sys.executable, "-m", "lab", "kafka", "--porta", str(porta), "--pasta", str(pasta), *flags]
    processo = subprocess.Popen(
        argumentos, cwd=RAIZ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    espera_linha(processo, ate)
    return processo


def espera_linha(processo: "subprocess.Popen[str]", texto: str) -> None:
    assert processo.stdout
    for linha in processo.stdout:
        if texto in linha:
            return
    raise AssertionError(f"terminou sem dizer {texto!r}: status {processo.wait()}")


def java_da_pasta(pasta: Path) -> int:
    (pid,) = (
        processo.pid
        for processo in psutil.process_iter(["cmdline"])
        if "kafka.Kafka" in (linha := processo.info["cmdline"] or []) and "lab.processos.vigia" not in linha
        if str(pasta / "server.properties") in linha
    )
    return pid


@SO_POSIX
def test_comando_interrompido_antes_de_estar_pronto_nao_diz_que_encerrou_um_kafka(tmp_path: Path) -> None:
    with comando_kafka(tmp_path, portas.sorteia(), ate="Iniciando o Kafka") as processo:
        processo.send_signal(signal.SIGINT)
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Interrompido antes de o Kafka estar pronto" in saida
    assert "Kafka encerrado" not in saida and "Traceback" not in saida


@SO_POSIX
@pytest.mark.parametrize("nome", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_comando_encerra_com_status_0_e_sem_deixar_java(tmp_path: Path, nome: str) -> None:
    with comando_kafka(tmp_path, portas.sorteia()) as processo:
        java = java_da_pasta(tmp_path / "broker-1")
        processo.send_signal(getattr(signal, nome))
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Kafka encerrado" in saida
    assert "Traceback" not in saida
    espera_sumir(java)


def test_comando_avisa_quando_o_java_morre(tmp_path: Path) -> None:
    with comando_kafka(tmp_path, portas.sorteia()) as processo:
        psutil.Process(java_da_pasta(tmp_path / "broker-1")).kill()
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 1
    assert "Rode o mesmo comando de novo" in saida
    assert "Traceback" not in saida


def test_do_zero_apaga_os_dados_de_antes(tmp_path: Path) -> None:
    for quantos in (3, 1):  # os de outra quantidade de brokers também
        (tmp_path / f"broker-{quantos}" / "dados").mkdir(parents=True)
        (tmp_path / f"broker-{quantos}" / "dados" / "velho").touch()
    (tmp_path / "da pessoa").touch()
    with comando_kafka(tmp_path, portas.sorteia(), "--do-zero") as processo:
        assert not [*tmp_path.rglob("velho")]
        assert (tmp_path / "da pessoa").exists()
        with pytest.raises(ErroDoLaboratorio, match="já é de outro Kafka em execução"):
            KafkaLocal(tmp_path).comeca_do_zero()
        processo.terminate()
        processo.communicate(timeout=NADA_FICA_S)
    assert (tmp_path / "broker-1" / "dados").exists()


@SO_POSIX
def test_comando_com_tres_brokers(tmp_path: Path) -> None:
    porta = portas.sorteia()
    with comando_kafka(tmp_path, porta, "--brokers", "3") as processo:
        javas = [java_da_pasta(tmp_path / f"broker-{numero}") for numero in (1, 2, 3)]
        espera_linha(processo, f"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{porta},127.0.0.1:{porta + 1},127.0.0.1:{porta + 2}")
        psutil.Process(javas[1]).kill()
        espera_linha(processo, "Broker 2 caiu. Restam 2 de 3, e o Kafka continua. Para trazê-lo de volta: 2 e Enter")
        assert processo.stdin
        print(2, file=processo.stdin, flush=True)
        espera_linha(processo, "Broker 2 de volta em")
        processo.send_signal(signal.SIGINT)
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Kafka encerrado" in saida
    assert "Traceback" not in saida
    for java in javas:
        espera_sumir(java)
