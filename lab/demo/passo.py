"""O que há para mostrar da demonstração, seja como for que se mostre: em linhas, em quadros ou em uma figura."""

from dataclasses import dataclass, field

from rich.text import Text


@dataclass
class Passo:
    """Onde se está na demonstração.

    Quem escreve e quem desenha são threads diferentes: só se acrescenta ou se troca.
    """

    parte: str = ""  # o título da parte em curso
    explicacao: str = ""  # o que vai acontecer
    observe: str = ""  # o que olhar enquanto acontece
    lendo: bool = False  # é hora de ler, e nada acontece ainda
    convite: str = ""  # o que se espera de quem assiste
    brokers: dict[int, bool] = field(default_factory=dict)  # se cada um está de pé; vazio: não faz parte da história
    diario: list[tuple[str, Text]] = field(default_factory=list)  # a parte, e o que se conferiu ou aconteceu nela
