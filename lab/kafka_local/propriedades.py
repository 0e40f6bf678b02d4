"""O arquivo server.properties, no formato do java.util.Properties."""

import re
from collections.abc import Mapping
from pathlib import Path


def escreve(arquivo: Path, propriedades: Mapping[str, str]) -> None:
    """Grava `propriedades` em `arquivo`. Erro: OSError."""
    linhas = (f"{chave}={_escapa(valor)}\n" for chave, valor in propriedades.items())
    arquivo.write_text("".join(linhas), encoding="ascii")


def _escapa(valor: str) -> str:
    """`valor` como o java.util.Properties o lê: barras dobradas e, de ISO-8859-1 (José!), só o ASCII."""
    return "".join(
        letra if letra.isascii() else "".join(f"\\u{unidade:04x}" for unidade in _utf16(letra))
        for letra in valor.replace("\\", "\\\\")
    )


def _utf16(letra: str) -> list[int]:
    octetos = letra.encode("utf-16-be")
    return [int.from_bytes(octetos[i : i + 2], "big") for i in range(0, len(octetos), 2)]


def le(arquivo: Path, chave: str) -> str | None:
    """O valor de uma propriedade sem escapes (str); None se o arquivo não a tem, ou não existe."""
    try:
        texto = arquivo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    achado = re.search(rf"^{re.escape(chave)}=(.*)$", texto, re.MULTILINE)
    return achado[1].strip() if achado else None
