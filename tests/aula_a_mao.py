"""A aula como um aluno a faz, em um terminal por script: `python -m tests.aula_a_mao [--porta N]`.

Sem flags, no endereço de fábrica e sem variável nenhuma; com --porta, a de `lab kafka` e a variável nos outros
terminais. O diagnóstico com o Kafka parado e de pé, as Partes 2 e 3, o Kafka morto e de volta, e nada para trás.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil

from lab import RAIZ
from lab.kafka_local import portas
from lab.processos.script import Script
from lab.terminal.mensagem import informa

ESPERA_S = 120.0  # na primeira vez o Kafka é baixado
PADRAO = 9092


def ferramenta(ambiente: dict[str, str], *argumentos: str) -> tuple[int, str]:
    """O status (int) e o que disse (str) um comando que só termina."""
    fim = subprocess.run(
        [sys.executable, *argumentos],
        cwd=RAIZ,
        env=os.environ | ambiente | {"PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=ESPERA_S,
    )
    return fim.returncode, fim.stdout


def exige(certo: bool, o_que: str) -> None:
    if not certo:
        sys.exit(f"FALHOU: {o_que}")
    informa(f"certo: {o_que}")


def javas(pasta: Path) -> list[psutil.Process]:
    """Os Kafkas desta pasta; o vigia de cada um tem a linha de comando dele na sua."""
    todos = psutil.process_iter(["cmdline"])
    linhas = [(processo, processo.info["cmdline"] or []) for processo in todos]
    return [
        processo
        for processo, linha in linhas
        if "kafka.Kafka" in linha and "lab.processos.vigia" not in linha and str(pasta) in linha[-1]
    ]


def aula(porta: int, pasta: Path) -> None:
    padrao = porta == PADRAO
    ambiente: dict[str, str] = {} if padrao else {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{porta}"}
    do_kafka = ("-m", "lab", "kafka", "--pasta", str(pasta), *(() if padrao else ("--porta", str(porta))))
    with ExitStack() as terminais:

        def abre(*comando: str) -> Script:
            return terminais.enter_context(Script(*comando, ambiente=ambiente))

        status, disse = ferramenta(ambiente, "-m", "lab", "diagnostico")
        exige(status == 1 and "conexão recusada" in disse, "o diagnóstico diz que não há Kafka")
        kafka = abre(*do_kafka)
        kafka.espera("pronto em", ESPERA_S)
        _, disse = ferramenta(ambiente, "-m", "lab", "diagnostico")
        exige("e daqui se chega lá" in disse, "o diagnóstico acha o Kafka")

        servicos = [abre(f"servico_{nome}.py") for nome in ("notificacao", "pagamento", "estoque")]
        notificacao, pagamento, estoque = servicos
        for servico in servicos:
            servico.espera("partições atribuídas", ESPERA_S)
        exige(ferramenta(ambiente, "produtor_pedidos.py")[0] == 0, "o produtor envia 10")
        notificacao.espera("concluído", ESPERA_S, vezes=10)
        exige(True, "Parte 2: 10 concluídos")

        pagamento.ctrl_c()
        exige(pagamento.espera_fim(ESPERA_S) == 0, "Parte 3: o pagamento sai com Ctrl+C")
        ferramenta(ambiente, "produtor_pedidos.py")
        estoque.espera("aprovado", ESPERA_S, vezes=20)
        status, disse = ferramenta(ambiente, "-m", "lab", "confere")
        exige(status == 0 and "esperando em pedidos_aprovados" in disse, "10 esperam pelo pagamento")

        for java in javas(pasta):
            java.kill()
        estoque.espera("não responde", ESPERA_S)
        exige(kafka.espera_fim(ESPERA_S) == 1, "o Kafka morre, e o seu terminal o diz")
        kafka = abre(*do_kafka)
        kafka.espera("pronto em", ESPERA_S)
        abre("servico_pagamento.py")
        notificacao.espera("concluído", ESPERA_S, vezes=20)
        status, disse = ferramenta(ambiente, "-m", "lab", "confere")
        exige(status == 0 and "perdidos 0, duplicados 0" in disse, "de volta: 20 concluídos, nenhum perdido")

        for servico in (estoque, notificacao):
            servico.ctrl_c()
            exige(servico.espera_fim(ESPERA_S) == 0, f"{servico.nome} sai com Ctrl+C")
        kafka.ctrl_c()
        exige(kafka.espera_fim(ESPERA_S) == 0, "o Kafka sai com Ctrl+C")
    exige(not javas(pasta) and portas.livre(porta), "nada ficou para trás")


def main() -> None:
    flags = argparse.ArgumentParser()
    flags.add_argument("--porta", type=int, default=PADRAO, help="0: uma livre")
    porta = flags.parse_args().porta or portas.sorteia()
    with tempfile.TemporaryDirectory(prefix="aula à mão ", ignore_cleanup_errors=True) as pasta:
        aula(porta, Path(pasta).resolve())


if __name__ == "__main__":
    main()
