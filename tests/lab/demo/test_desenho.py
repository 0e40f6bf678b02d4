"""O desenho dos quadros: o que se vê em cada tamanho de janela."""

import time

import pytest
from rich.text import Text

from lab.demo.desenho import desenha
from lab.demo.passo import PALAVRAS_POR_S, Passo
from lab.demo.terminais import Estado, Terminais
from tests.lab.demo.apoio import console, desenho, diz

TOPICOS = ("novos_pedidos", "pedidos_aprovados", "pedidos_concluidos")
TITULOS = ("T1 notificação", "T2 pagamento", "T3 estoque", "T4 produtor", "Kafka")
QUINTO = "T5 segundo estoque"


@pytest.mark.parametrize("lendo", [False, True])
@pytest.mark.parametrize("tamanho", [(80, 24), (81, 25), (100, 30), (120, 40), (160, 50), (200, 60), (250, 70)])
def test_os_quadros_enchem_a_tela_sem_uma_coluna_a_mais(
    terminais: Terminais, passo: Passo, tamanho: tuple[int, int], lendo: bool
) -> None:
    passo.lendo, passo.convite = lendo, "Enter continua" * lendo
    passo.diario += [("Parte 3: o pagamento cai", Text("✔ " + "uma conferência comprida " * 6))] * 5
    for terminal in terminais.todos:
        diz(terminal, *(f"[ESTOQUE] Pedido {n} (aaaa) aprovado{' e mais' * 30} · partição 0" for n in range(40)))
    diz(terminais.produtor, *(f"[PRODUTOR] Pedido {n} (aaaa) enviado" for n in range(2000)))
    linhas = desenha(passo, terminais, console(*tamanho))
    assert [linha.cell_len for linha in linhas] == [tamanho[0]] * tamanho[1]
    texto = "\n".join(linha.plain for linha in linhas)
    for trecho in (*TITULOS, *TOPICOS, "Parte 3: o pagamento cai", "Observe: ", "Ctrl+C encerra", "✔ uma conferência"):
        assert trecho in texto
    assert ("O pagamento (T2) para" in texto) == ("Enter continua" in texto) == lendo
    assert texto.count("p0 Pedido 39 (aaaa) aprovado") == 3  # em cada quadro, as últimas linhas; T4 disse mais depois
    assert QUINTO not in texto
    assert " 1960\n" in texto or " 1960 " in texto


def test_com_a_explicacao_mais_longa_da_aula_ainda_se_ve_tudo_na_menor_janela(terminais: Terminais) -> None:
    passo = Passo(explicacao="palavra " * 25, observe="palavra " * 25, lendo=True)
    texto = desenho(passo, terminais)
    assert texto.count("palavra") == 50
    assert all(trecho in texto for trecho in (*TITULOS, *TOPICOS))


def test_o_quinto_terminal_so_aparece_quando_se_abre(
    terminais: Terminais, passo: Passo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tamanho in ((80, 24), (200, 60)):
        assert QUINTO not in desenho(passo, terminais, *tamanho)
    monkeypatch.setattr(type(terminais.estoque2), "estado", Estado.VIVO)
    for tamanho in ((80, 24), (200, 60)):
        assert QUINTO in desenho(passo, terminais, *tamanho)


@pytest.mark.parametrize("colunas", [80, 120, 160, 200])
def test_as_linhas_da_aula_cabem_no_quadro_e_o_que_se_compara_vem_antes(
    terminais: Terminais, passo: Passo, colunas: int
) -> None:
    diz(terminais.notificacao, "[NOTIFICAÇÃO] Pedido 10 (6edf) concluído para Fábio Conceição em 21.5 s · partição 0")
    diz(terminais.pagamento, "[PAGAMENTO] Recebi pedido 10 (6edf) · partição 0")
    diz(terminais.estoque, "[ESTOQUE] Pedido 10 (6edf) aprovado · partição 0")
    diz(terminais.produtor, "[PRODUTOR] Pedido 10 (6edf) enviado · partição 0, offset 13")
    texto = desenho(passo, terminais, colunas)
    assert "p0 21.5s Pedido 10 (6edf) concluído" in texto
    for inteira in (
        "p0 Recebi pedido 10 (6edf)",
        "p0 Pedido 10 (6edf) aprovado",
        "p0 Pedido 10 (6edf) enviado, offset 13",
    ):
        assert inteira in texto
    assert "[" not in texto  # o título do quadro já diz de quem são


def test_a_explicacao_fica_o_tempo_de_a_ler_em_voz_alta(
    terminais: Terminais, passo: Passo, monkeypatch: pytest.MonkeyPatch
) -> None:
    passo.anunciado = time.monotonic()
    palavras = len(f"{passo.explicacao} {passo.observe}".split())
    assert passo.explicacao in desenho(passo, terminais)  # e não só enquanto nada acontece
    passo.anunciado -= palavras / PALAVRAS_POR_S
    assert passo.explicacao not in desenho(passo, terminais)
    assert "Observe: " in desenho(passo, terminais)


def test_a_barra_cresce_com_os_que_esperam(terminais: Terminais, passo: Passo) -> None:
    larguras = []
    for n in range(13):
        larguras.append(desenho(passo, terminais).count("█"))
        assert f" {n}" in next(linha for linha in desenho(passo, terminais).splitlines() if "novos_pedidos" in linha)
        diz(terminais.produtor, f"[PRODUTOR] Pedido {n} (aaaa) enviado")
    assert larguras[0] == 0
    assert larguras[:11] == sorted(set(larguras[:11]))
    assert larguras[10] == larguras[11] == larguras[12]  # cheia: com mais do que dez, a escala encolhe


def test_o_que_um_script_diz_nao_comanda_o_terminal(terminais: Terminais, passo: Passo) -> None:
    diz(terminais.estoque, "antes\x1b[2Jdepois [bold]sem marcação[/]")
    assert r"antes\x1b[2Jdepois [bold]sem" in desenho(passo, terminais)


def test_o_diario_mostra_a_parte_em_curso_e_antes_dela_a_anterior(terminais: Terminais, passo: Passo) -> None:
    passo.diario += [("Parte 2", Text(f"✔ da Parte 2, {n}")) for n in range(3)]
    assert all(f"✔ da Parte 2, {n}" in desenho(passo, terminais) for n in range(3))
    passo.diario += [("Parte 3", Text(f"✔ da Parte 3, {n}" + " e mais" * 20)) for n in range(3)]
    texto = desenho(passo, terminais)
    assert "Parte 2," not in texto
    assert "Parte 3, 0" not in texto  # não cabe inteira
    assert "Parte 3, 1" in texto and "Parte 3, 2" in texto


def test_os_brokers_mortos_estao_no_quadro_do_kafka(terminais: Terminais, passo: Passo) -> None:
    passo.brokers = {1: True, 2: True, 3: True}
    assert "pedidos esperando" in desenho(passo, terminais)
    passo.brokers[1] = passo.brokers[3] = False
    assert "mortos os brokers: 1, 3" in desenho(passo, terminais)


def test_em_uma_janela_que_encolheu_so_um_aviso(terminais: Terminais, passo: Passo) -> None:
    for tamanho in ((79, 24), (80, 23), (20, 3), (3, 1)):
        linhas = desenha(passo, terminais, console(*tamanho))
        assert [linha.cell_len for linha in linhas] == [tamanho[0]] * tamanho[1]
        assert "T1 " not in linhas[0].plain
    assert "80×24" in desenho(passo, terminais, 79, 24)
