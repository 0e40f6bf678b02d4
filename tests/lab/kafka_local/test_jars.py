"""Um jar recém-baixado que um antivírus ainda lê. Sem rede."""

import hashlib
from pathlib import Path

import pytest

from lab.kafka_local.distribuicao import jars
from lab.kafka_local.distribuicao.jars import Jar

CONTEUDO = b"um jar"


@pytest.mark.parametrize("recusas", [0, 3, 10**6], ids=["solto", "preso por um instante", "preso"])
def test_o_jar_e_posto_no_lugar_assim_que_o_soltam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recusas: int
) -> None:
    monkeypatch.setattr(jars, "INSISTE_S", 0.5)
    jar = Jar("g", "a", "1", hashlib.sha256(CONTEUDO).hexdigest())
    baixado, destino = tmp_path / "baixado", tmp_path / jar.nome
    baixado.write_bytes(CONTEUDO)
    move = Path.replace
    tentativas = 0

    def replace(origem: Path, para: Path) -> Path:
        nonlocal tentativas
        tentativas += 1
        if tentativas <= recusas:
            raise PermissionError(13, "Acesso negado")
        return move(origem, para)

    monkeypatch.setattr(Path, "replace", replace)
    if recusas > 100:
        with pytest.raises(PermissionError):
            jars._move(baixado, destino, jar)
    else:
        jars._move(baixado, destino, jar)
        assert destino.read_bytes() == CONTEUDO
