"""O que cada commit leva escrito ao lado do offset, atômico com ele (o campo metadata de OffsetAndMetadata).

O Kafka guarda os offsets de um grupo pelo *nome* do tópico. Um tópico apagado e criado de novo tem o mesmo nome e outro
identificador (KIP-516), e o offset do antigo não é offset de nada no novo: começa-se do início.
"""

import base64
import re
from dataclasses import dataclass
from uuid import UUID

_TEXTO = re.compile(r"topico=(?P<topico>[\w-]{22});pulados=(?P<pulados>\d+)")


@dataclass(frozen=True)
class Anotacao:
    """De que tópico é o offset, e quantos offsets antes dele sumiram do log sem que o grupo os lesse (int)."""

    topico: str  # o identificador, como kafka-topics --describe o mostra; vazio: um Kafka anterior ao 2.8 não os tem
    pulados: int = 0

    def texto(self) -> str:
        """O que vai no commit (str)."""
        return f"topico={self.topico};pulados={self.pulados}" if self.topico else ""

    def continua_em(self, topico: str) -> "Anotacao | None":
        """Esta anotação, se o offset dela vale no tópico de identificador `topico`; None se é de outro tópico."""
        return None if self.topico and topico and self.topico != topico else Anotacao(topico, self.pulados)


def le(texto: str) -> Anotacao:
    """A anotação de um commit. Sem uma nossa (outra ferramenta, uma versão anterior) o offset vale onde está."""
    achada = _TEXTO.fullmatch(texto)
    return Anotacao(achada["topico"], int(achada["pulados"])) if achada else Anotacao("")


def identificador(topic_id: UUID | str | None) -> str:
    """O identificador de um tópico como o Kafka o escreve (str); vazio se não há."""
    return base64.urlsafe_b64encode(UUID(str(topic_id)).bytes).decode().rstrip("=") if topic_id else ""
