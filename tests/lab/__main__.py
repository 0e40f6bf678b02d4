"""Quem está em tests/ e pede `python -m lab` acha esta pasta, e não a das ferramentas: diz de onde se pede."""

import sys
from pathlib import Path

sys.exit(f"ERRO: rode da pasta do laboratório: cd {Path(__file__).resolve().parents[2]}")
