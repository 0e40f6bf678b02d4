"""O caos de verdade, curto e com semente fixa: os nossos serviços passam, e os ingênuos são acusados."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab import RAIZ
from tests.apoio.comando import DESMONTE_S, ambiente, processos_da

pytestmark = pytest.mark.broker

FIM_S = 600.0  # aqui, de 40 a 230 s; o próprio ensaio tem prazos menores

SO_SERVICOS = "ctrl-c,kill-9,kill-9-no-commit,ctrl-c-no-commit,aborta,envio-falho,passo-lento,produtor-morto,veneno"
COM_CONGELADOS = "congela,congela-no-join,instancias,broker-mata,broker-congela,broker-para,broker-reinicia"


def comando(pasta: Path, *flags: str) -> list[str]:
    return [sys.executable, "-m", "lab", "caos", *flags, "--figura", str(pasta / "caos.svg")]


def processo(pasta: Path) -> dict[str, Any]:
    """As opções do processo: os temporários do ensaio à vista, em `pasta`."""
    saida = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "encoding": "utf-8"}
    return {"cwd": RAIZ, "env": ambiente(pasta) | {"COLUMNS": "200"}, **saida}


def caos(pasta: Path, *flags: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(comando(pasta, *flags), timeout=FIM_S, **processo(pasta))


def perdidos_e_duplicados(saida: str) -> tuple[int, int]:
    achado = re.search(r"perdidos (\d+), duplicados (\d+) \(semente", saida)
    assert achado, saida
    return int(achado[1]), int(achado[2])


@pytest.mark.skipif(os.name == "nt", reason="no Windows o Ctrl+Break precisa de um grupo de processos")
def test_interrompido_no_meio_de_uma_falha_nao_deixa_nada(tmp_path: Path) -> None:
    with subprocess.Popen(comando(tmp_path, "--falhas", "congela"), **processo(tmp_path)) as ensaio:
        assert ensaio.stdout is not None
        assert any("começa, aos" in linha for linha in ensaio.stdout)
        ensaio.send_signal(signal.SIGINT)
        resto, _ = ensaio.communicate(timeout=DESMONTE_S)
    assert ensaio.returncode == 130, resto
    assert resto.splitlines()[-1] == "Ensaio interrompido"
    assert "Traceback" not in resto
    assert list(tmp_path.glob("lab-*")) == []
    assert processos_da(tmp_path) == []


@pytest.mark.parametrize(
    ("brokers", "falhas"),
    [(1, SO_SERVICOS), pytest.param(3, COM_CONGELADOS, marks=pytest.mark.skipif(os.name == "nt", reason="SIGSTOP"))],
)
def test_os_servicos_da_aula_passam(tmp_path: Path, brokers: int, falhas: str) -> None:
    flags = ["--pedidos", "1000", "--segundos", "180", "--semente", "7", "--brokers", str(brokers), "--falhas", falhas]
    feito = caos(tmp_path, *flags)
    assert feito.returncode == 0, feito.stdout
    assert perdidos_e_duplicados(feito.stdout) == (0, 0)
    assert "✘" not in feito.stdout
    # de cada falha, ao menos uma que aconteceu: a que não acontece não prova nada
    deram_se = [linha for linha in feito.stdout.splitlines() if "começa, aos" in linha and "(não" not in linha]
    assert {linha.partition(" em ")[0] for linha in deram_se} == set(falhas.split(",")), feito.stdout
    assert (tmp_path / "caos.svg").read_text(encoding="utf-8").lstrip().startswith("<")
    assert list(tmp_path.glob("lab-*")) == []


def test_o_controle_e_acusado_e_os_nossos_passam_com_a_mesma_semente(tmp_path: Path) -> None:
    flags = ["--pedidos", "400", "--segundos", "20", "--semente", "11", "--falhas", "kill-9"]
    ingenuo = caos(tmp_path, *flags, "--ingenuo")
    assert ingenuo.returncode == 1, ingenuo.stdout
    assert sum(perdidos_e_duplicados(ingenuo.stdout)) > 0
    nosso = caos(tmp_path, *flags)
    assert nosso.returncode == 0, nosso.stdout
    assert perdidos_e_duplicados(nosso.stdout) == (0, 0)
