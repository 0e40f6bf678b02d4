"""O servico_notificacao.py, sem mudança nenhuma, com um diário do que ele disse.

`python -m lab.caos.programas.notificacao_anotada AVISOS COMANDO...` O comando é o script com as suas flags, ou outro
programa daqui, com `-m`. Uma linha por aviso, o id do pedido, escrita logo depois de ele ser dito: no terminal, muitos
pedidos por segundo viram uma linha só.
"""

import os
import runpy
import sys

SCRIPT = "servico_notificacao.py"


def _anota_avisos(caminho: str) -> None:
    from common.servico import Servico

    avisos = os.open(caminho, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    diga = Servico.diga

    def anotado(self: Servico, texto: str) -> None:
        diga(self, texto)
        os.write(avisos, self._registro.key + b"\n")

    Servico.diga = anotado  # type: ignore[method-assign]


def main() -> None:
    _, caminho, *comando = sys.argv
    sys.argv = [SCRIPT]  # antes de importar common: é por ele que se sabe qual script roda
    _anota_avisos(caminho)
    if comando[0] == "-m":
        sys.argv = comando[1:]
        runpy.run_module(comando[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = comando
        runpy.run_path(comando[0], run_name="__main__")


if __name__ == "__main__":
    main()
