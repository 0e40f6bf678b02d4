"""Um terminal de verdade no Windows (ConPTY, pelo pywinpty): o Ctrl+C que o teclado daria a quem está nele."""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from common.prazo import espera_ate
from lab import RAIZ

CTRL_C, ENTER = "\x03", "\r"


class Conpty:
    """`python ARGUMENTOS...` em um console só seu. `texto` (str) é tudo o que ele escreveu, com os seus escapes."""

    def __init__(self, argumentos: list[str], ambiente: Mapping[str, str]) -> None:
        from winpty import PtyProcess  # só há no Windows

        comando = [sys.executable, *argumentos]
        self._pty: Any = PtyProcess.spawn(comando, cwd=str(RAIZ), env={**os.environ, **ambiente}, dimensions=(24, 80))
        self.texto = ""
        self._leitor = threading.Thread(target=self._le, daemon=True)
        self._leitor.start()

    def _le(self) -> None:
        try:
            while True:
                self.texto += self._pty.read(4096)
        except (EOFError, OSError):
            return

    def espera(self, trecho: str, segundos: float) -> None:
        """Volta quando `trecho` aparece. Erro: AssertionError, com o que apareceu."""
        assert espera_ate(lambda: trecho in self.texto, segundos), f"não vi {trecho!r} em\n{self.texto}"

    def tecla(self, teclas: str) -> None:
        self._pty.write(teclas)

    def espera_fim(self, segundos: float) -> int:
        """O status (int). Erro: AssertionError se ele não termina."""
        assert espera_ate(lambda: not self._pty.isalive(), segundos), f"não terminou:\n{self.texto}"
        self._leitor.join(segundos)
        return int(self._pty.exitstatus)

    def fecha(self) -> None:
        self._pty.close(force=True)


@contextmanager
def em_um_conpty(*argumentos: str, **variaveis: str) -> Iterator[Conpty]:
    """O console, até o fim do bloco; quem ainda rodar nele é morto."""
    terminal = Conpty([*argumentos], variaveis)
    try:
        yield terminal
    finally:
        terminal.fecha()
