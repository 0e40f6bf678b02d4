"""Conferência do exercício 5: os pedidos com o produto em falta são recusados, os outros são aprovados."""

from common.configuracao import ESTOQUE, NOVOS_PEDIDOS
from common.pedido import Status, decodifica
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera_etapa, linhas, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala

PEDIDOS = 30  # cada um tem o produto em falta com 40 % de chance: que nenhum o tenha é 1 em 5 milhões
EM_FALTA = "Monitor"
REVEJA = {
    "O_CONFERE_DIZ": "o grupo já passou por esses pedidos? E há um resultado deles no tópico seguinte? Compare com as "
    "definições de lab/confere/contagem.py"
}


def confere(sala: Sala, modulo: str) -> None:
    (estoque,) = servicos(sala, 1, "-m", modulo)
    roda(sala, "produtor_pedidos.py", "-n", str(PEDIDOS))
    contados = espera_etapa(ESTOQUE, estoque)
    pedidos = [decodifica(registro.value, Status.NOVO) for registro in sala.registros(NOVOS_PEDIDOS)]
    com_falta = {pedido.id: pedido for pedido in pedidos if any(item.produto == EM_FALTA for item in pedido.itens)}
    aprovados = contados.topicos[1].pedidos
    faltas = []
    if errados := aprovados.keys() & com_falta.keys():
        faltas.append(f"{len(errados)} de {len(com_falta)} pedidos com {EM_FALTA} foram aprovados")
    if quantos := len(pedidos) - len(com_falta) - len(aprovados.keys() - com_falta.keys()):
        faltas.append(f"{quantos} pedidos sem {EM_FALTA} não foram aprovados")
    if repetidos := contados.duplicados():
        faltas.append(f"{len(repetidos)} pedidos foram publicados mais de uma vez: um pedido, uma publicação")
    if calados := [str(pedido) for pedido in com_falta.values() if not linhas(estoque, f"{pedido} recusado")]:
        faltas.append(f"o estoque não disse “Pedido … recusado” de {', '.join(calados)}")
    try:
        previsto = previsao.le(modulo, "O_CONFERE_DIZ")
        faltas += previsao.erradas(previsto, {"O_CONFERE_DIZ": "perdidos"}, REVEJA)
    except Falta as falta:
        faltas.append(str(falta))
    if faltas:
        raise Falta("; ".join(faltas))
