"""`python -m exercicios N` como o aluno o roda: o veredito, o uso errado e o Ctrl+C que não deixa nada."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from common.terminal.sinais import SAIDA_DE_CTRL_C
from tests.apoio.comando import CTRL_C, DESMONTE_S, comeca
from tests.apoio.copias import exige_original
from tests.apoio.sala import ate

FIM_S = 120.0  # aqui, 8 s
EXERCICIOS = ("-u", "-m", "exercicios")


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    """Os temporários de uma conferência, que devem acabar vazios."""
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.broker
@pytest.mark.parametrize(
    ("argumentos", "status", "fim"),
    [
        (("1", "--solucao"), 0, "[EXERCÍCIO 1] ✔ A solução pronta passa"),
        (("1",), 1, "[EXERCÍCIO 1] ✘ ainda não há previsão em "),
    ],
    ids=["solução", "por resolver"],
)
def test_o_veredito_e_o_status(pasta: Path, argumentos: tuple[str, ...], status: int, fim: str) -> None:
    if "--solucao" not in argumentos:
        exige_original("ex1_particoes")
    comando = comeca(pasta, *EXERCICIOS, *argumentos)
    saida, _ = comando.communicate(timeout=FIM_S)
    assert comando.returncode == status, saida
    assert saida.splitlines()[-1].startswith(fim)
    assert saida.count("[EXERCÍCIO 1]") == 2  # o começo e o fim; no meio, só um download na primeira vez


@pytest.mark.broker
@pytest.mark.parametrize("quando_roda", ["kafka.Kafka", "servico_pagamento.py"])
def test_ctrl_c_nao_deixa_nada(pasta: Path, quando_roda: str) -> None:
    comando = comeca(pasta, *EXERCICIOS, "2", "--solucao")

    def filhos() -> list[psutil.Process]:
        return psutil.Process(comando.pid).children(recursive=True)

    ate(lambda: any(quando_roda in linha_de_comando(filho) for filho in filhos()), FIM_S, f"{quando_roda} não começou")
    orfaos = filhos()
    comando.send_signal(CTRL_C)
    saida, _ = comando.communicate(timeout=DESMONTE_S)
    assert comando.returncode == SAIDA_DE_CTRL_C, saida
    assert saida.splitlines()[1:] == ["[EXERCÍCIO 2] Conferência interrompida"]
    _, vivos = psutil.wait_procs(orfaos, DESMONTE_S)
    assert vivos == []


def linha_de_comando(processo: psutil.Process) -> str:
    try:
        return " ".join(processo.cmdline())
    except psutil.NoSuchProcess:  # terminou entre a lista e a pergunta
        return ""


@pytest.mark.parametrize("argumentos", [(), ("9",), ("um",), ("1", "--resposta"), ("1", "--solucao", "--recomeca")])
def test_uso_errado(pasta: Path, argumentos: tuple[str, ...]) -> None:
    comando = comeca(pasta, *EXERCICIOS, *argumentos)
    saida, _ = comando.communicate(timeout=FIM_S)
    assert comando.returncode == 2
    assert saida.startswith("ERRO: ") and len(saida.splitlines()) == 1
