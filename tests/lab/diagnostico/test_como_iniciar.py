"""Com que esta máquina pode iniciar um Kafka: nada disso impede a aula, se há outro caminho."""

import shutil
import sys
from pathlib import Path

import pytest

from common.erros import ErroDoLaboratorio
from lab.diagnostico.achado import Achado, Sinal
from lab.diagnostico.aperto_de_mao import exige_porta
from lab.diagnostico.como_iniciar import Docker, examina_java
from lab.kafka_local import portas
from tests.apoio.conteineres import formas


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
def test_docker_com_o_compose_que_houver() -> None:
    exige_docker_com(formas())


@pytest.mark.docker
@pytest.mark.skipif(sys.platform == "win32", reason="o Windows não deixa qualquer um criar um link")
def test_docker_so_com_o_que_e_da_maquina(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """O pacote docker.io do Debian não traz o compose: o que cada um instala na sua pasta pessoal não está lá."""
    (tmp_path / "docker").symlink_to(shutil.which("docker") or "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    exige_docker_com(formas())


def exige_docker_com(formas_do_compose: list[str]) -> None:
    """O achado que o Docker desta máquina merece, com estas formas do compose ou sem nenhuma."""
    achado = examina_docker()
    assert achado.sinal is (Sinal.CERTO if formas_do_compose else Sinal.NEUTRO)
    for trecho in [f"{forma} " for forma in formas_do_compose] or ["sem o compose: sem ele serve python -m lab kafka"]:
        assert trecho in achado.texto


def test_java() -> None:
    achado = examina_java()  # o Kafka local dos testes também precisa de um
    assert achado.sinal is Sinal.CERTO
    assert achado.texto.startswith("Java ")


def test_sem_com_que_iniciar_um_kafka_diz_o_que_instalar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", f"127.0.0.1:{portas.sorteia()}")
    with pytest.raises(ErroDoLaboratorio, match="instale o Docker ou um Java"):
        exige_porta(pode_iniciar=False)
