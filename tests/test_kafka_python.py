"""O contrato com o kafka-python: tudo o que usamos dele sem que ele o prometa, e nada mais.

Uma versão que mude um destes nomes de lugar, ou o que ele recebe, é dita aqui antes de qualquer broker.
"""

import ast
import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from common.pacotes import requisitos, satisfaz
from lab import RAIZ
from tests.apoio.copias import editadas

PUBLICOS = {"kafka", "kafka.admin", "kafka.errors", "kafka.structs"}  # o que a documentação dele promete
DADO = "um atributo, e não uma chamada"

# o módulo e o nome nele, como o código o importa ou alcança: a assinatura
CONTRATO = {
    "kafka KafkaConsumer._cluster": DADO,
    "kafka KafkaConsumer._fetcher": DADO,
    "kafka.cluster ClusterMetadata.topic_id": "(self, topic_name)",
    "kafka.codec _detect_xerial_stream": "(payload)",
    "kafka.codec lz4": DADO,
    "kafka.codec snappy": DADO,
    "kafka.codec zstd": DADO,
    "kafka.consumer.fetcher FetchRequest._max_version": DADO,
    "kafka.consumer.fetcher Fetcher._create_fetch_requests": "(self)",
    "kafka.consumer.fetcher Fetcher._handle_fetch_response": "(self, node_id, fetch_offsets, send_time, response)",
    "kafka.record.default_records DefaultRecordBase": "()",
    "kafka.record.default_records DefaultRecordBatch._decompressed": DADO,
    "kafka.record.default_records DefaultRecordBatch._maybe_uncompress": "(self)",
    "kafka.record.default_records DefaultRecordBatch._num_records": DADO,
    "kafka.record.util encode_varint": "(value, write)",
    "kafka.consumer.fetcher ConsumerRecord": "(topic, partition, leader_epoch, offset, timestamp, timestamp_type, key, "
    "value, headers, checksum, serialized_key_size, serialized_value_size, serialized_header_size)",
    "kafka.coordinator.assignors.range RangePartitionAssignor": "()",
    "kafka.coordinator.base BaseCoordinator._process_join_group_response": "(self, response, send_time)",
    "kafka.coordinator.consumer ConsumerCoordinator.need_rejoin": "(self)",
    "kafka.coordinator.consumer ConsumerCoordinator.request_rejoin": "(self)",
    "kafka.net.connection KafkaConnection._sasl_authenticate": "(self, timeout_at=None)",
    "kafka.net.inet KafkaNetSocket.connect_ex": "(self, sock, sockaddr)",
    "kafka.net.inet KafkaNetSocket.dns_lookup": "(self, host, port, raise_error=False)",
    "kafka.net.inet KafkaNetSocket.sock_connect": "(self, net, sock, sockaddr, timeout_at=None)",
    "kafka.net.manager KafkaConnectionManager": "(net, **configs)",
    "kafka.net.manager KafkaConnectionManager.bootstrap": "(self, timeout_ms=None, refresh=True)",
    "kafka.net.manager KafkaConnectionManager.broker_version": DADO,
    "kafka.net.manager KafkaConnectionManager.close": "(self, node_id=None, timeout_ms=None)",
    "kafka.net.selector NetworkSelector": "(**configs)",
    "kafka.net.selector NetworkSelector.close": "(self)",
    "kafka.net.transport KafkaSSLTransport._sock_recv": "(self)",
    "kafka.net.transport KafkaTCPTransport._sock_recv": "(self)",
    "kafka.producer.sender Sender._complete_batch": "(self, batch, partition_response)",
    "kafka.producer.transaction_manager EndTxnHandler.on_complete": "(self, correlation_id, response_or_exc)",
    "kafka.producer.transaction_manager TxnOffsetCommitHandler.on_complete": "(self, correlation_id, response_or_exc)",
    "kafka.producer.transaction_manager InitProducerIdHandler.fatal_error": "(self, exc)",
    "kafka.producer.transaction_manager InitProducerIdHandler.handle_response": "(self, response)",
    "kafka.record.default_records DefaultRecord": "(size_in_bytes, offset, timestamp, timestamp_type, key, value, "
    "headers)",
    "kafka.record.default_records DefaultRecordBatch.__next__": "(self)",
    "kafka.record.default_records DefaultRecordBatch._buffer": DADO,
    "kafka.record.default_records DefaultRecordBatch._next_record_index": DADO,
    "kafka.record.default_records DefaultRecordBatch._pos": DADO,
    "kafka.record.default_records DefaultRecordBatch.base_offset": DADO,
    "kafka.record.default_records DefaultRecordBatch.first_timestamp": DADO,
    "kafka.record.default_records DefaultRecordBatch.timestamp_type": DADO,
    "kafka.record.default_records decode_varint": "(buffer, pos=0)",
}

NOSSOS = [
    arquivo
    for pasta in ("common", "lab", "exercicios")
    for arquivo in sorted((RAIZ / pasta).rglob("*.py"))
    if arquivo.stem not in editadas() and "kafka" in arquivo.read_text(encoding="utf-8")
]
PRIVADO = re.compile(r"_[a-z]\w*")
DE_OUTROS = {"_exit", "_replace"}  # os._exit, e o _replace das namedtuples: os dois documentados


# em outro processo: neste, outros testes podem ter posto os remendos de common/conexao/remendos.py
PERGUNTA = f"""
import importlib, inspect, json, operator, sys
def assinatura(nome):
    modulo, caminho = nome.split()
    try:
        modulo = importlib.import_module(modulo)
        achado = operator.attrgetter(caminho)(modulo)
    except ImportError as erro:
        return str(erro)
    except AttributeError as erro:  # talvez só exista em cada objeto
        dono, _, atributo = caminho.rpartition(".")
        classe = operator.attrgetter(dono)(modulo) if dono else None
        return {DADO!r} if classe and f"self.{{atributo}} = " in inspect.getsource(classe) else str(erro)
    return str(inspect.signature(achado)) if callable(achado) else {DADO!r}
print(json.dumps({{nome: assinatura(nome) for nome in json.load(sys.stdin)}}))
"""


@functools.cache
def assinaturas() -> dict[str, str]:
    """O que o kafka-python instalado diz de cada nome do contrato."""
    fim = subprocess.run(
        [sys.executable, "-c", PERGUNTA], input=json.dumps(list(CONTRATO)), capture_output=True, text=True, check=True
    )
    ditas: dict[str, str] = json.loads(fim.stdout)
    return ditas


@pytest.mark.parametrize("nome", CONTRATO)
def test_o_nome_existe_e_recebe_o_mesmo(nome: str) -> None:
    assert assinaturas()[nome] == CONTRATO[nome]


def test_o_instalado_esta_na_faixa_do_requirements() -> None:
    assert satisfaz(metadata.version("kafka-python"), dict(requisitos())["kafka-python"])


def importados(arvore: ast.AST) -> Iterator[str]:
    """O que o arquivo importa dos módulos que o kafka-python não promete, como "módulo nome"."""
    for no in ast.walk(arvore):
        if isinstance(no, ast.ImportFrom) and (no.module or "").partition(".")[0] == "kafka":
            if no.module not in PUBLICOS:
                yield from (f"{no.module} {apelido.name}" for apelido in no.names)
        elif isinstance(no, ast.Import):
            yield from (a.name for a in no.names if a.name.startswith("kafka") and a.name not in PUBLICOS)


def privados(arvore: ast.AST) -> Iterator[str]:
    """Os nomes privados que o arquivo alcança em objetos que não são seus."""
    seus = {no.name for no in ast.walk(arvore) if isinstance(no, ast.FunctionDef)} | DE_OUTROS
    alcancados = []
    for no in ast.walk(arvore):
        if isinstance(no, ast.Attribute) and PRIVADO.fullmatch(no.attr):
            if isinstance(no.value, ast.Name) and no.value.id == "self":
                seus.add(no.attr)
            elif ast.unparse(no.value) != "super()":
                alcancados.append(no.attr)
    return (nome for nome in alcancados if nome not in seus)


def le(arquivo: Path) -> ast.AST:
    return ast.parse(arquivo.read_text(encoding="utf-8"))


def test_o_codigo_nao_importa_nada_alem_do_contrato() -> None:
    usados = {nome for arquivo in NOSSOS for nome in importados(le(arquivo))}
    assert usados <= {f"{modulo} {caminho.partition('.')[0]}" for modulo, caminho in map(str.split, CONTRATO)}


def test_o_codigo_nao_alcanca_nada_alem_do_contrato() -> None:
    alcancados = {nome for arquivo in NOSSOS for nome in privados(le(arquivo))}
    assert alcancados == {parte for nome in CONTRATO for parte in nome.split(".") if PRIVADO.fullmatch(parte)}
