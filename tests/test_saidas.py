"""O que tira um aluno de onde ele se perdeu: o terminal errado, a pasta errada, a variável que sobrou. Sem Kafka."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from common import pacotes
from common.terminal import shell
from lab import RAIZ
from lab.kafka_local import portas
from tests.apoio.script import PRAZO_S, ambiente, exige_uma_linha_de_erro, roda

SO_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="o shell é outro")


@pytest.mark.parametrize("nome", ["ex3_reserva", "ex4_nota_fiscal", "ex5_recusa", "ex6_chave", "ex7_ingenuo"])
@pytest.mark.parametrize("pasta", [".", "exercicios"])
def test_um_exercicio_rodado_direto_diz_como_se_roda(nome: str, pasta: str) -> None:
    fim = roda(str(RAIZ / "exercicios" / f"{nome}.py"), cwd=RAIZ / pasta)
    exige_uma_linha_de_erro(fim, str(RAIZ), f"python -m exercicios.{nome}", status=1)


def test_as_ferramentas_pedidas_de_dentro_de_tests_dizem_de_onde_se_pedem() -> None:
    exige_uma_linha_de_erro(roda("-m", "lab", "confere", cwd=RAIZ / "tests"), f"cd {RAIZ}", status=1)


@pytest.mark.parametrize("script", ["produtor_pedidos.py", "servico_estoque.py"])
def test_a_variavel_que_sobrou_e_dita_com_o_valor_e_como_se_apaga(script: str) -> None:
    endereco = f"127.0.0.1:{portas.sorteia()}"
    impaciente = (
        "import common.conexao.espera as e, sys, runpy; e.ESPERA_S = 1.0; sys.argv = [sys.argv[1]]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    fim = roda("-c", impaciente, script, KAFKA_BOOTSTRAP_SERVERS=endereco)
    assert fim.returncode == 1
    espero = next(linha for linha in fim.stdout.splitlines() if "O Kafka não responde" in linha)
    for linha in (espero, fim.stderr):
        assert f"KAFKA_BOOTSTRAP_SERVERS={endereco}" in linha
        assert shell.apaga("KAFKA_BOOTSTRAP_SERVERS") in linha
    assert "docker-compose up -d" in fim.stderr


def test_sem_a_variavel_ninguem_fala_dela(monkeypatch: pytest.MonkeyPatch) -> None:
    mostra = "from common.conexao.clientes import volta_ao_da_aula; print(volta_ao_da_aula())"
    assert roda("-c", mostra).stdout == "None\n"
    assert roda("-c", mostra, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9092").stdout == "None\n"
    trocada = "import os, common.conexao.clientes as c; os.environ['KAFKA_BOOTSTRAP_SERVERS'] = 'a:1'; "
    assert roda("-c", f"{trocada}print(c.volta_ao_da_aula())").stdout == "None\n"  # quem a trocou foi o programa


@SO_POSIX
@pytest.mark.parametrize(
    ("do_shell", "activate"),
    [("/bin/bash", "activate"), ("/usr/bin/fish", "activate.fish"), ("/bin/tcsh", "activate.csh")],
)
def test_o_comando_que_ativa_e_o_deste_shell_e_desta_pasta(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, do_shell: str, activate: str
) -> None:
    monkeypatch.setenv("SHELL", do_shell)
    pasta = tmp_path / "João e Maria"
    pasta.mkdir()
    assert shell.ativa(pasta / ".venv") == f"source '{pasta}/.venv/bin/{activate}'"
    monkeypatch.chdir(pasta)
    assert shell.ativa(pasta / ".venv") == f"source .venv/bin/{activate}"


@SO_POSIX
def test_o_comando_que_ativa_e_o_que_apaga_funcionam_em_um_shell_de_verdade(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHELL", "/bin/bash")
    pasta = tmp_path / "João e Maria"
    venv.create(pasta / ".venv", with_pip=False)
    mostra = "python -c 'import sys; print(sys.prefix)' && echo .$X."
    comandos = f"{shell.ativa(pasta / '.venv')} && {shell.apaga('X')} && {mostra}"
    fim = subprocess.run(
        ["bash", "-c", comandos], env=ambiente(X="sobrou"), capture_output=True, encoding="utf-8", timeout=PRAZO_S
    )
    assert (fim.stdout, fim.stderr) == (f"{pasta}/.venv\n..\n", "")


@pytest.fixture
def o_venv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Um .venv no lugar do do laboratório, que ainda não existe."""
    pasta = tmp_path / ".venv"
    python = pasta / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    monkeypatch.setattr(pacotes, "VENV", pasta)
    monkeypatch.setattr(pacotes, "PYTHON_DO_VENV", python)
    return pasta


def instala(o_venv: Path, nome: str, versao: str) -> None:
    pasta = next(o_venv.glob("[Ll]ib/**/site-packages")) / f"{nome.replace('-', '_')}-{versao}.dist-info"
    pasta.mkdir()
    (pasta / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {nome}\nVersion: {versao}\n", encoding="utf-8")


def test_so_se_manda_fazer_o_que_falta(monkeypatch: pytest.MonkeyPatch, o_venv: Path) -> None:
    assert pacotes.como_ter_os_pacotes().startswith("crie o .venv (")
    venv.create(o_venv, with_pip=False, symlinks=sys.platform != "win32")
    ativa = f"ative o .venv neste terminal: {shell.ativa(o_venv)}"
    assert pacotes.como_ter_os_pacotes() == f"{ativa}, e rode '{pacotes.INSTALA}'"
    for nome, versao in (("kafka-python", "3.0.12"), ("msgspec", "0.20.0"), ("rich", "14.0.0")):
        instala(o_venv, nome, versao)
    assert pacotes.como_ter_os_pacotes() == ativa  # completo: nada a instalar
    monkeypatch.setattr(sys, "prefix", str(o_venv))
    assert pacotes.como_ter_os_pacotes() == f"rode '{pacotes.INSTALA}'"
