"""Conferência do exercício 1: 14 pedidos em tópicos novos, um por transação do estoque."""

from common.configuracao import ESTOQUE, NOVOS_PEDIDOS, NUMERO_DE_PARTICOES, PEDIDOS_APROVADOS
from common.pedido import Status, decodifica
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera_etapa, roda, servicos
from lab.processos.sala import Sala

TEMPO = "0.15"  # acima do ALVO_S de common/lote.py: um pedido por transação, como na aula


REVEJA = {
    "PARTICAO_DO_PEDIDO_9": "em common/produtor.py, que conta o envia faz com o número? Faça-a para 1, 2, 3 e 4",
    "PEDIDOS_POR_PARTICAO": "distribua os 14, um a um, na mesma volta; quem recebe os que sobram da última?",
    "OFFSET_DO_PEDIDO_14_EM_NOVOS_PEDIDOS": "liste os pedidos da partição dele, na ordem; o primeiro tem o offset 0",
    "OFFSET_DO_PEDIDO_14_EM_PEDIDOS_APROVADOS": "a lista é a mesma, mas cada transação anterior deixa "
    "também a marca do seu commit, que ocupa um offset",
}


def confere(sala: Sala, modulo: str) -> None:
    previsoes = previsao.le(
        modulo,
        "PARTICAO_DO_PEDIDO_9",
        "PEDIDOS_POR_PARTICAO",
        "OFFSET_DO_PEDIDO_14_EM_NOVOS_PEDIDOS",
        "OFFSET_DO_PEDIDO_14_EM_PEDIDOS_APROVADOS",
    )
    estoque = servicos(sala, 1, "servico_estoque.py", "--tempo", TEMPO)
    roda(sala, "produtor_pedidos.py", "-n", "14")
    espera_etapa(ESTOQUE, *estoque)
    novos = {decodifica(r.value, Status.NOVO).numero: r for r in sala.registros(NOVOS_PEDIDOS)}
    aprovados = {decodifica(r.value, Status.APROVADO).numero: r for r in sala.registros(PEDIDOS_APROVADOS)}
    previsao.compara(
        previsoes,
        {
            "PARTICAO_DO_PEDIDO_9": novos[9].partition,
            "PEDIDOS_POR_PARTICAO": [
                sum(registro.partition == particao for registro in novos.values())
                for particao in range(NUMERO_DE_PARTICOES)
            ],
            "OFFSET_DO_PEDIDO_14_EM_NOVOS_PEDIDOS": novos[14].offset,
            "OFFSET_DO_PEDIDO_14_EM_PEDIDOS_APROVADOS": aprovados[14].offset,
        },
        REVEJA,
    )
