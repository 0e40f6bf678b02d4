"""O Kafka local com três brokers: o que um só não pode mostrar."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaTimeoutError

from common.conexao.clientes import do_produtor
from common.conexao.topicos import garante_topicos
from common.configuracao import NUMERO_DE_PARTICOES, TOPICOS_BASE
from common.configuracao import topicos as topicos_da_aula
from common.erros import ErroDoLaboratorio
from lab.kafka_local import broker as broker_local
from lab.kafka_local.broker import BrokerLocal
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.console import ConsoleDoCluster
from lab.processos.parada import Parada
from tests.apoio.sala import SalaDeTeste, ate

pytestmark = pytest.mark.broker

CONFIRMA_S = 60.0  # depois da queda de um broker são 3 a 6 s; o resto é folga para uma máquina ocupada
SEM_MAIORIA_S = 3.0  # com o cluster inteiro, uma confirmação leva milissegundos


@pytest.fixture(scope="module")
def cluster_do_modulo() -> Iterator[KafkaLocal]:
    with KafkaLocal.temporario(brokers=3) as kafka:
        yield kafka


@pytest.fixture
def cluster(cluster_do_modulo: KafkaLocal) -> KafkaLocal:
    """O cluster que estes testes dividem, com os três brokers de pé."""
    cluster_do_modulo.inicia()
    return cluster_do_modulo


@pytest.fixture
def sala(cluster: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> SalaDeTeste:
    """Os tópicos da aula no cluster, com nomes só deste teste."""
    sala = SalaDeTeste(cluster.bootstrap)
    for variavel, valor in sala.ambiente.items():
        monkeypatch.setenv(variavel, valor)
    garante_topicos(pytest.fail)
    return sala


@pytest.fixture
def produtor(sala: SalaDeTeste) -> Iterator[KafkaProducer]:
    """O produtor da aula, com mais paciência: aqui se espera por um broker que volta."""
    with KafkaProducer(**do_produtor() | {"delivery_timeout_ms": 2 * CONFIRMA_S * 1000}) as produtor:
        yield produtor


def descreve(kafka: KafkaLocal, *nomes: str) -> list[dict[str, Any]]:
    """As partições desses tópicos. Um broker pode levar um instante para saber do que outro acaba de criar."""
    particoes: list[dict[str, Any]] = []

    def todas() -> bool:
        particoes[:] = [p for topico in admin.describe_topics(nomes) for p in topico["partitions"]]
        return len(particoes) == len(nomes) * NUMERO_DE_PARTICOES

    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        ate(todas, CONFIRMA_S, f"faltam partições em {nomes}")
    return particoes


def lider(kafka: KafkaLocal, topico: str, particao: int) -> BrokerLocal:
    (numero,) = (p["leader_id"] for p in descreve(kafka, topico) if p["partition_index"] == particao)
    return kafka.brokers[int(numero) - 1]


def test_cluster_poe_uma_replica_em_cada_broker(cluster: KafkaLocal, sala: SalaDeTeste) -> None:
    replicas = {tuple(sorted(particao["replica_nodes"])) for particao in descreve(cluster, *topicos_da_aula())}
    assert replicas == {(1, 2, 3)}


def test_sem_um_broker_continua_sem_dois_espera_e_nada_se_perde(
    cluster: KafkaLocal, sala: SalaDeTeste, produtor: KafkaProducer
) -> None:
    topico = sala.topico(TOPICOS_BASE[0])
    enviados: list[bytes] = []

    def envia() -> Any:
        """Um registro; o futuro da sua confirmação."""
        enviados.append(str(len(enviados)).encode())
        return produtor.send(topico, enviados[-1], partition=0)

    def gravados() -> list[bytes]:
        return [registro.value for registro in sala.registros(TOPICOS_BASE[0])]

    envia().get(CONFIRMA_S)
    primeiro = lider(cluster, topico, 0)
    primeiro.mata()
    envia().get(CONFIRMA_S)
    assert gravados() == enviados
    segundo = lider(cluster, topico, 0)
    segundo.mata()
    sem_confirmacao = envia()
    with pytest.raises(KafkaTimeoutError):
        sem_confirmacao.get(SEM_MAIORIA_S)
    primeiro.inicia()
    sem_confirmacao.get(CONFIRMA_S)
    envia().get(CONFIRMA_S)
    assert gravados() == enviados
    assert not segundo.vivo


def test_cluster_inteiro_morto_volta_com_os_dados(
    cluster: KafkaLocal, sala: SalaDeTeste, produtor: KafkaProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    produtor.send(sala.topico(TOPICOS_BASE[0]), b"fica", partition=0).get(CONFIRMA_S)
    um, dois, tres = cluster.brokers
    cluster.mata()
    with monkeypatch.context() as depressa:
        depressa.setattr(broker_local, "PRAZO_PARA_RESPONDER_S", 0.5)
        with pytest.raises(ErroDoLaboratorio, match="a maioria dos brokers está de pé"):
            um.inicia()
    assert not um.vivo
    um.lanca()
    dois.lanca()
    ate(lambda: um.responde() and dois.responde(), CONFIRMA_S, "dois são a maioria, e não responderam")
    tres.inicia()
    assert [registro.value for registro in sala.registros(TOPICOS_BASE[0])] == [b"fica"]


def test_broker_que_perdeu_o_disco_volta_ao_mesmo_cluster(cluster: KafkaLocal, sala: SalaDeTeste) -> None:
    tres = cluster.brokers[2]
    tres.mata()
    shutil.rmtree(tres.log.caminho.parent / "dados")
    tres.inicia()
    ate(
        lambda: all(len(particao["isr_nodes"]) == 3 for particao in descreve(cluster, *topicos_da_aula())),
        CONFIRMA_S,
        "o broker 3 não copiou de novo o que perdeu",
    )


def test_console_derruba_e_levanta_o_broker_digitado(cluster: KafkaLocal, capsys: pytest.CaptureFixture[str]) -> None:
    leitura, escrita = os.pipe()
    os.write(escrita, b"2\noutro\n2\n1\n2\n3\n")
    ConsoleDoCluster(cluster, leitura, Parada()).acompanha()  # volta porque não resta nenhum
    os.close(escrita)
    assert [linha.partition(".")[0] for linha in capsys.readouterr().out.splitlines()] == [
        "Broker 2 derrubado",
        "Não há um broker outro: digite 1, 2 ou 3 e Enter",
        "Iniciando o broker 2…",
        "Broker 1 derrubado",
        "Broker 2 derrubado",
        "Broker 3 derrubado",
    ]
    assert not cluster.vivo


@pytest.mark.parametrize("brokers", [1, 3])
def test_pasta_de_outra_quantidade_de_brokers(kafka_descartavel: KafkaLocal, cluster: KafkaLocal, brokers: int) -> None:
    dono = cluster if brokers == 1 else kafka_descartavel
    antes = sorted(dono.pasta.iterdir())
    with pytest.raises(ErroDoLaboratorio, match=rf"e não de {brokers}\. Use --brokers {len(dono.brokers)}"):
        KafkaLocal(dono.pasta, brokers=brokers).inicia()
    assert sorted(dono.pasta.iterdir()) == antes
    assert dono.responde()
