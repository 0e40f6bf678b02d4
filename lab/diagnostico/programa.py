"""Um programa da máquina a quem se faz uma pergunta. Só a biblioteca padrão."""

import shutil
import subprocess
from types import TracebackType

from common.prazo import PASSO_S, Prazo

# contado de quando o programa começou, e todos começam juntos: o `python` importa os pacotes, e em uma máquina ocupada,
# ou com um antivírus que examina cada arquivo, isso passa de 4 s
RESPOSTA_S = 10.0


class Programa:
    """Roda, desde já, o que este terminal rodaria com `nome argumentos`; ao sair do `with`, já não existe."""

    def __init__(self, nome: str, *argumentos: str) -> None:
        self._prazo = Prazo(RESPOSTA_S)
        # não basta o nome: no Windows o Popen procura antes na pasta deste Python, e só depois no PATH do terminal
        self.caminho = shutil.which(nome)
        self._processo: subprocess.Popen[str] | None = None
        if self.caminho is None:
            return
        try:
            self._processo = subprocess.Popen(
                [self.caminho, *argumentos],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
            )
        except OSError:  # um arquivo que não é um programa: fica sem resposta
            return

    def resposta(self) -> str:
        """O que ele escreveu na saída padrão (str); vazio se não há o programa, ou ele falhou ou passou do prazo."""
        if self._processo is None:
            return ""
        while not self._prazo.esgotado:
            try:  # em passos, para o Ctrl+C agir
                saida, _ = self._processo.communicate(timeout=min(PASSO_S, self._prazo.resta))
            except subprocess.TimeoutExpired:
                continue
            return saida.strip() if self._processo.returncode == 0 else ""
        return ""

    def __enter__(self) -> "Programa":
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        if self._processo is None:
            return
        self._processo.kill()  # sem efeito em quem já terminou
        self._processo.wait()
        if self._processo.stdout is not None:
            self._processo.stdout.close()
