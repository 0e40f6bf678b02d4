"""`python -m exercicios N`: confere o exercício N, em um Kafka só desta conferência, que apaga no fim."""

import argparse
import functools
import os
import sys
from collections.abc import Callable

from common.terminal.argumentos import Argumentos
from common.terminal.console import mostra_sinais
from common.terminal.linhas import CONSOLE, diga
from exercicios.conferencias import EXERCICIOS, confere
from exercicios.conferencias.falta import Falta
from exercicios.recomeco import recomeca
from lab import RAIZ
from lab.kafka_local.privado import kafka_privado
from lab.processos.parada import Parada
from lab.processos.sala import Sala

_SIM, _NAO = ("✔", "✘") if mostra_sinais(CONSOLE) else ("OK", "FALHOU")
SEM_CORES = {"FORCE_COLOR": "", "TTY_COMPATIBLE": "0"}  # as linhas dos scripts são lidas aqui, e não em um terminal


def main() -> int:
    """Devolve o status (int): 0 se o exercício está resolvido, 1 se falta algo, 130 se interrompida."""
    flags = Argumentos("python -m exercicios", "Confere um exercício em um Kafka só desta conferência.")
    numeros = [str(numero) for numero in EXERCICIOS]
    flags.add_argument("numero", choices=numeros, metavar="N", help=f"o exercício, de {numeros[0]} a {numeros[-1]}")
    em_vez = flags.add_mutually_exclusive_group()
    em_vez.add_argument("--solucao", action="store_true", help="confere a solução pronta, em exercicios/solucoes")
    em_vez.add_argument(
        "--recomeca", action="store_true", help="traz de volta a cópia por resolver, e guarda a sua ao lado"
    )
    args = flags.parse_args()
    if args.recomeca:
        _fala(args.numero, "green", recomeca(RAIZ / "exercicios" / f"{EXERCICIOS[int(args.numero)]}.py"))
        return 0
    # só na primeira vez: enquanto o Kafka sobe, quem espera por ele pergunta de novo a cada passo
    interrompida = functools.cache(lambda: _fala(args.numero, "white", "Conferência interrompida"))
    parada = Parada()
    return parada.conduz(lambda: _confere(args, parada, interrompida), interrompida)


def _confere(args: argparse.Namespace, parada: Parada, ao_parar: Callable[[], None]) -> int:
    pacote = "exercicios.solucoes" if args.solucao else "exercicios"
    arquivo = f"{pacote.replace('.', '/')}/{EXERCICIOS[int(args.numero)]}.py"
    _fala(args.numero, "cyan", f"Confiro {arquivo} em um Kafka só para isto: até meio minuto (Ctrl+C encerra)")
    with kafka_privado(parada, ao_parar) as kafka, Sala(kafka.bootstrap) as sala:
        os.environ.update(sala.ambiente | SEM_CORES)
        try:
            with parada.corpo():
                confere(int(args.numero), sala, pacote)
        except Falta as falta:
            _fala(args.numero, "yellow", f"{_NAO} {falta}")
            return 1
    # a última linha é o que se mostra ao professor: a da solução não pode ser a de quem resolveu
    _fala(args.numero, "green", f"{_SIM} {'A solução pronta passa' if args.solucao else 'Resolvido'}")
    return 0


def _fala(numero: str, cor: str, texto: str) -> None:
    diga(f"EXERCÍCIO {numero}", cor, texto)


if __name__ == "__main__":
    sys.exit(main())
