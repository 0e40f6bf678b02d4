"""Os cuidados do laço, um por teste: sem a linha que o toma, o teste falha (`python -m tests.mutacoes`)."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError

from common.configuracao import ESTOQUE, TOPICOS_BASE
from common.lote import ALVO_S
from common.pedido import Pedido
from common.prazo import espera_ate
from common.servico import Servico
from common.sessao import Sessao
from tests.apoio.sala import FIM_S, SalaDeTeste
from tests.apoio.script import roda_trecho

DITO = "Isto o Kafka confirmou"
LOTE_GRANDE = 8  # pedidos: o bastante para que um passo lento em cada um deles se note


@contextlib.contextmanager
def estoque(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Servico, Iterator[Pedido]]]:
    """Um estoque neste processo, e os seus pedidos, que acabam depois de FIM_S aconteça o que acontecer."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    monkeypatch.setattr("common.servico.encerra_processo_preso", lambda _: None)  # o processo é o dos testes
    with Servico(ESTOQUE) as servico:
        desiste = threading.Timer(FIM_S, lambda: setattr(servico._interrupcao, "pedida", True))
        desiste.daemon = True  # se o teste falha, ninguém a espera
        desiste.start()
        with contextlib.closing(servico.pedidos()) as pedidos:  # type: ignore[type-var]  # é um gerador
            yield servico, pedidos
        desiste.cancel()


@pytest.mark.broker
def test_o_passo_que_fica_lento_confirma_cada_pedido(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nunca mais de um pedido lento entre dois polls; e os que sobram do lote voltam, sem faltar nem repetir."""
    quantidade, lentos = 100, 2
    sala.produz(quantidade)
    lotes: list[int] = []
    confirma = Sessao.confirma

    def anotada(self: Sessao, lidos: Any, publicacoes: Any) -> None:
        confirma(self, lidos, publicacoes)
        lotes.append(len(lidos))

    monkeypatch.setattr(Sessao, "confirma", anotada)
    feitos: Counter[UUID] = Counter()
    quando_ficou_lento = None
    with estoque(sala, monkeypatch) as (_, pedidos):
        for pedido in pedidos:
            feitos[pedido.id] += 1
            if quando_ficou_lento is None and max(lotes, default=0) >= LOTE_GRANDE:
                quando_ficou_lento = len(lotes)
            if quando_ficou_lento is not None and len(lotes) < quando_ficou_lento + lentos:
                espera_ate(lambda: False, ALVO_S)  # o trabalho
            if feitos.total() == quantidade:
                break
    assert quando_ficou_lento is not None
    assert lotes[quando_ficou_lento : quando_ficou_lento + lentos] == [1] * lentos
    assert len(feitos) == quantidade


@pytest.fixture
def um_commit_perdido(monkeypatch: pytest.MonkeyPatch) -> None:
    """O primeiro commit do teste vira aborto: o serviço perde a sessão e abre outra."""
    commit, faltam = KafkaProducer.commit_transaction, [1]

    def perdido(produtor: Any) -> None:
        if faltam:
            faltam.pop()
            produtor.abort_transaction()
            raise KafkaError("o commit que se perdeu")
        commit(produtor)

    monkeypatch.setattr(KafkaProducer, "commit_transaction", perdido)


@pytest.mark.broker
@pytest.mark.usefixtures("um_commit_perdido")
def test_so_diz_que_aprovou_o_que_o_kafka_confirmou(
    sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sessão seguinte usa o mesmo transactional_id, que encerra a transação que a outra deixou aberta.

    E o commit que dá certo acaba com o recuo: a próxima perda é de novo a primeira.
    """
    sala.produz(1)
    vezes = 0
    with estoque(sala, monkeypatch) as (servico, pedidos):
        for pedido in pedidos:
            vezes += 1
            servico.publica(pedido.aprovado(), DITO)
            if vezes == 2:
                sala.produz(1)  # o `for` só confirma quando pede o próximo
            if vezes == 3:
                assert servico._recuo.espera_s == 0
                break
        with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
            listadas = [t.transactional_id for ts in admin.list_transactions().values() for t in ts]
    assert len([id_ for id_ in listadas if id_.startswith(ESTOQUE.grupo)]) == 1
    dito = capsys.readouterr().out
    assert dito.count("Sessão perdida") == 1
    assert dito.count(DITO) == 1
    assert len(sala.chaves(TOPICOS_BASE[1])) == 1


UM_SERVICO_PRESO = """
import atexit
from common.configuracao import ESTOQUE
from common.prazo import abandona
from common.servico import Servico
atexit.register(print, "saída normal")
with Servico(ESTOQUE):
    abandona("commit")
"""


def test_um_servico_com_uma_thread_presa_nao_espera_por_ela() -> None:
    """A saída normal passaria pelo atexit, onde o kafka-python espera pelas suas threads."""
    processo = roda_trecho(UM_SERVICO_PRESO)
    assert (processo.returncode, processo.stderr) == (0, "")
    assert "Encerrado" in processo.stdout
    assert "saída normal" not in processo.stdout
