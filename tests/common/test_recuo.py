"""Sessões que se perdem em seguida: recuam, dizem o motivo uma vez e não param os outros membros do grupo."""

import time

import pytest
from kafka import KafkaConsumer
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from common.configuracao import NOVOS_PEDIDOS, PEDIDOS_APROVADOS
from common.prazo import Prazo
from common.recuo import MAXIMA_S, PRIMEIRA_S, RESUMO_S, Recuo
from tests.apoio.mexe import entra_pelo_protocolo_novo
from tests.apoio.sala import FIM_S, SalaDeTeste, sem_traceback

OBSERVA_S = 12.0  # o tempo em que a issue contou 52 sessões


def test_a_espera_dobra_ate_o_maximo_e_um_avanco_a_zera() -> None:
    r = Recuo()
    assert r.espera_s == 0
    esperas = []
    for _ in range(8):
        r.perdeu("X", "volto")
        esperas.append(r.espera_s)
    assert esperas[:3] == [PRIMEIRA_S, 2 * PRIMEIRA_S, 4 * PRIMEIRA_S]
    assert esperas[-1] == MAXIMA_S
    assert r.insiste
    r.avancou()
    assert (r.espera_s, r.insiste) == (0, False)
    assert r.perdeu("X", "volto") == "Sessão perdida (X): volto"


def test_cada_motivo_e_dito_uma_vez_e_depois_resumido(monkeypatch: pytest.MonkeyPatch) -> None:
    r = Recuo()
    ditas = [r.perdeu(motivo, "volto") for motivo in ("X", "Y", "X", "Y", "X")]
    assert ditas == ["Sessão perdida (X): volto", "Sessão perdida (Y): volto", None, None, None]
    agora = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: agora + RESUMO_S + 1)
    assert r.perdeu("X", "volto") == "Ainda sem sessão (X), na 6ª tentativa: tento a cada 5 s"
    assert r.perdeu("X", "volto") is None


@pytest.mark.broker
def test_um_estranho_no_grupo_e_nomeado_e_ninguem_gira_em_falso(sala: SalaDeTeste) -> None:
    """Um consumidor de outro programa, que reparte as partições de outro jeito, ocupa grupo_estoque."""
    sala.produz(3)
    grupo = f"{sala.prefixo}-grupo_estoque"
    with KafkaConsumer(
        sala.topico(NOVOS_PEDIDOS),
        bootstrap_servers=sala.bootstrap,
        group_id=grupo,
        enable_auto_commit=False,
        client_id="relatorio-do-financeiro",
        partition_assignment_strategy=[RoundRobinPartitionAssignor],
    ) as estranho:
        prazo = Prazo(FIM_S)
        while not estranho.assignment():
            assert not prazo.esgotado
            estranho.poll(timeout_ms=200)
        estoque = sala.abre("servico_estoque.py", "--tempo", "0")
        desde = estoque.espera("Sessão perdida", FIM_S)
        observado = Prazo(OBSERVA_S)
        while not observado.esgotado:
            estranho.poll(timeout_ms=200)
        perdidas = [linha for quando, linha in estoque.linhas if quando >= desde and "Sessão perdida" in linha]
        assert len(perdidas) == 1, perdidas
        assert "relatorio-do-financeiro em " in perdidas[0]
        assert "roundrobin" in perdidas[0]
        assert grupo in perdidas[0]
        diagnostico = sala.abre("-m", "lab", "diagnostico")
        while diagnostico.vivo:
            estranho.poll(timeout_ms=200)
        assert diagnostico.espera_fim(FIM_S) == 1
        assert any("relatorio-do-financeiro" in linha for linha in diagnostico.textos()), diagnostico.textos()
    estoque.espera("aprovado", FIM_S, vezes=3)  # o estranho saiu: o serviço volta sem ninguém tocar nele
    sem_traceback(estoque, diagnostico)


@pytest.mark.broker
def test_um_membro_do_protocolo_novo_conta_para_o_zera_e_para_o_diagnostico(sala: SalaDeTeste) -> None:
    """O describe_groups clássico responde "não existe" do grupo que list_groups mostra."""
    sala.produz(3)
    grupo = f"{sala.prefixo}-grupo_pagamento"
    entra_pelo_protocolo_novo(sala, grupo, sala.topico(PEDIDOS_APROVADOS))
    diagnostico = sala.abre("-m", "lab", "diagnostico")
    assert diagnostico.espera_fim(FIM_S) == 1
    assert any(f"{grupo} é usado por outro programa" in linha for linha in diagnostico.textos()), diagnostico.textos()
    zera = sala.abre("-m", "lab", "zera", "--sim")
    assert zera.espera_fim(FIM_S) == 1, zera.textos()
    assert "há serviços rodando" in zera.textos()[-1]
    assert len(sala.chaves(NOVOS_PEDIDOS)) == 3
