"""O relato de um comando longo: muitas threads escrevem nele, e o fim é o fim."""

import threading
from typing import Any

import pytest
from rich.text import Text

from lab.processos.parada import Parada
from lab.terminal.relato import Relato

ESPERA_S = 10.0


class TravaCortes:
    """Uma trava que, ao ser solta, deixa passar quem esperava por ela: o pior caso para quem a pega duas vezes."""

    def __init__(self) -> None:
        self._trava = threading.Lock()

    def __enter__(self) -> None:
        self._trava.acquire()

    def __exit__(self, *_: object) -> None:
        self._trava.release()
        threading.Event().wait(0.05)


def test_nada_aparece_depois_da_ultima_linha(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outra thread fala no instante em que o comando é interrompido: a linha dela não pode vir depois do fim."""
    relato = Relato(Parada())
    monkeypatch.setattr(relato, "_trava", TravaCortes())
    outra = threading.Thread(target=relato.explica, args=("mais uma",))
    escreve = relato._console.print

    def escreve_e_outra_fala(texto: Text, **opcoes: Any) -> None:
        if not outra.ident:
            outra.start()
        escreve(texto, **opcoes)

    monkeypatch.setattr(relato._console, "print", escreve_e_outra_fala)
    relato.cala("fim")
    relato.cala("fim")
    outra.join(ESPERA_S)
    assert capsys.readouterr().out == "fim\n"
