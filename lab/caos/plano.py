"""O que se vai fazer em uma execução do caos: que falhas, por quanto, e com que carga."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from common.terminal.texto import milhar
from lab.caos.falhas.falha import Falha

FALHA_S = 6.0  # uma falha (carga, injeção, cura e retomada) leva de 2 a 25 s, quase sempre de 5 a 8
OCUPACAO = 0.5  # a parte do tempo em que cada serviço trabalha: a outra absorve o que as falhas atrasam
O_BASTANTE = 0.4  # do que se previa: uma máquina lenta faz menos falhas, mas uma execução com quase nenhuma não prova
TEMPO_MAXIMO_S = 0.05  # um pedido não precisa de mais do que isto para ser interrompido no meio


@dataclass(frozen=True)
class Plano:
    """`pedidos`, ou mais, passam enquanto `falhas` acontecem: `rodadas` vezes cada uma; com None, por `segundos`."""

    pedidos: int
    falhas: Sequence[Falha]
    semente: int
    rodadas: int | None
    segundos: float
    ingenuo: bool

    @property
    def previstas(self) -> int:
        """Quantas falhas (int) haverá: por rodadas, exatas; por segundos, mais ou menos."""
        if self.rodadas is None:
            return max(1, round(self.segundos / FALHA_S))
        return self.rodadas * len(self.falhas)

    @property
    def tempo_s(self) -> float:
        """O --tempo de cada serviço: a carga dura tanto quanto as falhas."""
        return min(TEMPO_MAXIMO_S, OCUPACAO * FALHA_S * self.previstas / self.pedidos)

    @property
    def rajada(self) -> int:
        """Quantos pedidos (int) se enviam antes de cada falha."""
        return max(1, self.pedidos // self.previstas)

    def tamanho(self) -> str:
        """Como se diz: "60 s de falhas", "2 rodadas"."""
        if self.rodadas is None:
            return f"{self.segundos:.0f} s de falhas"
        return f"{self.rodadas} rodada{'s' * (self.rodadas > 1)}"

    def andamento(self, agora_s: float, falhas: int) -> str:
        """O que se diz `agora_s` segundos e `falhas` falhas depois do começo: "12 s de 60 s", "12 s, falha 3 de 9"."""
        if self.rodadas is None:
            return f"{agora_s:.0f} s de {self.segundos:.0f} s"
        return f"{agora_s:.0f} s, falha {falhas} de {self.previstas}"

    def acabou(self, agora_s: float) -> bool:
        """Diz se já não se começa outro evento. Por rodadas, quem sabe é a agenda."""
        return self.rodadas is None and agora_s >= self.segundos

    def o_que_faltou(self, aconteceram: Counter[str], confirmados: int) -> list[str]:
        """Por que a execução não prova nada (list[str]), por mais que tudo valha. `aconteceram`: falha: vezes."""
        faltou = []
        if self.rodadas is not None:
            if nunca := [falha.nome for falha in self.falhas if not aconteceram[falha.nome]]:
                faltou.append(f"nunca aconteceu: {', '.join(nunca)}")
        elif aconteceram.total() < O_BASTANTE * self.previstas:
            faltou.append(f"em {self.segundos:.0f} s cabem umas {self.previstas} falhas: {aconteceram.total()} é pouco")
        if confirmados < O_BASTANTE * self.pedidos:
            faltou.append(f"de {milhar(self.pedidos)} pedidos, {milhar(confirmados)} confirmados é pouco")
        return faltou
