"""Um Kafka que só este processo usa, e o ambiente que faz os scripts e as ferramentas usarem esse e nenhum outro."""

import contextlib
import os
from collections.abc import Callable, Iterator

from common.conexao.seguranca import VARIAVEIS
from common.prazo import Prazo, com_prazo
from lab.kafka_local.broker import silencio
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.distribuicao.jars import garante_jars
from lab.kafka_local.distribuicao.java import encontra_java
from lab.processos.parada import Parada

INICIO_MAXIMO_S = 180.0  # mais do que os prazos do próprio KafkaLocal somados
# o que a pessoa configurou para outro Kafka não vale para este
_DE_OUTRO_KAFKA = ("LAB_PREFIXO", *VARIAVEIS)


@contextlib.contextmanager
def kafka_privado(
    parada: Parada,
    ao_parar: Callable[[], None],
    diz: Callable[[str], None] = silencio,
    brokers: int = 1,
    desvios: int = 0,
) -> Iterator[KafkaLocal]:
    """Neste bloco roda um Kafka temporário, o único que este processo e os seus filhos conhecem.

    `ao_parar()` responde na hora a um Ctrl+C que veio enquanto ele se iniciava.
    Erros: ErroDoLaboratorio, KeyboardInterrupt.
    """
    with parada.na_hora():
        encontra_java()
        garante_jars()

    def avisa_se_pararam(_: Prazo) -> None:
        if parada.pedida:
            ao_parar()

    with KafkaLocal.em_pasta_temporaria(diz=diz, brokers=brokers, desvios=desvios) as kafka:
        com_prazo(kafka.inicia, INICIO_MAXIMO_S, "iniciar o Kafka", avisa_se_pararam)
        parada.confere()
        for variavel in _DE_OUTRO_KAFKA:
            os.environ.pop(variavel, None)
        os.environ["KAFKA_BOOTSTRAP_SERVERS"] = kafka.bootstrap
        yield kafka
