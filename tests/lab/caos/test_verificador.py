"""O verificador sobre histórias inventadas: a boa passa em tudo, e cada defeito é achado e chamado pelo nome."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.caos.verificador import Envio, Historia, Invariante, Leitura, Registro, Sessao

TOPICOS = ("novos_pedidos", "pedidos_aprovados", "pedidos_concluidos")
GRUPOS = ("grupo_estoque", "grupo_pagamento", "grupo_notificacao")
PARTICOES = 3
VAO = 2  # entre dois pedidos de um tópico de saída há a marca de uma transação
RETOMADA_S = 10.0
NUNCA_ENVIADO = UUID(int=0xABCDEF12 << 96)

# os nomes, na ordem em que `invariantes` as dá
CONJUNTOS, UMA_VEZ, LEITORES, AVISOS, SALTOS, REGRESSO, ORDEM, ORIGENS, VALOR, CONFIRMADOS, *_ = range(15)
ABERTAS, DONOS, RETOMADA, MORTES, ESPERA = range(10, 15)


def historia(quantos: int = 12, sem_resposta: frozenset[int] = frozenset(), com_origem: bool = True) -> Historia:
    """Uma história sem defeito: `quantos` pedidos em rodízio; os de `sem_resposta` chegaram sem que se soubesse."""
    enviados = {}
    lidos: Leitura = ([], [], [])
    for numero in range(quantos):
        particao, posicao = numero % PARTICOES, numero // PARTICOES
        id, conteudo, total = UUID(int=numero << 96), b"conteudo %d" % numero, 100 + numero
        enviados[id] = Envio(conteudo, total, None if numero in sem_resposta else (particao, posicao))
        offsets = [posicao * vao for vao in (1, VAO, VAO)]
        for indice, offset in enumerate(offsets):
            origem = f"{TOPICOS[indice - 1]}/{particao}/{offsets[indice - 1]}" if indice and com_origem else None
            lidos[indice].append(Registro(particao, offset, id, conteudo, total, origem))
    return Historia(
        topicos=TOPICOS,
        enviados=enviados,
        lidos=lidos,
        vistos=copia(lidos),
        sessoes=[sessao(lidos)],
        avisados=set(enviados),
        confirmados={"grupo_estoque: novos_pedidos, partição 0": [0, 0, 1, quantos + 1]},
        donos={grupo: {particao: [f"membro-{particao}"] for particao in range(PARTICOES)} for grupo in GRUPOS},
        abertas=[],
        retomadas=[("kill-9 de pagamento", 3.0)],
        retomada_maxima_s=RETOMADA_S,
        mortes=[],
        esperando=0,
    )


def copia(leitura: Leitura) -> Leitura:
    novos, aprovados, concluidos = leitura
    return [*novos], [*aprovados], [*concluidos]


def sessao(lidos: Leitura) -> Sessao:
    return [(topico, r.particao, r.offset) for topico, rs in zip(TOPICOS, lidos, strict=True) for r in rs]


def com(historia: Historia, mexe: Callable[[Leitura], object]) -> Historia:
    """A história em que `mexe` aconteceu de verdade: o leitor concorrente viu o mesmo."""
    lidos = copia(historia.lidos)
    mexe(lidos)
    lida = sorted(sessao(lidos))  # uma sessão de leitor nunca vê os offsets fora de ordem
    avisados = {registro.id for registro in lidos[2]}
    return replace(historia, lidos=lidos, vistos=copia(lidos), sessoes=[lida], avisados=avisados)


def muda(topico: int, indice: int, **campos: Any) -> Callable[[Leitura], object]:
    """Troca estes campos do registro número `indice` do tópico."""

    def mexe(lidos: Leitura) -> None:
        lidos[topico][indice] = lidos[topico][indice]._replace(**campos)

    return mexe


def tira(topico: int, indice: int) -> Callable[[Leitura], object]:
    return lambda lidos: lidos[topico].pop(indice)


def repete(topico: int, indice: int) -> Callable[[Leitura], object]:
    """Põe o registro outra vez, no fim da sua partição."""

    def mexe(lidos: Leitura) -> None:
        registro = lidos[topico][indice]
        fim = 1 + max(outro.offset for outro in lidos[topico] if outro.particao == registro.particao)
        lidos[topico].append(registro._replace(offset=fim))

    return mexe


def troca(topico: int, um: int, outro: int) -> Callable[[Leitura], object]:
    """Cada um dos dois pedidos, com tudo o que diz de si, no lugar do outro."""

    def mexe(lidos: Leitura) -> None:
        registros = lidos[topico]
        a, b = registros[um], registros[outro]
        registros[um] = b._replace(particao=a.particao, offset=a.offset)
        registros[outro] = a._replace(particao=b.particao, offset=b.offset)

    return mexe


def violadas(historia: Historia) -> dict[int, list[str]]:
    """Invariante: o que a violou. Só as violadas."""
    invariantes = historia.invariantes()
    assert len(invariantes) == len({invariante.nome for invariante in invariantes}) == 15
    return {indice: i.violacoes for indice, i in enumerate(invariantes) if not i.vale}


BOA = historia()
BOA_SEM_ORIGEM = historia(com_origem=False)


@pytest.mark.parametrize("quantos", [0, 1, 2, 100])
@pytest.mark.parametrize("com_origem", [True, False])
def test_uma_historia_boa_passa_em_tudo(quantos: int, com_origem: bool) -> None:
    boa = historia(quantos, com_origem=com_origem)
    assert violadas(boa) == {}
    assert boa.perdidos() == boa.duplicados() == set()


def test_a_ordem_em_que_as_particoes_foram_lidas_nao_importa() -> None:
    um, dois, tres = (registros[::-1] for registros in BOA.lidos)
    assert violadas(replace(BOA, lidos=(um, dois, tres))) == {}


def test_a_violacao_e_uma_linha_que_diz_qual_pedido_e_onde() -> None:
    assert BOA.invariantes()[0] == Invariante("nenhum pedido perdido nem inventado", [])
    assert violadas(com(BOA, tira(2, 4)))[CONJUNTOS] == [
        "perdido: pedido 00000004 (pedidos_aprovados, partição 1, offset 2) não está em pedidos_concluidos"
    ]
    assert violadas(com(BOA, repete(1, 4)))[UMA_VEZ] == [
        "duplicado: pedido 00000004 (pedidos_aprovados, partição 1, offset 7) já estava na partição 1, offset 2"
    ]


# --- 1: os conjuntos


@pytest.mark.parametrize("topico", [1, 2])
def test_pedido_perdido_entre_dois_topicos(topico: int) -> None:
    # do meio da linha ele só some se também não chegou ao fim
    defeito = com(BOA, lambda lidos: [tira(indice, 4)(lidos) for indice in range(topico, 3)])
    assert violadas(defeito).keys() == {CONJUNTOS, VALOR}
    assert defeito.perdidos() == {BOA.lidos[0][4].id}
    assert defeito.duplicados() == set()


def test_pedido_confirmado_que_o_kafka_esqueceu() -> None:
    defeito = com(BOA, lambda lidos: [registros.pop() for registros in lidos])
    assert violadas(defeito).keys() == {CONJUNTOS, VALOR, CONFIRMADOS}
    assert violadas(defeito)[CONJUNTOS] == ["perdido: pedido 0000000b foi confirmado, e não está em novos_pedidos"]
    assert defeito.perdidos() == {BOA.lidos[0][11].id}


def test_sem_resposta_pode_ter_chegado_ou_nao() -> None:
    chegou = historia(sem_resposta=frozenset({11}))
    assert violadas(chegou) == {}
    nao_chegou = com(chegou, lambda lidos: [registros.pop() for registros in lidos])
    assert violadas(nao_chegou) == {}
    assert nao_chegou.perdidos() == set()


@pytest.mark.parametrize("topico", [1, 2])
def test_sem_resposta_que_chegou_tem_de_ir_ate_o_fim(topico: int) -> None:
    chegou = historia(sem_resposta=frozenset({11}))
    defeito = com(chegou, lambda lidos: [registros.pop() for registros in lidos[topico:]])
    assert violadas(defeito).keys() == {CONJUNTOS, VALOR}
    assert defeito.perdidos() == {BOA.lidos[0][11].id}


def test_sem_resposta_que_chegou_duas_vezes() -> None:
    defeito = com(historia(sem_resposta=frozenset({11})), lambda lidos: [repete(i, 11)(lidos) for i in range(3)])
    assert {UMA_VEZ, VALOR} <= violadas(defeito).keys()
    assert defeito.duplicados() == {BOA.lidos[0][11].id}


def test_pedido_que_ninguem_enviou() -> None:
    enviados = {id: envio for id, envio in BOA.enviados.items() if id != BOA.lidos[0][4].id}
    assert violadas(replace(BOA, enviados=enviados))[CONJUNTOS] == [
        "inventado: ninguém enviou pedido 00000004 (novos_pedidos, partição 1, offset 1)"
    ]


@pytest.mark.parametrize("topico", [1, 2])
def test_resultado_sem_pedido(topico: int) -> None:
    inventado = Registro(0, 99, NUNCA_ENVIADO, b"", 0, None)
    defeito = com(BOA_SEM_ORIGEM, lambda lidos: lidos[topico].append(inventado))
    assert violadas(defeito)[CONJUNTOS][0] == (
        f"inventado: pedido abcdef12 ({TOPICOS[topico]}, partição 0, offset 99) não está em {TOPICOS[topico - 1]}"
    )
    assert defeito.perdidos() == ({NUNCA_ENVIADO} if topico == 1 else set())


# --- 2: nenhum id duas vezes


@pytest.mark.parametrize("topico", [0, 1, 2])
@pytest.mark.parametrize("boa", [BOA, BOA_SEM_ORIGEM], ids=["com origem", "sem origem"])
def test_pedido_dobrado(topico: int, boa: Historia) -> None:
    defeito = com(boa, repete(topico, 4))
    assert UMA_VEZ in violadas(defeito)
    assert defeito.duplicados() == {BOA.lidos[0][4].id}
    assert defeito.perdidos() == set()


def test_dobrado_em_outra_particao() -> None:
    outro_lugar = BOA.lidos[2][4]._replace(particao=2, offset=99)
    assert UMA_VEZ in violadas(com(BOA, lambda lidos: lidos[2].append(outro_lugar)))


# --- 3: quem leu durante as falhas


@pytest.mark.parametrize("topico", [0, 1, 2])
def test_leitor_viu_o_que_foi_abortado(topico: int) -> None:
    vistos = copia(BOA.vistos)
    vistos[topico].append(vistos[topico][4]._replace(offset=99))
    linhas = violadas(replace(BOA, vistos=vistos))
    assert linhas.keys() == {LEITORES}
    assert linhas[LEITORES] == [
        f"visto antes, e no fim não há: pedido 00000004 ({TOPICOS[topico]}, partição 1, offset 99)"
    ]


@pytest.mark.parametrize("topico", [0, 1, 2])
def test_leitor_nao_viu_um_pedido(topico: int) -> None:
    vistos = copia(BOA.vistos)
    vistos[topico].pop(4)
    linhas = violadas(replace(BOA, vistos=vistos))
    assert linhas.keys() == {LEITORES}
    assert linhas[LEITORES][0].startswith("só no fim, nunca visto antes: pedido 00000004")


@pytest.mark.parametrize("campo", [{"total_centavos": 1}, {"conteudo": b""}, {"id": NUNCA_ENVIADO}, {"origem": "x"}])
def test_leitor_viu_outro_registro_no_mesmo_lugar(campo: dict[str, object]) -> None:
    vistos = copia(BOA.vistos)
    muda(1, 4, **campo)(vistos)
    assert violadas(replace(BOA, vistos=vistos)).keys() == {LEITORES}


def test_leitor_pode_reler_o_mesmo() -> None:
    novos, aprovados, concluidos = BOA.vistos
    assert violadas(replace(BOA, vistos=(novos * 2, aprovados, concluidos))) == {}


# --- 4: cada sessão de leitor


@pytest.mark.parametrize(
    ("offsets", "de_para"),
    [([0, 1, 1], (1, 1)), ([0, 1, 0], (1, 0)), ([0, 2], (0, 2)), ([0, 1, 2, 3, 1], (3, 1))],
    ids=["repete", "volta", "pula", "volta ao meio"],
)
def test_sessao_de_leitor_aos_saltos(offsets: list[int], de_para: tuple[int, int]) -> None:
    aos_saltos = [(TOPICOS[0], 1, offset) for offset in offsets]
    assert violadas(replace(BOA, sessoes=[aos_saltos])) == {
        SALTOS: ["novos_pedidos, partição 1: do offset {} o leitor foi ao {}".format(*de_para)]
    }


def test_outra_sessao_pode_reler_e_cada_uma_comeca_onde_quiser() -> None:
    assert violadas(replace(BOA, sessoes=[sessao(BOA.lidos), sessao(BOA.lidos)[4:], []])) == {}


# --- 5: a ordem


@pytest.mark.parametrize("topico", [1, 2])
@pytest.mark.parametrize("boa", [BOA, BOA_SEM_ORIGEM], ids=["com origem", "sem origem"])
def test_fora_de_ordem(topico: int, boa: Historia) -> None:
    linhas = violadas(com(boa, troca(topico, 1, 4)))
    assert linhas[ORDEM][0] == (
        f"fora de ordem: pedido 00000001 ({TOPICOS[topico]}, partição 1, offset 2) veio depois de pedido 00000004"
    )
    # o tópico seguinte mostra que a ordem mudou de novo; as origens dele, que o lugar já não é aquele
    assert linhas.keys() <= {ORDEM, ORIGENS}


def test_o_atrasado_e_acusado_uma_vez_so() -> None:
    # o primeiro da partição 1 foi para o fim: os outros mantêm a ordem entre si
    assert len(violadas(com(BOA, muda(2, 1, offset=99)))[ORDEM]) == 1


def test_pedido_que_mudou_de_particao() -> None:
    linhas = violadas(com(BOA, muda(2, 4, particao=2, offset=99)))
    assert linhas.keys() == {ORDEM}
    assert linhas[ORDEM] == [
        "mudou de partição: pedido 00000004 (pedidos_concluidos, partição 2, offset 99) veio da partição 1, offset 2"
    ]


def test_mudar_de_particao_nao_acusa_quem_ficou() -> None:
    # o primeiro da partição 2 é o intruso, de um offset alto: os que são dela continuam em ordem
    linhas = violadas(com(BOA, muda(2, 10, particao=2, offset=-1)))
    assert len(linhas[ORDEM]) == 1


# --- 6: uma saída por entrada


@pytest.mark.parametrize(
    "origem",
    ["", "x", "novos_pedidos/1", "novos_pedidos/1/99", "novos_pedidos/01/1", "pedidos_concluidos/1/1", None],
)
def test_origem_que_nao_existe(origem: str | None) -> None:
    linhas = violadas(com(BOA, muda(1, 4, origem=origem)))
    assert linhas.keys() == {ORIGENS}
    assert linhas[ORIGENS][0].endswith(f"diz vir de {origem or 'lugar nenhum'}")


def test_origem_de_outro_pedido() -> None:
    linhas = violadas(com(BOA, muda(1, 4, origem="novos_pedidos/1/0")))
    assert linhas.keys() == {ORIGENS}
    assert linhas[ORIGENS][0].endswith("diz vir de pedido 00000001 (novos_pedidos, partição 1, offset 0)")


@pytest.mark.parametrize("boa", [BOA, BOA_SEM_ORIGEM], ids=["com origem", "sem origem"])
def test_duas_saidas_de_uma_entrada(boa: Historia) -> None:
    assert violadas(com(boa, repete(2, 4)))[ORIGENS] == [
        "segunda saída de pedido 00000004 (pedidos_aprovados, partição 1, offset 2): "
        "partição 1, offset 2 e partição 1, offset 7"
    ]


# --- 7: nada alterado


@pytest.mark.parametrize("topico", [0, 1, 2])
def test_valor_alterado(topico: int) -> None:
    linhas = violadas(com(BOA, muda(topico, 4, total_centavos=105)))
    assert linhas.keys() == {VALOR}
    alterado, soma = linhas[VALOR]
    assert alterado.startswith(f"valor alterado, 104 → 105 centavos: pedido 00000004 ({TOPICOS[topico]}, partição 1,")
    assert soma == f"{TOPICOS[topico]}: 1267 centavos ao todo, e não os 1266 enviados"


@pytest.mark.parametrize("topico", [0, 1, 2])
def test_outro_campo_alterado_com_o_mesmo_valor(topico: int) -> None:
    linhas = violadas(com(BOA, muda(topico, 4, conteudo=b"outro")))
    assert linhas.keys() == {VALOR}
    assert linhas[VALOR][0].startswith("conteúdo alterado: pedido 00000004")


def test_dois_valores_trocados_com_a_mesma_soma() -> None:
    trocados = com(com(BOA, muda(2, 3, total_centavos=104)), muda(2, 4, total_centavos=103))
    assert len(violadas(trocados)[VALOR]) == 2


def test_a_soma_acusa_o_que_ninguem_enviou_e_o_que_sumiu() -> None:
    inventado = Registro(0, 99, NUNCA_ENVIADO, b"", 1, None)
    assert violadas(com(BOA_SEM_ORIGEM, lambda lidos: lidos[2].append(inventado)))[VALOR] == [
        "pedidos_concluidos: 1267 centavos ao todo, e não os 1266 enviados"
    ]


# --- 8: o lugar confirmado


def test_lugar_confirmado_tem_outro_pedido() -> None:
    id = BOA.lidos[0][4].id
    enviados = BOA.enviados | {id: BOA.enviados[id]._replace(lugar=(1, 0))}
    linhas = violadas(replace(BOA, enviados=enviados))
    assert linhas.keys() == {CONFIRMADOS}
    assert linhas[CONFIRMADOS] == ["pedido 00000004 foi confirmado na partição 1, offset 0, e lá está pedido 00000001"]


def test_lugar_confirmado_esta_vazio() -> None:
    id = BOA.lidos[0][4].id
    enviados = BOA.enviados | {id: BOA.enviados[id]._replace(lugar=(1, 99))}
    linhas = violadas(replace(BOA, enviados=enviados))
    assert linhas.keys() == {CONFIRMADOS}
    assert linhas[CONFIRMADOS][0].endswith("lá está nada")


# --- o que não está nos registros: o campo que muda, para quê, e o que se diz disso

DE_ESTOQUE, DE_PAGAMENTO = BOA.donos["grupo_estoque"], BOA.donos["grupo_pagamento"]
ONDE = "grupo_pagamento: pedidos_aprovados, partição 2"


@pytest.mark.parametrize(
    ("campo", "valor", "invariante", "dito"),
    [
        ("avisados", set(BOA.enviados) - {BOA.lidos[2][4].id}, AVISOS,
         "sem aviso: pedido 00000004 (pedidos_concluidos, partição 1, offset 2)"),
        ("confirmados", {ONDE: [1, 20, 20, 1, 21]}, REGRESSO, f"{ONDE}: de 20 a 1"),
        ("abertas", ["pedidos_aprovados/1"], ABERTAS, "pedidos_aprovados/1: transação sem desfecho"),
        ("donos", BOA.donos | {"grupo_estoque": DE_ESTOQUE | {1: []}}, DONOS,
         "grupo_estoque, partição 1: 0 donos []"),
        ("donos", BOA.donos | {"grupo_estoque": DE_ESTOQUE | {1: ["a", "b"]}}, DONOS,
         "grupo_estoque, partição 1: 2 donos ['a', 'b']"),
        # uma partição que ninguém listou, e uma que não tem pedidos, também precisam de dono
        ("donos", BOA.donos | {"grupo_pagamento": {0: ["a"], 2: ["a"]}}, DONOS,
         "grupo_pagamento, partição 1: 0 donos []"),
        ("donos", BOA.donos | {"grupo_pagamento": DE_PAGAMENTO | {7: []}}, DONOS,
         "grupo_pagamento, partição 7: 0 donos []"),
        ("donos", {grupo: BOA.donos[grupo] for grupo in GRUPOS[:2]}, DONOS, "só 2 grupos para 3 tópicos"),
        ("retomadas", [("kill-9 de estoque", None)], RETOMADA,
         "kill-9 de estoque: depois da cura nenhum pedido andou"),
        ("retomadas", [("a", RETOMADA_S), ("broker parado", RETOMADA_S + 0.1)], RETOMADA,
         "broker parado: 10.1 s da cura ao pedido seguinte, mais que 10 s"),
        ("mortes", ["estoque 2: status 1"], MORTES, "estoque 2: status 1"),
        ("esperando", 7, ESPERA, "7 pedidos esperavam"),
    ],
)  # fmt: skip
def test_um_fato_que_quebra_uma_invariante_so(campo: str, valor: Any, invariante: int, dito: str) -> None:
    assert violadas(replace(BOA, **{campo: valor})) == {invariante: [dito]}


def test_o_controle_nao_avisa_e_nao_e_acusado_disso() -> None:
    assert violadas(replace(BOA, avisados=None)) == {}


# --- qualquer história, qualquer defeito

boas = st.builds(
    historia,
    quantos=st.integers(min_value=2, max_value=40),
    sem_resposta=st.frozensets(st.integers(min_value=0, max_value=39)),
    com_origem=st.booleans(),
)


@given(boas)
def test_nenhuma_historia_boa_e_acusada(boa: Historia) -> None:
    assert violadas(boa) == {}


@st.composite
def defeitos(draw: st.DrawFn, boa: Historia) -> Callable[[Leitura], object]:
    """Uma mudança só, em um registro (ou em dois, na troca), e o que foi mudado não volta a ser o que era."""
    topico = draw(st.integers(min_value=0, max_value=2))
    indices = st.integers(min_value=0, max_value=len(boa.lidos[topico]) - 1)
    um = draw(indices)
    outro = draw(indices.filter(lambda indice: indice != um))
    registro = boa.lidos[topico][um]
    possiveis = [
        tira(topico, um),
        repete(topico, um),
        troca(topico, um, outro),
        muda(topico, um, total_centavos=registro.total_centavos + draw(st.integers(min_value=1))),
        muda(topico, um, conteudo=draw(st.binary().filter(lambda conteudo: conteudo != registro.conteudo))),
        muda(topico, um, id=draw(st.uuids().filter(lambda id: id not in boa.enviados))),
        muda(topico, um, id=boa.lidos[topico][outro].id),
    ]
    if topico:
        possiveis.append(muda(topico, um, origem=draw(st.text().filter(lambda texto: texto.count("/") != 2))))
    return draw(st.sampled_from(possiveis))


@given(st.data())
def test_qualquer_defeito_de_uma_historia_e_acusado_sem_a_ajuda_do_leitor_concorrente(data: st.DataObject) -> None:
    boa = data.draw(boas)
    assert violadas(com(boa, data.draw(defeitos(boa)))).keys() - {LEITORES}


@given(st.data())
def test_qualquer_desacordo_do_leitor_concorrente_e_acusado(data: st.DataObject) -> None:
    boa = data.draw(boas)
    vistos = copia(boa.vistos)
    data.draw(defeitos(boa))(vistos)
    assert violadas(replace(boa, vistos=vistos)).keys() == {LEITORES}


def test_trezentos_mil_registros_em_segundos() -> None:
    grande = historia(100_000)
    inicio = time.monotonic()
    assert violadas(grande) == {}
    assert time.monotonic() - inicio < 30  # leva uns 2 s; quadrático, levaria horas
