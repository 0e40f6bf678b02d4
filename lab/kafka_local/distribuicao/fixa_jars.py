"""Refaz as listas de jars: `python -m lab.kafka_local.distribuicao.fixa_jars`, ao mudar uma versão em versao.py.

Confia no que o Maven Central entrega agora; leia o diff antes do commit.
"""

import tempfile
from pathlib import Path

from jgo.maven import MavenContext

from lab.kafka_local.distribuicao.jars import Jar, arquivo_da_lista, exige_uma_versao, grava_lista, sha256
from lab.kafka_local.distribuicao.versao import COM_ZOOKEEPER, DA_AULA, Distribuicao
from lab.terminal.mensagem import informa


def resolve(distribuicao: Distribuicao) -> list[Jar]:
    """Resolve as dependências no Maven Central, em um cache novo, e calcula os SHA-256."""
    with tempfile.TemporaryDirectory(prefix="lab-fixa-jars-") as pasta:
        maven = MavenContext(repo_cache=Path(pasta))
        raizes, transitivas = maven.resolver.resolve([maven.create_dependency(raiz) for raiz in distribuicao.raizes])
        return [
            Jar(dep.groupId, dep.artifactId, dep.version, sha256(dep.artifact.resolve()))
            for dep in raizes + transitivas
        ]


def main() -> None:
    """Resolve, confere que o Kafka tem uma versão só e grava cada lista."""
    for distribuicao in (DA_AULA, COM_ZOOKEEPER):
        informa(f"Resolvendo e baixando os jars do Kafka {distribuicao.versao} (cerca de meio minuto)…")
        jars = resolve(distribuicao)
        exige_uma_versao(jars, distribuicao.versao)
        grava_lista(jars, arquivo_da_lista(distribuicao))
        informa(f"{len(jars)} jars em {distribuicao.lista}")


if __name__ == "__main__":
    main()
