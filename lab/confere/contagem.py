"""A contagem dos pedidos nos três tópicos: quem se perdeu, quem se duplicou, quem espera e onde. Sem Kafka nenhum.

Um pedido *espera* em um tópico enquanto o grupo que o lê não passou por ele. Com o resultado e o offset na mesma
transação, um grupo só passa por um pedido deixando o resultado no tópico seguinte: se passou e não deixou, *perdeu*.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID


class Lugar(NamedTuple):
    """Onde um registro está no seu tópico."""

    particao: int
    offset: int


@dataclass
class TopicoLido:
    """O que havia em um tópico, e até onde o grupo que o lê já foi."""

    nome: str
    lido_ate: dict[int, int] = field(default_factory=dict)  # partição: o primeiro offset que o grupo não leu
    cortado: bool = False  # a retenção já apagou o começo: o que falta pode ter estado lá
    pedidos: dict[UUID, list[Lugar]] = field(default_factory=dict)
    invalidos: list[Lugar] = field(default_factory=list)  # registros que não são um pedido desta etapa
    por_instancia: Counter[str] = field(default_factory=Counter)  # quantos cada instância publicou

    def anota(self, pedido: UUID, lugar: Lugar, instancia: str | None) -> None:
        """Conta um pedido lido do tópico; `instancia` (str) é quem o publicou, se isso está no registro."""
        self.pedidos.setdefault(pedido, []).append(lugar)
        if instancia is not None:
            self.por_instancia[instancia] += 1

    def nao_lido(self, lugar: Lugar) -> bool:
        """Diz se o grupo ainda vai passar por este lugar."""
        return lugar.offset >= self.lido_ate.get(lugar.particao, 0)


@dataclass(frozen=True)
class Contagem:
    """Os três tópicos, na ordem da linha, lidos em um mesmo instante."""

    topicos: tuple[TopicoLido, TopicoLido, TopicoLido]

    @property
    def enviados(self) -> int:
        return len(self.topicos[0].pedidos)

    @property
    def aprovados(self) -> int:
        return len(self.topicos[1].pedidos)

    @property
    def pagos(self) -> int:
        return len(self.topicos[2].pedidos)

    def perdidos(self) -> set[UUID]:
        """Os pedidos (set[UUID]) por que um grupo passou sem deixar resultado, e os resultados sem a sua origem."""
        return {pedido for antes, depois in pairwise(self.topicos) for pedido in _perdidos_entre(antes, depois)}

    def duplicados(self) -> set[UUID]:
        """Os pedidos (set[UUID]) que estão mais de uma vez em algum tópico."""
        return {pedido for topico in self.topicos for pedido, lugares in topico.pedidos.items() if len(lugares) > 1}

    def esperando(self) -> dict[str, Counter[int]]:
        """Tópico: partição: quantos pedidos esperam ali. Só as partições em que algum espera."""
        resultado = {}
        for indice, topico in enumerate(self.topicos):
            depois = self.topicos[indice + 1].pedidos if indice + 1 < len(self.topicos) else {}
            resultado[topico.nome] = Counter(
                lugares[0].particao
                for pedido, lugares in topico.pedidos.items()
                if pedido not in depois and any(map(topico.nao_lido, lugares))
            )
        return resultado

    @property
    def certa(self) -> bool:
        """Diz se nada se perdeu e nada se duplicou."""
        return not self.perdidos() and not self.duplicados()

    def veredito(self) -> str:
        """A linha final: "perdidos 0, duplicados 0"."""
        return f"perdidos {len(self.perdidos())}, duplicados {len(self.duplicados())}"


def _perdidos_entre(antes: TopicoLido, depois: TopicoLido) -> Iterator[UUID]:
    if not depois.cortado:
        for pedido, lugares in antes.pedidos.items():
            if pedido not in depois.pedidos and not any(map(antes.nao_lido, lugares)):
                yield pedido
    if not antes.cortado:
        yield from depois.pedidos.keys() - antes.pedidos.keys()
