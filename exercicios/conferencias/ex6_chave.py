"""Conferência do exercício 6: com a forma de pagamento como chave, uma partição e o seu estoque ficam sem pedidos."""

from common.configuracao import ESTOQUE, NOVOS_PEDIDOS, NUMERO_DE_PARTICOES
from common.pedido import Status, decodifica
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import espera_etapa, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala

QUANTOS = 60  # o da cópia
REVEJA = {
    "PARTICAO_SEM_PEDIDOS": "rode a sua cópia e olhe a partição de cada chave; há pedidos em todas?",
    "ESTOQUES_QUE_TRABALHAM": "cada estoque tem uma partição; em quantas delas há pedidos?",
}


def confere(sala: Sala, modulo: str) -> None:
    estoques = servicos(sala, NUMERO_DE_PARTICOES, "servico_estoque.py", "--tempo", "0")
    roda(sala, "-m", modulo)
    registros = sala.registros(NOVOS_PEDIDOS)
    if len(registros) < QUANTOS:
        raise Falta(f"a cópia enviou {len(registros)} pedidos: deixe QUANTOS em {QUANTOS}, para que toda chave apareça")
    for registro in registros:
        forma = decodifica(registro.value, Status.NOVO).pagamento.value
        if registro.key != forma.encode():
            raise Falta(f"um pedido pago com {forma} foi enviado com a chave {(registro.key or b'').decode()!r}")
    vazias = set(range(NUMERO_DE_PARTICOES)) - {registro.partition for registro in registros}
    contados = espera_etapa(ESTOQUE, *estoques)
    previsao.compara(
        previsao.le(modulo, "PARTICAO_SEM_PEDIDOS", "ESTOQUES_QUE_TRABALHAM"),
        {
            "PARTICAO_SEM_PEDIDOS": min(vazias, default="nenhuma"),
            "ESTOQUES_QUE_TRABALHAM": len(contados.topicos[1].por_instancia),
        },
        REVEJA,
    )
