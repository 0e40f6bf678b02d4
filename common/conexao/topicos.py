"""Os três tópicos, criados por quem chegar primeiro."""

import contextlib
from collections.abc import Callable
from typing import Any

from kafka.errors import TopicAlreadyExistsError, TopicAuthorizationFailedError

from common.conexao.clientes import PEDIDO_MS, administrador
from common.configuracao import NUMERO_DE_PARTICOES, topicos

REPLICAS_DESEJADAS = 3  # com menos brokers, quantas houver


def particoes_dos_topicos(admin: Any) -> dict[str, int]:
    """Quantas partições (int) tem cada um dos três tópicos que já existem. Erro: TopicAuthorizationFailedError."""
    descritos = admin.describe_topics(topicos())
    if any(topico["error_code"] == TopicAuthorizationFailedError.errno for topico in descritos):
        raise TopicAuthorizationFailedError
    return {topico["name"]: len(topico["partitions"]) for topico in descritos if not topico["error_code"]}


def garante_topicos(avisa: Callable[[str], None]) -> None:
    """Cria os tópicos que faltam (NUMERO_DE_PARTICOES partições) e avisa dos que têm outra contagem.

    Idempotente: dois scripts podem chamar ao mesmo tempo. Erro: kafka.errors.KafkaError.
    """
    with administrador() as admin:
        existentes = particoes_dos_topicos(admin)
        faltam = [nome for nome in topicos() if nome not in existentes]
        if faltam:
            replicas = min(REPLICAS_DESEJADAS, len(admin.describe_cluster()["brokers"]))
            desejado = {"num_partitions": NUMERO_DE_PARTICOES, "replication_factor": replicas}
            for nome in faltam:  # um por vez: outro script pode criar só alguns no mesmo instante
                with contextlib.suppress(TopicAlreadyExistsError):
                    admin.create_topics({nome: desejado}, timeout_ms=PEDIDO_MS)
        # também os que outro script acaba de criar: no primeiro instante ainda não têm líder
        admin.wait_for_topics(topicos(), timeout_ms=PEDIDO_MS)
    for nome, particoes in existentes.items():
        if particoes != NUMERO_DE_PARTICOES:
            avisa(
                f"AVISO: o tópico {nome} deveria ter {NUMERO_DE_PARTICOES} partições e tem {particoes}: só essa "
                "quantidade de instâncias trabalha ao mesmo tempo. Apague o tópico, ou use outro LAB_PREFIXO"
            )
