"""A aula no par "Kafka e ZooKeeper", o de antes do Kafka 4."""

import sys

import pytest

from tests.apoio.aula import PARTES, a_aula_inteira, o_kafka_cai
from tests.apoio.kafka_com_zookeeper import KafkaComZooKeeper
from tests.apoio.sala import SalaDeTeste

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(sys.platform == "win32", reason="o healthcheck do compose é um comando bash"),
]


def test_a_aula_com_zookeeper() -> None:
    with KafkaComZooKeeper.temporario() as kafka:
        a_aula_inteira(SalaDeTeste(kafka.bootstrap) for _ in PARTES)
        with SalaDeTeste(kafka.bootstrap) as sala:
            o_kafka_cai(sala, kafka.mata, kafka.inicia)
