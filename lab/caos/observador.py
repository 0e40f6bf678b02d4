"""Quem lê os três tópicos enquanto as falhas acontecem, como um cliente de fora: read_committed, e nada mais."""

import threading
from hashlib import blake2b
from typing import Any

import msgspec
from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from common.conexao.clientes import novo_leitor
from common.configuracao import ETAPAS, NUMERO_DE_PARTICOES, topicos
from common.erros import PedidoInvalido, PrazoEsgotado
from common.pedido import Pedido, Status, decodifica
from common.prazo import abandona, com_prazo
from lab.caos.verificador import Leitura, Registro, Sessao

POLL_MS = 200
POLL_REGISTROS = 5_000
POLL_PRAZO_S = 10.0  # poll(200 ms) não deveria passar muito disso: depois, outro consumidor
ABERTURA_S = 10.0
FECHA_S = 2.0
ENTRE_TENTATIVAS_S = 0.5


def particoes() -> list[TopicPartition]:
    """As partições (list[TopicPartition]) dos três tópicos."""
    return [TopicPartition(topico, numero) for topico in topicos() for numero in range(NUMERO_DE_PARTICOES)]


def resumo(pedido: Pedido) -> bytes:
    """16 bytes que mudam se algo no pedido mudar, menos o status."""
    sem_status = msgspec.structs.replace(pedido, status=Status.NOVO)
    return blake2b(msgspec.json.encode(sem_status), digest_size=16).digest()


class Caderno:
    """Os registros válidos de cada tópico, na ordem em que foram lidos. O que não é um pedido não entra."""

    def __init__(self) -> None:
        self.leitura: Leitura = ([], [], [])
        self._indices = {nome: indice for indice, nome in enumerate(topicos())}

    def anota(self, registro: ConsumerRecord) -> bool:
        """Põe `registro` no seu tópico, se é um pedido da etapa que o lê. Devolve se é."""
        indice = self._indices[registro.topic]
        try:
            pedido = decodifica(registro.value, ETAPAS[indice].status_esperado)
        except PedidoInvalido:
            return False
        origem = dict(registro.headers).get("origem")
        self.leitura[indice].append(
            Registro(
                registro.partition,
                registro.offset,
                pedido.id,
                resumo(pedido),
                pedido.total_centavos,
                origem.decode("utf-8", "replace") if origem else None,
            )
        )
        return True


class Observador:
    """Lê em uma thread, do `with` até o fim dele; a leitura cresce enquanto isso."""

    def __init__(self) -> None:
        self._caderno = Caderno()
        self.sessoes: list[Sessao] = []
        self._posicoes: dict[TopicPartition, int] = dict.fromkeys(particoes(), 0)
        self._fim = threading.Event()
        self._thread = threading.Thread(target=self._observa, daemon=True, name="observador")

    def __enter__(self) -> "Observador":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._fim.set()
        self._thread.join(POLL_PRAZO_S + ABERTURA_S)

    @property
    def leitura(self) -> Leitura:
        """O que se viu até agora (as listas só crescem)."""
        return self._caderno.leitura

    def contagem(self) -> tuple[int, int, int]:
        """Quantos registros (int) de cada tópico se viram até agora."""
        enviados, aprovados, pagos = map(len, self.leitura)
        return enviados, aprovados, pagos

    def alcancou(self, fins: dict[TopicPartition, int]) -> bool:
        """Diz se já passou de todos estes offsets."""
        return all(self._posicoes[tp] >= fim for tp, fim in fins.items())

    def _observa(self) -> None:
        while not self._fim.is_set():
            try:
                self._le_ate_um_erro()
            except (KafkaError, PrazoEsgotado):
                self._fim.wait(ENTRE_TENTATIVAS_S)

    def _le_ate_um_erro(self) -> None:
        consumidor = com_prazo(novo_leitor, ABERTURA_S, "abrir o leitor")
        try:
            consumidor.assign(list(self._posicoes))
            for tp, posicao in self._posicoes.items():
                consumidor.seek(tp, posicao)
            sessao: Sessao = []
            self.sessoes.append(sessao)
            while not self._fim.is_set():
                registros, posicoes = com_prazo(lambda: self._le(consumidor), POLL_PRAZO_S, "poll")
                for registro in registros:
                    if self._caderno.anota(registro):
                        sessao.append((registro.topic, registro.partition, registro.offset))
                self._posicoes = posicoes  # depois de anotar: se um erro vier antes, relê
        finally:
            try:
                com_prazo(consumidor.close, FECHA_S, "fechar o leitor")
            except (KafkaError, PrazoEsgotado):
                abandona(consumidor)

    def _le(self, consumidor: Any) -> tuple[list[ConsumerRecord], dict[TopicPartition, int]]:
        por_particao = consumidor.poll(timeout_ms=POLL_MS, max_records=POLL_REGISTROS)
        # a posição passa também por cima do que não é pedido: marcas de transação e registros abortados
        posicoes = {tp: consumidor.position(tp, timeout_ms=POLL_MS) or antes for tp, antes in self._posicoes.items()}
        return [registro for registros in por_particao.values() for registro in registros], posicoes
