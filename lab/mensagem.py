"""As linhas das ferramentas no terminal. Só a biblioteca padrão: serve antes de haver um ambiente pronto."""

import os
import sys


def informa(texto: str) -> None:
    """Escreve uma linha e a descarrega na hora, também em um pipe. Sem ninguém lendo, silêncio."""
    codificacao = sys.stdout.encoding or "utf-8"
    # Em um pipe do Windows a codificação pode não ter "→": melhor um escape do que um UnicodeEncodeError.
    texto = texto.encode(codificacao, "backslashreplace").decode(codificacao)
    try:
        print(texto, flush=True)
    except OSError:  # o leitor do pipe ou o terminal se foi; o trabalho (e a limpeza) continua
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
