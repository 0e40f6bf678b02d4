"""O Kafka respondeu, e a resposta é não: senha errada ou falta de permissão. Esperar não muda nenhuma das duas."""

import os

from kafka.errors import (
    AuthorizationError,
    GroupAuthorizationFailedError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from common.conexao.clientes import bootstrap
from common.conexao.remendos import IdentificacaoRecusada
from common.configuracao import ETAPAS, topicos
from common.erros import ErroDoLaboratorio

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
