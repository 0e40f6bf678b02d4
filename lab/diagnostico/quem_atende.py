"""O que atende em uma porta aberta que não responde como um Kafka: como se comporta, e que programa é."""

import ipaddress
import re
import socket

import psutil

from common.conexao.porta import CONEXAO_S
from common.conexao.seguranca import contexto_tls, protocolo

ESCUTA_S = 1.0  # um servidor HTTP nesta máquina responde em milissegundos; muitos outros falam antes de ouvir
_TRECHO_BYTES = 1_024
_TRECHO_NA_LINHA = 40  # do que ele disse, o que basta para o reconhecer
_ALERTA_TLS = b"\x15\x03"  # TLS, registro do tipo alert: o que quem só fala TLS diz a quem não fala

_OUTRA_PORTA = (
    "encerre-o, ou use outra porta: python -m lab kafka --porta 9095 e, em cada terminal, "
    "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9095"
)


def descreve(host: str, porta: int) -> str:
    """Quem atende e o que fazer (str), depois de um aperto de mão sem resposta."""
    disse: bytes | None = b""
    dono = ""
    try:
        with socket.create_connection((host, porta), CONEXAO_S) as conexao:
            dono = _dono(conexao)
            disse = _escuta(conexao, host)
    except OSError:  # desligou: é uma resposta, como outra qualquer
        pass
    if disse is None:
        return (
            f"quem atende{dono} não diz nada. Se é o Kafka, ainda está subindo, ou congelou: repita, e depois "
            f"reinicie-o; se não é, {_OUTRA_PORTA}"
        )
    if disse.startswith(_ALERTA_TLS):
        return f"quem atende{dono} só fala TLS, e não KAFKA_SECURITY_PROTOCOL={protocolo()}: use o protocolo do cluster"
    if disse.startswith(b"HTTP/"):
        servidor = re.search(rb"^server: *([^\r\n]+)", disse, re.IGNORECASE | re.MULTILINE)
        nome = f" ({_texto(servidor[1])})" if servidor else ""
        return f"quem atende{dono} é um servidor HTTP{nome}, e não um Kafka: {_OUTRA_PORTA}"
    if disse:
        return f"quem atende{dono} não é um Kafka (disse {_texto(disse)!r}): {_OUTRA_PORTA}"
    return (
        f"quem atende{dono} desliga sem responder. Se é o Kafka, ainda está subindo (repita em 20 s), ou a segurança "
        f"dele não é KAFKA_SECURITY_PROTOCOL={protocolo()}; se não é, {_OUTRA_PORTA}"
    )


def _escuta(conexao: socket.socket, host: str) -> bytes | None:
    """O que ele diz (bytes, vazio se desliga) a um pedido HTTP; None se nada."""
    tls = contexto_tls()
    with tls.wrap_socket(conexao, server_hostname=host) if tls else conexao as canal:
        canal.settimeout(ESCUTA_S)
        try:
            canal.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return canal.recv(_TRECHO_BYTES)
        except TimeoutError:
            return None


def _texto(trecho: bytes) -> str:
    return trecho.decode("utf-8", "replace").strip()[:_TRECHO_NA_LINHA]


def _dono(conexao: socket.socket) -> str:
    """O programa que escuta na porta (str, com um espaço antes), se é desta máquina e o sistema o diz; senão, vazio."""
    endereco, porta = conexao.getpeername()[:2]
    if not ipaddress.ip_address(endereco).is_loopback:
        return ""
    try:
        for aberta in psutil.net_connections("tcp"):
            if aberta.status == psutil.CONN_LISTEN and aberta.laddr and aberta.laddr.port == porta and aberta.pid:
                return f" (processo {aberta.pid}, {psutil.Process(aberta.pid).name()})"
    except psutil.Error:  # o macOS só diz ao administrador; ou o programa terminou entre uma pergunta e outra
        pass
    return ""
