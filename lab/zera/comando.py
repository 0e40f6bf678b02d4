"""`python -m lab zera`: apaga os tópicos da aula e o que os grupos já leram, se ninguém trabalha e depois de perguntar.

Um produtor não entra em grupo nenhum: um que esteja rodando não é visto, e os envios dele passam a falhar.
"""

import argparse
import math
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import TopicAlreadyExistsError

from common.conexao.clientes import SESSAO_MS, administrador, bootstrap
from common.conexao.espera import quando_houver_kafka
from common.conexao.topicos import particoes_dos_topicos
from common.configuracao import topicos
from common.erros import ErroDeUso, ErroDoLaboratorio, PrazoEsgotado
from common.prazo import Prazo, com_prazo
from common.terminal.argumentos import Argumentos
from common.terminal.linhas import diga
from common.terminal.texto import enumera
from lab.processos.parada import Parada
from lab.terminal.mensagem import informa
from lab.zera.limpeza import apaga, exige_um_broker_que_apague, grupos_que_existem, ocupados

NOME, COR = "ZERA", "red"
INTERROMPIDO = "Interrompido: repita o comando para apagar o que ainda existir"

ESPERA_S = 10.0  # um broker que acaba de cair ainda consta do cluster por uns 6 s
CONVERSA_S = 15.0  # conectar e alguns pedidos: aqui, 0,1 s
SESSAO_S = SESSAO_MS / 1000  # um serviço morto à força conta no grupo até a sessão dele vencer
SAIDA_DO_GRUPO_S = SESSAO_S + 2.0
SUMICO_S = 30.0  # aqui, menos de 0,1 s; com ZooKeeper, ou em um cluster ocupado, o Kafka apaga depois de responder
ENTRE_OLHADAS_S = 0.2

T = TypeVar("T")


def configura(analisador: Argumentos) -> None:
    """As flags do comando."""
    analisador.add_argument("--sim", action="store_true", help="apaga sem perguntar")


def executa(args: argparse.Namespace) -> int:
    """Apaga o que há. Devolve o status (int): 0 se não resta nada, 1 se a resposta foi não, 130 se interrompido.

    Erros: KafkaIndisponivel; ErroDeUso se não há um terminal onde perguntar; ErroDoLaboratorio se há serviços
    rodando, se o broker roda direto no Windows ou se o Kafka recusou ou não terminou.
    """
    topicos()  # um LAB_PREFIXO que não serve é um erro antes de se esperar pelo Kafka
    parada = Parada()
    return parada.conduz(lambda: _zera(args.sim, parada), lambda: _fala(INTERROMPIDO))


def _fala(texto: str) -> None:
    diga(NOME, COR, texto)


def _zera(sem_perguntar: bool, parada: Parada) -> int:
    particoes = _conversa(particoes_dos_topicos, parada)
    grupos = _conversa(grupos_que_existem, parada)
    if not particoes and not grupos:
        _fala(f"Não há nada a apagar no Kafka em {bootstrap()}: {enumera(topicos())} não existem")
        return 0
    _conversa(exige_um_broker_que_apague, parada)
    _exige_grupos_vazios(parada)
    registros = _conversa(lambda admin: _registros(admin, particoes), parada)
    _fala(f"O que será apagado do Kafka em {bootstrap()}:")
    for topico, quantos in registros.items():
        _fala(f"  tópico {topico} (até {quantos} registros: os pedidos e as marcas das transações)")
    for grupo in grupos:
        _fala(f"  grupo {grupo} (até onde leu)")
    if not sem_perguntar:
        try:
            confirmado = _confirmado(parada)
        except KeyboardInterrupt:
            _fala("Nada foi apagado")
            raise
        if not confirmado:
            _fala("Nada foi apagado")
            return 1
        _exige_grupos_vazios(parada)  # alguém pode ter começado enquanto a pergunta esperava
    _conversa(apaga, parada)
    _espera_que_suma(particoes, parada)
    _fala("Apagado. Os scripts recomeçam do zero")
    return 0


def _conversa(pergunta: Callable[[Any], T], parada: Parada) -> T:
    """O resultado de `pergunta(admin)`, repetida enquanto o Kafka não responde.

    Erros: KafkaIndisponivel, ErroDoLaboratorio se o Kafka recusou este usuário, KeyboardInterrupt.
    """

    def chama() -> T:
        with administrador() as admin:
            return pergunta(admin)

    resposta = quando_houver_kafka(
        lambda: com_prazo(chama, CONVERSA_S, "a conversa com o Kafka", parada.encurta),
        _fala,
        parada,
        ESPERA_S,
    )
    parada.confere()
    return resposta


def _registros(admin: Any, particoes: dict[str, int]) -> dict[str, int]:
    """No máximo quantos registros há em cada tópico: as marcas de transação também ocupam offsets."""
    tps = [TopicPartition(nome, numero) for nome, quantas in particoes.items() for numero in range(quantas)]
    fins = admin.list_partition_offsets(dict.fromkeys(tps, OffsetSpec.LATEST))
    inicios = admin.list_partition_offsets(dict.fromkeys(tps, OffsetSpec.EARLIEST))
    return {
        nome: sum(fins[tp].offset - inicios[tp].offset for tp in tps if tp.topic == nome)
        for nome in topicos()
        if nome in particoes
    }


def _exige_grupos_vazios(parada: Parada) -> None:
    """Espera que saiam dos grupos os serviços que morreram à força. Erro: ErroDoLaboratorio se alguém fica."""
    prazo = Prazo(SAIDA_DO_GRUPO_S)
    avisou = False
    while com_gente := _conversa(ocupados, parada):
        onde = enumera(com_gente)
        if prazo.esgotado:
            raise ErroDoLaboratorio(f"há serviços rodando em {onde}: encerre-os com Ctrl+C e repita. Nada foi apagado")
        if not avisou:
            _fala(
                f"Há serviços em {onde}: encerre-os com Ctrl+C. Espero por até {SAIDA_DO_GRUPO_S:.0f} s (um morto à "
                f"força ainda conta por {SESSAO_S:.0f} s)"
            )
            avisou = True
        parada.dorme(ENTRE_OLHADAS_S)


def _confirmado(parada: Parada) -> bool:
    """Pergunta. Erros: ErroDeUso se não há a quem, KeyboardInterrupt."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise ErroDeUso("não há um terminal onde perguntar se é para apagar: repita com --sim. Nada foi apagado")
    try:
        # em outra thread: no instante em que a leitura vai começar, o input() não veria um Ctrl+C
        resposta = com_prazo(lambda: input("Apagar? [s/N] "), math.inf, "a resposta", parada.encurta)
    except (EOFError, UnicodeDecodeError, PrazoEsgotado):  # Ctrl+D; teclas de outra codificação; Ctrl+C
        informa("")  # a linha da pergunta ficou aberta
        resposta = ""
    parada.confere()
    return resposta.strip().lower() in ("s", "sim")


def _espera_que_suma(particoes: dict[str, int], parada: Parada) -> None:
    """Volta quando nenhum broker tem mais nada. Erro: ErroDoLaboratorio."""
    prazo = Prazo(SUMICO_S)
    while resta := _conversa(lambda admin: o_que_resta(admin, particoes), parada):
        if prazo.esgotado:
            raise ErroDoLaboratorio(
                f"depois de {SUMICO_S:.0f} s o Kafka em {bootstrap()} ainda tem {enumera(resta)}: um script o criou de "
                "novo, ou há um broker que não responde. Repita"
            )
        parada.dorme(ENTRE_OLHADAS_S)


def o_que_resta(admin: Any, particoes: dict[str, int]) -> list[str]:
    """Os tópicos e grupos que algum broker ainda tem, ou cujo nome o controlador ainda não deixa criar."""
    restam = set(particoes_dos_topicos(admin))  # só o que um dos brokers sabe
    replicas = {nome: list(range(quantas)) for nome, quantas in particoes.items()}
    for broker in admin.describe_log_dirs(replicas):
        restam |= {topico["name"] for pasta in broker["log_dirs"] for topico in pasta["topics"]}
    ensaio = admin.create_topics(topicos(), validate_only=True, raise_errors=False)["topics"]
    restam |= {topico["name"] for topico in ensaio if topico["error_code"] == TopicAlreadyExistsError.errno}
    return sorted(restam) + grupos_que_existem(admin)
