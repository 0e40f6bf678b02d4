"""Por que um Kafka local terminou sozinho, pelo que ele disse e pelo espaço que resta."""

import shutil
import sys
from pathlib import Path

_ESPACO_MINIMO_BYTES = 20 * 1024 * 1024  # um índice novo do Kafka reserva 10 MB
_DISCO_CHEIO = ("No space left on device", "There is not enough space on the disk")
# direto no Windows, um arquivo mapeado em memória não muda de nome (apache/kafka #6403, #12331)
_PRESO_NO_WINDOWS = ("AccessDeniedException", "being used by another process", "user-mapped section open")
_PASTA_PERDIDA = ("KafkaStorageException", "NoSuchFileException", "have failed")


def causa_da_queda(log: str, pasta: Path) -> str:
    """A causa (str) e o que fazer; `log` é o que o broker disse desde que começou."""
    livres = _livres(pasta)
    if livres is not None and (livres < _ESPACO_MINIMO_BYTES or any(trecho in log for trecho in _DISCO_CHEIO)):
        return (
            f"o disco encheu (há {livres >> 20} MB livres em {pasta}). Libere espaço e rode o mesmo comando de novo: "
            "nada do que foi confirmado se perdeu"
        )
    if sys.platform == "win32" and any(trecho in log for trecho in _PRESO_NO_WINDOWS):
        return (
            f"ele não conseguiu mudar o nome de um arquivo em {pasta}: o Kafka direto no Windows cai ao apagar um "
            "tópico ou dados antigos (apache/kafka #12331), e pode cair de novo a cada início. Comece do zero, "
            "sem os pedidos de antes: o mesmo comando com --do-zero; ou use o Docker"
        )
    if any(trecho in log for trecho in _PASTA_PERDIDA):
        return (
            f"ele não consegue mais gravar em {pasta} (KafkaStorageException): a pasta foi movida ou apagada, ou o "
            "disco falhou. Ponha-a de volta, ou use outra (--pasta)"
        )
    return "alguém o matou, ou faltou memória. Rode o mesmo comando de novo: nada do que foi gravado se perdeu"


def _livres(pasta: Path) -> int | None:
    """Quantos bytes restam onde está `pasta`; None se ela não existe mais."""
    try:
        return shutil.disk_usage(pasta).free
    except OSError:
        return None
