"""As flags do caos e o diário dos produtores. Sem Kafka."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.erros import ErroDeUso
from common.pedido import codifica, novos_pedidos
from common.terminal.argumentos import Argumentos
from lab import RAIZ
from lab.caos import comando
from lab.caos.ensaio import Plano
from lab.caos.exame import le_diario
from lab.caos.falhas import FALHAS
from lab.caos.julgamento import _escolhidas
from lab.caos.observador import resumo


@pytest.mark.parametrize(
    "flags",
    [
        ["--pedidos", "0"], ["--pedidos", "abc"], ["--segundos", "0"], ["--segundos", "nan"], ["--segundos", "inf"],
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


def test_falha_desconhecida_lista_as_que_ha() -> None:
    with pytest.raises(ErroDeUso, match=r"'kill9'.*kill-9"):
        _escolhidas("ctrl-c, kill9", ingenuo=False)
    assert [falha.nome for falha in _escolhidas("kill-9,ctrl-c,kill-9", ingenuo=False)] == ["kill-9", "ctrl-c"]


def test_o_ingenuo_nao_tem_transacao_para_sabotar() -> None:
    with pytest.raises(ErroDeUso, match=r"aborta .sabota a transação"):
        _escolhidas("aborta", ingenuo=True)
    assert not [falha for falha in _escolhidas(None, ingenuo=True) if falha.sabota]


def test_todo_padrao_e_valido() -> None:
    analisador = Argumentos()
    comando.configura(analisador)
    args = analisador.parse_args([])
    plano = Plano(args.pedidos, args.segundos, 1, list(FALHAS.values()), args.ingenuo)
    assert 0 < plano.tempo_s <= 0.05
    assert 0 < plano.rajada < args.pedidos


def test_o_diario_diz_o_que_foi_confirmado_e_onde(tmp_path: Path) -> None:
    confirmado, sem_resposta, cortado = novos_pedidos(3)
    diario = tmp_path / "diario"
    diario.write_bytes(
        b"? %b\n? %b\n= %b 2 17\n? %b"
        % (codifica(confirmado), codifica(sem_resposta), str(confirmado.id).encode(), codifica(cortado)[:40])
    )
    enviados = le_diario(diario)
    assert set(enviados) == {confirmado.id, sem_resposta.id}
    assert enviados[confirmado.id].lugar == (2, 17)
    assert enviados[sem_resposta.id].lugar is None
    assert enviados[confirmado.id].total_centavos == confirmado.total_centavos


def test_o_resumo_so_ignora_o_status() -> None:
    pedido, outro = novos_pedidos(2)
    assert resumo(pedido) == resumo(pedido.aprovado().pago())
    assert resumo(pedido) != resumo(outro)
