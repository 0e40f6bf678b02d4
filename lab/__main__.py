"""A entrada das ferramentas: `python -m lab COMANDO`. Antes do ambiente pronto, só a biblioteca padrão."""

import importlib
import sys
from types import ModuleType

from common.argumentos import Argumentos
from common.erros import ErroDeUso, ErroDoLaboratorio
from lab import ambiente
from lab.mensagem import informa

# comando: (módulo, o que faz). Cada módulo tem configura(analisador) e executa(args) -> status.
COMANDOS = {
    "demo": ("lab.demo", "mostra a aula inteira, sozinha, em um Kafka só dela"),
    "kafka": ("lab.comando_kafka", "um Kafka de verdade neste terminal, sem Docker e sem Java"),
    "confere": ("lab.confere", "conta os pedidos de cada etapa: perdidos, dobrados, esperando"),
    "diagnostico": ("lab.diagnostico.comando", "diz o que falta nesta máquina para a aula, e o que fazer"),
    "zera": ("lab.zera", "apaga os tópicos da aula e o que os grupos já leram, depois de perguntar"),
    "caos": ("lab.caos.comando", "derruba serviços e brokers sob carga e confere que nada se perdeu"),
    "testes": ("lab.testes", "roda a suíte de testes; aceita as flags do pytest"),
}

_PEDIDOS_DE_AJUDA = {"-h", "--help", "--ajuda"}


def _ajuda() -> str:
    largura = max(map(len, COMANDOS))
    comandos = [f"  {nome:{largura}}  {texto}" for nome, (_, texto) in COMANDOS.items()]
    return "\n".join(
        [
            "uso: python -m lab COMANDO [opções]",
            "",
            "As ferramentas do laboratório. A primeira vez prepara tudo sozinha, em .venv.",
            "",
            "comandos (cada um explica as suas opções com --help):",
            *comandos,
        ]
    )


def _modulo(nome: str) -> ModuleType:
    """O módulo do comando, se possível sem instalar nada: a ajuda e um erro de digitação não esperam por isso."""
    try:
        return importlib.import_module(nome)
    except ImportError:  # falta um pacote, ou é velho demais
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
    nome, descricao = COMANDOS[comando]
    modulo = _modulo(nome)
    analisador = Argumentos(prog=f"python -m lab {comando}", description=f"{descricao[0].upper()}{descricao[1:]}.")
    analisador.set_defaults(repassa=False)
    modulo.configura(analisador)
    args, desconhecidos = analisador.parse_known_args(resto)
    args.resto = desconhecidos
    if args.resto and not args.repassa:  # só o comando testes entrega a outro programa o que não conhece
        analisador.error(f"unrecognized arguments: {' '.join(args.resto)}")
    try:
        ambiente.garante()
    except ErroDoLaboratorio:
        if comando != "diagnostico":  # ele existe para a máquina em que isto falha
            raise
    status: int = modulo.executa(args)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
