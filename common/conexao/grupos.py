"""Quem mais está nos grupos da aula, como o Kafka os descreve: um estranho neles impede os serviços de entrar."""

from typing import Any

from common.conexao.clientes import ATRIBUIDOR

_VAZIOS = ("Empty", "Dead")


def estranhos(descrito: dict[str, Any]) -> str | None:
    """Quem ocupa um grupo (como describe_groups o mostra) de um jeito que não é o da aula; None se ninguém."""
    if not descrito["members"] or descrito["protocol_data"] in ("", ATRIBUIDOR):
        return None
    membros = sorted(
        {f"{membro['client_id']} em {membro['client_host'].lstrip('/')}" for membro in descrito["members"]}
    )
    return (
        f"{descrito['group_id']} é usado por outro programa ({', '.join(membros)}), que reparte as partições com "
        f"{descrito['protocol_data']}, e não com {ATRIBUIDOR}"
    )


def com_membros_ocultos(descrito: dict[str, Any], listado: dict[str, Any]) -> bool:
    """Diz se há no grupo membros do protocolo novo (KIP-848): só o estado em list_groups os denuncia."""
    return not descrito["members"] and listado.get("group_state", "Empty") not in _VAZIOS
