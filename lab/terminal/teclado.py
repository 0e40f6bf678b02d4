"""O que se digita, ouvido em uma thread só sua: uma leitura do terminal não se interrompe, e ninguém espera por ela."""

import contextlib
import os
import signal
import threading
from queue import Empty, SimpleQueue

from common.prazo import PASSO_S
from lab.processos.parada import Parada


class Teclado:
    """As linhas que chegam pelo descritor `entrada` (int); None: não há de onde.

    Depois de um Ctrl+D, do fim do pipe ou se o terminal se fecha, ninguém mais digita nada.
    """

    def __init__(self, entrada: int | None) -> None:
        self.e_terminal = entrada is not None and os.isatty(entrada)
        self._linhas: SimpleQueue[str] = SimpleQueue()
        # daemon: a leitura em curso não pode segurar o Ctrl+C nem o fim do processo
        self._leitor = threading.Thread(target=self._le, args=(entrada,), daemon=True, name="teclado")
        if entrada is not None:
            if hasattr(signal, "SIGTTIN"):  # em segundo plano (com "&") a leitura falha, em vez de parar o processo
                signal.signal(signal.SIGTTIN, signal.SIG_IGN)
            self._leitor.start()

    @property
    def aberto(self) -> bool:
        """Se alguém ainda pode digitar."""
        return self._leitor.is_alive()

    def linha(self, segundos: float) -> str | None:
        """A próxima linha (str, sem os espaços das pontas), ou None se em `segundos` não houve uma."""
        with contextlib.suppress(Empty):
            return self._linhas.get(timeout=segundos)
        return None

    def esquece(self) -> None:
        """O que se digitou até agora não conta."""
        while not self._linhas.empty():
            self._linhas.get()

    def espera_enter(self, parada: Parada) -> None:
        """Volta no próximo Enter que ninguém leu, ou quando não pode vir mais nenhum. Erro: KeyboardInterrupt."""
        while self.aberto and self.linha(PASSO_S) is None:
            parada.confere()
        parada.confere()

    def _le(self, entrada: int) -> None:
        # os.read, e não sys.stdin: a trava interna dele prenderia o fim do processo
        incompleta = b""
        with contextlib.suppress(OSError):
            while lido := os.read(entrada, 1024):
                *inteiras, incompleta = (incompleta + lido).split(b"\n")
                for linha in inteiras:
                    self._digitou(linha)
        if incompleta:
            self._digitou(incompleta)

    def _digitou(self, linha: bytes) -> None:
        self._linhas.put(linha.decode("utf-8", "replace").strip())
