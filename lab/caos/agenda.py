"""Quando cada falha acontece: sorteado, e sempre o mesmo sorteio para a mesma semente."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
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

    Com `rodadas` (int) eles acabam, e cada falha vem exatamente uma vez por rodada, duas a duas onde dá; com None não
    acabam, e às vezes vêm duas ao mesmo tempo.
    """
    sorte = Random(semente)
    for _ in count() if rodadas is None else range(rodadas):
        volta = sorte.sample(falhas, len(falhas))
        for juntas in _duas_a_duas(volta) if rodadas is not None else _as_vezes_duas(volta, sorte):
            dura_s = max(sorte.uniform(*f.dura_s) for f in juntas)
            yield Evento(juntas, sorte.getrandbits(32), sorte.uniform(*EM_CARGA_S), dura_s)


def _duas_a_duas(volta: Sequence[Falha]) -> Iterator[tuple[Falha, ...]]:
    restam = list(volta)
    while restam:
        uma = restam.pop(0)
        juntas = next(_pares(uma, restam), (uma,))
        restam = [falha for falha in restam if falha not in juntas]
        yield juntas


def _as_vezes_duas(volta: Sequence[Falha], sorte: Random) -> Iterator[tuple[Falha, ...]]:
    for uma in volta:
        pares = list(_pares(uma, [outra for outra in volta if outra is not uma]))
        yield sorte.choice(pares) if pares and sorte.random() < CHANCE_DE_DUAS else (uma,)


def _pares(uma: Falha, outras: Sequence[Falha]) -> Iterator[tuple[Falha, ...]]:
    """Com cada uma das outras, na ordem em que a primeira deixa a segunda acontecer; com as que não dá, nada."""
    for outra in outras:
        yield from [par for par in ((uma, outra), (outra, uma)) if par[0].deixa(par[1])][:1]
