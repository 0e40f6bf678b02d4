"""O que se pergunta ao Kafka e ao diário: quanto cada grupo avançou, e, no fim, os fatos que o verificador julga."""

import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from common.conexao.clientes import administrador, leitor
from common.configuracao import ETAPAS
from common.erros import ErroDoLaboratorio, PrazoEsgotado, motivo
from common.pedido import Pedido
from common.prazo import Prazo, com_prazo
from lab.caos.observador import ENTRE_TENTATIVAS_S, Caderno, particoes, resumo
from lab.caos.programas.produtor_anotado import CONFIRMADO, ENVIANDO
from lab.caos.verificador import Envio, Leitura
from lab.confere.leitura import le
from lab.kafka_local.configuracao import CONFIGURACAO_DO_BROKER
from lab.processos.parada import Parada

T = TypeVar("T")

INSISTE_S = 30.0  # três perguntas sem resposta
PERGUNTA_S = 10.0  # uma pergunta ao broker leva milissegundos; se ele acaba de voltar, alguns segundos
# os offsets dos grupos também fazem parte das transações
OFFSETS_DOS_GRUPOS = [
    TopicPartition("__consumer_offsets", numero)
    for numero in range(int(CONFIGURACAO_DO_BROKER["offsets.topic.num.partitions"]))
]


def _pergunta(funcao: Callable[[Any], T]) -> T:
    """A resposta a uma pergunta de administração. Erros: KafkaError, PrazoEsgotado."""

    def chama() -> T:
        with administrador() as admin:
            return funcao(admin)

    return com_prazo(chama, PERGUNTA_S, "perguntar ao Kafka")


def _insiste(funcao: Callable[[], T]) -> T:
    """O resultado de `funcao()`, tentada enquanto um broker acaba de voltar. Erro: ErroDoLaboratorio."""
    prazo = Prazo(INSISTE_S)
    while True:
        try:
            return funcao()
        except (KafkaError, PrazoEsgotado) as erro:
            if prazo.esgotado:
                raise ErroDoLaboratorio(f"o Kafka do ensaio não respondeu ao exame ({motivo(erro)})") from None
        time.sleep(ENTRE_TENTATIVAS_S)


def avancos() -> dict[TopicPartition, int] | None:
    """Até onde (offset) cada grupo leu de cada partição do seu tópico; None se o Kafka não respondeu agora."""
    try:
        grupos = _pergunta(lambda admin: admin.list_group_offsets([etapa.grupo for etapa in ETAPAS]))
    except (KafkaError, PrazoEsgotado):
        return None
    lidos = dict.fromkeys(particoes(), 0)
    for etapa in ETAPAS:
        lidos.update({tp: dado.offset for tp, dado in grupos[etapa.grupo].items() if tp.topic == etapa.entrada})
    return lidos


def esperando(leitura: Leitura, lidos: dict[TopicPartition, int]) -> int:
    """Quantos (int) dos pedidos de `leitura` os grupos ainda não leram."""
    return sum(
        registro.offset >= lidos[TopicPartition(etapa.entrada, registro.particao)]
        for etapa, registros in zip(ETAPAS, leitura, strict=True)
        for registro in registros
    )


def fins() -> dict[TopicPartition, int]:
    """O fim (offset) de cada partição: o que um leitor read_uncommitted alcançaria."""
    por_particao = dict.fromkeys(particoes(), OffsetSpec.LATEST)
    resposta = _insiste(lambda: _pergunta(lambda admin: admin.list_partition_offsets(por_particao)))
    return {tp: info.offset for tp, info in resposta.items()}


def le_tudo(ate: dict[TopicPartition, int], parada: Parada) -> Leitura:
    """O que um leitor novo, read_committed, acha do começo de cada partição até estes offsets."""
    caderno = Caderno()
    with leitor() as consumidor:
        le(consumidor, ate, caderno.anota, parada)
    return caderno.leitura


def confirmados(parada: Parada) -> dict[str, list[int]]:
    """ "grupo: tópico, partição": os offsets que se confirmaram, na ordem do log em que o Kafka os guarda.

    Erro: ErroDoLaboratorio se o Kafka parou de responder.
    """
    achados: dict[str, list[int]] = {}

    def anota(registro: ConsumerRecord) -> None:
        if confirmado := le_offset(registro.key, registro.value):
            onde, offset = confirmado
            achados.setdefault(onde, []).append(offset)

    with leitor() as consumidor:
        ate: dict[TopicPartition, int] = consumidor.end_offsets(OFFSETS_DOS_GRUPOS, timeout_ms=PERGUNTA_S * 1000)
        le(consumidor, ate, anota, parada)
    return achados


def le_offset(chave: bytes, valor: bytes | None) -> tuple[str, int] | None:
    """De quem é e qual é o offset de um registro de __consumer_offsets; None se ele diz outra coisa.

    Fonte: no código do Kafka, OffsetCommitKey.json (versões 0 e 1; a 2 é de outra mensagem) e OffsetCommitValue.json,
    em que o offset vem logo depois da versão, em todas.
    """
    (versao,) = struct.unpack_from(">h", chave)
    if versao > 1 or valor is None:  # sem valor: o Kafka esqueceu o offset
        return None
    fim, textos = 2, []
    for _ in ("grupo", "tópico"):
        (tamanho,) = struct.unpack_from(">h", chave, fim)
        textos.append(chave[fim + 2 : fim + 2 + tamanho].decode())
        fim += 2 + tamanho
    (particao,) = struct.unpack_from(">i", chave, fim)
    _, offset = struct.unpack_from(">hq", valor)
    return f"{textos[0]}: {textos[1]}, partição {particao}", offset


def abertas() -> list[str]:
    """As partições (list[str]) em que o LSO não é o high watermark, e as transações que não terminaram."""
    tps = particoes() + OFFSETS_DOS_GRUPOS

    def pergunta(isolamento: str) -> dict[TopicPartition, int]:
        with leitor(isolation_level=isolamento) as consumidor:
            resposta: dict[TopicPartition, int] = consumidor.end_offsets(tps, timeout_ms=PERGUNTA_S * 1000)
            return resposta

    tudo = _insiste(lambda: com_prazo(lambda: pergunta("read_uncommitted"), PERGUNTA_S, "ler os fins"))
    decidido = _insiste(lambda: com_prazo(lambda: pergunta("read_committed"), PERGUNTA_S, "ler os LSO"))
    sem_desfecho = [f"{tp.topic}/{tp.partition}" for tp in tps if decidido[tp] != tudo[tp]]
    estados = ["Ongoing", "PrepareCommit", "PrepareAbort"]
    por_broker = _insiste(lambda: _pergunta(lambda admin: admin.list_transactions(state_filters=estados)))
    em_curso = [listada for listadas in por_broker.values() for listada in listadas]
    return sem_desfecho + [f"{listada.transactional_id} ({listada.state.value})" for listada in em_curso]


def donos() -> dict[str, dict[int, list[str]]]:
    """Grupo: partição da entrada: os membros que a têm agora."""
    resultado: dict[str, dict[int, list[str]]] = {etapa.grupo: {} for etapa in ETAPAS}
    grupos = [etapa.grupo for etapa in ETAPAS]
    descritos = _insiste(lambda: _pergunta(lambda admin: admin.describe_groups(grupos)))
    for etapa in ETAPAS:
        for membro in descritos[etapa.grupo]["members"]:
            for atribuido in (membro["member_assignment"] or {}).get("assigned_partitions", ()):
                for particao in atribuido["partitions"]:
                    resultado[etapa.grupo].setdefault(particao, []).append(membro["member_id"])
    return resultado


def _linhas(pasta: Path) -> Iterator[bytes]:
    """As linhas dos diários de uma pasta, um por processo: a última de um morto (kill -9) pode estar pela metade."""
    for diario in pasta.iterdir():
        yield from diario.read_bytes().split(b"\n")[:-1]


def le_avisos(pasta: Path) -> set[UUID]:
    """Os pedidos que a notificação disse."""
    return {UUID(linha.decode()) for linha in _linhas(pasta)}


def le_envios(pasta: Path) -> dict[UUID, Envio]:
    """O que os produtores enviaram, e onde o Kafka confirmou."""
    enviados: dict[UUID, Envio] = {}
    for linha in _linhas(pasta):
        fato, resto = linha[: len(ENVIANDO)], linha[len(ENVIANDO) :]
        if fato == ENVIANDO:
            pedido = msgspec.json.decode(resto, type=Pedido)
            enviados[pedido.id] = Envio(resumo(pedido), pedido.total_centavos, None)
        elif fato == CONFIRMADO:
            id_, particao, offset = resto.decode().split()
            pedido_id = UUID(id_)
            enviados[pedido_id] = enviados[pedido_id]._replace(lugar=(int(particao), int(offset)))
    return enviados
