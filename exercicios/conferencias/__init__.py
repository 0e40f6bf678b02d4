"""As conferências: cada uma roda os scripts de verdade em um Kafka de verdade e compara com o que o aluno escreveu.

Há um módulo por exercício, com o nome da cópia que ele confere.
"""

import importlib

from lab.processos.sala import Sala

EXERCICIOS = {
    1: "ex1_particoes",
    2: "ex2_queda",
    3: "ex3_reserva",
    4: "ex4_nota_fiscal",
    5: "ex5_recusa",
    6: "ex6_chave",
    7: "ex7_ingenuo",
    8: "ex8_transacao",
}


def confere(numero: int, sala: Sala, pacote: str) -> None:
    """Confere o exercício `numero` (int) como está em `pacote` ("exercicios" ou "exercicios.solucoes").

    O ambiente deste processo tem de ser o da `sala`. Erros: Falta, ErroDoLaboratorio.
    """
    nome = EXERCICIOS[numero]
    importlib.import_module(f"{__name__}.{nome}").confere(sala, f"{pacote}.{nome}")
