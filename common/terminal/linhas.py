"""As linhas do laboratório no terminal: prefixo, cor só em TTY (e sem NO_COLOR), uma de cada vez, na hora."""

import os
import sys

from rich.console import Console
from rich.text import Text

from common.terminal.texto import visivel

# Em um pipe do Windows a codificação pode não ter "→": melhor um escape do que um UnicodeEncodeError.
for _saida in (sys.stdout, sys.stderr):
    if hasattr(_saida, "reconfigure"):  # o pytest põe no lugar um objeto sem reconfigure
        _saida.reconfigure(errors="backslashreplace")

CONSOLE = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def diga(prefixo: str, cor: str, texto: str) -> None:
    """Escreve "[PREFIXO] texto" e descarrega a linha na hora, também em um pipe.

    Erro: SystemExit(1), em silêncio, se quem lia o pipe foi embora (`| head`).
    """
    linha = Text.assemble((f"[{prefixo}]", f"bold {cor}"), (f" {visivel(texto)}", cor))
    try:
        CONSOLE.print(linha)
        sys.stdout.flush()
    except BrokenPipeError:
        # o Python ainda tentaria descarregar a saída ao terminar, e reclamaria
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
