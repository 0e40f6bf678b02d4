"""O par do docker-compose.zookeeper.yml sem Docker: as mesmas versões, do Maven Central, e a mesma configuração."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from lab import RAIZ
from lab.kafka_local import portas, propriedades
from lab.kafka_local.distribuicao.jvm import comando_java
from lab.kafka_local.distribuicao.versao import COM_ZOOKEEPER
from lab.kafka_local.portas import ESTA_MAQUINA
from lab.processos.pasta import pasta_temporaria
from lab.processos.processo import Processo
from tests.apoio.sala import ate

PRONTO_S = 120.0  # aqui, 4 s; depois de um kill -9, até 6 s a mais
SAUDE_S = 10.0


def servicos() -> dict[str, Any]:
    todos: dict[str, Any] = yaml.safe_load((RAIZ / "docker-compose.zookeeper.yml").read_text(encoding="utf-8"))[
        "services"
    ]
    return todos


class KafkaComZooKeeper:
    """Um ZooKeeper e um broker em `pasta`. Use `temporario()`."""

    def __init__(self, pasta: Path) -> None:
        self._pasta, self._comando = pasta, comando_java(COM_ZOOKEEPER)
        self.porta, self.porta_do_zookeeper = portas.sorteia(), portas.sorteia()
        self._processos: dict[str, Processo] = {}

    @property
    def bootstrap(self) -> str:
        return f"{ESTA_MAQUINA}:{self.porta}"

    @staticmethod
    @contextmanager
    def temporario() -> "Iterator[KafkaComZooKeeper]":
        with pasta_temporaria("lab-zookeeper-") as pasta:
            kafka = KafkaComZooKeeper(pasta)
            try:
                kafka.inicia()
                yield kafka
            finally:
                for processo in reversed(kafka._processos.values()):  # o Kafka antes: para sair, ele fala com o outro
                    processo.encerra()

    def inicia(self) -> None:
        """Os dois, até o Kafka responder. Como o `restart: on-failure`, insiste se ele sai."""
        propriedades.escreve(
            self._pasta / "zoo.cfg",
            {
                "dataDir": str(self._pasta / "zookeeper"),
                "clientPort": str(self.porta_do_zookeeper),
                "clientPortAddress": ESTA_MAQUINA,
                "admin.enableServer": "false",
            },
        )
        propriedades.escreve(self._pasta / "server.properties", self._do_broker())
        self._executa("org.apache.zookeeper.server.quorum.QuorumPeerMain", "zoo.cfg")
        ate(lambda: self.saudavel("zookeeper"), PRONTO_S, "o ZooKeeper não respondeu")

        def responde() -> bool:
            self._executa("kafka.Kafka", "server.properties")
            return self.saudavel("kafka")

        ate(responde, PRONTO_S, "o Kafka não respondeu")

    def mata(self) -> None:
        """kill -9 no broker; o ZooKeeper continua."""
        self._processos["kafka.Kafka"].mata()

    def saudavel(self, servico: str) -> bool:
        """O que diz o healthcheck do compose, o próprio comando dele, nas portas daqui."""
        comando = servicos()[servico]["healthcheck"]["test"][-1].replace("$$", "$")
        for porta_do_compose, porta in (("/2181", self.porta_do_zookeeper), ("/9092", self.porta)):
            comando = comando.replace(porta_do_compose, f"/{porta}")
        try:
            fim = subprocess.run(["bash", "-c", comando], capture_output=True, timeout=SAUDE_S, check=False)
        except subprocess.TimeoutExpired:  # para o compose, um healthcheck que passa do prazo também é um "não"
            return False
        return fim.returncode == 0

    def _executa(self, classe: str, configuracao: str) -> None:
        if anterior := self._processos.get(classe):
            if anterior.vivo:
                return
            anterior.encerra()
        with (self._pasta / f"{classe}.log").open("ab") as log:
            self._processos[classe] = Processo([*self._comando, classe, str(self._pasta / configuracao)], log)

    def _do_broker(self) -> dict[str, str]:
        """As variáveis do compose como a imagem as traduz: KAFKA_BROKER_ID é broker.id."""
        do_compose = servicos()["kafka"]["environment"].items()
        return {chave.removeprefix("KAFKA_").lower().replace("_", "."): valor for chave, valor in do_compose} | {
            "zookeeper.connect": f"{ESTA_MAQUINA}:{self.porta_do_zookeeper}",
            "inter.broker.listener.name": "PLAINTEXT",
            "listeners": f"PLAINTEXT://{self.bootstrap}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "log.dirs": str(self._pasta / "kafka"),
        }
