"""Descomprime um lote de registros aos poucos e até um limite: um registro de 1 MB pode guardar gigabytes de zeros."""

import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from kafka.codec import _detect_xerial_stream, lz4, snappy, zstd
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBase

from common.erros import CodecAusente

# Os clientes recusam o que passa de 1 MB antes de comprimido (max.request.size), e o broker, o lote que passa de 1 MB
# depois. E nenhum lote de pedidos fica 32 vezes menor: cada um tem 16 bytes sorteados, o seu id.
LOTE_MAXIMO_BYTES = 32 * 1024 * 1024
_PEDACO_BYTES = 1024 * 1024

_PACOTES = {
    DefaultRecordBase.CODEC_SNAPPY: ("snappy", "python-snappy", snappy),
    DefaultRecordBase.CODEC_LZ4: ("lz4", "lz4", lz4),
    DefaultRecordBase.CODEC_ZSTD: ("zstd", "zstandard", zstd),
}
_MARCA_XERIAL_BYTES = 16  # o snappy do Java começa com uma marca, e cada bloco com o seu tamanho


class LoteGrandeDemais(Exception):
    """Descomprimido, o lote passa de LOTE_MAXIMO_BYTES."""


def descomprime(codec: int, dados: bytes) -> bytearray:
    """Os registros de um lote comprimido com `codec` (int, CODEC_*).

    Erros: LoteGrandeDemais; CodecAusente se falta a biblioteca dele; CorruptRecordError.
    """
    pedacos = _pedacos(codec, dados)
    inteiro = bytearray()
    try:
        for pedaco in pedacos:
            inteiro += pedaco
            if len(inteiro) > LOTE_MAXIMO_BYTES:
                raise LoteGrandeDemais
    except (LoteGrandeDemais, CodecAusente):
        raise
    except Exception as erro:  # cada biblioteca tem os seus
        raise CorruptRecordError(f"lote comprimido ilegível: {erro!r}") from erro
    return inteiro


def _pedacos(codec: int, dados: bytes) -> Iterator[bytes]:
    if codec == DefaultRecordBase.CODEC_GZIP:
        return _gzip(dados)
    nome, pacote, biblioteca = _PACOTES.get(codec, (f"o codec {codec}", "kafka-python", None))
    if biblioteca is None:
        raise CodecAusente(
            f"há registros comprimidos com {nome}, e falta aqui a biblioteca que os lê: pip install {pacote}"
        )
    le = {
        DefaultRecordBase.CODEC_SNAPPY: _snappy,
        DefaultRecordBase.CODEC_LZ4: _lz4,
        DefaultRecordBase.CODEC_ZSTD: _zstd,
    }[codec]
    return le(biblioteca, dados)


def _gzip(dados: bytes) -> Iterator[bytes]:
    while dados:  # pode ser mais de um, em seguida
        descompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not descompressor.eof:
            if not (pedaco := descompressor.decompress(dados, _PEDACO_BYTES)) and not descompressor.eof:
                raise EOFError
            yield pedaco
            dados = descompressor.unconsumed_tail
        dados = descompressor.unused_data


def _zstd(biblioteca: Any, dados: bytes) -> Iterator[bytes]:
    with biblioteca.ZstdDecompressor().stream_reader(BytesIO(dados), read_across_frames=True) as leitor:
        yield from iter(lambda: leitor.read(_PEDACO_BYTES), b"")


def _lz4(biblioteca: Any, dados: bytes) -> Iterator[bytes]:
    descompressor = biblioteca.LZ4FrameDecompressor()
    while not descompressor.eof:
        pedaco = descompressor.decompress(dados, max_length=_PEDACO_BYTES)
        if not pedaco and descompressor.needs_input and not descompressor.eof:
            raise EOFError
        yield pedaco
        dados = b""


def _snappy(biblioteca: Any, dados: bytes) -> Iterator[bytes]:
    for bloco in _blocos_snappy(dados):
        # o tamanho vem no começo, em grupos de 7 bits: conferido antes, pois o bloco é descomprimido de uma vez
        tamanho = 0
        for posicao, octeto in enumerate(islice(bloco, 5)):
            tamanho |= (octeto & 0x7F) << 7 * posicao
            if octeto < 0x80:
                break
        if tamanho > LOTE_MAXIMO_BYTES:
            raise LoteGrandeDemais
        yield biblioteca.decompress(bloco)


def _blocos_snappy(dados: bytes) -> Iterator[bytes]:
    if not _detect_xerial_stream(dados):
        yield dados
        return
    posicao = _MARCA_XERIAL_BYTES
    while posicao < len(dados):
        inicio = posicao + 4
        posicao = inicio + int.from_bytes(dados[posicao:inicio], "big")
        yield dados[inicio:posicao]
