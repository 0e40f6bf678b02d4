"""O painel do caos: linhas em um pipe, uma região que se redesenha em um terminal, e o terminal devolvido."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from common.terminal.sinais import SAIDA_DE_CTRL_C
from lab import RAIZ
from lab.caos import painel as modulo
from lab.caos.cronica import Amostra, Cronica, Episodio
from lab.caos.falhas.catalogo import FALHAS
from lab.caos.painel import Painel
from lab.caos.plano import Plano
from lab.processos.parada import Parada
from tests.apoio.terminal_de_verdade import CTRL_C, ESCONDE_CURSOR, em_um_terminal

PLANO = Plano(1000, [], 42, rodadas=None, segundos=60.0, ingenuo=False)
PRAZO_S = 60.0  # nenhum destes processos leva mais que isso, mesmo em uma máquina ocupada

# uma falha contada, outra em curso; com "acaba" uma volta só, senão até um sinal
_PROGRAMA = """\
import sys
import lab.__main__  # como no comando: em uma saída sem UTF-8, escapes
from common.terminal.sinais import SAIDA_DE_CTRL_C
from lab.caos.cronica import Amostra, Cronica, Episodio
from lab.caos.painel import Painel
from lab.caos.plano import Plano
from lab.processos.parada import Parada

episodios = [Episodio("kill-9", "pagamento", 3.0, 6.1, 0.8), Episodio("congela", "broker 2", 11.0)]
cronica = Cronica(42, 1000, 3, [Amostra(12.5, 800, 500, 400)], episodios)
parada = Parada()
try:
    plano = Plano(1000, [], 42, rodadas=None, segundos=60.0, ingenuo=False)
    with parada, Painel(cronica, plano, parada) as painel:
        painel.diz("a notificação está pronta")
        while True:
            painel.atualiza()
            if sys.argv[1] == "acaba":
                break
            parada.dorme(0.05)
            if sys.argv[1] == "fala":
                painel.diz("mais uma linha")
except KeyboardInterrupt:
    sys.exit(SAIDA_DE_CTRL_C)
"""
CONTADA = "kill-9 em pagamento: curada em 3,1 s, o primeiro pedido andou 0,8 s depois"


@pytest.fixture
def cronica() -> Cronica:
    return Cronica(semente=42, pedidos=1000, brokers=3)


@pytest.fixture
def linhas(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """As linhas que apareceram desde a última pergunta."""
    return lambda: capsys.readouterr().out.splitlines()


def test_uma_linha_quando_a_falha_comeca_e_outra_quando_um_pedido_anda(
    cronica: Cronica, linhas: Callable[[], list[str]]
) -> None:
    with Painel(cronica, PLANO, Parada()) as painel:
        painel.atualiza()
        assert linhas() == []
        falha = Episodio("kill-9", "pagamento", 2.04)
        cronica.episodios.append(falha)
        painel.atualiza()
        painel.atualiza()
        assert linhas() == ["kill-9 em pagamento: começa, aos 2,0 s"]
        falha.fim_s = 5.14
        painel.atualiza()
        assert linhas() == []  # curada, mas ainda não se sabe se retomou
        falha.retomada_s = 0.8
        painel.atualiza()
        painel.atualiza()
        assert linhas() == [CONTADA]
    assert linhas() == []


def test_falhas_que_se_cruzam_sao_contadas_cada_uma_uma_vez(cronica: Cronica, linhas: Callable[[], list[str]]) -> None:
    with Painel(cronica, PLANO, Parada()) as painel:
        cronica.episodios += [Episodio("congela", "broker 1", 1.0), Episodio("Ctrl+C", "estoque", 2.0, 2.0, 0.5)]
        painel.atualiza()
        cronica.episodios[0].fim_s, cronica.episodios[0].retomada_s = 9.0, 0.1
        painel.atualiza()
    assert linhas() == [
        "congela em broker 1: começa, aos 1,0 s",
        "Ctrl+C em estoque: começa, aos 2,0 s",
        "Ctrl+C em estoque: curada em 0,0 s, o primeiro pedido andou 0,5 s depois",
        "congela em broker 1: curada em 8,0 s, o primeiro pedido andou 0,1 s depois",
    ]


def test_a_falha_que_nao_aconteceu_e_dita_como_tal(cronica: Cronica, linhas: Callable[[], list[str]]) -> None:
    cronica.episodios.append(Episodio("aborta", "ESTOQUE", 1.0, 2.0, 0.5, aconteceu=False))
    with Painel(cronica, PLANO, Parada()) as painel:
        painel.atualiza()
    assert linhas()[0] == "aborta em ESTOQUE (não aconteceu): começa, aos 1,0 s"


@pytest.mark.parametrize("interrompida", [False, True])
def test_no_fim_conta_o_que_nao_acabou_mas_nao_se_foi_interrompido(
    cronica: Cronica, linhas: Callable[[], list[str]], interrompida: bool
) -> None:
    parada = Parada()
    cronica.episodios += [Episodio("kill-9", "estoque", 1.0, 2.0), Episodio("congela", "broker 1", 3.0)]
    with Painel(cronica, PLANO, parada) as painel:
        painel.atualiza()
        linhas()
        parada.pedida = interrompida
    esperadas = [
        "kill-9 em estoque: curada em 1,0 s, nenhum pedido andou depois",
        "congela em broker 1: não foi curada",
    ]
    assert linhas() == ([] if interrompida else esperadas)


def test_uma_linha_de_andamento_a_cada_dez_segundos(cronica: Cronica, linhas: Callable[[], list[str]]) -> None:
    with Painel(cronica, PLANO, Parada()) as painel:
        for decimos in range(0, 350, 5):
            cronica.amostras.append(Amostra(decimos / 10, decimos * 4, decimos * 2, decimos))
            painel.atualiza()
    assert linhas() == [
        "10 s de 60 s: 400 enviados, 200 aprovados, 100 pagos, de 1.000; calmaria",
        "20 s de 60 s: 800 enviados, 400 aprovados, 200 pagos, de 1.000; calmaria",
        "30 s de 60 s: 1.200 enviados, 600 aprovados, 300 pagos, de 1.000; calmaria",
    ]


def test_por_rodadas_diz_em_que_falha_esta(cronica: Cronica, linhas: Callable[[], list[str]]) -> None:
    plano = replace(PLANO, falhas=[FALHAS["kill-9"], FALHAS["congela"]], rodadas=2)
    cronica.episodios.append(Episodio("kill-9", "estoque", 1.0, 2.0, 0.5))
    with Painel(cronica, plano, Parada()) as painel:
        cronica.amostras.append(Amostra(10.0, 400, 200, 100))
        painel.atualiza()
    assert linhas()[-1].startswith("10 s, falha 1 de 4: 400 enviados,")


def test_o_tempo_passa_tambem_sem_noticias(
    cronica: Cronica, linhas: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Com o Kafka fora do ar não há amostras, mas a falha em curso envelhece; e então espera-se por um pedido."""
    relogio = [1000.0]
    monkeypatch.setattr(modulo, "time", SimpleNamespace(monotonic=lambda: relogio[0]))
    falha = Episodio("congela", "broker 1", 4.0)
    with Painel(cronica, PLANO, Parada()) as painel:
        relogio[0] += 100.0
        painel.atualiza()  # a execução ainda não começou
        cronica.amostras.append(Amostra(3.0, 10, 9, 8))
        cronica.episodios.append(falha)
        painel.atualiza()
        relogio[0] += 8.0
        painel.atualiza()
        falha.fim_s = 14.0
        painel.atualiza()
        relogio[0] += 9.5
        painel.atualiza()
        falha.retomada_s = 9.0
    assert linhas()[:3] == [
        "congela em broker 1: começa, aos 4,0 s",
        "12 s de 60 s: 10 enviados, 9 aprovados, 8 pagos, de 1.000; congela em broker 1, há 8,0 s",
        "24 s de 60 s: 10 enviados, 9 aprovados, 8 pagos, de 1.000; "
        "congela em broker 1: curada, nenhum pedido andou há 9,5 s",
    ]


def test_muitas_threads_falam_e_cada_linha_sai_inteira(cronica: Cronica, linhas: Callable[[], list[str]]) -> None:
    with Painel(cronica, PLANO, Parada()) as painel:

        def fala(quem: int) -> None:
            for n in range(50):
                painel.diz(f"{quem} diz {n}: " + "palavra" * 30)

        threads = [threading.Thread(target=fala, args=(quem,)) for quem in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PRAZO_S)
    assert sorted(linhas()) == sorted(f"{quem} diz {n}: " + "palavra" * 30 for quem in range(4) for n in range(50))


def test_o_que_se_diz_nao_comanda_o_terminal(cronica: Cronica, linhas: Callable[[], list[str]]) -> None:
    with Painel(cronica, PLANO, Parada()) as painel:
        painel.diz("antes\x1b[2Jdepois [bold]sem marcação[/]")
    assert linhas() == [r"antes\x1b[2Jdepois [bold]sem marcação[/]"]


def comando(ate_quando: str) -> list[str]:
    return [sys.executable, "-c", _PROGRAMA, ate_quando]


def em_um_pipe(ate_quando: str, **variaveis: str) -> "subprocess.Popen[str]":
    limpo = {n: v for n, v in os.environ.items() if n not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
    return subprocess.Popen(
        comando(ate_quando),
        cwd=RAIZ,
        env=limpo | {"PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"} | variaveis,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_em_um_terminal_ha_um_painel_e_o_terminal_volta() -> None:
    with em_um_terminal(comando("acaba")) as terminal:
        assert terminal.termina() == 0
    tela = terminal.tela
    assert ESCONDE_CURSOR in tela.recebido and tela.cursor
    for trecho in (
        "a notificação está pronta",
        "caos, semente 42, 3 brokers, 1.000 pedidos",
        "de 60 s",
        "enviados  ━",
        "━ 800",
        "aprovados ━",
        "pagos     ━",
        "agora     congela em broker 2, há 1,",
        "antes     kill-9 em pagamento: 3,1 s, andou 0,8 s depois",
        CONTADA,
        "congela em broker 2: não foi curada",
    ):
        assert trecho in tela.normal
    assert "começa" not in tela.normal  # o painel já a mostra
    assert re.search(rb"\x1b\[[0-9;]*3[0-7]m", tela.recebido)


def test_no_color_tira_a_cor_do_painel() -> None:
    with em_um_terminal(comando("acaba"), variaveis={"NO_COLOR": "1"}) as terminal:
        assert terminal.termina() == 0
    assert not re.search(rb"\x1b\[([0-9;]*;)?(3[0-8]|9[0-7])(;[0-9;]*)?m", terminal.tela.recebido)


def test_ctrl_c_em_um_terminal_estreito_e_redimensionado_devolve_o_cursor() -> None:
    with em_um_terminal(comando("sinal"), colunas=40, linhas=10) as terminal:
        terminal.le_ate_ver("agora", PRAZO_S)
        linhas_da_tela = terminal.tela.normal.splitlines()
        assert max(map(len, linhas_da_tela)) <= 40
        do_painel = linhas_da_tela[next(n for n, linha in enumerate(linhas_da_tela) if "───" in linha) :]
        assert max(map(len, do_painel)) <= 40 - len("^C")  # o eco do Ctrl+C não o empurra uma linha abaixo
        terminal.redimensiona(20, 5)
        terminal.le_ate_ver("...", PRAZO_S)  # o que não cabe na altura
        terminal.tecla(CTRL_C)
        assert terminal.termina() == SAIDA_DE_CTRL_C
    assert ESCONDE_CURSOR in terminal.tela.recebido and terminal.tela.cursor


def test_o_terminal_que_se_fecha_e_como_um_ctrl_c() -> None:
    with em_um_terminal(comando("fala")) as terminal:
        terminal.le_ate_ver("mais uma linha", PRAZO_S)
        terminal.fecha()
        assert terminal.processo.wait(PRAZO_S) == SAIDA_DE_CTRL_C


def test_quem_lia_o_pipe_foi_embora_e_como_um_ctrl_c() -> None:
    with em_um_pipe("fala") as falante:
        assert falante.stdout and falante.stderr
        assert falante.stdout.readline() == "a notificação está pronta\n"
        falante.stdout.close()
        assert falante.stderr.read() == ""
        assert falante.wait(PRAZO_S) == SAIDA_DE_CTRL_C


@pytest.mark.parametrize("codificacao", ["ascii", "cp1252"])
def test_sem_utf8_ha_linhas_tambem_em_um_terminal(codificacao: str) -> None:
    with em_um_terminal(comando("acaba"), variaveis={"PYTHONIOENCODING": codificacao}) as terminal:
        assert terminal.termina() == 0
    assert "kill-9 em pagamento: come" in terminal.tela.normal
    assert ESCONDE_CURSOR not in terminal.tela.recebido


def test_com_force_color_um_pipe_continua_sendo_um_pipe() -> None:
    with em_um_pipe("acaba", FORCE_COLOR="1") as falante:
        saida, erros = falante.communicate(timeout=PRAZO_S)
    assert (falante.returncode, erros) == (0, "")
    assert saida.splitlines()[0] == "a notificação está pronta"
    assert "\x1b" not in saida


def test_uma_falha_se_diz_em_portugues() -> None:
    ditas = [
        Episodio("kill-9", "ESTOQUE", 1.0).nome,
        Episodio("veneno", "os três tópicos", 1.0).nome,
        Episodio("instancias", "ESTOQUE", 1.0).nome,
        Episodio("nenhuma", "todos de pé", 1.0).nome,
        Episodio("broker-reinicia", "cada broker", 1.0).nome,
    ]
    assert ditas == [
        "kill-9 em ESTOQUE",
        "veneno nos três tópicos",
        "4 instâncias de ESTOQUE",
        "nenhuma falha, todos de pé",
        "broker-reinicia em cada broker",
    ]
