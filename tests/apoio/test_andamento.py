"""O andamento diz o que terminou, o que falhou e quanto falta; e a lista dos demorados não envelhece calada."""

import re
import subprocess
import sys
from pathlib import Path

from lab import RAIZ
from tests.apoio.demorados import SEGUNDOS
from tests.apoio.script import ambiente

FIM_S = 60.0

TESTES = """\
import pytest
def test_bom(): pass
def test_ruim(): assert False
@pytest.mark.skip(reason="não aqui")
def test_pulado(): pass
"""


def test_os_demorados_existem() -> None:
    assert [arquivo for arquivo in SEGUNDOS if not (RAIZ / arquivo).is_file()] == []


def test_uma_linha_por_falha_e_por_arquivo_tambem_em_um_pipe(tmp_path: Path) -> None:
    (tmp_path / "test_um.py").write_text(TESTES, encoding="utf-8")
    (tmp_path / "test_dois.py").write_text("def test_bom(): pass\n", encoding="utf-8")
    comando = ["-m", "pytest", "-n", "1", "-p", "tests.apoio.andamento", "--rootdir", str(tmp_path), str(tmp_path)]
    fim = subprocess.run(
        [sys.executable, *comando],
        cwd=RAIZ,
        env=ambiente(),
        capture_output=True,
        encoding="utf-8",
        timeout=FIM_S,
        check=False,
    )
    linhas = [linha for linha in fim.stdout.splitlines() if " de 4 " in linha]
    assert [linha.split()[:2] for linha in linhas] == [["25%", "1"], ["50%", "2"], ["100%", "4"]], fim.stdout
    assert linhas[0].endswith(" test_dois.py: passaram 1")
    assert " falta 0:0" in linhas[1] and linhas[1].endswith(" FALHOU test_um.py::test_ruim")
    assert linhas[2].endswith(" test_um.py: passaram 1, falharam 1, pulados 1")
    assert re.search(r"^FAILED \S*test_um.py::test_ruim", fim.stdout, re.MULTILINE)
    assert "1 failed, 2 passed, 1 skipped" in fim.stdout
