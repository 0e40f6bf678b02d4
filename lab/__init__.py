"""As ferramentas da aula: `python -m lab COMANDO`. Uma pasta por comando, cada uma com o seu comando.py."""

from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent  # a pasta do laboratório: a dos quatro scripts
