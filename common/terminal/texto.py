"""Texto que vem de fora, pronto para um terminal. Só a biblioteca padrão."""


def visivel(texto: str) -> str:
    """`texto` sem nada que comande o terminal: caracteres de controle viram escapes visíveis, como \\x1b."""
    return "".join(letra if letra.isprintable() else letra.encode("unicode_escape").decode("ascii") for letra in texto)
