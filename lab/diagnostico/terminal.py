"""O Python deste terminal: o que o aluno chama de `python` rodaria os scripts? Só a biblioteca padrão.

Quem roda este diagnóstico pode ser outro: o ambiente.garante() recomeça no .venv mesmo que ele não esteja ativo. O
terminal só se conhece pelo PATH: pergunta-se ao `python` que o shell acharia.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common import pacotes
from common.pacotes import DOS_SCRIPTS as PACOTES
from common.pacotes import INSTALA, como_ter_os_pacotes, requisitos, satisfaz
from lab.diagnostico.achado import Achado, certo, errado, neutro
from lab.diagnostico.programa import Programa

PYTHON_MINIMO = (3, 10)
IMPOSTOR = "kafka"  # 1.3.5, abandonado: escreve por cima dos arquivos do kafka-python
DOS_SCRIPTS = tuple(PACOTES.values())

REINSTALA = f"pip uninstall -y {IMPOSTOR} kafka-python, e {INSTALA}"

# qualquer Python entende, até o 2.7: o terminal pode ter um antigo
_PERGUNTA = """\
import json, sys
fim = {"versao": sys.version_info[:3], "prefixo": sys.prefix, "pacotes": {}, "erro": None}
if sys.version_info >= (3, 10):
    from importlib import metadata
    for nome in sys.argv[1:]:
        try:
            fim["pacotes"][nome] = metadata.version(nome)
        except metadata.PackageNotFoundError:
            pass
    try:
        from kafka import KafkaConsumer
        import msgspec, rich
    except Exception as erro:
        fim["erro"] = "%s: %s" % (type(erro).__name__, erro)
print(json.dumps(fim))
"""


@dataclass(frozen=True)
class PythonDoTerminal:
    """O que o `python` deste terminal respondeu."""

    versao: tuple[int, ...]
    prefixo: Path
    pacotes: dict[str, str]  # nome: versão, só os instalados
    erro_ao_importar: str | None

    @property
    def no_venv(self) -> bool:
        """Diz se é o do .venv deste laboratório."""
        return self.prefixo.resolve() == pacotes.VENV

    def defeito(self) -> tuple[str, str] | None:
        """O que impede os scripts e como consertar (str, str); None se nada."""
        if IMPOSTOR in self.pacotes:
            versao = self.pacotes[IMPOSTOR]
            return f"há o pacote {IMPOSTOR} {versao}, que não é o kafka-python e estraga os arquivos dele", REINSTALA
        faixas = {nome: faixa for nome, faixa in requisitos() if nome in DOS_SCRIPTS}
        if faltam := [nome for nome in faixas if nome not in self.pacotes]:
            return f"falta {', '.join(faltam)}", INSTALA
        for nome, faixa in faixas.items():
            if not satisfaz(self.pacotes[nome], faixa):
                return f"o {nome} é o {self.pacotes[nome]}, e os scripts precisam de {faixa}", INSTALA
        if self.erro_ao_importar:
            return f"os pacotes estão lá, e não se importam ({self.erro_ao_importar})", REINSTALA
        return None


def pergunta() -> Programa:
    """A pergunta ao `python` deste terminal, já em andamento."""
    return Programa("python", "-c", _PERGUNTA, *DOS_SCRIPTS, IMPOSTOR)


def examina(pergunta: Programa) -> Iterator[Achado]:
    """O Python, o .venv e os pacotes deste terminal."""
    caminho = pergunta.caminho
    if caminho is None:
        yield errado(f"este terminal não tem o comando python: {como_ter_os_pacotes(no_venv=False)}")
        return
    python = _le(pergunta.resposta())
    if python is None:
        o_que_fazer = como_ter_os_pacotes(no_venv=False)
        yield errado(f"o comando python deste terminal ({caminho}) não funciona, ou não responde: {o_que_fazer}")
        return
    versao = ".".join(map(str, python.versao))
    if python.versao < PYTHON_MINIMO:
        minimo = ".".join(map(str, PYTHON_MINIMO))
        yield errado(
            f"o Python deste terminal é o {versao} ({caminho}), e é preciso o {minimo} ou mais novo: "
            f"{como_ter_os_pacotes(python.no_venv)}"
        )
        return
    yield certo(f"Python {versao} ({caminho})")
    defeito = python.defeito()
    if python.no_venv:
        yield certo(".venv ativo neste terminal")
    elif defeito:
        yield errado(
            f"este terminal não usa o .venv, e no Python dele {defeito[0]}: {como_ter_os_pacotes(python.no_venv)}"
        )
        return
    else:
        yield neutro("este terminal não usa o .venv, mas o Python dele tem o que os scripts usam")
    if defeito:
        yield errado(f"pacotes: {defeito[0]}. Neste terminal: {defeito[1]}")
    else:
        yield certo(", ".join(f"{nome} {python.pacotes[nome]}" for nome in DOS_SCRIPTS))


def _le(resposta: str) -> PythonDoTerminal | None:
    try:
        lido = json.loads(resposta)
    except ValueError:  # não respondeu, ou não é um Python: no Windows sem Python, um atalho para a loja
        return None
    return PythonDoTerminal(tuple(lido["versao"]), Path(lido["prefixo"]), lido["pacotes"], lido["erro"])
