"""Uma execução do caos, do primeiro pedido aos fatos que o verificador julga: carga, falhas, cura, calma, exame."""

import contextlib
import threading
import time
from collections.abc import Iterator
from random import Random

from kafka import TopicPartition

from common.configuracao import ETAPAS, NUMERO_DE_PARTICOES, topicos
from common.prazo import PASSO_S, espera_ate
from lab.caos import exame
from lab.caos.agenda import Evento, agenda
from lab.caos.cronica import Amostra, Cronica, Episodio
from lab.caos.falhas.falha import Alvos
from lab.caos.instancias import PRONTO, Instancias
from lab.caos.observador import Observador
from lab.caos.painel import Painel
from lab.caos.plano import Plano
from lab.caos.rede.rede import Rede
from lab.caos.verificador import Historia
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.parada import Parada

RETOMADA_MAXIMA_S = 45.0  # sessão (6 s) + transação órfã (7 s) + a volta do broker (4–6 s), e uma máquina lenta
CALMA_MAXIMA_S = 90.0  # além do que o trabalho que falta levaria
DONOS_S = 30.0  # um rebalanceamento que ainda termina
PRODUTOR_S = 60.0  # o produtor desiste em 32 s sem resposta
CARGA_MAXIMA_S = 5.0  # um produtor leva 1 s para começar a enviar
SONDA = NUMERO_DE_PARTICOES  # depois da cura, um pedido por partição: todo grupo tem o que fazer
AMOSTRA_S = 0.25
ENTRE_PERGUNTAS_S = 0.3  # cada pergunta abre um cliente Kafka


class Ensaio:
    """Executa um Plano em um Kafka que já responde, com os tópicos criados."""

    def __init__(self, plano: Plano, cronica: Cronica, kafka: KafkaLocal, rede: Rede, parada: Parada) -> None:
        self._plano, self._cronica, self._kafka, self._rede, self._parada = plano, cronica, kafka, rede, parada
        self._instancias = Instancias(plano.tempo_s, kafka.pasta / "diarios", plano.ingenuo, rede, parada)
        self._observador = Observador()
        self._inicio = time.monotonic()
        self._faltam = plano.pedidos  # enviar

    def executa(self, painel: Painel) -> Historia:
        """Do começo ao fim. Erros: KeyboardInterrupt; ErroDoLaboratorio se algo impede o próprio ensaio."""
        with self._observador, self._instancias, self._anima(painel):
            for script in [self._instancias.abre(etapa) for etapa in ETAPAS]:  # nascem juntas
                self._instancias.aguarda(script, PRONTO)
            for evento in agenda(self._plano.semente, self._plano.falhas, self._plano.rodadas):
                self._acontece(evento)
                if self._plano.acabou(self._agora_s):
                    break
            painel.diz("Curadas as falhas, a linha termina o que falta…")
            esperando = self._acalma()
            return self._examina(esperando)

    @property
    def _agora_s(self) -> float:
        return time.monotonic() - self._inicio

    def _acontece(self, evento: Evento) -> None:
        """Com a linha em carga, injeta, deixa durar, cura, e mede quanto os três grupos levam para voltar a andar."""
        episodios = []
        with contextlib.ExitStack() as curas:
            for numero, falha in enumerate(evento.falhas):
                self._poe_carga()  # também antes da segunda: enquanto a primeira se injetava, a rajada pode ter passado
                self._parada.dorme(evento.em_carga_s)
                episodio = Episodio(falha.nome, "", self._agora_s)
                sorte = Random(evento.semente + numero)
                alvos = Alvos(self._instancias, self._kafka, self._rede, self._parada, sorte)
                episodio.alvo, episodio.aconteceu = curas.enter_context(falha.injeta(alvos))
                self._cronica.episodios.append(episodio)
                episodios.append(episodio)
            self._parada.dorme(evento.dura_s)
        self._instancias.completa()
        curada_s = self._agora_s
        for episodio in episodios:
            episodio.fim_s = curada_s
        retomada_s = self._mede_retomada()
        for episodio in episodios:
            episodio.retomada_s = retomada_s

    def _poe_carga(self) -> None:
        """Uma rajada de pedidos, e a espera até que cheguem: é também a calma depois da falha anterior."""
        ja_havia, _, _ = self._observador.contagem()
        quantos = self._plano.rajada
        self._produz(quantos)  # mesmo que já não falte nenhum: sem carga, a falha não encontraria nada
        espera_ate(lambda: self._observador.contagem()[0] >= ja_havia + quantos, CARGA_MAXIMA_S, self._parada.confere)

    def _produz(self, quantos: int) -> None:
        self._instancias.produz(quantos)
        self._faltam -= quantos

    def _mede_retomada(self) -> float | None:
        """Segundos até cada um dos três grupos avançar; None se passou de RETOMADA_MAXIMA_S."""
        inicio = self._agora_s
        self._instancias.produz(SONDA)
        antes: dict[TopicPartition, int] = {}  # onde cada grupo estava quando o Kafka respondeu pela primeira vez

        def todos_avancaram() -> bool:
            agora = exame.avancos() or {}
            avancaram = {tp.topic for tp, offset in agora.items() if offset > antes.setdefault(tp, offset)}
            return all(etapa.entrada in avancaram for etapa in ETAPAS)

        if espera_ate(todos_avancaram, RETOMADA_MAXIMA_S, self._parada.confere, ENTRE_PERGUNTAS_S):
            return self._agora_s - inicio
        return None

    def _acalma(self) -> int:
        """Envia o que falta e espera que tudo chegue ao fim. Devolve quantos ainda esperam (0: calma)."""
        if self._faltam > 0:
            self._produz(self._faltam)
        produtores = self._instancias.produtores
        espera_ate(lambda: not any(p.vivo for p in produtores), PRODUTOR_S, self._parada.confere)
        restam = enviados = len(exame.le_envios(self._instancias.envios))

        def tudo_chegou() -> bool:
            nonlocal restam
            self._instancias.completa()
            fins, avancos = exame.fins(), exame.avancos()
            if avancos is not None and self._observador.alcancou(fins):
                restam = exame.esperando(self._observador.leitura, avancos)
            return restam == 0

        trabalho_s = len(ETAPAS) * enviados * self._plano.tempo_s
        espera_ate(tudo_chegou, CALMA_MAXIMA_S + trabalho_s, self._parada.confere, ENTRE_PERGUNTAS_S)
        return restam

    def _examina(self, esperando: int) -> Historia:
        donos: dict[str, dict[int, list[str]]] = {}

        def toda_particao_tem_dono() -> bool:
            donos.update(exame.donos())
            return all(len(particoes) == NUMERO_DE_PARTICOES for particoes in donos.values())

        espera_ate(toda_particao_tem_dono, DONOS_S, self._parada.confere, ENTRE_PERGUNTAS_S)
        self._instancias.encerra()  # o que um serviço diria ao terminar também é examinado
        fins = exame.fins()
        espera_ate(lambda: self._observador.alcancou(fins), DONOS_S, self._parada.confere)
        novos, aprovados, concluidos = topicos()
        return Historia(
            topicos=(novos, aprovados, concluidos),
            enviados=exame.le_envios(self._instancias.envios),
            lidos=exame.le_tudo(fins, self._parada),
            vistos=self._observador.leitura,
            sessoes=self._observador.sessoes,
            avisados=None if self._plano.ingenuo else exame.le_avisos(self._instancias.avisos),
            confirmados=exame.confirmados(self._parada),
            donos=donos,
            abertas=exame.abertas(),
            retomadas=[(e.nome, e.retomada_s) for e in self._cronica.episodios],
            retomada_maxima_s=RETOMADA_MAXIMA_S,
            mortes=self._instancias.mortes,
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
