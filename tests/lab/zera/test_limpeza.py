"""O que o comando zera decide sem Kafka: se a pasta de dados de um broker é a de um Windows."""

import pytest

from lab.zera.limpeza import do_windows


@pytest.mark.parametrize("caminho", [r"C:\aula\.kafka\broker-1\dados", "D:/kafka", r"\\servidor\kafka\dados"])
def test_pasta_de_um_broker_no_windows(caminho: str) -> None:
    assert do_windows(caminho)


@pytest.mark.parametrize("caminho", ["/var/lib/kafka/data", "/tmp/kafka-logs", "/mnt/c/aula/.kafka", "/c:/dados"])
def test_pasta_de_um_broker_em_outro_sistema(caminho: str) -> None:
    assert not do_windows(caminho)
