"""Uma sala de aula: um Kafka, nomes só seus e os terminais abertos nele; ao sair, todos se fecham."""

import uuid
from contextlib import ExitStack
from types import TracebackType

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from common.conexao.clientes import leitor
from common.prazo import espera_ate
from common.terminal.sinais import Interrupcao
from lab.confere.leitura import le
from lab.processos.script import Script

TOPICO_S = 60.0  # com ZooKeeper, um broker que acaba de voltar leva de 1 a 3 s para mostrar os seus tópicos


class Sala:
    """Os terminais abertos no Kafka de `bootstrap` (str, HOST:PORTA), com um LAB_PREFIXO sorteado. Use com `with`."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.prefixo = f"t{uuid.uuid4().hex[:8]}"
        self.ambiente = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "LAB_PREFIXO": self.prefixo}
        self._terminais = ExitStack()

    def __enter__(self) -> "Sala":
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self._terminais.close()

    def abre(self, arquivo: str, *flags: str, **extras: str) -> Script:
        """Roda `python ARQUIVO FLAGS...` em um terminal novo; `extras` são variáveis de ambiente só dele."""
        return self._terminais.enter_context(Script(arquivo, *flags, ambiente=self.ambiente | extras))

    def topico(self, base: str) -> str:
        """O nome (str) que um tópico da aula tem aqui."""
        return f"{self.prefixo}-{base}"

    def registros(self, base: str) -> list[ConsumerRecord]:
        """Tudo o que um leitor read_committed vê no tópico agora."""
        nome = self.topico(base)
        lidos: list[ConsumerRecord] = []
        with leitor(bootstrap_servers=self.bootstrap) as consumidor:
            existe = espera_ate(lambda: bool(consumidor.partitions_for_topic(nome)), TOPICO_S)
            assert existe, f"o Kafka não tem o tópico {nome}"
            particoes = [TopicPartition(nome, numero) for numero in consumidor.partitions_for_topic(nome)]
            le(consumidor, consumidor.end_offsets(particoes), lidos.append, Interrupcao())
        return lidos
