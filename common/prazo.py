"""Prazos: nenhuma espera do laboratório é sem fim."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from common.erros import PrazoEsgotado

T = TypeVar("T")

_abandonados: list[object] = []  # guardados até o fim: o __del__ do cliente Kafka escreveria tracebacks

PASSO_S = 0.05  # de quanto em quanto olhamos o prazo: no Windows uma espera longa não vê o Ctrl+C


class Prazo:
    """Um instante no futuro, imune a acertos do relógio."""

    def __init__(self, segundos: float) -> None:
        self._fim = time.monotonic() + segundos

    @property
    def resta(self) -> float:
        """Segundos que faltam; nunca negativo."""
        return max(0.0, self._fim - time.monotonic())

    @property
    def esgotado(self) -> bool:
        return self.resta == 0

    def encurta(self, segundos: float) -> None:
        """O prazo passa a terminar em no máximo `segundos` a partir de agora."""
        self._fim = min(self._fim, time.monotonic() + segundos)


def espera_ate(
    condicao: Callable[[], bool],
    segundos: float,
    a_cada_passo: Callable[[], None] = lambda: None,
    passo_s: float = PASSO_S,
) -> bool:
    """True assim que `condicao()` vale; False se não valeu em `segundos`. `a_cada_passo` pode levantar um erro.

    `passo_s` (segundos): de quanto em quanto se olha; uma condição que abre um cliente Kafka pede mais do que o padrão.
    """
    prazo = Prazo(segundos)
    while not condicao():
        if prazo.esgotado:
            return False
        a_cada_passo()
        time.sleep(min(passo_s, prazo.resta))
    return True


def abandona(o_que: object) -> None:
    """Registra que algo do cliente Kafka (uma chamada, um produtor) ficou para trás, preso em uma thread."""
    _abandonados.append(o_que)


def houve_abandono() -> bool:
    """True: o processo tem threads presas e só termina depressa com `encerra_processo_preso`."""
    return bool(_abandonados)


def com_prazo(
    funcao: Callable[[], T], segundos: float, o_que: str, a_cada_passo: Callable[[Prazo], None] | None = None
) -> T:
    """O resultado de `funcao()`, ou PrazoEsgotado depois de `segundos`.

    O cliente Kafka tem chamadas que podem nunca voltar (commit_transaction depois da morte do broker,
    KAFKA-7763). Por isso a chamada roda em uma thread daemon: passado o prazo ela é abandonada, e quem
    chamou não deve mais usar o objeto. `a_cada_passo` pode encurtar o prazo (Ctrl+C).
    """
    resposta: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def chama() -> None:
        try:
            resposta.put((funcao(), None))
        except BaseException as erro:  # noqa: BLE001  # todo erro é de quem espera, não desta thread
            resposta.put((None, erro))

    prazo = Prazo(segundos)
    threading.Thread(target=chama, daemon=True, name=o_que).start()
    while True:
        try:
            valor, erro = resposta.get(timeout=min(PASSO_S, prazo.resta))
            break
        except Empty:
            if prazo.esgotado:
                abandona(o_que)
                raise PrazoEsgotado(f"{o_que} não terminou no prazo") from None
            if a_cada_passo:
                a_cada_passo(prazo)
    if erro is not None:
        raise erro
    return valor  # type: ignore[return-value]  # sem erro, é o T que funcao() devolveu
