"""Com que esta máquina pode iniciar um Kafka: nada disso impede a aula, se há outro caminho."""

import shutil
from pathlib import Path

import pytest

from common.erros import ErroDoLaboratorio
from lab.diagnostico.achado import Achado, Sinal
from lab.diagnostico.aperto_de_mao import exige_porta
from lab.diagnostico.como_iniciar import Docker, examina_java
from lab.kafka_local import portas
from tests.apoio.conteineres import formas, motor


def examina_docker() -> Achado:
    with Docker() as docker:
        return docker.examina()


def test_sem_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    achado = examina_docker()
    assert achado.sinal is Sinal.NEUTRO
    assert "Docker não instalado" in achado.texto
    assert "python -m lab kafka" in achado.texto


@pytest.mark.skipif(shutil.which("docker") is None, reason="esta máquina não tem o comando docker")
def test_docker_cujo_motor_nao_responde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")  # ninguém escuta na porta 1
    achado = examina_docker()
    assert achado.sinal is Sinal.NEUTRO
    assert "o motor não responde" in achado.texto


@pytest.mark.docker
def test_docker_com_o_compose() -> None:
    if motor() is None:
        pytest.skip("nenhum Docker responde nesta máquina")
    achado = examina_docker()
    assert achado.sinal is Sinal.CERTO
    assert all(f"{forma} " in achado.texto for forma in formas())


def test_java() -> None:
    achado = examina_java()  # o Kafka local dos testes também precisa de um
    assert achado.sinal is Sinal.CERTO
    assert achado.texto.startswith("Java ")


def test_sem_com_que_iniciar_um_kafka_diz_o_que_instalar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", f"127.0.0.1:{portas.sorteia()}")
    with pytest.raises(ErroDoLaboratorio, match="instale o Docker ou um Java"):
        exige_porta(pode_iniciar=False)
