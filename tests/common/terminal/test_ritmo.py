"""Quando as linhas ainda se leem, todas aparecem; acima disso, um resumo por segundo, e nenhum pedido some."""

import re
from itertools import pairwise

import pytest

from common.terminal.ritmo import LEGIVEL_POR_SEGUNDO, Ritmo


class AulaComRelogio:
    """Um serviço visto pelo terminal, com um relógio (em milissegundos inteiros) que só o teste move."""

    def __init__(self) -> None:
        self.ms = 0
        self.ritmo = Ritmo(lambda: self.ms / 1000)
        self.linhas = self.pedidos = self.somados = 0
        self.resumos: list[tuple[int, str]] = []  # (ms, texto)

    def pedido(self) -> bool:
        self.pedidos += 1
        mostra = self.ritmo.conta()
        self.linhas += mostra
        return mostra

    def anota(self, texto: str | None) -> None:
        if texto:
            contas = re.fullmatch(r"\+(\d+) pedidos \(total (\d+)\)", texto)
            assert contas, texto
            somados, total = map(int, contas.groups())
            assert total == self.pedidos
            self.somados += somados
            self.resumos.append((self.ms, texto))

    def roda(self, segundos: int, lote: int, por_pedido_ms: int, commit_ms: int) -> None:
        """O laço do Servico: busca e resumo, um lote de trabalho, commit."""
        fim = self.ms + segundos * 1000
        while self.ms < fim:
            self.anota(self.ritmo.resumo())
            for _ in range(lote):
                self.ms += por_pedido_ms
                self.pedido()
            self.ms += commit_ms

    def encerra(self) -> None:
        self.anota(self.ritmo.encerra())
        assert self.linhas + self.somados == self.pedidos  # nenhum pedido sem conta
        assert self.ritmo.encerra() is None


@pytest.mark.parametrize("intervalo_ms", [2000, 1000, 100, 25, 21, 20])
def test_ate_50_por_segundo_todo_pedido_tem_a_sua_linha(intervalo_ms: int) -> None:
    aula = AulaComRelogio()
    aula.roda(20, lote=1, por_pedido_ms=intervalo_ms, commit_ms=0)
    aula.encerra()
    assert aula.linhas == aula.pedidos and not aula.resumos


@pytest.mark.parametrize(
    ("lote", "por_pedido_ms", "commit_ms"), [(1, 1, 0), (1, 10, 3), (100, 1, 10), (500, 0, 17), (10, 10, 20)]
)
def test_acima_disso_ha_um_resumo_por_segundo_e_a_conta_fecha(lote: int, por_pedido_ms: int, commit_ms: int) -> None:
    aula = AulaComRelogio()
    aula.roda(20, lote, por_pedido_ms, commit_ms)
    aula.encerra()
    assert aula.linhas <= 2 * LEGIVEL_POR_SEGUNDO
    instantes = [0, *(ms for ms, _ in aula.resumos)]
    # um resumo espera o fim do segundo e do lote em andamento; nunca mais que outro segundo
    assert max(depois - antes for antes, depois in pairwise(instantes)) <= 2500, instantes
    assert len(instantes) <= 22


def test_as_linhas_voltam_quando_o_ritmo_cai() -> None:
    aula = AulaComRelogio()
    aula.roda(3, lote=1, por_pedido_ms=5, commit_ms=0)
    aula.roda(2, lote=1, por_pedido_ms=500, commit_ms=0)
    antes = aula.linhas
    aula.roda(10, lote=1, por_pedido_ms=500, commit_ms=0)
    assert aula.linhas - antes == 20
    aula.encerra()


def test_depois_de_uma_pausa_o_primeiro_pedido_tem_a_sua_linha() -> None:
    aula = AulaComRelogio()
    for _ in range(100):  # o que se acumulou enquanto o serviço estava parado
        aula.pedido()
    aula.ms += 60_000
    aula.anota(aula.ritmo.resumo())
    assert aula.resumos and aula.pedido()
    aula.encerra()


def test_o_resumo_espera_o_segundo_acabar_e_encerra_nao() -> None:
    aula = AulaComRelogio()
    for _ in range(LEGIVEL_POR_SEGUNDO + 7):
        aula.pedido()
    aula.ms = 999
    assert aula.ritmo.resumo() is None
    assert aula.ritmo.encerra() == "+7 pedidos (total 57)"
    aula.ms = 1000
    assert aula.ritmo.resumo() is None  # já foi dito


def test_sem_pedidos_nao_ha_resumo() -> None:
    aula = AulaComRelogio()
    for aula.ms in range(0, 5000, 100):
        assert aula.ritmo.resumo() is None
    assert aula.ritmo.encerra() is None
