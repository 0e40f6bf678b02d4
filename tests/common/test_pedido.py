"""O pedido, o seu JSON e tudo o que um registro estranho pode trazer."""

import json
import unicodedata
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.erros import PedidoInvalido, TransicaoInvalida
from common.pedido import FormaDePagamento, Item, Pedido, Status, codifica, decodifica, novos_pedidos
from common.terminal.texto import visivel
from tests.apoio.registros_estranhos import TEXTO, valores

NOVO, APROVADO, PAGO = Status.NOVO, Status.APROVADO, Status.PAGO
LINHA_MAXIMA = 300  # caracteres: o motivo cabe em uma linha que se lê


@pytest.fixture
def pedido() -> Pedido:
    return next(novos_pedidos(1))


def muda(pedido: Pedido, **campos: object) -> bytes:
    """O JSON do pedido com estes campos trocados."""
    return json.dumps(json.loads(codifica(pedido)) | campos).encode()


def exige_recusa(valor: bytes | None) -> str:
    with pytest.raises(PedidoInvalido) as erro:
        decodifica(valor, NOVO)
    return exige_uma_linha(erro.value)


def exige_uma_linha(erro: BaseException) -> str:
    texto = visivel(str(erro))  # é assim que chega ao terminal
    assert texto.startswith(("não é um pedido: ", "registro sem valor", "status "))
    assert texto.isprintable()
    assert len(texto) <= LINHA_MAXIMA
    return texto


def test_ida_e_volta_preserva_tudo() -> None:
    for pedido in novos_pedidos(50):
        for etapa in (pedido, pedido.aprovado(), pedido.aprovado().pago()):
            assert decodifica(codifica(etapa), etapa.status) == etapa


def test_numeracao_ids_e_totais_de_uma_execucao() -> None:
    pedidos = list(novos_pedidos(200))
    assert [p.numero for p in pedidos] == list(range(1, 201))
    assert len({p.id for p in pedidos} | {p.id for p in novos_pedidos(200)}) == 400
    for p in pedidos:
        assert p.total_centavos == sum(i.quantidade * i.preco_centavos for i in p.itens) > 0
        assert p.status is NOVO and p.criado_em.utcoffset() == timedelta(0)
    assert all(antes.criado_em <= depois.criado_em for antes, depois in pairwise(pedidos))
    assert list(novos_pedidos(0)) == []


def test_dinheiro_nunca_e_float(pedido: Pedido) -> None:
    def numeros(valor: object) -> list[object]:
        if isinstance(valor, dict):
            valor = list(valor.values())
        return [n for v in valor for n in numeros(v)] if isinstance(valor, list) else [valor]

    assert not [n for n in numeros(json.loads(codifica(pedido))) if isinstance(n, float)]


def test_pedido_e_item_sao_imutaveis(pedido: Pedido) -> None:
    antes = codifica(pedido)
    with pytest.raises(AttributeError):
        pedido.status = PAGO  # type: ignore[misc]  # é o que se prova
    with pytest.raises(AttributeError):
        pedido.itens[0].preco_centavos = 1  # type: ignore[misc]
    pedido.aprovado()
    assert codifica(pedido) == antes


def test_o_nome_mostrado_e_o_numero_com_o_comeco_do_id(pedido: Pedido) -> None:
    assert str(pedido) == f"1 ({str(pedido.id)[:4]})"


def test_transicoes(pedido: Pedido) -> None:
    aprovado, pago = pedido.aprovado(), pedido.aprovado().pago()
    assert (aprovado.status, pago.status) == (APROVADO, PAGO)
    assert {aprovado.id, pago.id} == {pedido.id}
    for proibida in (pedido.pago, aprovado.aprovado, pago.aprovado, pago.pago):
        with pytest.raises(TransicaoInvalida, match="não pode passar a"):
            proibida()


@pytest.mark.parametrize("vem", Status)
@pytest.mark.parametrize("esperado", Status)
def test_so_o_status_da_etapa_e_aceito(pedido: Pedido, vem: Status, esperado: Status) -> None:
    valor = muda(pedido, status=vem.value)
    if vem is esperado:
        assert decodifica(valor, esperado).status is vem
    else:
        with pytest.raises(PedidoInvalido, match=f"status {vem.value}, mas aqui só se espera {esperado.value}"):
            decodifica(valor, esperado)


LONGO, MUITOS = "x" * 201, [{"produto": "p", "quantidade": 1, "preco_centavos": 0}] * 101
CAMPOS_RUINS: dict[str, list[object]] = {
    "id": ["", "x", 1, None, "0" * 31],
    "numero": [0, -1, 10**9 + 1, 10**400, 1.0, 1.5, "1", True, None, [], float("nan"), float("inf"), -float("inf")],
    "cliente": ["", LONGO, 1, None, "\ud800", ["Ana"]],
    "email": ["", LONGO, 1, None],
    "itens": [[], MUITOS, None, {}, "x", [1], [[]], [{}], [{"produto": "p"}]],
    "total_centavos": [-1, 10**12 + 1, 10**400, 1.0, "1", None, float("nan"), 1],
    "pagamento": ["", "ouro", 1, None],
    "criado_em": ["", "ontem", "2026-01-01T00:00:00", "2026-01-01", "2026-13-01T00:00:00Z", 0, None],
    "status": ["", "NOVO", "perdido\n", 0, None],
    "desconhecido": [1],
    "com\nquebra\x1b[2J": [1],
}


@pytest.mark.parametrize(("campo", "valor"), [(c, v) for c, vs in CAMPOS_RUINS.items() for v in vs])
def test_campo_fora_dos_limites_e_recusado(pedido: Pedido, campo: str, valor: object) -> None:
    texto = exige_recusa(muda(pedido, **{campo: valor}))
    if (campo, valor) != ("total_centavos", 1):  # dentro dos limites, mas não é a soma dos itens
        assert f"$.{campo}" in texto or "unknown field" in texto or "malformed" in texto


@pytest.mark.parametrize(
    "troca",
    [{"quantidade": 0}, {"quantidade": 10**6 + 1}, {"quantidade": 10**400}, {"quantidade": 1.0}]
    + [{"preco_centavos": v} for v in (-1, 10**12 + 1, 0.1, "1")]
    + [{"produto": v} for v in ("", LONGO, None)]
    + [{"cor": "azul"}],
)
def test_item_fora_dos_limites_e_recusado(pedido: Pedido, troca: dict[str, object]) -> None:
    item = {"produto": "p", "quantidade": 1, "preco_centavos": 1} | troca
    assert "$.itens[0]" in exige_recusa(muda(pedido, itens=[item], total_centavos=1))  # e não pela soma


def test_falta_de_qualquer_campo_e_recusada(pedido: Pedido) -> None:
    inteiro = json.loads(codifica(pedido))
    for campo in set(inteiro) - {"status"}:
        exige_recusa(json.dumps({k: v for k, v in inteiro.items() if k != campo}).encode())


LIXO = [
    None,
    b"",
    b" ",
    b"null",
    b"1",
    b'"x"',
    b"[]",
    b"{}",
    b"{",
    b"{]",
    b"\x00",
    b"\xff\xfe",
    b'"\xff"',
    b'{"\xff":1}',
]
LIXO += [b"[" * 100_000, b'{"itens":' + b"[" * 100_000, b'{"id":' * 100_000, b"NaN", b"9" * 400, b"\xef\xbb\xbf{}"]


@pytest.mark.parametrize("valor", LIXO, ids=lambda v: repr(v)[:20])
def test_registro_que_nao_e_um_pedido(valor: bytes | None) -> None:
    exige_recusa(valor)


@pytest.mark.parametrize("numero", [b"NaN", b"Infinity", b"-Infinity", b"1" * 400, b"1e400", b"1e0", b"01", b"+1"])
def test_numero_que_o_json_nao_deveria_ter(pedido: Pedido, numero: bytes) -> None:
    exige_recusa(codifica(pedido).replace(b'"numero":1,', b'"numero":' + numero + b","))


def test_lixo_no_fim_e_utf8_cortado_no_meio(pedido: Pedido) -> None:
    exige_recusa(codifica(pedido) + b"x")
    cortado = muda(pedido, cliente="X").replace(b'"X"', b'"Jo\xc3"')
    exige_recusa(cortado)


@pytest.mark.parametrize("letra", ["x", "\n", "\U000e0001"])  # as invisíveis viram até dez visíveis
def test_um_campo_desconhecido_enorme_ainda_da_uma_linha_legivel(pedido: Pedido, letra: str) -> None:
    exige_recusa(muda(pedido, **{letra * 100_000: 1}))


@pytest.mark.parametrize("controle", ["\x1b[2J", "\r\n", "\x07", "\x00", "\x9b31m"])
def test_controle_no_texto_e_recusado(pedido: Pedido, controle: str) -> None:
    exige_recusa(muda(pedido, cliente=f"a{controle}b"))


def test_os_limites_sao_inclusivos(pedido: Pedido) -> None:
    item = {"produto": "x" * 200, "quantidade": 10**6, "preco_centavos": 10**6}
    brinde = {"produto": "x", "quantidade": 1, "preco_centavos": 0}
    lido = decodifica(muda(pedido, numero=10**9, itens=[item, brinde], total_centavos=10**12, cliente="é" * 200), NOVO)
    assert (lido.numero, lido.total_centavos, len(lido.cliente)) == (10**9, 10**12, 200)


def test_total_errado_tambem_e_recusado_ao_criar(pedido: Pedido) -> None:
    with pytest.raises(ValueError, match="total_centavos difere"):
        Pedido(**msgspec.structs.asdict(pedido) | {"total_centavos": 2, "itens": (Item("p", 1, 1),)})


def test_segundos_de_vida_conta_desde_a_criacao(pedido: Pedido) -> None:
    criado = datetime.now(timezone.utc) - timedelta(hours=1)
    lido = decodifica(muda(pedido, criado_em=criado.isoformat()), NOVO)
    assert 3600 <= lido.segundos_de_vida() < 3660


@given(st.sampled_from(Status).flatmap(lambda status: st.tuples(st.just(status), valores(status))))
def test_qualquer_registro_e_um_pedido_ou_uma_recusa_de_uma_linha(registro: tuple[Status, bytes | None]) -> None:
    status, valor = registro
    try:
        lido = decodifica(valor, status)
    except PedidoInvalido as erro:
        exige_uma_linha(erro)
    else:  # e o que um serviço faz com ele: mostra, muda o status e passa adiante
        assert visivel(f"{lido} {lido.cliente} {lido.segundos_de_vida():.1f}").isprintable()
        for adiante in (lido, msgspec.structs.replace(lido, status=PAGO)):
            assert decodifica(codifica(adiante), adiante.status) == adiante


def fusos(passo: timedelta) -> st.SearchStrategy[timezone]:
    """Os fusos que o Python aceita, de `passo` em `passo` (timedelta) a partir de UTC."""
    maximo = timedelta(days=1) // passo - 1
    return st.integers(min_value=-maximo, max_value=maximo).map(lambda passos: timezone(passos * passo))


BOM_TEXTO = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200)


def itens(numeros: st.SearchStrategy[int]) -> st.SearchStrategy[Item]:
    return st.builds(Item, produto=BOM_TEXTO, quantidade=numeros, preco_centavos=numeros)


# O construtor aceita qualquer valor. Em cada campo, um que está nos limites, e um que pode não estar.
NORMAIS: dict[str, st.SearchStrategy[Any]] = {
    "numero": st.integers(min_value=1, max_value=10**9),
    "cliente": BOM_TEXTO,
    "email": BOM_TEXTO,
    "itens": st.lists(itens(st.integers(min_value=1, max_value=10**4)), min_size=1, max_size=3),
    "criado_em": st.datetimes(timezones=fusos(timedelta(minutes=1))),
}
BEIRAS = st.sampled_from([-1, 0, *(limite + um for limite in (10**6, 10**9, 10**12) for um in (0, 1))])
QUAISQUER: dict[str, st.SearchStrategy[Any]] = {
    "numero": st.integers() | BEIRAS,
    "cliente": TEXTO | st.sampled_from(["", "é" * 200, "é" * 201, "\x9f", "\ud800"]),
    "email": TEXTO,
    "itens": st.lists(itens(st.integers() | BEIRAS), max_size=3)
    | st.sampled_from([100, 101]).map(lambda quantos: [Item("p", 1, 1)] * quantos),
    "criado_em": st.datetimes(timezones=st.none() | fusos(timedelta(seconds=1))),
}


@st.composite
def pedidos_construidos(draw: st.DrawFn) -> Pedido:
    quaisquer = draw(st.lists(st.sampled_from(sorted(QUAISQUER)), max_size=2))
    campos = {campo: draw((QUAISQUER if campo in quaisquer else NORMAIS)[campo]) for campo in NORMAIS}
    campos["itens"] = tuple(campos["itens"])
    return Pedido(
        id=draw(st.uuids()),
        total_centavos=sum(item.quantidade * item.preco_centavos for item in campos["itens"]),
        pagamento=draw(st.sampled_from(FormaDePagamento)),
        status=draw(st.sampled_from(Status)),
        **campos,
    )


def dentro_dos_limites(pedido: Pedido) -> bool:
    """O que common/pedido.py promete, dito de outro jeito."""
    fuso = pedido.criado_em.utcoffset()
    textos = [pedido.cliente, pedido.email, *(item.produto for item in pedido.itens)]
    return (
        1 <= pedido.numero <= 10**9
        and 1 <= len(pedido.itens) <= 100
        and all(1 <= i.quantidade <= 10**6 and 0 <= i.preco_centavos <= 10**12 for i in pedido.itens)
        and 0 <= pedido.total_centavos <= 10**12
        and all(1 <= len(texto) <= 200 for texto in textos)
        and not {unicodedata.category(letra) for texto in textos for letra in texto} & {"Cc", "Cs"}
        and fuso is not None
        and fuso % timedelta(minutes=1) == timedelta(0)
    )


@settings(max_examples=1_000)  # as beiras de todos os campos, e cada campo sozinho
@given(pedidos_construidos())
def test_o_que_codifica_escreve_decodifica_le_igual_e_o_resto_e_recusado_antes_de_ir_ao_kafka(pedido: Pedido) -> None:
    if dentro_dos_limites(pedido):
        assert decodifica(codifica(pedido), pedido.status) == pedido
    else:
        with pytest.raises(PedidoInvalido) as erro:
            codifica(pedido)
        exige_uma_linha(erro.value)


@pytest.mark.parametrize(
    ("campo", "valor"),
    [("numero", 0), ("numero", 10**400), ("numero", 1.0), ("cliente", ""), ("cliente", "\ud800"), ("email", None)],
)
def test_codifica_recusa_o_que_a_proxima_etapa_ignoraria(pedido: Pedido, campo: str, valor: object) -> None:
    with pytest.raises(PedidoInvalido) as erro:
        codifica(msgspec.structs.replace(pedido, **{campo: valor}))
    exige_uma_linha(erro.value)


def test_um_fuso_com_segundos_mudaria_o_instante_e_e_recusado(pedido: Pedido) -> None:
    de_1900 = timezone(-timedelta(hours=3, minutes=6, seconds=28))  # a hora local de São Paulo até 1914
    with pytest.raises(PedidoInvalido, match="fuso"):
        codifica(msgspec.structs.replace(pedido, criado_em=datetime(1900, 1, 1, tzinfo=de_1900)))


def test_a_hora_que_se_repete_ao_fim_do_horario_de_verao_e_aceita(pedido: Pedido) -> None:
    class Local(tzinfo):
        def utcoffset(self, momento: datetime | None) -> timedelta:
            return timedelta(hours=-3 if momento and momento.fold else -2)

        def dst(self, momento: datetime | None) -> None: ...

        def tzname(self, momento: datetime | None) -> None: ...

    for fold in (0, 1):
        repetida = datetime(2018, 2, 17, 23, 30, fold=fold, tzinfo=Local())
        lido = decodifica(codifica(msgspec.structs.replace(pedido, criado_em=repetida)), NOVO)
        assert lido.criado_em - repetida == timedelta(0)
