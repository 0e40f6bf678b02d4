"""O Kafka respondeu, e a resposta é não: senha errada, falta de permissão, o que ele não aceita. Esperar não muda nada.

E o que se diz quando a recusa pode passar: quem mais está no grupo pode sair dele.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from kafka.errors import (
    AuthorizationError,
    GroupAuthorizationFailedError,
    InconsistentGroupProtocolError,
    InvalidTopicError,
    InvalidTransactionTimeoutError,
    KafkaError,
    PolicyViolationError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from common.conexao.clientes import TRANSACAO_MS, administrador, bootstrap
from common.conexao.grupos import estranhos
from common.conexao.remendos import IdentificacaoRecusada
from common.configuracao import ETAPAS, topicos
from common.erros import ErroDoLaboratorio, PrazoEsgotado, motivo
from common.prazo import Prazo, com_prazo

PERGUNTA_S = 5.0  # conectar e perguntar: aqui, 0,1 s

_NAO_ACEITA = {
    InvalidTransactionTimeoutError: (
        f"transações de {TRANSACAO_MS // 1000} s: peça a quem o administra que aumente transaction.max.timeout.ms"
    ),
    InvalidTopicError: (
        "o nome de um dos tópicos: escolha outro LAB_PREFIXO (já há um que só difere dele em '.' e '_', que o Kafka "
        "confunde)"
    ),
    PolicyViolationError: (
        "tópicos como os da aula (a política dele é outra): peça a quem o administra que os crie, com 3 partições"
    ),
}

RECUSAS = (AuthorizationError, IdentificacaoRecusada, *_NAO_ACEITA)


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
    if o_que := _NAO_ACEITA.get(type(recusa)):
        quais = f" ({', '.join(topicos())})" if isinstance(recusa, InvalidTopicError) else ""
        return ErroDoLaboratorio(f"o Kafka em {bootstrap()} não aceita {o_que}{quais}")
    grupos = [etapa.grupo for etapa in ETAPAS]
    o_que = {
        TopicAuthorizationFailedError: f"usar os tópicos {', '.join(topicos())}",
        GroupAuthorizationFailedError: f"usar os grupos {', '.join(grupos)}",
        TransactionalIdAuthorizationFailedError: f"usar transações (transactional.id {', '.join(grupos)}-*)",
    }.get(type(recusa), f"fazer isto ({motivo(recusa)})")
    return ErroDoLaboratorio(
        f"o Kafka em {bootstrap()} não deixa {quem} {o_que}: peça a permissão a quem administra o cluster, ou confira "
        "LAB_PREFIXO"
    )


def motivo_da_perda(erro: Exception, grupo: str, a_cada_passo: Callable[[Prazo], None]) -> str:
    """O que dizer de uma sessão perdida: se um estranho no grupo a impede, quem é ele."""
    if isinstance(erro, InconsistentGroupProtocolError):
        with suppress(KafkaError, PrazoEsgotado):  # quem atende saiu neste instante: fica o nome do erro
            if quem := com_prazo(partial(_estranhos_em, grupo), PERGUNTA_S, "descrever o grupo", a_cada_passo):
                return f"{quem}: encerre esse programa, ou use outro LAB_PREFIXO"
    return motivo(erro)


def _estranhos_em(grupo: str) -> str | None:
    with administrador() as admin:
        return estranhos(admin.describe_groups([grupo])[grupo])
