"""Um terminal de verdade (um pty) para um processo: as teclas que ele recebe, e o que se vê na tela dele."""

import codecs
import os
import re
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from common.prazo import Prazo
from lab import RAIZ

FIM_S = 30.0  # depois da última tecla, ou de um sinal
LEITURA_S = 0.2  # de quanto em quanto tempo se olha o prazo
CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"
ESCONDE_CURSOR = b"\x1b[?25l"
_QUE_MUDAM_A_TELA = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE")

# o pty vira o terminal do processo (um preexec_fn faria o mesmo, mas o Python novo reclama dele onde há threads)
_ASSUME_O_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""

_PARTE = re.compile(r"\x1b\[(?P<parametros>[0-9;?]*)(?P<comando>[A-Za-z])|(?P<texto>[^\x1b]+)")
_PELA_METADE = re.compile(r"(\x1b(\[[0-9;?]*)?|\r)\Z")


class Emulador:
    """O que se vê, entendendo só os comandos que o rich usa aqui; e `recebido`, os bytes como vieram.

    A tela normal é um texto, `normal`; a alternativa tem células, e muda de uma vez, quando o cursor volta ao alto.
    """

    def __init__(self, colunas: int, linhas: int) -> None:
        self.colunas, self.linhas = colunas, linhas
        self.alternativa, self.cursor = False, True
        self.normal = ""
        self.recebido = b""
        self._decodifica = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._falta, self._estilo = "", ""
        self._x = self._y = 0
        self._escritas: dict[tuple[int, int], tuple[str, str]] = {}
        self._celulas = self._escritas

    def recebe(self, dados: bytes) -> None:
        self.recebido += dados
        texto = self._falta + self._decodifica(dados)
        metade = _PELA_METADE.search(texto)
        self._falta = metade[0] if metade else ""
        for parte in _PARTE.finditer(texto[: len(texto) - len(self._falta)]):
            if parte["texto"]:
                self._escreve(parte["texto"])
            else:
                self._obedece(parte["comando"], parte["parametros"])

    def _escreve(self, texto: str) -> None:
        if not self.alternativa:
            self.normal += texto.replace("\r\n", "\n")
            return
        for letra in texto:
            if letra == "\r":
                self._x = 0
            elif letra == "\n":
                self._y += 1
            else:
                self._escritas[self._y, self._x] = letra, self._estilo
                self._x += 1

    def _obedece(self, comando: str, parametros: str) -> None:
        if comando == "m":
            self._estilo = "" if parametros == "0" else parametros
        elif comando == "H" and parametros:
            linha, coluna = map(int, parametros.split(";"))
            self._y, self._x = linha - 1, coluna - 1
        elif comando == "H":
            self._y = self._x = 0
            self._celulas = self._escritas.copy()
        elif parametros == "?1049":
            self.alternativa = comando == "h"
            self._escritas, self._celulas = {}, {}
        elif parametros == "?25":
            self.cursor = comando == "h"

    def texto(self) -> list[str]:
        """As linhas (list[str]) da tela alternativa."""
        return [
            "".join(self._celulas.get((y, x), " ")[0] for x in range(self.colunas)).rstrip() for y in range(self.linhas)
        ]

    def mostra(self, trecho: str) -> bool:
        """Se `trecho` está na tela normal, tenha ou não rolado, ou na alternativa."""
        return trecho in "\n".join([self.normal, *self.texto()])

    def estilo_de(self, trecho: str) -> str:
        """Os parâmetros (str) da cor em que se vê `trecho`. Erro: AssertionError se não se vê."""
        for y, linha in enumerate(self.texto()):
            if trecho in linha:
                return self._celulas[y, linha.index(trecho)][1]
        raise AssertionError(f"{trecho!r} não está em\n" + "\n".join(self.texto()))


class TerminalDeVerdade:
    """`comando` (list[str]) no seu terminal, que é também quem lhe manda o Ctrl+C."""

    def __init__(self, comando: list[str], colunas: int, linhas: int, ambiente: Mapping[str, str]) -> None:
        self.tela = Emulador(colunas, linhas)
        self._nosso, dele = os.openpty()
        self._tamanho(colunas, linhas)
        self.processo = subprocess.Popen(
            [sys.executable, "-c", _ASSUME_O_TERMINAL, *comando],
            cwd=RAIZ,
            env=ambiente,
            stdin=dele,
            stdout=dele,
            stderr=dele,
            start_new_session=True,
        )
        os.close(dele)

    def redimensiona(self, colunas: int, linhas: int) -> None:
        self.tela.colunas, self.tela.linhas = colunas, linhas
        self._tamanho(colunas, linhas)
        self.processo.send_signal(signal.SIGWINCH)

    def _tamanho(self, colunas: int, linhas: int) -> None:
        import fcntl
        import termios

        fcntl.ioctl(self._nosso, termios.TIOCSWINSZ, struct.pack("HHHH", linhas, colunas, 0, 0))

    def tecla(self, teclas: str | bytes) -> None:
        os.write(self._nosso, teclas.encode() if isinstance(teclas, str) else teclas)

    def le_ate(self, condicao: Callable[[Emulador], bool], segundos: float, o_que: str) -> None:
        """Volta quando `condicao(tela)` vale. Erro: AssertionError, com a tela, no fim do prazo ou do processo."""
        prazo = Prazo(segundos)
        while not condicao(self.tela):
            acabou = not self._le()
            assert not (prazo.esgotado or acabou), "\n".join([f"não vi {o_que}", *self.tela.texto(), self.tela.normal])

    def le_ate_ver(self, trecho: str, segundos: float = FIM_S) -> None:
        """Volta quando `trecho` aparece. Erro: AssertionError."""
        self.le_ate(lambda tela: tela.mostra(trecho), segundos, repr(trecho))

    def termina(self) -> int:
        """Lê até o fim do processo. Devolve o status (int)."""
        prazo = Prazo(FIM_S)
        while self._le():
            assert not prazo.esgotado, "\n".join([*self.tela.texto(), self.tela.normal])
        return self.processo.wait(prazo.resta)

    def _le(self) -> bool:
        """Lê o que houver; False: ninguém mais escreve."""
        if not select.select([self._nosso], [], [], LEITURA_S)[0]:
            return True
        try:
            dados = os.read(self._nosso, 65536)
        except OSError:  # no Linux o fim de um pty é um erro de E/S
            return False
        self.tela.recebe(dados)
        return bool(dados)

    def fecha(self) -> None:
        """Fecha a janela."""
        if self._nosso >= 0:
            os.close(self._nosso)
            self._nosso = -1


@contextmanager
def em_um_terminal(
    comando: list[str],
    colunas: int = 80,
    linhas: int = 24,
    ambiente: Mapping[str, str] = os.environ,
    variaveis: Mapping[str, str] | None = None,
) -> Iterator[TerminalDeVerdade]:
    """O terminal, até o fim do bloco; quem ainda rodar nele é morto.

    De `ambiente` não passa o que mudaria a tela; `variaveis`, por cima dele, passam como são.
    """
    pytest.importorskip("fcntl", reason="o Windows não tem pty")
    limpo = {nome: valor for nome, valor in ambiente.items() if nome not in _QUE_MUDAM_A_TELA}
    utf8 = {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    terminal = TerminalDeVerdade(comando, colunas, linhas, limpo | utf8 | dict(variaveis or {}))
    try:
        yield terminal
    finally:
        terminal.processo.kill()
        terminal.processo.wait(FIM_S)
        terminal.fecha()
