"""As flags do caos e o diário dos produtores. Sem Kafka."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.pedido import codifica, novos_pedidos
from lab import RAIZ
from lab.caos.exame import le_envios
from lab.caos.observador import resumo


@pytest.mark.parametrize(
    "flags",
    [
        ["--pedidos", "0"], ["--pedidos", "abc"], ["--segundos", "0"], ["--segundos", "nan"], ["--segundos", "inf"],
        ["--rodadas", "0"], ["--rodadas", "1001"], ["--rodadas", "1", "--segundos", "60"],
        ["--semente", "-1"], ["--semente", "1234567"], ["--brokers", "2"], ["--falha", "kill-9"],
        ["--figura", "."], ["--figura", "nao-existe/caos.svg"], ["--falhas", ""],
    ],
)  # fmt: skip
def test_flag_errada_diz_em_uma_linha_e_sai_com_2(flags: list[str]) -> None:
    feito = subprocess.run(
        [sys.executable, "-m", "lab", "caos", *flags], cwd=RAIZ, capture_output=True, text=True, timeout=60
    )
    assert feito.returncode == 2
    assert feito.stderr.startswith("ERRO: ")
    assert feito.stderr.count("\n") == 1


def test_a_ajuda_nao_precisa_de_nada_instalado() -> None:
    programa = """\
import importlib.abc, sys

class Recusa(importlib.abc.MetaPathFinder):
    def find_spec(self, nome, caminho, alvo=None):
        if nome.partition(".")[0] in ("kafka", "rich", "msgspec", "drawsvg"):
            raise ImportError(nome)

sys.meta_path.insert(0, Recusa())
import runpy
sys.argv = ["lab", "caos", "--help"]
runpy.run_module("lab", run_name="__main__")
"""
    feito = subprocess.run([sys.executable, "-c", programa], cwd=RAIZ, capture_output=True, text=True, timeout=60)
    assert feito.returncode == 0, feito.stderr
    assert "--rodadas N" in feito.stdout


def test_o_diario_diz_o_que_foi_confirmado_e_onde(tmp_path: Path) -> None:
    confirmado, sem_resposta, cortado, de_outro = novos_pedidos(4)
    (tmp_path / "0").write_bytes(
        b"? %b\n? %b\n= %b 2 17\n? %b"
        % (codifica(confirmado), codifica(sem_resposta), str(confirmado.id).encode(), codifica(cortado)[:40])
    )
    (tmp_path / "1").write_bytes(b"? %b\n" % codifica(de_outro))
    enviados = le_envios(tmp_path)
    assert set(enviados) == {confirmado.id, sem_resposta.id, de_outro.id}
    assert enviados[confirmado.id].lugar == (2, 17)
    assert enviados[sem_resposta.id].lugar is None
    assert enviados[confirmado.id].total_centavos == confirmado.total_centavos


def test_o_resumo_so_ignora_o_status() -> None:
    pedido, outro = novos_pedidos(2)
    assert resumo(pedido) == resumo(pedido.aprovado().pago())
    assert resumo(pedido) != resumo(outro)
