"""Com que esta máquina pode iniciar um Kafka: o Docker com um compose, ou um Java. Só a biblioteca padrão."""

import sys
from contextlib import ExitStack
from pathlib import Path

from common.erros import ErroDoLaboratorio
from common.prazo import com_prazo
from lab.diagnostico.achado import Achado, certo, neutro
from lab.diagnostico.programa import RESPOSTA_S, Programa
from lab.kafka_local.distribuicao.java import encontra_java, versao_do_java

_SEM_DOCKER = "sem ele serve python -m lab kafka"


class Docker:
    """O motor e as duas formas do compose, com as perguntas já em andamento; ao sair do `with` terminaram."""

    def __init__(self) -> None:
        self._programas = ExitStack()
        self._motor = self._roda("docker", "info", "--format", "{{.ServerVersion}}")
        self._formas = {
            "docker-compose": self._roda("docker-compose", "version", "--short"),
            "docker compose": self._roda("docker", "compose", "version", "--short"),
        }

    def _roda(self, *comando: str) -> Programa:
        return self._programas.enter_context(Programa(*comando))

    def __enter__(self) -> "Docker":
        return self

    def __exit__(self, *erro: object) -> None:
        self._programas.close()

    def examina(self) -> Achado:
        """Certo se o docker-compose.yml pode ser iniciado aqui; nunca errado, pois há outro caminho."""
        if self._motor.caminho is None:
            return neutro(f"Docker não instalado: {_SEM_DOCKER}")
        motor = self._motor.resposta()
        if not motor:
            liga = "sudo systemctl start docker" if sys.platform == "linux" else "abra o Docker Desktop"
            return neutro(f"Docker instalado, mas o motor não responde: {liga}; {_SEM_DOCKER}")
        formas = [f"{forma} {versao}" for forma, programa in self._formas.items() if (versao := programa.resposta())]
        if not formas:
            return neutro(f"Docker {motor}, sem o compose: {_SEM_DOCKER}")
        return certo(f"Docker {motor}, com {' e '.join(formas)}")


def examina_java() -> Achado:
    """Certo se o `python -m lab kafka` tem um Java; nunca errado, pois há outro caminho."""
    try:
        java, versao = com_prazo(_java, RESPOSTA_S, "a procura de um Java")
    except ErroDoLaboratorio as erro:
        return neutro(f"nenhum Java que sirva: {erro}")
    return certo(f"Java {versao} ({java})") if versao else neutro(f"o Java em {java} não responde")


def _java() -> tuple[Path, int | None]:
    java = encontra_java()
    return java, versao_do_java(java)
