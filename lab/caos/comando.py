"""`python -m lab caos`: derruba serviços e brokers enquanto pedidos passam, e confere que nenhum se perdeu."""

import argparse
from pathlib import Path
from random import randint

from common.erros import ErroDeUso
from common.terminal.argumentos import Argumentos, inteiro, quantidade_de_pedidos, segundos
from lab import ambiente
from lab.kafka_local.configuracao import QUANTIDADES

REQUISITOS = ambiente.DE_DESENVOLVIMENTO
PEDIDOS, SEGUNDOS = 2_000, 60.0
SEGUNDOS_MAXIMO = 86_400.0
RODADAS_MAXIMO = 1_000
SEMENTE_MAXIMA = 999_999  # curta: é para ser dita em voz alta e digitada de novo


def configura(analisador: Argumentos) -> None:
    """As flags do comando."""
    analisador.add_argument(
        "--pedidos", type=quantidade_de_pedidos, default=PEDIDOS, metavar="N", help=f"quantos (padrão: {PEDIDOS})"
    )
    quanto = analisador.add_mutually_exclusive_group()
    quanto.add_argument(
        "--segundos",
        type=segundos(1, SEGUNDOS_MAXIMO, "uma duração"),
        default=SEGUNDOS,
        metavar="S",
        help=f"de falhas (padrão: {SEGUNDOS:.0f}; com o preparo, a calma e o exame, quase 2 minutos ao todo)",
    )
    quanto.add_argument(
        "--rodadas",
        type=inteiro(1, RODADAS_MAXIMO, "um número de rodadas"),
        metavar="N",
        help="em vez de segundos: cada falha N vezes, duas a duas onde dá",
    )
    analisador.add_argument(
        "--semente",
        type=inteiro(0, SEMENTE_MAXIMA, "uma semente"),
        metavar="X",
        help="repete a agenda de falhas de outra execução (padrão: sorteada)",
    )
    analisador.add_argument(
        "--falhas", metavar="a,b,c", help="só estas (padrão: todas; um nome errado lista os que há)"
    )
    analisador.add_argument(
        "--brokers", type=int, choices=QUANTIDADES, default=1, help="de quantos brokers (padrão: 1)"
    )
    analisador.add_argument(
        "--ingenuo", action="store_true", help="o controle: serviços sem transação, que o verificador tem de acusar"
    )
    analisador.add_argument(
        "--figura", type=Path, metavar="ARQUIVO", help="onde desenhar a linha do tempo (padrão: caos-SEMENTE.svg)"
    )


def executa(args: argparse.Namespace) -> int:
    """Faz o ensaio e o julga. Devolve o status (int): 0 se passou, 1 se não, 130 se interrompido.

    Erro: ErroDeUso, antes de começar.
    """
    # só agora: o --help funciona sem nada instalado
    from lab.caos.execucao import conduz
    from lab.caos.falhas.catalogo import escolhidas
    from lab.caos.plano import Plano

    semente = randint(0, SEMENTE_MAXIMA) if args.semente is None else args.semente
    figura = args.figura or Path(f"caos-{semente}.svg")
    if figura.is_dir() or not figura.parent.is_dir():  # saber disto no fim, depois de meia hora, seria tarde
        raise ErroDeUso(f"--figura: não há como gravar em {figura}; dê o nome de um arquivo em uma pasta que existe")
    falhas = escolhidas(args.falhas, args.ingenuo)
    plano = Plano(args.pedidos, falhas, semente, args.rodadas, args.segundos, args.ingenuo)
    return conduz(plano, args.brokers, figura)
