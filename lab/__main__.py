"""A entrada das ferramentas: `python -m lab COMANDO`. Antes do ambiente pronto, só a biblioteca padrão."""

import sys

if sys.version_info < (3, 10):  # antes de qualquer import que um Python antigo não entenda
    sys.stderr.write("ERRO: o laboratório precisa do Python 3.10 ou mais novo; este é o %d.%d\n" % sys.version_info[:2])
    sys.exit(1)

import importlib

from common.argumentos import Argumentos
from lab import ambiente

# comando: (módulo, o que faz)
COMANDOS = {
    "demo": ("lab.demo", "mostra a aula inteira, sozinha, em um Kafka só dela"),
    "kafka": ("lab.comando_kafka", "um Kafka de verdade neste terminal, sem Docker e sem Java"),
    "confere": ("lab.confere", "conta os pedidos de cada etapa: perdidos, dobrados, esperando"),
    "testes": ("lab.testes", "roda a suíte de testes"),
}


def _ajuda() -> str:
    largura = max(map(len, COMANDOS))
    return "comandos:\n" + "\n".join(f"  {nome:{largura}}  {texto}" for nome, (_, texto) in COMANDOS.items())


def main(argumentos: list[str]) -> int:
    """Escolhe o comando, prepara o ambiente e executa. Devolve o status (int)."""
