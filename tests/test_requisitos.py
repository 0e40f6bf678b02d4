"""Os requirements*.txt pedem o que o código importa; e um pacote de outra versão é dito como tal."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from common.pacotes import DOS_SCRIPTS, como_ter_os_pacotes, requisitos, satisfaz
from lab import RAIZ
from lab.ambiente import DE_DESENVOLVIMENTO
from tests.apoio.copias import editadas
from tests.apoio.script import SCRIPTS, exige_uma_linha_de_erro, roda_trecho

DA_CASA = {"common", "lab", "exercicios", "tests"}
SO_NO_WINDOWS = {"winpty": "pywinpty"}  # o módulo e o pacote, que nos outros sistemas não se instala
DE_DESENVOLVEDOR = ("tests/", "lab/caos/")  # quem roda isto tem também o requirements-dev.txt


def pedidos(arquivo: Path) -> set[str]:
    """Os pacotes (set[str], em minúsculas) de um arquivo de requisitos, também os que têm marcador."""
    return {nome.lower() for nome in re.findall(r"(?m)^([\w.-]+).*[<>]", arquivo.read_text(encoding="utf-8"))}


def importados(pasta: str) -> Iterator[tuple[str, str]]:
    """O arquivo e cada módulo de terceiros que ele importa, onde quer que seja."""
    arquivos = sorted((RAIZ / pasta).rglob("*.py")) if pasta else [RAIZ / f"{script}.py" for script in SCRIPTS]
    for arquivo in arquivos:
        if arquivo.stem in editadas():
            continue
        for no in ast.walk(ast.parse(arquivo.read_text(encoding="utf-8"))):
            nomes = [apelido.name for apelido in no.names] if isinstance(no, ast.Import) else []
            nomes += [no.module or ""] if isinstance(no, ast.ImportFrom) else []
            for nome in nomes:
                if (raiz := nome.partition(".")[0]) not in sys.stdlib_module_names | DA_CASA:
                    yield arquivo.relative_to(RAIZ).as_posix(), raiz


@pytest.mark.parametrize("pasta", ["", *sorted(DA_CASA)])
def test_o_que_se_importa_esta_declarado(pasta: str) -> None:
    da_aula, de_desenvolvimento = map(pedidos, DE_DESENVOLVIMENTO)
    pacotes = metadata.packages_distributions()
    for arquivo, modulo in importados(pasta):
        declarados = da_aula | (de_desenvolvimento if arquivo.startswith(DE_DESENVOLVEDOR) else set())
        assert {nome.lower() for nome in pacotes.get(modulo, [SO_NO_WINDOWS.get(modulo, modulo)])} & declarados, (
            f"{arquivo} importa {modulo}"
        )


def test_as_faixas_tem_a_forma_que_o_laboratorio_le() -> None:
    for arquivo in DE_DESENVOLVIMENTO:
        for nome, faixa in requisitos(arquivo):
            assert re.fullmatch(r">=[\d.]+,<[\d.]+", faixa), f"{nome}{faixa}"
            assert satisfaz(metadata.version(nome), faixa), nome
    assert set(DOS_SCRIPTS.values()) < dict(requisitos()).keys()


@pytest.mark.parametrize(
    ("versao", "cabe"),
    [("3.0.12", True), ("3.0.13.post1", True), ("3.0.11", False), ("3.1", False), ("3.1.0rc1", False), ("2.9", False)],
)
def test_satisfaz(versao: str, cabe: bool) -> None:
    assert satisfaz(versao, ">=3.0.12,<3.1") is cabe


@pytest.mark.parametrize("versao", ["2.0.2", "99.0"])
@pytest.mark.parametrize("erro", ["ImportError('x', name='kafka.net.transport')", "AttributeError('_sock_recv')"])
def test_um_kafka_python_de_outra_versao_e_dito_em_uma_linha(tmp_path: Path, versao: str, erro: str) -> None:
    registro = tmp_path / f"kafka_python-{versao}.dist-info" / "METADATA"
    registro.parent.mkdir()
    registro.write_text(f"Metadata-Version: 2.1\nName: kafka-python\nVersion: {versao}\n", encoding="utf-8")
    exige_uma_linha_de_erro(
        roda_trecho(f"import common; raise {erro}", PYTHONPATH=str(tmp_path)),
        f"o kafka-python instalado é o {versao}, e o laboratório precisa de {dict(requisitos())['kafka-python']}: ",
        como_ter_os_pacotes(),
        status=1,
    )
