"""O que os quatro scripts compartilham. Importar este pacote troca o traceback por uma linha clara."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036  # antes de qualquer import que um Python antigo não entenda
    sys.stderr.write(
        "ERRO: o laboratório precisa do Python 3.10 ou mais novo; este é o {}.{}\n".format(*sys.version_info)
    )
    sys.exit(1)

import signal
from pathlib import Path
from types import TracebackType

from common.erros import ErroDoLaboratorio
from common.terminal.texto import visivel

_PACOTES = {"kafka", "msgspec", "rich"}  # os do requirements.txt que os scripts importam


def _mostra_erro(tipo: type[BaseException], erro: BaseException, rastro: TracebackType | None) -> None:
    """Erro previsto: uma linha e o seu status. Ctrl+C: silêncio."""
    if isinstance(erro, ErroDoLaboratorio):
        _termina(str(erro), erro.status)
    if isinstance(erro, ImportError) and (erro.name or "").partition(".")[0] in _PACOTES:
        _termina(f"falta {erro.name}: ative o .venv neste terminal e rode 'pip install -r requirements.txt'", 1)
    if not isinstance(erro, KeyboardInterrupt):
        sys.__excepthook__(tipo, erro, rastro)


def _termina(linha: str, status: int) -> None:
    print(f"ERRO: {visivel(linha)}", file=sys.stderr)
    raise SystemExit(status)


sys.excepthook = _mostra_erro

# Um KeyboardInterrupt no meio dos imports pode virar um traceback dentro deles, ou se perder. Nos scripts, até a
# Interrupcao assumir, o Ctrl+C termina o processo direto; quem só importa common (lab, pytest) não é afetado.
if Path(sys.argv[0]).resolve().parent == Path(__file__).resolve().parent.parent:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
