"""Um comando do laboratório como processo, e o que ele pode ter deixado para trás."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from lab import RAIZ

DESMONTE_S = 60.0  # aqui, 2 s; com um serviço que não responde, 15 s

if sys.platform == "win32":
    CTRL_C = signal.CTRL_BREAK_EVENT  # o único que chega a um processo de outro grupo, e só se ele tem um grupo
    GRUPO = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    CTRL_C = signal.SIGINT
    GRUPO = 0


def ambiente(pasta: Path) -> dict[str, str]:
    """Um ambiente sem o Kafka de ninguém, em que os temporários do comando ficam à vista, em `pasta`."""
    limpo = {nome: valor for nome, valor in os.environ.items() if not nome.startswith(("KAFKA_", "LAB_"))}
    return limpo | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(pasta)) | {"PYTHONUTF8": "1"}


def comeca(pasta: Path, *argumentos: str, **variaveis: str) -> "subprocess.Popen[str]":
    """`python ARGUMENTOS...`, com as duas saídas em uma, em texto."""
    return subprocess.Popen(
        [sys.executable, *argumentos],
        cwd=RAIZ,
        env=ambiente(pasta) | variaveis,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        creationflags=GRUPO,
    )


def processos_da(pasta: Path) -> list[str]:
    """As linhas de comando (list[str]) de quem ainda usa `pasta`."""
    linhas = []
    for processo in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # é de outra pessoa, ou terminou entre a lista e a pergunta
            if str(pasta) in processo.environ().values():
                linhas.append(" ".join(processo.cmdline()))
    return linhas
