"""`python -m lab testes`: a suíte de testes. O que vier depois vai direto para o pytest."""

import argparse
import subprocess
import sys
from pathlib import Path

from common.argumentos import Argumentos

_RAIZ = Path(__file__).resolve().parent.parent


def configura(analisador: Argumentos) -> None:
    """As flags do comando: as do próprio pytest."""
    analisador.add_argument(
        "pytest", nargs=argparse.REMAINDER, metavar="...", help="argumentos do pytest, como -k nome ou -x"
    )


def executa(args: argparse.Namespace) -> int:
    """Roda o pytest. Devolve o status (int) dele."""
    # outro processo: a suíte troca variáveis de ambiente e sinais, e os.execv não serve no Windows
    processo = subprocess.Popen([sys.executable, "-m", "pytest", *args.pytest], cwd=_RAIZ)
    while True:
        try:
            return processo.wait()
        except KeyboardInterrupt:  # o pytest também recebeu o Ctrl+C: ele desmonta as fixtures e conta o que fez
            continue
