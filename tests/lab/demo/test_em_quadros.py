"""Os quadros da demonstração: o que se desenha, onde eles cabem, e o terminal devolvido. Sem Kafka."""

import contextlib
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from common.terminal.sinais import SAIDA_DE_CTRL_C
from lab import RAIZ
from lab.demo.desenho import desenha
from lab.demo.figura import retrata
from lab.demo.passo import Cena
from lab.demo.terminais import CONCLUIDO, Estado, Linha, Terminais, Terminal
from lab.processos.parada import Parada
from lab.terminal.teclado import Enter
from tests.apoio.terminal_de_verdade import CTRL_C, ENTER, em_um_terminal

PRAZO_S = 60.0  # nada aqui leva mais do que isso, mesmo em uma máquina ocupada
TOPICOS = ("novos_pedidos", "pedidos_aprovados", "pedidos_concluidos")
TITULOS = ("T1 notificação", "T2 pagamento", "T3 estoque", "T4 produtor", "T5 segundo estoque", "Kafka")
OBSERVE = "o estoque (T3) nem percebe, e os pedidos esperam no Kafka até o pagamento voltar (tolerância a falhas)."

# como um serviço: diz as suas partições, e só termina com um Ctrl+C
_SERVICO = """\
import signal, sys
print("[FALSO] Pronto: partições atribuídas: 0, 2", flush=True)
signal.signal(signal.SIGINT, lambda *_: sys.exit(print("[FALSO] Encerrado.", flush=True)))
while True:
    signal.pause()
"""

# a vitrine aberta, até um sinal ou até um Enter
_PROGRAMA = """\
import sys
from lab.terminal.teclado import Enter
from lab.processos.parada import Parada
from lab.demo.terminais import Terminais
from lab.demo.em_quadros import Vitrine

parada = Parada()
tela = Vitrine(parada)

def trabalho():
    enter = Enter()
    terminais = Terminais(tela.linha, parada)
    tela.explica("antes")
    with tela.aberta(terminais):
        tela.titulo("Parte 9: um teste")
        tela.anuncia("Nada acontece.", "nada.")
        tela.confere(sys.argv[1] == "certo", "a conferência")
        with tela.leitura("Enter continua"):
            enter.espera(parada)
    tela.explica("depois")
    return 0

sys.exit(parada.conduz(trabalho, lambda: tela.cala("interrompida")))
"""


def vitrine(certo: str = "certo") -> list[str]:
    return [sys.executable, "-c", _PROGRAMA, certo]


@pytest.fixture
def terminais() -> Terminais:
    return Terminais(lambda *_: None, Parada())


@pytest.fixture
def cena() -> Cena:
    return Cena(parte="Parte 3: o pagamento cai", explicacao="O pagamento (T2) para com Ctrl+C.", observe=OBSERVE)


def diz(terminal: Terminal, *textos: str) -> None:
    terminal.linhas += [Linha(time.monotonic(), texto) for texto in textos]


def console(largura: int = 80, altura: int = 24) -> Console:
    return Console(width=largura, height=altura, force_terminal=True)


def desenho(cena: Cena, terminais: Terminais, largura: int = 80, altura: int = 24) -> str:
    return "\n".join(linha.plain for linha in desenha(cena, terminais, console(largura, altura)))


def test_quem_espera_e_o_que_passou_por_um_topico_e_nao_pelo_seguinte(terminais: Terminais) -> None:
    assert terminais.esperando() == [0, 0, 0]
    diz(terminais.produtor, *(f"[PRODUTOR] Pedido {n} (aaaa) enviado · partição 0, offset {n}" for n in range(1, 7)))
    diz(terminais.produtor, "[PRODUTOR] 6 de 6 pedidos confirmados pelo Kafka em 0.05 s")
    diz(terminais.estoque, "[ESTOQUE] Recebi pedido 1 (aaaa) · partição 0", "[ESTOQUE] Pedido 1 (aaaa) aprovado")
    diz(terminais.estoque2, "[ESTOQUE] Pedido 2 (aaaa) aprovado", "[ESTOQUE] Pedido 3 (aaaa) aprovado")
    diz(terminais.pagamento, "[PAGAMENTO] Pedido 1 (aaaa) pago · partição 0", "[PAGAMENTO] Pedido 2 (aaaa) pago")
    diz(terminais.notificacao, "[NOTIFICAÇÃO] Pedido 1 (aaaa) concluído para Ana em 3.3 s · partição 0")
    assert terminais.esperando() == [3, 1, 1]


def test_um_aviso_repetido_e_uma_linha_que_uma_queda_calou_nao_enganam(terminais: Terminais) -> None:
    diz(terminais.produtor, "[PRODUTOR] Pedido 1 (aaaa) enviado", "[PRODUTOR] Pedido 2 (bbbb) enviado")
    diz(terminais.estoque, "[ESTOQUE] Pedido 1 (aaaa) aprovado")  # o commit do 2 vingou, e a linha não saiu
    diz(terminais.pagamento, "[PAGAMENTO] Pedido 2 (bbbb) pago")
    diz(terminais.notificacao, *["[NOTIFICAÇÃO] Pedido 2 (bbbb) concluído para Ana em 9.9 s"] * 2)
    assert len(terminais.notificacao.instantes(CONCLUIDO, 0.0)) == 2
    assert terminais.esperando() == [0, 1, 0]


def test_o_que_se_digita_no_terminal_nao_e_o_que_o_script_diz(terminais: Terminais) -> None:
    terminais.pagamento.linhas.append(Linha(time.monotonic(), "$ python Pedido 1 (aaaa) pago", digitada=True))
    assert terminais.esperando() == [0, 0, 0]


@pytest.mark.parametrize("lendo", [False, True])
@pytest.mark.parametrize("tamanho", [(80, 24), (81, 25), (100, 30), (120, 40), (250, 70)])
def test_os_quadros_enchem_a_tela_sem_uma_coluna_a_mais(
    terminais: Terminais, cena: Cena, tamanho: tuple[int, int], lendo: bool
) -> None:
    cena.lendo, cena.convite = lendo, "Enter continua" * lendo
    cena.diario += [("Parte 3: o pagamento cai", Text("✔ " + "uma conferência comprida " * 6))] * 5
    for terminal in terminais.todos:
        diz(terminal, *(f"[ESTOQUE] Pedido {n} (aaaa) aprovado · partição 0" + ", e mais" * 30 for n in range(40)))
    diz(terminais.produtor, *(f"[PRODUTOR] Pedido {n} (aaaa) enviado" for n in range(2000)))
    linhas = desenha(cena, terminais, console(*tamanho))
    assert [linha.cell_len for linha in linhas] == [tamanho[0]] * tamanho[1]
    texto = "\n".join(linha.plain for linha in linhas)
    for trecho in (*TITULOS, *TOPICOS, "Parte 3: o pagamento cai", "Observe: ", "Ctrl+C encerra", "✔ uma conferência"):
        assert trecho in texto
    assert ("O pagamento (T2) para" in texto) == ("Enter continua" in texto) == lendo
    assert texto.count("Pedido 39 (aaaa) aprovado") >= len(terminais.todos) - 1  # em cada quadro, as últimas linhas
    assert " 1960\n" in texto or " 1960 " in texto


def test_com_a_explicacao_mais_longa_da_aula_ainda_se_ve_tudo_na_menor_janela(terminais: Terminais) -> None:
    cena = Cena(explicacao="palavra " * 25, observe="palavra " * 25, lendo=True)
    texto = desenho(cena, terminais)
    assert texto.count("palavra") == 50
    assert all(trecho in texto for trecho in (*TITULOS, *TOPICOS))


def test_a_barra_cresce_com_os_que_esperam(terminais: Terminais, cena: Cena) -> None:
    larguras = []
    for n in range(13):
        larguras.append(desenho(cena, terminais).count("█"))
        assert f" {n}" in next(linha for linha in desenho(cena, terminais).splitlines() if "novos_pedidos" in linha)
        diz(terminais.produtor, f"[PRODUTOR] Pedido {n} (aaaa) enviado")
    assert larguras[0] == 0
    assert larguras[:11] == sorted(set(larguras[:11]))
    assert larguras[10] == larguras[11] == larguras[12]  # cheia: com mais do que dez, a escala encolhe


def test_o_que_um_script_diz_nao_comanda_o_terminal(terminais: Terminais, cena: Cena) -> None:
    diz(terminais.estoque, "antes\x1b[2Jdepois [bold]sem marcação[/]")
    assert r"antes\x1b[2Jdepois [bold]sem marcaç" in desenho(cena, terminais)


def test_o_diario_mostra_a_parte_em_curso_e_antes_dela_a_anterior(terminais: Terminais, cena: Cena) -> None:
    cena.diario += [("Parte 2", Text(f"✔ da Parte 2, {n}")) for n in range(3)]
    assert all(f"✔ da Parte 2, {n}" in desenho(cena, terminais) for n in range(3))
    cena.diario += [("Parte 3", Text(f"✔ da Parte 3, {n}" + " e mais" * 20)) for n in range(3)]
    texto = desenho(cena, terminais)
    assert "Parte 2," not in texto
    assert "Parte 3, 0" not in texto  # não cabe inteira
    assert "Parte 3, 1" in texto and "Parte 3, 2" in texto


def test_os_brokers_mortos_estao_no_quadro_do_kafka(terminais: Terminais, cena: Cena) -> None:
    cena.brokers = {1: True, 2: True, 3: True}
    assert "pedidos esperando" in desenho(cena, terminais)
    cena.brokers[1] = cena.brokers[3] = False
    assert "mortos os brokers: 1, 3" in desenho(cena, terminais)


def test_em_uma_janela_que_encolheu_so_um_aviso(terminais: Terminais, cena: Cena) -> None:
    for tamanho in ((79, 24), (80, 23), (20, 3), (3, 1)):
        linhas = desenha(cena, terminais, console(*tamanho))
        assert [linha.cell_len for linha in linhas] == [tamanho[0]] * tamanho[1]
        assert "T1 " not in linhas[0].plain
    assert "80×24" in desenho(cena, terminais, 79, 24)


@pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem signal.pause")
def test_a_vida_de_um_terminal(terminais: Terminais, cena: Cena, tmp_path: Path) -> None:
    arquivo = tmp_path / "servico.py"
    arquivo.write_text(_SERVICO, encoding="utf-8")
    vistas: list[str] = []
    pagamento = Terminal("T2", "pagamento", "green", str(arquivo), lambda *linha: vistas.append(linha[2]), Parada())
    terminais.pagamento = pagamento

    def titulo() -> Text:
        linha = next(linha for linha in desenha(cena, terminais, console()) if "T2 pagamento" in linha.plain)
        return linha[linha.plain.index(" T2") :]

    def fundo_vermelho() -> bool:
        return any("on red" in str(trecho.style) for trecho in titulo().spans)

    assert (pagamento.estado, pagamento.particoes()) == (Estado.FECHADO, [])
    assert "ainda fechado" in titulo().plain
    try:
        pagamento.abre()
        assert (pagamento.estado, pagamento.particoes()) == (Estado.VIVO, [0, 2])
        assert "partições 0, 2" in titulo().plain
        assert not fundo_vermelho()
        pagamento.ctrl_c()
        assert pagamento.estado is Estado.MORTO
        assert titulo().plain.rstrip().endswith("morto")
        assert fundo_vermelho()
        texto = desenho(cena, terminais)
        assert "$ python " in texto and "^C" in texto and "[FALSO] Encerrado." in texto
        pagamento.abre()  # no mesmo terminal: as linhas de antes continuam lá
        assert pagamento.estado is Estado.VIVO
        assert [linha.texto for linha in pagamento.linhas if not linha.digitada] == vistas
        assert vistas == ["[FALSO] Pronto: partições atribuídas: 0, 2", "[FALSO] Encerrado.", vistas[0]]
        diz(pagamento, "[FALSO] Sessão perdida (KafkaTimeoutError 3): volto ao grupo")
        assert pagamento.particoes() == []
        assert "rodando" in titulo().plain
    finally:
        pagamento.fecha()


def test_a_figura_se_abre_sozinha_e_tem_cor_mesmo_com_no_color(
    terminais: Terminais, cena: Cena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    cena.brokers = {1: False}
    diz(terminais.produtor, *(f"[PRODUTOR] Pedido {n} (aaaa) enviado <&>" for n in range(40)))
    caminho = tmp_path / "figura.svg"
    retrata(cena, terminais, caminho)
    svg = caminho.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg"}
    assert len(svg) < 150_000
    textos = [
        no.text.replace("\xa0", " ").strip() for no in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert "[PRODUTOR] Pedido 39 (aaaa) enviado <&>" in textos
    assert any("mortos os brokers: 1" in texto for texto in textos)
    cores = set(re.findall(r'fill="(#[0-9a-f]{6})"', svg))
    assert len(cores) > 3


_CABEM = "from lab.demo.em_quadros import cabem_quadros; print('cabem' if cabem_quadros() else 'linhas')"


@pytest.mark.parametrize(
    ("colunas", "linhas", "variaveis", "esperado"),
    [
        (80, 24, {}, "cabem"),
        (200, 60, {"TERM": "screen"}, "cabem"),
        (79, 24, {}, "linhas"),
        (80, 23, {}, "linhas"),
        (80, 24, {"NO_COLOR": "1"}, "linhas"),
        (80, 24, {"TERM": "dumb"}, "linhas"),
        (80, 24, {"PYTHONIOENCODING": "latin-1"}, "linhas"),
    ],
)
def test_onde_cabem_quadros(colunas: int, linhas: int, variaveis: dict[str, str], esperado: str) -> None:
    with em_um_terminal([sys.executable, "-c", _CABEM], colunas, linhas, **variaveis) as terminal:
        assert terminal.termina() == 0
    assert terminal.tela.normal == f"{esperado}\n"


def test_em_um_pipe_nao_cabem_quadros_nem_com_force_color() -> None:
    variaveis = {"FORCE_COLOR": "1", "COLUMNS": "120", "LINES": "40", "TERM": "xterm"}
    saida = subprocess.run(
        [sys.executable, "-c", _CABEM],
        cwd=RAIZ,
        env=os.environ | variaveis,
        capture_output=True,
        text=True,
        timeout=PRAZO_S,
    )
    assert (saida.stdout, saida.stderr) == ("linhas\n", "")


def convida(tela) -> bool:
    return "Enter continua" in "\n".join(tela.texto())


def test_a_vitrine_abre_mostra_e_devolve_o_terminal_com_as_conferencias() -> None:
    with em_um_terminal(vitrine()) as terminal:
        terminal.le_ate(convida, PRAZO_S, "o convite")
        assert terminal.tela.alternativa and not terminal.tela.cursor
        assert "Parte 9: um teste" in terminal.tela.texto()[0]
        assert "✔ a conferência" in "\n".join(terminal.tela.texto())
        terminal.redimensiona(100, 30)
        terminal.le_ate(lambda tela: "Ctrl+C encerra" in tela.texto()[0][80:], PRAZO_S, "os quadros na tela maior")
        terminal.redimensiona(60, 10)
        terminal.le_ate(lambda tela: "A janela ficou pequena" in tela.texto()[0], PRAZO_S, "o aviso")
        terminal.tecla("o que se digita não importa" + ENTER)
        assert terminal.termina() == 0
    assert terminal.tela.cursor and not terminal.tela.alternativa
    assert terminal.tela.normal == "antes\n\n=== Parte 9: um teste\n✔ a conferência\ndepois\n"


def test_se_algo_deu_errado_ficam_tambem_as_ultimas_linhas_dos_terminais() -> None:
    fala = "terminais.pagamento.linhas.append(Linha(0.0, '[PAGAMENTO] ERRO: o porquê'))\n    tela.explica('antes')"
    programa = _PROGRAMA.replace('tela.explica("antes")', fala).replace("import Terminais", "import Linha, Terminais")
    with em_um_terminal([sys.executable, "-c", programa, "errado"]) as terminal:
        terminal.le_ate(convida, PRAZO_S, "o convite")
        terminal.tecla(ENTER)
        assert terminal.termina() == 0
    esperado = "antes\nT2 [PAGAMENTO] ERRO: o porquê\n\n=== Parte 9: um teste\n✘ a conferência\ndepois\n"
    assert terminal.tela.normal == esperado


def test_ctrl_c_devolve_o_terminal_e_so_deixa_a_ultima_linha() -> None:
    with em_um_terminal(vitrine()) as terminal:
        terminal.le_ate(convida, PRAZO_S, "o convite")
        terminal.tecla(CTRL_C)
        assert terminal.termina() == SAIDA_DE_CTRL_C
    assert terminal.tela.cursor and not terminal.tela.alternativa
    assert terminal.tela.normal == "antes\ninterrompida\n"


def test_o_terminal_que_se_fecha_e_como_um_ctrl_c() -> None:
    with em_um_terminal(vitrine()) as terminal:
        terminal.le_ate(convida, PRAZO_S, "o convite")
        terminal.fecha()
        assert terminal.processo.wait(PRAZO_S) == SAIDA_DE_CTRL_C


@contextlib.contextmanager
def entrada(monkeypatch: pytest.MonkeyPatch, descritor: int) -> Iterator[None]:
    with os.fdopen(descritor) as arquivo, monkeypatch.context() as contexto:
        contexto.setattr(sys, "stdin", arquivo)
        yield


def test_depois_de_um_ctrl_d_nada_mais_espera(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl", reason="o Windows não tem pty")
    nosso, dele = os.openpty()
    try:
        with entrada(monkeypatch, dele):
            enter = Enter()
            os.write(nosso, b"\x04")
            enter.espera(Parada())
            enter.espera(Parada())
    finally:
        os.close(nosso)


def test_enquanto_espera_um_enter_o_ctrl_c_age(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl", reason="o Windows não tem pty")
    nosso, dele = os.openpty()
    try:
        with entrada(monkeypatch, dele):
            parada = Parada()
            enter = Enter()
            parada.pedida = True
            with pytest.raises(KeyboardInterrupt):
                enter.espera(parada)
            os.write(nosso, b"\x04")  # a thread que lê termina antes do descritor
            enter._ouvinte.join(PRAZO_S)
    finally:
        os.close(nosso)
