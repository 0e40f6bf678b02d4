"""Os jars oficiais do Apache Kafka: exatamente os da lista fixada, conferidos pelo SHA-256 a cada uso."""

import functools
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from common.erros import ErroDoLaboratorio, motivo
from common.prazo import espera_ate
from lab.kafka_local.distribuicao.versao import DA_AULA, Distribuicao
from lab.processos.pasta import INSISTE_S, pasta_temporaria
from lab.terminal.mensagem import informa

# Um só lugar por usuário: cópias do laboratório (e os testes) não baixam tudo de novo.
CACHE = Path.home() / ".cache" / "lab-kafka"
_TENTATIVAS = 2  # um arquivo corrompido na rede é raro; dois seguidos já são um proxy ou um ataque
_PRAZO_DA_REDE_S = 15  # sem um byte sequer neste tempo, a rede não está lá
_JARS_POR_LINHA = 10  # sem TTY: uma linha de progresso a cada tantos jars
_CABECALHO = "# Os jars do Kafka local: grupo:artefato:versão e SHA-256. Gerado por fixa_jars.py"

# Baixar em paralelo não ajuda: 7,7 s um a um, 6,8 s de quatro em quatro, 11,5 s de oito em oito.


@dataclass(frozen=True)
class Jar:
    """Um jar fixado: as coordenadas no Maven Central e o SHA-256 que o arquivo precisa ter."""

    grupo: str
    artefato: str
    versao: str
    sha256: str

    @property
    def nome(self) -> str:
        return f"{self.artefato}-{self.versao}.jar"


def arquivo_da_lista(distribuicao: Distribuicao) -> Path:
    """Onde (Path) está a lista fixada."""
    return Path(__file__).with_name(distribuicao.lista)


def le_lista(arquivo: Path) -> list[Jar]:
    """Os jars (list[Jar]) de uma lista fixada."""
    linhas = arquivo.read_text(encoding="utf-8").splitlines()
    pares = (linha.split() for linha in linhas if linha and not linha.startswith("#"))
    return [Jar(*coordenadas.split(":"), soma) for coordenadas, soma in pares]  # type: ignore[call-arg]  # são três


def grava_lista(jars: list[Jar], arquivo: Path) -> None:
    """Escreve a lista fixada, em ordem, para que cada mudança apareça em uma linha do diff."""
    linhas = sorted(f"{jar.grupo}:{jar.artefato}:{jar.versao} {jar.sha256}" for jar in jars)
    arquivo.write_bytes("\n".join([_CABECALHO, *linhas, ""]).encode())


def exige_uma_versao(jars: list[Jar], versao: str) -> None:
    """Todo jar do Kafka tem a `versao`. Erro: ErroDoLaboratorio, com os que destoam."""
    outros = [jar.nome for jar in jars if jar.grupo == "org.apache.kafka" and jar.versao != versao]
    if outros:
        raise ErroDoLaboratorio(f"a lista de jars mistura versões do Kafka: {', '.join(outros)} não é {versao}")


def sha256(arquivo: Path) -> str:
    """O SHA-256 (str, hexadecimal) de um arquivo."""
    return hashlib.sha256(arquivo.read_bytes()).hexdigest()


def _confere(arquivo: Path, jar: Jar) -> bool:
    try:
        return sha256(arquivo) == jar.sha256
    except OSError:
        return False


def _baixa(jar: Jar, destino: Path) -> None:
    """Baixa um jar para `destino`: inteiro e conferido, ou nada. Erro: ErroDoLaboratorio."""
    for _ in range(_TENTATIVAS):
        # O jgo escreve direto no seu cache. Em uma pasta só deste download, nem um Ctrl+C no meio nem outro
        # processo baixando o mesmo jar deixa um pedaço de arquivo onde o Kafka procura.
        with pasta_temporaria("baixando-", destino.parent) as pasta:
            maven = MavenContext(repo_cache=pasta, timeout=_PRAZO_DA_REDE_S)
            try:
                baixado = maven.project(jar.grupo, jar.artefato).at_version(jar.versao).artifact().resolve()
            except requests.exceptions.SSLError as erro:
                raise ErroDoLaboratorio(
                    f"não consegui baixar {jar.nome} do Maven Central: o certificado que veio não é de confiança. Se a "
                    "rede tem um proxy que o troca (o de uma escola), peça o arquivo da autoridade dele e defina "
                    "REQUESTS_CA_BUNDLE com o caminho; ou tente em outra rede"
                ) from erro
            except (requests.RequestException, OSError) as erro:
                raise ErroDoLaboratorio(
                    f"não consegui baixar {jar.nome} do Maven Central ({motivo(erro)}). "
                    "Confira a internet (ou o proxy, em HTTPS_PROXY) e repita: o que já veio não se perde"
                ) from erro
            except RuntimeError as erro:  # o jgo: respondeu, mas não com o arquivo
                raise ErroDoLaboratorio(f"o Maven Central não entregou {jar.nome}; repita daqui a pouco") from erro
            if _confere(baixado, jar):
                _move(baixado, destino, jar)
                return
    raise ErroDoLaboratorio(
        f"{jar.nome} chegou {_TENTATIVAS} vezes com um SHA-256 diferente do esperado. "
        "Há um proxy que altera downloads? Tente em outra rede"
    )


def _move(baixado: Path, destino: Path, jar: Jar) -> None:
    def moveu() -> bool:
        try:
            baixado.replace(destino)
        except PermissionError:  # Windows: um antivírus o lê, ou outro processo acabou de pô-lo ali e já o usa
            return _confere(destino, jar)
        return True

    if not espera_ate(moveu, INSISTE_S):
        baixado.replace(destino)  # o erro de verdade


@contextmanager
def _progresso(total: int) -> Iterator[Callable[[], None]]:
    """Uma barra no terminal, linhas em um pipe. Entrega a função a chamar depois de cada jar."""
    if sys.stdout.isatty():
        colunas = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with Progress(*colunas, TimeElapsedColumn()) as barra:
            tarefa = barra.add_task("Baixando jars do Kafka", total=total)
            yield lambda: barra.advance(tarefa)
        return
    prontos = 0

    def avanca() -> None:
        nonlocal prontos
        prontos += 1
        if prontos % _JARS_POR_LINHA == 0 or prontos == total:
            informa(f"  {prontos} de {total} jars")

    yield avanca


@functools.cache  # conferir 44 MB leva 0,1 s, e um processo pode iniciar dezenas de brokers
def garante_jars(distribuicao: Distribuicao = DA_AULA) -> list[Path]:
    """Os caminhos (list[Path]) de todos os jars, baixando o que falta ou não confere. Erro: ErroDoLaboratorio."""
    jars = le_lista(arquivo_da_lista(distribuicao))
    exige_uma_versao(jars, distribuicao.versao)
    pasta = CACHE / f"jars-{distribuicao.versao}"
    faltam = [jar for jar in jars if not _confere(pasta / jar.nome, jar)]
    if faltam:
        quantos = f"{len(faltam)} de {len(jars)} jars ({distribuicao.tamanho_mb} MB ao todo)"
        informa(f"Baixando o Kafka {distribuicao.versao} do Maven Central: {quantos}…")
        try:
            pasta.mkdir(parents=True, exist_ok=True)
            with _progresso(len(faltam)) as avanca:
                for jar in faltam:
                    _baixa(jar, pasta / jar.nome)
                    avanca()
        except OSError as erro:
            raise ErroDoLaboratorio(f"não consegui gravar em {pasta}: {motivo(erro)}") from erro
    return [pasta / jar.nome for jar in jars]
