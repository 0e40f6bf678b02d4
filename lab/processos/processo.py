"""Um processo sob o vigia: quem o criou morre, ele morre junto."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

from common.erros import ErroDoLaboratorio
from common.prazo import PASSO_S, Prazo
from lab import RAIZ
from lab.processos.vigia import GRUPO_NOVO, PRAZO_PARA_ENCERRAR_S, SESSAO_NOVA

FOLGA_S = 5.0  # além do prazo do próprio vigia, antes de desistir dele


class Processo:
    """`comando` (list[str]) rodando em segundo plano, na pasta do laboratório. Use com `with`, ou chame `encerra()`.

    `saida` recebe o que ele escreve, e `ambiente` (str: str) vale no lugar do deste processo. O vigia segura `trava`
    enquanto o comando viver. Erro: ErroDoLaboratorio se ele não começa.
    """

    def __init__(
        self,
        comando: list[str],
        saida: IO[bytes] | int,
        ambiente: Mapping[str, str] | None = None,
        trava: Path | None = None,
    ) -> None:
        da_trava = ["--trava", str(trava)] if trava else []
        self._vigia = subprocess.Popen(
            [sys.executable, "-m", "lab.processos.vigia", *da_trava, "--", *comando],
            cwd=RAIZ,
            env=ambiente,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=saida,
            start_new_session=SESSAO_NOVA,  # o Ctrl+C do terminal é de quem nos chamou
            creationflags=GRUPO_NOVO,
        )
        try:
            assert self._vigia.stdout  # é PIPE
            self.pid = int(self._vigia.stdout.readline() or 0)
            if not self.pid:
                raise ErroDoLaboratorio(f"não consegui executar {comando[0]}")
        except BaseException:  # também um Ctrl+C: sem isto o comando ficaria sem dono
            self.encerra()
            raise

    def __enter__(self) -> "Processo":
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self.encerra()

    @property
    def vivo(self) -> bool:
        return self._vigia.poll() is None

    def espera_fim(self, segundos: float) -> int:
        """O status (int; morto por um sinal: 128 + sinal). Erro: subprocess.TimeoutExpired."""
        return self._espera(segundos)

    def _espera(self, segundos: float) -> int:
        prazo = Prazo(segundos)
        while True:
            try:  # em passos: no Windows uma espera longa não vê o Ctrl+C
                return self._vigia.wait(min(PASSO_S, prazo.resta))
            except subprocess.TimeoutExpired:
                if prazo.esgotado:
                    raise

    def sinaliza(self, sinal: int) -> None:
        """Manda `sinal` ao comando; a quem já terminou, nada. Só depois do fim do vigia o pid pode ser de outro."""
        if self.vivo:
            # terminou neste instante: ProcessLookupError; no Windows, em que todo sinal é um TerminateProcess,
            # PermissionError ou, se o sistema já não o conhece, um OSError qualquer (ERROR_INVALID_PARAMETER)
            with contextlib.suppress(OSError):
                os.kill(self.pid, sinal)

    def mata(self) -> None:
        """kill -9 (TerminateProcess no Windows, seja qual for o sinal); volta quando ele já não existe."""
        self.sinaliza(getattr(signal, "SIGKILL", signal.SIGTERM))
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._espera(FOLGA_S)

    def congela(self) -> None:
        """SIGSTOP: vivo, mas sem fazer nada. Erro: ErroDoLaboratorio no Windows."""
        self.sinaliza(_so_no_posix("SIGSTOP"))

    def descongela(self) -> None:
        """SIGCONT: continua de onde estava. Erro: ErroDoLaboratorio no Windows."""
        self.sinaliza(_so_no_posix("SIGCONT"))

    def encerra(self) -> None:
        """Pede o fim e o espera; passado o prazo, mata. No Windows não há um pedido: o vigia termina o processo."""
        assert self._vigia.stdin and self._vigia.stdout  # são PIPE
        self._vigia.stdin.close()  # daqui em diante o vigia faz o trabalho, mesmo que nos interrompam
        try:
            self._espera(PRAZO_PARA_ENCERRAR_S + FOLGA_S)
        except subprocess.TimeoutExpired:
            self._vigia.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._espera(FOLGA_S)
        self._vigia.stdout.close()


def _so_no_posix(nome: str) -> signal.Signals:
    if not hasattr(signal, nome):
        raise ErroDoLaboratorio("o Windows não sabe congelar um processo")
    return signal.Signals[nome]
