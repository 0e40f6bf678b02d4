"""O que a demonstração mostra: as linhas de cada terminal, as explicações, as conferências e a tabela final."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from common.terminal.texto import visivel
from lab.demo.desenho import LARGURA_DE_LEITURA
from lab.demo.figura import retrata
from lab.demo.passo import Cena
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada


class Tela:
    """Escreve de várias threads, uma linha de cada vez; quando ninguém mais lê, é como um Ctrl+C.

    `figura` (Path) é onde fica o retrato da demonstração, se alguém o quer.
    """

    como_ler = "Cada linha abaixo começa pelo terminal de que saiu"

    def __init__(self, parada: Parada, figura: Path | None = None) -> None:
        self.cena = Cena()
        self._figura = figura
        self._parada = parada
        self._console = console()
        # em um pipe do Windows a codificação pode não ter estes sinais
        utf8 = self._console.encoding.lower().startswith("utf")
        self._sim, self._nao = ("✔", "✘") if utf8 else ("OK", "FALHOU")
        self._trava = threading.Lock()
        self._calada = False

    def linha(self, terminal: str, cor: str, texto: str) -> None:
        """Uma linha de um dos terminais."""
        self._escreve(Text.assemble((f"{terminal} ", f"bold {cor}"), (visivel(texto), cor)), quebra=False)

    @contextlib.contextmanager
    def aberta(self, terminais: Terminais) -> Iterator[None]:
        """Neste bloco a demonstração acontece, em `terminais`."""
        yield

    def titulo(self, texto: str) -> None:
        """Começa uma parte."""
        self.cena.parte = texto
        self._escreve(linha_de_titulo(texto))

    def anuncia(self, explicacao: str, observe: str) -> None:
        """O que vai acontecer, e o que observar enquanto acontece."""
        self.cena.explicacao, self.cena.observe = explicacao, observe
        self._escreve(Text(f"{explicacao} Observe: {observe}"))

    @contextlib.contextmanager
    def leitura(self, convite: str) -> Iterator[None]:
        """Neste bloco se espera que alguém leia; `convite` diz o que fazer depois, se há o que fazer."""
        self.cena.lendo, self.cena.convite = True, convite
        if convite:
            self._escreve(Text(convite, "bold"))
        try:
            yield
        finally:
            self.cena.lendo, self.cena.convite = False, ""

    def explica(self, texto: str) -> None:
        """Algo que aconteceu."""
        self._acontece(Text(texto))

    def confere(self, certo: bool, texto: str) -> None:
        """Uma conferência: o sinal diz se o que `texto` conta é o que se esperava."""
        # em um pipe, inteira em uma linha: quem procura nela não espera uma quebra no meio
        self._acontece(Text.assemble(self.sinal(certo), (f" {texto}", "bold")), quebra=self._console.is_terminal)

    def retrata(self, terminais: Terminais) -> None:
        """Este é o momento que conta a história: se alguém quer a figura, é agora."""
        if self._figura:
            try:
                retrata(self.cena, terminais, self._figura)
                self.explica(f"Figura: {self._figura}")
            except OSError as erro:
                self.explica(f"AVISO: não consegui gravar {self._figura} ({erro.strerror or erro})")

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
            self._calada = True

    def _acontece(self, texto: Text, quebra: bool = True) -> None:
        if self.cena.parte:  # o que vem antes da primeira parte não é da história
            self.cena.diario.append((self.cena.parte, texto))
        self._escreve(texto, quebra)

    def _escreve(self, objeto: Text | Table, quebra: bool = True) -> None:
        with self._trava:
            self._imprime(objeto, quebra)

    def _imprime(self, objeto: Text | Table, quebra: bool = True) -> None:
        """Com a trava. Calada, não escreve: assim a última linha também não se repete."""
        if self._calada:
            return
        with ate_ninguem_ler(self._parada):
            largura = min(self._console.width, LARGURA_DE_LEITURA)
            self._console.print(objeto, soft_wrap=not quebra, width=largura if quebra else None)
            sys.stdout.flush()


def linha_de_titulo(texto: str) -> Text:
    """Como se escreve o título de uma parte."""
    return Text(f"\n=== {texto}", "bold")


def console() -> Console:
    """A saída padrão: o que se escreve sai como está; cor só em TTY e sem NO_COLOR (o rich decide)."""
    return Console(highlight=False, markup=False, emoji=False)


@contextlib.contextmanager
def ate_ninguem_ler(parada: Parada) -> Iterator[None]:
    """Aqui se escreve; se ninguém mais lê (`| head`, terminal fechado), levanta a bandeira de `parada`.

    O que ainda se escrever depois não vai a lugar nenhum.
    """
    try:
        yield
    except (OSError, SystemExit):  # SystemExit: o rich, diante de um pipe fechado
        parada.pedida = True
        # também porque o Python ainda tentaria descarregar a saída ao terminar, e reclamaria
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def segundos(valor: float) -> str:
    """`valor` com uma casa e vírgula: "14,1 s"."""
    return f"{valor:.1f} s".replace(".", ",")


def milhar(valor: float) -> str:
    """`valor` inteiro e com ponto: "100.000"."""
    return f"{valor:,.0f}".replace(",", ".")
