"""A agenda das falhas: sorteada, repetível, em rodízio."""

from itertools import islice

from lab.caos.agenda import EM_CARGA_S, agenda
from lab.caos.falhas.catalogo import FALHAS

TODAS = list(FALHAS.values())


def test_a_mesma_semente_da_a_mesma_agenda() -> None:
    assert list(islice(agenda(7, TODAS, None), 100)) == list(islice(agenda(7, TODAS, None), 100))
    assert list(islice(agenda(7, TODAS, None), 100)) != list(islice(agenda(8, TODAS, None), 100))


def test_em_rodizio_cada_falha_acontece_antes_de_alguma_repetir() -> None:
    eventos = list(islice(agenda(7, TODAS, None), 3 * len(TODAS)))
    for volta in range(3):
        primeiras = {evento.falhas[0].nome for evento in eventos[volta * len(TODAS) : (volta + 1) * len(TODAS)]}
        assert primeiras == set(FALHAS)


def test_por_rodadas_cada_falha_vem_sozinha_exatamente_uma_vez_em_cada_uma() -> None:
    eventos = list(agenda(7, TODAS, 3))
    nomes = [[falha.nome for falha in evento.falhas] for evento in eventos]
    rodadas = [nomes[volta * len(TODAS) : (volta + 1) * len(TODAS)] for volta in range(3)]
    assert len(nomes) == 3 * len(TODAS)
    for rodada in rodadas:
        assert sorted(rodada) == sorted([nome] for nome in FALHAS)
    assert rodadas[0] != rodadas[1]  # em outra ordem
    assert eventos == list(agenda(7, TODAS, 3)) != list(agenda(8, TODAS, 3))


def test_as_vezes_duas_ao_mesmo_tempo_e_a_carga_sempre_vem_antes() -> None:
    eventos = list(islice(agenda(7, TODAS, None), 200))
    assert {len(evento.falhas) for evento in eventos} == {1, 2}
    for evento in eventos:
        assert len(set(evento.falhas)) == len(evento.falhas)
        assert EM_CARGA_S[0] <= evento.em_carga_s <= EM_CARGA_S[1]
        assert evento.dura_s >= max(falha.dura_s[0] for falha in evento.falhas)


def test_uma_falha_so_tambem_serve() -> None:
    assert all(evento.falhas == (FALHAS["kill-9"],) for evento in islice(agenda(7, [FALHAS["kill-9"]], None), 20))
