"""Os erros previstos e o que o aluno vê deles: uma linha e um status; nunca um traceback."""

import errno
import inspect
import re
import signal
import sys
from typing import Any

import kafka.errors
import pytest
import requests
from kafka.errors import KafkaTimeoutError

from common import erros, significados
from common.erros import ErroDeUso, ErroDoLaboratorio, KafkaIndisponivel, motivo
from common.pacotes import como_ter_os_pacotes
from lab import RAIZ
from tests.apoio.script import SCRIPTS, exige_uma_linha_de_erro, roda_script, roda_trecho

CLASSES: dict[str, Any] = {
    nome: c for nome, c in vars(erros).items() if inspect.isclass(c) and issubclass(c, BaseException)
}
NO_DESENHO = re.compile(r"^(?P<ramo>[├└]── )?(?P<nome>[A-Z]\w+)  +(?P<texto>.+)$", re.MULTILINE)


def test_o_desenho_no_topo_do_modulo_e_a_arvore_de_verdade() -> None:
    desenho = list(NO_DESENHO.finditer(erros.__doc__ or ""))
    assert [d["nome"] for d in desenho] == list(CLASSES)  # na ordem do arquivo
    for d in desenho:
        assert CLASSES[d["nome"]].__base__ is (ErroDoLaboratorio if d["ramo"] else Exception)
        dito = re.search(r"status (\d+)", d["texto"])
        assert CLASSES[d["nome"]].status == (int(dito[1]) if dito else ErroDoLaboratorio.status)


def test_a_superficie_publica_do_modulo() -> None:
    publicos = {nome for nome in vars(erros) if not nome.startswith("_")}
    assert publicos == set(CLASSES) | {"motivo", "significados"}
    assert all(c.__doc__ for c in CLASSES.values())


def test_motivo_so_repete_o_que_e_nosso() -> None:
    assert motivo(KafkaIndisponivel("conexão recusada")) == "conexão recusada"
    assert motivo(ConnectionResetError("reset by peer")) == "reset by peer"
    assert motivo(OSError(errno.ENOSPC, "No space left on device")) == "o disco está cheio"
    assert motivo(requests.exceptions.ConnectTimeout("timed out")) == "sem resposta"
    assert motivo(KeyError("x")) == f"KeyError: {significados.DESCONHECIDO}"
    assert motivo(KafkaTimeoutError("...")) == "KafkaTimeoutError: a resposta não veio no prazo"


def test_todo_erro_com_significado_existe_no_cliente_e_todo_o_que_volta_sozinho_o_tem() -> None:
    classes = {
        nome: classe
        for nome, classe in vars(kafka.errors).items()
        if inspect.isclass(classe) and issubclass(classe, kafka.errors.KafkaError)
    }
    assert significados.DO_KAFKA.keys() <= classes.keys()
    # os que o cliente repete até desistir são os que chegam a uma linha de "Sessão perdida" ou de espera
    repetem = {nome for nome, classe in classes.items() if getattr(classe, "retriable", False)}
    assert repetem - significados.DO_KAFKA.keys() == {"RetriableError", "InvalidMetadataError"}  # só bases de outros


@pytest.mark.parametrize("classe", CLASSES.values(), ids=CLASSES)
def test_um_erro_previsto_e_uma_linha_e_o_seu_status(classe: type[ErroDoLaboratorio]) -> None:
    processo = roda_trecho(f"import common; from common.erros import *; raise {classe.__name__}('não deu')")
    exige_uma_linha_de_erro(processo, status=classe.status)
    assert processo.stderr == "ERRO: não deu\n"


def test_texto_com_quebra_de_linha_ou_controle_continua_uma_linha() -> None:
    processo = roda_trecho(r"import common; raise common.ErroDoLaboratorio('a\nb\x1b[2J')")
    exige_uma_linha_de_erro(processo, status=1)
    assert "\x1b" not in processo.stderr


def test_a_causa_tecnica_nao_vira_traceback() -> None:
    processo = roda_trecho(
        "import common\ntry: 1/0\nexcept ZeroDivisionError as e: raise common.ErroDoLaboratorio('x') from e"
    )
    exige_uma_linha_de_erro(processo, status=1)


def test_um_defeito_nosso_continua_a_mostrar_o_traceback() -> None:
    processo = roda_trecho("import common; raise ValueError('defeito')")
    assert processo.returncode == 1
    assert processo.stderr.startswith("Traceback") and processo.stderr.endswith("ValueError: defeito\n")


def test_ctrl_c_e_silencioso() -> None:
    processo = roda_trecho("import common; raise KeyboardInterrupt")
    assert processo.stdout + processo.stderr == ""
    if sys.platform == "win32":
        assert processo.returncode == 0xC000013A  # STATUS_CONTROL_C_EXIT
    else:
        assert processo.returncode == -signal.SIGINT  # o shell mostra 130


def test_ctrl_c_dentro_de_um_callback_do_python_tambem_encerra() -> None:
    """Os imports rodam callbacks de weakref, de onde uma exceção não sai: o Python a escreve e segue em frente."""
    processo = roda_trecho(
        f"import sys; sys.argv = [{str(RAIZ / 'servico_estoque.py')!r}]; import common, signal\n"
        "class Coletado:\n def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "Coletado()\nprint('o Ctrl+C se perdeu')"
    )
    assert processo.stdout + processo.stderr == ""
    assert processo.returncode != 0


def test_o_relato_de_erros_nao_precisa_de_nada_instalado() -> None:
    processo = roda_trecho(
        "import sys; sys.modules.update(dict.fromkeys(('kafka', 'rich', 'msgspec')))\n"
        "import common, common.terminal.argumentos; raise common.ErroDoLaboratorio('x')"
    )
    exige_uma_linha_de_erro(processo, status=1)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("variavel", "valor"),
    [("LAB_PREFIXO", "a b"), ("KAFKA_BOOTSTRAP_SERVERS", "kafka.exemplo.com")],
)
def test_variavel_malfeita_e_uma_linha_e_status_2(script: str, variavel: str, valor: str) -> None:
    variaveis = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", variavel: valor}
    exige_uma_linha_de_erro(roda_script(script, **variaveis), variavel, status=ErroDeUso.status)


@pytest.mark.parametrize("modulo", ["msgspec", "kafka", "kafka.vendor.six.moves", "rich.text"])
def test_pacote_que_falta_diz_como_instalar(modulo: str) -> None:
    exige_uma_linha_de_erro(
        roda_trecho(f"import common; raise ModuleNotFoundError('No module', name={modulo!r})"),
        f"falta {modulo}: {como_ter_os_pacotes()}",
        status=1,
    )


def test_um_import_nosso_que_falha_e_um_defeito_e_mostra_o_traceback() -> None:
    processo = roda_trecho("import common; from common.erros import nao_existe")
    assert processo.returncode == 1
    assert "Traceback" in processo.stderr
