"""Uma Sessao de verdade no processo do teste."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import MemberToRemove

from common.conexao.topicos import garante_topicos
from common.configuracao import ESTOQUE
from common.prazo import Prazo
from common.sessao import Publicacao, Sessao
from common.terminal.sinais import Interrupcao
from tests.apoio.sala import FIM_S, SalaDeTeste


@contextlib.contextmanager
def sessao(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessao]:
    """Uma sessão do estoque neste processo, com os tópicos da sala criados."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    garante_topicos(lambda _: None)
    aberta = Sessao(ESTOQUE, f"{ESTOQUE.grupo}-teste", Interrupcao(), print)
    try:
        yield aberta
    finally:
        aberta.fecha()


def le(sessao: Sessao, quantos: int) -> list[Any]:
    """`quantos` registros, ou menos se não chegarem no prazo."""
    lidos: list[Any] = []
    prazo = Prazo(FIM_S)
    while len(lidos) < quantos and not prazo.esgotado:
        lidos += sessao.busca(quantos - len(lidos))
    return lidos


def saida_de(registro: Any) -> Publicacao:
    assert ESTOQUE.saida is not None
    return Publicacao(ESTOQUE.saida, registro.partition, b"k", registro.value, [])


def expulsa(sala: SalaDeTeste, membro: str) -> None:
    """O coordenador tira `membro` do grupo do estoque, como faria com um que parou de responder."""
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.remove_group_members(ESTOQUE.grupo, [MemberToRemove(member_id=membro)])
