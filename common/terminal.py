"""As linhas do laboratório no terminal: prefixo, cor só em TTY (e sem NO_COLOR), uma de cada vez, na hora."""

import os
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from common.texto import visivel

# Em um pipe do Windows a codificação pode não ter "→": melhor um escape do que um UnicodeEncodeError.
for _saida in (sys.stdout, sys.stderr):
    if hasattr(_saida, "reconfigure"):  # o pytest põe no lugar um objeto sem reconfigure
        _saida.reconfigure(errors="backslashreplace")

_CONSOLE = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def diga(prefixo: str, cor: str, texto: str) -> None:
    """Escreve "[PREFIXO] texto" e descarrega a linha na hora, também em um pipe.

    Erro: SystemExit(1), em silêncio, se quem lia o pipe foi embora (`| head`).
    """
    linha = Text.assemble((f"[{prefixo}]", f"bold {cor}"), (f" {visivel(texto)}", cor))
    try:
        _CONSOLE.print(linha)
        sys.stdout.flush()
    except BrokenPipeError:
        # o Python ainda tentaria descarregar a saída ao terminar, e reclamaria
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


class Andamento:
    """Quantos de `total` já foram: uma barra em um terminal, uma linha por segundo em um pipe."""

    def __init__(self, prefixo: str, cor: str, total: int) -> None:
        self._prefixo, self._cor, self._total = prefixo, cor, total
        self._ultima_linha = time.monotonic()
        self._barra = Progress(
            TextColumn(f"[{cor}]\\[{prefixo}]"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("faltam"),
            TimeRemainingColumn(),
            console=_CONSOLE,
            disable=not _CONSOLE.is_terminal,
        )
        self._tarefa = self._barra.add_task("", total=total)
        self._barra.start()

    def avanca(self, feitos: int) -> None:
        """Mostra que `feitos` (int) já foram."""
        self._barra.update(self._tarefa, completed=feitos)
        if not _CONSOLE.is_terminal and time.monotonic() - self._ultima_linha >= 1:
            self._ultima_linha = time.monotonic()
            diga(self._prefixo, self._cor, f"{feitos} de {self._total}")

    def encerra(self, feitos: int) -> None:
        """Deixa a barra no seu último estado e devolve o terminal."""
        self._barra.update(self._tarefa, completed=feitos)
        self._barra.stop()
