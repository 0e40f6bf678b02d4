"""O que um administrador, um Kafka UI ou outro programa faz aos tópicos e aos grupos em dois cliques."""

import socket
import struct

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
    """Dá ao tópico mais partições, e volta quando um cliente novo já as vê."""
    nome = sala.topico(base)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.create_partitions({nome: particoes})

        def todas() -> bool:
            (descrito,) = admin.describe_topics([nome])
            return [p["leader_id"] >= 0 for p in descrito["partitions"]] == [True] * particoes

        assert espera_ate(todas, FIM_S), f"{nome} não tem {particoes} partições"


def corta(sala: SalaDeTeste, base: str, ate_offset: int, particoes: int = 3) -> None:
    """Apaga de cada partição os registros antes de `ate_offset` (kafka-delete-records)."""
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.delete_records({TopicPartition(sala.topico(base), p): ate_offset for p in range(particoes)})


def entra_pelo_protocolo_novo(sala: SalaDeTeste, grupo: str, topico: str) -> None:
    """Põe em `grupo` um membro do KIP-848, que o kafka-python não sabe ser; sem batimentos, ele fica por 45 s.

    Um ConsumerGroupHeartbeat v0 escrito à mão (kafka.apache.org/protocol: tipo 68).
    """

    def texto(valor: str) -> bytes:
        return bytes([len(valor) + 1]) + valor.encode()

    nulo, sem_etiquetas = b"\0", b"\0"
    assina = b"\2" + texto(topico)
    corpo = texto(grupo) + texto("") + struct.pack(">i", 0) + nulo + nulo + struct.pack(">i", 60_000) + assina
    pedido = struct.pack(">hhih", 68, 0, 1, -1) + sem_etiquetas + corpo + nulo + b"\1" + sem_etiquetas
    host, _, porta = sala.bootstrap.rpartition(":")
    with socket.create_connection((host, int(porta)), FIM_S) as conexao:
        conexao.sendall(struct.pack(">i", len(pedido)) + pedido)
        resposta = conexao.recv(4096)
    # tamanho, correlação, etiquetas, throttle; e o código de erro
    assert struct.unpack_from(">h", resposta, 13)[0] == 0, resposta
