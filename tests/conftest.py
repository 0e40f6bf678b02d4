"""O Kafka de verdade dos testes: o de KAFKA_BOOTSTRAP_SERVERS, se houver, ou um local só deles."""

import os
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import settings
from kafka import KafkaProducer

from common import prazo
from lab.kafka_local import KafkaLocal

# os mesmos casos em toda execução e em toda máquina: o que falhou aqui falha de novo, sem um banco de casos no disco;
# sem prazo por caso: em uma máquina ocupada um deles pode demorar
settings.register_profile("lab", derandomize=True, database=None, deadline=None)
settings.load_profile("lab")


@pytest.fixture(scope="session")
def kafka() -> Iterator[object]:
    """Um broker que os testes dividem; `.bootstrap` é HOST:PORTA. Ninguém o mata."""
    if endereco := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield SimpleNamespace(bootstrap=endereco)
    else:
        with KafkaLocal.temporario() as broker:
            yield broker


@pytest.fixture
def kafka_descartavel() -> Iterator[KafkaLocal]:
    """Um broker só deste teste, que pode ser morto, congelado e reiniciado."""
    with KafkaLocal.temporario() as broker:
        yield broker


def pytest_unconfigure() -> None:
    """Os produtores que os testes prenderam de propósito não devem escrever tracebacks no fim do processo."""
    for abandonado in prazo._abandonados:
        if isinstance(abandonado, KafkaProducer):
            abandonado._closed = True
