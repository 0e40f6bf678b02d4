"""Quando passam mais pedidos do que alguém lê, uma linha por segundo resume o que duas por pedido diriam."""

import time
from collections.abc import Callable

LEGIVEL_POR_SEGUNDO = 50  # acima disto as linhas só passam voando
RESUMO_S = 1.0


class Ritmo:
    """Conta os pedidos de cada segundo e decide se as linhas de cada um ainda podem ser lidas."""

    def __init__(self, relogio: Callable[[], float] = time.monotonic) -> None:
        self._relogio = relogio
        self._segundo = relogio()  # quando começou o segundo em curso
        self._neste_segundo = 0
        self._rapido = False  # o segundo anterior passou do legível
        self._mudos = 0  # pedidos sem linha própria desde o último resumo
        self._resumido_em = 0.0
        self._total = 0

    def conta(self) -> bool:
        """Conta um pedido. True: mostre as linhas dele; False: ele entra no resumo."""
        agora = self._relogio()
        passou_s = agora - self._segundo
        if passou_s >= 1:
            # depois de uma pausa, o segundo anterior não é o que está anotado
            self._rapido = passou_s < 2 and self._neste_segundo > LEGIVEL_POR_SEGUNDO
            self._segundo, self._neste_segundo = agora, 0
        self._neste_segundo += 1
        self._total += 1
        if not self._rapido and self._neste_segundo <= LEGIVEL_POR_SEGUNDO:
            return True
        if not self._mudos:
            self._resumido_em = agora
        self._mudos += 1
        return False

    def resumo(self) -> str | None:
        """A linha do que passou sem linha própria, se já há RESUMO_S disso."""
        if self._relogio() - self._resumido_em < RESUMO_S:
            return None
        return self.encerra()

    def encerra(self) -> str | None:
        """A linha do que ainda não foi resumido, seja qual for o instante."""
        mudos, self._mudos = self._mudos, 0
        return f"+{mudos} pedidos (total {self._total})" if mudos else None
