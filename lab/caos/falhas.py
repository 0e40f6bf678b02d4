"""As falhas: cada uma é um `with` que a injeta ao entrar e a cura ao sair.

O valor do `with` (str) diz em quem foi. As esperas aqui dentro têm prazo e toleram não ver o que esperavam: com duas
falhas ao mesmo tempo, uma pode atrasar a outra. Quem julga é o verificador, no fim.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random

from kafka import KafkaProducer
from kafka.errors import KafkaError

from common.conexao.clientes import SESSAO_MS, do_produtor
from common.configuracao import ESTOQUE, ETAPAS, Etapa, topicos
from common.erros import PrazoEsgotado
from common.pedido import codifica, novos_pedidos
from common.prazo import com_prazo
from lab.caos.instancias import PRONTO, Linha
from lab.caos.programas.sabotado import MARCA
from lab.kafka_local.broker import BrokerLocal
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.script import Script

ALEM_DA_SESSAO_S = SESSAO_MS / 1000 + 2.5  # tempo de o grupo dar por morta uma instância congelada
ACORDA_S = 5.0  # o que uma instância descongelada leva para descobrir que foi expulsa e tentar algo com isso
SABOTAGEM_S = 20.0  # até a sabotagem acontecer: depende de haver trabalho
ESTOQUES_A_MAIS = 3  # com o que já existe são quatro, para três partições
VENENOS_POR_TOPICO = 20
ENVIO_LONGO = 5_000  # pedidos: uns 0,5 s de envio
DIARIO_MAXIMO_BYTES = 200_000  # a morte vem em algum ponto dos primeiros 500 pedidos
ENVENENA_S = 40.0  # publicar 60 registros leva milissegundos; com o broker fora, até ele voltar


@dataclass(frozen=True)
class Cena:
    """Onde uma falha acontece, e o sorteio só dela."""

    linha: Linha
    kafka: KafkaLocal
    sorte: Random

    def etapa(self) -> Etapa:
        return self.sorte.choice(ETAPAS)

    def instancia(self, etapa: Etapa) -> Script:
        """Uma instância viva. Se não há nenhuma (outra falha as levou), uma nova."""
        vivas = [script for script in self.linha.instancias[etapa] if script.vivo]
        return self.sorte.choice(vivas) if vivas else self.abre(etapa)

    def abre(self, etapa: Etapa, *sabotagem: str) -> Script:
        """Mais uma instância, pronta."""
        script = self.linha.abre(etapa, *sabotagem)
        self.linha.aguarda(script, PRONTO)
        return script

    def broker(self) -> BrokerLocal:
        return self.sorte.choice(self.kafka.brokers)


@contextlib.contextmanager
def _nenhuma(_: Cena) -> Iterator[str]:
    yield "todos de pé"


def _servico_cai(termina: Callable[[Linha, Etapa, Script], None]) -> Callable[[Cena], AbstractContextManager[str]]:
    """A falha que tira uma instância; a cura é outra."""

    @contextlib.contextmanager
    def faz(cena: Cena) -> Iterator[str]:
        etapa = cena.etapa()
        termina(cena.linha, etapa, cena.instancia(etapa))
        yield etapa.nome
        cena.abre(etapa)

    return faz


def _sabotagem(
    nome: str,
    etapas: tuple[Etapa, ...] = ETAPAS,
    termina: Callable[[Linha, Etapa, Script], None] = Linha.fecha,
) -> Callable[[Cena], AbstractContextManager[str]]:
    """A falha que põe uma instância sabotada no lugar de uma sã, até que a sabotagem aconteça.

    `termina`: Linha.mata para a que já morreu, ou está saindo, por obra da sabotagem.
    """

    @contextlib.contextmanager
    def faz(cena: Cena) -> Iterator[str]:
        etapa = cena.sorte.choice(etapas)
        cena.linha.fecha(etapa, cena.instancia(etapa))
        sabotado = cena.abre(etapa, nome, str(cena.sorte.getrandbits(32)))
        cena.linha.retira(etapa, sabotado)  # se morrer, é o esperado
        aconteceu = cena.linha.aguarda(sabotado, MARCA, SABOTAGEM_S)
        yield etapa.nome if aconteceu else f"{etapa.nome} (não aconteceu)"
        termina(cena.linha, etapa, sabotado)
        cena.abre(etapa)

    return faz


@contextlib.contextmanager
def _congela(cena: Cena) -> Iterator[str]:
    """Congelada além da sessão: outra assume o trabalho dela, e ela acorda achando que ainda é sua."""
    etapa = cena.etapa()
    zumbi = cena.instancia(etapa)
    zumbi.congela()
    try:
        outra = cena.abre(etapa)
        yield etapa.nome
    finally:
        with contextlib.suppress(OSError):  # terminou enquanto isso
            zumbi.descongela()
    cena.linha.aguarda(zumbi, "Sessão perdida", ACORDA_S)
    cena.linha.fecha(etapa, outra)


@contextlib.contextmanager
def _congela_no_join(cena: Cena) -> Iterator[str]:
    etapa = cena.etapa()
    zumbi = cena.abre(etapa, "congela-no-join", "0")
    outra = cena.linha.abre(etapa)  # o rebalanceamento que ela provoca é o segundo join da sabotada
    try:
        aconteceu = cena.linha.aguarda(zumbi, MARCA, SABOTAGEM_S)
        yield etapa.nome if aconteceu else f"{etapa.nome} (não aconteceu)"
    finally:
        with contextlib.suppress(OSError):  # terminou enquanto isso
            zumbi.descongela()
    cena.linha.aguarda(zumbi, "Rebalanceamento", ACORDA_S)
    cena.linha.fecha(etapa, outra)
    cena.linha.fecha(etapa, zumbi)


@contextlib.contextmanager
def _instancias(cena: Cena) -> Iterator[str]:
    """Entram até quatro estoques, um por vez, e saem todos menos um: por bem ou por mal."""
    for _ in range(ESTOQUES_A_MAIS):
        cena.abre(ESTOQUE)
    yield f"{1 + ESTOQUES_A_MAIS} {ESTOQUE.nome}"
    for _ in range(ESTOQUES_A_MAIS):
        sai = cena.sorte.choice((cena.linha.fecha, cena.linha.mata))
        sai(ESTOQUE, cena.instancia(ESTOQUE))


def _broker_cai(termina: Callable[[BrokerLocal], None]) -> Callable[[Cena], AbstractContextManager[str]]:
    """A falha que tira um broker, que depois volta com os mesmos dados."""

    @contextlib.contextmanager
    def faz(cena: Cena) -> Iterator[str]:
        broker = cena.broker()
        termina(broker)
        yield f"broker {broker.numero}"
        broker.inicia()

    return faz


@contextlib.contextmanager
def _broker_congela(cena: Cena) -> Iterator[str]:
    broker = cena.broker()
    if broker.vivo:  # outra falha, ao mesmo tempo, pode tê-lo derrubado
        broker.congela()
    try:
        yield f"broker {broker.numero}"
    finally:
        if broker.vivo:
            broker.descongela()


@contextlib.contextmanager
def _broker_reinicia(cena: Cena) -> Iterator[str]:
    """Um broker por vez, como em uma atualização."""
    for broker in cena.kafka.brokers:
        broker.para()
        broker.inicia()
    yield "cada broker"


@contextlib.contextmanager
def _veneno(cena: Cena) -> Iterator[str]:
    """Registros que não são pedidos, em todos os tópicos: bytes ao acaso, JSON cortado, um status fora de lugar."""

    def venenos() -> Iterator[bytes | None]:
        for pedido in novos_pedidos(VENENOS_POR_TOPICO // 4):
            valor = codifica(pedido)
            yield None
            yield cena.sorte.randbytes(cena.sorte.randint(1, 200))
            yield valor[: cena.sorte.randint(0, len(valor) - 1)]
            yield codifica(pedido.aprovado().pago())  # em pedidos_concluidos seria um pedido que ninguém enviou

    def publica() -> None:
        produtor = KafkaProducer(**do_produtor())
        try:
            envios = [
                produtor.send(topico, valor, b"veneno", partition=cena.sorte.randrange(3))
                for topico in topicos()[:2]
                for valor in venenos()
            ]
            envios += [produtor.send(topicos()[2], b"nem JSON", b"veneno", partition=particao) for particao in range(3)]
            for envio in envios:
                envio.get(ENVENENA_S)
        finally:
            produtor.close(timeout=2)

    onde = "os três tópicos"
    try:
        com_prazo(publica, 2 * ENVENENA_S, "envenenar os tópicos")
    except (KafkaError, PrazoEsgotado):  # outra falha, ao mesmo tempo, levou o broker
        onde += " (não aconteceu)"
    yield onde


@contextlib.contextmanager
def _produtor_morto(cena: Cena) -> Iterator[str]:
    """kill -9 no meio do envio; a carga continua com outros produtores."""
    cena.linha.mata_produtor(ENVIO_LONGO, cena.sorte.randint(1, DIARIO_MAXIMO_BYTES))
    yield "produtor"


@dataclass(frozen=True)
class Falha:
    """Uma falha que a agenda pode marcar. `dura_s`: entre quantos segundos ela fica antes da cura."""

    nome: str
    explica: str
    dura_s: tuple[float, float]
    faz: Callable[[Cena], AbstractContextManager[str]]
    congela: bool = False  # precisa de SIGSTOP, que o Windows não tem
    sabota: bool = False  # o que se sabota é a transação, que o serviço ingênuo não tem


FALHAS = {
    falha.nome: falha
    for falha in (
        Falha("nenhuma", "nada acontece: a linha de base", (3.0, 5.0), _nenhuma),
        Falha("ctrl-c", "Ctrl+C em um serviço", (0.0, 4.0), _servico_cai(Linha.fecha)),
        Falha("kill-9", "kill -9 em um serviço", (0.0, 4.0), _servico_cai(Linha.mata)),
        Falha(
            "kill-9-no-commit",
            "kill -9 entre enviar e confirmar",
            (0.0, 2.0),
            _sabotagem("kill-9-no-commit", termina=Linha.mata),
            sabota=True,
        ),
        Falha(
            "ctrl-c-no-commit",
            "Ctrl+C entre enviar e confirmar",
            (1.0, 3.0),
            _sabotagem("ctrl-c-no-commit", termina=Linha.mata),
            sabota=True,
        ),
        Falha("aborta", "transações abortadas ao acaso", (3.0, 6.0), _sabotagem("aborta"), sabota=True),
        Falha(
            "envio-falho",
            "envios que o broker gravou e a resposta nega",
            (3.0, 6.0),
            _sabotagem("envio-falho", ETAPAS[:2]),
            sabota=True,
        ),
        Falha(
            "passo-lento", "um passo além do max.poll.interval.ms", (6.0, 9.0), _sabotagem("passo-lento"), sabota=True
        ),
        Falha("congela", "um serviço congelado além da sessão, que acorda", (ALEM_DA_SESSAO_S, 10.0), _congela, True),
        Falha(
            "congela-no-join", "congelado no meio de um join", (ALEM_DA_SESSAO_S, 10.0), _congela_no_join, True, True
        ),
        Falha("instancias", "entram até quatro estoques, e saem", (0.0, 3.0), _instancias),
        Falha("produtor-morto", "kill -9 no produtor", (0.0, 1.0), _produtor_morto),
        Falha("veneno", "registros que não são pedidos", (0.0, 1.0), _veneno),
        Falha("broker-para", "um broker parado", (1.0, 6.0), _broker_cai(BrokerLocal.para)),
        Falha("broker-mata", "kill -9 em um broker", (0.0, 6.0), _broker_cai(BrokerLocal.mata)),
        Falha("broker-congela", "um broker congelado", (2.0, 9.0), _broker_congela, True),
        Falha("broker-reinicia", "cada broker reiniciado", (0.0, 1.0), _broker_reinicia),
    )
}
PODE_CONGELAR = hasattr(signal, "SIGSTOP") and os.name == "posix"
