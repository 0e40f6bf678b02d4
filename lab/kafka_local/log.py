"""O log de um broker: onde ele escreve, e o que disse desde que começou a partida atual."""

from pathlib import Path
from typing import IO

_MAXIMO_BYTES = 20_000_000  # acima disto ele recomeça; cresce uns 50 KB por partida
_LINHAS_NO_ERRO = 3


class Log:
    """O arquivo `caminho` (Path), que pode ainda não existir."""

    def __init__(self, caminho: Path) -> None:
        self.caminho = caminho
        self._comeco = 0  # onde começa, nele, o que diz a partida atual

    def abre(self) -> IO[bytes]:
        """O arquivo, para uma partida nova escrever no fim dele. Erro: OSError."""
        if self.caminho.exists() and self.caminho.stat().st_size > _MAXIMO_BYTES:
            self.caminho.unlink()
        self._comeco = self.caminho.stat().st_size if self.caminho.exists() else 0
        return self.caminho.open("ab")

    def texto(self) -> str:
        """O que o broker disse nesta partida (str)."""
        try:
            with self.caminho.open("rb") as arquivo:
                arquivo.seek(self._comeco)
                return arquivo.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def explica(self) -> str:
        """As linhas (str) que explicam uma falha desta partida: as de erro, se houver, ou as últimas."""
        linhas = self.texto().splitlines()
        erros = [linha for linha in linhas if " ERROR " in linha or "Exception" in linha or "Error:" in linha]
        trecho = " | ".join((erros or linhas)[-_LINHAS_NO_ERRO:])
        return f"{trecho or 'ele não disse nada'} (o log inteiro: {self.caminho})"
