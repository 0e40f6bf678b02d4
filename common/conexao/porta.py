"""A porta do Kafka antes do cliente Kafka: um socket é mais barato, e diz o que houve.

Cada cliente que não conecta deixa uma thread para trás, e conta todo erro de TLS como um Kafka que não responde.
"""

import socket
import ssl

from kafka.errors import KafkaConnectionError

from common.conexao.clientes import alcancaveis, bootstrap
from common.conexao.seguranca import contexto_tls
from common.erros import ErroDoLaboratorio, KafkaIndisponivel
from common.significados import significado

CONEXAO_S = 3.0  # um broker na rede local responde em milissegundos; no Windows, que insiste, uma recusa leva 2 s
TLS_S = 5.0  # duas idas e voltas, até um cluster do outro lado do mundo

# os códigos do OpenSSL (X509_V_ERR_*) que um aluno pode encontrar
_DEFEITOS = {
    10: "venceu",
    18: "assinou a si mesmo",
    19: "quem o assinou não é conhecido aqui",
    20: "quem o assinou não é conhecido aqui",
    62: "é de outra máquina",
    64: "é de outra máquina",
}


def exige_porta_aberta() -> None:
    """Volta se um endereço do ambiente, ou um broker já visto, aceita conexão e, com TLS, tem um certificado que serve.

    Erros: KafkaIndisponivel se nenhum aceita, KafkaConnectionError se não é TLS o que há lá, ErroDoLaboratorio se o
    certificado não serve.
    """
    recusa = KafkaIndisponivel()
    for host, porta in alcancaveis():
        try:
            conexao = conecta(host, porta)
        except KafkaIndisponivel as erro:
            recusa = erro
            continue
        with conexao:
            _confere_o_certificado(conexao, host)
        return
    raise recusa


def conecta(host: str, porta: int) -> socket.socket:
    """Uma conexão TCP. Erro: KafkaIndisponivel, com o motivo."""
    try:
        return socket.create_connection((host, porta), CONEXAO_S)
    except ConnectionRefusedError:
        motivo = "conexão recusada"
    except socket.gaierror:
        motivo = f"o nome {host} não existe na rede"
    except TimeoutError:
        motivo = f"sem resposta em {CONEXAO_S:g} s"
    except OSError as erro:
        motivo = significado(erro)
    except UnicodeError:
        motivo = f"o nome {host} não é um que a rede aceite"
    raise KafkaIndisponivel(motivo)


def _confere_o_certificado(conexao: socket.socket, host: str) -> None:
    contexto = contexto_tls()
    if contexto is None:
        return
    conexao.settimeout(TLS_S)
    try:
        contexto.wrap_socket(conexao, server_hostname=host).close()
    except ssl.SSLCertVerificationError as erro:
        defeito = _DEFEITOS.get(erro.verify_code, erro.verify_message)
        raise ErroDoLaboratorio(
            f"o certificado do Kafka em {bootstrap()} não é de confiança ({defeito}): "
            "KAFKA_SSL_CAFILE é o arquivo que lhe deram com o cluster?"
        ) from None
    except OSError as erro:  # também ssl.SSLError: respondeu outra coisa, ou desligou
        raise KafkaConnectionError(f"a porta não fala TLS: {erro}") from None
