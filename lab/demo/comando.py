"""`python -m lab demo`: a aula inteira, sozinha, em um Kafka só dela (ou, com --kafka, em nomes só dela)."""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

from kafka.errors import KafkaError

from common.conexao.clientes import SESSAO_MS, administrador, bootstrap
from common.conexao.espera import quando_houver_kafka
from common.conexao.topicos import particoes_dos_topicos
from common.configuracao import ETAPAS, topicos
from common.erros import ErroDeUso, ErroDoLaboratorio, motivo
from common.prazo import com_prazo, espera_ate
from common.terminal.argumentos import Argumentos
from lab.confere.leitura import ESPERA_PELO_KAFKA_S
from lab.demo.em_linhas import EmLinhas
from lab.demo.em_quadros import EmQuadros, cabem_quadros
from lab.demo.roteiro import ABERTURA, DA_AULA, QUEM, RAPIDO, Roteiro
from lab.demo.roteiro_com_cluster import RoteiroComCluster
from lab.demo.terminais import Terminais
from lab.kafka_local.privado import kafka_privado
from lab.processos.parada import Parada
from lab.terminal.mensagem import informa
from lab.terminal.teclado import Teclado
from lab.zera.limpeza import apaga, exige_um_broker_que_apague, ocupados

LIMPEZA_S = SESSAO_MS / 1000 + 4.0  # um serviço morto à força ainda conta no grupo até a sessão dele vencer
INTERROMPIDA = "Demonstração interrompida"


def configura(analisador: Argumentos) -> None:
    """As flags do comando."""
    analisador.add_argument("--rapido", action="store_true", help="encurta o trabalho de cada serviço")
    analisador.add_argument("--passo-a-passo", action="store_true", help="espera por um Enter entre um passo e outro")
    analisador.add_argument(
        "--figura", type=Path, metavar="ARQUIVO", help="desenha em um SVG os quadros de quando o pagamento está morto"
    )
    qual_kafka = analisador.add_mutually_exclusive_group()
    qual_kafka.add_argument(
        "--com-cluster", action="store_true", help="três brokers, e a Parte 5: um deles cai, e depois outro"
    )
    qual_kafka.add_argument(
        "--kafka", metavar="HOST:PORTA", help="usa este Kafka, com nomes próprios que apaga no fim, em vez de um novo"
    )


def executa(args: argparse.Namespace) -> int:
    """Mostra a aula. Devolve o status (int): 0 se toda conferência deu certo, 1 se não, 130 se interrompida.

    Erro: ErroDeUso, antes de começar.
    """
    figura: Path | None = args.figura
    if figura and (figura.is_dir() or not figura.parent.is_dir()):
        raise ErroDeUso(f"--figura: não há como gravar em {figura}; dê o nome de um arquivo em uma pasta que existe")
    teclado = _teclado() if args.passo_a_passo else None
    parada = Parada()
    tela = (EmQuadros if cabem_quadros() else EmLinhas)(parada, figura)

    def trabalho() -> int:
        try:
            return _mostra(args, tela, parada, teclado)
        except ErroDoLaboratorio:
            # o Ctrl+C do teclado mata também um processo que está nascendo: o que falta dizer é o Ctrl+C
            parada.confere()
            raise

    return parada.conduz(trabalho, lambda: tela.cala(INTERROMPIDA))


def _mostra(args: argparse.Namespace, tela: EmLinhas, parada: Parada, teclado: Teclado | None) -> int:
    tempos = RAPIDO if args.rapido else DA_AULA
    with contextlib.ExitStack() as pilha:
        if args.kafka:
            pilha.enter_context(_kafka_de_outro(args.kafka, tela, parada))
        else:
            tela.explica(f"{ABERTURA}\n{tela.como_ler}: {QUEM}.")
            brokers = 3 if args.com_cluster else 1
            interrompida = partial(tela.cala, INTERROMPIDA)
            kafka = pilha.enter_context(kafka_privado(parada, interrompida, tela.explica, brokers))
        terminais = pilha.enter_context(Terminais(tela.linha, parada))
        if args.com_cluster:
            roteiro: Roteiro = RoteiroComCluster(kafka, tempos, terminais, tela, parada, teclado)
        else:
            roteiro = Roteiro(tempos, terminais, tela, parada, teclado)
        try:
            certo = roteiro.executa()
        except KeyboardInterrupt:
            tela.cala(INTERROMPIDA)  # já, e não depois do desmonte: quem apertou Ctrl+C quer uma resposta
            raise
        tela.cala()
        return 0 if certo else 1


def _teclado() -> Teclado:
    teclado = Teclado(sys.stdin.fileno() if sys.stdin else None)  # sem stdin: um "<&-"
    if not teclado.e_terminal:
        raise ErroDeUso("--passo-a-passo espera por um Enter: a entrada precisa ser um terminal")
    return teclado


@contextlib.contextmanager
def _kafka_de_outro(endereco: str, tela: EmLinhas, parada: Parada) -> Iterator[None]:
    """O Kafka em `endereco`, com um prefixo sorteado: os tópicos de ninguém mais são tocados."""
    os.environ["KAFKA_BOOTSTRAP_SERVERS"] = endereco
    # depois do prefixo da pessoa, se ela tem um: pode ser tudo o que o cluster lhe permite criar
    antes = os.environ.get("LAB_PREFIXO", "")[:20]
    os.environ["LAB_PREFIXO"] = f"{antes}-demo-{uuid4().hex[:8]}".lstrip("-")
    topicos()  # um prefixo que não serve deve falhar aqui, com uma linha clara
    quando_houver_kafka(_exige_acesso, tela.explica, parada, ESPERA_PELO_KAFKA_S)
    tela.explica(f"{ABERTURA}\n{tela.como_ler}: {QUEM}.")
    try:
        yield
    finally:
        _limpa()


def _exige_acesso() -> None:
    """Erros: KafkaError se o Kafka não responde ou não deixa usar os tópicos da demonstração."""
    with administrador() as admin:
        particoes_dos_topicos(admin)


def _limpa() -> None:
    """Apaga os tópicos e os grupos da demonstração, ou diz quais ficaram."""
    try:
        com_prazo(_apaga, LIMPEZA_S + ESPERA_PELO_KAFKA_S, "apagar os tópicos")
    except (KafkaError, ErroDoLaboratorio) as erro:
        informa(
            f"AVISO: não consegui apagar em {bootstrap()} os tópicos e grupos da demonstração ({motivo(erro)}): "
            f"{', '.join([*topicos(), *(etapa.grupo for etapa in ETAPAS)])}"
        )


def _apaga() -> None:
    with administrador() as admin:
        exige_um_broker_que_apague(admin)
        espera_ate(lambda: not ocupados(admin), LIMPEZA_S)
        apaga(admin)
