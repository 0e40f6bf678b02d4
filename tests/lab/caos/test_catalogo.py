"""Que falhas cabem em um ensaio."""

import pytest

from common.erros import ErroDeUso
from lab.caos.falhas.catalogo import escolhidas


def test_falha_desconhecida_lista_as_que_ha() -> None:
    with pytest.raises(ErroDeUso, match=r"'kill9'.*kill-9"):
        escolhidas("ctrl-c, kill9", ingenuo=False)
    assert [falha.nome for falha in escolhidas("kill-9,ctrl-c,kill-9", ingenuo=False)] == ["kill-9", "ctrl-c"]


def test_o_ingenuo_nao_tem_transacao_para_sabotar() -> None:
    with pytest.raises(ErroDeUso, match=r"aborta .sabota a transação"):
        escolhidas("aborta", ingenuo=True)
    assert not [falha for falha in escolhidas(None, ingenuo=True) if falha.sabota]
