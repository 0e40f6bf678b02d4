"""Garante que nada fica para trás: `python -m lab.processos.vigia [--trava ARQUIVO] -- COMANDO...`

O vigia põe o comando para rodar, escreve o pid dele na primeira linha e espera a própria entrada padrão
acabar. Ela acaba quando quem chamou o vigia a fecha ou deixa de existir, mesmo por kill -9; então o vigia
encerra o comando. Se o comando termina sozinho, o vigia termina com o status dele. Só a biblioteca padrão.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from lab.processos.trava import Trava

PRAZO_PARA_ENCERRAR_S = 5.0  # o Kafka encerra em menos de 1 s; um congelado não responde e é morto depois disto
STATUS_TRAVA_OCUPADA = 75  # EX_TEMPFAIL: outro vigia segura a trava
_PR_SET_PDEATHSIG = 1  # prctl(2): o sinal que o Linux envia ao filho quando o pai morre


# Opções do Popen que deixam o processo fora do alcance do Ctrl+C e do fechamento do terminal.
SESSAO_NOVA = sys.platform != "win32"
GRUPO_NOVO: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # só existe no Windows


def _morre_com_o_vigia() -> Callable[[], None] | None:
    """Para o caso de matarem também o vigia (`pkill -9 python`). O Linux sabe fazer isso; os outros, não."""
    if sys.platform != "linux":
        return None
    import ctypes

    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _encerra(filho: "subprocess.Popen[bytes]") -> None:
    filho.terminate()
    try:
        filho.wait(PRAZO_PARA_ENCERRAR_S)
    except subprocess.TimeoutExpired:
        filho.kill()


def _encerra_quando_a_entrada_acabar(filho: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):  # entrada fechada ou inválida: também é o fim
        while os.read(0, 1024):  # os.read, e não sys.stdin: a trava interna dele prenderia o fim do processo
            pass
    _encerra(filho)


def vigia(comando: list[str]) -> int:
    """Roda `comando` (list[str]) até ele ou quem chamou o vigia terminar. Devolve o status (int) do comando."""
    filho = subprocess.Popen(
        comando,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,  # a saída padrão do vigia é só para o pid
        stderr=sys.stderr,
        preexec_fn=_morre_com_o_vigia(),
        start_new_session=SESSAO_NOVA,
        creationflags=GRUPO_NOVO,
    )
    # um kill comum no vigia vale como o fim de quem o chamou
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=_encerra, args=(filho,)).start())
    threading.Thread(target=_encerra_quando_a_entrada_acabar, args=(filho,), daemon=True).start()
    with contextlib.suppress(OSError):  # quem chamou já se foi: a thread acima cuida disso
        os.write(1, f"{filho.pid}\n".encode())
    status = filho.wait()
    return status if status >= 0 else 128 - status  # morto por um sinal: a convenção do shell


def main(argumentos: list[str]) -> int:
    """Lê a linha de comando do vigia e o executa. Devolve o status (int)."""
    for nome in ("SIGINT", "SIGHUP", "SIGBREAK"):  # só quem chamou decide, fechando a entrada
        if hasattr(signal, nome):
            # e não SIG_IGN: o filho herdaria a surdez, e o Ctrl+C não o pararia
            signal.signal(getattr(signal, nome), lambda *_: None)
    separador = argumentos.index("--")
    opcoes, comando = argumentos[:separador], argumentos[separador + 1 :]
    if opcoes[:1] != ["--trava"]:
        return vigia(comando)
    with Trava(Path(opcoes[1])) as trava:
        return vigia(comando) if trava.tenta() else STATUS_TRAVA_OCUPADA


if __name__ == "__main__":
    # os._exit: a thread que ainda espera a entrada não pode segurar o fim do processo
    os._exit(main(sys.argv[1:]))
