"""O terminal em que se escreve: cores onde há, e um ✔ só onde ele se vê."""

import os
import sys

from rich.console import Console

_SAIDA_PADRAO = -11  # STD_OUTPUT_HANDLE (learn.microsoft.com/windows/console/getstdhandle)
_VT = 0x0004  # ENABLE_VIRTUAL_TERMINAL_PROCESSING (learn.microsoft.com/windows/console/setconsolemode)
_DESENHAM_TUDO = ("WT_SESSION", "TERM_PROGRAM")  # o Windows Terminal e o VS Code; as letras do console clássico, não


def novo_console(soft_wrap: bool = False) -> Console:
    """A saída padrão: o que se escreve sai como está; cor só em TTY e sem NO_COLOR (o rich decide)."""
    _liga_o_vt()  # antes: o rich olha uma vez só se o console obedece
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap)


def mostra_sinais(console: Console) -> bool:
    """Diz se um ✔ se vê ali; senão, "OK" e "FALHOU"."""
    if not console.encoding.lower().startswith("utf"):  # um pipe do Windows
        return False
    no_console_classico = sys.platform == "win32" and console.is_terminal and not any(map(os.getenv, _DESENHAM_TUDO))
    return not (console.legacy_windows or no_console_classico)


def _liga_o_vt() -> None:
    """O console clássico do Windows, o padrão do 10, só obedece a cores e a um cursor se lhe pedem antes."""
    if sys.platform != "win32":
        return
    import ctypes

    kernel32, modo = ctypes.windll.kernel32, ctypes.c_ulong()
    saida = kernel32.GetStdHandle(_SAIDA_PADRAO)
    if kernel32.GetConsoleMode(saida, ctypes.byref(modo)):  # 0: não é um console
        kernel32.SetConsoleMode(saida, modo.value | _VT)
