"""A agenda das falhas: sorteada, repetível, em rodízio, e sem pares que não podem acontecer juntos."""

from itertools import chain, islice

from lab.caos.agenda import EM_CARGA_S, Evento, agenda
from lab.caos.falhas.catalogo import FALHAS
from lab.caos.falhas.falha import Recurso

TODAS = list(FALHAS.values())
POR_TEMPO = list(islice(agenda(7, TODAS, None), 3000))
POR_RODADAS = list(agenda(7, TODAS, 30))


def nomes(eventos: list[Evento]) -> list[str]:
    return [falha.nome for evento in eventos for falha in evento.falhas]


def test_a_mesma_semente_da_a_mesma_agenda() -> None:
    assert list(islice(agenda(7, TODAS, None), 100)) == POR_TEMPO[:100]
    assert list(islice(agenda(8, TODAS, None), 100)) != POR_TEMPO[:100]
    assert list(agenda(7, TODAS, 30)) == POR_RODADAS != list(agenda(8, TODAS, 30))


def test_em_rodizio_cada_falha_acontece_antes_de_alguma_repetir() -> None:
    for volta in range(3):
        assert set(nomes(POR_TEMPO[volta * len(TODAS) : (volta + 1) * len(TODAS)])) == set(FALHAS)


def test_por_rodadas_cada_falha_vem_exatamente_uma_vez_em_cada_uma_quase_sempre_com_outra() -> None:
    todas = nomes(POR_RODADAS)
    rodadas = [todas[volta * len(TODAS) : (volta + 1) * len(TODAS)] for volta in range(30)]
    assert len(todas) == 30 * len(TODAS)
    for rodada in rodadas:
        assert sorted(rodada) == sorted(FALHAS)
    assert rodadas[0] != rodadas[1]  # em outra ordem
    assert len(POR_RODADAS) < 0.7 * len(todas)


def test_as_vezes_duas_ao_mesmo_tempo_e_a_carga_sempre_vem_antes() -> None:
    assert {len(evento.falhas) for evento in POR_TEMPO} == {1, 2}
    for evento in POR_TEMPO:
        assert len(set(evento.falhas)) == len(evento.falhas)
        assert EM_CARGA_S[0] <= evento.em_carga_s <= EM_CARGA_S[1]
        assert evento.dura_s >= max(falha.dura_s[0] for falha in evento.falhas)


def test_de_um_par_so_a_segunda_tira_o_kafka_e_nenhuma_espera_por_um_pedido_que_a_outra_deteve() -> None:
    """Semente 4242: com o broker parado, a outra falha abria uma instância nova, que esperava 30 s e desistia."""
    pares = [evento.falhas for evento in chain(POR_TEMPO, POR_RODADAS) if len(evento.falhas) == 2]
    for primeira, segunda in pares:
        assert primeira.tira < Recurso.KAFKA
        assert primeira.tira < segunda.precisa
    # e ainda assim os de antes: um broker que cai com um serviço morto, congelado ou sabotado
    juntas = {(primeira.nome, segunda.nome) for primeira, segunda in pares}
    assert {("kill-9", "broker-mata"), ("congela", "broker-para"), ("aborta", "kill-9-no-commit")} <= juntas


def test_uma_falha_so_tambem_serve() -> None:
    assert all(evento.falhas == (FALHAS["kill-9"],) for evento in islice(agenda(7, [FALHAS["kill-9"]], None), 20))
