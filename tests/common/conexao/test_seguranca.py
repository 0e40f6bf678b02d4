"""As variáveis de segurança: o que chega aos clientes, e o que é recusado em uma linha, sem a senha."""

import socket
import ssl
from pathlib import Path

import pytest
import trustme
from kafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.transport import KafkaTCPTransport

from common.conexao import clientes, espera, porta, seguranca
from common.conexao.remendos import IdentificacaoRecusada
from common.erros import ErroDeUso, ErroDoLaboratorio
from common.terminal.sinais import Interrupcao
from tests.common.conftest import SENHA


def test_sem_variaveis_nao_ha_senha_nem_tls() -> None:
    assert seguranca.identificacao() == {"security_protocol": "PLAINTEXT", "ssl_context": None}


def test_a_senha_e_o_tls_chegam_a_todos_os_clientes(com_senha: None) -> None:
    for configuracao in (
        clientes.conexao(),
        clientes.do_consumidor("g"),
        clientes.do_produtor(),
        clientes.do_produtor_transacional("t"),
    ):
        assert configuracao["security_protocol"] == "SASL_SSL"
        assert configuracao["sasl_mechanism"] == "SCRAM-SHA-512"
        assert (configuracao["sasl_plain_username"], configuracao["sasl_plain_password"]) == ("ana", SENHA)
        assert configuracao["ssl_context"].verify_mode is ssl.CERT_REQUIRED
        assert configuracao["ssl_context"].check_hostname


def test_a_autoridade_e_a_do_arquivo_ou_as_do_sistema(
    com_senha: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("KAFKA_SSL_CAFILE", raising=False)
    do_sistema = seguranca.contexto_tls()
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("KAFKA_SSL_CAFILE", str(tmp_path / "ca.pem"))
    do_arquivo = seguranca.contexto_tls()
    assert do_arquivo is not None and do_sistema is not None
    assert len(do_arquivo.get_ca_certs()) == 1
    assert do_arquivo.get_ca_certs() != do_sistema.get_ca_certs()


RUINS = [
    ({"KAFKA_SECURITY_PROTOCOL": "FOO"}, "KAFKA_SECURITY_PROTOCOL='FOO' não serve: escolha entre PLAINTEXT, SSL, "),
    (
        {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_MECHANISM": "plain"},
        "KAFKA_SASL_MECHANISM='plain' não serve",
    ),
    ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_PASSWORD": ""}, "SASL_SSL exige também KAFKA_SASL_PASSWORD"),
    (
        {"KAFKA_SECURITY_PROTOCOL": ""},
        "KAFKA_SASL_MECHANISM está definida, mas KAFKA_SECURITY_PROTOCOL=PLAINTEXT não a",
    ),
    (
        {"KAFKA_SECURITY_PROTOCOL": "SSL"},
        "KAFKA_SASL_MECHANISM está definida, mas KAFKA_SECURITY_PROTOCOL=SSL não a usa",
    ),
    ({"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA_SSL_CAFILE": "x"}, "KAFKA_SSL_CAFILE está definida, mas"),
    ({"KAFKA_SSL_CAFILE": "nao/existe.pem"}, "KAFKA_SSL_CAFILE=nao/existe.pem: não existe"),
    ({"KAFKA_SSL_CAFILE": "pyproject.toml"}, "não há um certificado PEM nele"),
]


@pytest.mark.parametrize(("ambiente", "trecho"), RUINS, ids=lambda valor: str(valor)[:30])
def test_um_engano_e_dito_em_uma_linha(
    com_senha: None, monkeypatch: pytest.MonkeyPatch, ambiente: dict[str, str], trecho: str
) -> None:
    for variavel, valor in ambiente.items():
        monkeypatch.setenv(variavel, valor)
    with pytest.raises(ErroDeUso) as erro:
        clientes.conexao()
    assert trecho in str(erro.value)
    assert SENHA not in str(erro.value) and str(erro.value).isprintable()


def identificacao_recusada(causa: Exception) -> IdentificacaoRecusada:
    recusada = IdentificacaoRecusada(type(causa).__name__)
    recusada.__cause__ = causa
    return recusada


RECUSADOS = [
    (identificacao_recusada(SaslAuthenticationFailedError(f"ana/{SENHA}")), "não aceitou o usuário ana: confira"),
    (identificacao_recusada(UnsupportedSaslMechanismError()), "não conhece KAFKA_SASL_MECHANISM=SCRAM-SHA-512"),
    (TopicAuthorizationFailedError(SENHA), "não deixa o usuário ana usar os tópicos novos_pedidos, pedidos_aprovados"),
    (GroupAuthorizationFailedError(), "não deixa o usuário ana usar os grupos grupo_estoque, grupo_pagamento"),
    (TransactionalIdAuthorizationFailedError(), "usar transações (transactional.id grupo_estoque, "),
    (ClusterAuthorizationFailedError(), "fazer isto (ClusterAuthorizationFailedError: falta uma permissão"),
]


@pytest.mark.parametrize(("recusa", "trecho"), RECUSADOS, ids=lambda valor: type(valor).__name__)
def test_uma_recusa_nao_se_espera(
    com_senha: None, monkeypatch: pytest.MonkeyPatch, recusa: Exception, trecho: str
) -> None:
    def abre() -> None:
        raise recusa

    monkeypatch.setattr(espera, "exige_porta_aberta", lambda: None)
    with pytest.raises(ErroDoLaboratorio) as erro:
        espera.quando_houver_kafka(abre, pytest.fail, Interrupcao(), 30)
    assert trecho in str(erro.value)
    assert SENHA not in str(erro.value) and erro.value.__cause__ is None


def test_a_senha_nao_aparece_quando_ninguem_responde(com_senha: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    with pytest.raises(ErroDoLaboratorio) as fechado:
        porta.exige_porta_aberta()
    assert SENHA not in str(fechado.value)


def test_a_resposta_que_chega_junto_com_o_fim_da_conexao_nao_se_perde() -> None:
    deste_lado, do_broker = socket.socketpair()
    with deste_lado:
        with do_broker:
            do_broker.sendall(b"recusado")
        transporte = KafkaTCPTransport(None, deste_lado)
        assert transporte._sock_recv() == (b"recusado", None)
        nada, erro = transporte._sock_recv()
        assert nada == b"" and isinstance(erro, KafkaConnectionError)
