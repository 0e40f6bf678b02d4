"""Uma sessão com o Kafka: um consumidor e um produtor transacional, do começo ao primeiro erro.

A transação, passo a passo (KIP-98, KIP-447):

1. begin
2. envia o que foi publicado
3. flush, e o resultado de cada envio: um envio que falhou não pode virar commit
4. os offsets do que foi lido, com a foto do grupo tirada logo depois do poll
5. commit: resultado e offset ficam visíveis juntos, ou nenhum
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from common.conexao import clientes
from common.conexao.topico_fixo import fixa_topico, foi_trocado
from common.configuracao import Etapa
from common.erros import PrazoEsgotado, SessaoPerdida, TopicoTrocado
from common.grupo.atribuicao import Atribuicao
from common.grupo.posicoes import Posicoes
from common.prazo import Prazo, abandona, com_prazo
from common.terminal.sinais import Interrupcao

T = TypeVar("T")

SILENCIO_S = 2.0  # depois disto, quem espera diz por quê: ninguém deve pensar que travou
ABERTURA_S = 10.0  # conectar e encerrar a transação anterior; o bootstrap sozinho desiste em 5 s
POLL_MS = 200  # curto, para que o Ctrl+C aja
POLL_PRAZO_S = 10.0  # poll(200 ms) não deveria passar muito disso
TRANSACAO_S = 8.0  # uma transação leva 10 ms; depois do transaction.timeout.ms (6 s) o broker já a abortou
PULSO_MS = 1_000
FECHA_CONSUMIDOR_MS = 500  # sair do grupo é uma pergunta só
FECHA_PRODUTOR_S = 2.0  # com 1 s ou menos e um lote pendente, close() falha e deixa a thread viva


@dataclass(frozen=True)
class Publicacao:
    """Um registro a publicar: tópico, partição (int), chave e valor (bytes) e cabeçalhos."""

    topico: str
    particao: int
    chave: bytes
    valor: bytes
    cabecalhos: list[tuple[str, bytes]]


class Sessao:
    """Lê, publica e confirma sob prazo. O primeiro erro a invalida: feche e abra outra.

    Toda chamada que pode bloquear corre sob prazo. Depois de aberta, a que passa de SILENCIO_S diz, por `fala`, o que
    espera; antes disso quem fala é quem a abre.
    Erros de todos os métodos: kafka.errors.KafkaError, PrazoEsgotado, SessaoPerdida, TopicoTrocado.
    """

    def __init__(
        self, etapa: Etapa, transactional_id: str, interrupcao: Interrupcao, fala: Callable[[str], None]
    ) -> None:
        self.atribuicao = Atribuicao()
        self._etapa = etapa
        self._interrupcao, self._fala = interrupcao, fala
        self._aberta = False
        self._posicionada_em = 0  # versão da atribuição cujas posições já vieram do grupo
        self._consumidor: Any = None
        self._produtor: Any = None
        try:
            # o mesmo transactional_id expulsa um produtor abandonado antes e encerra a transação dele
            self._produtor = self._chama(
                lambda: KafkaProducer(**clientes.do_produtor_transacional(transactional_id)),
                ABERTURA_S,
                "abrir o produtor",
            )
            self._chama(self._produtor.init_transactions, ABERTURA_S, "init_transactions")
            self.particoes_de_saida = self._conta_particoes_de_saida()
            # quem decide de onde ler é Posicoes, à vista de todos: "earliest" pularia em silêncio o que sumiu do log,
            # e o repetiria inteiro se ele voltasse atrás
            ajustes = clientes.do_consumidor(etapa.grupo) | {"auto_offset_reset": "none"}
            self._consumidor = self._chama(lambda: KafkaConsumer(**ajustes), ABERTURA_S, "abrir o consumidor")
            self._consumidor.subscribe([etapa.entrada], listener=self.atribuicao)
            # um líder que entra no grupo sem conhecer as partições atribui a lista vazia, e não volta atrás
            conhece = partial(self._consumidor.partitions_for_topic, etapa.entrada)
            self._chama(conhece, ABERTURA_S, "ler as partições de entrada")
            self._topico = fixa_topico(self._consumidor, etapa.entrada)
            self._posicoes = Posicoes(self._consumidor, self._topico, self._chama, fala)
            self._aberta = True
        except BaseException:
            self.fecha()
            raise

    def busca(self, lote: int) -> list[ConsumerRecord]:
        """Até `lote` registros; nenhum se nada chegou em POLL_MS ou se houve um rebalanceamento."""
        por_particao: dict[TopicPartition, list[ConsumerRecord]] = {}
        fora_do_log: dict[TopicPartition, int] = {}
        try:
            por_particao = self._chama(
                lambda: self._consumidor.poll(timeout_ms=POLL_MS, max_records=lote), POLL_PRAZO_S, "poll"
            )
        except NoOffsetForPartitionError:  # uma partição que o grupo nunca leu: quem a posiciona somos nós
            if self.atribuicao.versao == self._posicionada_em:
                raise
        except OffsetOutOfRangeError as erro:
            fora_do_log = erro.args[0]
        # a foto é de agora: depois do trabalho ela poderia ser de quem já foi expulso (geração -1),
        # e o broker aceita offsets sem geração sem conferir nada
        self._foto = self._consumidor.group_metadata()
        if foi_trocado(self._consumidor, self._etapa.entrada, self._topico):
            raise TopicoTrocado(f"o tópico {self._etapa.entrada} foi apagado e criado de novo")
        versao = self.atribuicao.versao
        if versao != self._posicionada_em:
            # a posição em memória pode ser de antes da perda, e o que o poll trouxe também
            self._posicoes.toma_do_grupo()
            self._posicionada_em = versao
            return []
        self._posicoes.volta_ao_log(fora_do_log)
        if por_particao and self._foto.generation_id < 0:
            raise SessaoPerdida("o grupo expulsou esta instância")
        return [registro for registros in por_particao.values() for registro in registros]

    def confirma(self, lidos: Sequence[ConsumerRecord], publicacoes: Sequence[Publicacao]) -> None:
        """Publica e avança o grupo além de `lidos`, em uma transação só: os cinco passos do começo do arquivo."""
        offsets = self._posicoes.depois_de(lidos)
        foto = self._foto

        def transacao() -> None:
            # 1
            self._produtor.begin_transaction()
            # 2
            envios = [self._envia(publicacao) for publicacao in publicacoes]
            # 3
            self._produtor.flush(TRANSACAO_S)
            for envio in envios:
                envio.get(0)
            # 4
            self._produtor.send_offsets_to_transaction(offsets, foto)
            # 5
            self._produtor.commit_transaction()

        self._chama(transacao, TRANSACAO_S, "transação")

    def _envia(self, p: Publicacao) -> Any:
        try:
            return self._produtor.send(p.topico, p.valor, p.chave, p.cabecalhos, p.particao)
        except ValueError:  # é assim que o kafka-python diz que a partição não existe
            raise SessaoPerdida(f"o tópico {p.topico} não tem mais a partição {p.particao}") from None

    def devolve(self, registros: Sequence[ConsumerRecord]) -> None:
        """Volta cada partição ao primeiro destes registros, que ninguém trabalhou."""
        for registro in reversed(registros):
            self._consumidor.seek(TopicPartition(registro.topic, registro.partition), registro.offset)

    def pulso(self) -> None:
        """Pergunta algo barato ao broker: um poll() ocioso nunca conta que ele morreu."""
        particao = TopicPartition(self._etapa.entrada, 0)
        self._chama(lambda: self._consumidor.end_offsets([particao], timeout_ms=PULSO_MS), POLL_PRAZO_S, "pulso")

    def fecha(self) -> None:
        """Sai do grupo, depois solta o produtor. Nunca falha e nunca passa dos prazos."""
        # o consumidor primeiro: sem fechar, ele segura as partições até max_poll_interval_ms
        if self._consumidor is not None:
            fecha = partial(self._consumidor.close, timeout_ms=FECHA_CONSUMIDOR_MS)
            self._tenta(fecha, 2 * FECHA_CONSUMIDOR_MS / 1000, self._consumidor)
        if self._produtor is not None:
            self._tenta(partial(self._produtor.close, timeout=FECHA_PRODUTOR_S), 2 * FECHA_PRODUTOR_S, self._produtor)

    def _tenta(self, fechamento: Callable[[], None], segundos: float, cliente: object) -> None:
        try:
            self._chama(fechamento, segundos, "fechar")
        except (KafkaError, PrazoEsgotado):
            abandona(cliente)  # close() parou no meio: uma thread do cliente continua viva

    def _conta_particoes_de_saida(self) -> int:
        saida = self._etapa.saida
        if saida is None:
            return 0
        return len(self._chama(lambda: self._produtor.partitions_for(saida), ABERTURA_S, "ler as partições de saída"))

    def _chama(self, funcao: Callable[[], T], segundos: float, o_que: str) -> T:
        silencio = Prazo(SILENCIO_S)

        def a_cada_passo(prazo: Prazo) -> None:
            nonlocal silencio
            self._interrupcao.encurta(prazo)
            if self._aberta and silencio.esgotado:
                silencio = Prazo(math.inf)  # dito uma vez
                self._fala(f"O Kafka não responde ({o_que}): espero por até {segundos:.0f} s (Ctrl+C encerra)")

        return com_prazo(funcao, segundos, o_que, a_cada_passo)
