"""Um consumidor que só lê do tópico que tinha este nome quando ele nasceu, e não de outro criado depois no lugar.

O kafka-python 3.0 pede os registros pelo nome do tópico (Fetch v12). Se o tópico é apagado e criado de novo, o pedido
seguinte lê do novo a partir da posição no antigo, e nada avisa: o que o novo tem antes dela é pulado. O Fetch v13 pede
pelo identificador (KIP-516), e o broker recusa (UNKNOWN_TOPIC_ID) o que já não existe. Assim o que um commit diz ter
lido de um tópico foi lido dele, sem nenhuma pergunta a mais.
"""

from typing import Any
from uuid import UUID

from kafka.consumer.fetcher import FetchRequest

_FETCH_POR_IDENTIFICADOR = 13  # Kafka 3.1; com um mais antigo a versão combinada é menor, e vale o nome


def fixa_topico(consumidor: Any, topico: str) -> UUID | None:
    """Prende `consumidor` ao tópico que hoje se chama `topico`, e devolve o identificador dele (None: Kafka < 2.8).

    Chame depois de os metadados do tópico chegarem e antes do primeiro poll().
    """
    fixo: UUID | None = consumidor._cluster.topic_id(topico)
    if fixo is None:
        return None
    fetcher = consumidor._fetcher
    cria, recebe = fetcher._create_fetch_requests, fetcher._handle_fetch_response

    def cria_com_identificador() -> dict[Any, tuple[FetchRequest, Any]]:
        pedidos: dict[Any, tuple[FetchRequest, Any]] = cria()
        for pedido, _ in pedidos.values():
            pedido._max_version = _FETCH_POR_IDENTIFICADOR
            for parte in (*pedido.topics, *pedido.forgotten_topics_data):
                parte.topic_id = fixo
        return pedidos

    def recebe_com_nome(no: Any, offsets: Any, enviado_em: float, resposta: Any) -> None:
        if resposta.API_VERSION >= _FETCH_POR_IDENTIFICADOR:
            for parte in resposta.responses:
                parte.topic = topico
        recebe(no, offsets, enviado_em, resposta)

    fetcher._create_fetch_requests, fetcher._handle_fetch_response = cria_com_identificador, recebe_com_nome
    return fixo


def foi_trocado(consumidor: Any, topico: str, fixo: UUID | None) -> bool:
    """Diz se o nome já é de outro tópico, pelo que o consumidor sabe agora; um tópico ausente ainda pode voltar."""
    atual = consumidor._cluster.topic_id(topico)
    return None not in (atual, fixo) and atual != fixo
