"""O que houve em uma execução do caos, para mostrar: contagens ao longo do tempo e as falhas que se deram."""

from dataclasses import dataclass, field

# como se diz em português uma falha e em quem ela foi; as outras: "kill-9 em pagamento"
_DITAS = {
    "instancias": "4 instâncias de {}",
    "nenhuma": "nenhuma falha, {}",
    "veneno": "veneno n{}",  # nos três tópicos
}


@dataclass(frozen=True)
class Amostra:
    """Quantos pedidos havia em cada tópico `instante_s` segundos depois do começo."""

    instante_s: float
    enviados: int
    aprovados: int
    pagos: int


@dataclass
class Episodio:
    """Uma falha que se injetou, em segundos desde o começo."""

    falha: str  # o nome: "kill-9"
    alvo: str  # em quem: "pagamento", "broker 2"
    inicio_s: float
    fim_s: float | None = None  # None: ainda não foi curada
    retomada_s: float | None = None  # da cura ao primeiro pedido que andou; None: ainda não andou nenhum
    aconteceu: bool = True  # não: o que a falha esperava (um commit, um broker de pé) não veio

    @property
    def em_quem(self) -> str:
        return self.alvo if self.aconteceu else f"{self.alvo} (não aconteceu)"

    @property
    def nome(self) -> str:
        return _DITAS.get(self.falha, f"{self.falha} em {{}}").format(self.em_quem)


@dataclass
class Cronica:
    """Uma execução, do começo até agora. Escrita por uma thread, lida por outra: as listas só crescem."""

    semente: int
    pedidos: int  # quantos se vai enviar ao todo
    brokers: int
    amostras: list[Amostra] = field(default_factory=list)
    episodios: list[Episodio] = field(default_factory=list)
