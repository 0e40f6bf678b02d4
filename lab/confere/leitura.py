"""Lê os três tópicos inteiros, até o fim que tinham quando a leitura começou, e faz deles uma Contagem.

Só lê: não entra em grupo nenhum e não muda nada, nem para quem está trabalhando.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.consumer.fetcher import ConsumerRecord
from kafka.structs import OffsetAndMetadata

from common.conexao.clientes import TRANSACAO_MS, administrador, bootstrap, leitor
from common.conexao.espera import quando_houver_kafka
from common.conexao.topicos import topicos_que_existem
from common.configuracao import ETAPAS, topicos
from common.erros import ErroDoLaboratorio, PedidoInvalido
from common.grupo import anotacao
from common.pedido import decodifica
from common.prazo import Prazo, espera_ate
from common.terminal.andamento import Andamento
from common.terminal.sinais import Interrupcao
from lab.confere.contagem import Contagem, Lugar, TopicoLido

ESPERA_PELO_KAFKA_S = 5.0  # quem confere acabou de usar o Kafka: se ele não está lá, é bom saber logo
TRANSACAO_ABERTA_S = TRANSACAO_MS / 1000 + 4.0  # além disto o broker já deveria ter abortado qualquer transação órfã
SEM_NOVIDADE_S = 15.0  # sem um registro sequer neste tempo, o Kafka se foi no meio da leitura
POLL_MS = 200  # curto, para que o Ctrl+C aja
POLL_REGISTROS = 5_000
MUITOS_OFFSETS = 20_000  # meio segundo de leitura; acima disto vale mostrar o andamento

Fala = Callable[[str], None]
Fins = dict[TopicPartition, int]


def conta(fala: Fala, interrupcao: Interrupcao) -> Contagem:
    """A contagem no Kafka de KAFKA_BOOTSTRAP_SERVERS, com os nomes de LAB_PREFIXO.

    Erros: KafkaIndisponivel, ErroDoLaboratorio se nenhum script rodou ainda, KeyboardInterrupt.
    """
    return quando_houver_kafka(lambda: _conta(fala, interrupcao), fala, interrupcao, ESPERA_PELO_KAFKA_S)


def _conta(fala: Fala, interrupcao: Interrupcao) -> Contagem:
    with administrador() as admin:
        lidos, fins = _estado(admin)
    with leitor() as consumidor:
        espera_transacoes(consumidor, fins, fala, interrupcao)
        le(consumidor, fins, _Anotador(lidos).anota, interrupcao)
    return Contagem((lidos[0], lidos[1], lidos[2]))


def _estado(admin: Any) -> tuple[list[TopicoLido], Fins]:
    """Até onde cada grupo leu e onde cada partição termina, em uma ordem que não acusa ninguém à toa.

    Os grupos antes dos fins: o resultado de um pedido já lido tem de estar antes do fim. E os fins do último
    tópico ao primeiro: um pedido que avance durante a pergunta já estava no tópico anterior.
    """
    existentes = topicos_que_existem(admin)
    if faltam := [nome for nome in topicos() if nome not in existentes]:
        raise ErroDoLaboratorio(
            f"o Kafka em {bootstrap()} não tem {', '.join(faltam)}: nenhum script rodou ainda com esses nomes. "
            "Comece por: python servico_notificacao.py"
        )
    grupos = admin.list_group_offsets([etapa.grupo for etapa in ETAPAS])
    lidos, fins = [], {}
    for etapa in reversed(ETAPAS):
        topico = existentes[etapa.entrada]
        tps = [TopicPartition(etapa.entrada, numero) for numero in range(len(topico["partitions"]))]
        fins.update({tp: info.offset for tp, info in _offsets(admin, tps, OffsetSpec.LATEST).items()})
        inicios = {tp: info.offset for tp, info in _offsets(admin, tps, OffsetSpec.EARLIEST).items()}
        lidos.append(_ate_onde_leu(etapa.entrada, topico["topic_id"], grupos[etapa.grupo], inicios))
    return lidos[::-1], fins


def _ate_onde_leu(
    nome: str, topic_id: str | None, offsets: Mapping[TopicPartition, OffsetAndMetadata], inicios: Fins
) -> TopicoLido:
    """O tópico ainda por ler, com o que os offsets do grupo já dizem dele."""
    lido = TopicoLido(nome, cortado=any(inicios.values()))
    for tp, inicio in inicios.items():
        # um offset de outro tópico que teve este nome não diz nada deste
        if tp in offsets and (nota := anotacao.le(offsets[tp].metadata).continua_em(anotacao.identificador(topic_id))):
            lido.lido_ate[tp.partition] = offsets[tp].offset
            lido.apagados_sem_leitura += nota.pulados + max(0, inicio - offsets[tp].offset)
    return lido


def _offsets(admin: Any, tps: list[TopicPartition], qual: OffsetSpec) -> dict[TopicPartition, Any]:
    resposta: dict[TopicPartition, Any] = admin.list_partition_offsets(dict.fromkeys(tps, qual))
    return resposta


def espera_transacoes(consumidor: Any, fins: Fins, fala: Fala, interrupcao: Interrupcao) -> None:
    """Espera que o que foi escrito até `fins` esteja decidido; onde não ficou, encurta `fins` e avisa.

    Para um consumidor read_committed o fim é o LSO: o começo da transação aberta mais antiga.
    """
    visiveis: Fins = {}

    def todas_decididas() -> bool:
        visiveis.update(consumidor.end_offsets(list(fins)))
        return all(visiveis[tp] >= fim for tp, fim in fins.items())

    if espera_ate(todas_decididas, TRANSACAO_ABERTA_S, lambda: _exige_que_continue(interrupcao)):
        return
    for tp in [tp for tp, fim in fins.items() if visiveis[tp] < fim]:
        fins[tp] = visiveis[tp]
        fala(
            f"AVISO: há uma transação aberta em {tp.topic}, partição {tp.partition}, desde o offset {visiveis[tp]}, "
            f"há mais de {TRANSACAO_ABERTA_S:.0f} s: conto só o que veio antes dela"
        )


def le(consumidor: Any, fins: Fins, anota: Callable[[ConsumerRecord], object], interrupcao: Interrupcao) -> None:
    """Chama `anota` com cada registro, do começo de cada partição até o seu fim. Erros: os de `conta`."""
    consumidor.assign(list(fins))
    consumidor.seek_to_beginning(*fins)
    total = sum(fins.values())
    andamento = Andamento("CONFERE", "cyan", total) if total >= MUITOS_OFFSETS else None
    posicoes = dict.fromkeys(fins, 0)
    prazo = Prazo(SEM_NOVIDADE_S)
    try:
        while True:
            # a posição passa também por cima do que não é pedido: marcas de transação e registros abortados
            novas = {tp: consumidor.position(tp, timeout_ms=POLL_MS) or 0 for tp in fins}
            if novas != posicoes:
                posicoes, prazo = novas, Prazo(SEM_NOVIDADE_S)
            prontas = [tp for tp, fim in fins.items() if posicoes[tp] >= fim]
            if andamento:
                andamento.avanca(sum(min(posicoes[tp], fim) for tp, fim in fins.items()))
            if len(prontas) == len(fins):
                return
            if prazo.esgotado:
                raise ErroDoLaboratorio(
                    f"o Kafka em {bootstrap()} parou de responder no meio da leitura; tente de novo"
                )
            _exige_que_continue(interrupcao)
            consumidor.pause(*prontas)  # o que chegar depois do fim não é desta contagem
            for registros in consumidor.poll(timeout_ms=POLL_MS, max_records=POLL_REGISTROS).values():
                for registro in registros:
                    if registro.offset < fins[TopicPartition(registro.topic, registro.partition)]:
                        anota(registro)
    finally:
        if andamento:
            andamento.encerra(sum(min(posicoes[tp], fim) for tp, fim in fins.items()))


class _Anotador:
    """Põe cada registro no seu tópico: um pedido desta etapa, ou um registro inválido."""

    def __init__(self, lidos: list[TopicoLido]) -> None:
        self._por_nome = {lido.nome: (lido, etapa.status_esperado) for lido, etapa in zip(lidos, ETAPAS, strict=True)}

    def anota(self, registro: ConsumerRecord) -> None:
        topico, esperado = self._por_nome[registro.topic]
        lugar = Lugar(registro.partition, registro.offset)
        try:
            pedido = decodifica(registro.value, esperado)
        except PedidoInvalido:
            topico.invalidos.append(lugar)
            return
        instancia = dict(registro.headers).get("instancia")
        texto = instancia.decode("utf-8", "replace") if instancia is not None else None
        topico.anota(pedido.id, lugar, texto)


def _exige_que_continue(interrupcao: Interrupcao) -> None:
    if interrupcao.pedida:
        raise KeyboardInterrupt
