"""O terminal de um cluster: conta o que houve com cada broker, e derruba ou traz de volta o que digitarem."""

import contextlib
import io
import os
import signal
import threading
from enum import Enum, auto
from queue import Empty, SimpleQueue

from common.erros import ErroDoLaboratorio
from common.terminal.texto import visivel
from lab.kafka_local.cluster import KafkaLocal
from lab.terminal.mensagem import informa

_PASSO_S = 0.2  # de quanto em quanto tempo se olha quem vive; no Windows, também o Ctrl+C


class _Estado(Enum):
    DE_PE = auto()
    SUBINDO = auto()
    CAIDO = auto()


def enumera(partes: list[str], conjuncao: str = "e") -> str:
    """As partes em uma frase (str): "a, b e c"."""
    *primeiras, ultima = partes
    return f"{', '.join(primeiras)} {conjuncao} {ultima}" if primeiras else ultima


class Mesa:
    """`entrada` é o descritor (int) de onde vêm as linhas; None: não há uma.

    Digitar o número de um broker serve em qualquer sistema; achar o pid de um Java entre três, não.
    """

    def __init__(self, kafka: KafkaLocal, entrada: int | None) -> None:
        self._kafka = kafka
        self._entrada = entrada
        self._brokers = {str(broker.numero): broker for broker in kafka.brokers}
        self._estados = dict.fromkeys(self._brokers, _Estado.DE_PE)
        self._digitado: SimpleQueue[str] = SimpleQueue()
        self._leitor: threading.Thread | None = None

    def acompanha(self) -> None:
        """Volta quando todos os brokers caíram."""
        self._escuta()
        while self._kafka.vivo:
            with contextlib.suppress(Empty):
                self._atende(self._digitado.get(timeout=_PASSO_S))
            for numero in self._brokers:
                self._confere(numero)

    def _escuta(self) -> None:
        if self._entrada is None:
            return
        if hasattr(signal, "SIGTTIN"):  # em segundo plano (com "&") a leitura falha, em vez de parar o processo
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        # daemon: uma leitura do terminal não se interrompe, e não pode segurar o Ctrl+C nem o fim do processo
        self._leitor = threading.Thread(target=self._le, args=(self._entrada,), daemon=True)
        self._leitor.start()
        if os.isatty(self._entrada):
            informa(
                f"Digite {enumera([*self._brokers], 'ou')} e Enter para derrubar esse broker (kill -9), "
                "ou para trazê-lo de volta"
            )

    def _le(self, entrada: int) -> None:
        # sem buffer, e não sys.stdin: a trava interna dele prenderia o fim do processo
        with contextlib.suppress(OSError), io.FileIO(entrada, closefd=False) as linhas:
            for linha in linhas:
                self._digitado.put(linha.decode("utf-8", "replace").strip())

    def _atende(self, texto: str) -> None:
        if texto not in self._brokers:
            if texto:
                informa(f"Não há um broker {visivel(texto)}: digite {enumera([*self._brokers], 'ou')} e Enter")
        elif self._estados[texto] is _Estado.CAIDO:
            self._levanta(texto)
        else:
            self._brokers[texto].mata()
            self._registra_queda(texto, "derrubado")

    def _levanta(self, numero: str) -> None:
        informa(f"Iniciando o broker {numero}…")
        try:
            self._brokers[numero].lanca()  # sem esperar: quem digita pode querer outro ao mesmo tempo
        except ErroDoLaboratorio as erro:
            informa(f"ERRO: {erro}")
        else:
            self._estados[numero] = _Estado.SUBINDO

    def _confere(self, numero: str) -> None:
        broker, estado = self._brokers[numero], self._estados[numero]
        if estado is _Estado.CAIDO:
            return
        if not broker.vivo:
            como = "caiu" if estado is _Estado.DE_PE else f"não ficou de pé (o porquê: {broker.log})"
            self._registra_queda(numero, como)
        elif estado is _Estado.SUBINDO and broker.responde():
            self._estados[numero] = _Estado.DE_PE
            informa(f"Broker {numero} de volta em {broker.endereco}")

    def _registra_queda(self, numero: str, como: str) -> None:
        self._estados[numero] = _Estado.CAIDO
        total, restam = len(self._brokers), sum(broker.vivo for broker in self._brokers.values())
        if restam > total // 2:
            efeito = f"Restam {restam} de {total}, e o Kafka continua"
        elif restam:
            efeito = f"Resta {restam} de {total}: sem a maioria, nada mais é confirmado"
        else:
            efeito = f"Não resta nenhum dos {total}"
        digite = (
            f"{numero} e Enter"
            if self._leitor and self._leitor.is_alive()
            else "Ctrl+C aqui, e o mesmo comando de novo"
        )
        informa(f"Broker {numero} {como}. {efeito}. Para trazê-lo de volta: {digite}")
