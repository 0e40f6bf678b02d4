"""A aula que um Enter faz andar, em quadros do começo ao fim, e em linhas onde eles não cabem."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.demo.roteiro import PEDIDOS
from tests.apoio.terminal_de_verdade import CTRL_C, ENTER, Emulador
from tests.lab.demo.apoio import ALTURA_S, FIM_S, no_terminal

pytestmark = pytest.mark.broker


def convida(parte: str) -> Callable[[Emulador], bool]:
    """Diz se a tela espera por um Enter nesta parte."""
    return lambda tela: parte in tela.texto()[0] and "Enter continua" in tela.texto()[0]


def linha_com(tela: Emulador, trecho: str) -> str:
    return next((linha for linha in tela.texto() if trecho in linha), "")


def test_em_um_terminal_de_80_por_24(pasta: Path) -> None:
    esperando: list[int] = []

    def anota_os_que_esperam(tela: Emulador) -> bool:
        if " MORTO" in linha_com(tela, "T2 pagamento") and (
            achado := re.search(r"\d+$", linha_com(tela, "pedidos_apr"))
        ):
            esperando.append(int(achado[0]))
        return convida("Parte 3")(tela) and "O pagamento volta" in tela.texto()[1]

    with no_terminal(pasta, "--passo-a-passo") as terminal:
        tela = terminal.tela
        terminal.le_ate_ver("Enter continua", ALTURA_S)
        assert not tela.alternativa
        terminal.tecla(ENTER)
        terminal.le_ate(convida("Parte 2"), ALTURA_S, "a Parte 2")
        assert tela.alternativa and not tela.cursor
        texto = "\n".join(tela.texto())
        for titulo in ("T1 notificação", "T2 pagamento", "T3 estoque", "T4 produtor", "Kafka"):
            assert f" {titulo} " in texto
        assert texto.count("ainda fechado") == 4  # ninguém apertou Enter: nada começa

        terminal.tecla(ENTER)
        terminal.le_ate(convida("Parte 3"), FIM_S, "a Parte 3")
        texto = "\n".join(tela.texto())
        assert texto.count("partições 0, 1, 2") == 3 and " terminou" in linha_com(tela, "T4 produtor")
        for dita in (
            r"p\d [\d.]+s Pedido \d+ ",
            r"p\d Pedido \d+ \(\w+\) pago",
            r"p\d Recebi pedido",
            "enviado, offset",
        ):
            assert re.search(dita, texto), texto
        assert texto.count("✔") == 2

        terminal.tecla(ENTER)
        terminal.le_ate(anota_os_que_esperam, FIM_S, "os pedidos à espera do pagamento")
        assert esperando == sorted(esperando) and esperando[0] == 0 and esperando[-1] == PEDIDOS
        assert len(set(esperando)) > PEDIDOS // 2  # a barra cresceu aos poucos
        assert "41" in tela.estilo_de(" T2 pagamento").split(";")  # fundo vermelho
        assert "41" in tela.estilo_de("Encerrado.").split(";")  # o quadro inteiro
        assert tela.mostra("✔ o pagamento terminou")

        terminal.tecla(ENTER)
        terminal.le_ate(convida("Parte 4"), FIM_S, "a Parte 4")
        assert "partições 0, 1, 2" in linha_com(tela, "T2 pagamento")
        terminal.tecla(ENTER)
        terminal.le_ate(lambda tela: convida("Parte 4")(tela) and tela.mostra("com dois"), FIM_S, "o fim da Parte 4")
        assert re.search(r"partiç(ão|ões) [012]", linha_com(tela, "T5 segundo estoque"))
        terminal.tecla(ENTER)
        assert terminal.termina() == 0
    assert tela.cursor and not tela.alternativa
    assert "Traceback" not in tela.normal and "✘" not in tela.normal
    for trecho in ("=== Parte 2", "✔ o pagamento terminou", "O que se viu", "✔ A demonstração viu tudo o que prometeu"):
        assert trecho in tela.normal


def test_em_uma_janela_estreita_linhas_como_em_um_pipe(pasta: Path) -> None:
    with no_terminal(pasta, "--passo-a-passo", colunas=79) as terminal:
        terminal.le_ate_ver("Enter continua", ALTURA_S)
        terminal.tecla(ENTER)  # na hora: o Enter de quem já vê o convite nunca se perde
        terminal.le_ate(lambda tela: tela.normal.count("Enter continua") == 2, ALTURA_S, "o segundo convite")
        terminal.tecla(ENTER)
        terminal.le_ate_ver("\nT1 [NOTIFICAÇÃO] ", ALTURA_S)
        terminal.tecla(CTRL_C)
        assert terminal.termina() == 130
    assert "=== Parte 2: caminho feliz" in terminal.tela.normal
