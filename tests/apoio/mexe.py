"""O que um administrador, ou um Kafka UI, faz aos tópicos em dois cliques."""

from kafka import KafkaAdminClient, TopicPartition

from common.prazo import espera_ate
from tests.apoio.sala import FIM_S, SalaDeTeste


def apaga(sala: SalaDeTeste, base: str) -> None:
    """Apaga um tópico e volta quando o Kafka não o mostra mais."""
    nome = sala.topico(base)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.delete_topics([nome])
        assert espera_ate(lambda: bool(admin.describe_topics([nome])[0]["error_code"]), FIM_S), f"{nome} não some"


def recria(sala: SalaDeTeste, base: str, particoes: int = 3) -> None:
    """Apaga um tópico e o cria de novo: o mesmo nome, outro tópico."""
    apaga(sala, base)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.create_topics({sala.topico(base): {"num_partitions": particoes, "replication_factor": 1}})
        admin.wait_for_topics([sala.topico(base)])


def aumenta(sala: SalaDeTeste, base: str, particoes: int) -> None:
    """Dá ao tópico mais partições."""
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.create_partitions({sala.topico(base): particoes})


def corta(sala: SalaDeTeste, base: str, ate_offset: int, particoes: int = 3) -> None:
    """Apaga de cada partição os registros antes de `ate_offset` (kafka-delete-records)."""
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.delete_records({TopicPartition(sala.topico(base), p): ate_offset for p in range(particoes)})
