"""Um achado do diagnóstico: um sinal e uma linha. Só a biblioteca padrão."""

from dataclasses import dataclass
from enum import Enum


class Sinal(Enum):
    """O que um achado quer dizer para a aula; o valor é o que se mostra onde a codificação o tem."""

    CERTO = "✔"
    ERRADO = "✘"  # impede a aula
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


def neutro(texto: str) -> Achado:
    return Achado(Sinal.NEUTRO, texto)
