"""O que os documentos dizem que existe existe: links, arquivos, módulos, comandos, flags e variáveis. Sem Kafka."""

import importlib
import re
from pathlib import Path

import pytest

from common.terminal.argumentos import Argumentos
from lab import RAIZ
from lab.__main__ import COMANDOS

README, REFERENCIA = RAIZ / "README.md", RAIZ / "docs" / "referencia.md"
DOCUMENTOS = [*sorted(RAIZ.glob("*.md")), *sorted((RAIZ / "docs").glob("*.md"))]
LINHAS_MAXIMO = 450  # o README é para ser lido em aula; o que não cabe está a um clique, em docs/
DE_TODOS = {"--help", "--ajuda"}

cada_documento = pytest.mark.parametrize("documento", DOCUMENTOS, ids=lambda arquivo: arquivo.name)
cada_comando = pytest.mark.parametrize("comando", COMANDOS)


def le(arquivo: Path) -> str:
    return arquivo.read_text(encoding="utf-8")


def links(documento: Path) -> list[tuple[Path, str]]:
    """O arquivo e a âncora ("" se nenhuma) de cada link que não sai do repositório."""
    achados = re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", le(documento))
    return [((documento.parent / caminho).resolve() if caminho else documento, ancora) for caminho, ancora in achados]


def ancoras(documento: Path) -> set[str]:
    """As âncoras (set[str]) que o GitHub dá aos títulos de um documento."""
    titulos = re.findall(r"(?m)^#+ (.*)$", le(documento))
    return {re.sub(r"[^\w\- ]", "", titulo.lower()).replace(" ", "-") for titulo in titulos}


def flags(comando: str) -> set[str]:
    """As flags longas (set[str]) que o comando aceita, sem as de ajuda."""
    analisador = Argumentos("", "")
    importlib.import_module(f"lab.{COMANDOS[comando].parent.name}.comando").configura(analisador)
    return {nome for acao in analisador._actions for nome in acao.option_strings if nome[:2] == "--"} - DE_TODOS


@cada_documento
def test_os_links_levam_a_algum_lugar(documento: Path) -> None:
    for alvo, ancora in links(documento):
        assert alvo.exists(), alvo
        assert not ancora or ancora in ancoras(alvo), f"{alvo.name}#{ancora}"


@cada_documento
def test_os_arquivos_e_os_modulos_existem(documento: Path) -> None:
    texto = le(documento)
    arquivos = re.findall(r"(?<![\w./-])([\w.-]+(?:/[\w.-]+)+\.(?:py|lock|md|yml|svg))\b", texto)
    arquivos += re.findall(r"(?m)(?:^|[ `])python3? ([\w/]+\.py)\b", texto)
    for arquivo in arquivos:
        assert (documento.parent / arquivo).exists() or (RAIZ / arquivo).exists(), arquivo
    for modulo in re.findall(r"python3? -m ((?:lab|exercicios|tests)[\w.]*\w)", texto):
        caminho = RAIZ / modulo.replace(".", "/")
        assert caminho.with_suffix(".py").exists() or (caminho / "__main__.py").exists(), modulo


@cada_documento
def test_os_comandos_e_as_suas_flags_existem(documento: Path) -> None:
    for comando, resto in re.findall(r"-m lab ([a-z]+)([^`\n]*)", le(documento)):
        assert comando in COMANDOS
        assert set(re.findall(r"--[a-z-]+", resto)) <= flags(comando) | DE_TODOS, resto


@cada_comando
def test_a_referencia_tem_todas_as_flags_do_comando_e_o_readme_fala_dele(comando: str) -> None:
    linha = f"(?m)^\\| `{comando}` \\|.*$"
    assert re.search(linha, le(README))
    achada = re.search(linha, le(REFERENCIA))
    assert achada and set(re.findall(r"--[a-z-]+", achada[0])) == flags(comando)


def test_a_referencia_tem_todas_as_variaveis() -> None:
    codigo = "".join(le(arquivo) for arquivo in (RAIZ / "common").rglob("*.py"))
    variaveis = set(re.findall(r'"((?:KAFKA|LAB)_[A-Z_]+)"', codigo))
    assert {"KAFKA_BOOTSTRAP_SERVERS", "LAB_PREFIXO"} <= variaveis
    assert variaveis <= set(re.findall(r"`([A-Z_]+)`", le(REFERENCIA)))


# um comando, e não uma saída: começa pelo nome de um programa ou pela forma de um shell
_COMANDO = r"(?:(?:python3?|py|pip|docker|docker-compose|git|cd|export|set|source|sudo)\b|\$env:|\.venv|\w+=\S+ \w).*"
# o que um dos três não entende: no Prompt de Comando um "# …" e um '…' são argumentos; no PowerShell 5.1 não há "&&";
# em nenhum dos dois "\" continua a linha; python3, py, export, set, source, sudo e VAR=valor são de um sistema só
_SO_DE_UM_SHELL = re.compile(r" #|&&|\\$|'|\$|%\w+%|^(python3|py|export|set|source|sudo)\b|^(\.venv|\w+=)")
_SHELLS = ("Windows, PowerShell", "Windows, Prompt de Comando", "Linux, macOS")


def so_de_um_shell(linha: str) -> bool:
    """Diz se a linha de um bloco é um comando (bool) que não se pode colar em qualquer shell."""
    return bool(re.fullmatch(_COMANDO, linha)) and bool(_SO_DE_UM_SHELL.search(linha))


@cada_documento
def test_um_comando_serve_a_qualquer_shell(documento: Path) -> None:
    for bloco in re.findall(r"(?ms)^ *```(?:sh(?: T\d)?)?\n(.*?)^ *```$", le(documento)):
        assert not [linha for linha in bloco.splitlines() if so_de_um_shell(linha.strip())]


@cada_documento
def test_o_que_muda_de_um_shell_para_outro_e_mostrado_em_cada_um(documento: Path) -> None:
    tabelas = re.findall(r"(?m)(?:^ *\|.*\n)+", le(documento))
    for tabela in tabelas:
        shells = re.findall(rf"(?m)^ *\| ({'|'.join(_SHELLS)}) \|", tabela)
        assert not shells or tuple(shells) == _SHELLS, tabela
    for linha in le(documento).splitlines():
        if re.search(r"`(export|set) [A-Z_]+=|`\$env:", linha):
            assert linha.lstrip().startswith(tuple(f"| {shell} |" for shell in _SHELLS)), linha


@pytest.mark.parametrize(
    ("linha", "so_de_um"),
    [
        ("python -m lab demo", False),
        ("docker-compose -f docker-compose.cluster.yml up -d", False),
        ("[PRODUTOR] Pedido 1 (e22d) enviado · partição 0, offset 0", False),
        ("python3 -m lab demo", True),
        ("python servico_estoque.py  # T3", True),
        ("export LAB_PREFIXO=ana", True),
        ("LAB_PREFIXO=ana python servico_estoque.py", True),
        ("cd lab-kafka && pip install -r requirements.txt", True),
        ("python -c 'print(1)'", True),
    ],
)
def test_o_que_nao_se_cola_em_qualquer_shell(linha: str, so_de_um: bool) -> None:
    assert so_de_um_shell(linha) is so_de_um


def test_o_readme_e_curto_e_tudo_esta_a_um_clique() -> None:
    assert len(le(README).splitlines()) <= LINHAS_MAXIMO
    alvos = {alvo for alvo, _ in links(README)}
    assert {*DOCUMENTOS, RAIZ / "LICENSE"} - {README} <= alvos


def test_o_changelog_tem_a_versao() -> None:
    versao = re.search(r'(?m)^version = "(.*)"', le(RAIZ / "pyproject.toml"))
    assert versao and f"\n## {versao[1]}\n" in le(RAIZ / "CHANGELOG.md")
