"""O que um comando longo conta enquanto acontece: o que houve, as conferências, as tabelas e a última linha."""

import sys
import threading

from rich.table import Table
from rich.text import Text

from common.terminal.console import mostra_sinais, novo_console
from lab.processos.parada import Parada
from lab.terminal.saida import LARGURA_DE_LEITURA, ate_ninguem_ler


class Relato:
    """Escreve de várias threads, uma linha de cada vez; quando ninguém mais lê, é como um Ctrl+C."""

    def __init__(self, parada: Parada) -> None:
        self._parada = parada
        self._console = novo_console()
        self._sim, self._nao = ("✔", "✘") if mostra_sinais(self._console) else ("OK", "FALHOU")
        self._trava = threading.Lock()
        self._calado = False

    def explica(self, texto: str) -> None:
        """Algo que aconteceu."""
        self._acontece(Text(texto))

    def confere(self, certo: bool, texto: str) -> None:
        """Uma conferência: o sinal diz se o que `texto` conta é o que se esperava."""
        # em um pipe, inteira em uma linha: quem procura nela não espera uma quebra no meio
        self._acontece(Text.assemble(self.sinal(certo), (f" {texto}", "bold")), quebra=self._console.is_terminal)

    def sinal(self, certo: bool) -> Text:
        """O sinal de uma conferência."""
        return Text(self._sim, "bold green") if certo else Text(self._nao, "bold red")

    def tabela(self, tabela: Table) -> None:
        self._escreve(tabela)

    def cala(self, ultima_linha: str | None = None) -> None:
        """Daqui em diante nada mais aparece: os processos ainda dizem adeus, mas a história acabou."""
        with self._trava:  # de uma vez só: a linha de outra thread não cabe entre a última e o silêncio
            if ultima_linha is not None:
                self._imprime(Text(ultima_linha))
            self._calado = True

    def _acontece(self, texto: Text, quebra: bool = True) -> None:
        self._escreve(texto, quebra)

    def _escreve(self, objeto: Text | Table, quebra: bool = True) -> None:
        with self._trava:
            self._imprime(objeto, quebra)

    def _imprime(self, objeto: Text | Table, quebra: bool = True) -> None:
        """Com a trava. Calado, não escreve: assim a última linha também não se repete."""
        if self._calado:
            return
        with ate_ninguem_ler(self._parada):
            largura = min(self._console.width, LARGURA_DE_LEITURA)
            self._console.print(objeto, soft_wrap=not quebra, width=largura if quebra else None)
            sys.stdout.flush()
