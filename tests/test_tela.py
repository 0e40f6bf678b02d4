"""A tela da demonstração: muitas threads escrevem nela, e o fim é o fim."""

import threading

import pytest

from lab.parada import Parada
from lab.tela import Tela

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
    """Um script fala no instante em que a demonstração é interrompida: a linha dele não pode vir depois do fim."""
    tela = Tela(Parada())
    monkeypatch.setattr(tela, "_trava", TravaCortes())
    script = threading.Thread(target=tela.linha, args=("T4", "cyan", "[PRODUTOR] mais uma"))
    escreve = tela._console.print

    def escreve_e_um_script_fala(*args: object, **opcoes: object) -> None:
        if not script.ident:
            script.start()
        escreve(*args, **opcoes)

    monkeypatch.setattr(tela._console, "print", escreve_e_um_script_fala)
    tela.cala("fim")
    tela.cala("fim")
    script.join(ESPERA_S)
    assert capsys.readouterr().out == "fim\n"
