"""`python -m lab testes`: a suíte de testes. As flags são as do pytest, como -k NOME ou -x."""

import argparse
import subprocess
import sys

from common.terminal.argumentos import Argumentos
from lab import RAIZ, ambiente

REQUISITOS = ambiente.DE_DESENVOLVIMENTO

# os testes com Kafka mais esperam do que calculam: três processos ocupam dois núcleos, e cada um tem o seu Kafka;
# por arquivo, porque os testes de um arquivo dividem o que custa a iniciar (um cluster, um Kafka com TLS), e na ordem
# da coleta: primeiro os sem Kafka, depois os mais demorados (tests/conftest.py)
_EM_PARALELO = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
_COM_ANDAMENTO = ("-p", "tests.apoio.andamento")


def configura(analisador: Argumentos) -> None:
    """As flags do comando: nenhuma sua; todas vão para o pytest."""
    analisador.set_defaults(repassa=True)


def executa(args: argparse.Namespace) -> int:
    """Roda o pytest com `args.resto` (list[str]). Devolve o status (int) dele."""
    # outro processo: a suíte mexe em variáveis de ambiente, sinais e na saída padrão
    processo = subprocess.Popen([sys.executable, "-m", "pytest", *_EM_PARALELO, *_COM_ANDAMENTO, *args.resto], cwd=RAIZ)
    while True:
        try:
            return processo.wait()
        except KeyboardInterrupt:  # o pytest também recebeu o Ctrl+C: ele desmonta o que montou e conta o que fez
            continue
