"""A saída padrão de um comando que desenha ou escreve de várias threads, e o que fazer quando ninguém mais a lê."""

import contextlib
import os
import sys
from collections.abc import Iterator

from lab.processos.parada import Parada

LARGURA_DE_LEITURA = 100  # uma explicação em uma linha de 200 colunas não se lê, nem projetada


@contextlib.contextmanager
def ate_ninguem_ler(parada: Parada) -> Iterator[None]:
    """Aqui se escreve; se ninguém mais lê (`| head`, terminal fechado), levanta a bandeira de `parada`.

    O que ainda se escrever depois não vai a lugar nenhum.
    """
    try:
        yield
    except (OSError, SystemExit):  # SystemExit: o rich, diante de um pipe fechado
        parada.pedida = True
        # também porque o Python ainda tentaria descarregar a saída ao terminar, e reclamaria
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
