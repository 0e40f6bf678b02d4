"""As flags da linha de comando, conferidas e explicadas em português. Só a biblioteca padrão."""

import argparse
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from common.terminal.texto import visivel

TEMPO_MAXIMO_S = 30.0  # metade do max_poll_interval_ms: um passo mais lento tiraria a instância do grupo
QUANTIDADE_MAXIMA = 10_000_000


class _Formato(argparse.HelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, "uso: ")


class Argumentos(argparse.ArgumentParser):
    """Um ArgumentParser que fala português: ajuda, nomes das seções e erros (uma linha, status 2)."""

    def __init__(self, prog: str | None = None, description: str | None = None) -> None:
        super().__init__(
            prog=prog or f"python {Path(sys.argv[0]).name}",
            description=description,
            formatter_class=_Formato,
            add_help=False,
            allow_abbrev=False,  # "--temp" é um erro de digitação, não um atalho
        )
        self._positionals.title = "argumentos"
        self._optionals.title = "opções"
        self.add_argument("-h", "--help", "--ajuda", action="help", help="mostra esta ajuda e termina")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"ERRO: {visivel(_traduz(message))} (veja as opções com --help)\n")


_TRADUCOES = (
    (r"unrecognized arguments: (.*)", r"argumento desconhecido: \1"),
    (r"the following arguments are required: (.*)", r"falta o argumento: \1"),
    (r"argument ([^:]+): expected (?:one|at least one) argument", r"\1: falta o valor"),
    (r"argument ([^:]+): invalid choice: (.*) \(choose from (.*)\)", r"\1: opção inválida: \2 (escolha entre \3)"),
    (r"argument ([^:]+): not allowed with argument (.*)", r"\1: não combina com \2"),
    (r"argument ([^:]+): ignored explicit argument (.*)", r"\1: não aceita o valor \2"),
    (r"argument ([^:]+): (.*)", r"\1: \2"),
)


def _traduz(mensagem: str) -> str:
    for ingles, portugues in _TRADUCOES:
        if achado := re.fullmatch(ingles, mensagem, re.DOTALL):
            return achado.expand(portugues)
    return mensagem


def inteiro(minimo: int, maximo: int, o_que: str = "um número inteiro") -> Callable[[str], int]:
    """O `type` de uma flag que vale de `minimo` a `maximo`. O erro dele: argparse.ArgumentTypeError."""

    def le(texto: str) -> int:
        # sem olhar o tamanho, milhões de algarismos ocupariam o int() por minutos
        algarismos = texto.isascii() and texto.isdecimal() and len(texto) <= len(str(maximo))
        if not algarismos or not minimo <= int(texto) <= maximo:
            raise argparse.ArgumentTypeError(f"{texto!r} não é {o_que} de {minimo} a {maximo}")
        return int(texto)

    return le


def segundos(minimo: float, maximo: float, o_que: str) -> Callable[[str], float]:
    """O `type` de uma flag em segundos, com ponto ou vírgula. O erro dele: argparse.ArgumentTypeError."""

    def le(texto: str) -> float:
        try:
            valor = float(texto.replace(",", "."))
        except ValueError:
            valor = math.nan
        if not minimo <= valor <= maximo:  # nan falha nas duas comparações
            raise argparse.ArgumentTypeError(f"{texto!r} não é {o_que} de {minimo:g} a {maximo:g} segundos")
        return valor

    return le


segundos_de_trabalho = segundos(0, TEMPO_MAXIMO_S, "um tempo")
quantidade_de_pedidos = inteiro(1, QUANTIDADE_MAXIMA)


def tempo(descricao: str | None, padrao_s: float) -> float:
    """O valor (segundos) da flag --tempo de um serviço."""
    flags = Argumentos(description=descricao)
    flags.add_argument(
        "--tempo",
        type=segundos_de_trabalho,
        default=padrao_s,
        metavar="S",
        help=f"segundos de trabalho por pedido, 0 a {TEMPO_MAXIMO_S:g} (padrão: {padrao_s:g})",
    )
    return float(flags.parse_args().tempo)


def quantidade(descricao: str | None, padrao: int) -> int:
    """O valor da flag -n/--quantidade do produtor."""
    flags = Argumentos(description=descricao)
    flags.add_argument(
        "-n",
        "--quantidade",
        type=quantidade_de_pedidos,
        default=padrao,
        metavar="N",
        help=f"quantos pedidos enviar (padrão: {padrao})",
    )
    return int(flags.parse_args().quantidade)
