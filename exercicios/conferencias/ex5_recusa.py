"""Conferência do exercício 5: os pedidos com o produto em falta são recusados, os outros são aprovados."""

from common.configuracao import ESTOQUE, NOVOS_PEDIDOS
from common.pedido import Status, decodifica
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera_etapa, esperando, linhas, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala

PEDIDOS = 30  # cada um tem o produto em falta com 40 % de chance: que nenhum o tenha é 1 em 5 milhões
EM_FALTA = "Monitor"


def confere(sala: Sala, modulo: str) -> None:
    (estoque,) = servicos(sala, 1, "-m", modulo)
    roda(sala, "produtor_pedidos.py", "-n", str(PEDIDOS))
    contados = espera_etapa(ESTOQUE, estoque)
    pedidos = [decodifica(registro.value, Status.NOVO) for registro in sala.registros(NOVOS_PEDIDOS)]
    com_falta = {pedido.id: pedido for pedido in pedidos if any(item.produto == EM_FALTA for item in pedido.itens)}
    aprovados = contados.topicos[1].pedidos.keys()
    if errados := aprovados & com_falta.keys():
        raise Falta(f"{len(errados)} de {len(com_falta)} pedidos com {EM_FALTA} foram aprovados")
    if quantos := len(pedidos) - len(com_falta) - len(aprovados):
        raise Falta(f"{quantos} pedidos sem {EM_FALTA} não foram aprovados")
    if calados := [str(pedido) for pedido in com_falta.values() if not linhas(estoque, f"{pedido} recusado")]:
        raise Falta(f"o estoque não disse “Pedido … recusado” de {', '.join(calados)}")

    listas = {
        "esperando": esperando(contados, ESTOQUE),
        "perdidos": len(contados.perdidos()),
        "duplicados": len(contados.duplicados()),
    }
    (o_que_diz,) = [nome for nome, quantos in listas.items() if quantos == len(com_falta)]
    previsao.compara(previsao.le(modulo, "O_CONFERE_DIZ"), {"O_CONFERE_DIZ": o_que_diz})
