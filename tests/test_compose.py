"""Os arquivos do compose, de pé em um Docker de verdade, com cada forma do compose que a máquina tem."""

import signal
from typing import Any

import pytest

from lab.kafka_local import portas
from tests.apoio.aula import PARTES, a_aula_inteira, o_kafka_cai, parte_5
from tests.apoio.conteineres import Compose, conteiner, formas, motor, servicos
from tests.apoio.sala import SalaDeTeste

CLUSTER = "docker-compose.cluster.yml"
DA_MAQUINA = formas()
FORMAS = DA_MAQUINA or ["docker compose"]  # sem nenhuma, os testes existem e são pulados
UM = "127.0.0.1:9092"
TRES = "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094"

pytestmark = [
    pytest.mark.broker,
    pytest.mark.docker,
    pytest.mark.skipif(not DA_MAQUINA, reason="esta máquina não tem o compose, em nenhuma das duas formas"),
]


@pytest.fixture
def nomes_livres() -> None:
    """Um Kafka que já está de pé com os nomes ou as portas dos composes é a aula de alguém."""
    cliente = motor()
    assert cliente is not None
    de_pe = {str(conteiner.name) for conteiner in cliente.containers.list(all=True, ignore_removed=True)}
    nomes = {s["container_name"] for arquivo in ("docker-compose.yml", CLUSTER) for s in servicos(arquivo).values()}
    if ocupados := sorted(de_pe & nomes):
        pytest.skip(f"já há contêineres com os nomes da aula: {', '.join(ocupados)}")
    if not all(map(portas.livre, (9092, 9093, 9094))):
        pytest.skip("as portas da aula (9092 a 9094) estão em uso")


@pytest.mark.usefixtures("nomes_livres")
def test_a_aula_no_docker() -> None:
    with Compose(FORMAS[0], "docker-compose.yml") as compose:
        a_aula_inteira(SalaDeTeste(UM) for _ in PARTES)
        with SalaDeTeste(UM) as sala:
            o_kafka_cai(sala, lambda: compose.derruba("kafka"), compose.sobe)
        conteiner("kafka").kill(signal.SIGSTOP.name)  # a porta continua aberta, e ninguém responde
        compose.espera("unhealthy", "kafka")
        conteiner("kafka").kill(signal.SIGCONT.name)
        compose.espera("healthy", "kafka")
    assert sobras(compose) == []


@pytest.mark.usefixtures("nomes_livres")
@pytest.mark.parametrize("forma", FORMAS)
def test_toda_forma_do_compose_guarda_os_pedidos(forma: str) -> None:
    with Compose(forma, "docker-compose.yml") as compose:
        with SalaDeTeste(UM) as sala:
            sala.linha_inteira()
            sala.produz(10)
            sala.exige_exatamente_uma_vez(10)
        compose.roda("down")
        compose.sobe()
        sala.exige_exatamente_uma_vez(10)  # o volume os guardou
    assert sobras(compose) == []


@pytest.mark.parametrize("forma", FORMAS)
@pytest.mark.parametrize("arquivo", ["docker-compose.yml", CLUSTER, "docker-compose.zookeeper.yml"])
def test_toda_forma_do_compose_le_o_arquivo(forma: str, arquivo: str) -> None:
    assert set(Compose(forma, arquivo).roda("config", "--services").split()) >= set(servicos(arquivo))


@pytest.mark.usefixtures("nomes_livres")
def test_cluster_no_docker() -> None:
    with Compose(FORMAS[0], CLUSTER) as compose, SalaDeTeste(TRES) as sala:
        parte_5(
            sala,
            lambda numero: compose.derruba(f"kafka-{numero}"),
            lambda numero: conteiner(f"kafka-{numero}").start(),
        )
        for topico in sala.descreve_topicos():
            assert {len(particao["replica_nodes"]) for particao in topico["partitions"]} == {3}
    assert sobras(compose) == []


def test_a_interface_grafica_so_vem_a_pedido() -> None:
    compose = Compose(f"{FORMAS[0]} --profile ui", "docker-compose.yml")
    assert sorted(compose.roda("config", "--services").split()) == ["kafka", "kafka-ui"]


def sobras(compose: Compose) -> list[str]:
    """O que ficou de um projeto: contêineres, volumes e redes."""
    cliente = motor()
    assert cliente is not None
    do_projeto: Any = {"filters": {"label": f"com.docker.compose.project={compose.projeto}"}}
    listas = (cliente.containers.list(all=True, ignore_removed=True, **do_projeto), cliente.volumes.list(**do_projeto))
    return [str(coisa.name) for lista in (*listas, cliente.networks.list(**do_projeto)) for coisa in lista]
