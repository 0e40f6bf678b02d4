import pytest

from lab import portas
from tests.docker.apoio import motor, servicos

CLUSTER = "docker-compose.cluster.yml"


@pytest.fixture(autouse=True)
def _com_docker() -> None:
    """Sem Docker não há o que testar aqui."""
    if motor() is None:
        pytest.skip("nenhum Docker responde nesta máquina, ou ele não tem a imagem do Kafka")


@pytest.fixture
def nomes_livres(_com_docker: None) -> None:
    """Um Kafka que já está de pé com os nomes ou as portas dos composes é a aula de alguém."""
    cliente = motor()
    assert cliente is not None
    de_pe = {conteiner.name for conteiner in cliente.containers.list(all=True)}
    nomes = {s["container_name"] for arquivo in ("docker-compose.yml", CLUSTER) for s in servicos(arquivo).values()}
    if ocupados := sorted(de_pe & nomes):
        pytest.skip(f"já há contêineres com os nomes da aula: {', '.join(ocupados)}")
    if not all(map(portas.livre, (9092, 9093, 9094))):
        pytest.skip("as portas da aula (9092 a 9094) estão em uso")
