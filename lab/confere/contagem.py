"""A contagem dos pedidos nos três tópicos: quem se perdeu, quem se duplicou, quem espera e onde. Sem Kafka nenhum.

Um pedido *espera* em um tópico enquanto o grupo que o lê não passou por ele. Com o resultado e o offset na mesma
transação, um grupo só passa por um pedido deixando o resultado no tópico seguinte: se passou e não deixou, *perdeu*.
Um resultado *sem origem* é o de um pedido que não está no tópico anterior, embora nada de lá tenha sido apagado.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
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
    apagados_sem_leitura: int = 0  # offsets que o grupo não leu e o log não tem mais: no máximo tantos pedidos
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
        """Os pedidos (set[UUID]) por que um grupo passou e de que não há nenhum resultado, onde ele ainda estaria."""
        return {
            pedido
            for indice, topico in enumerate(self.topicos)
            for pedido in _sem_resultado(topico, self.topicos[indice + 1 :])
        }

    def sem_origem(self) -> set[UUID]:
        """Os pedidos (set[UUID]) que estão em um tópico e não no anterior, de que nada foi apagado."""
        return {
            pedido
            for antes, depois in pairwise(self.topicos)
            if not antes.cortado
            for pedido in depois.pedidos.keys() - antes.pedidos.keys()
        }

    def apagados_sem_leitura(self) -> int:
        """Quantos offsets (int) foram apagados antes de o grupo os ler; marcas de transação contam como pedidos."""
        return sum(topico.apagados_sem_leitura for topico in self.topicos)

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
        """Diz se nada se perdeu, nada se duplicou e nada apareceu sem se saber de onde."""
        return not (self.perdidos() or self.duplicados() or self.sem_origem() or self.apagados_sem_leitura())

    def veredito(self) -> str:
        """A linha final: "perdidos 0, duplicados 0", e o que mais houver de errado."""
        linha = f"perdidos {len(self.perdidos())}, duplicados {len(self.duplicados())}"
        if apagados := self.apagados_sem_leitura():
            linha += f", apagados antes de lidos até {apagados}"
        if sem_origem := self.sem_origem():
            linha += f", sem origem {len(sem_origem)}"
        return linha


def _sem_resultado(topico: TopicoLido, depois: Sequence[TopicoLido]) -> Iterator[UUID]:
    """Os pedidos que deveriam estar em algum dos tópicos de `depois`, um dos quais ainda tem tudo o que recebeu."""
    if all(seguinte.cortado for seguinte in depois):
        return
    for pedido, lugares in topico.pedidos.items():
        passou = not any(map(topico.nao_lido, lugares))
        if passou and not any(pedido in seguinte.pedidos for seguinte in depois):
            yield pedido
