"""Os números e as listas como se leem em português."""

import pytest

from common.terminal.texto import enumera, milhar, segundos


@pytest.mark.parametrize(
    ("valor", "escrito"), [(0.0, "0,0 s"), (0.96, "1,0 s"), (14.1, "14,1 s"), (1234.5, "1234,5 s")]
)
def test_segundos(valor: float, escrito: str) -> None:
    assert segundos(valor) == escrito


@pytest.mark.parametrize(("valor", "escrito"), [(0, "0"), (999.6, "1.000"), (100_000, "100.000"), (-1e6, "-1.000.000")])
def test_milhar(valor: float, escrito: str) -> None:
    assert milhar(valor) == escrito


@pytest.mark.parametrize(("partes", "frase"), [(["a"], "a"), (["a", "b"], "a ou b"), (["a", "b", "c"], "a, b ou c")])
def test_enumera(partes: list[str], frase: str) -> None:
    assert enumera(partes, "ou") == frase
    assert enumera(partes) == frase.replace(" ou ", " e ")
