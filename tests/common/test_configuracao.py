"""Os nomes da aula, letra por letra, e a linha que eles formam."""

from itertools import pairwise

import pytest

from common import configuracao
from common.configuracao import (
    ESTOQUE,
    ETAPAS,
    NOTIFICACAO,
    NUMERO_DE_PARTICOES,
    PAGAMENTO,
    Etapa,
    com_prefixo,
    topicos,
)
from common.erros import ErroDeUso
from common.pedido import Status


def nomes(etapa: Etapa) -> tuple[str, str, str | None]:
    return etapa.grupo, etapa.entrada, etapa.saida


def test_sem_prefixo_os_nomes_sao_os_da_aula() -> None:
    assert topicos() == ["novos_pedidos", "pedidos_aprovados", "pedidos_concluidos"]
    assert nomes(ESTOQUE) == ("grupo_estoque", "novos_pedidos", "pedidos_aprovados")
    assert nomes(PAGAMENTO) == ("grupo_pagamento", "pedidos_aprovados", "pedidos_concluidos")
    assert nomes(NOTIFICACAO) == ("grupo_notificacao", "pedidos_concluidos", None)
    assert NUMERO_DE_PARTICOES == 3


def test_prefixo_vazio_e_o_mesmo_que_nenhum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_PREFIXO", "")
    assert com_prefixo("novos_pedidos") == "novos_pedidos"


@pytest.mark.parametrize("prefixo", ["ana", "Turma-2_a_B", "1", "x" * 40])
def test_o_prefixo_vale_para_todo_topico_e_grupo(monkeypatch: pytest.MonkeyPatch, prefixo: str) -> None:
    sem = [*topicos(), *(nome for etapa in ETAPAS for nome in nomes(etapa))]
    monkeypatch.setenv("LAB_PREFIXO", prefixo)
    com = [*topicos(), *(nome for etapa in ETAPAS for nome in nomes(etapa))]
    assert com == [nome and f"{prefixo}-{nome}" for nome in sem]
    assert max(len(nome) for nome in com if nome) <= 249  # o limite do Kafka


@pytest.mark.parametrize(
    "prefixo", ["ã", "a b", "a/b", "a.b", "a\n", " ", "x" * 41, "a,b", "a:b", "*", "²", "\x1b[31m"]
)
def test_prefixo_que_nao_serve_para_topico(monkeypatch: pytest.MonkeyPatch, prefixo: str) -> None:
    monkeypatch.setenv("LAB_PREFIXO", prefixo)
    for usa in (lambda: com_prefixo("x"), topicos, lambda: ESTOQUE.grupo, lambda: PAGAMENTO.saida):
        with pytest.raises(ErroDeUso, match="LAB_PREFIXO só pode ter") as erro:
            usa()
        assert str(erro.value).isprintable()


def test_a_saida_de_uma_etapa_e_a_entrada_da_proxima() -> None:
    assert ETAPAS[0].entrada == topicos()[0]
    for antes, depois in pairwise(ETAPAS):
        assert antes.saida == depois.entrada
    assert ETAPAS[-1].saida is None
    assert [etapa.entrada for etapa in ETAPAS] == topicos()
    assert [etapa.status_esperado for etapa in ETAPAS] == list(Status)


def test_nada_se_repete_entre_as_etapas() -> None:
    for campo in ("nome", "cor", "grupo_base", "entrada_base", "saida_base", "status_esperado"):
        assert len({getattr(etapa, campo) for etapa in ETAPAS}) == len(ETAPAS), campo


def test_o_desenho_do_modulo_mostra_os_nomes_verdadeiros() -> None:
    desenho = configuracao.__doc__ or ""
    for nome in [*topicos(), *(etapa.nome for etapa in ETAPAS)]:
        assert nome in desenho
