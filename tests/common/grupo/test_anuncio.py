"""O que um serviço diz de suas partições, com o relógio na mão."""

import pytest

from common.grupo import anuncio
from common.grupo.anuncio import Anuncio
from common.grupo.atribuicao import Atribuicao


@pytest.fixture
def agora(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    relogio = [1000.0]
    monkeypatch.setattr("common.prazo.time.monotonic", lambda: relogio[0])
    return relogio


def atribui(atribuicao: Atribuicao, *particoes: int) -> None:
    atribuicao.particoes = list(particoes)
    atribuicao.versao += 1


def test_diz_pronto_uma_vez_e_depois_so_as_mudancas(agora: list[float]) -> None:
    atribuicao = Atribuicao()
    dito = Anuncio(atribuicao, "grupo")
    assert dito.novidade() is None
    atribui(atribuicao, 0, 1, 2)
    assert dito.novidade() == "Pronto: partições atribuídas: 0, 1, 2"
    atribui(atribuicao, 0, 1, 2)
    assert dito.novidade() is None
    atribui(atribuicao, 0)
    assert dito.novidade() == "Rebalanceamento: partições atribuídas: 0"


def test_uma_atribuicao_vazia_so_e_noticia_se_dura(agora: list[float]) -> None:
    atribuicao = Atribuicao()
    dito = Anuncio(atribuicao, "grupo")
    atribui(atribuicao)
    assert dito.novidade() is None
    agora[0] += anuncio.RESERVA_S / 2
    atribui(atribuicao, 2)
    assert dito.novidade() == "Pronto: partições atribuídas: 2"
    atribui(atribuicao)
    assert dito.novidade() is None
    agora[0] += anuncio.RESERVA_S
    assert "fico em reserva" in (dito.novidade() or "")
    assert dito.novidade() is None


def test_a_demora_do_grupo_e_dita_uma_vez(agora: list[float]) -> None:
    atribuicao = Atribuicao()
    dito = Anuncio(atribuicao, "grupo")
    agora[0] += anuncio.DEMORA_DO_GRUPO_S
    assert "Aguardo a vez no grupo" in (dito.novidade() or "")
    assert dito.novidade() is None
    atribui(atribuicao, 1)
    assert dito.novidade() == "Pronto: partições atribuídas: 1"
