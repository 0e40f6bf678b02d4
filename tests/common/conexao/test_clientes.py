"""De onde os clientes Kafka tiram a configuração, e o valor que cada garantia exige."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.range import RangePartitionAssignor

from common.conexao import clientes, porta
from common.erros import ErroDeUso, ErroDoLaboratorio
from common.terminal.argumentos import TEMPO_MAXIMO_S

Servidores = Callable[[str], None]  # define KAFKA_BOOTSTRAP_SERVERS


@pytest.fixture
def servidores(monkeypatch: pytest.MonkeyPatch) -> Servidores:
    return lambda texto: monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", texto)


@pytest.mark.parametrize("texto", [None, ""])
def test_sem_variavel_o_kafka_e_o_desta_maquina(servidores: Servidores, texto: str | None) -> None:
    if texto is not None:
        servidores(texto)
    assert clientes.enderecos() == [("127.0.0.1", 9092)]
    assert clientes.bootstrap() == "127.0.0.1:9092"
    assert clientes.conexao()["bootstrap_servers"] == ["127.0.0.1:9092"]


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        ("k:1", [("k", 1)]),
        (" a.com:9092 , b.com:9093,c:65535 ", [("a.com", 9092), ("b.com", 9093), ("c", 65535)]),
        ("[::1]:9092", [("::1", 9092)]),
        ("[fe80::1]:9092,127.0.0.1:80", [("fe80::1", 9092), ("127.0.0.1", 80)]),
    ],
)
def test_enderecos(servidores: Servidores, texto: str, esperado: object) -> None:
    servidores(texto)
    assert clientes.enderecos() == esperado
    assert clientes.conexao()["bootstrap_servers"] == [parte.strip() for parte in texto.split(",")]


RUINS = ["abc", ":9092", "a:", "a:x", "a:0", "a:65536", "a:-1", "a:1.5", "a:²", "a:1,", ",a:1", "a:1,,b:2", " ", "a 1"]
RUINS += ["[]:1", "[::1:9092", "a:" + "9" * 5000]


@pytest.mark.parametrize("texto", RUINS, ids=lambda t: t[:12])
def test_endereco_malfeito_e_dito_em_uma_linha(servidores: Servidores, texto: str) -> None:
    servidores(texto)
    for usa in (clientes.enderecos, clientes.conexao, lambda: clientes.do_consumidor("g"), clientes.do_produtor):
        with pytest.raises(ErroDeUso, match=r"KAFKA_BOOTSTRAP_SERVERS=.* não serve: escreva HOST:PORTA") as erro:
            usa()
        assert str(erro.value).isprintable()


@pytest.mark.parametrize("texto", ["a..b:9092", "a" * 70 + ":9092", "a\udcff:9092"], ids=("vazio", "longo", "byte"))
def test_nome_de_maquina_que_nem_pode_existir_e_um_erro_previsto(servidores: Servidores, texto: str) -> None:
    servidores(texto)
    with pytest.raises(ErroDoLaboratorio):
        porta.exige_porta_aberta()  # o nome é recusado antes de qualquer rede


def test_consumidor() -> None:
    assert (
        clientes.do_consumidor("g").items()
        >= {
            "group_id": "g",
            "auto_offset_reset": "earliest",
            "metadata_max_age_ms": 5_000,
            "isolation_level": "read_committed",
            "enable_auto_commit": False,
            "allow_auto_create_topics": False,
            "partition_assignment_strategy": [RangePartitionAssignor],
            "heartbeat_interval_ms": 500,
            "session_timeout_ms": 6_000,
            "max_poll_interval_ms": 60_000,
            "reconnect_backoff_max_ms": 1_000,
            "bootstrap_timeout_ms": 5_000,
        }.items()
    )


def test_produtores() -> None:
    simples, transacional = clientes.do_produtor(), clientes.do_produtor_transacional("grupo-1")
    comum = {"acks": "all", "enable_idempotence": True, "allow_auto_create_topics": False, "batch_size": 131_072}
    assert simples.items() >= (comum | {"max_block_ms": 5_000}).items()
    assert "transactional_id" not in simples
    assert transacional.items() >= (comum | {"transactional_id": "grupo-1", "transaction_timeout_ms": 6_000}).items()
    assert 1 <= transacional["retry_backoff_ms"] <= 5


def test_os_prazos_combinam_entre_si() -> None:
    consumidor, produtor = clientes.do_consumidor("g"), clientes.do_produtor()
    assert consumidor["heartbeat_interval_ms"] * 3 <= consumidor["session_timeout_ms"]
    assert consumidor["max_poll_interval_ms"] >= TEMPO_MAXIMO_S * 1000 * 2
    assert produtor["request_timeout_ms"] < produtor["delivery_timeout_ms"] <= 30_000


@pytest.mark.parametrize(
    ("cliente", "configuracao"),
    [
        (KafkaConsumer, lambda: clientes.do_consumidor("g")),
        (KafkaProducer, lambda: clientes.do_produtor_transacional("t")),
        (KafkaAdminClient, clientes.conexao),
    ],
)
def test_o_kafka_python_conhece_cada_chave(
    com_senha: None, cliente: Any, configuracao: Callable[[], dict[str, Any]]
) -> None:
    assert "sasl_plain_password" in configuracao()
    assert set(configuracao()) <= set(cliente.DEFAULT_CONFIG)


def test_o_ingles_do_kafka_fica_calado() -> None:
    assert not logging.getLogger("kafka.conn").isEnabledFor(logging.CRITICAL)
