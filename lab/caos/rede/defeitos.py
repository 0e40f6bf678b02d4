"""O que uma rede ruim faz com os pedidos e as respostas, uma classe por defeito."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from random import Random

from lab.caos.rede.conexao import Conexao

ATRASO_S = (0.05, 2.0)  # de uma rede ruim a quase um terço da sessão do grupo
CHANCE_DE_CORTE = 0.2
GOTA_BYTES, ENTRE_GOTAS_S = 64, 0.02  # 3 KB/s: um pedido de 100 bytes ainda passa, uma centena de pedidos não

# o número de cada tipo de pedido, nos bytes 4 e 5 dele (kafka.apache.org/protocol, Api Keys)
PRODUCE, END_TXN, TXN_OFFSET_COMMIT = 0, 26, 28
# o transactional.id de um serviço termina em um uuid, e nenhum campo antes dele tem outro
_PRODUTOR = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Defeito:
    """Esta classe é a rede boa: tudo passa. `atingidos` conta o que um defeito estragou, segurou ou atrasou."""

    def __init__(self, sorte: Random) -> None:
        self.atingidos = 0
        self.curado = asyncio.Event()  # quem o dá é a thread dos proxies
        self._sorte = sorte

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        await conexao.ao_broker(quadro)

    async def resposta(self, conexao: Conexao, quadro: bytes) -> None:
        await conexao.ao_cliente(quadro)

    async def fim(self) -> None:
        """O cliente fechou a conexão; quando isto volta, o broker fica sabendo."""

    async def _ate_a_cura(self, segundos: float | None = None) -> None:
        """Espera a cura, ou `segundos` se isso é menos."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.curado.wait(), segundos)


class Atraso(Defeito):
    """Cada pedido chega depois, cada um com o seu atraso."""

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        self.atingidos += 1
        await self._ate_a_cura(self._sorte.uniform(*ATRASO_S))
        await super().pedido(conexao, quadro)


class Corte(Defeito):
    """De vez em quando, RST no meio de um pedido."""

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        if self.atingidos and self._sorte.random() >= CHANCE_DE_CORTE:
            await super().pedido(conexao, quadro)
            return
        self.atingidos += 1
        await conexao.ao_broker(quadro[: len(quadro) // 2])
        conexao.corta()


class BuracoNegro(Defeito):
    """As conexões ficam, e nada passa. Curado, chega o que estava a caminho: também o de quem já desistiu."""

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        self.atingidos += 1
        await self._ate_a_cura()
        await super().pedido(conexao, quadro)

    async def resposta(self, conexao: Conexao, quadro: bytes) -> None:
        self.atingidos += 1
        await self._ate_a_cura()
        await super().resposta(conexao, quadro)

    async def fim(self) -> None:
        await self._ate_a_cura()


class MaoUnica(Defeito):
    """Os pedidos chegam, as respostas nunca: um commit que aconteceu e ninguém sabe."""

    async def resposta(self, conexao: Conexao, quadro: bytes) -> None:
        self.atingidos += 1
        await self._ate_a_cura()
        conexao.corta()


class ContaGotas(Defeito):
    """Poucos bytes por vez, nos dois sentidos."""

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        await self._goteja(conexao.ao_broker, quadro)

    async def resposta(self, conexao: Conexao, quadro: bytes) -> None:
        await self._goteja(conexao.ao_cliente, quadro)

    async def _goteja(self, escreve: Callable[[bytes], Awaitable[None]], quadro: bytes) -> None:
        self.atingidos += 1
        while quadro and not self.curado.is_set():
            await escreve(quadro[:GOTA_BYTES])
            quadro = quadro[GOTA_BYTES:]
            await self._ate_a_cura(ENTRE_GOTAS_S)
        await escreve(quadro)


class SeguraEndTxn(Defeito):
    """O pedido de commit chega ao broker só depois de a transação seguinte do mesmo produtor ter começado.

    Para o produtor a conexão caiu: ele repete o commit por outra, e segue. O broker não distingue de qual das duas é o
    que chega tarde, se o produtor não mudou de época (jepsen.io/analyses/bufstream-0.1.0).
    """

    def __init__(self, sorte: Random) -> None:
        super().__init__(sorte)
        self._retidos: dict[bytes, asyncio.Event] = {}  # o produtor: se a transação seguinte dele começou

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        chave = int.from_bytes(quadro[4:6], "big")
        achado = _PRODUTOR.search(quadro) if chave in (PRODUCE, END_TXN, TXN_OFFSET_COMMIT) else None
        produtor = achado[0] if achado else b""
        if chave == END_TXN and produtor not in self._retidos:
            await self._segura(produtor, conexao)
        elif chave != END_TXN and produtor in self._retidos:
            # estes dois só seguem quando o broker já pôs a partição ou o grupo na transação
            self._retidos[produtor].set()
        await super().pedido(conexao, quadro)

    async def _segura(self, produtor: bytes, conexao: Conexao) -> None:
        comecou = self._retidos[produtor] = asyncio.Event()
        conexao.corta_o_cliente()
        fins = [asyncio.ensure_future(evento.wait()) for evento in (comecou, self.curado)]
        await asyncio.wait(fins, return_when=asyncio.FIRST_COMPLETED)
        for fim in fins:
            fim.cancel()
        self.atingidos += comecou.is_set()
        del self._retidos[produtor]
