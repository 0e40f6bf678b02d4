"""O único lugar que escolhe a versão do Kafka. O docker-compose.yml e o jars.lock a repetem; um teste compara."""

# 4.2.2, e não a mais nova, de propósito. Na 4.3.1 (e, pelo bytecode, na 4.4.0) um broker morto entre o
# "prepare commit" de uma transação e os seus marcadores esquece os marcadores ao voltar: o líder da partição
# ainda é desconhecido, o TransactionMarkerChannelManager conclui "these partitions are likely deleted already
# and hence can be skipped", e a transação fica aberta para sempre. O grupo nunca mais lê os seus offsets, e
# nenhum cliente conserta isso. Antes de subir a versão: rode dez vezes o teste que mata o broker sob carga e
# procure "likely deleted" no registro do broker.
VERSAO_KAFKA = "4.2.2"

IMAGEM_DOCKER = f"apache/kafka:{VERSAO_KAFKA}"

# Os dois pedidos de que sai todo o jars.lock. O slf4j-simple escreve o registro do broker no terminal; com o
# log4j-slf4j2-impl o resolvedor chegou a trocar o kafka-clients por um 3.9.1.
ARTEFATOS_RAIZ = (f"org.apache.kafka:kafka_2.13:{VERSAO_KAFKA}", "org.slf4j:slf4j-simple:1.7.36")
