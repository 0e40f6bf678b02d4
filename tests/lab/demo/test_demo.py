"""A demonstração como o aluno a roda: até o fim, e interrompida no meio sem deixar nada para trás."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from common.prazo import Prazo
from lab import RAIZ
from lab.demo.roteiro import PEDIDOS
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.sala import ate
from tests.apoio.terminal_de_verdade import CTRL_C, ENTER, Tela, Terminal, em_um_terminal

pytestmark = pytest.mark.broker

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
from common.terminal.argumentos import Argumentos
from lab.demo import comando as demo
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
    figura = pasta / "demo.svg"
    with comeca(pasta, "--rapido", "--figura", str(figura)) as demo:
        saida, _ = demo.communicate(timeout=FIM_S)
    assert demo.returncode == 0, saida
    assert "✘" not in saida
    assert "Traceback" not in saida
    assert re.search(r"pedidos perdidos +\S +0 ", saida)
    assert re.search(r"pedidos duplicados +\S +0 ", saida)
    assert "30 enviados, 30 aprovados, 30 pagos: perdidos 0, duplicados 0" in saida
    for terminal in ("T1 [NOTIFICAÇÃO]", "T2 [PAGAMENTO]", "T3 [ESTOQUE]", "T4 [PRODUTOR]", "T5 [ESTOQUE]"):
        assert f"\n{terminal} " in saida
    assert "\x1b" not in saida
    retrato = figura.read_text(encoding="utf-8").replace("&#160;", " ")
    for trecho in ("Parte 3: o pagamento cai", " morto ", "[PAGAMENTO] Encerrado.", ">10<"):
        assert trecho in retrato
    assert processos_da(pasta) == []


def test_a_aula_com_cluster(pasta: Path) -> None:
    with comeca(pasta, "--rapido", "--com-cluster") as demo:
        saida, _ = demo.communicate(timeout=2 * FIM_S)
    assert demo.returncode == 0, saida
    assert "✘" not in saida
    assert "Traceback" not in saida
    assert "sem a maioria, nenhum pedido foi confirmado: o produtor espera" in saida
    assert "50 enviados, 50 aprovados, 50 pagos: perdidos 0, duplicados 0" in saida
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


def no_terminal(pasta: Path, *flags: str, colunas: int = 80) -> AbstractContextManager[Terminal]:
    comando = [sys.executable, "-c", _PROGRAMA, "--rapido", *flags]
    return em_um_terminal(comando, colunas, ambiente=ambiente(pasta))


def convida(parte: str) -> Callable[[Tela], bool]:
    """Diz se a tela espera por um Enter nesta parte."""
    return lambda tela: parte in tela.texto()[0] and "Enter continua" in tela.texto()[0]


def linha_com(tela: Tela, trecho: str) -> str:
    return next((linha for linha in tela.texto() if trecho in linha), "")


def test_passo_a_passo_em_um_terminal_de_80_por_24(pasta: Path) -> None:
    esperando: list[int] = []

    def anota_os_que_esperam(tela: Tela) -> bool:
        if " morto" in linha_com(tela, "T2 pagamento") and (
            achado := re.search(r"\d+$", linha_com(tela, "pedidos_apr"))
        ):
            esperando.append(int(achado[0]))
        return convida("Parte 3")(tela) and "O pagamento volta" in tela.texto()[1]

    with no_terminal(pasta, "--passo-a-passo") as terminal:
        tela = terminal.tela
        terminal.le_ate(lambda tela: "Enter continua" in tela.normal, ALTURA_S, "o primeiro convite")
        assert not tela.alternativa
        terminal.tecla(ENTER)
        terminal.le_ate(convida("Parte 2"), ALTURA_S, "a Parte 2")
        assert tela.alternativa and not tela.cursor
        texto = "\n".join(tela.texto())
        for titulo in ("T1 notificação", "T2 pagamento", "T3 estoque", "T4 produtor", "T5 segundo estoque", "Kafka"):
            assert f" {titulo} " in texto
        assert texto.count("ainda fechado") == 5  # ninguém apertou Enter: nada começa

        terminal.tecla(ENTER)
        terminal.le_ate(convida("Parte 3"), FIM_S, "a Parte 3")
        texto = "\n".join(tela.texto())
        assert texto.count("partições 0, 1, 2") == 3 and " terminou" in linha_com(tela, "T4 produtor")
        for prefixo in ("[NOTIFICAÇÃO] Pedido ", "[PAGAMENTO] Recebi ", "[ESTOQUE] Recebi ", "[PRODUTOR] Pedido "):
            assert prefixo in texto
        assert texto.count("✔") == 2

        terminal.tecla(ENTER)
        terminal.le_ate(anota_os_que_esperam, FIM_S, "os pedidos à espera do pagamento")
        assert esperando == sorted(esperando) and esperando[0] == 0 and esperando[-1] == PEDIDOS
        assert len(set(esperando)) > PEDIDOS // 2  # a barra cresceu aos poucos
        assert "41" in tela.estilo_de(" T2 pagamento").split(";")  # fundo vermelho
        assert "2" in tela.estilo_de("[PAGAMENTO] Encerrado.").split(";")  # apagado
        assert "✔ o pagamento terminou" in "\n".join(tela.texto())

        terminal.tecla(ENTER)
        terminal.le_ate(convida("Parte 4"), FIM_S, "a Parte 4")
        assert "partições 0, 1, 2" in linha_com(tela, "T2 pagamento")
        terminal.tecla(ENTER)
        terminal.le_ate(
            lambda tela: convida("Parte 4")(tela) and "com dois" in "".join(tela.texto()), FIM_S, "o fim da Parte 4"
        )
        assert re.search(r"partiç(ão|ões) [012]", linha_com(tela, "T5 segundo estoque"))
        terminal.tecla(ENTER)
        assert terminal.termina() == 0
    assert tela.cursor and not tela.alternativa
    assert "Traceback" not in tela.normal and "✘" not in tela.normal
    for trecho in ("=== Parte 2", "✔ o pagamento terminou", "O que se viu", "✔ A demonstração viu tudo o que prometeu"):
        assert trecho in tela.normal
    assert processos_da(pasta) == []


@pytest.mark.parametrize("altura", ["Iniciando o Kafka", "[ESTOQUE] Recebi", "[PAGAMENTO] Encerrado."])
def test_ctrl_c_no_teclado_devolve_o_terminal(pasta: Path, altura: str) -> None:
    with no_terminal(pasta) as terminal:
        terminal.le_ate(lambda tela: altura in "\n".join([tela.normal, *tela.texto()]), ALTURA_S, altura)
        assert terminal.tela.alternativa == (altura != "Iniciando o Kafka")
        terminal.tecla(CTRL_C)
        assert terminal.termina() == 130, terminal.tela.normal
    tela = terminal.tela
    assert tela.cursor and not tela.alternativa
    *_, ultima = tela.normal.replace("^C", "").splitlines()
    assert ultima == "Demonstração interrompida"
    assert "Traceback" not in tela.normal and "[ESTOQUE]" not in tela.normal
    assert processos_da(pasta) == []


def test_o_terminal_que_se_fecha_nao_deixa_nada(pasta: Path) -> None:
    with no_terminal(pasta) as terminal:
        terminal.le_ate(lambda tela: "[ESTOQUE] Recebi" in "\n".join(tela.texto()), ALTURA_S, "os quadros")
        terminal.fecha()
        assert terminal.processo.wait(DESMONTE_S) == 130
    assert processos_da(pasta) == []


def test_em_uma_janela_estreita_linhas_como_em_um_pipe(pasta: Path) -> None:
    with no_terminal(pasta, "--passo-a-passo", colunas=79) as terminal:
        terminal.le_ate(lambda tela: "Enter continua" in tela.normal, ALTURA_S, "o primeiro convite")
        terminal.tecla(ENTER)
        terminal.le_ate(lambda tela: tela.normal.count("Enter continua") == 2, ALTURA_S, "o segundo convite")
        terminal.tecla(ENTER)
        terminal.le_ate(lambda tela: "\nT1 [NOTIFICAÇÃO] " in tela.normal, ALTURA_S, "as linhas de T1")
        terminal.tecla(CTRL_C)
        assert terminal.termina() == 130
    assert "=== Parte 2: caminho feliz" in terminal.tela.normal
    assert processos_da(pasta) == []


@pytest.mark.parametrize(
    ("flags", "motivo"),
    [
        (["--passo-a-passo"], "a entrada precisa ser um terminal"),
        (["--figura", "não/há/demo.svg"], "não há como gravar em não/há/demo.svg"),
        (["--figura", "."], "não há como gravar em ."),
    ],
)
def test_uso_errado_e_dito_em_uma_linha_antes_de_comecar(pasta: Path, flags: list[str], motivo: str) -> None:
    demo = subprocess.run(
        [sys.executable, "-c", _PROGRAMA, *flags],
        cwd=RAIZ,
        env=ambiente(pasta),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=DESMONTE_S,
    )
    assert (demo.returncode, demo.stdout) == (2, "")
    assert demo.stderr.count("\n") == 1 and motivo in demo.stderr
