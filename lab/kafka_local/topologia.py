"""O que os brokers de um Kafka local sabem uns dos outros."""

import time
from dataclasses import dataclass
from pathlib import Path

from common.erros import ErroDoLaboratorio
from lab.kafka_local import formato, propriedades
from lab.kafka_local.portas import ESTA_MAQUINA


@dataclass(frozen=True)
class Desvio:
    """Um listener a mais em cada broker, anunciado em outra porta: a de quem fica no meio do caminho."""

    portas: tuple[int, ...]  # onde cada broker escuta
    anunciadas: tuple[int, ...]  # onde os clientes o procuram


@dataclass(frozen=True)
class Topologia:
    """O que os brokers de um cluster sabem uns dos outros: as pastas e as portas. Não muda em uma queda."""

    pasta: Path
    portas: tuple[int, ...]  # para os clientes, uma por broker
    portas_do_controlador: tuple[int, ...]  # entre os brokers
    desvios: tuple[Desvio, ...] = ()

    @property
    def brokers(self) -> int:
        return len(self.portas)

    @property
    def maioria(self) -> int:
        """Quantos brokers de pé (int) elegem um controlador."""
        return self.brokers // 2 + 1

    @property
    def eleitores(self) -> str:
        """Quem vota no controlador (str): NÚMERO@HOST:PORTA, separados por vírgulas."""
        portas_numeradas = enumerate(self.portas_do_controlador, start=1)
        return ",".join(f"{numero}@{ESTA_MAQUINA}:{porta}" for numero, porta in portas_numeradas)

    def _com_dados(self) -> list[Path]:
        """As pastas dos brokers que já foram formatados."""
        return [meta.parent.parent for meta in sorted(self.pasta.glob(f"broker-*/dados/{formato.META}"))]

    def idade_dos_dados_s(self) -> float:
        """Há quantos segundos (float) o mais antigo deles foi formatado; 0 se nenhum foi."""
        formatados = [(pasta / "dados" / formato.META).stat().st_mtime for pasta in self._com_dados()]
        return time.time() - min(formatados) if formatados else 0.0

    def confere_quantidade(self) -> None:
        """Erro: ErroDoLaboratorio se a pasta guarda um Kafka com outra quantidade de brokers."""
        for pasta in self._com_dados():
            eleitores = propriedades.le(pasta / "server.properties", "controller.quorum.voters")
            if eleitores and (havia := len(eleitores.split(","))) != self.brokers:
                raise ErroDoLaboratorio(
                    f"a pasta {self.pasta} guarda um Kafka de {havia} broker{'s' * (havia > 1)}, e não de "
                    f"{self.brokers}. Use --brokers {havia}, ou outra pasta (--pasta)"
                )

    def identificador(self) -> str:
        """O identificador do cluster (str): o que algum broker já tem, ou um novo."""
        for pasta in self._com_dados():
            if identificador := propriedades.le(pasta / "dados" / formato.META, "cluster.id"):
                return identificador
        return formato.identificador()
