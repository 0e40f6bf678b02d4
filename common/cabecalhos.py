"""Um remendo no kafka-python 3.0: um nome de cabeçalho que não é UTF-8 não pode parar a partição inteira.

O protocolo pede UTF-8 (kafka.apache.org/documentation, Record Header), mas o broker não confere, e clientes em outras
linguagens escrevem qualquer coisa. O kafka-python levanta CorruptRecordError dentro do poll() e nunca passa dali: nem
deste registro, nem dos bons que vêm depois. Aqui só este vira um registro sem valor, que o serviço relata e pula;
qualquer outra corrupção (CRC, tamanhos) continua sendo um erro.
"""

from typing import Any

from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch, decode_varint

_proximo = DefaultRecordBatch.__next__


def _proximo_mesmo_ilegivel(lote: Any) -> Any:
    try:
        return _proximo(lote)
    except CorruptRecordError as erro:
        if not isinstance(erro.__context__, UnicodeDecodeError):
            raise
        tamanho, inicio = decode_varint(lote._buffer, lote._pos)
        _, depois = decode_varint(lote._buffer, inicio)  # atributos
        atraso_ms, depois = decode_varint(lote._buffer, depois)
        salto, _ = decode_varint(lote._buffer, depois)
        lote._pos = inicio + tamanho
        lote._next_record_index += 1
        momento_ms = lote.first_timestamp + atraso_ms
        return DefaultRecord(tamanho, lote.base_offset + salto, momento_ms, lote.timestamp_type, None, None, [])


def tolera_nomes_ilegiveis() -> None:
    """Instala o remendo neste processo. Chamar de novo não muda nada."""
    DefaultRecordBatch.__next__ = _proximo_mesmo_ilegivel
