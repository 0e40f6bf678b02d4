"""Uma execução do caos, do primeiro pedido aos fatos que o verificador julga: carga, falhas, cura, calma, exame."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from common.configuracao import ETAPAS, NUMERO_DE_PARTICOES, topicos
from common.prazo import PASSO_S, Prazo
from lab.caos import exame
from lab.caos.agenda import Evento, agenda
from lab.caos.cronica import Amostra, Cronica, Episodio
from lab.caos.falhas import Cena, Falha
from lab.caos.instancias import PRONTO, Linha
from lab.caos.observador import Observador
from lab.caos.painel import Painel
from lab.caos.verificador import Historia
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.parada import Parada

RETOMADA_MAXIMA_S = 45.0  # sessão (6 s) + transação órfã (7 s) + a volta do broker (4–6 s), e uma máquina lenta
CALMA_MAXIMA_S = 90.0  # além do que o trabalho que falta levaria
DONOS_S = 30.0  # um rebalanceamento que ainda termina
PRODUTOR_S = 60.0  # o produtor desiste em 32 s sem resposta
AMOSTRA_S = 0.25
CARGA_MAXIMA_S = 5.0  # um produtor leva 1 s para começar a enviar
EM_CARGA_S = 2.0  # uma rajada leva uns 4 s para passar pela linha
ENTRE_PERGUNTAS_S = 0.5
CARGA_POR_EVENTO_S = 8.0  # um evento (falha, cura, retomada e calma) leva de 3 a 20 s
SONDA = NUMERO_DE_PARTICOES  # depois da cura, um pedido por partição: todo grupo tem o que fazer
OCUPACAO = 0.5  # a parte do tempo em que cada serviço trabalha: a outra absorve o que as falhas atrasam
TEMPO_MAXIMO_S = 0.05  # um pedido não precisa de mais do que isto para ser interrompido no meio


@dataclass(frozen=True)
class Plano:
    """`falhas` em rodízio por `segundos`, enquanto `pedidos` passam pela linha."""

    pedidos: int
    segundos: float
    semente: int
    falhas: Sequence[Falha]
    ingenuo: bool

    @property
    def tempo_s(self) -> float:
        """O --tempo de cada serviço: a carga dura tanto quanto as falhas."""
        return min(TEMPO_MAXIMO_S, OCUPACAO * self.segundos / self.pedidos)

    @property
    def rajada(self) -> int:
        """Quantos pedidos se enviam quando começa um evento."""
        return max(1, round(self.pedidos * min(1.0, CARGA_POR_EVENTO_S / self.segundos)))


class Ensaio:
    """Executa um Plano em um Kafka que já responde, com os tópicos criados."""

    def __init__(self, plano: Plano, cronica: Cronica, kafka: KafkaLocal, diario: Path, parada: Parada) -> None:
        self._plano, self._cronica, self._kafka, self._diario, self._parada = plano, cronica, kafka, diario, parada
        self._linha = Linha(plano.tempo_s, diario, plano.ingenuo, parada)
        self._observador = Observador()
        self._inicio = time.monotonic()
        self._faltam = plano.pedidos

    def executa(self, painel: Painel) -> Historia:
        """Do começo ao fim. Erros: KeyboardInterrupt; ErroDoLaboratorio se algo impede o próprio ensaio."""
        with self._observador, self._linha, self._anima(painel):
            for etapa in ETAPAS:
                self._linha.aguarda(self._linha.abre(etapa), PRONTO)
            for evento in agenda(self._plano.semente, self._plano.falhas):
                self._acontece(evento)
                if self._agora_s >= self._plano.segundos:
                    break
            painel.diz("Curadas as falhas, a linha termina o que falta…")
            esperando = self._acalma()
            return self._examina(esperando)

    @property
    def _agora_s(self) -> float:
        return time.monotonic() - self._inicio

    def _acontece(self, evento: Evento) -> None:
        """Injeta, deixa durar, cura, e mede quanto os três grupos levam para voltar a andar."""
        self._poe_carga(evento)
        episodios = []
        with contextlib.ExitStack() as curas:
            for numero, falha in enumerate(evento.falhas):
                episodio = Episodio(falha.nome, "", self._agora_s)
                cena = Cena(self._linha, self._kafka, Random(evento.semente + numero))
                episodio.alvo = curas.enter_context(falha.faz(cena))
                self._cronica.episodios.append(episodio)
                episodios.append(episodio)
            self._parada.dorme(evento.dura_s)
        self._linha.completa()
        curada_s = self._agora_s
        for episodio in episodios:
            episodio.fim_s = curada_s
        retomada_s = self._mede_retomada()
        for episodio in episodios:
            episodio.retomada_s = retomada_s
        self._parada.dorme(evento.calma_s)

    def _poe_carga(self, evento: Evento) -> None:
        """Uma rajada de pedidos, e um instante sorteado em que já se trabalha neles."""
        antes, prazo = self._observador.contagem(), Prazo(CARGA_MAXIMA_S)
        self._produz(self._plano.rajada)
        while self._observador.contagem() == antes and not prazo.esgotado:
            self._parada.dorme(PASSO_S)
        self._parada.dorme(Random(evento.semente).uniform(0, EM_CARGA_S))

    def _produz(self, quantos: int) -> None:
        quantos = min(quantos, self._faltam)
        if quantos > 0:
            self._linha.produz(quantos)
            self._faltam -= quantos

    def _mede_retomada(self) -> float | None:
        """Segundos até cada um dos três grupos avançar; None se passou de RETOMADA_MAXIMA_S."""
        inicio, prazo, antes = self._agora_s, Prazo(RETOMADA_MAXIMA_S), None
        self._linha.produz(SONDA)
        while not prazo.esgotado:
            if (agora := exame.avancos()) is not None:
                antes = antes or agora
                if all(any(agora[tp] > antes[tp] for tp in agora if tp.topic == etapa.entrada) for etapa in ETAPAS):
                    return self._agora_s - inicio
            self._parada.dorme(ENTRE_PERGUNTAS_S)
        return None

    def _acalma(self) -> int:
        """Envia o que falta e espera que tudo chegue ao fim. Devolve quantos ainda esperam (0: calma)."""
        self._produz(self._faltam)
        prazo = Prazo(PRODUTOR_S)
        while any(produtor.vivo for produtor in self._linha.produtores) and not prazo.esgotado:
            self._parada.dorme(ENTRE_PERGUNTAS_S)
        enviados = len(exame.le_diario(self._diario))
        trabalho_s = len(ETAPAS) * enviados * self._plano.tempo_s
        prazo = Prazo(CALMA_MAXIMA_S + trabalho_s)
        restam = enviados
        while restam and not prazo.esgotado:
            self._linha.completa()
            fins, avancos = exame.fins(), exame.avancos()
            if avancos is not None and self._observador.alcancou(fins):
                restam = exame.esperando(self._observador.leitura, avancos)
            self._parada.dorme(ENTRE_PERGUNTAS_S)
        return restam

    def _examina(self, esperando: int) -> Historia:
        donos, prazo = exame.donos(), Prazo(DONOS_S)
        while not all(len(d) == NUMERO_DE_PARTICOES for d in donos.values()) and not prazo.esgotado:
            self._parada.dorme(ENTRE_PERGUNTAS_S)
            donos = exame.donos()
        self._linha.encerra()  # o que um serviço diria ao terminar também é examinado
        fins, prazo = exame.fins(), Prazo(DONOS_S)
        while not self._observador.alcancou(fins) and not prazo.esgotado:
            self._parada.dorme(ENTRE_PERGUNTAS_S)
        novos, aprovados, concluidos = topicos()
        return Historia(
            topicos=(novos, aprovados, concluidos),
            enviados=exame.le_diario(self._diario),
            lidos=exame.le_tudo(fins, self._parada),
            vistos=self._observador.leitura,
            donos=donos,
            abertas=exame.abertas(),
            retomadas=[(f"{e.falha} em {e.alvo}", e.retomada_s) for e in self._cronica.episodios],
            retomada_maxima_s=RETOMADA_MAXIMA_S,
            mortes=self._linha.mortes,
            esperando=esperando,
        )

    @contextlib.contextmanager
    def _anima(self, painel: Painel) -> Iterator[None]:
        """Enquanto dura, anota as contagens e redesenha o painel."""
        fim = threading.Event()

        def anima() -> None:
            while not fim.wait(AMOSTRA_S):
                self._cronica.amostras.append(Amostra(self._agora_s, *self._observador.contagem()))
                painel.atualiza()

        thread = threading.Thread(target=anima, daemon=True, name="painel")
        thread.start()
        try:
            yield
        finally:
            fim.set()
            thread.join(1 + PASSO_S)
