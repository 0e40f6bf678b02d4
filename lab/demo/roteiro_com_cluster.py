"""A Parte 5, depois das outras: o próprio Kafka cai. De três brokers, primeiro um, depois dois."""

import time
from collections.abc import Callable
from itertools import pairwise

from common.terminal.texto import segundos
from lab.demo.em_linhas import EmLinhas
from lab.demo.roteiro import MEDIDAS, PEDIDOS, PROVADO, Roteiro, Tempos
from lab.demo.terminais import APROVADO, CONCLUIDO, ENVIADO, ESPERO, PRONTO_S, Terminais, espera_ver
from lab.kafka_local.broker import BrokerLocal
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.parada import Parada
from lab.terminal.teclado import Teclado

PARTE_5 = "Parte 5: o próprio Kafka cai"
PAUSA, VOLTA = "a maior pausa com um broker morto", "um broker de volta até o 1º pedido enviado"
PAUSA_MAXIMA_S = 30.0  # aqui, 4 a 9 s: a sessão do broker (3 s), e às vezes uma transação que só acaba no prazo (8 s)
SEM_MAIORIA_S = 5.0  # por quanto tempo se mostra que nada anda; com a maioria de pé, um envio leva milissegundos


class RoteiroComCluster(Roteiro):
    """O roteiro da aula em um Kafka de três brokers, que é derrubado aos poucos."""

    provado = PROVADO | {PARTE_5: "replicação: o que dois brokers gravaram sobrevive à queda de um"}
    medidas = (*MEDIDAS[:4], PAUSA, VOLTA, *MEDIDAS[4:])

    def __init__(
        self,
        kafka: KafkaLocal,
        tempos: Tempos,
        terminais: Terminais,
        tela: EmLinhas,
        parada: Parada,
        teclado: Teclado | None = None,
    ) -> None:
        super().__init__(tempos, terminais, tela, parada, teclado)
        self._kafka = kafka
        tela.passo.brokers = {broker.numero: True for broker in kafka.brokers}

    def _partes(self) -> list[Callable[[], None]]:
        return [*super()._partes(), self._um_broker_cai, self._dois_brokers_caem]

    def _um_broker_cai(self) -> None:
        estoques = [self._terminais.estoque, self._terminais.estoque2]
        self._abre_parte(
            PARTE_5,
            "Até aqui o Kafka não caiu. Ele são três brokers, e cada pedido está gravado nos três. O broker 1 morre "
            "(kill -9) com pedidos no meio do caminho.",
            "os serviços param por alguns segundos, até os outros dois assumirem as partições dele, e continuam. Um "
            "aviso de T1 pode sair duas vezes: nenhuma transação cobre um terminal.",
        )
        desde, _ = self._produz()
        espera_ver(
            lambda: any(e.instantes(APROVADO, desde) for e in estoques),
            self._prazo_s,
            self._parada,
            estoques,
            lambda: f"em {self._prazo_s:.0f} s nenhum pedido foi aprovado",
        )
        morte = self._derruba(self._kafka.brokers[0])
        self._espera_avisos(desde)
        aprovados = sorted(quando for e in estoques for quando in e.instantes(APROVADO, morte))
        pausa_s = max(depois - antes for antes, depois in pairwise([morte, *aprovados]))
        self._mede(PAUSA, segundos(pausa_s))
        self._confere(
            pausa_s <= PAUSA_MAXIMA_S,
            f"com um broker morto os {PEDIDOS} pedidos chegaram ao fim; a maior pausa: {segundos(pausa_s)}",
        )
        self._confere_o_fim(desde, total=4 * PEDIDOS, avisos_repetidos=True)

    def _dois_brokers_caem(self) -> None:
        t = self._terminais
        self._anuncia(
            "Agora morre também o broker 2. O que resta não é a maioria: sozinho, o broker 3 não confirma nada "
            "(min.insync.replicas=2), e um não elege o controlador do cluster.",
            "tudo espera, e nada se perde.",
        )
        self._derruba(self._kafka.brokers[1])
        desde = t.produtor.roda()
        t.produtor.espera(ESPERO, 1, desde, PRONTO_S)
        self._parada.dorme(SEM_MAIORIA_S)
        parados = not t.produtor.instantes(ENVIADO, desde) and not t.notificacao.instantes(CONCLUIDO, desde)
        self._confere(parados and t.produtor.vivo, "sem a maioria, nenhum pedido foi confirmado: o produtor espera")

        # sem esperar que alguém leia: a paciência do produtor, que espera pelo Kafka, também acaba
        self._tela.anuncia("O broker 1 volta, e são dois.", "ninguém toca nos serviços, e tudo volta a andar.")
        volta = self._levanta(self._kafka.brokers[0])
        self._mede(VOLTA, segundos(t.produtor.espera(ENVIADO, 1, desde, PRONTO_S) - volta))
        t.produtor.espera_fim(PRONTO_S)
        self._levanta(self._kafka.brokers[1])
        self._espera_avisos(desde)
        self._confere_o_fim(desde, total=5 * PEDIDOS, avisos_repetidos=True)

    def _derruba(self, broker: BrokerLocal) -> float:
        """kill -9. Devolve o instante (time.monotonic)."""
        self._parada.confere()
        instante = time.monotonic()
        broker.mata()
        self._tela.passo.brokers[broker.numero] = False
        self._tela.explica(f"broker {broker.numero} morto (kill -9)")
        return instante

    def _levanta(self, broker: BrokerLocal) -> float:
        """Volta sem esperar que ele responda. Devolve o instante (time.monotonic)."""
        self._parada.confere()
        instante = time.monotonic()
        broker.lanca()
        self._tela.passo.brokers[broker.numero] = True
        self._tela.explica(f"broker {broker.numero} de volta, com os mesmos dados")
        return instante

    def _espera_avisos(self, desde: float) -> None:
        """Como `_espera_concluidos`, mas um aviso pode repetir-se: a queda veio entre a linha e o commit."""
        notificacao = self._terminais.notificacao
        espera_ver(
            lambda: len(set(notificacao.pedidos(CONCLUIDO, desde))) >= PEDIDOS,
            self._prazo_s,
            self._parada,
            [notificacao],
            lambda: f"em {self._prazo_s:.0f} s {notificacao} não avisou {PEDIDOS} clientes",
        )
