"""O único lugar que escolhe as versões do Kafka; os composes e as listas de jars as repetem, e um teste compara."""

from dataclasses import dataclass

# 4.2.2, e não a mais nova, de propósito: KAFKA-20734. Na 4.3.1 (e, pelo bytecode, na 4.4.0) um broker morto entre o
# "prepare commit" de uma transação e os seus marcadores esquece os marcadores ao voltar: o líder da partição
# ainda é desconhecido, o TransactionMarkerChannelManager conclui "these partitions are likely deleted already
# and hence can be skipped", e a transação fica aberta para sempre. O grupo nunca mais lê os seus offsets, e
# nenhum cliente conserta isso. Antes de subir a versão: rode dez vezes o teste que mata o broker sob carga e
# procure "likely deleted" no log do broker.
VERSAO_KAFKA = "4.2.2"

IMAGEM_DOCKER = f"apache/kafka:{VERSAO_KAFKA}"


@dataclass(frozen=True)
class Distribuicao:
    """Um Kafka a baixar do Maven Central: a versão e o arquivo desta pasta com os jars fixados (fixa_jars.py)."""

    versao: str
    lista: str
    tamanho_mb: int  # só para avisar antes de baixar; 44 MB são uns 10 s em uma boa rede

    @property
    def raizes(self) -> tuple[str, str]:
        """Os dois artefatos (str, GRUPO:NOME:VERSÃO) de que saem todos os jars."""
        # O slf4j-simple escreve o log do broker no terminal; com o log4j-slf4j2-impl o resolvedor chegou a
        # trocar o kafka-clients por um 3.9.1.
        return f"org.apache.kafka:kafka_2.13:{self.versao}", "org.slf4j:slf4j-simple:1.7.36"


DA_AULA = Distribuicao(VERSAO_KAFKA, "jars.lock", 44)

# A última linha do Kafka que ainda usava o ZooKeeper, para o docker-compose.zookeeper.yml e o teste dele. As imagens
# da Confluent numeram ao lado: a linha 7.9 deles é a 3.9.
COM_ZOOKEEPER = Distribuicao("3.9.2", "jars-zookeeper.lock", 46)
VERSAO_CONFLUENT = "7.9.8"
