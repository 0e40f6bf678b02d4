"""O que os quatro scripts compartilham. Importar este pacote troca o traceback por uma linha clara."""

import signal
import sys
from pathlib import Path
from types import TracebackType

from common.erros import ErroDoLaboratorio
from common.texto import visivel


def _mostra_erro(tipo: type[BaseException], erro: BaseException, rastro: TracebackType | None) -> None:
    """Erro previsto: uma linha e o seu status. Ctrl+C: silêncio."""
    if isinstance(erro, ErroDoLaboratorio):
        print(f"ERRO: {visivel(str(erro))}", file=sys.stderr)
        raise SystemExit(erro.status)
    if not isinstance(erro, KeyboardInterrupt):
        sys.__excepthook__(tipo, erro, rastro)


sys.excepthook = _mostra_erro

# Um KeyboardInterrupt no meio dos imports pode virar um traceback dentro deles, ou se perder. Nos scripts, até a
# Interrupcao assumir, o Ctrl+C termina o processo direto; quem só importa common (lab, pytest) não é afetado.
if Path(sys.argv[0]).resolve().parent == Path(__file__).resolve().parent.parent:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
