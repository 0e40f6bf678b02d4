"""Um processo Java sob o vigia: quem o criou morre, ele morre junto."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from common.erros import ErroDoLaboratorio
from common.prazo import PASSO_S, Prazo
from lab import RAIZ
from lab.processos.vigia import GRUPO_NOVO, PRAZO_PARA_ENCERRAR_S, SESSAO_NOVA

_FOLGA_S = 3.0  # além do prazo do próprio vigia, antes de desistir dele


class ProcessoJava:
    """`comando` (list[str]) rodando em segundo plano, com a saída no arquivo `log`.

    O vigia segura `trava` enquanto o comando viver. Erro: ErroDoLaboratorio se ele não começa.
    """

    def __init__(self, comando: list[str], log: Path, trava: Path) -> None:
        argumentos = [sys.executable, "-m", "lab.processos.vigia", "--trava", str(trava), "--", *comando]
        with log.open("ab") as saida:
            self._vigia = subprocess.Popen(
                argumentos,
                cwd=RAIZ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=saida,
                start_new_session=SESSAO_NOVA,
                creationflags=GRUPO_NOVO,
            )
        assert self._vigia.stdin and self._vigia.stdout  # são PIPE
        self._entrada, self._saida = self._vigia.stdin, self._vigia.stdout
        try:
            self.pid = int(self._saida.readline() or 0)
            if not self.pid:
                raise ErroDoLaboratorio(f"não consegui executar {comando[0]}; veja {log}")
        except BaseException:  # também um Ctrl+C: sem isto o Java ficaria sem dono
            self.encerra()
            raise

    @property
    def vivo(self) -> bool:
        return self._vigia.poll() is None

    def espera(self, prazo: Prazo) -> int | None:
        """O status (int) do comando; None se ele não terminou no prazo. Em passos, para o Ctrl+C agir."""
        while self.vivo and not prazo.esgotado:
            try:
                self._vigia.wait(min(PASSO_S, prazo.resta))
            except subprocess.TimeoutExpired:
                continue
        return self._vigia.poll()

    def sinaliza(self, sinal: int) -> None:
        """Manda `sinal` ao Java. O vigia só deixa o pid ser reaproveitado depois de terminar ele mesmo."""
        if self.vivo:
            os.kill(self.pid, sinal)

    def mata(self) -> None:
        """kill -9 no Java (TerminateProcess no Windows); volta quando ele já não existe."""
        if sys.platform == "win32":
            self.sinaliza(signal.SIGTERM)  # lá o os.kill termina o processo na hora, seja qual for o sinal
        else:
            self.sinaliza(signal.SIGKILL)
        self.espera(Prazo(_FOLGA_S))
        self.encerra()

    def encerra(self) -> None:
        """Pede o fim e o espera; passado o prazo, mata. No Windows não há um pedido: o vigia termina o processo."""
        self._entrada.close()  # daqui em diante o vigia faz o trabalho, mesmo que nos interrompam
        if self.espera(Prazo(PRAZO_PARA_ENCERRAR_S + _FOLGA_S)) is None:
            self._vigia.kill()
            self._vigia.wait()
        self._saida.close()
