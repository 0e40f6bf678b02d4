"""As linhas das ferramentas no terminal. Só a biblioteca padrão: serve antes de haver um ambiente pronto."""

import os
import sys

# Em um pipe do Windows a codificação pode não ter "→": melhor um escape do que um UnicodeEncodeError.
for _saida in (sys.stdout, sys.stderr):
    if hasattr(_saida, "reconfigure"):  # o pytest põe no lugar um objeto sem reconfigure
        _saida.reconfigure(errors="backslashreplace")


def informa(texto: str) -> None:
    """Escreve uma linha e a descarrega na hora, também em um pipe. Sem ninguém lendo, silêncio."""
    try:
        print(texto, flush=True)  # noqa: T201  # o único print das ferramentas
    except OSError:  # o leitor do pipe ou o terminal se foi; o trabalho (e a limpeza) continua
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
