"""Ctrl+C, SIGTERM e SIGBREAK: parar logo, sem traceback e sem deixar nada pela metade."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from common.prazo import Prazo, houve_abandono

DESPEDIDA_S = 0.6  # quanto o que está em andamento ainda pode levar; sair deve parecer instantâneo
SAIDA_DE_CTRL_C = 130  # 128 + SIGINT, a convenção dos shells

# SIGBREAK é o Ctrl+Break do Windows; SIGHUP, o terminal fechado nos outros
_SINAIS = [getattr(signal, nome) for nome in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, nome)]

# um terminal que se fecha manda SIGHUP mais de uma vez: não é pressa de ninguém
_REPETIDOS_POR_UM_TERMINAL = [getattr(signal, "SIGHUP", None)]


class Interrupcao:
    """Enquanto `with Interrupcao()` vale, um sinal só levanta uma bandeira; quem trabalha a consulta.

    Uma exceção no meio do cliente Kafka o deixaria com travas presas. Só dentro de `corpo()` (o trabalho
    do script, sem Kafka nenhum) o sinal vira KeyboardInterrupt. O segundo sinal termina na hora.
    """

    def __init__(self) -> None:
        self.pedida = False
        self.no_corpo = False
        self._despedida = Prazo(DESPEDIDA_S)
        self._anteriores: dict[int, Any] = {}

    def __enter__(self) -> "Interrupcao":
        # fora da thread principal (um teste) o Python não deixa trocar o tratamento de sinais
        if threading.current_thread() is threading.main_thread():
            surdos = [s for s in _SINAIS if s != signal.SIGINT and signal.getsignal(s) is signal.SIG_IGN]  # nohup
            self._anteriores = {s: signal.signal(s, self._ao_sinal) for s in _SINAIS if s not in surdos}
        return self

    def __exit__(self, *_: object) -> None:
        for sinal, anterior in self._anteriores.items():
            signal.signal(sinal, anterior)

    def _ao_sinal(self, numero: int, quadro: FrameType | None) -> None:
        if self.pedida:
            if numero in _REPETIDOS_POR_UM_TERMINAL:
                return
            os._exit(SAIDA_DE_CTRL_C)
        self.pedida = True
        self._despedida = Prazo(DESPEDIDA_S)
        if self.no_corpo:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def corpo(self) -> Iterator[None]:
        """O trabalho do script: aqui o sinal (também o que chegou um instante antes) vira KeyboardInterrupt."""
        self.no_corpo = True
        try:
            if self.pedida:
                raise KeyboardInterrupt
            yield
        finally:
            self.no_corpo = False

    def encurta(self, prazo: Prazo) -> None:
        """Depois do Ctrl+C nada leva mais do que resta da despedida."""
        if self.pedida:
            prazo.encurta(self._despedida.resta)


def encerra_processo_preso(erro: BaseException | None) -> None:
    """Se há threads presas no cliente Kafka, termina aqui o processo, com o mesmo relato e status.

    A saída normal esperaria por elas, e o atexit do cliente ainda escreveria tracebacks.
    """
    if not houve_abandono():
        return
    status = 0
    if isinstance(erro, SystemExit):
        status = _status(erro)
    elif erro is not None and not isinstance(erro, KeyboardInterrupt):
        status = 1
        try:
            sys.excepthook(type(erro), erro, erro.__traceback__)
        except SystemExit as saida:
            status = _status(saida)
    for fluxo in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # quem lia o pipe já foi embora
            fluxo.flush()
    os._exit(status)


def _status(saida: SystemExit) -> int:
    """O status de uma saída, como o Python o faria: `sys.exit("texto")` escreve o texto e vale 1."""
    if saida.code is None or isinstance(saida.code, int):
        return saida.code or 0
    sys.stderr.write(f"{saida.code}\n")
    return 1
