"""O que querem dizer, em português, os erros que outros escrevem em inglês: os do kafka-python e os do sistema.

Os nomes são as classes de kafka.errors (https://kafka.apache.org/protocol#protocol_error_codes).
Só a biblioteca padrão.
"""

import errno

DESCONHECIDO = "um erro que a aula não conhece; com LAB_DETALHES=1 o cliente Kafka conta mais"

DO_KAFKA = {
    "BrokerNotAvailableError": "um broker está fora do ar",
    "Cancelled": "o pedido foi cancelado, porque a conexão caiu",
    "ClusterAuthorizationFailedError": "falta uma permissão sobre o cluster",
    "CommitFailedError": "o grupo já tinha dado as partições a outra instância",
    "ConcurrentTransactionsError": "a transação anterior ainda não terminou",
    "CoordinatorLoadInProgressError": "o broker que cuida do grupo acaba de assumir, e ainda lê o que há",
    "CoordinatorNotAvailableError": "o grupo está sem um broker que cuide dele",
    "CorrelationIdError": "a resposta era de outro pedido",
    "ElectionNotNeededError": "a partição já tem o líder que se pediu",
    "EligibleLeadersNotAvailableError": "nenhuma cópia da partição pode ser líder agora",
    "FencedInstanceIdError": "outra instância assumiu este lugar no grupo",
    "FencedLeaderEpochError": "o líder da partição acaba de mudar",
    "FetchSessionIdNotFoundError": "o broker esqueceu a leitura em curso",
    "FetchSessionTopicIdError": "o tópico foi apagado e criado de novo no meio da leitura",
    "IllegalGenerationError": "o grupo se repartiu de novo sem esta instância",
    "IllegalStateError": "o cliente Kafka foi usado fora da ordem",
    "InconsistentGroupProtocolError": "quem está no grupo reparte as partições de outro jeito",
    "InconsistentTopicIdError": "o tópico foi apagado e criado de novo",
    "InvalidFetchSessionEpochError": "o broker esqueceu a leitura em curso",
    "InvalidPartitionsError": "o número de partições não serve",
    "InvalidProducerEpochError": "outro produtor assumiu o transactional.id, ou a transação venceu",
    "InvalidProducerIdMappingError": "o Kafka já esqueceu este produtor",
    "InvalidReplicationFactorError": "há menos brokers de pé do que réplicas pedidas",
    "InvalidShareSessionEpochError": "o broker esqueceu a leitura em curso",
    "InvalidTxnStateError": "a transação já tinha terminado, ou não começou",
    "KafkaConnectionError": "a conexão caiu, ou quem atende não fala Kafka",
    "KafkaError": "o cliente Kafka não pode continuar daqui",
    "KafkaStorageError": "o broker não consegue gravar no disco",
    "KafkaTimeoutError": "a resposta não veio no prazo",
    "LeaderNotAvailableError": "a partição ainda não tem líder",
    "ListenerNotFoundError": "o líder da partição não atende no endereço usado",
    "MessageSizeTooLargeError": "o registro é maior do que o tópico aceita",
    "MetadataEmptyBrokerList": "o Kafka não disse que brokers tem",
    "NetworkExceptionError": "a conexão caiu no meio de um pedido",
    "NoOffsetForPartitionError": "o grupo ainda não tem um offset nesta partição",
    "NodeNotReadyError": "um broker ainda não aceita pedidos",
    "NotControllerError": "o controlador do cluster acaba de mudar",
    "NotCoordinatorError": "outro broker passou a cuidar do grupo",
    "NotEnoughReplicasAfterAppendError": "gravado em menos brokers do que o tópico exige",
    "NotEnoughReplicasError": "há menos brokers em dia do que o tópico exige para gravar",
    "NotLeaderForPartitionError": "outro broker passou a ser o líder da partição",
    "OffsetNotAvailableError": "o líder da partição acaba de mudar",
    "OffsetOutOfRangeError": "o offset do grupo não está mais no log",
    "OutOfOrderSequenceNumberError": "um envio anterior se perdeu no caminho",
    "PreferredLeaderNotAvailableError": "o líder preferido da partição está fora do ar",
    "ProducerFencedError": "outro produtor assumiu o transactional.id, ou a transação venceu",
    "RebalanceInProgressError": "o grupo está repartindo as partições",
    "ReplicaNotAvailableError": "uma cópia da partição está fora do ar",
    "RequestTimedOutError": "o broker não conseguiu responder a tempo",
    "ShareSessionNotFoundError": "o broker esqueceu a leitura em curso",
    "StaleMetadata": "o que se sabia do cluster envelheceu",
    "ThrottlingQuotaExceededError": "o Kafka pede para ir mais devagar",
    "TooManyInFlightRequests": "há pedidos demais à espera de resposta",
    "TopicAlreadyExistsError": "o tópico já existe",
    "TransactionAbortableError": "a transação tem de recomeçar",
    "TransactionAbortedError": "a transação foi abortada",
    "TransactionCoordinatorFencedError": "outro broker passou a cuidar da transação",
    "UnknownError": "o broker falhou sem dizer por quê; o log dele diz",
    "UnknownLeaderEpochError": "o líder da partição acaba de mudar",
    "UnknownMemberIdError": "o grupo não conta mais com esta instância",
    "UnknownProducerIdError": "o Kafka já esqueceu este produtor",
    "UnknownTopicIdError": "o tópico foi apagado e criado de novo",
    "UnknownTopicOrPartitionError": "o tópico, ou a partição, não existe mais",
    "UnstableOffsetCommitError": "a transação que gravou o offset ainda não terminou",
    "UnsupportedCodecError": "falta a biblioteca que descomprime os registros",
    "UnsupportedVersionError": "este Kafka é antigo demais para o pedido",
}

# de requests.exceptions: como um download falha
_DE_UM_DOWNLOAD = {
    "ChunkedEncodingError": "a conexão caiu no meio do download",
    "ConnectTimeout": "sem resposta",
    "ConnectionError": "não há rede até lá",
    "ProxyError": "o proxy não deixou passar",
    "ReadTimeout": "sem resposta",
}

_DO_SISTEMA = {
    errno.EACCES: "sem permissão",
    errno.EADDRNOTAVAIL: "o endereço não é desta máquina",
    errno.ECONNABORTED: "a conexão foi interrompida",
    errno.ECONNREFUSED: "conexão recusada",
    errno.ECONNRESET: "a conexão foi interrompida",
    errno.EEXIST: "já existe, e não é uma pasta",
    errno.EHOSTUNREACH: "não há caminho até essa máquina",
    errno.EISDIR: "é uma pasta",
    errno.ENAMETOOLONG: "o nome é comprido demais",
    errno.ENETUNREACH: "não há rede até lá",
    errno.ENOENT: "não existe",
    errno.ENOSPC: "o disco está cheio",
    errno.ENOTDIR: "um pedaço do caminho é um arquivo, e não uma pasta",
    errno.EPERM: "sem permissão",
    errno.EROFS: "o disco só permite leitura",
    errno.ETIMEDOUT: "sem resposta",
}


def significado(erro: BaseException) -> str:
    """O erro (de outros) em português: o nome e o que ele quer dizer; se é do sistema, só o que quer dizer (str)."""
    if isinstance(erro, OSError):
        if dito := _DE_UM_DOWNLOAD.get(type(erro).__name__):
            return dito
        return _DO_SISTEMA.get(erro.errno or 0, erro.strerror or str(erro) or type(erro).__name__)
    return f"{type(erro).__name__}: {DO_KAFKA.get(type(erro).__name__, DESCONHECIDO)}"
