"""A entrada das ferramentas: `python -m lab COMANDO`. Antes do ambiente pronto, só a biblioteca padrão.

Um comando é uma pasta com um comando.py, que tem configura(analisador) e executa(args) -> status; o docstring dele é a
ajuda. Se usa mais do que o requirements.txt, ele o diz em REQUISITOS (lab/ambiente.py). A pasta pode dizer mais do que
o comando, depois de um "_": uma pasta lab/kafka esconderia a biblioteca kafka de um arquivo de lab/ rodado como script.
"""

import ast
import importlib
import sys
from types import ModuleType

from common.erros import ErroDeUso, ErroDoLaboratorio
from common.terminal.argumentos import Argumentos
from lab import RAIZ, ambiente
from lab.terminal.mensagem import informa

COMANDOS = {arquivo.parent.name.partition("_")[0]: arquivo for arquivo in sorted((RAIZ / "lab").glob("*/comando.py"))}

_PEDIDOS_DE_AJUDA = {"-h", "--help", "--ajuda"}


def _descricao(comando: str) -> str:
    """O que o comando faz: a primeira linha do docstring dele, lida sem importar nada."""
    docstring = ast.get_docstring(ast.parse(COMANDOS[comando].read_text(encoding="utf-8"))) or ""
    return docstring.splitlines()[0].partition("`: ")[2]


def _ajuda() -> str:
    largura = max(map(len, COMANDOS))
    return "\n".join(
        [
            "uso: python -m lab COMANDO [opções]",
            "",
            "As ferramentas do laboratório. A primeira vez prepara tudo sozinha, em .venv.",
            "",
            "comandos (cada um explica as suas opções com --help):",
            *(f"  {comando:{largura}}  {_descricao(comando)}" for comando in COMANDOS),
        ]
    )


def _modulo(comando: str) -> ModuleType:
    """O módulo do comando, se possível sem instalar nada: a ajuda e um erro de digitação não esperam por isso."""
    nome = f"lab.{COMANDOS[comando].parent.name}.comando"
    try:
        return importlib.import_module(nome)
    except (ImportError, AttributeError):  # falta um pacote, ou é de outra versão
        ambiente.garante()
        return importlib.import_module(nome)


def main(argumentos: list[str]) -> int:
    """Escolhe o comando, prepara o ambiente e executa. Devolve o status (int). Erro: ErroDeUso."""
    if not argumentos or argumentos[0] in _PEDIDOS_DE_AJUDA:
        informa(_ajuda())
        return 0 if argumentos else ErroDeUso.status
    comando, *resto = argumentos
    if comando not in COMANDOS:
        raise ErroDeUso(f"comando desconhecido: {comando!r} (escolha entre {', '.join(COMANDOS)})")
    modulo, descricao = _modulo(comando), _descricao(comando)
    analisador = Argumentos(prog=f"python -m lab {comando}", description=f"{descricao[0].upper()}{descricao[1:]}")
    analisador.set_defaults(repassa=False)
    modulo.configura(analisador)
    args, desconhecidos = analisador.parse_known_args(resto)
    args.resto = desconhecidos
    if args.resto and not args.repassa:  # só o comando testes entrega a outro programa o que não conhece
        analisador.error(f"unrecognized arguments: {' '.join(args.resto)}")
    try:
        ambiente.garante(getattr(modulo, "REQUISITOS", ambiente.DA_AULA))
    except ErroDoLaboratorio:
        if comando != "diagnostico":  # ele existe para a máquina em que isto falha
            raise
    status: int = modulo.executa(args)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
