"""O que há para mostrar da demonstração, seja como for que se mostre: em linhas, em quadros ou em uma figura."""

import math
import time
from dataclasses import dataclass, field

from rich.text import Text

PALAVRAS_POR_S = 2.5  # quem lê em voz alta para uma sala, sem pressa


@dataclass
class Passo:
    """Onde se está na demonstração.

    Quem escreve e quem desenha são threads diferentes: só se acrescenta ou se troca.
    """

    parte: str = ""  # o título da parte em curso
    explicacao: str = ""  # o que vai acontecer
    observe: str = ""  # o que olhar enquanto acontece
    anunciado: float = -math.inf  # quando (time.monotonic) os dois mudaram
    lendo: bool = False  # é hora de ler, e nada acontece ainda
    convite: str = ""  # o que se espera de quem assiste
    brokers: dict[int, bool] = field(default_factory=dict)  # se cada um está de pé; vazio: não faz parte da história
    diario: list[tuple[str, Text]] = field(default_factory=list)  # a parte, e o que se conferiu ou aconteceu nela

    @property
    def ainda_se_le(self) -> bool:
        """Diz se quem lê em voz alta o que foi anunciado ainda não acabou."""
        palavras = len(f"{self.explicacao} {self.observe}".split())
        return time.monotonic() - self.anunciado < palavras / PALAVRAS_POR_S
