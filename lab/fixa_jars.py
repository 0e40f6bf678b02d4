"""Refaz o jars.lock a partir de lab/versao.py: `python -m lab.fixa_jars`, ao mudar a versão do Kafka.

Confia no que o Maven Central entrega agora; leia o diff antes do commit.
"""

import tempfile
from pathlib import Path

from jgo.maven import MavenContext

from lab.jars import ARQUIVO_DA_LISTA, Jar, exige_uma_versao, grava_lista, sha256
from lab.mensagem import informa
from lab.versao import ARTEFATOS_RAIZ


def resolve() -> list[Jar]:
    """Resolve as dependências no Maven Central, em um cache novo, e calcula os SHA-256."""
    with tempfile.TemporaryDirectory(prefix="lab-fixa-jars-") as pasta:
        maven = MavenContext(repo_cache=Path(pasta))
        raizes, transitivas = maven.resolver.resolve([maven.create_dependency(raiz) for raiz in ARTEFATOS_RAIZ])
        return [
            Jar(dep.groupId, dep.artifactId, dep.version, sha256(dep.artifact.resolve()))
            for dep in raizes + transitivas
        ]


def main() -> None:
    """Resolve, confere que o Kafka tem uma versão só e grava a lista."""
    informa("Resolvendo e baixando os jars (cerca de meio minuto)…")
    jars = resolve()
    exige_uma_versao(jars)
    grava_lista(jars)
    informa(f"{len(jars)} jars em {ARQUIVO_DA_LISTA.name}")


if __name__ == "__main__":
    main()
