"""Como os clientes Kafka do laboratório são configurados, e por quê. Fonte: kafka.apache.org/documentation."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.coordinator.assignors.range import RangePartitionAssignor

from common.conexao import remendos
from common.conexao.seguranca import identificacao
from common.erros import ErroDeUso
from common.terminal import shell

ENDERECO_PADRAO = "127.0.0.1:9092"  # e não localhost, que no Windows e em alguns macOS é antes o ::1
_ENDERECO = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<nome>[^\s\[\]:/]+)):(?P<porta>[0-9]{1,5})")

BOOTSTRAP_MS = 5_000  # o padrão espera 30 s antes da primeira palavra
PEDIDO_MS = 5_000  # um pedido de administração leva milissegundos
RECONEXAO_MAXIMA_MS = 1_000  # volta 0,9 s depois de uma queda longa; com o padrão (30 s), até 4,4 s

ATRIBUIDOR = RangePartitionAssignor.name  # como o grupo o chama; todos os membros têm de usar o mesmo
SESSAO_MS = 6_000  # uma instância morta devolve as partições em 6–7 s; o padrão é 45 s
BATIMENTO_MS = 500  # uma instância nova recebe a sua parte em 0,1 s + o pedido em andamento
POLL_MAXIMO_MS = 60_000  # uma instância presa segura o rebalanceamento por até isto; o padrão é 300 s
METADADOS_MS = 5_000  # partições criadas depois são lidas em 5 s; o padrão é 5 minutos. Custa um pedido, de 1 ms

TRANSACAO_MS = 6_000  # uma transação órfã (kill -9) bloqueia os leitores por até 7 s; o padrão é 60 s
REPETICAO_MS = 2  # o broker diz CONCURRENT_TRANSACTIONS enquanto fecha a anterior: 100 ms dariam 12 pedidos/s
LOTE_DO_PRODUTOR_BYTES = 131_072  # 30 % mais vazão com lotes de 500 pedidos
ENTREGA_MS = 30_000  # depois disto um envio sem confirmação é dado como falho

if os.environ.get("LAB_DETALHES") == "1":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
else:
    # o cliente fala inglês no stderr a cada queda; o que importa os scripts dizem em português
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


def enderecos() -> list[tuple[str, int]]:
    """Os brokers de KAFKA_BOOTSTRAP_SERVERS, como [(host, porta)]. Erro: ErroDeUso."""
    texto = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or ENDERECO_PADRAO
    resultado = []
    for parte in texto.split(","):
        achado = _ENDERECO.fullmatch(parte.strip())
        if not achado or not 1 <= int(achado["porta"]) <= 65_535:
            raise ErroDeUso(
                f"KAFKA_BOOTSTRAP_SERVERS={texto!r} não serve: escreva HOST:PORTA, por exemplo {ENDERECO_PADRAO}"
            )
        resultado.append((achado["ipv6"] or achado["nome"], int(achado["porta"])))
    return resultado


_DO_TERMINAL = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")  # quem o troca depois (a demo, por exemplo) sabe o que faz


def volta_ao_da_aula() -> str | None:
    """Como deixar de usar o KAFKA_BOOTSTRAP_SERVERS deste terminal (str), se ele aponta para outro Kafka."""
    if not _DO_TERMINAL or bootstrap() != _DO_TERMINAL or _DO_TERMINAL == ENDERECO_PADRAO:
        return None
    return (
        f"este terminal tem KAFKA_BOOTSTRAP_SERVERS={_DO_TERMINAL}; para usar o Kafka da aula, em {ENDERECO_PADRAO}, "
        f"apague a variável ({shell.apaga('KAFKA_BOOTSTRAP_SERVERS')})"
    )


def bootstrap() -> str:
    """KAFKA_BOOTSTRAP_SERVERS como será mostrado (str)."""
    return os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or ENDERECO_PADRAO


_vistos: dict[str, list[tuple[str, int]]] = {}  # por KAFKA_BOOTSTRAP_SERVERS: os brokers do cluster a que ele leva


def lembra(brokers: list[tuple[str, int]]) -> None:
    """Anota os brokers (host, porta) do cluster: um deles serve quando os do ambiente estão fora do ar."""
    _vistos[bootstrap()] = brokers


def alcancaveis() -> list[tuple[str, int]]:
    """Por onde tentar, como [(host, porta)]: os endereços do ambiente e os brokers já vistos. Erro: ErroDeUso."""
    return list(dict.fromkeys([*enderecos(), *_vistos.get(bootstrap(), [])]))


def conexao() -> dict[str, Any]:
    """O que todo cliente precisa para achar o Kafka e se identificar, do ambiente."""
    remendos.aplica()  # todo cliente passa por aqui antes de nascer
    return identificacao() | {
        "bootstrap_servers": [
            f"[{host}]:{porta}" if ":" in host else f"{host}:{porta}" for host, porta in alcancaveis()
        ],
        "bootstrap_timeout_ms": BOOTSTRAP_MS,
        "reconnect_backoff_max_ms": RECONEXAO_MAXIMA_MS,
    }


def do_consumidor(grupo: str) -> dict[str, Any]:
    """Um consumidor que só vê o que foi confirmado e só avança dentro de uma transação."""
    return conexao() | {
        "group_id": grupo,
        "auto_offset_reset": "earliest",  # o padrão, latest, pularia os pedidos enviados antes do primeiro start
        "isolation_level": "read_committed",  # o padrão mostraria resultados de transações abortadas
        "enable_auto_commit": False,  # os offsets viajam dentro da transação
        "allow_auto_create_topics": False,
        # eager: um rebalanceamento só (cooperative leva dois, +0,6 s), e o listener diz a atribuição inteira
        "partition_assignment_strategy": [RangePartitionAssignor],
        "heartbeat_interval_ms": BATIMENTO_MS,
        "session_timeout_ms": SESSAO_MS,
        "max_poll_interval_ms": POLL_MAXIMO_MS,
        "metadata_max_age_ms": METADADOS_MS,
    }


def do_produtor() -> dict[str, Any]:
    """Um produtor idempotente (KIP-98) que só dá por enviado o que todas as réplicas em dia gravaram."""
    return conexao() | {
        "acks": "all",
        "enable_idempotence": True,
        "allow_auto_create_topics": False,
        "max_block_ms": BOOTSTRAP_MS,
        "batch_size": LOTE_DO_PRODUTOR_BYTES,
        "metadata_max_age_ms": METADADOS_MS,
        "delivery_timeout_ms": ENTREGA_MS,
        "request_timeout_ms": ENTREGA_MS // 2,
    }


def do_produtor_transacional(transactional_id: str) -> dict[str, Any]:
    """O produtor de um serviço: resultado e offset saem juntos ou não saem (KIP-98, KIP-447)."""
    return do_produtor() | {
        "transactional_id": transactional_id,
        "transaction_timeout_ms": TRANSACAO_MS,
        "retry_backoff_ms": REPETICAO_MS,
    }


@contextmanager
def administrador(**ajustes: Any) -> Iterator[Any]:
    """Um KafkaAdminClient, fechado no fim do bloco. Erro: kafka.errors.KafkaError."""
    with closing(KafkaAdminClient(**conexao() | {"request_timeout_ms": PEDIDO_MS} | ajustes)) as admin:
        yield admin


def novo_leitor(**ajustes: Any) -> Any:
    """Um KafkaConsumer fora de qualquer grupo, que só vê o que foi confirmado. Erro: kafka.errors.KafkaError."""
    so_olha = {"isolation_level": "read_committed", "enable_auto_commit": False, "allow_auto_create_topics": False}
    return KafkaConsumer(**conexao() | so_olha | {"auto_offset_reset": "earliest"} | ajustes)


@contextmanager
def leitor(**ajustes: Any) -> Iterator[Any]:
    """O `novo_leitor`, fechado no fim do bloco."""
    with closing(novo_leitor(**ajustes)) as consumidor:
        yield consumidor
