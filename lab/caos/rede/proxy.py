"""Um proxy TCP diante de um broker: o que passa por ele passa pelo defeito que ele tem agora."""

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from random import Random

from lab.caos.rede.conexao import Conexao, corta
from lab.caos.rede.defeitos import Defeito
from lab.kafka_local.portas import ESTA_MAQUINA

ENTRE_TENTATIVAS_S = 0.1  # de um broker que não está


class Proxy:
    """Escuta em `porta` e leva cada conexão a `destino`, as duas desta máquina. Só a thread do asyncio o executa."""

    def __init__(self, porta: int, destino: int) -> None:
        self.porta = porta
        self.defeito = Defeito(Random())  # nenhum
        self._destino = destino
        self._servidor: asyncio.Server | None = None

    async def escuta(self) -> None:
        self._servidor = await asyncio.start_server(self._atende, ESTA_MAQUINA, self.porta)

    async def _atende(self, do_cliente: StreamReader, cliente: StreamWriter) -> None:
        try:
            do_broker, broker = await asyncio.open_connection(ESTA_MAQUINA, self._destino)
        except OSError:
            corta(cliente)
            await self._recusa_ate_ele_voltar()
            return
        conexao = Conexao(do_cliente, cliente, do_broker, broker)
        volta = asyncio.ensure_future(self._respostas(conexao))
        try:
            await self._pedidos(conexao)
        finally:
            volta.cancel()
            conexao.fecha()

    async def _recusa_ate_ele_voltar(self) -> None:
        """Com o broker fora a porta dele recusa conexões, e a do proxy também: não é um Kafka que não responde."""
        if self._servidor is None:
            return
        self._servidor.close()
        self._servidor = None
        while True:
            with contextlib.suppress(OSError):
                _, broker = await asyncio.open_connection(ESTA_MAQUINA, self._destino)
                broker.close()
                break
            await asyncio.sleep(ENTRE_TENTATIVAS_S)
        await self.escuta()

    async def _pedidos(self, conexao: Conexao) -> None:
        with contextlib.suppress(OSError):
            async for quadro in conexao.pedidos:
                await self.defeito.pedido(conexao, quadro)
        await self.defeito.fim()

    async def _respostas(self, conexao: Conexao) -> None:
        with contextlib.suppress(OSError):
            async for quadro in conexao.respostas:
                await self.defeito.resposta(conexao, quadro)
        conexao.fecha_o_cliente()
