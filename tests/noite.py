"""O que só a noite tem tempo de repetir: `python -m tests.noite SONDA [--vezes N]`.

reinicios  o mesmo Kafka, com dados, parado e iniciado; cluster  três brokers iniciados e encerrados juntos;
retencao  um tópico que se apaga em 1 s (no Windows o Kafka cai, e a causa tem de ser dita), e um como os da aula.
"""

import argparse
import sys
import time
from functools import partial

from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic, OffsetSpec

from common.prazo import espera_ate
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.configuracao import CONFIGURACAO_DO_BROKER
from lab.terminal.mensagem import informa

TOPICO = "sonda"
CONFIRMA_S = 60.0
ESPERA_PELA_RETENCAO_S = 30.0
DEPRESSA = {"log.retention.check.interval.ms": "500", "log.initial.task.delay.ms": "500"}


def cria(kafka: KafkaLocal, ajustes: dict[str, str]) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.create_topics([NewTopic(TOPICO, 1, len(kafka.brokers), topic_configs=ajustes)])


def envia(kafka: KafkaLocal) -> int:
    """Um registro. Devolve o offset (int) em que ficou."""
    with KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all") as produtor:
        return int(produtor.send(TOPICO, b"pedido", partition=0).get(CONFIRMA_S).offset)


def reinicios(vezes: int, brokers: int = 1) -> None:
    """Cada registro tem o offset seguinte: nada do que foi confirmado se perdeu."""
    with KafkaLocal.temporario(brokers=brokers) as kafka:
        cria(kafka, {})
        for vez in range(vezes):
            offset = envia(kafka)
            assert offset == vez, f"o offset {offset} depois de {vez} registros"
            comeco = time.monotonic()
            kafka.para()
            parou = time.monotonic()
            assert not kafka.vivo
            kafka.inicia()
            informa(f"{vez + 1}: parou em {parou - comeco:.1f} s, voltou em {time.monotonic() - parou:.1f} s")


def apagou(kafka: KafkaLocal) -> bool:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        tp = TopicPartition(TOPICO, 0)
        return bool(admin.list_partition_offsets({tp: OffsetSpec.EARLIEST})[tp].offset > 0)


def retencao(vezes: int) -> None:
    """Um tópico que se apaga em 1 s: no Windows o Kafka cai, e a causa é dita; com os nossos, nada o derruba."""
    CONFIGURACAO_DO_BROKER.update(DEPRESSA)
    for _ in range(vezes):
        for ajustes in ({"retention.ms": "1000"}, {}):
            with KafkaLocal.temporario() as kafka:
                cria(kafka, ajustes)
                envia(kafka)
                espera_ate(partial(_acabou, kafka), ESPERA_PELA_RETENCAO_S, passo_s=0.5)
                if not kafka.vivo:
                    causa = kafka.causa_da_queda()
                    assert ajustes and sys.platform == "win32" and "--do-zero" in causa, causa
                informa(f"{ajustes or 'como é'}: {'continua' if kafka.vivo else 'caiu, e diz por quê'}")


def _acabou(kafka: KafkaLocal) -> bool:
    return not kafka.vivo or apagou(kafka)


def main() -> None:
    flags = argparse.ArgumentParser()
    flags.add_argument("sonda", choices=["reinicios", "cluster", "retencao"])
    flags.add_argument("--vezes", type=int, default=10)
    args = flags.parse_args()
    if args.sonda == "retencao":
        retencao(args.vezes)
    else:
        reinicios(args.vezes, brokers=3 if args.sonda == "cluster" else 1)


if __name__ == "__main__":
    main()
