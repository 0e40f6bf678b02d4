"""Se um endereço aceita conexões feitas desta máquina."""

import socket

from common.conexao.porta import CONEXAO_S


def por_que_nao(host: str, porta: int) -> str | None:
    """Por que daqui não se chega a `host`:`porta` (str); None se se chega."""
    try:
        socket.create_connection((host, porta), CONEXAO_S).close()
    except ConnectionRefusedError:
        return "conexão recusada"
    except socket.gaierror:
        return f"o nome {host} não existe na rede"
    except TimeoutError:
        return f"sem resposta em {CONEXAO_S:g} s"
    except (OSError, UnicodeError) as erro:  # UnicodeError: um nome que nem o DNS aceita
        return str(erro)
    return None
