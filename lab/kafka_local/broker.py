"""Um broker do Kafka local: uma pasta, duas portas e um processo Java. O KafkaLocal é um deles, ou três juntos."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from common.erros import ErroDoLaboratorio, motivo
from common.prazo import PASSO_S, Prazo
from lab.kafka_local import formato, portas, propriedades
from lab.kafka_local.caminhos import ambiente_do_java, exige_pasta_que_sirva
from lab.kafka_local.configuracao import NO_WINDOWS, configuracao
from lab.kafka_local.dados import EM_USO, pasta_ocupada
from lab.kafka_local.distribuicao.jvm import comando_java
from lab.kafka_local.distribuicao.versao import VERSAO_KAFKA
from lab.kafka_local.log import Log
from lab.kafka_local.portas import ESTA_MAQUINA
from lab.kafka_local.topologia import Topologia
from lab.processos.processo import Processo
from lab.processos.trava import Trava
from lab.processos.vigia import PRAZO_PARA_ENCERRAR_S

PRAZO_PARA_RESPONDER_S = 60.0  # por broker: aqui são 2 s; um notebook antigo com antivírus leva bem mais
_PRAZO_DO_FORMATO_S = 60.0  # aqui, 1 s
_PRAZO_DA_RESPOSTA_MS = 3_000  # um pedido a um broker que já aceita conexões
_ESPERA_PELO_ANTERIOR_S = PRAZO_PARA_ENCERRAR_S + 1.0  # o que um Kafka cujo dono acabou de morrer leva para sair


def silencio(_: str) -> None:
    """Quem não pediu notícias do progresso não as recebe."""


class BrokerLocal:
    """O broker `numero` (de 1 em diante) da `topologia`. Os dados ficam na pasta dele e sobrevivem a tudo."""

    def __init__(self, numero: int, topologia: Topologia) -> None:
        self.numero = numero
        self.porta = topologia.portas[numero - 1]
        self._porta_do_controlador = topologia.portas_do_controlador[numero - 1]
        # o nome de cada listener de clientes: a porta em que escuta, e a que anuncia
        self._listeners = {"PLAINTEXT": (self.porta, self.porta)} | {
            f"DESVIO{n}": (desvio.portas[numero - 1], desvio.anunciadas[numero - 1])
            for n, desvio in enumerate(topologia.desvios, start=1)
        }
        self._topologia = topologia
        self._pasta = topologia.pasta / f"broker-{numero}"
        self.log = Log(self._pasta / "broker.log")
        self._propriedades = self._pasta / "server.properties"
        self._dados = self._pasta / "dados"
        self._trava = self._pasta / EM_USO
        self._java: Processo | None = None

    @property
    def endereco(self) -> str:
        """Onde os clientes o acham (str, HOST:PORTA)."""
        return f"{ESTA_MAQUINA}:{self.porta}"

    @property
    def pid_java(self) -> int:
        """O pid (int) da JVM. Erro: ErroDoLaboratorio se ela não está rodando."""
        return self._rodando().pid

    @property
    def vivo(self) -> bool:
        return self._java is not None and self._java.vivo

    @property
    def _nome(self) -> str:
        return "o Kafka" if self._topologia.brokers == 1 else f"o broker {self.numero}"

    def inicia(self) -> None:
        """Inicia-o, se está parado, e volta quando ele responde e faz parte do cluster.

        Sem a maioria dos brokers de pé não há cluster, e passado o prazo isto é um ErroDoLaboratorio: para trazer de
        volta os que formam a maioria, primeiro `lanca()` em todos eles.
        """
        inicia_juntos([self])

    def lanca(self) -> None:
        """Põe o processo para rodar e volta sem esperar pela resposta; `responde()` diz quando ela vem."""
        lanca_juntos([self])

    def responde(self) -> bool:
        """Pergunta ao broker se ele faz parte do cluster (bool): uma porta aberta ainda não é um Kafka pronto."""
        if not portas.aceita_conexao(self.porta):  # um cliente que não conecta deixa uma thread para trás
            return False
        try:
            with KafkaAdminClient(
                bootstrap_servers=self.endereco,
                bootstrap_timeout_ms=_PRAZO_DA_RESPOSTA_MS,
                request_timeout_ms=_PRAZO_DA_RESPOSTA_MS,
            ) as admin:
                brokers = admin.describe_cluster()["brokers"]
        except KafkaError:
            return False
        # a resposta lista também os mortos, que o controlador isola (fenced)
        return any(broker["broker_id"] == self.numero and not broker["is_fenced"] for broker in brokers)

    def mata(self) -> None:
        """kill -9: a queda que a aula estuda. `inicia()` o traz de volta com os mesmos dados e portas."""
        if self._java is not None:
            self._java.mata()
            self.para()

    def para(self) -> None:
        """Encerra o broker com educação e, passado o prazo, à força. Sem efeito se ele já parou."""
        if self._java is not None:
            self._java.encerra()
            self._java = None

    def _pede_o_fim(self) -> None:
        if self._java is not None:
            self._java.sinaliza(signal.SIGTERM)

    def congela(self) -> None:
        """SIGSTOP: as conexões ficam, as respostas não vêm. Erro: ErroDoLaboratorio no Windows."""
        self._rodando().congela()

    def descongela(self) -> None:
        """SIGCONT: o broker continua de onde estava. Erro: ErroDoLaboratorio no Windows."""
        self._rodando().descongela()

    def _rodando(self) -> Processo:
        if self._java is None:
            raise ErroDoLaboratorio(f"{self._nome} não está rodando; chame inicia()")
        return self._java

    # --- as etapas de uma partida, na ordem em que `lanca_juntos` e `inicia_juntos` as chamam

    def _confere_pasta_e_portas(self, prazo: Prazo) -> None:
        """Um Kafka cujo dono acabou de morrer leva um instante para sair; outro, vivo, é um erro."""
        self._pasta.mkdir(parents=True, exist_ok=True)
        trava = Trava(self._trava)
        if not trava.tenta(prazo.resta):
            raise pasta_ocupada(self._topologia, trava)
        trava.solta()
        for porta in (*(escuta for escuta, _ in self._listeners.values()), self._porta_do_controlador):
            if not portas.livre(porta):
                raise ErroDoLaboratorio(
                    f"a porta {porta} já está em uso: há outro Kafka, talvez no Docker? "
                    "Use o que já está lá, ou outra porta e outra pasta (--porta 9095 --pasta .kafka-9095 aqui, "
                    "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9095 nos outros terminais)"
                )

    def _escreve_propriedades(self) -> None:
        # só esta máquina alcança o broker: ele não tem senha
        escuta = {nome: f"{nome}://{ESTA_MAQUINA}:{porta}" for nome, (porta, _) in self._listeners.items()}
        anuncia = [f"{nome}://{ESTA_MAQUINA}:{porta}" for nome, (_, porta) in self._listeners.items()]
        escuta["CONTROLLER"] = f"CONTROLLER://{ESTA_MAQUINA}:{self._porta_do_controlador}"
        do_broker = {
            **configuracao(self._topologia.brokers),
            **(NO_WINDOWS if sys.platform == "win32" else {}),
            "process.roles": "broker,controller",
            "node.id": str(self.numero),
            "controller.quorum.voters": self._topologia.eleitores,
            "listeners": ",".join(escuta.values()),
            "advertised.listeners": ",".join(anuncia),
            "listener.security.protocol.map": ",".join(f"{nome}:PLAINTEXT" for nome in escuta),
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self._dados),
        }
        propriedades.escreve(self._propriedades, do_broker)

    @property
    def _formatado(self) -> bool:
        return (self._dados / formato.META).exists()

    def _comeca_a_formatar(self, comando: list[str], identificador: str) -> None:
        # --cluster-id=…, e não em dois argumentos: o identificador pode começar com "-"
        opcoes = ["--config", str(self._propriedades), f"--cluster-id={identificador}", "--ignore-formatted"]
        self._executa([*comando, "kafka.tools.StorageTool", "format", *opcoes])

    def _termina_de_formatar(self) -> None:
        try:
            certo = self._rodando().espera_fim(_PRAZO_DO_FORMATO_S) == 0
        except subprocess.TimeoutExpired:
            certo = False
        self.para()
        if not certo:
            raise ErroDoLaboratorio(f"não consegui formatar {self._dados}: {self.log.explica()}")

    def _executa_o_kafka(self, comando: list[str]) -> None:
        self._executa([*comando, "kafka.Kafka", str(self._propriedades)])

    def _executa(self, comando: list[str]) -> None:
        self.para()  # o que resta de um processo que morreu sozinho
        with self.log.abre() as saida:
            self._java = Processo(comando, saida, ambiente_do_java(), self._trava)

    def _pronto(self) -> bool:
        """Se ele responde (bool). Erro: ErroDoLaboratorio se morreu antes disso."""
        if not self.vivo:
            raise ErroDoLaboratorio(f"{self._nome} não ficou de pé: {self.log.explica()}")
        return self.responde()

    def _demorou(self, prazo_s: float) -> ErroDoLaboratorio:
        sem_maioria = "" if self._topologia.brokers == 1 else " (a maioria dos brokers está de pé?)"
        return ErroDoLaboratorio(f"{self._nome} não respondeu em {prazo_s:g} s{sem_maioria}: {self.log.explica()}")


def inicia_juntos(brokers: Sequence[BrokerLocal], diz: Callable[[str], None] = silencio) -> None:
    """Inicia ao mesmo tempo os que estão parados e volta quando todos respondem; se um falha, para os que iniciou.

    Juntos, e não um a um: o primeiro só responde quando há uma maioria para eleger o controlador.
    """
    parados = [broker for broker in brokers if not broker.vivo]
    try:
        lanca_juntos(parados, diz)
        prazo_s = PRAZO_PARA_RESPONDER_S * len(brokers)  # eles dividem os mesmos processadores
        prazo, faltam = Prazo(prazo_s), brokers
        while faltam := [broker for broker in faltam if not broker._pronto()]:
            if prazo.esgotado:
                raise faltam[0]._demorou(prazo_s)
            time.sleep(PASSO_S)
    except BaseException:
        para_juntos(parados)
        raise


def lanca_juntos(brokers: Sequence[BrokerLocal], diz: Callable[[str], None] = silencio) -> None:
    """Põe para rodar os que estão parados, sem esperar por uma resposta; se um falha, para todos eles."""
    parados = [broker for broker in brokers if not broker.vivo]
    if not parados:
        return
    try:
        _lanca(parados, diz)
    except BaseException as erro:
        para_juntos(parados)
        if isinstance(erro, OSError):  # disco cheio, pasta sem permissão
            pasta = parados[0]._topologia.pasta
            raise ErroDoLaboratorio(f"não consigo usar a pasta {pasta}: {motivo(erro)}") from erro
        raise


def _lanca(brokers: Sequence[BrokerLocal], diz: Callable[[str], None]) -> None:
    topologia = brokers[0]._topologia
    exige_pasta_que_sirva(topologia.pasta)
    comando = comando_java()  # antes de tudo: a primeira vez baixa o Kafka
    topologia.pasta.mkdir(parents=True, exist_ok=True)
    prazo = Prazo(_ESPERA_PELO_ANTERIOR_S)
    # da conferência até todos rodarem: outro que começasse no meio escreveria por cima
    with Trava(topologia.pasta / "em-preparo.trava") as preparo:
        if not preparo.tenta(prazo.resta):
            raise pasta_ocupada(topologia, preparo)
        for broker in brokers:  # todos antes de escrever em qualquer um
            broker._confere_pasta_e_portas(prazo)
        for broker in brokers:
            broker._escreve_propriedades()
        cluster = topologia.identificador()
        if novos := [b for b in brokers if not b._formatado and not formato.repete(b._dados, b.numero, cluster)]:
            diz("Formatando a pasta de dados…" if len(novos) == 1 else f"Formatando {len(novos)} pastas de dados…")
            for broker in novos:
                broker._comeca_a_formatar(comando, cluster)
            for broker in novos:
                broker._termina_de_formatar()
            formato.guarda(novos[0]._dados)
        diz(f"Iniciando o Kafka {VERSAO_KAFKA}{'' if topologia.brokers == 1 else f' ({len(brokers)} brokers)'}…")
        for broker in brokers:
            broker._executa_o_kafka(comando)


def para_juntos(brokers: Sequence[BrokerLocal]) -> None:
    """Encerra todos ao mesmo tempo, com educação enquanto ela adianta."""
    for broker in brokers:
        broker._pede_o_fim()
    prazo, restam = Prazo(PRAZO_PARA_ENCERRAR_S), brokers
    while restam := [broker for broker in restam if broker.vivo]:
        # para sair, um broker pede licença ao controlador; sem maioria não há um, e a resposta nunca viria
        if prazo.esgotado or len(restam) < restam[0]._topologia.maioria:
            break
        time.sleep(PASSO_S)
    for broker in restam:
        broker.mata()
    for broker in brokers:
        broker.para()
