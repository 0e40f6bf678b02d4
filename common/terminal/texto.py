"""Texto pronto para um terminal: o que vem de fora, os números e as listas. Só a biblioteca padrão."""

from collections.abc import Sequence


def visivel(texto: str) -> str:
    """`texto` sem nada que comande o terminal: caracteres de controle viram escapes visíveis, como \\x1b."""
    return "".join(letra if letra.isprintable() else letra.encode("unicode_escape").decode("ascii") for letra in texto)


def segundos(valor: float) -> str:
    """`valor` com uma casa e vírgula: "14,1 s"."""
    return f"{valor:.1f} s".replace(".", ",")


def milhar(valor: float) -> str:
    """`valor` inteiro e com ponto: "100.000"."""
    return f"{valor:,.0f}".replace(",", ".")


def enumera(partes: Sequence[str], conjuncao: str = "e") -> str:
    """As partes (ao menos uma) em uma frase: "a, b e c"."""
    *primeiras, ultima = partes
    return f"{', '.join(primeiras)} {conjuncao} {ultima}" if primeiras else ultima
