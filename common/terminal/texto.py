"""Texto pronto para um terminal: o que vem de fora, os números e as listas. Só a biblioteca padrão."""

import re
from collections.abc import Sequence

# o que os scripts dizem de um pedido: "Pedido 3 (2c49) concluído para Ana em 3.3 s · partição 2"
_DE_PEDIDO = re.compile(
    r"(?P<o_que>.*?)(?: em (?P<segundos>[\d.]+) s)? · partição (?P<particao>\d+)(?P<offset>, offset \d+)?"
)


def curta(texto: str) -> str:
    """A linha de um pedido para onde há poucas colunas: a partição e os segundos à frente; outra, como é."""
    achado = _DE_PEDIDO.fullmatch(texto)
    if not achado:
        return texto
    segundos = f"{achado['segundos']}s " if achado["segundos"] else ""
    return f"p{achado['particao']} {segundos}{achado['o_que']}{achado['offset'] or ''}"


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
