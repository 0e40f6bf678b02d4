"""Um Apache Kafka de verdade nesta máquina, sem Docker: um broker KRaft em uma pasta.

with KafkaLocal.temporario() as kafka:
    KafkaProducer(bootstrap_servers=kafka.bootstrap)
"""

import base64
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from common.erros import ErroDoLaboratorio
from common.prazo import PASSO_S, Prazo
from lab import portas
from lab.broker import CONFIGURACAO_DO_BROKER
from lab.jars import garante_jars
from lab.java import encontra_java
from lab.portas import ESTA_MAQUINA
from lab.processo_java import ProcessoJava
from lab.trava import Trava
from lab.versao import VERSAO_KAFKA
from lab.vigia import PRAZO_PARA_ENCERRAR_S

PRAZO_PARA_RESPONDER_S = 60.0  # aqui são 2 s; um notebook antigo com antivírus leva bem mais
_PRAZO_DO_FORMATO_S = 60.0  # aqui, 1 s
_PRAZO_DA_RESPOSTA_MS = 3_000  # um pedido a um broker que já aceita conexões
_ESPERA_PELO_ANTERIOR_S = PRAZO_PARA_ENCERRAR_S + 1.0  # o que um Kafka cujo dono acabou de morrer leva para sair
_REGISTRO_MAXIMO_BYTES = 20_000_000  # acima disto o registro recomeça; ele cresce uns 50 KB por partida
_LINHAS_NO_ERRO = 3

_OPCOES_DO_JAVA = (
    "-Xmx256m",  # basta para a aula (uns 320 MB de RSS); o padrão seria um quarto da memória da máquina
    "-XX:TieredStopAtLevel=1",  # só o compilador rápido: responde em 2,0 s em vez de 2,9 s
    "-XX:+UseSerialGC",  # o mesmo tempo de partida, menos threads e menos memória
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
    # as 300 linhas "KafkaConfig values" a cada partida esconderiam o resto
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn",
)


def _silencio(_: str) -> None:
    """Quem não pediu notícias do progresso não as recebe."""


def _escapa(valor: str) -> str:
    """`valor` como o java.util.Properties o lê: barras dobradas e, de ISO-8859-1 (José!), só o ASCII."""
    return "".join(
        letra if letra.isascii() else "".join(f"\\u{unidade:04x}" for unidade in _utf16(letra))
        for letra in valor.replace("\\", "\\\\")
    )


def _utf16(letra: str) -> list[int]:
    octetos = letra.encode("utf-16-be")
    return [int.from_bytes(octetos[i : i + 2], "big") for i in range(0, len(octetos), 2)]


class KafkaLocal:
    """Um broker em `pasta`, na `porta` (None: uma livre). Os dados ficam na pasta e sobrevivem a tudo.

    `diz` recebe uma linha (str) por etapa demorada. Todo erro previsto é um ErroDoLaboratorio.
    """

    def __init__(self, pasta: Path, porta: int | None = None, diz: Callable[[str], None] = _silencio) -> None:
        self._pasta = pasta.resolve()
        self.porta = porta if porta is not None else portas.sorteia()
        self._diz = diz
        self._java: ProcessoJava | None = None
        self.registro = self._pasta / "broker.log"
        self._propriedades = self._pasta / "server.properties"
        self._dados = self._pasta / "dados"
        self._trava = self._pasta / "em-uso.trava"

    @staticmethod
    @contextmanager
    def temporario(porta: int | None = None) -> "Iterator[KafkaLocal]":
        """Um Kafka só para este bloco, em uma pasta temporária apagada no fim."""
        # ignore_cleanup_errors: no Windows o antivírus pode ainda estar lendo um arquivo
        with (
            tempfile.TemporaryDirectory(prefix="lab-kafka-", ignore_cleanup_errors=True) as pasta,
            KafkaLocal(Path(pasta), porta) as kafka,
        ):
            yield kafka

    @property
    def bootstrap(self) -> str:
        """O endereço para os clientes (str, HOST:PORTA)."""
        return f"{ESTA_MAQUINA}:{self.porta}"

    @property
    def pid_java(self) -> int:
        """O pid (int) da JVM do broker. Erro: ErroDoLaboratorio se ele não está rodando."""
        return self._rodando().pid

    @property
    def vivo(self) -> bool:
        return self._java is not None and self._java.vivo

    def inicia(self) -> None:
        """Volta quando o broker responde. Depois de `mata()` ou `para()`, recomeça na mesma pasta e porta."""
        if self.vivo:
            return
        try:
            self._inicia()
        except BaseException:
            self.para()
            raise

    def _inicia(self) -> None:
        java, jars = encontra_java(), garante_jars()
        kafka = [str(java), *_OPCOES_DO_JAVA, "-cp", os.pathsep.join(map(str, jars))]
        self._prepara_pasta()
        self._espera_pasta_e_porta()
        self._escreve_propriedades()
        if not (self._dados / "meta.properties").exists():
            self._diz("Formatando a pasta de dados…")
            self._formata(kafka)
        self._diz(f"Iniciando o Kafka {VERSAO_KAFKA}…")
        comeco_do_registro = self.registro.stat().st_size if self.registro.exists() else 0
        self._java = self._lanca([*kafka, "kafka.Kafka", str(self._propriedades)])
        self._espera_resposta(comeco_do_registro)

    def _prepara_pasta(self) -> None:
        try:
            self._pasta.mkdir(parents=True, exist_ok=True)
            if self.registro.exists() and self.registro.stat().st_size > _REGISTRO_MAXIMO_BYTES:
                self.registro.unlink()
        except OSError as erro:
            raise ErroDoLaboratorio(f"não consigo usar a pasta {self._pasta}: {erro.strerror or erro}") from erro

    def _espera_pasta_e_porta(self) -> None:
        """Um Kafka cujo dono acabou de morrer leva um instante para sair; outro, vivo, é um erro."""
        trava, prazo = Trava(self._trava), Prazo(_ESPERA_PELO_ANTERIOR_S)
        if not trava.tenta(prazo.resta):
            raise ErroDoLaboratorio(
                f"a pasta {self._pasta} já é de outro Kafka em execução (processo {trava.dono()}). "
                "Encerre-o com Ctrl+C no terminal dele, ou use outra pasta"
            )
        trava.solta()
        if not portas.livre(self.porta):
            raise ErroDoLaboratorio(
                f"a porta {self.porta} já está em uso: há outro Kafka, talvez no Docker? "
                "Encerre-o, ou escolha outra porta (--porta aqui, KAFKA_BOOTSTRAP_SERVERS nos outros terminais)"
            )

    def _escreve_propriedades(self) -> None:
        porta_controlador = portas.sorteia()
        propriedades = {
            **CONFIGURACAO_DO_BROKER,
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{ESTA_MAQUINA}:{porta_controlador}",
            # só esta máquina alcança o broker: ele não tem senha
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{ESTA_MAQUINA}:{porta_controlador}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self._dados),
        }
        linhas = (f"{chave}={_escapa(valor)}\n" for chave, valor in propriedades.items())
        self._propriedades.write_text("".join(linhas), encoding="ascii")

    def _formata(self, kafka: list[str]) -> None:
        identificador = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        formatador = [*kafka, "kafka.tools.StorageTool", "format", "--config", str(self._propriedades)]
        # --cluster-id=…, e não em dois argumentos: o identificador pode começar com "-"
        formato = self._lanca([*formatador, f"--cluster-id={identificador}", "--ignore-formatted"])
        try:
            status = formato.espera(Prazo(_PRAZO_DO_FORMATO_S))
        finally:
            formato.encerra()
        if status != 0:
            raise ErroDoLaboratorio(f"não consegui formatar {self._dados}: {self._fim_do_registro()}")

    def _lanca(self, comando: list[str]) -> ProcessoJava:
        return ProcessoJava(comando, self.registro, self._trava)

    def _espera_resposta(self, comeco_do_registro: int) -> None:
        prazo, java = Prazo(PRAZO_PARA_RESPONDER_S), self._rodando()
        while not prazo.esgotado:
            if java.espera(Prazo(PASSO_S)) is not None:
                raise ErroDoLaboratorio(f"o Kafka não ficou de pé: {self._fim_do_registro(comeco_do_registro)}")
            if portas.aceita_conexao(self.porta) and self.responde():
                return
        raise ErroDoLaboratorio(
            f"o Kafka não respondeu em {PRAZO_PARA_RESPONDER_S:g} s: {self._fim_do_registro(comeco_do_registro)}"
        )

    def responde(self) -> bool:
        """Pergunta ao broker pelo cluster (bool): uma porta aberta ainda não é um Kafka pronto."""
        try:
            with KafkaAdminClient(
                bootstrap_servers=self.bootstrap,
                bootstrap_timeout_ms=_PRAZO_DA_RESPOSTA_MS,
                request_timeout_ms=_PRAZO_DA_RESPOSTA_MS,
            ) as admin:
                return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False

    def _fim_do_registro(self, comeco: int = 0) -> str:
        """As linhas que explicam uma falha: as de erro, se houver, ou as últimas."""
        try:
            with self.registro.open("rb") as arquivo:
                arquivo.seek(comeco)
                linhas = arquivo.read().decode("utf-8", "replace").splitlines()
        except OSError:
            linhas = []
        erros = [linha for linha in linhas if " ERROR " in linha or "Exception" in linha or "Error:" in linha]
        trecho = " | ".join((erros or linhas)[-_LINHAS_NO_ERRO:])
        return f"{trecho or 'ele não disse nada'} (o registro inteiro: {self.registro})"

    def _rodando(self) -> ProcessoJava:
        if self._java is None:
            raise ErroDoLaboratorio("este Kafka não está rodando; chame inicia()")
        return self._java

    def mata(self) -> None:
        """kill -9 no broker: a queda que a aula estuda. `inicia()` o traz de volta com os mesmos dados."""
        self._rodando().mata()
        self._java = None

    def congela(self) -> None:
        """SIGSTOP no broker: as conexões ficam, as respostas não vêm. Erro: ErroDoLaboratorio no Windows."""
        if sys.platform == "win32":
            raise ErroDoLaboratorio("o Windows não sabe congelar um processo")
        self._rodando().sinaliza(signal.SIGSTOP)

    def descongela(self) -> None:
        """SIGCONT: o broker continua de onde estava. Erro: ErroDoLaboratorio no Windows."""
        if sys.platform == "win32":
            raise ErroDoLaboratorio("o Windows não sabe congelar um processo")
        self._rodando().sinaliza(signal.SIGCONT)

    def para(self) -> None:
        """Encerra o broker com educação e, passado o prazo, à força. Sem efeito se ele já parou."""
        if self._java is not None:
            self._java.encerra()
            self._java = None

    def __enter__(self) -> "KafkaLocal":
        self.inicia()
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self.para()
