"""De onde uma instância lê cada partição, e o que o commit diz disso: as posições são do grupo, e não da memória."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.structs import OffsetAndMetadata

from common.grupo import anotacao
from common.grupo.anotacao import Anotacao

POSICAO_S = 15.0  # o offset de um dono morto no meio do commit só aparece quando a transação dele expira (7 s)


class Posicoes:
    """As partições atribuídas a `consumidor`, que lê o tópico de identificador `topic_id`.

    `chama(pergunta, segundos, o_que)` faz uma pergunta ao Kafka sob prazo; os erros dela são os daqui.
    """

    def __init__(
        self, consumidor: Any, topic_id: UUID | None, chama: Callable[..., Any], fala: Callable[[str], None]
    ) -> None:
        self._consumidor, self._chama, self._fala = consumidor, chama, fala
        self._topico = anotacao.identificador(topic_id)
        self._anotacoes: defaultdict[TopicPartition, Anotacao] = defaultdict(lambda: Anotacao(self._topico))

    def toma_do_grupo(self) -> None:
        """Começa cada partição atribuída no offset do grupo; onde não há um que valha, no início."""
        for particao in self._consumidor.assignment():
            pergunta = partial(self._consumidor.committed, particao, metadata=True, timeout_ms=POSICAO_S * 1000)
            anotado = self._chama(pergunta, POSICAO_S, "ler o offset do grupo")
            # o de outro tópico que teve este nome não vale
            continua = anotacao.le(anotado.metadata).continua_em(self._topico) if anotado else None
            self._anotacoes[particao] = continua or Anotacao(self._topico)
            self._consumidor.seek(particao, anotado.offset if continua else 0)

    def volta_ao_log(self, fora: Mapping[TopicPartition, int]) -> None:
        """Onde o log não tem mais a posição (partição: offset), segue do que há, e diz o que isso significa."""
        for particao, posicao in fora.items():
            inicio = self._onde(self._consumidor.beginning_offsets, particao)
            fim = self._onde(self._consumidor.end_offsets, particao)
            onde = f"{particao.topic}, partição {particao.partition}"
            if posicao > fim:
                # recomeçar do início repetiria tudo o que já foi feito
                alem = f"o offset do grupo, {posicao}, está além do fim do log, {fim}"
                self._fala(f"AVISO: {onde}: {alem}: o Kafka perdeu registros. Sigo do fim")
                self._consumidor.seek(particao, fim)
            elif posicao < inicio:
                self._diz_o_que_sumiu(particao, posicao, inicio, onde)
                self._consumidor.seek(particao, inicio)

    def _onde(self, pergunta: Callable[..., dict[TopicPartition, int]], particao: TopicPartition) -> int:
        no_prazo = partial(pergunta, [particao], timeout_ms=POSICAO_S * 1000)
        respostas: dict[TopicPartition, int] = self._chama(no_prazo, POSICAO_S, "ler onde o log está")
        return respostas[particao]

    def _diz_o_que_sumiu(self, particao: TopicPartition, posicao: int, inicio: int, onde: str) -> None:
        if posicao == 0:  # o grupo pode ter lido isso e o offset ter vencido: não há prova
            self._fala(f"AVISO: {onde}: o que veio antes do offset {inicio} foi apagado, e o grupo não sabe se o leu")
            return
        sumidos = inicio - posicao
        self._fala(f"PERDIDOS: {onde}: {sumidos} offsets, de {posicao} a {inicio - 1}, foram apagados antes de lidos")
        nota = self._anotacoes[particao]
        self._anotacoes[particao] = replace(nota, pulados=nota.pulados + sumidos)

    def depois_de(self, lidos: Sequence[ConsumerRecord]) -> dict[TopicPartition, OffsetAndMetadata]:
        """O que confirmar de cada partição quando `lidos` estiverem feitos."""
        ultimos = {TopicPartition(registro.topic, registro.partition): registro.offset for registro in lidos}
        return {
            particao: OffsetAndMetadata(ultimo + 1, self._anotacoes[particao].texto(), -1)
            for particao, ultimo in ultimos.items()
        }
