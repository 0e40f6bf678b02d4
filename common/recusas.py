"""O Kafka respondeu, e a resposta é não: senha errada ou falta de permissão. Esperar não muda nenhuma das duas."""

import os
from collections.abc import Callable
from typing import Any

from kafka.errors import (
    AuthorizationError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    IncompatibleBrokerVersion,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.connection import KafkaConnection
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

from common.clientes import bootstrap
from common.configuracao import ETAPAS, topicos
from common.erros import ErroDoLaboratorio

_identifica = KafkaConnection._sasl_authenticate


class IdentificacaoRecusada(IncompatibleBrokerVersion):  # type: ignore[misc]  # o kafka-python não tem tipos
    """O broker não aceitou o mecanismo, o usuário ou a senha.

    O kafka-python 3.0 repete o bootstrap depois de uma senha recusada, em silêncio e até o prazo, e o resultado parece
    um Kafka que não responde. Do laço dele (KafkaConnectionManager._do_bootstrap) só sai um IncompatibleBrokerVersion:
    por isso este erro é um deles.
    """


async def _identifica_ou_recusa(conexao: Any, timeout_at: float | None = None) -> None:
    try:
        await _identifica(conexao, timeout_at)
    except (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, IllegalSaslStateError) as erro:
        raise IdentificacaoRecusada(type(erro).__name__) from erro


KafkaConnection._sasl_authenticate = _identifica_ou_recusa


def _entrega_antes_de_acusar(recebe: Callable[[Any], tuple[bytes, Any]]) -> Callable[[Any], tuple[bytes, Any]]:
    """O broker recusa e desliga em seguida; o kafka-python 3.0 vê as duas coisas juntas e joga fora a resposta.

    Com o que foi lido entregue primeiro, o fim da conexão aparece na leitura seguinte.
    """

    def recebe_e_entrega(transporte: Any) -> tuple[bytes, Any]:
        dados, erro = recebe(transporte)
        return dados, None if dados else erro

    return recebe_e_entrega


for _transporte in (KafkaTCPTransport, KafkaSSLTransport):
    _transporte._sock_recv = _entrega_antes_de_acusar(_transporte._sock_recv)

RECUSAS = (AuthorizationError, IdentificacaoRecusada)


def explica(recusa: Exception) -> ErroDoLaboratorio:
    """A linha que diz o que o Kafka recusou e a quem pedir, como um ErroDoLaboratorio a levantar."""
    usuario = os.environ.get("KAFKA_SASL_USERNAME")
    quem = f"o usuário {usuario}" if usuario else "quem não se identifica"
    if isinstance(recusa, IdentificacaoRecusada):
        mecanismo = f"KAFKA_SASL_MECHANISM={os.environ.get('KAFKA_SASL_MECHANISM')}"
        if isinstance(recusa.__cause__, SaslAuthenticationFailedError):
            return ErroDoLaboratorio(
                f"o Kafka em {bootstrap()} não aceitou {quem}: confira KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD e se "
                f"este usuário existe em {mecanismo}"
            )
        return ErroDoLaboratorio(
            f"o Kafka em {bootstrap()} não conhece {mecanismo}: use o mecanismo que lhe deram com o usuário e a senha"
        )
    grupos = [etapa.grupo for etapa in ETAPAS]
    o_que = {
        TopicAuthorizationFailedError: f"usar os tópicos {', '.join(topicos())}",
        GroupAuthorizationFailedError: f"usar os grupos {', '.join(grupos)}",
        TransactionalIdAuthorizationFailedError: f"usar transações (transactional.id {', '.join(grupos)}-*)",
    }.get(type(recusa), f"fazer isto ({type(recusa).__name__})")
    return ErroDoLaboratorio(
        f"o Kafka em {bootstrap()} não deixa {quem} {o_que}: peça a permissão a quem administra o cluster, ou confira "
        "LAB_PREFIXO"
    )
