"""O Enter de quem conduz a demonstração passo a passo, ouvido sem segurar o Ctrl+C."""

import contextlib
import os
import signal
import sys
import threading
from queue import Empty, SimpleQueue

from common.erros import ErroDeUso
from common.prazo import PASSO_S
from lab.processos.parada import Parada


class Enter:
    """Ouve a entrada padrão. Erro: ErroDeUso se ela não é um terminal.

    Depois de um Ctrl+D (ou se o terminal se fecha) ninguém mais aperta nada, e nenhuma espera espera.
    """

    def __init__(self) -> None:
        if sys.stdin is None or not sys.stdin.isatty():
            raise ErroDeUso("--passo-a-passo espera por um Enter: a entrada precisa ser um terminal")
        self._apertos: SimpleQueue[None] = SimpleQueue()
        if hasattr(signal, "SIGTTIN"):  # em segundo plano (com "&") a leitura falha, em vez de parar o processo
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        # daemon: uma leitura do terminal não se interrompe, e não pode segurar o Ctrl+C nem o fim do processo
        self._ouvinte = threading.Thread(target=self._ouve, args=(sys.stdin.fileno(),), daemon=True, name="enter")
        self._ouvinte.start()

    def espera(self, parada: Parada) -> None:
        """Volta no próximo Enter: os de antes eram impaciência. Erro: KeyboardInterrupt."""
        while not self._apertos.empty():
            self._apertos.get()
        while self._ouvinte.is_alive():
            parada.confere()
            with contextlib.suppress(Empty):
                self._apertos.get(timeout=PASSO_S)
                return
        parada.confere()

    def _ouve(self, entrada: int) -> None:
        # os.read, e não sys.stdin: a trava interna dele prenderia o fim do processo
        with contextlib.suppress(OSError):
            while os.read(entrada, 1024):  # o terminal entrega uma linha quando há um Enter
                self._apertos.put(None)
