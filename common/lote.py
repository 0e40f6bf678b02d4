"""Quantos pedidos cabem em uma transação: um quando o trabalho leva 2 s, centenas quando é instantâneo."""

ALVO_S = 0.1  # trabalho por transação: menos desperdiça idas ao broker, mais atrasa quem espera o resultado
LOTE_MAXIMO = 500  # o padrão de max.poll.records; acima disso o ganho medido some


def proximo_lote(lote: int, feitos: int, trabalho_s: float) -> int:
    """O tamanho do próximo lote, se `feitos` pedidos de um lote de até `lote` levaram `trabalho_s` segundos.

    Cresce no máximo ao dobro por vez e só se o lote veio cheio; encolhe de uma vez.
    """
    por_pedido_s = trabalho_s / max(1, feitos)
    ideal = LOTE_MAXIMO if por_pedido_s * LOTE_MAXIMO <= ALVO_S else max(1, int(ALVO_S / por_pedido_s))
    if ideal < lote:
        return ideal
    return min(ideal, lote * 2) if feitos >= lote else lote
