"""Rodar um script, ou um trecho de Python, em outro processo, como faz o aluno."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lab import RAIZ

SERVICOS = ("servico_estoque", "servico_pagamento", "servico_notificacao")
SCRIPTS = ("produtor_pedidos", *SERVICOS)
PRAZO_S = 60  # nenhum processo destes leva mais que isso, mesmo em uma máquina ocupada
KAFKA_FECHADO = "127.0.0.1:1"  # ninguém escuta na porta 1


@contextlib.contextmanager
def servidor_mudo() -> Iterator[str]:
    """Aceita conexões e nunca responde: uma porta aberta que não é um Kafka."""
    with socket.create_server(("127.0.0.1", 0)) as servidor:
        yield f"127.0.0.1:{servidor.getsockname()[1]}"


def ambiente(**variaveis: str) -> dict[str, str]:
    """O ambiente de um processo filho; o `ambiente_limpo` já tirou as variáveis do laboratório."""
    return os.environ | {"PYTHONIOENCODING": "utf-8"} | variaveis


def roda(*argumentos: str, cwd: Path | str = RAIZ, **variaveis: str) -> "subprocess.CompletedProcess[str]":
    """O processo terminado (CompletedProcess, com stdout e stderr em texto) de `python ARGUMENTOS`."""
    return subprocess.run(
        [sys.executable, *argumentos],
        cwd=cwd,
        env=ambiente(**variaveis),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PRAZO_S,
    )


def roda_script(nome: str, *argumentos: str, **variaveis: str) -> "subprocess.CompletedProcess[str]":
    return roda(str(RAIZ / f"{nome}.py"), *argumentos, **variaveis)


def roda_trecho(codigo: str, **variaveis: str) -> "subprocess.CompletedProcess[str]":
    """`python -c`, da raiz do projeto (de onde `common` se importa)."""
    return roda("-c", codigo, **variaveis)


def exige_uma_linha_de_erro(processo: "subprocess.CompletedProcess[str]", *trechos: str, status: int = 2) -> None:
    """Uma linha "ERRO: ..." no stderr, com os `trechos`, e o status; nunca um traceback."""
    assert "Traceback" not in processo.stdout + processo.stderr
    linhas = processo.stderr.splitlines()
    assert len(linhas) == 1, processo.stderr
    assert linhas[0].startswith("ERRO: ")
    for trecho in trechos:
        assert trecho in linhas[0]
    assert processo.returncode == status
