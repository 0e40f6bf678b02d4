"""O Kafka de verdade dos testes: o de KAFKA_BOOTSTRAP_SERVERS, ou um em contêiner se há Docker, ou um local."""

import os
import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from kafka import KafkaAdminClient, KafkaProducer

from common import prazo
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.conteineres import kafka_em_conteiner, motor
from tests.apoio.demorados import SEGUNDOS, arquivo_de
from tests.apoio.sala import SalaDeTeste

# os mesmos casos em toda execução e em toda máquina: o que falhou aqui falha de novo, sem um banco de casos no disco;
# sem prazo por caso nem para os gerar: em uma máquina ocupada pode demorar, e isso não é um defeito do laboratório
settings.register_profile(
    "lab", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("lab")


DE_OUTRO = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")  # agora: há testes que limpam o ambiente


@pytest.fixture(scope="session", autouse=True)
def sighup_de_fabrica() -> None:
    """Sob o nohup ele chega ignorado a este processo, e todos os dos testes o herdariam assim."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def so_apaga_quem_o_diz(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Um teste que apaga tópicos sem o marcador derrubaria, no Windows, o Kafka dos outros: aqui ele já falha."""
    if not request.node.get_closest_marker("apaga_topicos") and not DE_OUTRO:
        monkeypatch.setattr(KafkaAdminClient, "delete_topics", lambda *_, **__: pytest.fail("falta o marcador"))


@pytest.fixture(scope="session")
def kafka() -> Iterator[object]:
    """Um broker que os testes dividem; `.bootstrap` é HOST:PORTA. Ninguém o mata."""
    if DE_OUTRO:
        yield SimpleNamespace(bootstrap=DE_OUTRO)
    else:
        with kafka_em_conteiner() if motor() else KafkaLocal.temporario() as broker:
            yield broker


@pytest.fixture
def kafka_descartavel() -> Iterator[KafkaLocal]:
    """Um broker só deste teste, que pode ser morto, congelado e reiniciado."""
    with KafkaLocal.temporario() as broker:
        yield broker


@pytest.fixture
def sala(kafka: KafkaLocal) -> Iterator[SalaDeTeste]:
    """Terminais no broker que os testes dividem, com nomes só deste teste."""
    with SalaDeTeste(kafka.bootstrap) as sala:
        yield sala
    if DE_OUTRO:  # um Kafka que não é nosso fica como estava
        sala.apaga_topicos()


@pytest.fixture
def sala_descartavel(kafka_descartavel: KafkaLocal) -> Iterator[SalaDeTeste]:
    """Terminais em um broker que o teste pode derrubar (fixture kafka_descartavel)."""
    with SalaDeTeste(kafka_descartavel.bootstrap) as sala:
        yield sala


def pytest_report_header() -> str:
    """De onde vem o Kafka que os testes dividem; se o Docker tem de baixar a imagem, é aqui que se espera por ela."""
    return f"Kafka dos testes: {DE_OUTRO or ('em um contêiner' if motor() else 'local, sem Docker')}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Primeiro os arquivos sem Kafka: falham em segundos, e ainda não há threads de clientes que outros abandonaram.

    Elas sorteiam as suas esperas no `random` do processo, e o hypothesis, vendo-o mudar, culpa a estratégia em curso.
    Os outros, do mais demorado ao mais rápido; em cada arquivo, primeiro o que não precisa do Kafka.
    """
    com_broker = {arquivo_de(item.nodeid) for item in items if item.get_closest_marker("broker")}

    def vez(item: pytest.Item) -> tuple[bool, float, str, bool]:
        arquivo = arquivo_de(item.nodeid)
        precisa = item.get_closest_marker("broker") is not None
        return arquivo in com_broker, -SEGUNDOS.get(arquivo, 0), arquivo, precisa

    items.sort(key=vez)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Onde o Docker não responde, o que precisa dele é pulado; e, em cada sistema, o que não cabe nele."""
    if item.get_closest_marker("docker") and motor() is None:
        pytest.skip("nenhum Docker responde nesta máquina, ou ele não tem a imagem do Kafka")
    if item.get_closest_marker("conpty") and sys.platform != "win32":
        pytest.skip("só o Windows tem um ConPTY")
    if item.get_closest_marker("apaga_topicos") and sys.platform == "win32" and motor() is None:
        pytest.skip("apagar um tópico derruba um Kafka que roda direto no Windows (apache/kafka #12331)")


def pytest_unconfigure() -> None:
    """Os produtores que os testes prenderam de propósito não devem escrever tracebacks no fim do processo."""
    for abandonado in prazo._abandonados:
        if isinstance(abandonado, KafkaProducer):
            abandonado._closed = True
