"""O console clássico do Windows, imitado: o VT que se liga, e o que se escreve onde um ✔ seria um quadrado."""

import ctypes
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from common.terminal.console import _liga_o_vt, mostra_sinais

CLASSICO = {"WT_SESSION": "", "TERM_PROGRAM": ""}


class Kernel32:
    """O console do Windows 10: sem VT até que se peça. `console`: a saída padrão é um."""

    def __init__(self, console: bool) -> None:
        self._console, self.modo = console, 0b011

    def GetStdHandle(self, qual: int) -> int:
        assert qual == -11
        return 7

    def GetConsoleMode(self, saida: int, modo: Any) -> int:
        assert saida == 7
        modo._obj.value = self.modo
        return int(self._console)

    def SetConsoleMode(self, saida: int, modo: int) -> int:
        self.modo = modo
        return 1


@pytest.mark.parametrize(("console", "modo"), [(True, 0b111), (False, 0b011)], ids=["console", "pipe"])
def test_o_vt_e_ligado_sem_mexer_no_resto(monkeypatch: pytest.MonkeyPatch, console: bool, modo: int) -> None:
    kernel32 = Kernel32(console)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    _liga_o_vt()
    assert kernel32.modo == modo


@pytest.mark.parametrize(
    ("plataforma", "variaveis", "feitio", "certo"),
    [
        ("linux", {}, {"force_terminal": True}, True),
        ("linux", {}, {}, True),
        ("win32", {}, {}, True),  # um pipe em UTF-8
        ("win32", {}, {"force_terminal": True}, False),
        ("win32", {"WT_SESSION": "x"}, {"force_terminal": True}, True),
        ("win32", {"TERM_PROGRAM": "vscode"}, {"force_terminal": True}, True),
        ("win32", {"WT_SESSION": "x"}, {"force_terminal": True, "legacy_windows": True}, False),
    ],
    ids=str,
)
def test_um_sinal_so_onde_ele_se_ve(
    monkeypatch: pytest.MonkeyPatch, plataforma: str, variaveis: dict[str, str], feitio: dict[str, Any], certo: bool
) -> None:
    saida = Console(**{"legacy_windows": False} | feitio)
    monkeypatch.setattr(sys, "platform", plataforma)
    for nome, valor in (CLASSICO | variaveis).items():
        monkeypatch.setenv(nome, valor)
    assert mostra_sinais(saida) is certo
