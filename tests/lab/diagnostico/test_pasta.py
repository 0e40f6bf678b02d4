"""As pastas em que os dados do Kafka não devem ficar, ditas pelo diagnóstico. Sem Kafka."""

import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from lab.diagnostico.pasta import examina_pasta

DISCO = SimpleNamespace(mountpoint="/", fstype="ext4", opts="rw")


def unidades(monkeypatch: pytest.MonkeyPatch, *montadas: SimpleNamespace) -> None:
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [DISCO, *montadas])


def achados(pasta: str) -> list[str]:
    return [achado.texto for achado in examina_pasta(Path(pasta))]


def test_uma_pasta_comum_nao_merece_uma_linha(monkeypatch: pytest.MonkeyPatch) -> None:
    unidades(monkeypatch, SimpleNamespace(mountpoint="/home/ana/rede", fstype="nfs4", opts="rw"))
    assert achados("/home/ana/lab-kafka") == []


@pytest.mark.parametrize("tipo", ["nfs4", "cifs", "smbfs", "fuse.sshfs"])
def test_uma_pasta_de_rede(monkeypatch: pytest.MonkeyPatch, tipo: str) -> None:
    unidades(monkeypatch, SimpleNamespace(mountpoint="/home", fstype=tipo, opts="rw"))
    (texto,) = achados("/home/ana/lab-kafka")
    assert "unidade de rede" in texto and "lab kafka --pasta" in texto


def test_uma_unidade_de_rede_do_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("lab.diagnostico.pasta.defeito", lambda _: None)  # olha a página de código, que só há lá
    unidades(monkeypatch, SimpleNamespace(mountpoint="/h", fstype="NTFS", opts="rw,remote"))
    assert "unidade de rede" in achados("/h/lab-kafka")[0]
    assert achados("/home/ana/lab-kafka") == []
    assert "unidade de rede" in achados(r"\\servidor\ana\lab-kafka")[0]


def test_o_onedrive(monkeypatch: pytest.MonkeyPatch) -> None:
    unidades(monkeypatch)
    monkeypatch.setenv("OneDrive", "/home/ana/OneDrive")
    monkeypatch.setenv("LOCALAPPDATA", "/home/ana/local")
    (texto,) = achados("/home/ana/OneDrive/lab-kafka")
    assert "está no OneDrive" in texto and '--pasta "/home/ana/local/lab-kafka"' in texto
    assert achados("/home/ana/lab-kafka") == []


def test_uma_virgula(monkeypatch: pytest.MonkeyPatch) -> None:
    unidades(monkeypatch)
    assert "vírgula" in achados("/home/Silva, Ana/lab-kafka")[0]
