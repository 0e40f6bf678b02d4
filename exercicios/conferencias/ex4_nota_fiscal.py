"""Conferência do exercício 4: a nota fiscal recebe todos os pedidos pagos, e a notificação também."""

import re

from common.configuracao import PEDIDOS_CONCLUIDOS, Etapa
from common.pedido import Pedido, Status, decodifica
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera, linhas, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala
from lab.processos.script import Script

NAO_SEPARA = (" ", "\xa0", "\u202f", r"\xa0", r"\u202f")  # entre R$ e o número; os últimos, como o terminal os mostra
PEDIDOS = 6  # de cada vez: antes e depois de a nota fiscal existir


def confere(sala: Sala, modulo: str) -> None:
    etapa = previsao.le(modulo, "NOTA_FISCAL")["NOTA_FISCAL"]
    if not isinstance(etapa, Etapa) or etapa.entrada_base != PEDIDOS_CONCLUIDOS:
        raise Falta(f"NOTA_FISCAL tem de ser uma Etapa que lê {PEDIDOS_CONCLUIDOS}: só se emite a nota do que foi pago")
    servicos(sala, 1, "servico_estoque.py", "--tempo", "0")
    servicos(sala, 1, "servico_pagamento.py", "--tempo", "0")
    (notificacao,) = servicos(sala, 1, "servico_notificacao.py")
    roda(sala, "produtor_pedidos.py", "-n", str(PEDIDOS))
    _espera_avisos(notificacao, PEDIDOS)

    nota = sala.abre("-m", modulo)
    espera(lambda: bool(linhas(nota, "partições atribuídas")), "a nota fiscal não entrou em um grupo", nota)
    roda(sala, "produtor_pedidos.py", "-n", str(PEDIDOS))
    _espera_avisos(notificacao, 2 * PEDIDOS)
    pagos = [decodifica(registro.value, Status.PAGO) for registro in sala.registros(PEDIDOS_CONCLUIDOS)]
    espera(
        lambda: all(linhas(nota, str(pedido)) for pedido in pagos),
        f"a nota fiscal não recebeu todos os {len(pagos)} pedidos pagos, os de antes dela e os de depois",
        nota,
    )
    for pedido in pagos:
        if not any(_diz_o_total(linha, pedido) for linha in linhas(nota, str(pedido))):
            raise Falta(
                f"do pedido {pedido}, de {pedido.total_centavos} centavos, a nota fiscal disse "
                f"“{linhas(nota, str(pedido))[0]}”: o total é em reais, com vírgula e dois algarismos, depois de R$"
            )


def _espera_avisos(notificacao: Script, quantos: int) -> None:
    def basta() -> bool:
        return len(linhas(notificacao, "concluído")) == quantos or bool(linhas(notificacao, "Rebalanceamento"))

    espera(basta, f"a notificação não avisou {quantos} pedidos", notificacao)
    if linhas(notificacao, "Rebalanceamento"):
        raise Falta("a nota fiscal entrou no grupo da notificação e lhe tirou partições: as duas dividem os pedidos")


def _diz_o_total(linha: str, pedido: Pedido) -> bool:
    """Diz se a linha traz o total em reais, com ou sem ponto nos milhares: 1234,50 ou 1.234,50."""
    espaco = "|".join(map(re.escape, NAO_SEPARA))
    reais = re.findall(rf"R\$(?:{espaco})?([\d.]+,\d\d)\b", linha)
    return [valor.replace(".", "").replace(",", "") for valor in reais] == [f"{pedido.total_centavos:03}"]
