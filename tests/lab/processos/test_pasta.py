"""Pastas temporárias que um antivírus segura, ou cujo dono morreu: vão embora assim que podem. Sem Kafka."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from lab import RAIZ
from lab.processos import pasta
from lab.processos.pasta import apaga_pasta, pasta_temporaria
from tests.apoio.script import PRAZO_S

MORRE_DENTRO = """
import os, sys
from pathlib import Path
from lab.processos.pasta import pasta_temporaria
with pasta_temporaria("x-", Path(sys.argv[1])) as pasta:
    (pasta / "dados").mkdir()
    os._exit(9)
"""


def segura(monkeypatch: pytest.MonkeyPatch, solta: threading.Event) -> None:
    """Até `solta`, o antivírus não deixa apagar nada."""
    rmtree = shutil.rmtree

    def presa(caminho: Any, **opcoes: Any) -> None:
        if solta.is_set():
            rmtree(caminho, **opcoes)

    monkeypatch.setattr(shutil, "rmtree", presa)


def test_no_fim_do_bloco_nao_existe(tmp_path: Path) -> None:
    with pasta_temporaria("x-", tmp_path) as dentro:
        (dentro / "arquivo").touch()
        with pasta_temporaria("x-", tmp_path) as outra:  # quem chega não toca na de quem vive
            assert dentro.exists() and outra != dentro
    assert not [*tmp_path.iterdir()]


def test_um_arquivo_preso_por_um_instante(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solta = threading.Event()
    segura(monkeypatch, solta)
    relogio = threading.Timer(pasta.INSISTE_S / 4, solta.set)
    relogio.start()
    (tmp_path / "x").mkdir()
    assert apaga_pasta(tmp_path / "x")
    relogio.join()


def test_a_que_nao_se_deixa_apagar_vai_na_proxima_vez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasta, "INSISTE_S", 0.1)
    solta = threading.Event()
    segura(monkeypatch, solta)
    with pasta_temporaria("x-", tmp_path) as presa:
        (presa / "arquivo").touch()
    assert presa.exists()
    solta.set()
    with pasta_temporaria("x-", tmp_path):
        assert not presa.exists()


def test_a_de_quem_morreu_vai_na_proxima_vez(tmp_path: Path) -> None:
    morto = subprocess.run([sys.executable, "-c", MORRE_DENTRO, str(tmp_path)], cwd=RAIZ, timeout=PRAZO_S)
    assert morto.returncode == 9
    (ficou,) = tmp_path.iterdir()
    with pasta_temporaria("x-", tmp_path):
        assert not ficou.exists()
