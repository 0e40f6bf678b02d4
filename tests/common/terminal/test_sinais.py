"""Ctrl+C e os outros sinais: uma bandeira, uma despedida curta e nenhum traceback, desde o primeiro import."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from common.prazo import Prazo
from common.terminal.sinais import DESPEDIDA_S, Interrupcao
from lab import RAIZ
from tests.apoio.script import KAFKA_FECHADO, PRAZO_S, ambiente, exige_uma_linha_de_erro, roda_trecho

SINAIS = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP") if hasattr(signal, n)]
SAI_EM_S = 1.0
if sys.platform == "win32":
    CTRL_C, GRUPO = signal.CTRL_BREAK_EVENT, subprocess.CREATE_NEW_PROCESS_GROUP
else:
    CTRL_C, GRUPO = signal.SIGINT, 0


@pytest.mark.parametrize("sinal", SINAIS, ids=lambda s: s.name)
def test_o_sinal_so_levanta_a_bandeira(sinal: signal.Signals) -> None:
    anterior = signal.getsignal(sinal)
    with Interrupcao() as interrupcao:
        assert not interrupcao.pedida
        signal.raise_signal(sinal)
        assert interrupcao.pedida
    assert signal.getsignal(sinal) is anterior


@pytest.mark.parametrize("sinal", SINAIS, ids=lambda s: s.name)
def test_no_corpo_o_sinal_interrompe_o_trabalho(sinal: signal.Signals) -> None:
    with Interrupcao() as interrupcao:
        interrupcao.no_corpo = True
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(sinal)
        assert interrupcao.pedida


def test_depois_do_sinal_todo_prazo_cabe_na_despedida() -> None:
    with Interrupcao() as interrupcao:
        prazo = Prazo(100)
        interrupcao.encurta(prazo)
        assert prazo.resta > 90
        signal.raise_signal(signal.SIGINT)
        interrupcao.encurta(prazo)
        assert 0 < prazo.resta <= DESPEDIDA_S < SAI_EM_S
        curto = Prazo(0)
        interrupcao.encurta(curto)
        assert curto.esgotado


@pytest.mark.parametrize("sinal", SINAIS, ids=lambda s: s.name)
def test_o_sinal_que_o_nohup_ignora_continua_ignorado(sinal: signal.Signals) -> None:
    """Menos o Ctrl+C: um shell o ignora em todo comando que termina em &, e o aluno o dá mesmo assim."""
    anterior = signal.signal(sinal, signal.SIG_IGN)
    try:
        with Interrupcao() as interrupcao:
            signal.raise_signal(sinal)
            assert interrupcao.pedida == (sinal is signal.SIGINT)
    finally:
        signal.signal(sinal, anterior)


def test_fora_da_thread_principal_nao_mexe_nos_sinais() -> None:
    antes = {s: signal.getsignal(s) for s in SINAIS}
    depois = {}

    def usa() -> None:
        with Interrupcao():
            depois.update({s: signal.getsignal(s) for s in SINAIS})

    thread = threading.Thread(target=usa)
    thread.start()
    thread.join(PRAZO_S)
    assert depois == antes


def test_o_segundo_sinal_termina_na_hora() -> None:
    processo = roda_trecho(
        "import signal; from common.terminal.sinais import Interrupcao\n"
        "with Interrupcao():\n signal.raise_signal(signal.SIGINT); print('um', flush=True)\n"
        " signal.raise_signal(signal.SIGINT); print('dois', flush=True)"
    )
    assert (processo.returncode, processo.stdout, processo.stderr) == (130, "um\n", "")


PRESO = """
import threading, common, common.terminal.sinais
from common.prazo import abandona
if {abandonou}:
    threading.Thread(target=threading.Event().wait).start()  # sem ser daemon: a saída normal a esperaria
    abandona("commit")
print("última linha")
common.terminal.sinais.encerra_processo_preso({erro})
print("saída normal")
"""


def test_sem_threads_presas_a_saida_e_a_normal() -> None:
    processo = roda_trecho(PRESO.format(abandonou=False, erro="None"))
    assert (processo.returncode, processo.stdout.splitlines()) == (0, ["última linha", "saída normal"])


@pytest.mark.parametrize(
    ("erro", "status", "stderr"),
    [
        ("None", 0, ""),
        ("KeyboardInterrupt()", 0, ""),
        ("SystemExit(1)", 1, ""),
        ("SystemExit(0)", 0, ""),
        ("common.erros.ErroDeUso('x')", 2, "ERRO: x\n"),
        ("common.erros.EnvioIncompleto('x')", 1, "ERRO: x\n"),
        ("ValueError('x')", 1, "ValueError: x\n"),
    ],
)
def test_com_uma_thread_presa_o_relato_e_o_status_sao_os_mesmos(erro: str, status: int, stderr: str) -> None:
    processo = roda_trecho(PRESO.format(abandonou=True, erro=erro))
    assert processo.stdout == "última linha\n"  # descarregada antes de sair
    assert (processo.returncode, processo.stderr) == (status, stderr)


def test_com_uma_thread_presa_um_erro_de_uso_ainda_e_uma_linha() -> None:
    exige_uma_linha_de_erro(roda_trecho(PRESO.format(abandonou=True, erro="common.erros.ErroDeUso('x')")), "x")


LANCADOR = """
import runpy, sys
del sys.argv[0]
import common
print("importado", flush=True)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("script", ["produtor_pedidos", "servico_estoque"])
@pytest.mark.parametrize("atraso_s", [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5])
def test_ctrl_c_a_qualquer_momento_da_partida(script: str, atraso_s: float) -> None:
    """No Windows só o Ctrl+Break pode ser enviado a um processo só; ele faz o mesmo que o Ctrl+C."""
    with subprocess.Popen(
        [sys.executable, "-c", LANCADOR, str(RAIZ / f"{script}.py")],
        cwd=RAIZ, env=ambiente(KAFKA_BOOTSTRAP_SERVERS=KAFKA_FECHADO), encoding="utf-8",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        creationflags=GRUPO,
    ) as processo:  # fmt: skip
        try:
            assert processo.stdout is not None and processo.stdout.readline() == "importado\n"
            with pytest.raises(subprocess.TimeoutExpired):
                processo.wait(atraso_s)  # não é uma espera: é o instante que este teste varia
            processo.send_signal(CTRL_C)
            inicio = time.monotonic()
            _, stderr = processo.communicate(timeout=PRAZO_S)
            assert time.monotonic() - inicio < SAI_EM_S
        finally:
            processo.kill()
    assert stderr == ""
    assert sys.platform == "win32" or processo.returncode in (0, 130, -signal.SIGINT)


def test_um_sinal_pouco_antes_do_corpo_impede_o_corpo() -> None:
    interrupcao = Interrupcao()
    interrupcao.pedida = True
    with pytest.raises(KeyboardInterrupt), interrupcao.corpo():
        pytest.fail("o trabalho começou depois do Ctrl+C")
    assert not interrupcao.no_corpo
