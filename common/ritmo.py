"""Quando passam mais pedidos do que alguém lê, uma linha por segundo resume o que duas por pedido diriam."""

import time
from collections.abc import Callable

LEGIVEL_POR_SEGUNDO = 50  # acima disto as linhas só passam voando


class Ritmo:
    """Conta os pedidos de cada segundo e decide se as linhas de cada um ainda podem ser lidas."""

    def __init__(self, relogio: Callable[[], float] = time.monotonic) -> None:
        self._relogio = relogio
        self._inicio = relogio()
        self._neste_segundo = 0
        self._mudos = 0  # pedidos sem linha própria desde o último resumo
        self._total = 0
        self._rapido = False

    def conta(self) -> bool:
        """Conta um pedido (ao terminar). True: mostre as linhas dele; False: ele entra no resumo."""
        if self._relogio() - self._inicio >= 1:
            self._rapido = self._neste_segundo >= LEGIVEL_POR_SEGUNDO
            self._inicio, self._neste_segundo = self._relogio(), 0
        self._neste_segundo += 1
        self._total += 1
        mudo = self._rapido or self._neste_segundo > LEGIVEL_POR_SEGUNDO
        self._mudos += mudo
        return not mudo

    def resumo(self) -> str | None:
        """A linha do segundo que passou, se houve pedidos sem linha própria e o segundo já acabou."""
        if not self._mudos or self._relogio() - self._inicio < 1:
            return None
        return self.encerra()

    def encerra(self) -> str | None:
        """A linha do que ainda não foi resumido, seja qual for o instante."""
        mudos, self._mudos = self._mudos, 0
        return f"+{mudos} pedidos (total {self._total})" if mudos else None
