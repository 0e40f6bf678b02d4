"""O Ctrl+C de quem comanda outros processos: um sinal só levanta uma bandeira, vista entre um passo e outro."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

from common.prazo import PASSO_S, Prazo
from common.terminal.sinais import SAIDA_DE_CTRL_C, Interrupcao, encerra_processo_preso


class Parada(Interrupcao):
    """Como a Interrupcao dos scripts, mas o segundo sinal não vale mais do que o primeiro.

    Um KeyboardInterrupt em qualquer linha poderia deixar um processo sem dono; sair de repente, uma pasta
    temporária. O desmonte tem prazo: quem insiste no Ctrl+C espera alguns segundos.
    """

    def _ao_sinal(self, numero: int, quadro: FrameType | None) -> None:
        self.pedida = True
        if self.no_corpo:
            self.no_corpo = False
            raise KeyboardInterrupt

    def __exit__(self, *erro: object) -> None:
        if not self.pedida:
            super().__exit__(*erro)
            return
        # o processo vai terminar: um segundo sinal, a esta altura, só trocaria o status de saída
        for sinal in self._anteriores:
            signal.signal(sinal, signal.SIG_IGN)

    def confere(self) -> None:
        """Erro: KeyboardInterrupt se já houve um sinal."""
        if self.pedida:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def na_hora(self) -> Iterator[None]:
        """Neste bloco, que não cria processos, o sinal interrompe onde estiver (um download, por exemplo)."""
        with self.corpo():
            yield
        self.confere()

    def dorme(self, segundos: float) -> None:
        """Espera `segundos`, ou até um sinal. Erro: KeyboardInterrupt."""
        prazo = Prazo(segundos)
        while not prazo.esgotado:
            self.confere()
            time.sleep(min(PASSO_S, prazo.resta))
        self.confere()

    def conduz(self, trabalho: Callable[[], int], ao_parar: Callable[[], None]) -> int:
        """O status (int) de `trabalho()`; 130, depois de `ao_parar()`, se um sinal o interrompeu."""
        with self:
            try:
                status = trabalho()
            except KeyboardInterrupt:
                ao_parar()
                status = SAIDA_DE_CTRL_C
            except Exception as erro:
                encerra_processo_preso(erro)
                raise
        encerra_processo_preso(SystemExit(status))  # uma thread presa no cliente Kafka seguraria o fim do processo
        return status
