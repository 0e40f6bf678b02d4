"""O Python deste terminal, com cada defeito feito de verdade em um ambiente virtual descartável."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from common import pacotes
from lab import RAIZ
from lab.diagnostico import terminal
from lab.diagnostico.achado import Achado, Sinal
from tests.lab.diagnostico.apoio import PASTA_DO_PYTHON, diagnostica
from tests.lab.diagnostico.apoio import ambiente as ambiente_do_terminal

SO_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="o executável falso é um script de shell")
FIM_S = 60.0


class Descartavel:
    """Um ambiente virtual vazio em `pasta`; `ve_os_pacotes()` lhe mostra os do Python dos testes."""

    def __init__(self, pasta: Path) -> None:
        self.pasta = pasta
        venv.create(pasta, with_pip=False, symlinks=sys.platform != "win32")
        windows = sys.platform == "win32"
        self.bin = pasta / ("Scripts" if windows else "bin")
        lib = Path("Lib") if windows else Path("lib", "python{}.{}".format(*sys.version_info))
        self.pacotes = pasta / lib / "site-packages"

    @property
    def python(self) -> str:
        return str(self.bin / "python")

    def ve_os_pacotes(self) -> None:
        (self.pacotes / "dos-testes.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")

    def instala(self, nome: str, versao: str) -> None:
        """O que o pip deixaria como registro de um pacote."""
        pasta = self.pacotes / f"{nome.replace('-', '_')}-{versao}.dist-info"
        pasta.mkdir()
        (pasta / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {nome}\nVersion: {versao}\n", encoding="utf-8")

    def instala_o_impostor(self) -> None:
        self.instala("kafka", "1.3.5")
        (self.pacotes / "kafka").mkdir()
        (self.pacotes / "kafka" / "__init__.py").write_text("__version__ = '1.3.5'\n", encoding="utf-8")


@pytest.fixture
def descartavel(tmp_path: Path) -> Descartavel:
    return Descartavel(tmp_path / "venv")


def examina(monkeypatch: pytest.MonkeyPatch, caminho: Path | str, o_venv: Path | None = None) -> list[Achado]:
    """Os achados em um terminal com este PATH; `o_venv` faz as vezes do .venv do laboratório."""
    monkeypatch.setenv("PATH", str(caminho))
    monkeypatch.chdir(RAIZ)
    if o_venv is not None:
        monkeypatch.setattr(pacotes, "VENV", o_venv.resolve())
    with terminal.pergunta() as pergunta:
        return list(terminal.examina(pergunta))


def so_um_errado(achados: list[Achado]) -> str:
    """O texto do único achado errado, que tem de ser o último."""
    assert [achado.sinal for achado in achados].count(Sinal.ERRADO) == 1
    assert achados[-1].sinal is Sinal.ERRADO
    return achados[-1].texto


def test_o_python_dos_testes_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    achados = examina(monkeypatch, PASTA_DO_PYTHON)
    assert Sinal.ERRADO not in [achado.sinal for achado in achados]
    versao = ".".join(map(str, sys.version_info[:3]))
    assert achados[0].texto.startswith(f"Python {versao} (")
    assert all(nome in achados[-1].texto for nome in terminal.DOS_SCRIPTS)


def test_venv_ativo(monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel) -> None:
    descartavel.ve_os_pacotes()
    achados = examina(monkeypatch, descartavel.bin, descartavel.pasta)
    assert [achado.sinal for achado in achados] == [Sinal.CERTO] * 3
    assert achados[1].texto == ".venv ativo neste terminal"


def test_outro_venv_que_tem_tudo_nao_e_um_erro(monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel) -> None:
    descartavel.ve_os_pacotes()
    achados = examina(monkeypatch, descartavel.bin)
    assert [achado.sinal for achado in achados] == [Sinal.CERTO, Sinal.NEUTRO, Sinal.CERTO]


def test_pacotes_que_faltam_no_venv(monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel) -> None:
    descartavel.instala("msgspec", "0.20.0")
    errado = so_um_errado(examina(monkeypatch, descartavel.bin, descartavel.pasta))
    assert errado == "pacotes: falta kafka-python, rich. Neste terminal: pip install -r requirements.txt"


def test_o_python_sem_pacotes_de_quem_nao_ativou_o_venv(
    monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel, tmp_path: Path
) -> None:
    errado = so_um_errado(examina(monkeypatch, descartavel.bin, tmp_path / "outro"))
    assert "não usa o .venv" in errado
    assert "ative o .venv" in errado or "crie o .venv" in errado


def test_o_impostor(monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel) -> None:
    descartavel.ve_os_pacotes()
    descartavel.instala_o_impostor()
    errado = so_um_errado(examina(monkeypatch, descartavel.bin, descartavel.pasta))
    assert "há o pacote kafka 1.3.5" in errado
    assert "pip uninstall -y kafka kafka-python" in errado


def test_um_kafka_python_velho(monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel) -> None:
    descartavel.ve_os_pacotes()
    descartavel.instala("kafka-python", "2.0.2")
    errado = so_um_errado(examina(monkeypatch, descartavel.bin, descartavel.pasta))
    assert "o kafka-python é o 2.0.2" in errado
    assert "pip install -r requirements.txt" in errado


def test_pacotes_que_nao_se_importam(monkeypatch: pytest.MonkeyPatch, descartavel: Descartavel) -> None:
    """Um `kafka` qualquer à frente do de verdade, sem registro no pip: só a importação o descobre."""
    descartavel.ve_os_pacotes()
    (descartavel.pacotes / "kafka.py").write_text("", encoding="utf-8")
    errado = so_um_errado(examina(monkeypatch, descartavel.bin, descartavel.pasta))
    assert "ImportError: cannot import name 'KafkaConsumer'" in errado


def test_terminal_sem_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "não tem o comando python" in so_um_errado(examina(monkeypatch, tmp_path))


@SO_POSIX
@pytest.mark.parametrize(
    ("script", "trecho"),
    [
        ("exit 9", "não funciona"),  # como o atalho do Windows para a loja
        ("exec sleep 60", "não funciona"),
        ("""echo '{"versao": [3, 6, 15], "prefixo": "/usr", "pacotes": {}, "erro": null}'""", "é o 3.6.15"),
    ],
    ids=["falha", "preso", "velho"],
)
def test_um_python_que_nao_serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, trecho: str) -> None:
    (tmp_path / "python").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    errado = so_um_errado(examina(monkeypatch, f"{tmp_path}:/usr/bin:/bin"))
    assert trecho in errado
    assert str(tmp_path / "python") in errado


def test_a_ajuda_nao_precisa_de_nenhum_pacote(descartavel: Descartavel) -> None:
    fim = subprocess.run(
        [descartavel.python, "-m", "lab", "diagnostico", "--help"],
        cwd=RAIZ,
        env=ambiente_do_terminal(),
        capture_output=True,
        encoding="utf-8",
        timeout=FIM_S,
        check=False,
    )
    assert (fim.returncode, fim.stderr) == (0, "")
    assert "Diz o que falta nesta máquina" in fim.stdout


def test_o_impostor_no_python_do_diagnostico(descartavel: Descartavel) -> None:
    """Ele estraga também o cliente com que se examinaria o Kafka: isto se diz, sem traceback."""
    descartavel.ve_os_pacotes()
    descartavel.instala_o_impostor()
    laudo = diagnostica(python=descartavel.python, PATH=str(descartavel.bin))
    assert laudo.status == 1
    assert any("há o pacote kafka 1.3.5" in linha for linha in laudo.com("✘"))
    assert "o Kafka não foi examinado" in laudo.com("✘")[-1]
    assert laudo.linhas[-1] == "2 coisas a resolver: comece pela primeira"
