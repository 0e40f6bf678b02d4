"""A espera por um Kafka que ainda não subiu, ou que caiu: dita uma vez, com prazo na primeira vez."""

import math
import time
from collections.abc import Callable
from typing import TypeVar

from kafka.errors import KafkaError

from common.conexao.clientes import bootstrap, volta_ao_da_aula
from common.conexao.porta import exige_porta_aberta
from common.conexao.recusas import RECUSAS, explica
from common.conexao.seguranca import protocolo
from common.erros import KafkaIndisponivel, PrazoEsgotado, motivo
from common.prazo import Prazo, com_prazo
from common.terminal.sinais import Interrupcao

T = TypeVar("T")

ESPERA_S = 30.0  # um docker-compose up leva de 6 a 20 s para responder
TENTATIVA_S = 0.2
PORTA_S = 20.0  # três brokers que recusam são 6 s no Windows; e a procura de um nome, no socket, não tem prazo

COMO_INICIAR = "inicie um com 'docker-compose up -d' ou, sem Docker, 'python -m lab kafka' em outro terminal"


def quando_houver_kafka(
    abre: Callable[[], T], fala: Callable[[str], None], interrupcao: Interrupcao, segundos: float
) -> T:
    """O resultado de `abre()`, tentado até um Kafka responder, por até `segundos` (math.inf: sem fim).

    Erros: KafkaIndisponivel se ninguém respondeu, ErroDoLaboratorio se o Kafka recusou este usuário,
    KeyboardInterrupt se houve Ctrl+C.
    """
    prazo = Prazo(segundos)
    limite = "até ele voltar" if segundos == math.inf else f"por até {segundos:.0f} s"
    avisou = False
    while True:
        try:
            com_prazo(exige_porta_aberta, PORTA_S, "a conexão", interrupcao.encurta)
            aberto = abre()
            if avisou:
                fala("O Kafka respondeu")
            return aberto
        except RECUSAS as erro:
            raise explica(erro) from None
        except (KafkaError, PrazoEsgotado, KafkaIndisponivel) as erro:
            if interrupcao.pedida:
                raise KeyboardInterrupt from None
            if prazo.esgotado:
                o_que_fazer = COMO_INICIAR if isinstance(erro, KafkaIndisponivel) else _com_a_porta_aberta()
                if volta := volta_ao_da_aula():
                    o_que_fazer = f"{volta}. Se é esse mesmo que você quer: {o_que_fazer}"
                raise KafkaIndisponivel(
                    f"nenhum Kafka respondeu em {bootstrap()} ({motivo(erro)}): {o_que_fazer}"
                ) from None
            if not avisou:
                # quando ele já respondeu, o endereço é esse mesmo
                volta = volta_ao_da_aula() if segundos < math.inf else None
                fala(
                    f"O Kafka não responde em {bootstrap()} ({motivo(erro)}): espero {limite} (Ctrl+C encerra)"
                    f"{f'. Confira: {volta}' if volta else ''}"
                )
                avisou = True
        time.sleep(TENTATIVA_S)


def _com_a_porta_aberta() -> str:
    return (
        "a porta está aberta, mas ou é de outro programa, ou o broker anuncia (advertised.listeners) um endereço que "
        f"esta máquina não alcança, ou a segurança dele não é KAFKA_SECURITY_PROTOCOL={protocolo()}"
    )
