"""As versões que o requirements.txt pede, escritas só lá, e o que este Python tem. Só a biblioteca padrão."""

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from common.terminal import shell

_RAIZ = Path(__file__).resolve().parent.parent
REQUISITOS = _RAIZ / "requirements.txt"
VENV = _RAIZ / ".venv"
PYTHON_DO_VENV = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
INSTALA = "pip install -r requirements.txt"
DOS_SCRIPTS = {"kafka": "kafka-python", "msgspec": "msgspec", "rich": "rich"}  # o que se importa: o pacote


def requisitos(arquivo: Path = REQUISITOS) -> Iterator[tuple[str, str]]:
    """Nome e faixa de versões (str) de cada linha do arquivo que vale para toda máquina."""
    for linha in arquivo.read_text(encoding="utf-8").splitlines():
        requisito = linha.partition("#")[0].strip()
        # com marcador: quem usa o pacote diz o que falta; com "-r": outro arquivo
        if requisito and ";" not in requisito and not requisito.startswith("-"):
            nome, faixa = re.fullmatch(r"([\w.-]+)(?:\[.*\])?(.*)", requisito).groups()  # type: ignore[union-attr]
            yield nome, faixa


def satisfaz(instalada: str, faixa: str) -> bool:
    """Diz se a versão (str) está na faixa (str), que no requirements.txt é sempre ">=a" ou ">=a,<b"."""
    versao = _numeros(instalada)
    for limite in filter(None, faixa.split(",")):
        if limite.startswith(">=") and not versao >= _numeros(limite[2:]):
            return False
        if limite.startswith("<") and not versao < _numeros(limite[1:]):
            return False
    return True


def _numeros(versao: str) -> tuple[int, ...]:
    """Os números iniciais da versão: "2.9.post0" é (2, 9)."""
    numeros = re.match(r"\d+(?:\.\d+)*", versao)
    return tuple(int(parte) for parte in numeros[0].split(".")) if numeros else ()


def o_que_impede(importado: str | None) -> str | None:
    """Que pacote dos scripts falta, se `importado` (str) é de um deles, ou é de outra versão; None se nenhum."""
    for nome, faixa in requisitos():
        if nome not in DOS_SCRIPTS.values():
            continue
        try:
            instalada = metadata.version(nome)
        except metadata.PackageNotFoundError:
            continue  # quem o importa é que o diz
        if not satisfaz(instalada, faixa):
            return f"o {nome} instalado é o {instalada}, e o laboratório precisa de {faixa}: {como_ter_os_pacotes()}"
    if (importado or "").partition(".")[0] in DOS_SCRIPTS:
        return f"falta {importado}: {como_ter_os_pacotes()}"
    return None


def como_ter_os_pacotes(no_venv: bool | None = None) -> str:
    """O que falta digitar neste terminal (str): criar o .venv, ativá-lo, instalar nele; só o que for preciso.

    `no_venv`: se o Python do terminal é o do .venv; None: ele é este.
    """
    instala = f"rode '{INSTALA}'"
    if no_venv is None:
        no_venv = Path(sys.prefix).resolve() == VENV
    if no_venv:
        return instala
    ativa = f"ative o .venv neste terminal: {shell.ativa(VENV)}"
    if not PYTHON_DO_VENV.exists():  # não há um, ou o Python dele foi desinstalado
        python = "py" if sys.platform == "win32" else "python3"
        return f"crie o .venv ({python} -m venv --clear .venv), {ativa}, e {instala}"
    return ativa if _venv_completo() else f"{ativa}, e {instala}"


def _venv_completo() -> bool:
    pastas = [str(pasta) for pasta in VENV.glob("[Ll]ib/**/site-packages")]
    instalados = {pacote.metadata["Name"]: pacote.version for pacote in metadata.distributions(path=pastas)}
    return all(
        nome in instalados and satisfaz(instalados[nome], faixa)
        for nome, faixa in requisitos()
        if nome in DOS_SCRIPTS.values()
    )
