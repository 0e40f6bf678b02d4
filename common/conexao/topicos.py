"""Os três tópicos, criados por quem chegar primeiro."""

import contextlib
from collections.abc import Callable
from typing import Any

from kafka.errors import (
    InvalidConfigurationError,
    PolicyViolationError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
)

from common.conexao.clientes import PEDIDO_MS, administrador, lembra
from common.configuracao import NUMERO_DE_PARTICOES, topicos

REPLICAS_DESEJADAS = 3  # com menos brokers, quantas houver
# o broker descomprime o que chega, e todo leitor lê; e nem 1 MB vira um gigabyte
_SEM_COMPRESSAO = {"compression.type": "uncompressed"}
_SEM_BOMBAS = {"max.decompressed.message.bytes": "1048588"}  # o mesmo de max.message.bytes
# do que se quer ao que um Kafka mais antigo que o 4.2, ou um cluster que não deixa escolher, aceita
_CONFIGURACOES: tuple[dict[str, str], ...] = (_SEM_COMPRESSAO | _SEM_BOMBAS, _SEM_COMPRESSAO, {})


def topicos_que_existem(admin: Any) -> dict[str, dict[str, Any]]:
    """Os que já existem dos três tópicos, como o Kafka os descreve, por nome. Erro: TopicAuthorizationFailedError."""
    descritos = admin.describe_topics(topicos())
    if any(topico["error_code"] == TopicAuthorizationFailedError.errno for topico in descritos):
        raise TopicAuthorizationFailedError
    return {topico["name"]: topico for topico in descritos if not topico["error_code"]}


def particoes_dos_topicos(admin: Any) -> dict[str, int]:
    """Quantas partições (int) tem cada um dos três tópicos que já existem. Erro: TopicAuthorizationFailedError."""
    return {nome: len(topico["partitions"]) for nome, topico in topicos_que_existem(admin).items()}


def garante_topicos(avisa: Callable[[str], None], ja_existiam: bool = False) -> None:
    """Cria os tópicos que faltam (NUMERO_DE_PARTICOES partições) e avisa dos que têm outra contagem.

    Com `ja_existiam`, um que falta foi apagado por alguém, e isso também é avisado; a contagem já foi.
    Idempotente: dois scripts podem chamar ao mesmo tempo. Erro: kafka.errors.KafkaError.
    """
    with administrador() as admin:
        brokers = admin.describe_cluster()["brokers"]
        lembra([(broker["host"], broker["port"]) for broker in brokers])
        existentes = particoes_dos_topicos(admin)
        faltam = [nome for nome in topicos() if nome not in existentes]
        if faltam:
            replicas = min(REPLICAS_DESEJADAS, len(brokers))
            for nome in faltam:  # um por vez: outro script pode criar só alguns no mesmo instante
                _cria(admin, nome, replicas)
        # também os que outro script acaba de criar: no primeiro instante ainda não têm líder
        admin.wait_for_topics(topicos(), timeout_ms=PEDIDO_MS)
    if ja_existiam:
        for nome in faltam:
            avisa(f"O tópico {nome} não existia mais: alguém o apagou, com os pedidos que tinha. Criei-o de novo")
        return
    for nome, particoes in existentes.items():
        if particoes != NUMERO_DE_PARTICOES:
            avisa(
                f"AVISO: o tópico {nome} deveria ter {NUMERO_DE_PARTICOES} partições e tem {particoes}: só essa "
                "quantidade de instâncias trabalha ao mesmo tempo. Apague o tópico, ou use outro LAB_PREFIXO"
            )


def _cria(admin: Any, nome: str, replicas: int) -> None:
    for configuracao in _CONFIGURACOES:
        desejado = {"num_partitions": NUMERO_DE_PARTICOES, "replication_factor": replicas, "configs": configuracao}
        try:
            with contextlib.suppress(TopicAlreadyExistsError):
                admin.create_topics({nome: desejado}, timeout_ms=PEDIDO_MS)
            return
        except (InvalidConfigurationError, PolicyViolationError):
            if not configuracao:
                raise
