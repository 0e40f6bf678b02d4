"""Quando cada falha acontece: sorteado, e sempre o mesmo sorteio para a mesma semente."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from random import Random

from lab.caos.falhas.falha import Falha

EM_CARGA_S = (0.0, 1.5)  # uma rajada leva uns 3 s para passar pela linha: a falha a encontra no meio
CHANCE_DE_DUAS = 0.25  # de uma segunda falha enquanto a primeira ainda dura


@dataclass(frozen=True)
class Evento:
    """Uma falha, ou duas ao mesmo tempo; por quanto se trabalha em uma rajada antes, e quanto duram (segundos)."""

    falhas: tuple[Falha, ...]
    semente: int  # de onde cada falha tira em quem, e quando exatamente
    em_carga_s: float
    dura_s: float


def agenda(semente: int, falhas: Sequence[Falha], rodadas: int | None) -> Iterator[Evento]:
    """Os eventos, em rodízio: cada falha acontece uma vez antes de alguma acontecer a segunda.

    Com `rodadas` (int) eles acabam, e cada falha vem exatamente uma vez por rodada, sozinha; com None não acabam,
    e às vezes vêm duas ao mesmo tempo.
    """
    sorte = Random(semente)
    for _ in repeat(None) if rodadas is None else range(rodadas):
        for falha in sorte.sample(falhas, len(falhas)):
            juntas: tuple[Falha, ...] = (falha,)
            outras = [outra for outra in falhas if outra is not falha]
            if rodadas is None and outras and sorte.random() < CHANCE_DE_DUAS:
                juntas += (sorte.choice(outras),)
            dura_s = max(sorte.uniform(*f.dura_s) for f in juntas)
            yield Evento(juntas, sorte.getrandbits(32), sorte.uniform(*EM_CARGA_S), dura_s)
