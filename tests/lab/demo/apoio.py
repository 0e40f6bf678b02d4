"""O que os testes da demonstração dividem: linhas ditas nos terminais, o desenho delas, e o comando em um terminal."""

import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console

from lab.demo.desenho import desenha
from lab.demo.passo import Passo
from lab.demo.terminais import LinhaDoTerminal, Terminais, Terminal
from tests.apoio.comando import ambiente
from tests.apoio.terminal_de_verdade import TerminalDeVerdade, em_um_terminal

DEMO = ("-m", "lab", "demo", "--rapido")
FIM_S = 150.0  # uma aula com --rapido: 25 s em uma máquina livre
ALTURA_S = 90.0  # até certa linha dela


def diz(terminal: Terminal, *textos: str) -> None:
    """O script de `terminal` disse isto agora."""
    terminal.linhas += [LinhaDoTerminal(time.monotonic(), texto) for texto in textos]


def console(largura: int = 80, altura: int = 24) -> Console:
    return Console(width=largura, height=altura, force_terminal=True)


def desenho(passo: Passo, terminais: Terminais, largura: int = 80, altura: int = 24) -> str:
    return "\n".join(linha.plain for linha in desenha(passo, terminais, console(largura, altura)))


def no_terminal(pasta: Path, *flags: str, colunas: int = 80) -> AbstractContextManager[TerminalDeVerdade]:
    """A demonstração em um terminal de verdade, com os temporários em `pasta`."""
    return em_um_terminal([sys.executable, *DEMO, *flags], colunas, ambiente=ambiente(pasta))
