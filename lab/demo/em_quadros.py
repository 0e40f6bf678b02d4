"""A demonstração em um terminal: quadros que se redesenham enquanto ela acontece, e no fim o que se conferiu."""

import contextlib
import itertools
import sys
import threading
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

from rich.console import Group
from rich.control import Control
from rich.table import Table
from rich.text import Text

from lab.demo.desenho import ALTURA_MINIMA, LARGURA_MINIMA, desenha
from lab.demo.tela import Tela, ate_ninguem_ler, console, linha_de_titulo
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada

RITMO_S = 0.2  # de um desenho ao outro: o olho não pede mais, e um desenho custa uns 15 ms
ULTIMO_DESENHO_S = 2.0  # um desenho leva milissegundos; mais do que isto, o terminal parou de ler
ULTIMAS = 5  # linhas de cada terminal que ficam à vista quando algo deu errado


def cabem_quadros() -> bool:
    """Diz se a saída padrão (bool) é um terminal em que se redesenha, com cores, e grande o bastante."""
    saida = console()
    # isatty: com FORCE_COLOR o rich toma um arquivo por terminal; utf: um "█" em escape não cabe na sua coluna
    redesenha = saida.is_interactive and sys.stdout.isatty() and not saida.legacy_windows
    colorida = not saida.no_color and saida.encoding.lower().startswith("utf")
    return redesenha and colorida and saida.width >= LARGURA_MINIMA and saida.height >= ALTURA_MINIMA


class Vitrine(Tela):
    """Uma Tela que, enquanto aberta, ocupa o terminal inteiro; fechada, devolve o que havia nele."""

    como_ler = "Cada quadro é um terminal"

    def __init__(self, parada: Parada, figura: Path | None = None) -> None:
        super().__init__(parada, figura)
        self._aberta = False
        self._falhou = False

    @contextlib.contextmanager
    def aberta(self, terminais: Terminais) -> Iterator[None]:
        """Neste bloco há quadros; depois dele, se chegou ao fim, ficam as conferências."""
        fim = threading.Event()
        pintor = threading.Thread(target=self._pinta, args=(terminais, fim), daemon=True, name="vitrine")
        try:
            self._alterna(True)
            pintor.start()
            yield
        finally:
            fim.set()
            pintor.join(ULTIMO_DESENHO_S)
            self._alterna(False)
        self._relata(terminais)

    def linha(self, terminal: str, cor: str, texto: str) -> None:
        """Nada: o quadro do terminal já a mostra."""

    def confere(self, certo: bool, texto: str) -> None:
        self._falhou |= not certo
        super().confere(certo, texto)

    def _escreve(self, objeto: Text | Table, quebra: bool = True) -> None:
        if not self._aberta:  # aberta, o próximo desenho já mostra a cena nova
            super()._escreve(objeto, quebra)

    def _alterna(self, aberta: bool) -> None:
        self._aberta = aberta
        with self._trava, ate_ninguem_ler(self._parada):
            self._console.set_alt_screen(aberta)
            self._console.show_cursor(not aberta)

    def _pinta(self, terminais: Terminais, fim: threading.Event) -> None:
        while not fim.wait(RITMO_S):
            with self._trava, ate_ninguem_ler(self._parada), self._console:  # o console junta tudo em uma escrita
                self._console.update_screen(Group(*desenha(self.cena, terminais, self._console)))
                # no alto o eco de um Ctrl+C ou de um Enter não faz a tela rolar, e o próximo desenho o cobre
                self._console.control(Control.home())

    def _relata(self, terminais: Terminais) -> None:
        """O que os quadros levaram consigo: as conferências e, se algo deu errado, as últimas linhas."""
        if self._falhou:
            for terminal in terminais.todos:
                for _, texto, _ in terminal.linhas[-ULTIMAS:]:
                    super().linha(terminal.nome, terminal.cor, texto)
        for parte, acontecimentos in itertools.groupby(self.cena.diario, key=itemgetter(0)):
            self._escreve(linha_de_titulo(parte))
            for _, acontecimento in acontecimentos:
                self._escreve(acontecimento)
