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

from common.terminal.console import novo_console
from lab.demo.desenho import ALTURA_MINIMA, LARGURA_MINIMA, desenha
from lab.demo.em_linhas import EmLinhas, linha_de_titulo
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada
from lab.terminal.saida import ate_ninguem_ler

RITMO_S = 0.2  # de um desenho ao outro: o olho não pede mais, e um desenho custa uns 15 ms
ULTIMO_DESENHO_S = 2.0  # um desenho leva milissegundos; mais do que isto, o terminal parou de ler
ULTIMAS = 5  # linhas de cada terminal que ficam à vista quando algo deu errado


def cabem_quadros() -> bool:
    """Diz se a saída padrão (bool) é um terminal em que se redesenha, com cores, e grande o bastante."""
    saida = novo_console()
    # isatty: com FORCE_COLOR o rich toma um arquivo por terminal; utf: um "█" em escape não cabe na sua coluna
    redesenha = saida.is_interactive and sys.stdout.isatty() and not saida.legacy_windows
    colorida = not saida.no_color and saida.encoding.lower().startswith("utf")
    return redesenha and colorida and saida.width >= LARGURA_MINIMA and saida.height >= ALTURA_MINIMA


class EmQuadros(EmLinhas):
    """Enquanto aberta, ocupa o terminal inteiro; fechada, devolve o que havia nele e escreve linhas."""

    como_ler = "Cada quadro é um terminal"

    def __init__(self, parada: Parada, figura: Path | None = None) -> None:
        super().__init__(parada, figura)
        self._nos_quadros: Terminais | None = None  # None: fechada
        self._falhou = False

    @contextlib.contextmanager
    def aberta(self, terminais: Terminais) -> Iterator[None]:
        """Neste bloco há quadros; depois dele, se chegou ao fim, ficam as conferências."""
        fim = threading.Event()
        pintor = threading.Thread(target=self._pinta, args=(fim,), daemon=True, name="quadros")
        try:
            self._ocupa_o_terminal(terminais)
            pintor.start()
            yield
        finally:
            fim.set()
            pintor.join(ULTIMO_DESENHO_S)
            self._ocupa_o_terminal(None)
        self._relata(terminais)

    @contextlib.contextmanager
    def leitura(self, convite: str) -> Iterator[None]:
        with super().leitura(convite):
            self._desenha()  # já: o Enter de quem vê o convite não pode ser de antes dele
            yield

    def linha(self, terminal: str, cor: str, texto: str) -> None:
        """Nada: o quadro do terminal já a mostra."""

    def confere(self, certo: bool, texto: str) -> None:
        self._falhou |= not certo
        super().confere(certo, texto)

    def _escreve(self, objeto: Text | Table, quebra: bool = True) -> None:
        if not self._nos_quadros:  # aberta, o próximo desenho já mostra o passo novo
            super()._escreve(objeto, quebra)

    def _ocupa_o_terminal(self, terminais: Terminais | None) -> None:
        with self._trava, ate_ninguem_ler(self._parada):
            self._nos_quadros = terminais
            self._console.set_alt_screen(terminais is not None)
            self._console.show_cursor(terminais is None)

    def _pinta(self, fim: threading.Event) -> None:
        while not fim.wait(RITMO_S):
            self._desenha()

    def _desenha(self) -> None:
        with self._trava, ate_ninguem_ler(self._parada), self._console:  # o console junta tudo em uma escrita
            if self._nos_quadros:
                self._console.update_screen(Group(*desenha(self.passo, self._nos_quadros, self._console)))
                # no alto o eco de um Ctrl+C ou de um Enter não faz a tela rolar, e o próximo desenho o cobre
                self._console.control(Control.home())

    def _relata(self, terminais: Terminais) -> None:
        """O que os quadros levaram consigo: as conferências e, se algo deu errado, as últimas linhas."""
        if self._falhou:
            for terminal in terminais.todos:
                for _, texto, _ in terminal.linhas[-ULTIMAS:]:
                    super().linha(terminal.nome, terminal.cor, texto)
        for parte, acontecimentos in itertools.groupby(self.passo.diario, key=itemgetter(0)):
            self._escreve(linha_de_titulo(parte))
            for _, acontecimento in acontecimentos:
                self._escreve(acontecimento)
