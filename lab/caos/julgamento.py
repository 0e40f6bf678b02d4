"""Um ensaio em um Kafka só dele, e o que se diz no fim: cada invariante, cada falha, a figura e o veredito."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from random import randrange

from rich.table import Table

from common.erros import ErroDeUso
from common.prazo import houve_abandono
from common.sinais import SAIDA_DE_CTRL_C
from common.topicos import garante_topicos
from lab.caos.cronica import Cronica
from lab.caos.ensaio import Ensaio, Plano
from lab.caos.falhas import FALHAS, PODE_CONGELAR, Falha
from lab.caos.figura import desenha
from lab.caos.historia import Historia
from lab.caos.painel import Painel
from lab.kafka_local import KafkaLocal
from lab.kafka_proprio import so_este_kafka
from lab.parada import Parada
from lab.tela import Tela, milhar, segundos

VIOLACOES_DITAS = 5  # de cada invariante: basta para saber por onde começar
SEMENTES = 1_000_000
INTERROMPIDO = "Ensaio interrompido"


def julga(args: argparse.Namespace) -> int:
    """O comando caos inteiro. Devolve o status (int)."""
    semente = randrange(SEMENTES) if args.semente is None else args.semente
    plano = Plano(args.pedidos, args.segundos, semente, _escolhidas(args.falhas), args.ingenuo)
    figura = args.figura or Path(f"caos-{semente}.svg")
    parada = Parada()
    tela = Tela(parada)
    with parada:
        try:
            status = _ensaia(plano, args.brokers, figura, tela, parada)
        except KeyboardInterrupt:
            tela.cala(INTERROMPIDO)
            status = SAIDA_DE_CTRL_C
    if houve_abandono():  # uma thread presa no cliente Kafka seguraria o fim do processo
        sys.stdout.flush()
        os._exit(status)
    return status


def _escolhidas(nomes: str | None) -> list[Falha]:
    """As falhas pedidas, ou todas as que esta máquina sabe fazer. Erro: ErroDeUso."""
    if nomes is None:
        return [falha for falha in FALHAS.values() if PODE_CONGELAR or not falha.congela]
    pedidas = [nome.strip() for nome in nomes.split(",")]
    if erradas := [nome for nome in pedidas if nome not in FALHAS]:
        raise ErroDeUso(f"--falhas: não conheço {', '.join(map(repr, erradas))} (há: {', '.join(FALHAS)})")
    falhas = [FALHAS[nome] for nome in dict.fromkeys(pedidas)]
    if impossiveis := [falha.nome for falha in falhas if falha.congela and not PODE_CONGELAR]:
        raise ErroDeUso(f"--falhas: o Windows não sabe congelar um processo ({', '.join(impossiveis)})")
    return falhas


def _ensaia(plano: Plano, brokers: int, figura: Path, tela: Tela, parada: Parada) -> int:
    cronica = Cronica(plano.semente, plano.pedidos, brokers)
    tela.explica(
        f"Caos com a semente {plano.semente}: {milhar(plano.pedidos)} pedidos, {plano.segundos:.0f} s de falhas, "
        f"{brokers} broker(s), {len(plano.falhas)} tipos de falha, serviços "
        f"{'ingênuos (o controle)' if plano.ingenuo else 'da aula'}"
    )
    # ignore_cleanup_errors: no Windows o antivírus pode ainda estar lendo um arquivo
    with tempfile.TemporaryDirectory(prefix="lab-caos-", ignore_cleanup_errors=True) as pasta:
        kafka = KafkaLocal(Path(pasta), diz=tela.explica, brokers=brokers)
        with so_este_kafka(kafka, parada, lambda: tela.cala(INTERROMPIDO)):
            garante_topicos(tela.explica)
            with Painel(cronica, plano.segundos, parada) as painel:
                historia = Ensaio(plano, cronica, kafka, Path(pasta) / "diario", parada).executa(painel)
    desenha(cronica, figura)
    return 0 if _relata(historia, cronica, figura, tela) else 1


def _relata(historia: Historia, cronica: Cronica, figura: Path, tela: Tela) -> bool:
    invariantes = historia.invariantes()
    tela.tabela(_tabela_das_falhas(cronica))
    tabela = Table(title="O que tem de valer", title_justify="left", show_header=False)
    tabela.add_column()
    tabela.add_column(justify="right")
    for invariante in invariantes:
        tabela.add_row(invariante.nome, tela.sinal(invariante.vale))
    tela.tabela(tabela)
    for invariante in invariantes:
        for violacao in invariante.violacoes[:VIOLACOES_DITAS]:
            tela.explica(f"{invariante.nome}: {violacao}")
        if (mais := len(invariante.violacoes) - VIOLACOES_DITAS) > 0:
            tela.explica(f"{invariante.nome}: e mais {mais}")
    confirmados = sum(envio.confirmado for envio in historia.enviados.values())
    certo = all(invariante.vale for invariante in invariantes)
    tela.explica(f"Linha do tempo: {figura}")
    tela.confere(
        certo,
        f"{milhar(confirmados)} pedidos confirmados, {milhar(len(historia.enviados) - confirmados)} sem resposta, "
        f"{len(cronica.episodios)} falhas: perdidos {len(historia.perdidos())}, dobrados {len(historia.dobrados())} "
        f"(semente {cronica.semente})",
    )
    return certo


def _tabela_das_falhas(cronica: Cronica) -> Table:
    tabela = Table(title="As falhas", title_justify="left")
    tabela.add_column("falha")
    tabela.add_column("vezes", justify="right")
    tabela.add_column("em quem")
    tabela.add_column("retomada mais lenta", justify="right")
    for nome in dict.fromkeys(episodio.falha for episodio in cronica.episodios):
        destes = [episodio for episodio in cronica.episodios if episodio.falha == nome]
        medidas = [episodio.retomada_s for episodio in destes if episodio.retomada_s is not None]
        alvos = ", ".join(dict.fromkeys(episodio.alvo for episodio in destes))
        tabela.add_row(nome, str(len(destes)), alvos, segundos(max(medidas)) if medidas else "não houve")
    return tabela
