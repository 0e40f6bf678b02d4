"""O que se diz antes de instalar onde a instalação não daria certo. Sem rede."""

import sys
import sysconfig

import pytest

from common.erros import ErroDoLaboratorio
from lab import ambiente


@pytest.mark.parametrize(
    ("plataforma", "versao", "serve"),
    [
        ("win-arm64", (3, 10, 11), False),
        ("win-arm64", (3, 11, 0), True),
        ("win-amd64", (3, 10, 0), True),  # também em um Windows em ARM, emulado
        ("linux-aarch64", (3, 10, 0), True),
    ],
)
def test_no_windows_em_arm_o_python_tem_de_ser_novo(
    monkeypatch: pytest.MonkeyPatch, plataforma: str, versao: tuple[int, ...], serve: bool
) -> None:
    monkeypatch.setattr(sysconfig, "get_platform", lambda: plataforma)
    monkeypatch.setattr(sys, "version_info", versao)
    if serve:
        ambiente._exige_python_que_sirva()
    else:
        with pytest.raises(ErroDoLaboratorio, match=r"Python 3\.11 ou mais novo"):
            ambiente._exige_python_que_sirva()
