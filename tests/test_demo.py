"""A demonstração como o aluno a roda: até o fim, e interrompida no meio sem deixar nada para trás."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from common.prazo import Prazo
from lab.kafka_local import KafkaLocal
from tests.broker.apoio import ate

pytestmark = pytest.mark.broker

RAIZ = Path(__file__).resolve().parent.parent
FIM_S = 150.0  # com --rapido são 25 s em uma máquina livre
ALTURA_S = 90.0  # até a linha em que se interrompe
DESMONTE_S = 30.0  # aqui, 2 s
PID_S = 10.0

if sys.platform == "win32":
    SINAIS = [signal.CTRL_BREAK_EVENT]  # o único que chega a um processo de outro grupo, e só se ele tem um grupo
    GRUPO = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    SINAIS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    GRUPO = 0

# o comando sem o lab/__main__.py, que antes conferiria (e talvez instalasse) os pacotes
_PROGRAMA = """\
import sys
from common.argumentos import Argumentos
from lab import demo
analisador = Argumentos()
demo.configura(analisador)
sys.exit(demo.executa(analisador.parse_args()))
"""


def ambiente(pasta: Path) -> dict[str, str]:
    """Um ambiente em que os temporários da demonstração ficam à vista, em `pasta`."""
    limpo = {nome: valor for nome, valor in os.environ.items() if not nome.startswith(("KAFKA_", "LAB_"))}
    temporarios = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(pasta))
    return limpo | temporarios | {"PYTHONUTF8": "1"}


def comeca(pasta: Path, *flags: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAMA, *flags],
        cwd=RAIZ,
        env=ambiente(pasta),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        creationflags=GRUPO,
    )


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    """Os temporários de uma demonstração, que devem acabar vazios."""
    yield tmp_path
    assert list(tmp_path.glob("lab-*")) == []


def processos_da(pasta: Path) -> list[str]:
    """As linhas de comando (list[str]) de quem ainda usa `pasta`. Só no Linux; nos outros, nenhuma."""
    linhas = []
    for arquivo in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(pasta).encode() in arquivo.read_bytes() and arquivo.parent.name != str(os.getpid()):
                linhas.append((arquivo.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # terminou entre a lista e a leitura
            continue
    return linhas


def test_a_aula_inteira(pasta: Path) -> None:
    with comeca(pasta, "--rapido") as demo:
        saida, _ = demo.communicate(timeout=FIM_S)
    assert demo.returncode == 0, saida
    assert "✘" not in saida
    assert "Traceback" not in saida
    assert re.search(r"pedidos perdidos +\S +0 ", saida)
    assert re.search(r"pedidos dobrados +\S +0 ", saida)
    assert "30 enviados, 30 aprovados, 30 pagos: perdidos 0, dobrados 0" in saida
    for terminal in ("T1 [NOTIFICAÇÃO]", "T2 [PAGAMENTO]", "T3 [ESTOQUE]", "T4 [PRODUTOR]", "T5 [ESTOQUE]"):
        assert f"\n{terminal} " in saida
    assert processos_da(pasta) == []


def test_a_aula_com_cluster(pasta: Path) -> None:
    with comeca(pasta, "--rapido", "--com-cluster") as demo:
        saida, _ = demo.communicate(timeout=2 * FIM_S)
    assert demo.returncode == 0, saida
    assert "✘" not in saida
    assert "Traceback" not in saida
    assert "sem a maioria, nenhum pedido foi confirmado: o produtor espera" in saida
    assert "50 enviados, 50 aprovados, 50 pagos: perdidos 0, dobrados 0" in saida
    assert processos_da(pasta) == []


@pytest.mark.parametrize("sinal", SINAIS, ids=lambda sinal: sinal.name)
@pytest.mark.parametrize("altura", ["Iniciando o Kafka", "Recebi pedido", "=== Parte 3"])
def test_interrompida_nao_deixa_nada(pasta: Path, altura: str, sinal: signal.Signals) -> None:
    with comeca(pasta, "--rapido") as demo:
        assert demo.stdout is not None
        vistas = []
        prazo = Prazo(ALTURA_S)
        for linha in demo.stdout:
            vistas.append(linha)
            if altura in linha:
                break
            assert not prazo.esgotado, "".join(vistas)
        demo.send_signal(sinal)
        resto, _ = demo.communicate(timeout=DESMONTE_S)
    assert demo.returncode == 130, resto
    assert resto.splitlines()[-1] == "Demonstração interrompida"
    assert resto.count("Demonstração interrompida") == 1
    assert "Traceback" not in resto
    assert processos_da(pasta) == []


@pytest.mark.skipif(sys.platform == "win32", reason="um TerminateProcess não deixa apagar a pasta nem avisar ninguém")
def test_morta_a_forca_nao_deixa_processos(tmp_path: Path) -> None:
    with comeca(tmp_path, "--rapido") as demo:
        assert demo.stdout is not None
        assert any("Recebi pedido" in linha for linha in demo.stdout)
        demo.kill()
    ate(lambda: not processos_da(tmp_path), PID_S, "ficaram processos da demonstração")


def test_com_o_kafka_de_outro_apaga_o_que_criou(kafka: KafkaLocal, tmp_path: Path) -> None:
    endereco = kafka.bootstrap
    with comeca(tmp_path, "--rapido", "--kafka", endereco) as demo:
        saida, _ = demo.communicate(timeout=FIM_S)
    assert demo.returncode == 0, saida
    with KafkaAdminClient(bootstrap_servers=endereco) as admin:
        sobras = [*admin.list_topics(), *(grupo["group_id"] for grupo in admin.list_groups())]
    prefixo = re.search(r"(demo-[0-9a-f]{8})-grupo", saida)
    assert prefixo is not None
    assert [nome for nome in sobras if nome.startswith(prefixo[1])] == []


def test_kafka_que_nao_responde(tmp_path: Path) -> None:
    with comeca(tmp_path, "--kafka", "127.0.0.1:1") as demo:
        saida, _ = demo.communicate(timeout=DESMONTE_S)
    assert demo.returncode == 1
    assert "nenhum Kafka respondeu em 127.0.0.1:1" in saida
    assert "Traceback" not in saida
