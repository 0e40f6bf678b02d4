"""Os três tópicos, criados por quem chegar primeiro, e a espera por um Kafka que ainda não subiu."""

import contextlib
import socket
from collections.abc import Callable

from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from common import clientes
from common.configuracao import NUMERO_DE_PARTICOES, topicos
from common.erros import KafkaIndisponivel

REPLICAS_DESEJADAS = 3  # com menos brokers, quantas houver
CONEXAO_S = 1.0  # um broker na rede local responde em milissegundos
PEDIDO_MS = 5_000


def exige_porta_aberta() -> None:
    """Erro: KafkaIndisponivel se nenhum endereço de KAFKA_BOOTSTRAP_SERVERS aceita conexão.

    Um socket é mais barato do que um cliente Kafka: cada cliente que não conecta deixa uma thread para trás.
    """
    motivo = ""
    for host, porta in clientes.enderecos():
        try:
            socket.create_connection((host, porta), CONEXAO_S).close()
            return
        except ConnectionRefusedError:
            motivo = "conexão recusada"
        except socket.gaierror:
            motivo = f"o nome {host} não existe na rede"
        except (OSError, UnicodeError) as erro:  # UnicodeError: um nome que nem o DNS aceita
            motivo = str(erro)
    raise KafkaIndisponivel(motivo)


def garante_topicos(avisa: Callable[[str], None]) -> None:
    """Cria os tópicos que faltam (NUMERO_DE_PARTICOES partições) e avisa dos que têm outra contagem.

    Idempotente: dois scripts podem chamar ao mesmo tempo. Erro: kafka.errors.KafkaError.
    """
    admin = KafkaAdminClient(**clientes.conexao(), request_timeout_ms=PEDIDO_MS)
    try:
        existentes = {t["name"]: len(t["partitions"]) for t in admin.describe_topics(topicos()) if not t["error_code"]}
        faltam = [nome for nome in topicos() if nome not in existentes]
        if faltam:
            replicas = min(REPLICAS_DESEJADAS, len(admin.describe_cluster()["brokers"]))
            desejado = {"num_partitions": NUMERO_DE_PARTICOES, "replication_factor": replicas}
            for nome in faltam:  # um por vez: outro script pode criar só alguns no mesmo instante
                with contextlib.suppress(TopicAlreadyExistsError):
                    admin.create_topics({nome: desejado}, timeout_ms=PEDIDO_MS)
        # também os que outro script acaba de criar: no primeiro instante ainda não têm líder
        admin.wait_for_topics(topicos(), timeout_ms=PEDIDO_MS)
    finally:
        admin.close()
    for nome, particoes in existentes.items():
        if particoes != NUMERO_DE_PARTICOES:
            avisa(
                f"AVISO: o tópico {nome} deveria ter {NUMERO_DE_PARTICOES} partições e tem {particoes}: só essa "
                "quantidade de instâncias trabalha ao mesmo tempo. Apague o tópico, ou use outro LAB_PREFIXO"
            )
