"""Transações presas: as que ninguém mais vai terminar, e que seguram para sempre quem lê depois delas. Só lê."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from kafka import TopicPartition
from kafka.errors import AuthorizationError, IncompatibleBrokerVersion

from common.conexao.clientes import TRANSACAO_MS
from common.configuracao import ETAPAS, topicos
from lab.diagnostico.achado import Achado, certo, errado, neutro
from lab.kafka_local.distribuicao.versao import VERSAO_KAFKA

# Um broker que não é nosso só procura transações vencidas a cada 10 s. Mais do que isto depois do último registro,
# quem a abriu já não a termina, e o Kafka tampouco. A folga é para relógios que não batem.
_BUSCA_DO_BROKER_MS = 10_000
_FOLGA_MS = 4_000
PRESA_MS = TRANSACAO_MS + _BUSCA_DO_BROKER_MS + _FOLGA_MS

COM_DEFEITO = (
    4,
    3,
)  # desta versão em diante um broker morto no meio de um commit as deixa; veja a VERSAO_KAFKA

_DOS_OFFSETS = "__consumer_offsets"

Abertas = dict[int, list[tuple[TopicPartition, float]]]  # produtor: onde, e há quantos segundos


def examina_transacoes(admin: Any, versao: tuple[int, ...]) -> list[Achado]:
    """Um achado por transação presa. `versao` é a do Kafka. Erro: kafka.errors.KafkaError."""
    try:
        abertas = _abertas(admin, topicos())
        with contextlib.suppress(AuthorizationError):  # em um cluster com senha, este é só do administrador
            for produtor, onde in _abertas(admin, [_DOS_OFFSETS]).items():
                abertas[produtor] += onde
        donos = _donos(admin, abertas)
    except IncompatibleBrokerVersion:
        return [neutro("este Kafka, anterior ao 3.0, não diz que transações estão abertas")]
    presas = {
        produtor: onde
        for produtor, onde in abertas.items()
        if any(tp.topic != _DOS_OFFSETS for tp, _ in onde) or _da_aula(donos.get(produtor))
    }
    if not presas:
        return [certo("nenhuma transação presa")]
    return [errado(_linha(produtor, onde, donos.get(produtor), versao)) for produtor, onde in presas.items()]


def _abertas(admin: Any, nomes: list[str]) -> Abertas:
    """As transações abertas há mais de PRESA_MS nos tópicos que existem."""
    tps = [
        TopicPartition(topico["name"], particao["partition_index"])
        for topico in admin.describe_topics(nomes)
        for particao in topico["partitions"]
        if particao["leader_id"] != -1
    ]
    agora_ms = time.time() * 1000
    abertas: Abertas = defaultdict(list)
    for tp, estado in admin.describe_producers(tps).items():
        for produtor in estado.active_producers:
            idade_ms = agora_ms - produtor.last_timestamp
            if produtor.current_transaction_start_offset >= 0 and idade_ms > PRESA_MS:
                abertas[produtor.producer_id].append((tp, idade_ms / 1000))
    return abertas


def _donos(admin: Any, produtores: Collection[int]) -> dict[int, str]:
    """O transactional.id (str) de cada produtor que o Kafka ainda conhece."""
    if not produtores:
        return {}
    por_broker = admin.list_transactions(producer_id_filters=list(produtores))
    return {linha.producer_id: linha.transactional_id for linhas in por_broker.values() for linha in linhas}


def _da_aula(dono: str | None) -> bool:
    """Diz se pode ser de um serviço daqui: os offsets dos outros grupos do mesmo Kafka não são desta aula."""
    return dono is None or dono.startswith(tuple(etapa.grupo for etapa in ETAPAS))


def _linha(produtor: int, onde: list[tuple[TopicPartition, float]], dono: str | None, versao: tuple[int, ...]) -> str:
    lugares = ", ".join(f"{tp.topic} partição {tp.partition}" for tp, _ in sorted(onde))
    numero = ".".join(map(str, versao))
    defeito = f", e desde o {'.'.join(map(str, COM_DEFEITO))} há um defeito que as deixa assim: use o {VERSAO_KAFKA}"
    return (
        f"transação presa há {min(idade for _, idade in onde):.0f} s em {lugares} "
        f"({f'transactional.id {dono}' if dono else f'do produtor {produtor}, que o Kafka já esqueceu'}): quem lê dali "
        "espera por ela. Encerre quem a abriu; se continuar, use nomes novos (LAB_PREFIXO=novo em todos os terminais) "
        f"ou um Kafka com dados novos. Este é o Kafka {numero}{defeito if versao >= COM_DEFEITO else ''}"
    )
