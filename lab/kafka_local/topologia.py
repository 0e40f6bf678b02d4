"""O que os brokers de um Kafka local sabem uns dos outros, e o comando Java que todos usam."""

import base64
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from common.erros import ErroDoLaboratorio
from lab.kafka_local import propriedades
from lab.kafka_local.distribuicao.jars import garante_jars
from lab.kafka_local.distribuicao.java import encontra_java
from lab.kafka_local.distribuicao.versao import DA_AULA, Distribuicao
from lab.kafka_local.portas import ESTA_MAQUINA

_OPCOES_DO_JAVA = (
    "-Xmx256m",  # basta para a aula; o padrão seria um quarto da memória da máquina
    "-XX:TieredStopAtLevel=1",  # só o compilador rápido: responde em 2,0 s em vez de 2,9 s
    "-XX:+UseSerialGC",  # o mesmo tempo de partida, menos threads e menos memória
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
    # as 300 linhas "KafkaConfig values" a cada partida esconderiam o resto
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn",
)


def comando_java(distribuicao: Distribuicao = DA_AULA) -> list[str]:
    """O começo (list[str]) de todo comando Java, com os jars conferidos; falta a classe. Erro: ErroDoLaboratorio."""
    java, jars = encontra_java(), garante_jars(distribuicao)
    return [str(java), *_OPCOES_DO_JAVA, "-cp", os.pathsep.join(map(str, jars))]


@dataclass(frozen=True)
class Planta:
    """O que os brokers de um cluster sabem uns dos outros: as pastas e as portas. Não muda em uma queda."""

    pasta: Path
    portas: tuple[int, ...]  # para os clientes, uma por broker
    portas_do_controlador: tuple[int, ...]  # entre os brokers

    @property
    def brokers(self) -> int:
        return len(self.portas)

    @property
    def maioria(self) -> int:
        """Quantos brokers de pé (int) elegem um controlador."""
        return self.brokers // 2 + 1

    @property
    def eleitores(self) -> str:
        """Quem vota no controlador (str): NÚMERO@HOST:PORTA, separados por vírgulas."""
        portas_numeradas = enumerate(self.portas_do_controlador, start=1)
        return ",".join(f"{numero}@{ESTA_MAQUINA}:{porta}" for numero, porta in portas_numeradas)

    def _com_dados(self) -> list[Path]:
        """As pastas dos brokers que já foram formatados."""
        return [meta.parent.parent for meta in sorted(self.pasta.glob("broker-*/dados/meta.properties"))]

    def confere_quantidade(self) -> None:
        """Erro: ErroDoLaboratorio se a pasta guarda um Kafka com outra quantidade de brokers."""
        for pasta in self._com_dados():
            eleitores = propriedades.le(pasta / "server.properties", "controller.quorum.voters")
            if eleitores and (havia := len(eleitores.split(","))) != self.brokers:
                raise ErroDoLaboratorio(
                    f"a pasta {self.pasta} guarda um Kafka de {havia} broker{'s' * (havia > 1)}, e não de "
                    f"{self.brokers}. Use --brokers {havia}, ou outra pasta (--pasta)"
                )

    def identificador(self) -> str:
        """O identificador do cluster (str): o que algum broker já tem, ou um novo."""
        for pasta in self._com_dados():
            if identificador := propriedades.le(pasta / "dados" / "meta.properties", "cluster.id"):
                return identificador
        return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
