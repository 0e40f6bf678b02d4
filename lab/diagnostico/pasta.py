"""Onde está o laboratório: pastas em que o Kafka não deve guardar os seus dados, e onde pô-los então."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from lab import RAIZ
from lab.diagnostico.achado import Achado, neutro
from lab.kafka_local.caminhos import defeito

_VARIAVEIS_DO_ONEDRIVE = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_DE_REDE = ("nfs", "cifs", "smb", "afs", "webdav", "fuse.sshfs", "9p")  # começos do tipo do sistema de arquivos


def examina_pasta(pasta: Path = RAIZ) -> Iterator[Achado]:
    """Um achado se os dados de `python -m lab kafka` não devem ficar em `pasta` (Path); senão, nada a dizer."""
    if motivo := defeito(pasta) or _quem_mexe(pasta):
        # no Windows, uma pasta que não é de rede nem sincronizada; nos outros, uma que um reinício não apaga
        fora = Path(os.environ.get("LOCALAPPDATA") or "/var/tmp") / "lab-kafka"
        yield neutro(f'a pasta {pasta} {motivo}: sem Docker, use python -m lab kafka --pasta "{fora}"')


def _quem_mexe(pasta: Path) -> str | None:
    if any((raiz := os.environ.get(nome)) and pasta.is_relative_to(raiz) for nome in _VARIAVEIS_DO_ONEDRIVE):
        return "está no OneDrive, que segura e move os arquivos que o Kafka usa"
    if _de_rede(pasta):
        return "está em uma unidade de rede, em que o Kafka pode parar ou perder dados"
    return None


def _de_rede(pasta: Path) -> bool:
    if str(pasta).startswith("\\\\"):  # \\servidor\pasta
        return True
    unidades = {Path(unidade.mountpoint): unidade for unidade in psutil.disk_partitions(all=True)}
    unidade = next((unidades[acima] for acima in (pasta, *pasta.parents) if acima in unidades), None)
    if unidade is None:
        return False
    return "remote" in unidade.opts.split(",") if sys.platform == "win32" else unidade.fstype.startswith(_DE_REDE)
