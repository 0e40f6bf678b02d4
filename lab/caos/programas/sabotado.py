"""Um serviço da aula, sem mudança nenhuma, sobre um cliente Kafka sabotado em um ponto exato.

`python -m lab.caos.programas.sabotado SABOTAGEM SEMENTE servico_estoque.py FLAGS...` Os scripts e `common` não
sabem disto. Cada vez que a sabotagem acontece, uma linha `[SABOTAGEM]` o diz: a que não aconteceu não prova nada.
"""

import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from kafka import KafkaProducer
from kafka.coordinator.base import BaseCoordinator
from kafka.errors import KafkaError
from kafka.producer.sender import Sender

MARCA = "[SABOTAGEM]"

COMMITS_ANTES = 10  # a morte vem em um dos primeiros dez commits: é menos de 1 s de trabalho
CHANCE_DE_ABORTO = 0.2
CHANCE_DE_ENVIO_FALHO = 0.2
# kafka.apache.org/protocol, Error Codes: as três primeiras o cliente dá por perdidas, as outras ele repete sozinho
ERROS_DE_ENVIO = (45, 47, 56, 6, 7, 19)  # OUT_OF_ORDER_SEQUENCE, INVALID_PRODUCER_EPOCH, KAFKA_STORAGE_ERROR, ...
POLL_MAXIMO_MS = 2_000  # no lugar dos 60 s de common/conexao/clientes.py: ninguém espera um minuto por falha
PASSO_LENTO_S = 4.5  # além do POLL_MAXIMO_MS, o grupo expulsa a instância no meio do trabalho
PEDIDOS_ENTRE_LENTOS = 100


def _diz(o_que: str) -> None:
    os.write(2, f"{MARCA} {o_que}\n".encode())  # direto: quem vai morrer em seguida não descarrega o stderr


def _no_commit(nome: str, acontece: Callable[[], None], sorte: Random) -> None:
    """`acontece()` entre o envio dos offsets e o commit."""
    faltam = sorte.randint(1, COMMITS_ANTES)
    commit = KafkaProducer.commit_transaction

    def sabotado(produtor: Any) -> None:
        nonlocal faltam
        faltam -= 1
        if faltam == 0:
            _diz(f"{nome} entre enviar e confirmar")
            acontece()
        commit(produtor)

    KafkaProducer.commit_transaction = sabotado


def _kill_9() -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # no Windows, SIGTERM mata do mesmo jeito


def _ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)  # e não os.kill, que no Windows mata


def _congela_no_join(_: Random) -> None:
    """Para no segundo join, que outra instância provocou: já sabe da geração nova e tem posições da antiga."""
    joins = 0
    processa = BaseCoordinator._process_join_group_response

    def sabotado(coordenador: Any, resposta: Any, enviada_em: float) -> Any:
        nonlocal joins
        processada = processa(coordenador, resposta, enviada_em)
        joins += 1
        if joins == 2:
            _diz("congelado entre o JoinGroup e o SyncGroup")
            os.kill(os.getpid(), signal.Signals["SIGSTOP"])
        return processada

    BaseCoordinator._process_join_group_response = sabotado


def _aborta(sorte: Random) -> None:
    """Um commit em cada cinco vira aborto, depois de tudo enviado."""
    commit = KafkaProducer.commit_transaction

    def sabotado(produtor: Any) -> None:
        if sorte.random() < CHANCE_DE_ABORTO:
            _diz("transação abortada")
            produtor.abort_transaction()
            raise KafkaError("aborto sorteado")
        commit(produtor)

    KafkaProducer.commit_transaction = sabotado


def _envio_falho(sorte: Random) -> None:
    """O broker gravou, mas a resposta que o cliente lê diz que não."""
    completa = Sender._complete_batch

    def sabotado(sender: Any, lote: Any, resposta: Any) -> Any:
        if resposta.error_code == 0 and sorte.random() < CHANCE_DE_ENVIO_FALHO:
            resposta.error_code = sorte.choice(ERROS_DE_ENVIO)
            _diz(f"resposta de envio trocada pelo erro {resposta.error_code}")
        return completa(sender, lote, resposta)

    Sender._complete_batch = sabotado


def _passo_lento(sorte: Random) -> None:
    """De vez em quando um pedido leva mais do que o grupo espera entre dois polls."""
    from common import servico
    from common.conexao import clientes

    clientes.POLL_MAXIMO_MS = POLL_MAXIMO_MS
    faltam = 1
    diga = servico.Servico.diga

    def sabotado(self: servico.Servico, texto: str) -> None:
        nonlocal faltam
        diga(self, texto)
        faltam -= 1
        if faltam == 0:
            faltam = sorte.randint(1, PEDIDOS_ENTRE_LENTOS)
            _diz(f"um pedido de {PASSO_LENTO_S:g} s")
            time.sleep(PASSO_LENTO_S)

    servico.Servico.diga = sabotado  # type: ignore[method-assign]


SABOTAGENS: dict[str, Callable[[Random], None]] = {
    "kill-9-no-commit": partial(_no_commit, "kill -9", _kill_9),
    "ctrl-c-no-commit": partial(_no_commit, "Ctrl+C", _ctrl_c),
    "congela-no-join": _congela_no_join,
    "aborta": _aborta,
    "envio-falho": _envio_falho,
    "passo-lento": _passo_lento,
}


def main() -> None:
    _, sabotagem, semente, *comando = sys.argv
    sys.argv = comando  # antes de importar common: é por ele que se sabe qual script roda
    SABOTAGENS[sabotagem](Random(int(semente)))
    runpy.run_path(comando[0], run_name="__main__")


if __name__ == "__main__":
    main()
