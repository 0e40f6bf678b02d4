"""Um Apache Kafka de verdade nesta máquina, sem Docker: um broker KRaft, ou um cluster de três.

with KafkaLocal.temporario() as kafka:
    KafkaProducer(bootstrap_servers=kafka.bootstrap)
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from common.erros import ErroDeUso
from lab.kafka_local import portas
from lab.kafka_local.broker import BrokerLocal, inicia_juntos, para_juntos, silencio
from lab.kafka_local.configuracao import QUANTIDADES
from lab.kafka_local.dados import apaga_dados
from lab.kafka_local.queda import causa_da_queda
from lab.kafka_local.topologia import Desvio, Topologia
from lab.processos.pasta import pasta_temporaria

_PORTA_MAXIMA = 65_535


def _sorteia(quantas: int, ja_usadas: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Portas livres e diferentes entre si: as sorteadas ainda não têm quem as ocupe."""
    sorteadas: list[int] = []
    while len(sorteadas) < quantas:
        if (porta := portas.sorteia()) not in (*ja_usadas, *sorteadas):
            sorteadas.append(porta)
    return tuple(sorteadas)


def _seguidas(porta: int, quantas: int) -> tuple[int, ...]:
    ultima = porta + quantas - 1
    if ultima > _PORTA_MAXIMA:
        raise ErroDeUso(
            f"{quantas} brokers usam as portas de {porta} a {ultima}, e a última que existe é {_PORTA_MAXIMA}"
        )
    return tuple(range(porta, ultima + 1))


class KafkaLocal:
    """`brokers` brokers (1 ou 3) em `pasta`, da `porta` em diante (None: portas livres). Os dados sobrevivem a tudo.

    `diz` recebe uma linha (str) por etapa demorada. Todo erro previsto é um ErroDoLaboratorio. O que se faz aqui
    vale para todos os brokers; para um só, há os mesmos métodos em cada um dos `brokers`. Cada um tem `desvios`
    listeners a mais, anunciados em portas livres em que ainda ninguém escuta.
    """

    def __init__(
        self,
        pasta: Path,
        porta: int | None = None,
        diz: Callable[[str], None] = silencio,
        brokers: int = 1,
        desvios: int = 0,
    ) -> None:
        if brokers not in QUANTIDADES:
            raise ErroDeUso(f"um Kafka local tem {' ou '.join(map(str, QUANTIDADES))} brokers, e não {brokers}")
        dos_clientes = _sorteia(brokers) if porta is None else _seguidas(porta, brokers)
        # as dos controladores também não mudam em uma queda: os outros brokers as conhecem
        sorteadas = _sorteia(brokers * (1 + 2 * desvios), ja_usadas=dos_clientes)
        controladores, *pontas = (sorteadas[n : n + brokers] for n in range(0, len(sorteadas), brokers))
        self.desvios = tuple(map(Desvio, pontas[::2], pontas[1::2]))
        self._topologia = Topologia(pasta.resolve(), dos_clientes, controladores, self.desvios)
        self.brokers = tuple(BrokerLocal(numero, self._topologia) for numero in range(1, brokers + 1))
        self._diz = diz

    @staticmethod
    @contextmanager
    def em_pasta_temporaria(
        porta: int | None = None, diz: Callable[[str], None] = silencio, brokers: int = 1, desvios: int = 0
    ) -> "Iterator[KafkaLocal]":
        """Um Kafka ainda parado, em uma pasta temporária; no fim do bloco, nem ele nem ela existem."""
        with pasta_temporaria("lab-kafka-") as pasta:
            kafka = KafkaLocal(pasta, porta, diz, brokers, desvios)
            try:
                yield kafka
            finally:
                kafka.para()

    @staticmethod
    @contextmanager
    def temporario(porta: int | None = None, brokers: int = 1) -> "Iterator[KafkaLocal]":
        """O mesmo, já respondendo."""
        with KafkaLocal.em_pasta_temporaria(porta, brokers=brokers) as kafka, kafka:
            yield kafka

    @property
    def pasta(self) -> Path:
        """A dos dados, com uma por broker dentro."""
        return self._topologia.pasta

    @property
    def bootstrap(self) -> str:
        """Os endereços para os clientes (str, HOST:PORTA separados por vírgulas)."""
        return ",".join(broker.endereco for broker in self.brokers)

    @property
    def vivo(self) -> bool:
        """Diz se resta algum broker de pé."""
        return any(broker.vivo for broker in self.brokers)

    def causa_da_queda(self) -> str:
        """Por que os brokers terminaram sozinhos, e o que fazer (str)."""
        return causa_da_queda("".join(broker.log.texto() for broker in self.brokers), self._topologia.pasta)

    def responde(self) -> bool:
        """Diz se todos os brokers respondem e fazem parte do cluster."""
        return all(broker.responde() for broker in self.brokers)

    def inicia(self) -> None:
        """Inicia os brokers parados, ao mesmo tempo, e volta quando todos respondem. As portas são sempre as mesmas."""
        self._topologia.confere_quantidade()
        inicia_juntos(self.brokers, self._diz)

    @property
    def idade_dos_dados_dias(self) -> float:
        """Há quantos dias (float) a pasta foi formatada; 0 se ainda não foi."""
        return self._topologia.idade_dos_dados_s() / 86_400

    def comeca_do_zero(self) -> None:
        """Apaga o que a pasta guarda, seja de quantos brokers for. Erro: ErroDoLaboratorio se é de um Kafka vivo."""
        apaga_dados(self._topologia)

    def mata(self) -> None:
        """kill -9 em todos, como em uma falta de luz. `inicia()` os traz de volta com os mesmos dados."""
        for broker in self.brokers:
            broker.mata()

    def congela(self) -> None:
        """SIGSTOP em todos os que estão de pé. Erro: ErroDoLaboratorio no Windows."""
        for broker in self._de_pe():
            broker.congela()

    def descongela(self) -> None:
        """SIGCONT em todos os que estão de pé. Erro: ErroDoLaboratorio no Windows."""
        for broker in self._de_pe():
            broker.descongela()

    def _de_pe(self) -> list[BrokerLocal]:
        return [broker for broker in self.brokers if broker.vivo]

    def para(self) -> None:
        """Encerra todos ao mesmo tempo; sem efeito nos que já pararam."""
        para_juntos(self.brokers)

    def __enter__(self) -> "KafkaLocal":
        self.inicia()
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self.para()
