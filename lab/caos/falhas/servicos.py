"""As falhas de um serviço: morto, congelado, acompanhado de outros, ou sobre um cliente Kafka sabotado."""

import contextlib
import time
from collections.abc import Callable, Iterator

from common.conexao.clientes import SESSAO_MS
from common.configuracao import ESTOQUE, ETAPAS, Etapa
from lab.caos.falhas.falha import Alvos, Falha, Golpe, Injecao, Recurso
from lab.caos.instancias import PRONTO, Instancias
from lab.caos.programas.sabotado import MARCA, PASSO_LENTO_S
from lab.processos.script import Script

ALEM_DA_SESSAO_S = SESSAO_MS / 1000 + 1.5  # depois disto o grupo deu por morta uma instância congelada
ACORDA_S = 5.0  # o que uma instância descongelada leva para descobrir que foi expulsa e tentar algo com isso
DE_VOLTA = ("Sessão perdida", "Rebalanceamento")  # o que ela diz então
SABOTAGEM_S = 15.0  # até a sabotagem acontecer: leva 1 s, se há trabalho
ESTOQUES_A_MAIS = 3  # com o que já existe são quatro, para três partições

Termino = Callable[[Instancias, Etapa, Script], None]


def _cai(termina: Termino) -> Injecao:
    """A falha que tira uma instância; a cura é outra."""

    @contextlib.contextmanager
    def injeta(alvos: Alvos) -> Iterator[Golpe]:
        etapa = alvos.etapa()
        termina(alvos.instancias, etapa, alvos.instancia(etapa))
        yield Golpe(etapa.nome)
        alvos.instancias.abre_pronta(etapa)

    return injeta


def _sabotagem(
    nome: str, etapas: tuple[Etapa, ...] = ETAPAS, termina: Termino = Instancias.fecha, ao_lado: bool = False
) -> Injecao:
    """A falha que põe uma instância sabotada no lugar de uma sã, até que a sabotagem aconteça.

    `termina`: Instancias.mata para a que já morreu, ou está saindo, por obra da sabotagem. `ao_lado`: a sã fica, e
    assume as partições da outra, se o grupo a expulsa; sem ninguém que trabalhe nelas, um zumbi não faz mal.
    """

    @contextlib.contextmanager
    def injeta(alvos: Alvos) -> Iterator[Golpe]:
        etapa, instancias = alvos.sorte.choice(etapas), alvos.instancias
        sa = alvos.instancia(etapa)
        if not ao_lado:
            instancias.fecha(etapa, sa)
        sabotada = instancias.abre_pronta(etapa, nome, str(alvos.sorte.getrandbits(32)))
        instancias.retira(etapa, sabotada)  # se morrer, é o esperado
        aconteceu = instancias.aguarda(sabotada, MARCA, segundos=SABOTAGEM_S)
        yield Golpe(etapa.nome, aconteceu)
        termina(instancias, etapa, sabotada)
        instancias.abre_pronta(etapa)

    return injeta


@contextlib.contextmanager
def _congela(alvos: Alvos) -> Iterator[Golpe]:
    """Congelada além da sessão: outra assume o trabalho dela, e ela acorda achando que ainda é sua."""
    etapa, instancias = alvos.etapa(), alvos.instancias
    zumbi = alvos.instancia(etapa)
    instancias.por_etapa[etapa].remove(zumbi)  # ninguém a escolhe, e nenhum Ctrl+C a encerraria
    zumbi.congela()
    try:
        outra = instancias.abre(etapa)
        expulsa = instancias.aguarda(outra, PRONTO)  # só quando a sessão da congelada vence
        yield Golpe(etapa.nome, expulsa)
    finally:
        acorda_em = _descongela(zumbi)
        instancias.por_etapa[etapa].append(zumbi)
    instancias.aguarda(zumbi, *DE_VOLTA, segundos=ACORDA_S, desde=acorda_em)
    instancias.fecha(etapa, outra)


@contextlib.contextmanager
def _congela_no_join(alvos: Alvos) -> Iterator[Golpe]:
    etapa, instancias = alvos.etapa(), alvos.instancias
    zumbi = instancias.abre_pronta(etapa, "congela-no-join", "0")
    instancias.por_etapa[etapa].remove(zumbi)
    outra = instancias.abre(etapa)  # o rebalanceamento que ela provoca é o segundo join da sabotada
    try:
        aconteceu = instancias.aguarda(zumbi, MARCA, segundos=SABOTAGEM_S)
        yield Golpe(etapa.nome, aconteceu)
    finally:
        acorda_em = _descongela(zumbi)
        instancias.por_etapa[etapa].append(zumbi)
    instancias.aguarda(zumbi, *DE_VOLTA, segundos=ACORDA_S, desde=acorda_em)
    instancias.fecha(etapa, outra)
    instancias.fecha(etapa, zumbi)


def _descongela(zumbi: Script) -> float:
    """Acorda a instância; devolve quando (time.monotonic)."""
    agora = time.monotonic()
    with contextlib.suppress(OSError):  # terminou enquanto isso
        zumbi.descongela()
    return agora


@contextlib.contextmanager
def _instancias(alvos: Alvos) -> Iterator[Golpe]:
    """Entram até quatro estoques, um por vez, e saem todos menos um: por bem ou por mal."""
    for _ in range(ESTOQUES_A_MAIS):
        alvos.instancias.abre_pronta(ESTOQUE)
    yield Golpe(ESTOQUE.nome)
    for _ in range(ESTOQUES_A_MAIS):
        sai = alvos.sorte.choice((alvos.instancias.fecha, alvos.instancias.mata))
        sai(ESTOQUE, alvos.instancia(ESTOQUE))


DE_SERVICOS = (
    Falha("ctrl-c", "Ctrl+C em um serviço", (0.0, 2.0), _cai(Instancias.fecha), tira=Recurso.TRABALHO),
    Falha("kill-9", "kill -9 em um serviço", (0.0, 4.0), _cai(Instancias.mata), tira=Recurso.TRABALHO),
    Falha(
        "kill-9-no-commit",
        "kill -9 entre enviar e confirmar",
        (0.0, 2.0),
        _sabotagem("kill-9-no-commit", termina=Instancias.mata),
        tira=Recurso.TRABALHO,
        precisa=Recurso.TRABALHO,
        sabota=True,
    ),
    Falha(
        "ctrl-c-no-commit",
        "Ctrl+C entre enviar e confirmar",
        (1.0, 2.0),  # ela sai em menos de 1 s
        _sabotagem("ctrl-c-no-commit", termina=Instancias.mata),
        tira=Recurso.TRABALHO,
        precisa=Recurso.TRABALHO,
        sabota=True,
    ),
    Falha(
        "aborta",
        "transações abortadas ao acaso",
        (2.0, 4.0),
        _sabotagem("aborta"),
        precisa=Recurso.TRABALHO,
        sabota=True,
    ),
    Falha(
        "envio-falho",
        "envios que o broker gravou e a resposta nega",
        (2.0, 4.0),
        _sabotagem("envio-falho", ETAPAS[:2]),  # a última não envia nada
        precisa=Recurso.TRABALHO,
        sabota=True,
    ),
    Falha(
        "passo-lento",
        "um passo além do max.poll.interval.ms",
        (PASSO_LENTO_S + 0.5, PASSO_LENTO_S + 2.0),  # o bastante para ela descobrir que foi expulsa e voltar
        _sabotagem("passo-lento", ao_lado=True),
        tira=Recurso.TRABALHO,
        precisa=Recurso.TRABALHO,
        sabota=True,
    ),
    Falha("congela", "um serviço congelado além da sessão, que acorda", (1.0, 4.0), _congela, congela=True),
    Falha(
        "congela-no-join",
        "congelado no meio de um join, além da sessão",
        (ALEM_DA_SESSAO_S, ALEM_DA_SESSAO_S + 1.5),
        _congela_no_join,
        tira=Recurso.TRABALHO,  # até a sessão dela vencer, o grupo espera
        congela=True,
        sabota=True,
    ),
    # uma das quatro fica sem partição, e poderia ser justamente a que outra falha escolhe
    Falha("instancias", "entram até quatro estoques, e saem", (0.0, 2.0), _instancias, tira=Recurso.TRABALHO),
)
