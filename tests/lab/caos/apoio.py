"""Um caos de verdade, curto e com semente fixa, como processo, e o que se exige do que ele diz."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lab.caos.cronica import Episodio
from tests.apoio.comando import comeca

FIM_S = 600.0  # aqui, uns 90 s; o próprio ensaio tem prazos menores
DA_REDE = "rede-atraso,rede-corte,rede-buraco,rede-mao-unica,rede-conta-gotas,rede-endtxn"


@contextlib.contextmanager
def ensaio(pasta: Path, *flags: str) -> "Iterator[subprocess.Popen[str]]":
    """`python -m lab caos FLAGS...`, com os temporários à vista, em `pasta`. Ao sair ele não roda mais."""
    comando = ["-m", "lab", "caos", *flags, "--figura", str(pasta / "caos.svg")]
    with comeca(pasta, *comando, COLUMNS="200") as processo:
        try:
            yield processo
        finally:
            processo.kill()  # se já não terminou; os processos dele morrem junto


def perdidos_e_duplicados(saida: str) -> tuple[int, int]:
    achado = re.search(r"perdidos (\d+), duplicados (\d+) \(semente", saida)
    assert achado, saida
    return int(achado[1]), int(achado[2])


def exige_que_passe(pasta: Path, falhas: str, *flags: str, em: set[str]) -> None:
    """Uma rodada de `falhas`: cada uma acontece de verdade, cada alvo de `em` sofre alguma, e nada se perde."""
    with ensaio(pasta, "--falhas", falhas, "--rodadas", "1", "--pedidos", "1000", *flags) as processo:
        saida, _ = processo.communicate(timeout=FIM_S)
    assert processo.returncode == 0, saida
    assert perdidos_e_duplicados(saida) == (0, 0)
    assert "✘" not in saida
    # a que não acontece não prova nada: "(não aconteceu)"
    alvos = {falha: alvos_de(falha, saida) for falha in falhas.split(",")}
    assert [len(atingidos) for atingidos in alvos.values()] == [1] * len(alvos), saida
    atingidos = {alvo for (alvo,) in alvos.values()}
    assert not [alvo for alvo in atingidos if "(não" in alvo], saida
    assert em <= atingidos, saida
    assert (pasta / "caos.svg").read_text(encoding="utf-8").lstrip().startswith("<")
    assert list(pasta.glob("lab-*")) == []


def alvos_de(falha: str, saida: str) -> list[str]:
    """Em quem foi cada vez que `falha` começou."""
    dito = re.escape(Episodio(falha, "ALVO", 0.0).nome).replace("ALVO", "(.+)")
    return re.findall(rf"^{dito}: começa, aos", saida, re.MULTILINE)
