"""A demonstração em linhas: cada parte se anuncia, e cada convite espera pela resposta de quem o viu."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest

from common.prazo import com_prazo
from lab.demo.em_linhas import EmLinhas
from lab.demo.roteiro import RAPIDO, Roteiro
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada
from lab.terminal.teclado import Teclado
from tests.apoio.sala import ate

PRAZO_S = 10.0


def test_cada_parte_se_anuncia_e_convida(terminais: Terminais, capsys: pytest.CaptureFixture[str]) -> None:
    tela = EmLinhas(Parada())
    with tela.aberta(terminais):
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


class _SoConvites(Roteiro):
    """O roteiro sem as partes: um convite antes delas, e um depois."""

    def _partes(self) -> list[Callable[[], None]]:
        return []


def test_um_enter_conta_desde_que_se_ve_o_convite_e_nao_antes(terminais: Terminais) -> None:
    entrada, teclas = os.pipe()
    parada, teclado = Parada(), Teclado(entrada)

    def digita(linha: str) -> None:
        os.write(teclas, f"{linha}\n".encode())
        ate(lambda: not teclado._linhas.empty(), PRAZO_S, "o teclado não ouviu")

    class QuemResponde(EmLinhas):
        """Ao ver o convite, responde na hora; e logo depois já está impaciente."""

        @contextlib.contextmanager
        def leitura(self, convite: str) -> Iterator[None]:
            with super().leitura(convite):
                digita("resposta")
                yield
            assert teclado.linha(0.0) is None  # a resposta foi lida, e não a impaciência
            digita("impaciência")

    digita("impaciência")
    roteiro = _SoConvites(RAPIDO, terminais, QuemResponde(parada), parada, teclado)
    assert com_prazo(roteiro.executa, PRAZO_S, "os dois convites")
    assert teclado.linha(0.0) == "impaciência"  # a do fim, e uma só
    os.close(teclas)
    ate(lambda: not teclado.aberto, PRAZO_S, "o teclado não viu o fim da entrada")
    os.close(entrada)
