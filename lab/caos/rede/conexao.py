"""Uma conexão de um cliente a um broker, vista do meio do caminho: o que vai de um lado ao outro, e o corte."""

import asyncio
import contextlib
import os
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator

# SO_LINGER com 0 s: fechar descarta o que falta enviar e manda RST, em vez de FIN
_RST = struct.pack("HH" if os.name == "nt" else "ii", 1, 0)
_TAMANHO = 4  # bytes: cada pedido e cada resposta começam pelo seu (kafka.apache.org/protocol, Common Request)


def corta(escritor: StreamWriter) -> None:
    """RST: quem está do outro lado fica sabendo na hora, e não sabe o que chegou."""
    with contextlib.suppress(OSError):  # já se foi
        escritor.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
    escritor.transport.abort()


async def _quadros(leitor: StreamReader) -> AsyncIterator[bytes]:
    """Cada pedido ou resposta, inteiro, com o tamanho na frente; termina com a conexão."""
    with contextlib.suppress(asyncio.IncompleteReadError, OSError):
        while True:
            tamanho = await leitor.readexactly(_TAMANHO)
            yield tamanho + await leitor.readexactly(int.from_bytes(tamanho, "big"))


class Conexao:
    """As duas pontas. Erro de quem escreve: OSError, se a ponta já se foi."""

    def __init__(self, do_cliente: StreamReader, cliente: StreamWriter, do_broker: StreamReader, broker: StreamWriter):
        self.pedidos, self.respostas = _quadros(do_cliente), _quadros(do_broker)
        self._cliente, self._broker = cliente, broker

    async def ao_broker(self, octetos: bytes) -> None:
        self._broker.write(octetos)
        await self._broker.drain()

    async def ao_cliente(self, octetos: bytes) -> None:
        self._cliente.write(octetos)
        await self._cliente.drain()

    def corta(self) -> None:
        """RST nas duas pontas."""
        self.corta_o_cliente()
        corta(self._broker)

    def corta_o_cliente(self) -> None:
        """RST no cliente; o broker não fica sabendo."""
        corta(self._cliente)

    def fecha_o_cliente(self) -> None:
        self._cliente.close()

    def fecha(self) -> None:
        self._cliente.close()
        self._broker.close()
