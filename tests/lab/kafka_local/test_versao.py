"""As versões e a configuração do Kafka têm um lugar só; as cópias nas listas de jars e nos composes são iguais."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from common.erros import ErroDoLaboratorio
from lab import RAIZ
from lab.kafka_local.configuracao import QUANTIDADES, configuracao, variaveis_do_docker
from lab.kafka_local.distribuicao.jars import Jar, arquivo_da_lista, exige_uma_versao, grava_lista, le_lista
from lab.kafka_local.distribuicao.versao import (
    COM_ZOOKEEPER,
    DA_AULA,
    IMAGEM_DOCKER,
    VERSAO_CONFLUENT,
    VERSAO_KAFKA,
    Distribuicao,
)

# O que o compose tem a mais: os endereços e os papéis, que no Kafka local dependem da porta e da pasta.
SO_DO_COMPOSE = {
    "KAFKA_PROCESS_ROLES",
    "KAFKA_NODE_ID",
    "KAFKA_CONTROLLER_QUORUM_VOTERS",
    "KAFKA_CONTROLLER_LISTENER_NAMES",
    "KAFKA_INTER_BROKER_LISTENER_NAME",
    "KAFKA_LISTENERS",
    "KAFKA_ADVERTISED_LISTENERS",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
    "KAFKA_LOG_DIRS",
    "KAFKA_HEAP_OPTS",
}
SO_DO_CLUSTER = {"KAFKA_HEAP_OPTS"}  # são três na mesma máquina


# no par com o ZooKeeper, a sessão do broker é com ele; e o Kafka 3.9 ainda não limita o que descomprime
SO_DO_KRAFT = ("KAFKA_BROKER_", "KAFKA_SHARE_", "KAFKA_MAX_DECOMPRESSED_")

COMPOSES = {1: "docker-compose.yml", 3: "docker-compose.cluster.yml"}  # de quantos brokers


def conteudo(brokers: int) -> dict[str, Any]:
    lido: dict[str, Any] = yaml.safe_load((RAIZ / COMPOSES[brokers]).read_text(encoding="utf-8"))
    return lido


def test_compose_do_zookeeper_tem_as_versoes_e_a_configuracao_escolhidas() -> None:
    servicos = yaml.safe_load((RAIZ / "docker-compose.zookeeper.yml").read_text(encoding="utf-8"))["services"]
    assert [servico["image"].split(":")[-1] for servico in servicos.values()] == [VERSAO_CONFLUENT] * 2
    com_zookeeper = {c: v for c, v in variaveis_do_docker(1).items() if not c.startswith(SO_DO_KRAFT)}
    ambiente = servicos["kafka"]["environment"]
    assert {c: v for c, v in ambiente.items() if c not in SO_DO_COMPOSE and "ZOOKEEPER" not in c} == com_zookeeper | {
        "KAFKA_BROKER_ID": "1"
    }
    assert servicos["kafka"]["ports"] == ["127.0.0.1:9092:9092"]


def brokers_do_compose(brokers: int) -> list[dict[str, Any]]:
    """Os serviços que são brokers: os que não são pedidos por um perfil."""
    achados = [servico for servico in conteudo(brokers)["services"].values() if "profiles" not in servico]
    assert len(achados) == brokers
    return achados


@pytest.mark.parametrize("distribuicao", [DA_AULA, COM_ZOOKEEPER])
def test_lista_de_jars_tem_as_raizes_sem_repeticao_e_com_sha256(distribuicao: Distribuicao) -> None:
    jars = le_lista(arquivo_da_lista(distribuicao))
    coordenadas = [f"{jar.grupo}:{jar.artefato}:{jar.versao}" for jar in jars]
    assert set(distribuicao.raizes) <= set(coordenadas)
    assert len({f"{jar.grupo}:{jar.artefato}" for jar in jars}) == len(jars)
    assert len({jar.nome for jar in jars}) == len(jars)  # todos na mesma pasta
    assert all(len(jar.sha256) == 64 and int(jar.sha256, 16) >= 0 for jar in jars)
    assert {jar.versao for jar in jars if jar.grupo == "org.apache.kafka"} == {distribuicao.versao}


def test_mistura_de_versoes_do_kafka_e_recusada() -> None:
    mistura = [*le_lista(arquivo_da_lista(DA_AULA)), Jar("org.apache.kafka", "kafka-clients", "3.9.1", "0" * 64)]
    with pytest.raises(ErroDoLaboratorio, match=r"kafka-clients-3\.9\.1\.jar"):
        exige_uma_versao(mistura, VERSAO_KAFKA)


def test_lista_gravada_e_a_lista_lida(tmp_path: Path) -> None:
    copia, jars = tmp_path / "jars.lock", le_lista(arquivo_da_lista(DA_AULA))
    grava_lista(jars, copia)
    assert le_lista(copia) == jars


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_compose_usa_a_imagem_da_versao_escolhida(brokers: int) -> None:
    assert {broker["image"] for broker in brokers_do_compose(brokers)} == {IMAGEM_DOCKER}


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_compose_repete_a_configuracao_do_broker(brokers: int) -> None:
    for broker in brokers_do_compose(brokers):
        ambiente = broker["environment"]
        assert {c: valor for c, valor in ambiente.items() if c not in SO_DO_COMPOSE} == variaveis_do_docker(brokers)
        assert ambiente.keys() >= SO_DO_COMPOSE - SO_DO_CLUSTER


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_compose_so_e_alcancado_por_esta_maquina(brokers: int) -> None:
    portas = [broker["ports"] for broker in brokers_do_compose(brokers)]
    assert portas == [[f"127.0.0.1:{porta}:{porta}"] for porta in range(9092, 9092 + brokers)]
    anunciados = [broker["environment"]["KAFKA_ADVERTISED_LISTENERS"] for broker in brokers_do_compose(brokers)]
    assert all(f"PLAINTEXT://127.0.0.1:{9092 + i}," in anunciado for i, anunciado in enumerate(anunciados))


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_compose_guarda_os_dados_em_um_volume_de_cada_broker(brokers: int) -> None:
    volumes = [volume.partition(":") for broker in brokers_do_compose(brokers) for volume in broker["volumes"]]
    assert sorted(nome for nome, _, _ in volumes) == sorted(conteudo(brokers)["volumes"])
    pastas = [broker["environment"]["KAFKA_LOG_DIRS"] for broker in brokers_do_compose(brokers)]
    assert [pasta for _, _, pasta in volumes] == pastas


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_compose_serve_a_qualquer_versao_do_compose(brokers: int) -> None:
    chaves = {chave for chave in conteudo(brokers) if not chave.startswith("x-")}
    assert chaves == {"services", "volumes"}  # nem "version" (v2 avisa), nem "name" (v1 recusa)
    nomes = [broker["container_name"] for broker in brokers_do_compose(brokers)]
    assert nomes == (["kafka"] if brokers == 1 else ["kafka-1", "kafka-2", "kafka-3"])


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_valores_da_configuracao_sao_texto(brokers: int) -> None:
    assert all(isinstance(valor, str) for valor in configuracao(brokers).values())


@pytest.mark.parametrize("brokers", QUANTIDADES)
def test_tudo_tem_uma_replica_em_cada_broker(brokers: int) -> None:
    """Um fator esquecido faria de um dos tópicos internos o que uma só queda para."""
    fatores = {valor for chave, valor in configuracao(brokers).items() if chave.endswith("replication.factor")}
    assert fatores == {str(brokers)}


def test_cluster_so_confirma_o_que_a_maioria_gravou() -> None:
    minimos = [valor for chave, valor in configuracao(3).items() if chave.endswith(("min.isr", "insync.replicas"))]
    assert minimos == ["2"] * 3
