"""As falhas de um broker: parado, morto, congelado, reiniciado. Ele volta com os mesmos dados."""

import contextlib
from collections.abc import Callable, Iterator

from lab.caos.falhas.falha import Alvos, Falha, Golpe, Injecao, Recurso
from lab.kafka_local.broker import BrokerLocal


def _cai(termina: Callable[[BrokerLocal], None]) -> Injecao:
    @contextlib.contextmanager
    def injeta(alvos: Alvos) -> Iterator[Golpe]:
        broker = alvos.broker()
        termina(broker)
        yield Golpe(f"broker {broker.numero}")
        broker.inicia()

    return injeta


@contextlib.contextmanager
def _congela(alvos: Alvos) -> Iterator[Golpe]:
    broker = alvos.broker()
    broker.congela()
    try:
        yield Golpe(f"broker {broker.numero}")
    finally:
        broker.descongela()


@contextlib.contextmanager
def _reinicia(alvos: Alvos) -> Iterator[Golpe]:
    """Um broker por vez, como em uma atualização."""
    for broker in alvos.kafka.brokers:
        broker.para()
        broker.inicia()
    yield Golpe("cada broker")


DE_BROKERS = (
    Falha("broker-para", "um broker parado", (1.0, 6.0), _cai(BrokerLocal.para), tira=Recurso.KAFKA),
    Falha("broker-mata", "kill -9 em um broker", (0.0, 6.0), _cai(BrokerLocal.mata), tira=Recurso.KAFKA),
    Falha("broker-congela", "um broker congelado", (2.0, 9.0), _congela, tira=Recurso.KAFKA, congela=True),
    Falha("broker-reinicia", "cada broker reiniciado", (0.0, 1.0), _reinicia, tira=Recurso.KAFKA),
)
