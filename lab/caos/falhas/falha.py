"""O que é uma falha do caos, e em quem ela acontece.

Uma falha é um `with`: injeta ao entrar, cura ao sair, e o seu valor (Golpe) diz em quem foi. As esperas dentro dele
têm prazo e toleram não ver o que esperavam: com duas falhas ao mesmo tempo, uma pode atrasar a outra. Quem julga é o
verificador, no fim.

De duas ao mesmo tempo, a segunda entra por último e se cura primeiro. Uma falha diz o que tira dos outros e de que
precisa, e a agenda só junta um par em que a primeira deixa a segunda acontecer.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import IntEnum
from random import Random
from typing import NamedTuple

from common.configuracao import ETAPAS, Etapa
from lab.caos.instancias import Instancias
from lab.caos.rede.rede import Rede
from lab.kafka_local.broker import BrokerLocal
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.parada import Parada
from lab.processos.script import Script


@dataclass(frozen=True)
class Alvos:
    """Em quem uma falha pode acontecer, e o sorteio só dela."""

    instancias: Instancias
    kafka: KafkaLocal
    rede: Rede
    parada: Parada
    sorte: Random

    def etapa(self) -> Etapa:
        return self.sorte.choice(ETAPAS)

    def vivas(self, etapa: Etapa) -> list[Script]:
        return [script for script in self.instancias.por_etapa[etapa] if script.vivo]

    def instancia(self, etapa: Etapa) -> Script:
        """Uma instância viva, e não congelada. Se não há nenhuma (outra falha as levou), uma nova."""
        vivas = self.vivas(etapa)
        return self.sorte.choice(vivas) if vivas else self.instancias.abre_pronta(etapa)

    def broker(self) -> BrokerLocal:
        return self.sorte.choice(self.kafka.brokers)


class Golpe(NamedTuple):
    """Em quem a falha foi ("ESTOQUE", "broker 2"), e se aconteceu mesmo: a que não acontece não prova nada."""

    alvo: str
    aconteceu: bool = True


class Recurso(IntEnum):
    """O que uma falha tira enquanto dura, ou de que precisa para acontecer. Cada um depende do seguinte."""

    NADA = 0
    TRABALHO = 1  # um pedido que passa por todo serviço, e em cada um deles uma instância que o recebe
    KAFKA = 2  # que uma instância nova se conecte


Injecao = Callable[[Alvos], AbstractContextManager[Golpe]]


@dataclass(frozen=True)
class Falha:
    """Uma falha que a agenda pode marcar. `dura_s`: entre quantos segundos ela fica antes da cura."""

    nome: str
    explica: str
    dura_s: tuple[float, float]
    injeta: Injecao
    tira: Recurso = Recurso.NADA
    precisa: Recurso = Recurso.KAFKA
    congela: bool = False  # precisa de SIGSTOP, que o Windows não tem
    sabota: bool = False  # o que se sabota é a transação, que o serviço ingênuo não tem

    def deixa(self, outra: "Falha") -> bool:
        """Diz se `outra` pode acontecer enquanto esta dura."""
        return self.tira < outra.precisa
