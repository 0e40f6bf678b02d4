"""O cliente Kafka cru dos exercícios 3, 6, 7 e 8: sem o Servico nem o Produtor de common, mas sem tracebacks."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from common.conexao.espera import ESPERA_S, quando_houver_kafka
from common.conexao.topicos import garante_topicos
from common.erros import ErroDoLaboratorio, motivo
from common.terminal.linhas import diga
from common.terminal.sinais import Interrupcao

POLL_MS = 200  # curto, para que o Ctrl+C aja
CONFIRMACAO_S = 10.0  # quanto se espera pela resposta a um envio


def fala(texto: str) -> None:
    """Uma linha do exercício no terminal."""
    diga("EXERCÍCIO", "cyan", texto)


@contextlib.contextmanager
def aberto(abre: Callable[[], Any]) -> Iterator[Any]:
    """O cliente que `abre()` cria, quando houver um Kafka com os três tópicos da aula; fechado no fim.

    Erros: KafkaIndisponivel se ninguém respondeu, ErroDoLaboratorio se o Kafka falhou no meio.
    """

    def com_topicos() -> Any:
        garante_topicos(fala)
        return abre()

    # uma Interrupcao que não assume os sinais: aqui o Ctrl+C é o KeyboardInterrupt de todo programa em Python
    cliente = quando_houver_kafka(com_topicos, fala, Interrupcao(), ESPERA_S)
    try:
        with contextlib.closing(cliente):
            yield cliente
    except KafkaError as erro:
        # também com o texto do cliente, em inglês: aqui o erro costuma ser do laço, e ele diz qual
        raise ErroDoLaboratorio(f"o cliente Kafka parou ({motivo(erro)}); ele disse: {erro}") from None


def registros(consumidor: Any) -> Iterator[ConsumerRecord]:
    """Um registro de cada vez, até o Ctrl+C. Diz as partições a cada rebalanceamento."""
    ditas: list[int] = []
    while True:
        lidos = consumidor.poll(timeout_ms=POLL_MS, max_records=1)
        particoes = sorted(tp.partition for tp in consumidor.assignment())
        if particoes and particoes != ditas:
            ditas = particoes
            fala(f"partições atribuídas: {', '.join(map(str, particoes))}")
        for da_particao in lidos.values():
            yield from da_particao
