"""As Partes 2 a 4 do README, executadas: cada comando no seu terminal, e cada saída como está escrita.

Um bloco ```sh T2 é um comando a dar no terminal T2; ```text T2 é o que aparece lá em seguida, em que uma linha "..."
vale por quaisquer linhas e um ^C no começo é a tecla. O que muda de uma execução para outra (ids, números de pedido,
partições, segundos, clientes) não se compara.
"""

import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby

import pytest

from lab import RAIZ
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.script import Script
from tests.apoio.sala import ate

BLOCO = re.compile(r"^```(sh|text) (T\d)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
APARECE_S = 90.0  # os 10 pedidos levam 20 s no estoque; o resto é folga para uma máquina ocupada
COMANDO_S = 60.0
UMA_PAGINA = 60  # linhas de uma folha A4
MUDAM = (
    (r"127\.0\.0\.1:\d+", "ENDEREÇO"),
    (r"Instância [0-9a-f]{6}", "Instância #"),
    (r"(?<=edido )\d+ \([0-9a-f]{4}\)", "N (#)"),
    (r"(?<=concluído para )\D+ em [\d.]+ s", "FULANO em S s"),
    (r"em \d+\.\d+ s$", "em S s"),
    (r"offset \d+", "offset N"),
    (r"· partição \d", "· partição N"),
    (r"partições atribuídas: \d(, \d)*$", "partições atribuídas: …"),
    (r"(por instância de \w+): .*", r"\1: …"),
)


@dataclass(frozen=True)
class Bloco:
    """Um comando ("sh") ou uma saída ("text") de um terminal."""

    tipo: str
    terminal: str
    linhas: list[str]


def blocos() -> list[Bloco]:
    """Os blocos executáveis do README, na ordem."""
    texto = (RAIZ / "README.md").read_text(encoding="utf-8")
    return [Bloco(tipo, terminal, corpo.splitlines()) for tipo, terminal, corpo in BLOCO.findall(texto)]


def mascara(linha: str) -> str:
    for padrao, troca in MUDAM:
        linha = re.sub(padrao, troca, linha)
    return linha.rstrip()


def aparece(esperadas: list[str], vistas: list[str]) -> bool:
    """Diz se `esperadas` está em `vistas`: linhas seguidas, a não ser onde há um "..."."""
    trechos = [
        "".join(re.escape(mascara(linha)) + r"\n" for linha in linhas)
        for omitidas, linhas in groupby(esperadas, lambda linha: linha == "...")
        if not omitidas
    ]
    padrao = r"(?:.*\n)*?".join(trechos)
    return re.search(f"^{padrao}", "".join(mascara(linha) + "\n" for linha in vistas), re.MULTILINE) is not None


class Aula:
    """Os terminais abertos, o que já se viu em cada um e o último comando que só termina."""

    def __init__(self, bootstrap: str) -> None:
        self._ambiente = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "LAB_PREFIXO": "", "COLUMNS": "100"}
        self._abertos = ExitStack()
        self._scripts: dict[str, Script] = {}
        self._vistas: dict[str, int] = {}
        self._ferramenta: dict[str, list[str]] = {}
        self._corridas: dict[str, list[tuple[Script, float]]] = defaultdict(list)  # por terminal: o script, e quando
        self._ctrl_c_s = 0.0

    def __enter__(self) -> "Aula":
        return self

    def __exit__(self, *erro: object) -> None:
        self._abertos.close()

    def executa(self, bloco: Bloco) -> None:
        """Dá o comando no terminal; daqui em diante só valem as linhas novas, em todos eles."""
        self._vistas = {terminal: len(script.textos()) for terminal, script in self._scripts.items()}
        (comando,) = bloco.linhas
        python, *argumentos = comando.split()
        assert python == "python"
        self._ferramenta.pop(bloco.terminal, None)
        if argumentos[0] == "-m":
            self._ferramenta[bloco.terminal] = argumentos
        else:
            self._corridas[bloco.terminal].append((Script(*argumentos, ambiente=self._ambiente), time.monotonic()))
            self._scripts[bloco.terminal] = self._abertos.enter_context(self._corridas[bloco.terminal][-1][0])
            self._vistas[bloco.terminal] = 0

    def confere(self, bloco: Bloco) -> None:
        """Espera que o terminal mostre o bloco."""
        esperadas = list(bloco.linhas)
        if esperadas[0].startswith("^C"):
            esperadas[0] = esperadas[0].removeprefix("^C")
            comeco = time.monotonic()
            self._scripts[bloco.terminal].ctrl_c()
            self._scripts[bloco.terminal].espera_fim(APARECE_S)
            self._ctrl_c_s = time.monotonic() - comeco
        vistas: list[str] = []

        def mostrou() -> bool:
            vistas[:] = self._mostra(bloco.terminal)
            return aparece(esperadas, vistas)

        falha = "\n".join(["o README diz:", *esperadas])
        try:
            ate(mostrou, APARECE_S, falha)
        except AssertionError:
            pytest.fail("\n".join([falha, f"e {bloco.terminal} mostrou:", *vistas]))

    def _mostra(self, terminal: str) -> list[str]:
        if terminal not in self._ferramenta:
            return self._scripts[terminal].textos()[self._vistas[terminal] :]
        # um aluno repetiria o comando até os pedidos chegarem
        fim = subprocess.run(
            [sys.executable, *self._ferramenta[terminal]],
            cwd=RAIZ,
            env=os.environ | self._ambiente | {"PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            timeout=COMANDO_S,
            check=False,
        )
        return (fim.stdout + fim.stderr).splitlines()

    def medidas(self) -> dict[str, float]:
        """Os segundos (float) de que o README fala, pelo começo da frase que os diz."""
        (t3, _), (t5, _) = self._corridas["T3"][0], self._corridas["T5"][0]
        volta, volta_em = self._corridas["T2"][1]
        (produtor, _), _, (_, parte_4) = self._corridas["T4"]
        resumo = re.search(r"em ([\d.]+) s$", produtor.textos()[-1])
        assert resumo
        recebidos = [script.espera("Recebi", APARECE_S, desde=parte_4) for script in (t3, t5)]
        aprovados = [q for s in (t3, t5) for q, texto in s.linhas if q >= parte_4 and " aprovado" in texto]
        return {
            "T4 enviou tudo em": float(resumo[1]),
            "o estoque levou": t3.espera(" aprovado", APARECE_S, vezes=10) - t3.espera("Recebi", APARECE_S),
            "ele terminou em": self._ctrl_c_s,
            "o primeiro pedido foi pago": volta.espera(" pago", APARECE_S) - volta_em,
            "e os 10 em": volta.espera(" pago", APARECE_S, vezes=10) - volta_em,
            "os dois levaram": max(aprovados) - min(recebidos),
        }


@pytest.fixture
def aula(kafka_descartavel: KafkaLocal) -> Iterator[Aula]:
    with Aula(kafka_descartavel.bootstrap) as aula:
        yield aula


@pytest.mark.broker
def test_as_partes_2_a_4_do_readme_sao_verdade(aula: Aula) -> None:
    for bloco in blocos():
        if bloco.tipo == "sh":
            aula.executa(bloco)
        else:
            aula.confere(bloco)
    for frase, segundos in aula.medidas().items():
        como, limite = limite_de(frase)
        assert segundos < limite if como == "menos" else segundos > limite, f"{frase} {segundos:.2f} s"


def limite_de(frase: str) -> tuple[str, float]:
    """O que o README diz em seguida: "menos" ou "mais", e de quantos segundos (float)."""
    texto = (RAIZ / "README.md").read_text(encoding="utf-8")
    ((como, limite),) = re.findall(rf"{re.escape(frase)} (menos|mais) de (\d+) s", texto.replace("\n", " "))
    return como, float(limite)


def test_o_readme_marca_os_comandos_e_as_saidas_de_cada_terminal() -> None:
    marcados = blocos()
    comandos = [(bloco.terminal, *bloco.linhas) for bloco in marcados if bloco.tipo == "sh"]
    assert comandos.count(("T4", "python produtor_pedidos.py")) == 3
    assert comandos.count(("T4", "python -m lab confere")) == 2
    assert {bloco.terminal for bloco in marcados if bloco.tipo == "text"} == {"T1", "T2", "T3", "T4", "T5"}
    for documento in (RAIZ / "docs").glob("*.md"):
        assert not BLOCO.search(documento.read_text(encoding="utf-8")), f"{documento.name} não é executado"


VISTAS = ["[A] Recebi pedido 3 (22de) · partição 2", "[A] Pedido 3 (22de) aprovado · partição 2", "fim 20"]


@pytest.mark.parametrize(
    ("esperadas", "certo"),
    [
        (["[A] Recebi pedido 1 (ffff) · partição 0", "[A] Pedido 1 (ffff) aprovado · partição 0"], True),
        (["[A] Recebi pedido 1 (ffff) · partição 0", "...", "fim 20"], True),
        (["..."], True),
        (["[A] Recebi pedido 1 (ffff) · partição 0", "fim 20"], False),  # não são seguidas
        (["fim 21"], False),
        (["im 20"], False),
        (["[A] Pedido 1 (ffff) pago · partição 0"], False),
    ],
)
def test_o_que_vale_como_a_mesma_saida(esperadas: list[str], certo: bool) -> None:
    assert aparece(esperadas, VISTAS) is certo


def test_a_folha_do_aluno_tem_os_comandos_do_readme_na_ordem() -> None:
    folha = (RAIZ / "docs" / "folha-do-aluno.md").read_text(encoding="utf-8")
    do_readme = [(bloco.terminal, bloco.linhas[0]) for bloco in blocos() if bloco.tipo == "sh"]
    assert re.findall(r"(?m)^\| (T\d) \| `(python .*?)` \|", folha) == do_readme
    assert len(folha.splitlines()) <= UMA_PAGINA
