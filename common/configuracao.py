"""Os nomes que os quatro scripts combinam entre si: tópicos, grupos e etapas.

    produtor → [novos_pedidos] → ESTOQUE → [pedidos_aprovados] → PAGAMENTO → [pedidos_concluidos] → NOTIFICAÇÃO

`LAB_PREFIXO=ana` põe "ana-" antes de cada tópico e grupo, para uma turma dividir o mesmo Kafka.
"""

import os
import re
from dataclasses import dataclass

from common.erros import ErroDeUso
from common.pedido import Status

NUMERO_DE_PARTICOES = 3  # até três instâncias de um serviço trabalham ao mesmo tempo; a quarta fica em reserva

_PREFIXO_VALIDO = re.compile(r"[A-Za-z0-9_-]{1,40}")  # sem ".": para o Kafka, os tópicos a.b e a_b colidem


def com_prefixo(nome: str) -> str:
    """`nome` (str) com o LAB_PREFIXO desta execução. Erro: ErroDeUso se o prefixo não serve para tópicos."""
    prefixo = os.environ.get("LAB_PREFIXO", "")
    if not prefixo:
        return nome
    if not _PREFIXO_VALIDO.fullmatch(prefixo):
        raise ErroDeUso("LAB_PREFIXO só pode ter até 40 letras sem acento, números, '_' e '-'")
    return f"{prefixo}-{nome}"


@dataclass(frozen=True)
class Etapa:
    """Um serviço da linha: de que tópico lê, em que grupo, que status espera e para onde publica."""

    nome: str  # o que aparece entre colchetes em cada linha
    cor: str  # nome de cor do rich
    grupo_base: str
    entrada_base: str
    saida_base: str | None  # None: o fim da linha
    status_esperado: Status

    @property
    def grupo(self) -> str:
        return com_prefixo(self.grupo_base)

    @property
    def entrada(self) -> str:
        return com_prefixo(self.entrada_base)

    @property
    def saida(self) -> str | None:
        return com_prefixo(self.saida_base) if self.saida_base else None


NOVOS_PEDIDOS = "novos_pedidos"
PEDIDOS_APROVADOS = "pedidos_aprovados"
PEDIDOS_CONCLUIDOS = "pedidos_concluidos"
TOPICOS_BASE = (NOVOS_PEDIDOS, PEDIDOS_APROVADOS, PEDIDOS_CONCLUIDOS)

ESTOQUE = Etapa("ESTOQUE", "yellow", "grupo_estoque", NOVOS_PEDIDOS, PEDIDOS_APROVADOS, Status.NOVO)
PAGAMENTO = Etapa("PAGAMENTO", "green", "grupo_pagamento", PEDIDOS_APROVADOS, PEDIDOS_CONCLUIDOS, Status.APROVADO)
NOTIFICACAO = Etapa("NOTIFICAÇÃO", "magenta", "grupo_notificacao", PEDIDOS_CONCLUIDOS, None, Status.PAGO)
ETAPAS = (ESTOQUE, PAGAMENTO, NOTIFICACAO)


def topicos() -> list[str]:
    """Os nomes (list[str]) dos três tópicos desta execução, na ordem da linha."""
    return [com_prefixo(nome) for nome in TOPICOS_BASE]
