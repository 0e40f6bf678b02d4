"""Cada programa de docs/armadilhas/ mostra a sua armadilha em um Kafka de verdade, e é o que o seu relato traz.

Um que sai com 1 diz que o kafka-python mudou: o cuidado que a seção dele em docs/armadilhas.md explica pode ir embora.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import RAIZ
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.kafka_seguro import KafkaSeguro

PASTA = RAIZ / "docs" / "armadilhas"
PROGRAMAS = sorted(PASTA.glob("*.py"))
COM_SENHA = {"recusa_engolida", "ultima_resposta_perdida"}
FIM_S = 90.0  # cada um se encerra em 60 s; aqui, o mais lento leva 12 s

cada_programa = pytest.mark.parametrize("programa", PROGRAMAS, ids=lambda arquivo: arquivo.stem)


def inicia(programa: Path, ambiente: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(programa)],
        env=os.environ | {"PYTHONUTF8": "1"} | ambiente,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def seguro() -> Iterator[KafkaSeguro]:
    """Um Kafka que pede senha, para os programas que precisam de um."""
    with KafkaSeguro.temporario() as kafka:
        yield kafka


@pytest.fixture(scope="module")
def em_curso(kafka: KafkaLocal, seguro: KafkaSeguro) -> Iterator[dict[Path, subprocess.Popen[str]]]:
    """Todos os programas, iniciados juntos: quase todo o tempo deles é de espera."""
    ambientes = {True: seguro.ambiente("ana"), False: {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap}}
    processos = {programa: inicia(programa, ambientes[programa.stem in COM_SENHA]) for programa in PROGRAMAS}
    yield processos
    for processo in processos.values():
        processo.kill()
        processo.communicate()


@pytest.mark.broker
@pytest.mark.apaga_topicos
@cada_programa
def test_o_programa_mostra_a_armadilha(em_curso: dict[Path, subprocess.Popen[str]], programa: Path) -> None:
    visto, erros = em_curso[programa].communicate(timeout=FIM_S)
    assert em_curso[programa].returncode == 0, visto + erros
    assert len(visto.splitlines()) == 1 and not erros


@cada_programa
def test_o_relato_traz_o_programa_que_rodou(programa: Path) -> None:
    codigo = programa.read_text(encoding="utf-8").split('"""\n', 1)[1].lstrip("\n")
    relato = (PASTA / "relatos" / f"{programa.stem}.md").read_text(encoding="utf-8")
    assert codigo in re.findall(r"(?ms)^```python\n(.*?)^```$", relato)


def test_cada_relato_tem_o_seu_programa_e_cada_um_a_sua_secao() -> None:
    assert [relato.stem for relato in sorted((PASTA / "relatos").glob("*.md"))] == [p.stem for p in PROGRAMAS]
    texto = (RAIZ / "docs" / "armadilhas.md").read_text(encoding="utf-8")
    for programa in PROGRAMAS:
        assert f"(armadilhas/{programa.name})" in texto
        assert f"(armadilhas/relatos/{programa.stem}.md)" in texto
