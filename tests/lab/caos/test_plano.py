"""De quanta carga um ensaio precisa, e quando ele acaba."""

from collections import Counter

import pytest

from lab.caos.comando import PEDIDOS, SEGUNDOS
from lab.caos.falhas.catalogo import FALHAS
from lab.caos.plano import FALHA_S, TEMPO_MAXIMO_S, Plano

TODAS = list(FALHAS.values())


def plano(pedidos: int = 1000, rodadas: int | None = None, segundos: float = 60.0) -> Plano:
    return Plano(pedidos, TODAS, semente=7, rodadas=rodadas, segundos=segundos, ingenuo=False)


@pytest.mark.parametrize("este", [plano(PEDIDOS, segundos=SEGUNDOS), plano(rodadas=1), plano(100_000, rodadas=20)])
def test_a_carga_dura_tanto_quanto_as_falhas(este: Plano) -> None:
    assert 0 < este.tempo_s <= TEMPO_MAXIMO_S
    assert este.pedidos - este.previstas < este.rajada * este.previstas <= este.pedidos
    # enquanto uma rajada passa a falha começa, e o serviço ainda tem folga até a rajada seguinte
    assert 2.0 < este.rajada * este.tempo_s < FALHA_S


def test_por_rodadas_sao_exatamente_tantas_falhas_e_o_tempo_nao_conta() -> None:
    assert plano(rodadas=1).previstas == len(TODAS)
    assert plano(rodadas=3).previstas == 3 * len(TODAS)
    assert not plano(rodadas=1, segundos=60.0).acabou(61.0)
    assert plano(segundos=60.0).acabou(60.0)
    assert not plano(segundos=60.0).acabou(59.9)


@pytest.mark.parametrize("este", [plano(1, segundos=86_400.0), plano(1, rodadas=1000), plano(10_000_000, segundos=1.0)])
def test_no_extremo_ainda_ha_carga(este: Plano) -> None:
    assert este.rajada >= 1
    assert 0 < este.tempo_s <= TEMPO_MAXIMO_S


def test_o_que_se_diz_dele() -> None:
    assert plano(segundos=60.0).tamanho() == "60 s de falhas"
    assert [plano(rodadas=n).tamanho() for n in (1, 2)] == ["1 rodada", "2 rodadas"]
    assert plano(segundos=60.0).andamento(12.3, 3) == "12 s de 60 s"
    assert plano(rodadas=1).andamento(12.3, 3) == f"12 s, falha 3 de {len(TODAS)}"


def test_por_rodadas_uma_falha_que_nunca_aconteceu_e_dita_pelo_nome() -> None:
    uma_vez = Counter(list(FALHAS))
    assert plano(rodadas=3).o_que_faltou(uma_vez, 1000) == []
    assert plano(rodadas=3).o_que_faltou(uma_vez - Counter(["kill-9"]), 1000) == ["nunca aconteceu: kill-9"]


@pytest.mark.parametrize(
    ("aconteceram", "confirmados", "faltou"),
    [
        (10, 1000, []),
        (4, 400, []),
        (3, 1000, ["em 60 s cabem umas 10 falhas: 3 é pouco"]),
        (10, 399, ["de 1.000 pedidos, 399 confirmados é pouco"]),
        (0, 0, ["em 60 s cabem umas 10 falhas: 0 é pouco", "de 1.000 pedidos, 0 confirmados é pouco"]),
    ],
)
def test_por_tempo_quase_nenhuma_falha_ou_quase_nenhum_pedido_nao_prova_nada(
    aconteceram: int, confirmados: int, faltou: list[str]
) -> None:
    assert plano(segundos=60.0).o_que_faltou(Counter({"kill-9": aconteceram}), confirmados) == faltou
