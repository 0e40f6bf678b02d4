"""O kill -9 no pior momento: a flag --pane N dos exercícios 7 e 8."""

import os
import signal
import sys
from pathlib import Path

from common.terminal.argumentos import Argumentos, quantidade_de_pedidos
from exercicios.cru import fala

PANE = "kill -9 neste ponto"


class Pane:
    """Mata este processo na N-ésima vez em que ele passa por `aqui()`; sem a flag --pane, nunca."""

    def __init__(self, descricao: str | None) -> None:
        flags = Argumentos(f"python -m exercicios.{Path(sys.argv[0]).stem}", descricao)
        ajuda = "morre, sem se despedir, na N-ésima vez que passa por pane.aqui()"
        flags.add_argument("--pane", type=quantidade_de_pedidos, default=0, metavar="N", help=ajuda)
        self._faltam = int(flags.parse_args().pane)

    def aqui(self) -> None:
        """O ponto em que o processo pode morrer."""
        self._faltam -= 1
        if self._faltam == 0:
            fala(PANE)
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # no Windows, SIGTERM mata do mesmo jeito
