"""O tamanho da transação acompanha o trabalho: uma função pura."""

import itertools
import math

import pytest

from common.lote import ALVO_S, LOTE_MAXIMO, proximo_lote


def roda(lote: int, por_pedido_s: float, vezes: int) -> list[int]:
    """Os tamanhos seguidos de lotes sempre cheios."""
    return list(itertools.accumulate(range(vezes), lambda n, _: proximo_lote(n, n, n * por_pedido_s), initial=lote))


@pytest.mark.parametrize("segundos", [ALVO_S, 1, 2, 30, math.inf])
def test_trabalho_lento_leva_um_pedido_por_vez(segundos: float) -> None:
    assert roda(1, segundos, 5) == [1] * 6


def test_trabalho_instantaneo_dobra_ate_o_maximo() -> None:
    assert roda(1, 0.0, 11) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 500, 500, 500]


@pytest.mark.parametrize(("por_pedido_s", "destino"), [(0.001, 100), (0.01, 10), (0.05, 2), (0.0002, 500)])
def test_converge_para_o_alvo(por_pedido_s: float, destino: int) -> None:
    assert roda(1, por_pedido_s, 12)[-3:] == pytest.approx([destino] * 3, abs=1)  # a divisão de floats erra por um


@pytest.mark.parametrize(("lote", "feitos"), [(500, 1), (500, 3), (64, 64), (2, 1)])
def test_o_trabalho_que_ficou_lento_encolhe_o_lote_de_uma_vez(lote: int, feitos: int) -> None:
    assert proximo_lote(lote, feitos, 2.0 * feitos) == 1


def test_um_lote_que_nao_veio_cheio_nao_cresce() -> None:
    assert proximo_lote(8, 7, 0.0) == 8
    assert proximo_lote(8, 8, 0.0) == 16
    assert proximo_lote(500, 3, 0.0) == 500


def test_limites_para_qualquer_entrada() -> None:
    tempos = (0.0, 1e-300, 1e-9, 0.0001, 0.05, ALVO_S, 0.11, 2.0, 1e300, math.inf)
    for lote, feitos, trabalho_s in itertools.product((1, 2, 3, 99, 499, 500), (0, 1, 2, 99, 499, 500), tempos):
        proximo = proximo_lote(lote, min(feitos, lote), trabalho_s)
        assert type(proximo) is int
        assert 1 <= proximo <= min(LOTE_MAXIMO, lote * 2)
