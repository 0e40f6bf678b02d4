"""O que os quatro scripts compartilham. Importar este pacote troca o traceback por uma linha clara."""

import sys
from types import TracebackType

from common.erros import ErroDoLaboratorio


def _mostra_erro(tipo: type[BaseException], erro: BaseException, rastro: TracebackType | None) -> None:
    """Erro previsto: uma linha e o seu status. Ctrl+C (mesmo durante os imports): silêncio."""
    if isinstance(erro, ErroDoLaboratorio):
        print(f"ERRO: {erro}", file=sys.stderr)
        raise SystemExit(erro.status)
    if not isinstance(erro, KeyboardInterrupt):
        sys.__excepthook__(tipo, erro, rastro)


sys.excepthook = _mostra_erro
