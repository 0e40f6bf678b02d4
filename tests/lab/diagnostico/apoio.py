"""O diagnóstico como o aluno o roda, em outro processo."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lab import RAIZ

FIM_S = 60.0  # nenhum diagnóstico leva mais, mesmo em uma máquina ocupada; o prometido é PROMETIDO_S
PROMETIDO_S = 10.0  # também com um Kafka morto ou congelado
PASTA_DO_PYTHON = str(Path(sys.executable).parent)

# o comando sem o lab/__main__.py, que antes conferiria (e talvez instalasse) os pacotes
PROGRAMA = """\
import sys
from lab import RAIZ
from common.terminal.argumentos import Argumentos
from lab.diagnostico import comando
analisador = Argumentos()
comando.configura(analisador)
sys.exit(comando.executa(analisador.parse_args()))
"""


@dataclass(frozen=True)
class LaudoLido:
    """Um diagnóstico terminado."""

    status: int
    linhas: list[str]
    erro: str  # o stderr
    segundos: float

    def com(self, sinal: str) -> list[str]:
        """As linhas deste sinal, sem ele."""
        return [linha.removeprefix(f"{sinal} ") for linha in self.linhas if linha.startswith(f"{sinal} ")]

    def exige_so_este_erro(self, *trechos: str) -> None:
        """Uma linha ✘, com os `trechos`; nada depois dela que dependesse do que falhou; status 1."""
        (errado,) = self.com("✘")
        for trecho in trechos:
            assert trecho in errado
        assert self.linhas[-2:] == [f"✘ {errado}", "1 coisa a resolver"]
        assert (self.status, self.erro) == (1, "")


def ambiente(**variaveis: str) -> dict[str, str]:
    """O ambiente de um terminal em que o `python` é o dos testes, e sem um Docker que responda."""
    limpo = {nome: valor for nome, valor in os.environ.items() if not nome.startswith(("KAFKA_", "LAB_"))}
    caminho = os.pathsep.join((PASTA_DO_PYTHON, limpo.get("PATH", "")))
    fixas = {"PATH": caminho, "DOCKER_HOST": "unix:///nonexistent", "PYTHONIOENCODING": "utf-8", "COLUMNS": "40"}
    return limpo | fixas | variaveis


def diagnostica(*, python: str = sys.executable, **variaveis: str) -> LaudoLido:
    """O diagnóstico, até o fim, em um terminal com estas variáveis de ambiente."""
    comeco = time.monotonic()
    fim = subprocess.run(
        [python, "-c", PROGRAMA],
        cwd=RAIZ,
        env=ambiente(**variaveis),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=FIM_S,
        check=False,
    )
    assert "Traceback" not in fim.stdout + fim.stderr, fim.stderr
    return LaudoLido(fim.returncode, fim.stdout.splitlines(), fim.stderr, time.monotonic() - comeco)
