"""Quem roda um arquivo daqui direto (o botão Run de um editor) acha este common, e não o da aula: diz como se roda."""

import sys
from pathlib import Path

sys.exit(
    f"ERRO: na pasta do laboratório ({Path(__file__).resolve().parent.parent}), rode: "
    f"python -m exercicios.{Path(sys.argv[0]).stem}"
)
