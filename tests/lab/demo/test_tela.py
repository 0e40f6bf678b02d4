"""A tela da demonstração: muitas threads escrevem nela, e o fim é o fim."""

import threading
from pathlib import Path

import pytest

from lab.demo.tela import Tela
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada

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


def test_em_linhas_cada_parte_se_anuncia_e_convida(capsys: pytest.CaptureFixture[str]) -> None:
    tela = Tela(Parada())
    with tela.aberta(Terminais(tela.linha, Parada())):
        tela.titulo("Parte 2: caminho feliz")
        tela.anuncia("A loja envia.", "ela termina.")
        with tela.leitura(""):
            pass
        with tela.leitura("Enter continua"):
            tela.linha("T4", "cyan", "[PRODUTOR] Pedido 1 (aaaa) enviado" + " comprido" * 20)
        tela.confere(True, "ela terminou")
    assert capsys.readouterr().out.splitlines() == [
        "",
        "=== Parte 2: caminho feliz",
        "A loja envia. Observe: ela termina.",
        "Enter continua",
        "T4 [PRODUTOR] Pedido 1 (aaaa) enviado" + " comprido" * 20,
        "✔ ela terminou",
    ]


def test_a_figura_so_quando_pedida_e_o_que_a_impede_e_dito(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    terminais = Terminais(lambda *_: None, Parada())
    Tela(Parada()).retrata(terminais)
    assert capsys.readouterr().out == ""
    Tela(Parada(), Path("x") / "y" / "z.svg").retrata(terminais)
    assert capsys.readouterr().out.startswith("AVISO: não consegui gravar x")
    figura = tmp_path / "z.svg"
    Tela(Parada(), figura).retrata(terminais)
    assert capsys.readouterr().out.startswith("Figura: ")
    assert figura.read_text(encoding="utf-8").startswith("<svg")
