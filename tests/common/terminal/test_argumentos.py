"""As flags: o que valem, o que recusam e em que língua."""

import argparse
import re
from pathlib import Path

import pytest

from common.terminal import argumentos
from common.terminal.argumentos import QUANTIDADE_MAXIMA, Argumentos, quantidade_de_pedidos, segundos_de_trabalho
from lab import RAIZ
from tests.apoio.script import SCRIPTS, SERVICOS, exige_uma_linha_de_erro, roda, roda_script

INGLES = re.compile(
    r"\b(usage|options?|show|this|message|exit|positional|arguments?|optional|default|error|expected|invalid|"
    r"unrecognized|required|choose|ambiguous|not|allowed|ignored|explicit)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("texto", "s"), [("0", 0), ("2", 2), ("0.5", 0.5), ("0,5", 0.5), ("30", 30), ("1e-3", 0.001)])
def test_tempo_aceito(texto: str, s: float) -> None:
    assert segundos_de_trabalho(texto) == s


@pytest.mark.parametrize(
    "texto", ["", "-1", "-0.1", "nan", "inf", "-inf", "31", "30.01", "1e400", "abc", "1.0.0", "\n"]
)
def test_tempo_recusado(texto: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="não é um tempo de 0 a 30 segundos"):
        segundos_de_trabalho(texto)


@pytest.mark.parametrize("n", [1, 10, 9_999_999, QUANTIDADE_MAXIMA])
def test_quantidade_aceita(n: int) -> None:
    assert quantidade_de_pedidos(str(n)) == n


@pytest.mark.parametrize(
    "texto", ["", "0", "-1", "+1", "1.0", "abc", " 1", "1_0", "²", "٣", "１", "10000001", "9" * 5000, "1\n", "nan"]
)
def test_quantidade_recusada(texto: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="não é um número inteiro de 1 a 10000000"):
        quantidade_de_pedidos(texto)


@pytest.mark.parametrize(
    ("linha", "valor"), [([], 7), (["-n", "3"], 3), (["-n3"], 3), (["--quantidade=3"], 3), (["--quantidade", "3"], 3)]
)
def test_quantidade_na_linha_de_comando(monkeypatch: pytest.MonkeyPatch, linha: list[str], valor: object) -> None:
    monkeypatch.setattr("sys.argv", ["produtor", *linha])
    assert argumentos.quantidade("Descrição", padrao=7) == valor


@pytest.mark.parametrize(("linha", "valor"), [([], 2.0), (["--tempo", "0"], 0.0), (["--tempo=1,5"], 1.5)])
def test_tempo_na_linha_de_comando(monkeypatch: pytest.MonkeyPatch, linha: list[str], valor: object) -> None:
    monkeypatch.setattr("sys.argv", ["servico", *linha])
    assert argumentos.tempo("Descrição", padrao_s=2.0) == valor


def erro_de(capsys: pytest.CaptureFixture[str], analisador: Argumentos, *linha: str) -> str:
    with pytest.raises(SystemExit) as saida:
        analisador.parse_args(linha)
    escrito = capsys.readouterr()
    assert (saida.value.code, escrito.out) == (2, "")
    assert escrito.err.startswith("ERRO: ") and escrito.err.endswith(" (veja as opções com --help)\n")
    assert not INGLES.search(escrito.err), escrito.err
    return escrito.err.removeprefix("ERRO: ").removesuffix(" (veja as opções com --help)\n")


@pytest.mark.parametrize(
    ("linha", "texto"),
    [
        (["x"], "demo: opção inválida: 'x' (escolha entre a, b)"),
        ([], "falta o argumento: demo"),
        (["a", "--lista"], "--lista: falta o valor"),
        (["a", "--um"], "--um: falta o valor"),
        (["a", "--sim=1"], "--sim: não aceita o valor '1'"),
        (["a", "--sim", "--ou"], "--ou: não combina com --sim"),
        (["a", "--nada"], "argumento desconhecido: --nada"),
        (["a", "--si"], "argumento desconhecido: --si"),
    ],
)
def test_todo_erro_do_argparse_sai_em_portugues(
    capsys: pytest.CaptureFixture[str], linha: list[str], texto: str
) -> None:
    analisador = Argumentos("lab")
    analisador.add_argument("demo", choices=["a", "b"])
    analisador.add_argument("--lista", nargs="+")
    analisador.add_argument("--um")
    grupo = analisador.add_mutually_exclusive_group()
    grupo.add_argument("--sim", action="store_true")
    grupo.add_argument("--ou", action="store_true")
    assert erro_de(capsys, analisador, *linha).replace("'a', 'b'", "a, b") == texto  # aspas até o Python 3.11


@pytest.mark.parametrize("argumento", ["a\nb", "\x1b[31m", "a\rb"], ids=ascii)
def test_o_que_foi_digitado_nao_comanda_o_terminal(capsys: pytest.CaptureFixture[str], argumento: str) -> None:
    assert erro_de(capsys, Argumentos("lab"), argumento).isprintable()


def test_o_valor_digitado_nao_e_traduzido(capsys: pytest.CaptureFixture[str]) -> None:
    analisador = Argumentos("lab")
    analisador.add_argument("--tempo", type=segundos_de_trabalho)
    with pytest.raises(SystemExit):
        analisador.parse_args(["--tempo", "argument choose from"])
    assert "'argument choose from' não é um tempo" in capsys.readouterr().err


NO_PRODUTOR = [
    ["-n", "0"],
    ["-n", "abc"],
    ["-n"],
    ["-n", "-1"],
    ["-n", "9" * 5000],
    ["--quantidade="],
    ["--quant", "3"],
]
NO_SERVICO = [["--tempo", v] for v in ("-1", "nan", "inf", "-inf", "31", "abc", "")] + [["--tempo"], ["--temp", "1"]]
EM_TODOS = [["--nada"], ["sobra"], ["--help=1"], ["--hel"]]


@pytest.mark.parametrize(
    ("script", "linha"),
    [("produtor_pedidos", linha) for linha in NO_PRODUTOR]
    + [("servico_estoque", linha) for linha in NO_SERVICO]
    + [(script, linha) for script in SERVICOS[1:] for linha in (["--tempo", "nan"],)]
    + [(script, linha) for script in SCRIPTS for linha in EM_TODOS[:: 1 if script == "produtor_pedidos" else 2]],
    ids=lambda v: " ".join(v)[:20] if isinstance(v, list) else v,
)
def test_flag_errada_e_uma_linha_e_status_2(script: str, linha: list[str]) -> None:
    processo = roda_script(script, *linha)
    exige_uma_linha_de_erro(processo, "(veja as opções com --help)")
    assert not INGLES.search(processo.stderr), processo.stderr
    assert processo.stdout == ""


@pytest.mark.parametrize(
    ("script", "flag", "padrao"),
    [
        ("produtor_pedidos", "--quantidade", "10"),
        ("servico_estoque", "--tempo", "2"),
        ("servico_pagamento", "--tempo", "1"),
        ("servico_notificacao", "--tempo", "0"),
    ],
)
def test_a_ajuda_e_em_portugues_e_diz_os_padroes_da_aula(script: str, flag: str, padrao: str) -> None:
    processo = roda_script(script, "--help")
    assert (processo.returncode, processo.stderr) == (0, "")
    assert processo.stdout.startswith(f"uso: python {script}.py [-h] ")
    for trecho in ("opções:", "mostra esta ajuda e termina", flag, f"(padrão: {padrao})"):
        assert trecho in processo.stdout
    assert not INGLES.search(processo.stdout), processo.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_ajuda_nao_depende_da_pasta_nem_da_codificacao(script: str, tmp_path: Path) -> None:
    processo = roda(str(RAIZ / f"{script}.py"), "--ajuda", cwd=tmp_path, PYTHONIOENCODING="ascii", COLUMNS="40")
    assert (processo.returncode, processo.stderr) == (0, "")
    assert processo.stdout.startswith("uso: ") and processo.stdout.isascii()
