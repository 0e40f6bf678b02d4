"""As partições que o grupo deu a esta instância, anotadas pelo cliente a cada rebalanceamento."""

from collections.abc import Iterable

from kafka import ConsumerRebalanceListener, TopicPartition


class Atribuicao(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python não tem tipos
    """Anota as partições recebidas. Roda na thread de rede do cliente: só pode anotar."""

    def __init__(self) -> None:
        self.versao = 0  # 0: ainda nenhuma atribuição
        self.particoes: list[int] = []

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        pass  # a próxima atribuição diz tudo (protocolo eager)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.particoes = sorted(tp.partition for tp in assigned)
        self.versao += 1
