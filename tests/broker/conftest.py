import os
from collections.abc import Iterator

import pytest

from lab.kafka_local import KafkaLocal
from tests.broker.apoio import Sala


@pytest.fixture
def sala(kafka: KafkaLocal) -> Iterator[Sala]:
    """Terminais no broker que os testes dividem, com nomes só deste teste."""
    with Sala(kafka.bootstrap) as sala:
        yield sala
    if "KAFKA_BOOTSTRAP_SERVERS" in os.environ:  # um Kafka que não é nosso fica como estava
        sala.apaga_topicos()


@pytest.fixture
def sala_descartavel(kafka_descartavel: KafkaLocal) -> Iterator[Sala]:
    """Terminais em um broker que o teste pode derrubar (fixture kafka_descartavel)."""
    with Sala(kafka_descartavel.bootstrap) as sala:
        yield sala
