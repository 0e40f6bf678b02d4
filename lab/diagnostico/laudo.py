"""O laudo no terminal: uma linha por achado e, no fim, o veredito."""

from rich.text import Text

from common.terminal.console import mostra_sinais
from common.terminal.linhas import CONSOLE
from common.terminal.texto import visivel
from lab.diagnostico.achado import Achado, Sinal

_CORES = {Sinal.CERTO: "bold green", Sinal.ERRADO: "bold red", Sinal.PENDENTE: "bold yellow", Sinal.NEUTRO: "dim"}
_SEM_SINAIS = {Sinal.CERTO: "OK", Sinal.ERRADO: "FALHOU", Sinal.PENDENTE: "!", Sinal.NEUTRO: "-"}


class Laudo:
    """Escreve os achados à medida que chegam e conta os que impedem a aula.

    Erro: SystemExit(1), em silêncio, se quem lia o pipe foi embora (`| head`); o rich o levanta.
    """

    def __init__(self) -> None:
        self._com_sinais = mostra_sinais(CONSOLE)
        self._errados = 0
        self._pendentes: list[str] = []

    def escreve(self, achado: Achado) -> None:
        self._errados += achado.sinal is Sinal.ERRADO
        if achado.sinal is Sinal.PENDENTE:
            self._pendentes.append(achado.texto)
        sinal = achado.sinal.value if self._com_sinais else _SEM_SINAIS[achado.sinal]
        CONSOLE.print(Text.assemble((sinal, _CORES[achado.sinal]), f" {visivel(achado.texto)}"))

    def veredito(self) -> int:
        """Escreve a última linha. Devolve o status (int): 0 se nada impede a aula, senão 1."""
        if not self._errados and self._pendentes:
            resumo = f"Nada impede a aula, que está no meio: {'; '.join(self._pendentes)}"
        elif not self._errados:
            resumo = "Tudo pronto para a aula"
        elif self._errados == 1:
            resumo = "1 coisa a resolver"
        else:
            resumo = f"{self._errados} coisas a resolver: comece pela primeira"
        CONSOLE.print(Text(visivel(resumo), "bold"))
        return 1 if self._errados else 0
