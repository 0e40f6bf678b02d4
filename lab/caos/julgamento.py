"""Um ensaio em um Kafka só dele, e o que se diz no fim: cada invariante, cada falha, a figura e o veredito."""

import argparse
from functools import partial
from pathlib import Path
from random import randint

from kafka.errors import KafkaError
from rich.table import Table

from common.conexao.espera import ESPERA_S, quando_houver_kafka
from common.conexao.topicos import garante_topicos
from common.erros import ErroDeUso, ErroDoLaboratorio, motivo
from common.terminal.texto import milhar, segundos
from lab.caos.comando import SEMENTE_MAXIMA
from lab.caos.cronica import Cronica
from lab.caos.ensaio import Ensaio, Plano
from lab.caos.falhas import FALHAS, PODE_CONGELAR, Falha
from lab.caos.figura import desenha
from lab.caos.painel import Painel
from lab.caos.verificador import Historia
from lab.kafka_local.privado import kafka_privado
from lab.processos.parada import Parada
from lab.terminal.relato import Relato

VIOLACOES_DITAS = 5  # de cada invariante: basta para saber por onde começar
INTERROMPIDO = "Ensaio interrompido"


def julga(args: argparse.Namespace) -> int:
    """O comando caos inteiro. Devolve o status (int). Erro: ErroDeUso, antes de começar."""
    semente = randint(0, SEMENTE_MAXIMA) if args.semente is None else args.semente
    plano = Plano(args.pedidos, args.segundos, semente, _escolhidas(args.falhas, args.ingenuo), args.ingenuo)
    figura = args.figura or Path(f"caos-{semente}.svg")
    if figura.is_dir() or not figura.parent.is_dir():  # saber disto no fim, depois de meia hora, seria tarde
        raise ErroDeUso(f"--figura: não há como gravar em {figura}; dê o nome de um arquivo em uma pasta que existe")
    parada = Parada()
    tela = Relato(parada)

    def trabalho() -> int:
        try:
            return _ensaia(plano, args.brokers, figura, tela, parada)
        except KafkaError as erro:
            quem = f"o Kafka do ensaio falhou ({motivo(erro)})"
            raise ErroDoLaboratorio(f"{quem}; repita com --semente {semente}") from None

    return parada.conduz(trabalho, lambda: tela.cala(INTERROMPIDO))


def _escolhidas(nomes: str | None, ingenuo: bool) -> list[Falha]:
    """As falhas pedidas, ou todas as que esta máquina e estes serviços admitem. Erro: ErroDeUso."""
    impossiveis = {
        falha.nome: porque
        for falha in FALHAS.values()
        for impede, porque in (
            (falha.congela and not PODE_CONGELAR, "o Windows não sabe congelar um processo"),
            (falha.sabota and ingenuo, "sabota a transação, que o serviço ingênuo não tem"),
        )
        if impede
    }
    if nomes is None:
        return [falha for falha in FALHAS.values() if falha.nome not in impossiveis]
    pedidas = [nome.strip() for nome in nomes.split(",")]
    if erradas := [nome for nome in pedidas if nome not in FALHAS]:
        raise ErroDeUso(f"--falhas: não conheço {', '.join(map(repr, erradas))} (há: {', '.join(FALHAS)})")
    if recusadas := [f"{nome} ({impossiveis[nome]})" for nome in pedidas if nome in impossiveis]:
        raise ErroDeUso(f"--falhas: {', '.join(recusadas)}")
    return [FALHAS[nome] for nome in dict.fromkeys(pedidas)]


def _ensaia(plano: Plano, brokers: int, figura: Path, tela: Relato, parada: Parada) -> int:
    cronica = Cronica(plano.semente, plano.pedidos, brokers)
    tela.explica(
        f"Caos com a semente {plano.semente}: {milhar(plano.pedidos)} pedidos, {plano.segundos:.0f} s de falhas, "
        f"{brokers} broker{'s' * (brokers > 1)}, {len(plano.falhas)} tipos de falha, serviços "
        f"{'ingênuos (o controle)' if plano.ingenuo else 'da aula'}"
    )
    with kafka_privado(parada, partial(tela.cala, INTERROMPIDO), tela.explica, brokers) as kafka:
        quando_houver_kafka(lambda: garante_topicos(tela.explica), tela.explica, parada, ESPERA_S)
        with Painel(cronica, plano.segundos, parada) as painel:
            historia = Ensaio(plano, cronica, kafka, kafka.pasta / "diario", parada).executa(painel)
    certo = _relata(historia, cronica, tela)
    try:
        desenha(cronica, figura)
        tela.explica(f"Linha do tempo: {figura}")
    except OSError as erro:
        tela.explica(f"AVISO: não consegui gravar {figura} ({erro.strerror or erro})")
    return 0 if certo else 1


def _relata(historia: Historia, cronica: Cronica, tela: Relato) -> bool:
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
    tela.confere(
        certo,
        f"{milhar(confirmados)} pedidos confirmados, {milhar(len(historia.enviados) - confirmados)} sem resposta, "
        f"{len(cronica.episodios)} falhas: perdidos {len(historia.perdidos())}, "
        f"duplicados {len(historia.duplicados())} (semente {cronica.semente})",
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
        tabela.add_row(
            f"{nome}: {FALHAS[nome].explica}",
            str(len(destes)),
            alvos,
            segundos(max(medidas)) if medidas else "não houve",
        )
    return tabela
