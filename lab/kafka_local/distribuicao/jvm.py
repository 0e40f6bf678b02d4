"""O começo de todo comando Java do laboratório: o executável, as opções e os jars."""

import os

from common.erros import ErroDoLaboratorio
from lab.kafka_local.caminhos import codificavel
from lab.kafka_local.distribuicao.jars import garante_jars
from lab.kafka_local.distribuicao.java import encontra_java
from lab.kafka_local.distribuicao.versao import DA_AULA, Distribuicao

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
    for caminho in (java, jars[0]):
        if not codificavel(caminho):
            raise ErroDoLaboratorio(
                f"o Java não conhece as letras de {caminho.parent}: use o Docker (docker-compose up -d)"
            )
    return [str(java), *_OPCOES_DO_JAVA, "-cp", os.pathsep.join(map(str, jars))]
