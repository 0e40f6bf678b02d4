"""Portas TCP desta máquina: qual está livre, qual está ocupada."""

import random
import socket
import sys

from common.erros import ErroDoLaboratorio

ESTA_MAQUINA = "127.0.0.1"  # e não "localhost": no Windows ele tenta ::1 antes, e cada recusa custa 2 s

# Abaixo das portas que os sistemas dão aos clientes (Linux: de 32768 em diante; Windows e macOS: de 49152). Em
# uma delas um cliente que insiste em reconectar acaba, um dia, conectado a si mesmo e toma a porta do broker.
_FAIXA = range(20_000, 30_000)
_SORTEIOS = 100
_PRAZO_DA_CONEXAO_S = 0.5  # quem escuta nesta máquina aceita na hora; uma recusa leva 2 s no Windows, e vale o mesmo


def aceita_conexao(porta: int) -> bool:
    """Diz se há alguém escutando na porta, no endereço IPv4 desta máquina."""
    try:
        with socket.create_connection((ESTA_MAQUINA, porta), _PRAZO_DA_CONEXAO_S):
            return True
    except OSError:
        return False


def livre(porta: int) -> bool:
    """Diz se um servidor poderia escutar na porta agora."""
    if sys.platform == "win32":
        # exclusivo e em todos os endereços: falha se há outro em qualquer um deles, e não é preciso esperar por uma
        # recusa (learn.microsoft.com, "Sharing Transport Addresses")
        endereco, opcao = "", socket.SO_EXCLUSIVEADDRUSE
    else:
        if aceita_conexao(porta):  # no macOS o bind abaixo daria certo ao lado de quem escuta em 0.0.0.0
            return False
        # como o Java faz: conexões antigas em TIME_WAIT não ocupam a porta
        endereco, opcao = ESTA_MAQUINA, socket.SO_REUSEADDR
    with socket.socket() as servidor:
        servidor.setsockopt(socket.SOL_SOCKET, opcao, 1)
        try:
            servidor.bind((endereco, porta))
        except OSError:
            return False
    return True


def sorteia() -> int:
    """Uma porta (int) livre. Erro: ErroDoLaboratorio se cem sorteios não acharem nenhuma."""
    for _ in range(_SORTEIOS):
        if livre(porta := random.choice(_FAIXA)):
            return porta
    raise ErroDoLaboratorio(f"nenhuma porta livre entre {_FAIXA.start} e {_FAIXA.stop - 1} nesta máquina")
