"""A demonstração em linhas, para um pipe ou uma janela pequena: cada linha começa pelo terminal de que saiu."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from common.erros import motivo
from common.terminal.texto import visivel
from lab.demo.figura import retrata
from lab.demo.passo import Passo
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada
from lab.terminal.relato import Relato


class EmLinhas(Relato):
    """Conta a demonstração à medida que acontece. `figura` (Path) é onde ela fica desenhada, se alguém a quer."""

    como_ler = "Cada linha abaixo começa pelo terminal de que saiu"

    def __init__(self, parada: Parada, figura: Path | None = None) -> None:
        super().__init__(parada)
        self.passo = Passo()
        self._figura = figura

    def linha(self, terminal: str, cor: str, texto: str) -> None:
        """Uma linha de um dos terminais."""
        self._escreve(Text.assemble((f"{terminal} ", f"bold {cor}"), visivel(texto)), quebra=False)

    @contextlib.contextmanager
    def aberta(self, terminais: Terminais) -> Iterator[None]:
        """Neste bloco a demonstração acontece, em `terminais`."""
        yield

    def titulo(self, texto: str) -> None:
        """Começa uma parte."""
        self.passo.parte = texto
        self._escreve(linha_de_titulo(texto))

    def anuncia(self, explicacao: str, observe: str) -> None:
        """O que vai acontecer, e o que observar enquanto acontece."""
        self.passo.explicacao, self.passo.observe = explicacao, observe
        self.passo.anunciado = time.monotonic()
        self._escreve(Text(f"{explicacao} Observe: {observe}"))

    @contextlib.contextmanager
    def leitura(self, convite: str) -> Iterator[None]:
        """Neste bloco, com `convite` à vista (o que fazer depois, se há o que fazer), espera-se que alguém leia."""
        self.passo.lendo, self.passo.convite = True, convite
        if convite:
            self._escreve(Text(convite, "bold"))
        try:
            yield
        finally:
            self.passo.lendo, self.passo.convite = False, ""

    def retrata(self, terminais: Terminais) -> None:
        """Este é o momento que conta a história: se alguém quer a figura, é agora."""
        if self._figura:
            try:
                retrata(self.passo, terminais, self._figura)
                self.explica(f"Figura: {self._figura}")
            except OSError as erro:
                self.explica(f"AVISO: não consegui gravar {self._figura} ({motivo(erro)})")

    def _acontece(self, texto: Text, quebra: bool = True) -> None:
        if self.passo.parte:  # o que vem antes da primeira parte não é da história
            self.passo.diario.append((self.passo.parte, texto))
        super()._acontece(texto, quebra)


def linha_de_titulo(texto: str) -> Text:
    """Como se escreve o título de uma parte."""
    return Text(f"\n=== {texto}", "bold")
