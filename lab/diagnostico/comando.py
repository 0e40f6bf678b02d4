"""`python -m lab diagnostico`: diz o que falta nesta máquina para a aula, e o que fazer. Só lê."""

import argparse
import sys
from collections.abc import Callable, Iterable

from common.terminal.argumentos import Argumentos
from lab.diagnostico import terminal
from lab.diagnostico.achado import Achado, Sinal, errado
from lab.diagnostico.como_iniciar import Docker, examina_java
from lab.processos.parada import Parada
from lab.terminal.mensagem import informa


def configura(analisador: Argumentos) -> None:
    """O comando não tem flags: as variáveis de ambiente são as mesmas dos scripts."""


def executa(args: argparse.Namespace) -> int:
    """Mostra o laudo. Devolve o status (int): 0 se nada impede a aula, 1 se algo impede, 130 se interrompido."""
    no_kafka = _exames_no_kafka()
    parada = Parada()
    return parada.conduz(lambda: _examina(no_kafka, parada), lambda: informa("Diagnóstico interrompido"))


def _exames_no_kafka() -> Callable[[bool], Iterable[Achado]]:
    """Os exames que precisam do cliente Kafka, se ele se importa. Erro: ErroDeUso por uma variável de ambiente."""
    try:
        from lab.diagnostico.no_kafka import examina_kafka, exige_variaveis
    except (ImportError, SyntaxError) as erro:  # os arquivos do impostor por cima dos do kafka-python
        nao_se_importa = errado(
            f"o Kafka não foi examinado: o Python que o faria ({sys.executable}) não importa o kafka-python "
            f"({erro}). Nele: {terminal.REINSTALA}"
        )
        return lambda pode_iniciar: [nao_se_importa]
    exige_variaveis()
    return examina_kafka


def _pasta() -> Iterable[Achado]:
    """O exame da pasta, se este Python tem com que fazê-lo."""
    try:
        from lab.diagnostico.pasta import examina_pasta
    except ImportError:  # falta o psutil: o exame do terminal já diz o que instalar
        return []
    return examina_pasta()


def _examina(no_kafka: Callable[[bool], Iterable[Achado]], parada: Parada) -> int:
    from lab.diagnostico.laudo import Laudo  # só agora: o --help funciona sem nada instalado

    laudo = Laudo()
    with terminal.pergunta() as pergunta, Docker() as docker, parada.na_hora():
        for achado in terminal.examina(pergunta):
            laudo.escreve(achado)
        como_iniciar = [docker.examina(), examina_java()]
        for achado in como_iniciar:
            laudo.escreve(achado)
        for achado in _pasta():
            laudo.escreve(achado)
        for achado in no_kafka(any(achado.sinal is Sinal.CERTO for achado in como_iniciar)):
            laudo.escreve(achado)
    return laudo.veredito()
