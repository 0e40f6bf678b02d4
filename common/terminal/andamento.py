"""Quanto falta de um trabalho longo: uma barra em um terminal, uma linha por segundo em um pipe."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from common.terminal.linhas import CONSOLE, diga


class _Vazao(ProgressColumn):
    """Quantos por segundo, nos últimos segundos; no fim, a média."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.0f}/s")


class Andamento:
    """Quantos de `total` (int) já foram."""

    def __init__(self, prefixo: str, cor: str, total: int) -> None:
        self._prefixo, self._cor, self._total = prefixo, cor, total
        self._ultima_linha = time.monotonic()
        self._barra = Progress(
            TextColumn(f"[{cor}]\\[{prefixo}]"),
            BarColumn(),
            MofNCompleteColumn(),
            _Vazao(),
            TextColumn("faltam"),
            TimeRemainingColumn(),
            console=CONSOLE,
            disable=not CONSOLE.is_terminal,
        )
        self._tarefa = self._barra.add_task("", total=total)
        self._barra.start()

    def avanca(self, feitos: int) -> None:
        """Mostra que `feitos` (int) já foram."""
        self._barra.update(self._tarefa, completed=feitos)
        if not CONSOLE.is_terminal and time.monotonic() - self._ultima_linha >= 1:
            self._ultima_linha = time.monotonic()
            diga(self._prefixo, self._cor, f"{feitos} de {self._total}")

    def encerra(self, feitos: int) -> None:
        """Deixa a barra no seu último estado e devolve o terminal."""
        self._barra.update(self._tarefa, completed=feitos)
        self._barra.stop()
