"""O console de um cluster: conta o que houve com cada broker, e derruba ou traz de volta o que digitarem."""

from enum import Enum, auto

from common.erros import ErroDoLaboratorio
from common.terminal.texto import enumera, visivel
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.parada import Parada
from lab.terminal.mensagem import informa
from lab.terminal.teclado import Teclado

_PASSO_S = 0.2  # de quanto em quanto tempo se olha quem vive; no Windows, também o Ctrl+C


class _EstadoDoBroker(Enum):
    DE_PE = auto()
    SUBINDO = auto()
    CAIDO = auto()


class ConsoleDoCluster:
    """`entrada` é o descritor (int) de onde vêm as linhas; None: não há uma.

    Digitar o número de um broker serve em qualquer sistema; achar o pid de um Java entre três, não.
    """

    def __init__(self, kafka: KafkaLocal, entrada: int | None, parada: Parada) -> None:
        self._kafka, self._parada = kafka, parada
        self._brokers = {str(broker.numero): broker for broker in kafka.brokers}
        self._estados = dict.fromkeys(self._brokers, _EstadoDoBroker.DE_PE)
        self._teclado = Teclado(entrada)

    def acompanha(self) -> None:
        """Volta quando todos os brokers caíram. Erro: KeyboardInterrupt."""
        if self._teclado.e_terminal:
            informa(f"Digite {self._numeros} e Enter para derrubar esse broker (kill -9), ou para trazê-lo de volta")
        while self._kafka.vivo:
            self._parada.confere()
            if digitado := self._teclado.linha(_PASSO_S):
                self._atende(digitado)
            for numero in self._brokers:
                self._confere(numero)

    @property
    def _numeros(self) -> str:
        return enumera([*self._brokers], "ou")

    def _atende(self, texto: str) -> None:
        if texto not in self._brokers:
            informa(f"Não há um broker {visivel(texto)}: digite {self._numeros} e Enter")
        elif self._estados[texto] is _EstadoDoBroker.CAIDO:
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
            self._estados[numero] = _EstadoDoBroker.SUBINDO

    def _confere(self, numero: str) -> None:
        broker, estado = self._brokers[numero], self._estados[numero]
        if estado is _EstadoDoBroker.CAIDO:
            return
        if not broker.vivo:
            como = "caiu" if estado is _EstadoDoBroker.DE_PE else f"não ficou de pé (o porquê: {broker.log.caminho})"
            self._registra_queda(numero, como)
        elif estado is _EstadoDoBroker.SUBINDO and broker.responde():
            self._estados[numero] = _EstadoDoBroker.DE_PE
            informa(f"Broker {numero} de volta em {broker.endereco}")

    def _registra_queda(self, numero: str, como: str) -> None:
        self._estados[numero] = _EstadoDoBroker.CAIDO
        total, restam = len(self._brokers), sum(broker.vivo for broker in self._brokers.values())
        if restam > total // 2:
            efeito = f"Restam {restam} de {total}, e o Kafka continua"
        elif restam:
            efeito = f"Resta {restam} de {total}: sem a maioria, nada mais é confirmado"
        else:
            efeito = f"Não resta nenhum dos {total}"
        digite = f"{numero} e Enter" if self._teclado.aberto else "Ctrl+C aqui, e o mesmo comando de novo"
        informa(f"Broker {numero} {como}. {efeito}. Para trazê-lo de volta: {digite}")
