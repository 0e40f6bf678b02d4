from collections.abc import Iterator

import pytest

from lab import portas
from tests.broker.apoio import Sala
from tests.docker.apoio import motor, servicos

CLUSTER = "docker-compose.cluster.yml"


@pytest.fixture(autouse=True)
def _docker_livre() -> None:
    """Sem Docker não há o que testar aqui; e um Kafka que já está de pé, com os mesmos nomes, é a aula de alguém."""
    cliente = motor()
    if cliente is None:
        pytest.skip("nenhum Docker responde nesta máquina, ou ele não tem a imagem do Kafka")
    de_pe = {conteiner.name for conteiner in cliente.containers.list(all=True)}
    nomes = {s["container_name"] for arquivo in ("docker-compose.yml", CLUSTER) for s in servicos(arquivo).values()}
    if ocupados := sorted(de_pe & nomes):
        pytest.skip(f"já há contêineres com os nomes da aula: {', '.join(ocupados)}")
    if not all(map(portas.livre, (9092, 9093, 9094))):
        pytest.skip("as portas da aula (9092 a 9094) estão em uso")


@pytest.fixture
def sala() -> Iterator[Sala]:
    """Terminais no Kafka do docker-compose.yml, que o teste ainda vai iniciar."""
    with Sala("localhost:9092") as sala:
        yield sala
