"""Quando cada falha acontece: sorteado, e sempre o mesmo sorteio para a mesma semente."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from lab.caos.falhas import Falha

CALMA_S = (0.5, 3.0)  # entre uma falha e outra: o que a anterior deixou pela metade tem tempo de aparecer
CHANCE_DE_DUAS = 0.25  # de uma segunda falha enquanto a primeira ainda dura


@dataclass(frozen=True)
class Evento:
    """Uma falha, ou duas ao mesmo tempo; por quanto tempo duram e quanto de calma vem depois (segundos)."""

    falhas: tuple[Falha, ...]
    semente: int  # de onde cada falha tira em quem, e quando exatamente
    dura_s: float
    calma_s: float


def agenda(semente: int, falhas: Sequence[Falha]) -> Iterator[Evento]:
    """Os eventos, sem fim. Em rodízio: cada falha acontece uma vez antes de alguma acontecer a segunda."""
    sorte = Random(semente)
    while True:
        for falha in sorte.sample(falhas, len(falhas)):
            juntas: tuple[Falha, ...] = (falha,)
            if sorte.random() < CHANCE_DE_DUAS and (outras := [f for f in falhas if f is not falha]):
                juntas += (sorte.choice(outras),)
            dura_s = max(sorte.uniform(*f.dura_s) for f in juntas)
            yield Evento(juntas, sorte.getrandbits(32), dura_s, sorte.uniform(*CALMA_S))
