"""As pastas que o Kafka e o Java não aceitam, ditas antes que eles falhem."""

import os
import sys
from pathlib import Path

from common.erros import ErroDoLaboratorio

# o que o Kafka põe dentro da pasta, com folga: \broker-1\dados\PREFIXO-pedidos_concluidos-2\00….timeindex.deleted
_DENTRO = 100
_MAXIMO_NO_WINDOWS = 260  # MAX_PATH (learn.microsoft.com, "Maximum Path Length Limitation")


def exige_pasta_que_sirva(pasta: Path) -> None:
    """Volta se o Kafka pode guardar os dados em `pasta` (Path, absoluta). Erro: ErroDoLaboratorio."""
    if motivo := defeito(pasta):
        raise ErroDoLaboratorio(f"a pasta {pasta} não serve para os dados do Kafka: {motivo}. Use outra (--pasta)")


def defeito(pasta: Path) -> str | None:
    """Por que os dados não podem ficar em `pasta` (str); None se podem."""
    if "," in str(pasta):
        return "tem uma vírgula, que separa uma pasta de outra em log.dirs"
    if not codificavel(pasta):
        return "tem letras que o Java não conhece neste sistema"
    if sys.platform == "win32" and len(str(pasta)) > _MAXIMO_NO_WINDOWS - _DENTRO:
        return f"o Windows não aceita caminhos de mais de {_MAXIMO_NO_WINDOWS} letras, e o Kafka usa umas {_DENTRO}"
    return None


def codificavel(caminho: Path) -> bool:
    """Diz se o Java recebe este caminho (Path) como é: no Windows, as opções dele passam pela página de código."""
    try:
        str(caminho).encode("mbcs" if sys.platform == "win32" else "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def ambiente_do_java() -> dict[str, str]:
    """O ambiente (dict) em que o Java lê e escreve caminhos com acentos.

    Fora do Windows a codificação deles vem do locale e de mais nada: com LC_ALL=C, "João" é um InvalidPathException,
    e -Dsun.jnu.encoding não muda isso (visto no Java 25).
    """
    return os.environ | {"LC_ALL": "C.UTF-8"}
