"""O Docker desta máquina, se há um, e os arquivos do compose de pé, em um projeto só do teste."""

import functools
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace, TracebackType
from typing import Any

import docker
import requests
import yaml
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from lab import RAIZ
from lab.kafka_local import portas
from lab.processos.vigia import GRUPO_NOVO, SESSAO_NOVA
from tests.apoio.sala import ate

COMANDO_S = 180  # `up -d` pode ter de baixar a imagem
SAUDAVEL_S = 120  # aqui, 6 a 17 s
PREFIXO = "lab-teste-"  # dos nomes que os testes dão no Docker
RESPOSTA_S = 10  # o Docker desta máquina responde em milissegundos

testcontainers_config.ryuk_disabled = True  # `no_fim` faz o que ele faria


def servicos(arquivo: str) -> dict[str, Any]:
    """Os serviços que um arquivo do compose inicia sem que se peça um perfil, como o YAML os traz."""
    todos = yaml.safe_load((RAIZ / arquivo).read_text(encoding="utf-8"))["services"]
    return {nome: servico for nome, servico in todos.items() if "profiles" not in servico}


@functools.cache
def motor() -> docker.DockerClient | None:
    """O Docker desta máquina, se responde e tem (ou consegue baixar) a imagem do docker-compose.yml; senão, None."""
    if shutil.which("docker") is None:  # só o socket não basta: os testes também usam o comando
        return None
    try:
        cliente = docker.from_env(timeout=RESPOSTA_S)
        imagem = servicos("docker-compose.yml")["kafka"]["image"]
        if not cliente.images.list(imagem):
            docker.from_env(timeout=COMANDO_S).images.pull(imagem)
    except (DockerException, requests.RequestException):  # o segundo, de um Docker que não responde
        return None
    return cliente


@contextmanager
def no_fim(*comando: str) -> Iterator[None]:
    """Roda o comando no fim do bloco, ou quando este processo morrer no meio dele (tests/apoio/guarda.py)."""
    guarda = subprocess.Popen(
        [sys.executable, "-m", "tests.apoio.guarda", *comando],
        cwd=RAIZ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=SESSAO_NOVA,  # o Ctrl+C do terminal não é para ele
        creationflags=GRUPO_NOVO,
    )
    try:
        yield
    finally:
        assert guarda.stdin is not None
        guarda.stdin.close()
        assert guarda.wait(COMANDO_S) == 0, f"falhou: {' '.join(comando)}"


@contextmanager
def kafka_em_conteiner() -> Iterator[SimpleNamespace]:
    """O serviço do docker-compose.yml, imagem e configuração, em uma porta livre; `.bootstrap` é HOST:PORTA."""
    servico, porta = servicos("docker-compose.yml")["kafka"], portas.sorteia()
    ambiente = servico["environment"]
    anunciados = ambiente["KAFKA_ADVERTISED_LISTENERS"].replace(":9092", f":{porta}")
    nome = f"{PREFIXO}{uuid.uuid4().hex[:8]}"
    conteiner = DockerContainer(servico["image"], hostname=servico["container_name"]).with_name(nome)
    conteiner.with_envs(**ambiente | {"KAFKA_ADVERTISED_LISTENERS": anunciados})
    # o with_bind_ports publicaria em todas as interfaces; o tipo declarado não prevê o que o Docker aceita
    conteiner.ports["9092"] = ("127.0.0.1", porta)  # type: ignore[assignment]
    pronto = LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(SAUDAVEL_S)
    with no_fim("docker", "rm", "--force", "--volumes", nome):
        conteiner.waiting_for(pronto).start()
        yield SimpleNamespace(bootstrap=f"127.0.0.1:{porta}")


class Compose:
    """Um arquivo do compose de pé e saudável; ao sair, nem contêiner nem volume dele ficam.

    O projeto tem um nome só deste teste: o `down -v` não alcança os dados da aula de ninguém.
    """

    def __init__(self, forma: str, arquivo: str) -> None:
        self.projeto = f"{PREFIXO}{uuid.uuid4().hex[:8]}"
        self._comando = [*forma.split(), "-p", self.projeto, "-f", arquivo]
        self.conteineres = [servico["container_name"] for servico in servicos(arquivo).values()]

    def __enter__(self) -> "Compose":
        self._de_pe = ExitStack()
        # -t 1: sem a maioria do cluster um broker não termina sozinho, e o Docker esperaria 10 s por ele
        self._de_pe.enter_context(no_fim(*self._comando, "down", "-v", "-t", "1"))
        try:
            self.sobe()
        except BaseException:
            self._de_pe.close()
            raise
        return self

    def __exit__(self, *erro: tuple[type[BaseException], BaseException, TracebackType]) -> None:
        self._de_pe.close()

    def sobe(self) -> None:
        """`up -d`, e a espera por todos saudáveis. Serve também para trazer de volta os que caíram."""
        self.roda("up", "-d")
        self.espera("healthy", *self.conteineres)

    def espera(self, saude: str, *conteineres: str) -> None:
        ate(lambda: {_saude(nome) for nome in conteineres} == {saude}, SAUDAVEL_S, f"{conteineres} não ficaram {saude}")

    def derruba(self, *conteineres: str) -> None:
        """`docker kill`: SIGKILL, sem aviso."""
        for nome in conteineres:
            conteiner(nome).kill()

    def roda(self, *argumentos: str) -> str:
        """A saída padrão do comando; o que ele disse no erro, se falhou."""
        fim = subprocess.run(
            [*self._comando, *argumentos], cwd=RAIZ, capture_output=True, text=True, timeout=COMANDO_S, check=False
        )
        assert fim.returncode == 0, fim.stderr
        return fim.stdout


def conteineres_de_teste() -> set[str]:
    """Os nomes dos contêineres que `kafka_em_conteiner` iniciou, daqui ou de outra execução."""
    cliente = motor()
    assert cliente is not None
    # ignore_removed: outro processo de testes pode remover um dos seus entre a lista e a pergunta por cada um
    achados = cliente.containers.list(all=True, ignore_removed=True, filters={"name": PREFIXO})
    return {str(achado.name) for achado in achados}


def conteiner(nome: str) -> Any:
    cliente = motor()
    assert cliente is not None
    return cliente.containers.get(nome)


def _saude(nome: str) -> str:
    return str(conteiner(nome).attrs["State"]["Health"]["Status"])


def formas() -> list[str]:
    """As formas do compose que esta máquina tem."""
    achadas = []
    for forma in ("docker compose", "docker-compose"):
        try:
            subprocess.run([*forma.split(), "version"], capture_output=True, timeout=RESPOSTA_S, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        achadas.append(forma)
    return achadas
