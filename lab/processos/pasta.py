"""Pastas que se apagam mesmo onde um antivírus segura um arquivo por um instante. Só a biblioteca padrão."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.prazo import espera_ate
from lab.processos.trava import Trava

INSISTE_S = 2.0  # o Windows Defender solta um arquivo novo bem antes disto
_DONO = "dono.trava"  # quem a segura está vivo: a pasta é dele


def apaga_pasta(pasta: Path) -> bool:
    """Apaga `pasta` (Path), insistindo por INSISTE_S. Devolve se ela não existe mais."""

    def sumiu() -> bool:
        shutil.rmtree(pasta, ignore_errors=True)
        return not pasta.exists()

    return espera_ate(sumiu, INSISTE_S)


@contextmanager
def pasta_temporaria(prefixo: str, onde: Path | None = None) -> Iterator[Path]:
    """Uma pasta nova (Path) com este `prefixo` (str), apagada no fim do bloco; se não se deixa, na próxima vez.

    A próxima vez apaga também as de quem morreu sem tempo para isso: um kill -9, a janela fechada. Erro: OSError.
    """
    onde = onde or Path(tempfile.gettempdir())
    for trava in onde.glob(f"{prefixo}*/{_DONO}"):
        if _sem_dono(trava):
            shutil.rmtree(trava.parent, ignore_errors=True)
    pasta = Path(tempfile.mkdtemp(prefix=prefixo, dir=onde))
    try:
        with Trava(pasta / _DONO) as dono:
            dono.tenta(INSISTE_S)  # espera por quem acaba de olhar se ela tem dono
            yield pasta
    finally:
        if not apaga_pasta(pasta):
            (pasta / _DONO).touch()


def _sem_dono(trava: Path) -> bool:
    try:
        # só a trava: alguém a criou neste instante, e vai segurá-la
        return len([*trava.parent.iterdir()]) > 1 and Trava(trava).livre()
    except OSError:  # já apagada, ou de outra pessoa
        return False
