"""As sabotagens que dependem do sistema. Sem Kafka: o que elas fazem a um serviço está em test_um_broker.py."""

import os
from random import Random

import pytest
from kafka import KafkaProducer

from common.terminal.sinais import Interrupcao
from lab.caos.programas.sabotado import COMMITS_ANTES, SABOTAGENS


def test_o_ctrl_c_no_commit_e_um_sinal_e_nao_a_morte(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Windows, um os.kill com SIGINT é um TerminateProcess."""
    commits: list[int] = []
    monkeypatch.setattr(KafkaProducer, "commit_transaction", commits.append)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("no Windows isto mata"))
    SABOTAGENS["ctrl-c-no-commit"](Random(1))
    with Interrupcao() as interrupcao:
        for numero in range(COMMITS_ANTES):
            KafkaProducer.commit_transaction(numero)
        assert interrupcao.pedida
    assert commits == [*range(COMMITS_ANTES)]
