"""A leitura dos três tópicos em um Kafka de verdade: o que conta, o que não conta e o que só avisa."""

import uuid
from collections.abc import Iterator

import pytest
from kafka import KafkaProducer

from common.conexao import clientes
from common.conexao.topicos import garante_topicos
from common.configuracao import ESTOQUE, NOVOS_PEDIDOS, PEDIDOS_APROVADOS, com_prefixo
from common.erros import ErroDoLaboratorio
from common.pedido import codifica, novos_pedidos
from common.terminal.sinais import Interrupcao
from lab.confere import leitura
from lab.confere.contagem import Contagem, Lugar
from lab.kafka_local.cluster import KafkaLocal

pytestmark = pytest.mark.broker

ENVIO_S = 10.0


@pytest.fixture(autouse=True)
def nomes_proprios(kafka: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("LAB_PREFIXO", f"l{uuid.uuid4().hex[:8]}")


@pytest.fixture
def produtor() -> Iterator[KafkaProducer]:
    """Um produtor comum, com os tópicos já criados."""
    garante_topicos(print)
    with KafkaProducer(**clientes.do_produtor()) as produtor:
        yield produtor


def conta(avisos: list[str] | None = None) -> Contagem:
    return leitura.conta((avisos if avisos is not None else []).append, Interrupcao())


def test_sem_topicos_diz_que_nenhum_script_rodou() -> None:
    with pytest.raises(ErroDoLaboratorio, match="nenhum script rodou ainda"):
        conta()


def test_topicos_vazios(produtor: KafkaProducer) -> None:
    contagem = conta()
    assert contagem.certa
    assert contagem.enviados == 0


def test_pedidos_e_registros_que_nao_sao_pedidos(produtor: KafkaProducer) -> None:
    novo, aprovado = novos_pedidos(2)
    topico = com_prefixo(NOVOS_PEDIDOS)
    for valor in (b"\xff veneno", None, codifica(aprovado.aprovado()), codifica(novo)):
        produtor.send(topico, valor, b"x", None, 1).get(ENVIO_S)
    produtor.send(com_prefixo(PEDIDOS_APROVADOS), codifica(novo.aprovado()), b"x", [("instancia", b"abc")], 1).get(
        ENVIO_S
    )
    contagem = conta()
    novos, aprovados, _ = contagem.topicos
    assert novos.invalidos == [Lugar(1, 0), Lugar(1, 1), Lugar(1, 2)]
    assert novos.pedidos == {novo.id: [Lugar(1, 3)]}
    assert aprovados.por_instancia == {"abc": 1}
    assert contagem.certa


def test_mais_do_que_cabe_em_um_poll(produtor: KafkaProducer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leitura, "POLL_REGISTROS", 7)
    monkeypatch.setattr(leitura, "MUITOS_OFFSETS", 10)
    for pedido in novos_pedidos(50):
        produtor.send(com_prefixo(NOVOS_PEDIDOS), codifica(pedido), b"x", None, pedido.numero % 3)
    produtor.flush(ENVIO_S)
    contagem = conta()
    assert contagem.enviados == 50
    assert contagem.esperando()[ESTOQUE.entrada] == {0: 16, 1: 17, 2: 17}


def test_abortados_e_marcas_de_transacao_nao_contam(produtor: KafkaProducer) -> None:
    topico = com_prefixo(NOVOS_PEDIDOS)
    vale, nao_vale = novos_pedidos(2)
    with KafkaProducer(**clientes.do_produtor_transacional(f"t-{uuid.uuid4()}")) as transacional:
        transacional.init_transactions()
        for pedido, fim in ((vale, transacional.commit_transaction), (nao_vale, transacional.abort_transaction)):
            transacional.begin_transaction()
            transacional.send(topico, codifica(pedido), b"x", None, 0)
            transacional.flush(ENVIO_S)
            fim()
    contagem = conta()
    assert list(contagem.topicos[0].pedidos) == [vale.id]
    assert contagem.esperando()[topico] == {0: 1}


def test_transacao_aberta_so_avisa(produtor: KafkaProducer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leitura, "TRANSACAO_ABERTA_S", 0.5)
    topico = com_prefixo(NOVOS_PEDIDOS)
    antes, dentro = novos_pedidos(2)
    produtor.send(topico, codifica(antes), b"x", None, 0).get(ENVIO_S)
    with KafkaProducer(**clientes.do_produtor_transacional(f"t-{uuid.uuid4()}")) as transacional:
        transacional.init_transactions()
        transacional.begin_transaction()
        transacional.send(topico, codifica(dentro), b"x", None, 0)
        transacional.flush(ENVIO_S)
        avisos: list[str] = []
        contagem = conta(avisos)
        transacional.abort_transaction()
    assert contagem.enviados == 1
    assert len(avisos) == 1
    assert f"transação aberta em {topico}, partição 0, desde o offset 1" in avisos[0]


def test_ctrl_c_no_meio(produtor: KafkaProducer) -> None:
    produtor.send(com_prefixo(NOVOS_PEDIDOS), b"x", b"x", None, 0).get(ENVIO_S)
    interrupcao = Interrupcao()
    interrupcao.pedida = True
    with pytest.raises(KeyboardInterrupt):
        leitura.conta(print, interrupcao)
