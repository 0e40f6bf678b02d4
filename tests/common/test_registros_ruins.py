"""Registros que não são pedidos, em cada tópico, entre pedidos bons: nada morre e nada se perde."""

import json
from collections import Counter

import pytest
from kafka import KafkaProducer

from common.conexao import remendos
from common.configuracao import TOPICOS_BASE
from common.pedido import codifica, novos_pedidos
from tests.apoio.sala import FIM_S, SalaDeTeste, ate, publica, sem_traceback

pytestmark = pytest.mark.broker


def _ruins() -> list[bytes | None]:
    """75 registros malformados: de cada campo um valor de cada tipo errado, e bytes que nem JSON são."""
    bom = json.loads(codifica(next(novos_pedidos(1))))
    crus: list[bytes | None] = [
        None, b"", b" ", b"null", b"[]", b"{}", b"42", b'"texto"', b"NaN", b"{", b"\xff\xfe\x00", b"\xc3\x28",
        b"[" * 100_000, b'{"a":' * 50_000, b"\x1b[2J\x1b[31mvermelho", b"\x07\x08\r\n", b"\x00" * 100,
        "‮invertido".encode(), b"9" * 400, b"1e400", b"-" * 10, codifica(next(novos_pedidos(1)))[:-1],
    ]  # fmt: skip
    errados: list[object] = [None, -1, 10**400, "x" * 10_000, [], "\x1b[2J"]
    trocas = [{**bom, campo: errado} for campo in bom for errado in errados]
    crus += [json.dumps(troca).encode() for troca in trocas]
    crus += [json.dumps({**bom, "a_mais": 1}).encode()]
    return crus[:75]


def test_ha_75_registros_ruins() -> None:
    assert len(_ruins()) == 75


def test_registros_ruins_em_cada_topico(sala: SalaDeTeste) -> None:
    servicos = sala.linha_inteira()
    ruins = _ruins()
    for particao, base in enumerate(TOPICOS_BASE):
        publica(sala.bootstrap, sala.topico(base), particao, *ruins[:40])
    sala.produz(30)
    for particao, base in enumerate(TOPICOS_BASE):
        publica(sala.bootstrap, sala.topico(base), particao, *ruins[40:])
    sala.produz(30)
    servicos[2].espera("IGNORADO", FIM_S, vezes=75)
    for script, base in zip(servicos, TOPICOS_BASE, strict=True):
        script.espera("IGNORADO", FIM_S, vezes=75)
        relatos = [linha for linha in script.textos() if "IGNORADO" in linha]
        assert len(relatos) == len(set(relatos)) == 75, "cada um relatado uma vez"
        assert all(f"{sala.topico(base)}, partição" in linha and "offset" in linha for linha in relatos)
        assert all(linha.isprintable() and len(linha) < 400 for linha in relatos)
        assert script.vivo
    bons = {registro.key for registro in sala.registros(TOPICOS_BASE[0])} - {b"x"}
    ate(lambda: len({r.key for r in sala.registros(TOPICOS_BASE[2])}) == 61, FIM_S, "faltam pedidos no fim")
    finais = [registro.key for registro in sala.registros(TOPICOS_BASE[2]) if registro.key != b"x"]
    assert sorted(finais) == sorted(bons)
    assert len(bons) == 60
    sem_traceback(*servicos)


class NomeIlegivel(str):
    """Um nome de cabeçalho cujos bytes não são UTF-8: o kafka-python não o escreveria, outros clientes sim."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe"


def test_cabecalho_com_nome_que_nao_e_utf8_nao_para_a_particao(sala: SalaDeTeste) -> None:
    remendos.aplica()  # também quem confere lê esses tópicos
    servicos = sala.linha_inteira()
    for base in TOPICOS_BASE:
        with KafkaProducer(bootstrap_servers=sala.bootstrap, linger_ms=100) as produtor:
            # no mesmo lote: um ilegível entre dois que só não são pedidos
            cabecalhos = [[], [(NomeIlegivel("x"), b"valor")], []]
            envios = [produtor.send(sala.topico(base), b"{}", b"x", c, partition=0) for c in cabecalhos]
            for envio in envios:
                envio.get(FIM_S)
    sala.produz(9)
    for servico in servicos:
        servico.espera("IGNORADO", FIM_S, vezes=3)
        assert sum("registro sem valor" in linha for linha in servico.textos()) == 1
        assert not [linha for linha in servico.textos() if "Sessão perdida" in linha]
    ate(
        lambda: Counter(r.key for r in sala.registros(TOPICOS_BASE[2]) if r.key not in (b"x", None)).total() == 9,
        FIM_S,
        "os pedidos depois do ilegível não chegaram",
    )
    sem_traceback(*servicos)
