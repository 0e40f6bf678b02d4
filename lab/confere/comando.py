"""`python -m lab confere`: conta os pedidos de cada etapa e diz se algum se perdeu, se duplicou ou ainda espera."""

import argparse
from collections.abc import Mapping
from typing import TypeVar

from rich.table import Table

from common.conexao.clientes import bootstrap
from common.terminal.argumentos import Argumentos
from common.terminal.console import novo_console
from common.terminal.linhas import diga
from common.terminal.sinais import Interrupcao
from lab.confere.contagem import Contagem
from lab.confere.leitura import conta

NOME, COR = "CONFERE", "cyan"
LISTA_MAXIMA = 10  # quantos pedidos perdidos ou duplicados cabem em uma linha legível
ETAPAS_DITAS = ("enviados", "aprovados", "pagos")
GRUPOS_DITOS = ("estoque", "pagamento", "notificação")

K = TypeVar("K", int, str)


def configura(analisador: Argumentos) -> None:
    """O comando não tem flags: as variáveis de ambiente são as mesmas dos scripts."""


def executa(args: argparse.Namespace) -> int:
    """Mostra a contagem. Devolve o status (int): 0 se nada se perdeu e nada se duplicou, senão 1."""
    with Interrupcao() as interrupcao:
        contagem = conta(_fala, interrupcao)
    novo_console().print(_tabela(contagem))
    for linha in detalhes(contagem):
        _fala(linha)
    _fala(contagem.veredito())
    return 0 if contagem.certa else 1


def _fala(texto: str) -> None:
    diga(NOME, COR, texto)


def _tabela(contagem: Contagem) -> Table:
    tabela = Table(title=f"Pedidos no Kafka em {bootstrap()}", title_justify="left")
    tabela.add_column("tópico", overflow="fold")  # um LAB_PREFIXO longo quebra a linha, não some
    tabela.add_column("etapa")
    tabela.add_column("pedidos", justify="right")
    tabela.add_column("esperando", justify="right")
    tabela.add_column("por quem")
    esperando = contagem.esperando()
    for topico, etapa, grupo in zip(contagem.topicos, ETAPAS_DITAS, GRUPOS_DITOS, strict=True):
        quantos = str(esperando[topico.nome].total())
        tabela.add_row(topico.nome, etapa, str(len(topico.pedidos)), quantos, grupo)
    return tabela


def detalhes(contagem: Contagem) -> list[str]:
    """As linhas (list[str]) que explicam a tabela: onde se espera, quem trabalhou, o que está errado."""
    linhas = [
        f"esperando em {nome}: {_por_chave(particoes, 'partição ')}"
        for nome, particoes in contagem.esperando().items()
        if particoes
    ]
    for topico, quem in zip(contagem.topicos[1:], GRUPOS_DITOS, strict=False):
        if topico.por_instancia:
            linhas.append(f"por instância de {quem}: {_por_chave(topico.por_instancia, '')}")
    for topico in contagem.topicos:
        if topico.invalidos:
            onde = [f"partição {lugar.particao}, offset {lugar.offset}" for lugar in topico.invalidos]
            linhas.append(f"registros em {topico.nome} que não são pedidos desta etapa: {_lista(onde, '; ')}")
        if topico.apagados_sem_leitura:
            linhas.append(
                f"apagados antes de lidos em {topico.nome}: até {topico.apagados_sem_leitura} registros, que ninguém "
                "mais pode ler (a retenção, ou alguém, os apagou antes de o grupo passar)"
            )
        if topico.cortado:
            linhas.append(f"o começo de {topico.nome} já foi apagado: do que esteve lá não dá para dizer nada")
    for nome, pedidos in (("perdidos", contagem.perdidos()), ("duplicados", contagem.duplicados())):
        if pedidos:
            linhas.append(f"{nome}: {_lista(sorted(map(str, pedidos)), ', ')}")
    if sem_origem := contagem.sem_origem():
        linhas.append(
            f"resultados sem origem: {_lista(sorted(map(str, sem_origem)), ', ')}: o pedido não está no tópico "
            "anterior, que alguém apagou e criou de novo, ou outro programa os escreveu"
        )
    return linhas


def _por_chave(quantos: Mapping[K, int], antes: str) -> str:
    return ", ".join(f"{antes}{chave}: {quantos[chave]}" for chave in sorted(quantos))


def _lista(partes: list[str], separador: str) -> str:
    return separador.join(partes[:LISTA_MAXIMA]) + (f"{separador}..." if len(partes) > LISTA_MAXIMA else "")
