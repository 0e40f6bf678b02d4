"""A agenda das falhas: sorteada, repetível, em rodízio."""

from itertools import islice

from lab.caos.agenda import CALMA_S, agenda
from lab.caos.falhas import FALHAS

TODAS = list(FALHAS.values())


def test_a_mesma_semente_da_a_mesma_agenda() -> None:
    assert list(islice(agenda(7, TODAS), 100)) == list(islice(agenda(7, TODAS), 100))
    assert list(islice(agenda(7, TODAS), 100)) != list(islice(agenda(8, TODAS), 100))


def test_em_rodizio_cada_falha_acontece_antes_de_alguma_repetir() -> None:
    eventos = list(islice(agenda(7, TODAS), 3 * len(TODAS)))
    for volta in range(3):
        primeiras = {evento.falhas[0].nome for evento in eventos[volta * len(TODAS) : (volta + 1) * len(TODAS)]}
        assert primeiras == set(FALHAS)


def test_as_vezes_duas_ao_mesmo_tempo_e_sempre_ha_calma() -> None:
    eventos = list(islice(agenda(7, TODAS), 200))
    assert {len(evento.falhas) for evento in eventos} == {1, 2}
    for evento in eventos:
        assert len(set(evento.falhas)) == len(evento.falhas)
        assert CALMA_S[0] <= evento.calma_s <= CALMA_S[1]
        assert evento.dura_s >= max(falha.dura_s[0] for falha in evento.falhas)


def test_uma_falha_so_tambem_serve() -> None:
    assert all(evento.falhas == (FALHAS["kill-9"],) for evento in islice(agenda(7, [FALHAS["kill-9"]]), 20))
