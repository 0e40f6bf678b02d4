"""`python -m lab caos`: derruba serviços e brokers enquanto pedidos passam, e confere que nenhum se perdeu."""

import argparse
from pathlib import Path

from common.terminal.argumentos import Argumentos, quantidade_de_pedidos
from lab import ambiente
from lab.kafka_local.configuracao import QUANTIDADES

REQUISITOS = ambiente.DE_DESENVOLVIMENTO
PEDIDOS, SEGUNDOS = 2_000, 60.0
SEGUNDOS_MAXIMO = 86_400.0
SEMENTE_MAXIMA = 999_999  # curta: é para ser dita em voz alta e digitada de novo


def _segundos(texto: str) -> float:
    """Um float de 1 a SEGUNDOS_MAXIMO. Erro: argparse.ArgumentTypeError."""
    try:
        valor = float(texto.replace(",", "."))
    except ValueError:
        valor = 0.0
    if not 1 <= valor <= SEGUNDOS_MAXIMO:  # nan falha nas duas comparações
        raise argparse.ArgumentTypeError(f"{texto!r} não é uma duração de 1 a {SEGUNDOS_MAXIMO:.0f} segundos")
    return valor


def _semente(texto: str) -> int:
    """Um int de 0 a SEMENTE_MAXIMA. Erro: argparse.ArgumentTypeError."""
    if not (texto.isascii() and texto.isdecimal() and int(texto[:9]) <= SEMENTE_MAXIMA):
        raise argparse.ArgumentTypeError(f"{texto!r} não é uma semente (um número de 0 a {SEMENTE_MAXIMA})")
    return int(texto)


def configura(analisador: Argumentos) -> None:
    """As flags do comando."""
    analisador.add_argument(
        "--pedidos", type=quantidade_de_pedidos, default=PEDIDOS, metavar="N", help=f"quantos (padrão: {PEDIDOS})"
    )
    analisador.add_argument(
        "--segundos", type=_segundos, default=SEGUNDOS, metavar="S", help=f"de falhas (padrão: {SEGUNDOS:.0f})"
    )
    analisador.add_argument(
        "--semente", type=_semente, metavar="X", help="repete a agenda de falhas de outra execução (padrão: sorteada)"
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
    """Faz o ensaio e o julga. Devolve o status (int): 0 se toda invariante vale, 1 se não, 130 se interrompido."""
    from lab.caos.julgamento import julga  # só agora: o --help funciona sem nada instalado

    return julga(args)
