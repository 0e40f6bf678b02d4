"""As pastas que o Kafka ou o Java não aceitam são recusadas em uma linha; as outras servem, seja qual for o locale."""

import sys
from pathlib import Path, PureWindowsPath

import pytest

from common.erros import ErroDoLaboratorio
from lab.kafka_local import caminhos
from lab.kafka_local.cluster import KafkaLocal


@pytest.mark.parametrize(
    ("plataforma", "pasta", "trecho"),
    [
        ("linux", Path("/home/João da Silva/lab"), None),
        ("linux", Path("/home/Silva, João/lab"), "vírgula"),
        ("linux", Path("/home/Jo\udce3o/lab"), "letras que o Java não conhece"),  # o nome é ISO-8859-1 no disco
        ("linux", Path("/home") / ("x" * 200), None),
        ("win32", PureWindowsPath(r"C:\Users") / ("x" * 200), "260 letras"),
        ("win32", PureWindowsPath(r"C:\Users\João\lab-kafka\.kafka"), None),
    ],
    ids=str,
)
def test_que_pasta_serve(monkeypatch: pytest.MonkeyPatch, plataforma: str, pasta: Path, trecho: str | None) -> None:
    monkeypatch.setattr(sys, "platform", plataforma)
    if plataforma == "win32":
        monkeypatch.setattr(caminhos, "codificavel", lambda _: True)  # só lá existe a codificação "mbcs"
    motivo = caminhos.defeito(pasta)
    assert (trecho in motivo) if trecho and motivo else motivo is trecho


@pytest.mark.parametrize("nome", ["Silva, João", "Jo\udce3o"], ids=ascii)
def test_uma_pasta_que_nao_serve_fica_como_estava(tmp_path: Path, nome: str) -> None:
    with pytest.raises(ErroDoLaboratorio, match=r"não serve para os dados do Kafka.*--pasta"):
        KafkaLocal(tmp_path / nome).inicia()
    assert not [*tmp_path.iterdir()]


@pytest.mark.broker
def test_um_acento_serve_com_o_locale_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with KafkaLocal(tmp_path / "João da Silva") as kafka:
        assert kafka.responde()
