"""A rede entre os scripts e os brokers: um proxy por cliente diante de cada broker, todos em uma thread."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from random import Random
from types import TracebackType

from common.configuracao import ETAPAS
from common.produtor import NOME as PRODUTOR
from lab.caos.rede.defeitos import Defeito
from lab.caos.rede.proxy import Proxy
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.portas import ESTA_MAQUINA

# cada um tem os seus proxies, e um listener em cada broker que anuncia o endereço deles
CLIENTES = (PRODUTOR, *(etapa.nome for etapa in ETAPAS))
ABRE_S = 10.0  # abrir umas portas leva milissegundos


class Rede:
    """Use com `with`, em um KafkaLocal que tem um desvio para cada um dos CLIENTES e já responde.

    `trechos` (str: os proxies dele): "ESTOQUE" é tudo o que o estoque fala, "broker 2" o que todos falam com ele.
    """

    def __init__(self, kafka: KafkaLocal) -> None:
        self.trechos: dict[str, list[Proxy]] = {}
        for cliente, desvio in zip(CLIENTES, kafka.desvios, strict=True):
            pontas = zip(kafka.brokers, desvio.anunciadas, desvio.portas, strict=True)
            for broker, anunciada, porta in pontas:
                proxy = Proxy(anunciada, porta)
                for trecho in (cliente, f"broker {broker.numero}"):
                    self.trechos.setdefault(trecho, []).append(proxy)
        self._laco = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._laco.run_forever, daemon=True, name="rede")

    def __enter__(self) -> "Rede":
        self._thread.start()
        for cliente in CLIENTES:
            for proxy in self.trechos[cliente]:
                asyncio.run_coroutine_threadsafe(proxy.escuta(), self._laco).result(ABRE_S)
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._termina(), self._laco).result(ABRE_S)
        self._laco.call_soon_threadsafe(self._laco.stop)
        self._thread.join(ABRE_S)
        self._laco.close()

    async def _termina(self) -> None:
        tarefas = asyncio.all_tasks() - {asyncio.current_task()}
        for tarefa in tarefas:
            tarefa.cancel()
        await asyncio.gather(*tarefas, return_exceptions=True)

    def bootstrap(self, cliente: str) -> str:
        """Os endereços (str, HOST:PORTA separados por vírgulas) por onde um dos CLIENTES chega ao Kafka."""
        return ",".join(f"{ESTA_MAQUINA}:{proxy.porta}" for proxy in self.trechos[cliente])

    @contextlib.contextmanager
    def estraga(self, trecho: str, defeito: Defeito) -> Iterator[None]:
        """Neste bloco `trecho` tem `defeito`; ao sair, o que ele segurava é solto."""
        proxies = self.trechos[trecho]
        try:
            for proxy in proxies:
                proxy.defeito = defeito
            yield
        finally:
            for proxy in proxies:
                proxy.defeito = Defeito(Random())
            self._laco.call_soon_threadsafe(defeito.curado.set)
