"""O que chega ao terminal e aos pipes: linhas inteiras, na hora, sem nada que comande a tela."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from common.terminal import andamento
from common.terminal.andamento import Andamento
from common.terminal.linhas import diga
from common.terminal.texto import visivel
from lab import RAIZ
from tests.apoio.script import PRAZO_S, ambiente, roda_trecho
from tests.apoio.terminal_de_verdade import em_um_terminal

DIGA = "from common.terminal.linhas import diga; "
COR = re.compile(rb"\x1b\[([0-9;]*;)?(3[0-8]|9[0-7])(;[0-9;]*)?m")


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        ("Pedido 1 (ab12) aprovado · partição 0 → ok", None),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\rb\nc\td", r"a\rb\nc\td"),
        ("\x07\x00\x7f\x9b", r"\x07\x00\x7f\x9b"),
        ("abc\u202edef", r"abc\u202edef"),
        ("\u2028\u2029\u200b\ufeff", r"\u2028\u2029\u200b\ufeff"),
        ("\ud800x\udcff", r"\ud800x\udcff"),
        ("[bold red]não é marcação[/] :smile:", None),
        ("", None),
    ],
    ids=ascii,
)
def test_controle_vira_escape_visivel(capsys: pytest.CaptureFixture[str], texto: str, esperado: str | None) -> None:
    esperado = texto if esperado is None else esperado
    assert visivel(texto) == esperado
    diga("ESTOQUE", "yellow", texto)
    assert capsys.readouterr().out == f"[ESTOQUE] {esperado}\n"


def test_uma_linha_longa_nao_e_quebrada(capsys: pytest.CaptureFixture[str]) -> None:
    diga("ESTOQUE", "yellow", "palavra " * 100)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("variaveis", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}, {"COLUMNS": "20"}], ids=str)
def test_em_um_pipe_nao_ha_cor(variaveis: dict[str, str]) -> None:
    processo = roda_trecho(DIGA + "diga('NOTIFICAÇÃO', 'magenta', 'Olá, ' * 20)", **variaveis)
    assert processo.stdout.splitlines() == ["[NOTIFICAÇÃO] " + "Olá, " * 20]
    assert (processo.returncode, processo.stderr) == (0, "")


@pytest.mark.parametrize("codificacao", ["cp1252", "ascii", "cp850"])
def test_um_pipe_com_codificacao_antiga_nao_derruba_o_script(codificacao: str) -> None:
    processo = roda_trecho(DIGA + r"diga('X', 'red', 'a \u2192 \U0001f600 fim')", PYTHONIOENCODING=codificacao)
    assert processo.stdout == "[X] a \\u2192 \\U0001f600 fim\n"
    assert (processo.returncode, processo.stderr) == (0, "")


def filho(codigo: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", codigo], cwd=RAIZ, env=ambiente(), encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def conversa() -> Iterator["subprocess.Popen[str]"]:
    """Um processo que diga() algo e espera uma linha do stdin; morre no fim do teste ou do prazo."""
    with filho(DIGA + "[(diga('X', 'red', str(n)), input()) for n in range(3)]") as processo:
        relogio = threading.Timer(PRAZO_S, processo.kill)
        relogio.start()
        yield processo
        relogio.cancel()
        processo.kill()


def test_cada_linha_sai_na_hora_tambem_em_um_pipe(conversa: "subprocess.Popen[str]") -> None:
    assert conversa.stdout and conversa.stdin  # são PIPE
    for n in range(3):
        assert conversa.stdout.readline() == f"[X] {n}\n"  # o filho só continua depois da nossa resposta
        conversa.stdin.write("\n")
        conversa.stdin.flush()


def test_quem_lia_o_pipe_foi_embora(conversa: "subprocess.Popen[str]") -> None:
    assert conversa.stdout and conversa.stdin and conversa.stderr  # são PIPE
    conversa.stdout.readline()
    conversa.stdout.close()
    conversa.stdin.write("\n")
    conversa.stdin.flush()
    assert conversa.wait(PRAZO_S) == 1
    assert conversa.stderr.read() == ""


PIPE_DO_WINDOWS = """
import errno, io, os, stat, sys
class Pipe(io.RawIOBase):
    def writable(self): return True
    def fileno(self): return 1
    def write(self, dados):
        if stat.S_ISFIFO(os.fstat(1).st_mode):
            raise OSError({erro}, "Invalid argument")
        return os.write(1, dados)
sys.stdout = io.TextIOWrapper(io.BufferedWriter(Pipe()), encoding="utf-8")
from common.terminal.linhas import diga
diga("X", "red", "oi")
"""


def test_no_windows_quem_sai_do_more_e_um_einval() -> None:
    processo = roda_trecho(PIPE_DO_WINDOWS.format(erro="errno.EINVAL"))
    assert (processo.returncode, processo.stdout, processo.stderr) == (1, "", "")


def test_um_disco_cheio_nao_e_um_leitor_que_saiu() -> None:
    processo = roda_trecho(PIPE_DO_WINDOWS.format(erro="errno.ENOSPC"))
    assert processo.returncode != 0 and "OSError" in processo.stderr


def em_um_tty(codigo: str, **variaveis: str) -> bytes:
    """Os bytes que o código escreve em um terminal de verdade."""
    with em_um_terminal([sys.executable, "-c", codigo], variaveis=variaveis) as terminal:
        assert terminal.termina() == 0, terminal.tela.normal
    return terminal.tela.recebido


def test_em_um_terminal_ha_cor() -> None:
    saida = em_um_tty(DIGA + "diga('X', 'red', 'oi')")
    assert COR.search(saida)
    assert re.sub(rb"\x1b\[[0-9;]*m", b"", saida) == b"[X] oi\r\n"


def test_no_color_tira_a_cor_do_terminal() -> None:
    assert not COR.search(em_um_tty(DIGA + "diga('X', 'red', 'oi')", NO_COLOR="1"))


def test_nem_em_um_terminal_o_texto_comanda_a_tela() -> None:
    saida = em_um_tty(DIGA + r"diga('X', 'red', '\x1b[2J\x1b]0;titulo\x07')")
    assert rb"\x1b[2J\x1b]0;titulo\x07" in saida and b"\x1b[2J" not in saida and b"\x07" not in saida


def test_andamento_em_um_terminal_e_uma_barra_que_devolve_o_cursor() -> None:
    codigo = "from common.terminal.andamento import Andamento; a = Andamento('P', 'cyan', 9); a.avanca(4); a.encerra(9)"
    saida = em_um_tty(codigo)
    assert b"[P]" in saida and b"9/9" in saida and "━".encode() in saida
    assert saida.rindex(b"\x1b[?25h") > saida.rindex(b"\x1b[?25l")


def test_andamento_em_um_pipe_e_uma_linha_por_segundo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agora = [0.0]
    monkeypatch.setattr(andamento, "time", SimpleNamespace(monotonic=lambda: agora[0]))
    barra = Andamento("PRODUTOR", "cyan", 1000)
    for feitos in range(1, 1001):
        agora[0] = feitos / 250
        barra.avanca(feitos)
    barra.encerra(1000)
    assert capsys.readouterr().out.splitlines() == [f"[PRODUTOR] {n} de 1000" for n in (250, 500, 750, 1000)]


DA_AULA = [
    ("PRODUTOR", "Pedido 10 (6edf) enviado · partição 0, offset 3"),
    ("ESTOQUE", "Recebi pedido 10 (6edf) · partição 0"),
    ("ESTOQUE", "Pedido 10 (6edf) aprovado · partição 0"),
    ("PAGAMENTO", "Recebi pedido 10 (6edf) · partição 0"),
    ("PAGAMENTO", "Pedido 10 (6edf) pago · partição 0"),
    ("NOTIFICAÇÃO", "Pedido 10 (6edf) concluído para Fábio Conceição em 21.5 s · partição 0"),
]


def em_um_terminal_de(colunas: int, linhas: list[tuple[str, str]]) -> list[str]:
    """As linhas (list[str]) que se veem, sem cores."""
    codigo = DIGA + f"[diga(prefixo, 'cyan', texto) for prefixo, texto in {linhas!r}]"
    with em_um_terminal([sys.executable, "-c", codigo], colunas) as terminal:
        assert terminal.termina() == 0
    return terminal.tela.normal.splitlines()


@pytest.mark.parametrize("colunas", [40, 50, 60, 79])
def test_em_um_terminal_estreito_um_pedido_e_uma_linha(colunas: int) -> None:
    vistas = em_um_terminal_de(colunas, DA_AULA)
    assert len(vistas) == len(DA_AULA) and max(map(len, vistas)) <= colunas
    for (prefixo, texto), vista in zip(DA_AULA, vistas, strict=True):
        assert vista.startswith(f"[{prefixo}] ") and "edido 10 (6edf)" in vista
        assert "p0 " in vista or texto in vista
    assert "p0 21.5s Pedido" in vistas[-1]


def test_onde_cabem_as_linhas_sao_as_do_readme_e_a_forma_nao_alterna() -> None:
    assert em_um_terminal_de(84, DA_AULA) == [f"[{prefixo}] {texto}" for prefixo, texto in DA_AULA]
    comprida, breve = ("X", "Pedido 1 (aaaa) concluído para Ana" + " Ana" * 20 + " em 3.3 s · partição 0"), DA_AULA[1]
    antes, cortada, depois = em_um_terminal_de(60, [breve, comprida, breve])
    assert antes == "[ESTOQUE] Recebi pedido 10 (6edf) · partição 0"
    assert cortada.startswith("[X] p0 3.3s Pedido 1 (aaaa) concluído") and len(cortada) == 60
    assert depois == "[ESTOQUE] p0 Recebi pedido 10 (6edf)"


def test_o_que_nao_e_de_um_pedido_nunca_se_corta() -> None:
    (vista,) = em_um_terminal_de(40, [("ESTOQUE", "uma palavra " * 10)])
    assert vista == "[ESTOQUE] " + "uma palavra " * 10
