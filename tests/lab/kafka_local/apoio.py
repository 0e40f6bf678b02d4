"""O que os testes do Kafka local dividem."""

import sys

import psutil
import pytest

from tests.apoio.sala import ate

NADA_FICA_S = 10.0  # o prazo do vigia (5 s) e a folga de uma máquina ocupada
SO_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem este sinal")


def espera_sumir(pid: int) -> None:
    """Espera o processo deixar de existir (um zumbi sem pai que o recolha já não é ninguém)."""

    def nao_existe() -> bool:
        try:
            return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    ate(nao_existe, NADA_FICA_S, f"o processo {pid} continua lá")
