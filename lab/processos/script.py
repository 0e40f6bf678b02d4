"""Um script do laboratório como processo: as suas linhas à medida que saem, e os sinais que um aluno daria."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType

from common.erros import ErroDoLaboratorio
from common.prazo import Prazo
from lab import RAIZ
from lab.processos.vigia import PRAZO_PARA_ENCERRAR_S

LEITURA_S = 10.0  # o que falta ler de um processo que já terminou chega em milissegundos


class Script:
    """Roda `python ARQUIVO FLAGS...` sob o vigia: se este processo morrer, o script morre com ele.

    `linhas` é list[tuple[float, str]]: o instante (time.monotonic, segundos) e o texto de cada linha.
    `ao_ler(linha)` é chamada em outra thread, a cada linha.
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
        self._mudou = threading.Condition()
        comando = [sys.executable, "-m", "lab.processos.vigia", "--", sys.executable, arquivo, *flags]
        self._vigia = subprocess.Popen(
            comando,
            cwd=RAIZ,
            env=os.environ | {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"} | dict(ambiente),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",  # o Ctrl+C do terminal é de quem nos chamou, não do script
        )
        self._leitor = threading.Thread(target=self._le, daemon=True)
        self._leitor.start()
        try:
            assert self._vigia.stdout is not None
            self.pid = int(self._vigia.stdout.readline() or 0)
            if not self.pid:
                raise ErroDoLaboratorio(f"{self.nome} não começou")
        except BaseException:  # também um Ctrl+C: sem isto o script ficaria sem dono
            self.encerra()
            raise

    def __enter__(self) -> "Script":
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self.encerra()

    def _le(self) -> None:
        assert self._vigia.stderr is not None
        for linha in self._vigia.stderr:
            with self._mudou:
                self.linhas.append((time.monotonic(), linha.rstrip("\n")))
                self._mudou.notify_all()
            self._ao_ler(linha.rstrip("\n"))

    def textos(self) -> list[str]:
        """As linhas (list[str]) até agora."""
        with self._mudou:
            return [texto for _, texto in self.linhas]

    def espera(self, trecho: str, segundos: float, vezes: int = 1, desde: float = 0.0) -> float:
        """O instante (time.monotonic) em que `trecho` apareceu pela `vezes`-ésima vez depois de `desde`.

        Erro: ErroDoLaboratorio, com as últimas linhas, se não apareceu em `segundos`.
        """
        prazo = Prazo(segundos)
        with self._mudou:
            while True:
                instantes = [quando for quando, texto in self.linhas if quando >= desde and trecho in texto]
                if len(instantes) >= vezes:
                    return instantes[vezes - 1]
                if prazo.esgotado:
                    ultimas = "\n".join(texto for _, texto in self.linhas[-15:])
                    raise ErroDoLaboratorio(
                        f"{self.nome}: {trecho!r} apareceu {len(instantes)} de {vezes} vezes em {segundos:g} s; "
                        f"últimas linhas:\n{ultimas}"
                    )
                self._mudou.wait(min(0.5, prazo.resta))

    def ctrl_c(self) -> None:
        """O que o teclado faria (no Windows, Ctrl+Break: só ele chega a outro grupo de processos)."""
        if sys.platform == "win32":
            os.kill(self.pid, signal.CTRL_BREAK_EVENT)
        else:
            os.kill(self.pid, signal.SIGINT)

    def mata(self) -> None:
        """kill -9: o script não tem chance de dizer nada."""
        os.kill(self.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    def congela(self) -> None:
        """SIGSTOP (só POSIX): vivo, mas sem fazer nada."""
        os.kill(self.pid, signal.SIGSTOP)

    def descongela(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    @property
    def vivo(self) -> bool:
        return self._vigia.poll() is None

    def espera_fim(self, segundos: float) -> int:
        """O status (int; morto por sinal: 128 + sinal). Erro: subprocess.TimeoutExpired."""
        status = self._vigia.wait(segundos)
        self._leitor.join(LEITURA_S)
        return status

    def encerra(self) -> None:
        """Termina o script, esteja como estiver, e espera que tenha terminado."""
        if self._vigia.stdin is not None and not self._vigia.stdin.closed:
            self._vigia.stdin.close()  # o vigia entende e encerra o script
        self._vigia.wait(2 * PRAZO_PARA_ENCERRAR_S)
        self._leitor.join(LEITURA_S)
        for fluxo in (self._vigia.stdout, self._vigia.stderr):
            if fluxo is not None:
                fluxo.close()
