"""Usuário, senha e TLS das variáveis KAFKA_*, conferidos antes de qualquer conexão: um engano aqui pareceria rede."""

import os
import ssl
from functools import cache
from typing import Any

from common.erros import ErroDeUso
from common.significados import significado

PROTOCOLOS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECANISMOS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

_DA_SENHA = ("KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")
_DO_TLS = "KAFKA_SSL_CAFILE"
VARIAVEIS = ("KAFKA_SECURITY_PROTOCOL", *_DA_SENHA, _DO_TLS)


def protocolo() -> str:
    """KAFKA_SECURITY_PROTOCOL (str, um dos PROTOCOLOS). Erro: ErroDeUso."""
    return _uma_de("KAFKA_SECURITY_PROTOCOL", PROTOCOLOS, os.environ.get("KAFKA_SECURITY_PROTOCOL") or "PLAINTEXT")


def contexto_tls() -> ssl.SSLContext | None:
    """Como conferir o certificado do broker; None se o protocolo não usa TLS. Erro: ErroDeUso."""
    return _contexto(os.environ.get(_DO_TLS)) if protocolo().endswith("SSL") else None


def identificacao() -> dict[str, Any]:
    """A parte de segurança (dict) da configuração de um cliente kafka-python. Erro: ErroDeUso."""
    com_senha = protocolo().startswith("SASL")
    esperadas = [*(_DA_SENHA if com_senha else ()), *([_DO_TLS] if protocolo().endswith("SSL") else ())]
    for variavel in VARIAVEIS[1:]:
        if os.environ.get(variavel) and variavel not in esperadas:
            raise ErroDeUso(
                f"{variavel} está definida, mas KAFKA_SECURITY_PROTOCOL={protocolo()} não a usa: "
                "escolha o protocolo do seu cluster (SASL_SSL, em geral), ou apague a variável"
            )
    configuracao: dict[str, Any] = {"security_protocol": protocolo(), "ssl_context": contexto_tls()}
    if com_senha:
        for variavel in _DA_SENHA:
            if not os.environ.get(variavel):
                raise ErroDeUso(f"KAFKA_SECURITY_PROTOCOL={protocolo()} exige também {variavel}")
        mecanismo, usuario, senha = (os.environ[variavel] for variavel in _DA_SENHA)
        configuracao |= {
            "sasl_mechanism": _uma_de("KAFKA_SASL_MECHANISM", MECANISMOS, mecanismo),
            "sasl_plain_username": usuario,
            "sasl_plain_password": senha,
        }
    return configuracao


def _uma_de(variavel: str, opcoes: tuple[str, ...], valor: str) -> str:
    if valor not in opcoes:
        raise ErroDeUso(f"{variavel}={valor!r} não serve: escolha entre {', '.join(opcoes)}")
    return valor


@cache  # ler as autoridades do sistema a cada conexão custaria mais do que a conexão
def _contexto(cafile: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=cafile)
    except OSError as erro:  # também ssl.SSLError: não há um certificado no arquivo
        motivo = "não há um certificado PEM nele" if isinstance(erro, ssl.SSLError) else significado(erro)
        raise ErroDeUso(f"não consegui usar o arquivo de {_DO_TLS}={cafile}: {motivo}") from None
