"""Um script do laboratório como processo: as suas linhas à medida que saem, e os sinais que um aluno daria."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from common.erros import ErroDoLaboratorio
from common.prazo import espera_ate
from lab.processos.processo import Processo

LEITURA_S = 10.0  # o que falta ler de um processo que já terminou chega em milissegundos
ULTIMAS_LINHAS = 15  # em um erro: bastam para ver o que houve


class Script(Processo):
    """`python ARQUIVO FLAGS...`. `ao_ler(linha)` é chamada em outra thread, a cada linha.

    `linhas` é list[tuple[float, str]]: o instante (time.monotonic, segundos) e o texto de cada linha.
    """

    def __init__(
        self,
        arquivo: str,
        *flags: str,
        ambiente: Mapping[str, str],
        ao_ler: Callable[[str], None] = lambda linha: None,
    ) -> None:
        self.nome = " ".join((arquivo, *flags))
        self.linhas: list[tuple[float, str]] = []
        self._ao_ler = ao_ler
        self._leitor = threading.Thread(target=self._le, daemon=True)
        utf8 = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}
        super().__init__([sys.executable, arquivo, *flags], subprocess.PIPE, os.environ | utf8 | dict(ambiente))
        self._leitor.start()

    def __enter__(self) -> "Script":
        return self

    def _le(self) -> None:
        assert self._vigia.stderr  # é PIPE
        with io.TextIOWrapper(self._vigia.stderr, encoding="utf-8", errors="replace") as saida:
            for linha in saida:
                self.linhas.append((time.monotonic(), linha.rstrip("\n")))
                self._ao_ler(linha.rstrip("\n"))

    def textos(self) -> list[str]:
        """As linhas (list[str]) até agora."""
        return [texto for _, texto in [*self.linhas]]  # uma cópia: outra thread acrescenta

    def espera(self, trecho: str, segundos: float, vezes: int = 1, desde: float = 0.0) -> float:
        """O instante (time.monotonic) em que `trecho` apareceu pela `vezes`-ésima vez depois de `desde`.

        Erro: ErroDoLaboratorio, com as últimas linhas, se não apareceu em `segundos`.
        """

        def instantes() -> list[float]:
            return [quando for quando, texto in [*self.linhas] if quando >= desde and trecho in texto]

        if not espera_ate(lambda: len(instantes()) >= vezes, segundos):
            ultimas = "\n".join(self.textos()[-ULTIMAS_LINHAS:])
            raise ErroDoLaboratorio(
                f"{self.nome}: {trecho!r} apareceu {len(instantes())} de {vezes} vezes em {segundos:g} s; "
                f"últimas linhas:\n{ultimas}"
            )
        return instantes()[vezes - 1]

    def ctrl_c(self) -> None:
        """O que o teclado faria (no Windows, Ctrl+Break: só ele chega a outro grupo de processos)."""
        self.sinaliza(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))

    def espera_fim(self, segundos: float) -> int:
        """Como em Processo; e tudo o que ele disse já está em `linhas`."""
        status = super().espera_fim(segundos)
        self._leitor.join(LEITURA_S)
        return status

    def encerra(self) -> None:
        super().encerra()
        if self._leitor.is_alive():
            self._leitor.join(LEITURA_S)
