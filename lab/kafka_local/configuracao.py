"""As configurações dos brokers: as mesmas no Docker, no Kafka local e nos testes."""

QUANTIDADES = (1, 3)  # brokers: um basta à aula; dois não sobreviveriam à queda de nenhum, pois a maioria são os dois

# Um broker só. As chaves são as do server.properties; o compose as repete como KAFKA_*, e um teste compara.
CONFIGURACAO_DO_BROKER = {
    # --- os tópicos da aula
    "num.partitions": "3",  # até três instâncias de um serviço trabalham ao mesmo tempo
    "default.replication.factor": "1",
    "auto.create.topics.enable": "false",  # um nome errado deve falhar, e não criar um tópico com outro formato
    "log.retention.hours": "168",  # 7 dias: por quanto tempo um pedido espera por um serviço parado
    # 30 dias. Depois disto um grupo parado perde os seus offsets e recomeçaria do início, em dobro: tem de ser mais do
    # que um pedido já feito fica no log, que são até 14 dias (7 até o arquivo dele fechar, e 7). O padrão são 7
    "offsets.retention.minutes": "43200",
    # --- o que chega comprimido é guardado descomprimido, e todo leitor lê; o padrão guarda como veio
    "compression.type": "uncompressed",
    # de um registro descomprimido; sem isto, 1 MB de gzip ou de zstd pode guardar gigabytes de zeros
    "max.decompressed.message.bytes": "1048588",  # o mesmo de message.max.bytes
    # --- grupos: a aula mostra o rebalanceamento, e ninguém quer esperar por ele
    "group.initial.rebalance.delay.ms": "0",  # o padrão segura a primeira instância por 3 s à espera de outras
    # --- transações: uma órfã (kill -9 entre enviar e confirmar) bloqueia os leitores até ser abortada
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",  # o padrão só olha a cada 10 s
    # --- tópicos internos: uma réplica, que é o que um broker só pode dar
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # com as 50 partições do padrão seriam 100 pastas e milhares de arquivos abertos, para três grupos
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "3",
    # --- queda: o controlador só aceita o broker de volta quando a sessão anterior vence (o padrão é 9 s)
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",  # seis batimentos por sessão: uma pausa da JVM não a derruba
    # --- memória: o limpador dos tópicos internos reserva 128 MB ao nascer, para milhões de chaves, e há três grupos;
    # com 16 MB um broker ocupa 180 MB em vez de 320, e 230 MB sob carga: três cabem em um notebook
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
}


# O que muda com três brokers: cada registro em todos eles, e a queda de um não para nada.
_NO_CLUSTER = {
    "default.replication.factor": "3",
    # só é confirmado (acks=all) o que dois gravaram: sem isto, o último vivo confirmaria o que só ele tem
    "min.insync.replicas": "2",
    # os offsets, as transações e os compartilhamentos têm de sobreviver ao mesmo que os pedidos
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
}


# Direto no Windows, apagar um segmento derruba o broker: antes de apagado ele muda de nome, e lá um arquivo mapeado em
# memória não muda (apache/kafka #6403, #12331). Sem retenção nem limpador nada é apagado; os dados crescem até um zero.
NO_WINDOWS = {
    "log.retention.ms": "-1",
    "offsets.retention.minutes": str(2**31 - 1),  # o maior que ele aceita: o log também não tem fim
    "log.cleaner.enable": "false",
    # o log dos metadados tem a sua própria retenção (KafkaMetadataLog.cleanSnapshots), de 7 dias e de 100 MB
    "metadata.max.retention.ms": "-1",
    "metadata.max.retention.bytes": "-1",
}


def configuracao(brokers: int) -> dict[str, str]:
    """As configurações (dict, as chaves do server.properties) de cada um de `brokers` brokers."""
    return CONFIGURACAO_DO_BROKER | (_NO_CLUSTER if brokers > 1 else {})


def variaveis_do_docker(brokers: int = 1) -> dict[str, str]:
    """A mesma configuração como as variáveis KAFKA_* (dict) que a imagem apache/kafka lê."""
    return {"KAFKA_" + chave.upper().replace(".", "_"): valor for chave, valor in configuracao(brokers).items()}
