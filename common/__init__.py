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


def _mostra_erro(tipo: type[BaseException], erro: BaseException, rastro: TracebackType | None) -> None:
    """Erro previsto: uma linha e o seu status. Ctrl+C: silêncio."""
    if isinstance(erro, ErroDoLaboratorio):
        _termina(str(erro), erro.status)
    if isinstance(erro, KeyboardInterrupt):
        return
    from common.pacotes import o_que_impede  # só agora: um script que dá certo não espera por isto

    # um pacote de outra versão falha de qualquer jeito, e não só ao ser importado
    if linha := o_que_impede(erro.name if isinstance(erro, ImportError) else None):
        _termina(linha, 1)
    sys.__excepthook__(tipo, erro, rastro)


def _termina(linha: str, status: int) -> None:
    print(f"ERRO: {visivel(linha)}", file=sys.stderr)
    raise SystemExit(status)


sys.excepthook = _mostra_erro

# Um KeyboardInterrupt no meio dos imports pode virar um traceback dentro deles, ou se perder. Nos scripts, até a
# Interrupcao assumir, o Ctrl+C termina o processo direto; quem só importa common (lab, pytest) não é afetado.
if Path(sys.argv[0]).resolve().parent == Path(__file__).resolve().parent.parent:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
