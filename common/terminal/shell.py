"""O que digitar no shell deste terminal, exatamente. Só a biblioteca padrão."""

import os
import shlex
import sys
from pathlib import Path

_DO_SHELL = {"fish": ".fish", "csh": ".csh", "tcsh": ".csh"}  # o sufixo do activate; os outros são como o sh


def apaga(variavel: str) -> str:
    """O comando (str) que apaga a variável de ambiente neste terminal."""
    if sys.platform == "win32":  # o PowerShell e o Prompt de Comando não se distinguem de dentro
        return f"no PowerShell, Remove-Item Env:{variavel}; no Prompt de Comando, set {variavel}="
    return f"set -e {variavel}" if _shell() == "fish" else f"unset {variavel}"


def ativa(venv: Path) -> str:
    """O comando (str) que ativa o ambiente virtual neste terminal, de onde quer que se esteja."""
    caminho = venv if Path.cwd() != venv.parent else Path(venv.name)
    if sys.platform == "win32":  # sem a extensão: serve ao PowerShell e ao Prompt de Comando
        return str(caminho / "Scripts" / "activate")
    script = caminho / "bin" / f"activate{_DO_SHELL.get(_shell(), '')}"
    return f"source {shlex.quote(str(script))}"


def _shell() -> str:
    return Path(os.environ.get("SHELL", "")).name
