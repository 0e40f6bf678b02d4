"""O caos de verdade, curto e com semente fixa: os nossos serviços passam, e os ingênuos são acusados."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.broker

RAIZ = Path(__file__).resolve().parents[2]
FIM_S = 420.0  # aqui, de 60 a 90 s; o próprio ensaio tem prazos menores

SO_SERVICOS = "ctrl-c,kill-9,kill-9-no-commit,ctrl-c-no-commit,aborta,envio-falho,passo-lento,produtor-morto,veneno"
COM_CONGELADOS = "congela,congela-no-join,instancias,broker-mata,broker-congela,broker-para,broker-reinicia"


def caos(pasta: Path, *flags: str) -> "subprocess.CompletedProcess[str]":
    ambiente = {nome: valor for nome, valor in os.environ.items() if not nome.startswith(("KAFKA_", "LAB_"))}
    temporarios = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(pasta))
    return subprocess.run(
        [sys.executable, "-m", "lab", "caos", *flags, "--figura", str(pasta / "caos.svg")],
        cwd=RAIZ,
        env=ambiente | temporarios | {"PYTHONUTF8": "1", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=FIM_S,
    )


def perdidos_e_dobrados(saida: str) -> tuple[int, int]:
    achado = re.search(r"perdidos (\d+), dobrados (\d+) \(semente", saida)
    assert achado, saida
    return int(achado[1]), int(achado[2])


@pytest.mark.parametrize(
    ("brokers", "falhas"),
    [(1, SO_SERVICOS), pytest.param(3, COM_CONGELADOS, marks=pytest.mark.skipif(os.name == "nt", reason="SIGSTOP"))],
)
def test_os_servicos_da_aula_passam(tmp_path: Path, brokers: int, falhas: str) -> None:
    flags = ["--pedidos", "600", "--segundos", "40", "--semente", "7", "--brokers", str(brokers), "--falhas", falhas]
    feito = caos(tmp_path, *flags)
    assert feito.returncode == 0, feito.stdout
    assert perdidos_e_dobrados(feito.stdout) == (0, 0)
    assert "✘" not in feito.stdout
    assert (tmp_path / "caos.svg").read_text(encoding="utf-8").lstrip().startswith("<")
    assert list(tmp_path.glob("lab-*")) == []


def test_o_controle_e_acusado_e_os_nossos_passam_com_a_mesma_semente(tmp_path: Path) -> None:
    flags = ["--pedidos", "400", "--segundos", "20", "--semente", "11", "--falhas", "kill-9"]
    ingenuo = caos(tmp_path, *flags, "--ingenuo")
    assert ingenuo.returncode == 1, ingenuo.stdout
    assert sum(perdidos_e_dobrados(ingenuo.stdout)) > 0
    nosso = caos(tmp_path, *flags)
    assert nosso.returncode == 0, nosso.stdout
    assert perdidos_e_dobrados(nosso.stdout) == (0, 0)
