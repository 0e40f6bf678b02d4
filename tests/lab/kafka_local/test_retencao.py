"""Direto no Windows o Kafka não pode apagar nada, e por isso não tenta; o resto do mundo guarda pedidos por 7 dias."""

import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic, OffsetSpec

from lab.kafka_local import configuracao, propriedades
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.sala import FIM_S, ate

DEZ_DIAS_MS = 10 * 24 * 3600 * 1000
OLHA_DEPRESSA = {"log.retention.check.interval.ms": "200", "log.initial.task.delay.ms": "200"}


@pytest.mark.parametrize("plataforma", ["linux", "win32"])
def test_so_no_windows_nada_e_apagado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plataforma: str) -> None:
    (broker,) = KafkaLocal(tmp_path).brokers
    monkeypatch.setattr(sys, "platform", plataforma)
    broker.log.caminho.parent.mkdir()
    broker._escreve_propriedades()
    escritas = broker.log.caminho.parent / "server.properties"
    vale = configuracao.NO_WINDOWS if plataforma == "win32" else configuracao.CONFIGURACAO_DO_BROKER
    for chave in configuracao.NO_WINDOWS:
        assert propriedades.le(escritas, chave) == vale.get(chave)


@pytest.mark.broker
@pytest.mark.parametrize("no_windows", [False, True], ids=["nos outros", "no Windows"])
def test_um_pedido_de_dez_dias(monkeypatch: pytest.MonkeyPatch, no_windows: bool) -> None:
    """Quando um tópico com retenção de 1 ms perde o seu registro, o Kafka já olhou os outros."""
    ajustes = OLHA_DEPRESSA | (configuracao.NO_WINDOWS if no_windows else {})
    for chave, valor in ajustes.items():
        monkeypatch.setitem(configuracao.CONFIGURACAO_DO_BROKER, chave, valor)
    with KafkaLocal.temporario() as kafka, KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.create_topics([NewTopic("da-aula", 1, 1), NewTopic("breve", 1, 1, topic_configs={"retention.ms": "1"})])

        def envia(topico: str) -> None:
            ha_dez_dias = int(time.time() * 1000) - DEZ_DIAS_MS
            with KafkaProducer(bootstrap_servers=kafka.bootstrap) as produtor:
                produtor.send(topico, b"pedido", timestamp_ms=ha_dez_dias).get(FIM_S)

        def apagados(topico: str) -> int:
            tp = TopicPartition(topico, 0)
            return int(admin.list_partition_offsets({tp: OffsetSpec.EARLIEST})[tp].offset)

        def ve_apagar(quantos: int) -> None:
            envia("breve")
            ate(lambda: apagados("breve") == quantos, FIM_S, "o Kafka não apagou nada")

        envia("da-aula")
        ve_apagar(1)
        ve_apagar(2)  # entre um e outro, ele olhou todos os tópicos
        assert apagados("da-aula") == (0 if no_windows else 1)
