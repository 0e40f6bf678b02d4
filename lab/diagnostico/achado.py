"""Um achado do diagnóstico: um sinal e uma linha. Só a biblioteca padrão."""

from dataclasses import dataclass
from enum import Enum


class Sinal(Enum):
    """O que um achado quer dizer para a aula; o valor é o que se mostra onde a codificação o tem."""

    CERTO = "✔"
    ERRADO = "✘"  # impede a aula
    PENDENTE = "!"  # não impede a aula, e quem está no meio dela vai querer saber
    NEUTRO = "–"  # falta, e não faz falta agora


@dataclass(frozen=True)
class Achado:
    """Uma linha do laudo; quando algo está errado, ela diz também o que fazer."""

    sinal: Sinal
    texto: str


def certo(texto: str) -> Achado:
    return Achado(Sinal.CERTO, texto)


def errado(texto: str) -> Achado:
    return Achado(Sinal.ERRADO, texto)


def pendente(texto: str) -> Achado:
    return Achado(Sinal.PENDENTE, texto)


def neutro(texto: str) -> Achado:
    return Achado(Sinal.NEUTRO, texto)
