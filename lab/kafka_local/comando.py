"""`python -m lab kafka`: um Kafka de verdade neste terminal, sem Docker e sem Java instalados."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from common.erros import ErroDoLaboratorio
from common.terminal.argumentos import Argumentos, inteiro
from common.terminal.texto import enumera
from lab.kafka_local.configuracao import QUANTIDADES
from lab.kafka_local.distribuicao.versao import VERSAO_KAFKA
from lab.processos.parada import Parada
from lab.terminal.mensagem import informa

if TYPE_CHECKING:
    from lab.kafka_local.cluster import KafkaLocal

PORTA_PADRAO, PORTA_MAXIMA = 9092, 65_535
PASTA_PADRAO = ".kafka"
_PASSO_S = 0.2  # de quanto em quanto tempo se olha se o Java ainda vive; no Windows, também o Ctrl+C
_SINAIS_DE_FIM = ("SIGTERM", "SIGHUP", "SIGBREAK")  # kill, terminal fechado, Ctrl+Break: como um Ctrl+C


def configura(analisador: Argumentos) -> None:
    """As flags do comando."""
    analisador.add_argument(
        "--porta",
        type=inteiro(1, PORTA_MAXIMA, "uma porta"),
        default=PORTA_PADRAO,
        metavar="N",
        help=f"porta TCP (padrão: {PORTA_PADRAO})",
    )
    analisador.add_argument(
        "--pasta",
        type=Path,
        default=Path(PASTA_PADRAO),
        metavar="PASTA",
        help=f"onde ficam os dados, que sobrevivem a um reinício (padrão: {PASTA_PADRAO})",
    )
    analisador.add_argument("--do-zero", action="store_true", help="apaga antes os dados que a pasta guarda")
    analisador.add_argument(
        "--brokers",
        type=int,
        choices=QUANTIDADES,
        default=1,
        help="1 (padrão), ou 3: um cluster, em portas seguidas, que continua quando um broker cai",
    )


def _interrompe(sinal: int, quadro: FrameType | None) -> None:
    raise KeyboardInterrupt


def executa(args: argparse.Namespace) -> int:
    """Roda o Kafka até o Ctrl+C. Devolve o status (int): 0 se pediram o fim, 1 se o Kafka caiu sozinho."""
    # só agora: o --help funciona sem nada instalado
    import common.conexao.clientes  # noqa: F401  # cala o cliente Kafka, que fala inglês no stderr
    from lab.kafka_local.cluster import KafkaLocal

    for nome in _SINAIS_DE_FIM:
        if hasattr(signal, nome):
            signal.signal(getattr(signal, nome), _interrompe)
    kafka = KafkaLocal(args.pasta, args.porta, diz=informa, brokers=args.brokers)
    try:
        try:
            if args.do_zero:
                kafka.comeca_do_zero()
            elif sys.platform == "win32" and (idade := kafka.idade_dos_dados_dias) >= 1:
                informa(f"{args.pasta}/ guarda dados de {idade:.0f} dia(s) atrás; para começar do zero, --do-zero")
            kafka.inicia()
        except KeyboardInterrupt:
            informa("Interrompido antes de o Kafka estar pronto. O que já foi baixado ou gravado não se perde")
            return 0
        # daqui em diante o sinal é uma bandeira: um KeyboardInterrupt dentro do Popen.poll de um broker deixaria a
        # trava dele presa, e o fim o esperaria para sempre (visto uma vez)
        parada = Parada()
        with parada:
            _acompanha(kafka, args.porta, args.pasta, parada)
    except KeyboardInterrupt:
        informa("Encerrando o Kafka…")
        kafka.para()
        informa(f"Kafka encerrado. Os dados continuam em {args.pasta}/")
        return 0
    finally:
        kafka.para()
    logs = enumera([str(broker.log.caminho) for broker in kafka.brokers])
    raise ErroDoLaboratorio(f"o Kafka terminou sozinho: {kafka.causa_da_queda()}. O log: {logs}")


def _acompanha(kafka: "KafkaLocal", porta: int, pasta: Path, parada: Parada) -> None:
    """Diz que o Kafka está pronto, e volta quando ele caiu sozinho. Erro: KeyboardInterrupt."""
    if len(kafka.brokers) == 1:
        informa(f"Kafka {VERSAO_KAFKA} pronto em 127.0.0.1:{porta} (Ctrl+C encerra; dados em {pasta}/)")
        while kafka.vivo:
            parada.dorme(_PASSO_S)
        return
    from lab.kafka_local.console import ConsoleDoCluster

    enderecos = enumera([broker.endereco for broker in kafka.brokers])
    informa(f"Kafka {VERSAO_KAFKA} pronto em {enderecos} (Ctrl+C encerra; dados em {pasta}/)")
    for linha in _define("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap):
        informa(linha)
    # sem stdin (um "<&-") o descritor 0 pode ser hoje outra coisa
    ConsoleDoCluster(kafka, sys.stdin.fileno() if sys.stdin else None, parada).acompanha()


def _define(variavel: str, valor: str) -> list[str]:
    """Como dar o valor à variável de ambiente (list[str]), em cada shell do sistema."""
    antes = "Em cada outro terminal, antes dos scripts"
    if sys.platform != "win32":
        return [f"{antes}: export {variavel}={valor}"]
    return [f'{antes}, no PowerShell: $env:{variavel} = "{valor}"', f"ou, no Prompt de Comando: set {variavel}={valor}"]
