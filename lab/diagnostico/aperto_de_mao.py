"""A primeira conversa com o Kafka: a porta, a versão e os endereços que ele anuncia.

O cliente acha o cluster pelo endereço que lhe deram e dali em diante só usa os anunciados: se daqui não se chega a
eles, tudo parece bem até o primeiro pedido. Por isso os anunciados vêm da própria conexão de chegada.
"""

from dataclasses import dataclass

from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from common.conexao.clientes import bootstrap, conexao, enderecos, volta_ao_da_aula
from common.conexao.espera import COMO_INICIAR
from common.conexao.porta import conecta, exige_porta_aberta
from common.conexao.recusas import RECUSAS, explica
from common.conexao.seguranca import protocolo
from common.erros import ErroDoLaboratorio, KafkaIndisponivel
from common.prazo import Prazo
from lab.diagnostico.quem_atende import descreve

RESPOSTA_S = 2.5  # um broker na rede local responde em 10 ms; do outro lado do mundo, com TLS e senha, em 1,5 s
RESPOSTAS_S = 2 * RESPOSTA_S  # todos os endereços juntos: em um cluster, o primeiro pode estar congelado


@dataclass(frozen=True)
class Apresentacao:
    """O que um broker disse de si e do cluster."""

    endereco: str  # onde respondeu, HOST:PORTA
    versao: tuple[int, ...]  # pelo protocolo: (4, 2) tanto na 4.2.0 quanto na 4.2.2
    anunciados: list[tuple[str, int]]  # (host, porta) de cada broker


def exige_porta(pode_iniciar: bool) -> None:
    """Volta se alguém atende em KAFKA_BOOTSTRAP_SERVERS. Erro: ErroDoLaboratorio, que diz o que fazer.

    `pode_iniciar`: esta máquina tem com que iniciar um Kafka.
    """
    try:
        exige_porta_aberta()
    except KafkaIndisponivel as erro:
        como = COMO_INICIAR if pode_iniciar else "instale o Docker ou um Java (veja acima) e inicie um"
        if volta := volta_ao_da_aula():
            como = f"{volta}. Se é esse mesmo que você quer: {como}"
        raise ErroDoLaboratorio(f"ninguém atende em {bootstrap()} ({erro}): {como}") from None
    except KafkaConnectionError:
        raise ErroDoLaboratorio(
            f"quem atende em {bootstrap()} não fala TLS, e KAFKA_SECURITY_PROTOCOL={protocolo()} o exige: confira o "
            "protocolo e a porta"
        ) from None


def aperta_a_mao() -> Apresentacao:
    """A apresentação do primeiro endereço que responde. Erro: ErroDoLaboratorio, que diz quem atende."""
    prazo = Prazo(RESPOSTAS_S)
    calados = []
    for texto, (host, porta) in zip(conexao()["bootstrap_servers"], enderecos(), strict=True):
        if _por_que_nao(host, porta):
            continue  # um broker do cluster está parado; basta outro
        try:
            return _apresenta(texto, min(RESPOSTA_S, prazo.resta))
        except RECUSAS as erro:
            raise explica(erro) from None
        except KafkaError:
            calados.append((texto, host, porta))
    if not calados:
        raise ErroDoLaboratorio(f"ninguém mais atende em {bootstrap()}: repita")
    texto, host, porta = calados[0]
    raise ErroDoLaboratorio(f"{texto}: {descreve(host, porta)}")


def _apresenta(endereco: str, segundos: float) -> Apresentacao:
    rede = NetworkSelector()
    cliente = KafkaConnectionManager(rede, **conexao() | {"bootstrap_servers": [endereco]})
    try:
        cliente.bootstrap(segundos * 1000)
        anunciados = [(broker.host, broker.port) for broker in cliente.cluster.brokers()]
        return Apresentacao(endereco, cliente.broker_version, anunciados)
    except KafkaTimeoutError:
        if cliente.broker_version is None:
            raise
        # a versão qualquer um pode perguntar; o resto, só quem se identifica como ele quer
        raise ErroDoLaboratorio(
            f"o Kafka em {endereco} desliga depois de dizer a versão: a segurança dele não é "
            f"KAFKA_SECURITY_PROTOCOL={protocolo()}; use o protocolo que lhe deram com o cluster"
        ) from None
    finally:
        cliente.close()
        rede.close()


def exige_alcance(anunciados: list[tuple[str, int]]) -> None:
    """Volta se daqui se chega a todos os endereços anunciados. Erro: ErroDoLaboratorio."""
    motivos = {f"{host}:{porta}": _por_que_nao(host, porta) for host, porta in anunciados}
    falham = [f"{endereco} ({motivo})" for endereco, motivo in motivos.items() if motivo]
    if not falham:
        return
    if len(falham) < len(anunciados):
        raise ErroDoLaboratorio(
            f"daqui se chega a uma parte do cluster, e não a {', '.join(falham)}: um broker que acaba de cair leva "
            "alguns segundos para sair da lista (repita); se continuar, corrija o advertised.listeners dele"
        )
    raise ErroDoLaboratorio(
        f"o Kafka se anuncia como {', '.join(falham)}, e daqui não se chega lá: use o docker-compose.yml deste "
        "laboratório, que anuncia 127.0.0.1:9092; em outro Kafka, corrija o advertised.listeners dele"
    )


def _por_que_nao(host: str, porta: int) -> str | None:
    """Por que daqui não se chega a `host`:`porta` (str); None se se chega."""
    try:
        conecta(host, porta).close()
    except KafkaIndisponivel as erro:
        return str(erro)
    return None
