"""As linhas do laboratório no terminal: prefixo, cor só em TTY (e sem NO_COLOR), uma de cada vez, na hora."""

import errno
import os
import sys

from rich.text import Text

from common.terminal.console import novo_console
from common.terminal.texto import curta, visivel

# Em um pipe do Windows a codificação pode não ter "→": melhor um escape do que um UnicodeEncodeError.
for _saida in (sys.stdout, sys.stderr):
    if hasattr(_saida, "reconfigure"):  # o pytest põe no lugar um objeto sem reconfigure
        _saida.reconfigure(errors="backslashreplace")

# escrever em um pipe que ninguém lê; no Windows o C diz EINVAL (python/cpython #79935)
_SEM_LEITOR = (errno.EPIPE, errno.EINVAL)

CONSOLE = novo_console(soft_wrap=True)

_colunas_de_menos = 0  # em uma janela desta largura, ou menor, uma linha já não coube


def _que_caiba(prefixo: str, texto: str) -> str:
    """O texto de uma linha: em um terminal estreito, a forma curta, cortada se nem ela cabe."""
    global _colunas_de_menos
    colunas = CONSOLE.width
    resta = colunas - len(f"[{prefixo}] ")
    if curta(texto) == texto or not sys.stdout.isatty():
        return texto
    if len(texto) > resta:  # daqui em diante, todas: linhas de duas formas não se comparam
        _colunas_de_menos = max(_colunas_de_menos, colunas)
    if colunas > _colunas_de_menos:
        return texto
    return f"{texto[: resta - 1]}…" if len(texto := curta(texto)) > resta else texto


def diga(prefixo: str, cor: str, texto: str) -> None:
    """Escreve "[PREFIXO] texto" e descarrega a linha na hora, também em um pipe.

    Erro: SystemExit(1), em silêncio, se quem lia o pipe foi embora (`| head`, `| more`).
    """
    # a cor só no prefixo: o amarelo e o ciano mal se leem em um fundo claro
    linha = Text.assemble((f"[{prefixo}]", f"bold {cor}"), f" {_que_caiba(prefixo, visivel(texto))}")
    try:
        CONSOLE.print(linha)
        sys.stdout.flush()
    except OSError as erro:
        if erro.errno not in _SEM_LEITOR:
            raise
        # o Python ainda tentaria descarregar a saída ao terminar, e reclamaria
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
