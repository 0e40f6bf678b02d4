"""Uma trava entre processos. O sistema operacional a solta quando o dono morre, de qualquer morte."""

import os
import sys
import time
from io import FileIO
from pathlib import Path
from types import TracebackType

# No Windows a trava impede a leitura do trecho travado; longe do início, o pid escrito ali continua legível.
_POSICAO_DA_TRAVA = 1 << 30
_PASSO_S = 0.1  # de quanto em quanto tempo se tenta de novo

if sys.platform == "win32":
    import msvcrt

    def _trava_no_sistema(arquivo: FileIO) -> None:
        arquivo.seek(_POSICAO_DA_TRAVA)
        msvcrt.locking(arquivo.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _trava_no_sistema(arquivo: FileIO) -> None:
        fcntl.flock(arquivo, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Trava:
    """Um arquivo que só um processo por vez segura; dentro dele, o pid de quem segura."""

    def __init__(self, caminho: Path) -> None:
        self._caminho = caminho
        self._arquivo: FileIO | None = None

    def tenta(self, espera_s: float = 0.0) -> bool:
        """Pega a trava, esperando até `espera_s` segundos. Devolve se conseguiu."""
        limite = time.monotonic() + espera_s
        arquivo = FileIO(self._caminho, "a+")  # fica aberto enquanto a trava valer
        try:
            while True:
                try:
                    _trava_no_sistema(arquivo)
                    break
                except OSError:
                    if time.monotonic() >= limite:
                        arquivo.close()
                        return False
                time.sleep(_PASSO_S)
        except BaseException:
            arquivo.close()
            raise
        arquivo.truncate(0)
        arquivo.write(str(os.getpid()).encode())
        self._arquivo = arquivo
        return True

    def solta(self) -> None:
        """Solta a trava; sem efeito se não a tem. O arquivo fica: apagá-lo daria duas travas a dois processos."""
        if self._arquivo:
            self._arquivo.close()
            self._arquivo = None

    def livre(self) -> bool:
        """Diz se ninguém segura a trava neste instante."""
        if not self.tenta():
            return False
        self.solta()
        return True

    def dono(self) -> str:
        """O pid (str) de quem pegou a trava por último; "?" se não dá para saber."""
        try:
            return self._caminho.read_text(encoding="ascii").strip() or "?"
        except OSError:
            return "?"

    def __enter__(self) -> "Trava":
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self.solta()
