"""Os exames que precisam do Kafka, do socket à lição. O primeiro que impede a conversa é o último."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from common.conexao.clientes import bootstrap, conexao, enderecos
from common.conexao.porta import CONEXAO_S
from common.conexao.recusas import RECUSAS, explica
from common.configuracao import topicos
from common.erros import ErroDoLaboratorio, PrazoEsgotado, motivo
from common.prazo import Prazo, com_prazo
from lab.diagnostico.achado import Achado, certo, errado, neutro
from lab.diagnostico.aperto_de_mao import RESPOSTAS_S, Apresentacao, aperta_a_mao, exige_alcance, exige_porta
from lab.diagnostico.aula import examina_grupos, examina_topicos, pedidos_que_esperam
from lab.diagnostico.transacoes import COM_DEFEITO, examina_transacoes
from lab.kafka_local.distribuicao.versao import VERSAO_KAFKA

PORTA_S = 2 * CONEXAO_S  # dois endereços mudos; também a procura do nome, que no socket não tem prazo
APERTO_S = RESPOSTAS_S + 3.0  # e, se a resposta não veio, a conversa que descobre quem atende
CONTAGEM_S = 2.0  # dos pedidos que esperam: os de uma aula, 0,1 s
AULA_S = 4.0  # tópicos, grupos e transações: aqui, 50 ms ao todo


def exige_variaveis() -> None:
    """Erro: ErroDeUso se KAFKA_* ou LAB_PREFIXO não servem."""
    conexao()
    topicos()


def examina_kafka(pode_iniciar: bool) -> Iterator[Achado]:
    """Os achados no Kafka de KAFKA_BOOTSTRAP_SERVERS. `pode_iniciar`: esta máquina tem com que iniciar um."""
    try:
        com_prazo(lambda: exige_porta(pode_iniciar), PORTA_S, f"a conexão a {bootstrap()}")
        yield certo(f"porta aberta em {'um de ' if len(enderecos()) > 1 else ''}{bootstrap()}")
        broker = com_prazo(aperta_a_mao, APERTO_S, f"o aperto de mão com {bootstrap()}")
        yield from _da_versao(broker)
        com_prazo(lambda: exige_alcance(broker.anunciados), PORTA_S, "a conexão aos endereços anunciados")
        anunciados = ", ".join(f"{host}:{porta}" for host, porta in broker.anunciados)
        yield certo(f"ele se anuncia como {anunciados}, e daqui se chega lá")
        yield from _da_aula(broker)
    except PrazoEsgotado as erro:
        yield errado(f"{erro}: confira a rede e o endereço, e repita")
    except ErroDoLaboratorio as erro:
        yield errado(str(erro))


def _da_versao(broker: Apresentacao) -> Iterator[Achado]:
    yield certo(f"Kafka {'.'.join(map(str, broker.versao))} responde em {broker.endereco}")
    if broker.versao >= COM_DEFEITO:
        yield neutro(
            f"o Kafka deste laboratório é o {VERSAO_KAFKA}, de propósito: em um mais novo, um broker morto no meio de "
            "um commit pode prender um grupo para sempre"
        )


def _da_aula(broker: Apresentacao) -> Iterator[Achado]:
    prazo = Prazo(AULA_S)
    prazo_ms = AULA_S * 1000
    so_este = {"bootstrap_servers": [broker.endereco], "bootstrap_timeout_ms": prazo_ms, "request_timeout_ms": prazo_ms}
    try:
        admin = com_prazo(lambda: KafkaAdminClient(**conexao() | so_este), prazo.resta, "a conexão aos brokers")
    except KafkaError as erro:
        raise ErroDoLaboratorio(f"o Kafka em {broker.endereco} parou de responder ({motivo(erro)}): repita") from None
    try:
        yield from _pergunta("os tópicos", partial(examina_topicos, admin), prazo)
        esperam: dict[str, int] = {}
        # o que não se conta a tempo não se diz: quem conta é o confere
        with suppress(KafkaError, ErroDoLaboratorio):
            esperam = com_prazo(partial(pedidos_que_esperam, admin), min(CONTAGEM_S, prazo.resta), "a contagem")
        yield from _pergunta("os grupos", partial(examina_grupos, admin, esperam), prazo)
        yield from _pergunta("as transações", partial(examina_transacoes, admin, broker.versao), prazo)
    finally:
        admin.close()


def _pergunta(o_que: str, exame: Callable[[], list[Achado]], prazo: Prazo) -> list[Achado]:
    """Os achados do exame; uma recusa é um deles, e não impede os outros. Erro: ErroDoLaboratorio sem resposta."""
    try:
        return com_prazo(exame, prazo.resta, o_que)
    except RECUSAS as erro:
        return [errado(str(explica(erro)))]
    except (KafkaError, PrazoEsgotado) as erro:
        raise ErroDoLaboratorio(
            f"o Kafka não disse {o_que} ({motivo(erro)}): um broker parou? Repita; se continuar, reinicie-o"
        ) from None
