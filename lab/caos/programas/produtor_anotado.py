"""O produtor_pedidos.py, sem mudança nenhuma, com um diário do que enviou e do que o Kafka confirmou.

`python -m lab.caos.programas.produtor_anotado DIARIO FLAGS...` Uma linha por fato, escrita na hora em que se dá:
um kill -9 não a apaga. `? JSON` antes de enviar; `= ID PARTIÇÃO OFFSET` quando o Kafka confirma.
"""

import os
import runpy
import sys
from typing import Any

from kafka import KafkaProducer

SCRIPT = "produtor_pedidos.py"
ENVIANDO, CONFIRMADO = b"? ", b"= "


def anota_envios(caminho: str) -> None:
    """Daqui em diante todo KafkaProducer deste processo anota o que envia no diário `caminho`."""
    diario = os.open(caminho, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    envia = KafkaProducer.send

    def anotado(produtor: Any, topico: str, valor: bytes, chave: bytes, *resto: Any) -> Any:
        os.write(diario, ENVIANDO + valor + b"\n")
        envio = envia(produtor, topico, valor, chave, *resto)
        envio.add_callback(
            lambda gravado: os.write(diario, b"%b%b %d %d\n" % (CONFIRMADO, chave, gravado.partition, gravado.offset))
        )
        return envio

    KafkaProducer.send = anotado


def main() -> None:
    _, caminho, *flags = sys.argv
    sys.argv = [SCRIPT, *flags]  # antes de importar common: é por ele que se sabe qual script roda
    anota_envios(caminho)
    runpy.run_path(SCRIPT, run_name="__main__")


if __name__ == "__main__":
    main()
