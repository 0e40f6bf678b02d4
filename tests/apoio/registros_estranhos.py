"""O que pode estar em um tópico sem ter vindo daqui: registros que o hypothesis inventa, de qualquer jeito."""

import json
from typing import Any

from hypothesis import strategies as st

from common.pedido import Status

PEDIDO: dict[str, Any] = {
    "id": "00000000-0000-0000-0000-000000000000",
    "numero": 1,
    "cliente": "João Conceição",
    "email": "joao@exemplo.com.br",
    "itens": [{"produto": "Mouse", "quantidade": 2, "preco_centavos": 7990}],
    "total_centavos": 15980,
    "pagamento": "pix",
    "criado_em": "2026-01-01T12:00:00Z",
}

TEXTO = st.text(st.characters())  # também metades de pares substitutos, que o JSON escreve e o UTF-8 não
FOLHAS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTO
ANINHADOS = st.builds(bytes.__mul__, st.sampled_from([b"[", b'{"itens":', b'{"a":[']), st.integers(1, 5_000))
JSON = st.recursive(FOLHAS, lambda dentro: st.lists(dentro) | st.dictionaries(TEXTO, dentro), max_leaves=10)
QUASE_CERTOS = (  # do tipo de algum campo, dentro dos limites dele ou perto
    st.integers(min_value=-1, max_value=10**12 + 1)
    | st.text(max_size=201)
    | st.uuids().map(str)
    | st.datetimes().map(lambda momento: f"{momento.isoformat()}Z")
    | st.sampled_from(["pix", "boleto", "novo", "aprovado", "pago"])
)


@st.composite
def pedidos(draw: st.DrawFn, status: Status) -> dict[str, object]:
    """Um pedido bom desta etapa, com um id seu."""
    return PEDIDO | {"id": str(draw(st.uuids())), "status": status.value}


@st.composite
def com_um_campo_trocado(draw: st.DrawFn, status: Status) -> bytes:
    """Um pedido com qualquer coisa em um dos campos, ou em um campo a mais. Alguns continuam bons."""
    pedido = draw(pedidos(status))
    alvo = draw(st.sampled_from([pedido, PEDIDO["itens"][0]]))
    campo = draw(st.sampled_from([*sorted(alvo), None])) or draw(TEXTO)
    trocado = alvo | {campo: draw(QUASE_CERTOS | JSON)}
    return json.dumps(trocado if alvo is pedido else pedido | {"itens": [trocado]}).encode()


@st.composite
def estragados(draw: st.DrawFn, status: Status) -> bytes:
    """Os bytes de um pedido bom, cortados, com um bit trocado ou com bytes no meio. Alguns continuam bons."""
    valor = json.dumps(draw(pedidos(status)), ensure_ascii=False).encode()
    onde = draw(st.integers(min_value=0, max_value=len(valor) - 1))
    antes, byte, depois = valor[:onde], valor[onde], valor[onde + 1 :]
    meio = draw(
        st.just(None)
        | st.integers(min_value=0, max_value=7).map(lambda bit: bytes([byte ^ 1 << bit]))
        | st.binary(min_size=1, max_size=4)
    )
    return antes if meio is None else antes + meio + depois


def valores(status: Status) -> st.SearchStrategy[bytes | None]:
    """Qualquer valor que um registro pode ter no tópico dos pedidos com este status."""
    return st.one_of(
        st.none(),
        st.binary(max_size=1_000),
        ANINHADOS,
        JSON.map(lambda qualquer: json.dumps(qualquer).encode()),
        pedidos(status).map(lambda pedido: json.dumps(pedido).encode()),
        com_um_campo_trocado(status),
        estragados(status),
    )


# os limites do produtor daqui: nunca sem chave e sem valor, e um cabeçalho tem um nome UTF-8 e um valor
CHAVES = st.none() | st.binary(max_size=100)
CABECALHOS = st.lists(
    st.tuples(st.sampled_from(["instancia", "origem"]) | st.text(max_size=20), st.binary(max_size=100)), max_size=4
)
Estranho = tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]  # valor, chave, cabeçalhos


def registros(status: Status) -> st.SearchStrategy[Estranho]:
    """Um registro inteiro: qualquer valor, qualquer chave, quaisquer cabeçalhos."""
    inteiros = st.tuples(valores(status), CHAVES, CABECALHOS)
    return inteiros.filter(lambda registro: registro[0] is not None or registro[1] is not None)
