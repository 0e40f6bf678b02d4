"""O que se vai fazer em uma execução do caos: que falhas, por quanto, e com que carga."""

from collections.abc import Sequence
from dataclasses import dataclass

from lab.caos.falhas.falha import Falha

EVENTO_S = 6.0  # um evento (carga, falha, cura e retomada) leva de 2 a 25 s, quase sempre de 5 a 8
OCUPACAO = 0.5  # a parte do tempo em que cada serviço trabalha: a outra absorve o que as falhas atrasam
TEMPO_MAXIMO_S = 0.05  # um pedido não precisa de mais do que isto para ser interrompido no meio


@dataclass(frozen=True)
class Plano:
    """`pedidos` passam pela linha enquanto `falhas` acontecem: `rodadas` vezes cada uma; com None, por `segundos`."""

    pedidos: int
    falhas: Sequence[Falha]
    semente: int
    rodadas: int | None
    segundos: float
    ingenuo: bool

    @property
    def eventos(self) -> int:
        """Quantos eventos (int) haverá: por rodadas, exatos; por segundos, mais ou menos."""
        if self.rodadas is None:
            return max(1, round(self.segundos / EVENTO_S))
        return self.rodadas * len(self.falhas)

    @property
    def tempo_s(self) -> float:
        """O --tempo de cada serviço: a carga dura tanto quanto as falhas."""
        return min(TEMPO_MAXIMO_S, OCUPACAO * EVENTO_S * self.eventos / self.pedidos)

    @property
    def rajada(self) -> int:
        """Quantos pedidos (int) se enviam antes de cada evento."""
        return max(1, self.pedidos // self.eventos)

    def tamanho(self) -> str:
        """Como se diz: "60 s de falhas", "2 rodadas"."""
        if self.rodadas is None:
            return f"{self.segundos:.0f} s de falhas"
        return f"{self.rodadas} rodada{'s' * (self.rodadas > 1)}"

    def andamento(self, agora_s: float, falhas: int) -> str:
        """O que se diz `agora_s` segundos e `falhas` falhas depois do começo: "12 s de 60 s", "12 s, falha 3 de 9"."""
        if self.rodadas is None:
            return f"{agora_s:.0f} s de {self.segundos:.0f} s"
        return f"{agora_s:.0f} s, falha {falhas} de {self.eventos}"

    def acabou(self, agora_s: float) -> bool:
        """Diz se já não se começa outro evento. Por rodadas, quem sabe é a agenda."""
        return self.rodadas is None and agora_s >= self.segundos
