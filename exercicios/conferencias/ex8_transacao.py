"""Conferência do exercício 8: duas instâncias morrem, uma em cada pane, e uma terceira termina o trabalho."""

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from common.conexao.clientes import leitor
from common.configuracao import ESTOQUE, PEDIDOS_APROVADOS
from common.terminal.sinais import Interrupcao
from exercicios.conferencias.bancada import espera_etapa, morre_na_pane, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.confere.leitura import le
from lab.processos.sala import Sala

PEDIDOS = "10"
DEPOIS_DO_ENVIO, DEPOIS_DO_OFFSET = "1", "2"  # cada pedido passa por duas panes


# o que o kafka-python diz quando um TODO ficou para trás, e o que isso quer dizer aqui
DICAS = {
    "ProducerFencedError": "uma instância expulsou a outra: o nome do produtor tem de ser só desta instância (TODO 1)",
    "InvalidProducerEpoch": "uma instância expulsou a outra: o nome do produtor tem de ser só desta instância (TODO 1)",
    "non-transactional producer": "o produtor ainda não é o transacional (TODO 1)",
    "from state UNINITIALIZED": "falta chamar init_transactions() antes de devolver o produtor (TODO 1)",
    "Cannot call send in state": "falta começar a transação antes do envio (TODO 3)",
    "from state IN_TRANSACTION to state IN_TRANSACTION": "a transação do pedido anterior não foi confirmada (TODO 5)",
}


def confere(sala: Sala, modulo: str) -> None:
    try:
        _confere(sala, modulo)
    except Falta as falta:
        dica = next((dica for dito, dica in DICAS.items() if dito in str(falta)), None)
        raise (Falta(f"{dica}. {falta}") if dica else falta) from None


def _confere(sala: Sala, modulo: str) -> None:
    # as duas antes dos pedidos: cada uma já tem as suas partições, e chega à sua pane
    vitimas = servicos(sala, 1, "-m", modulo, "--pane", DEPOIS_DO_ENVIO)
    vitimas = servicos(sala, 1, "-m", modulo, "--pane", DEPOIS_DO_OFFSET, ja_abertos=vitimas)
    roda(sala, "produtor_pedidos.py", "-n", PEDIDOS)
    for vitima in vitimas:
        morre_na_pane(vitima)
    contados = espera_etapa(ESTOQUE, *servicos(sala, 1, "-m", modulo))
    if contados.perdidos():
        raise Falta(
            f"{contados.veredito()}: o offset avançou sem o resultado. O consumidor ainda o grava sozinho, em vez da "
            "transação (TODO 4)"
        )
    if contados.duplicados():
        raise Falta(
            f"{contados.veredito()}: o resultado ficou sem o offset. Os dois têm de estar na mesma transação, entre o "
            "começo dela (TODO 3) e a confirmação (TODO 5)"
        )
    if interrompidas(sala) < len(vitimas):
        raise Falta(
            "nada se perdeu nem se duplicou, mas nenhuma pane interrompeu uma transação: a primeira fica depois do "
            "envio, a segunda depois do offset, e as duas antes da confirmação"
        )


def interrompidas(sala: Sala) -> int:
    """Quantos envios (int) de transações que não se confirmaram estão em pedidos_aprovados."""
    topico = sala.topico(PEDIDOS_APROVADOS)
    todos: list[ConsumerRecord] = []
    with leitor(isolation_level="read_uncommitted") as consumidor:
        particoes = [TopicPartition(topico, numero) for numero in consumidor.partitions_for_topic(topico)]
        le(consumidor, consumidor.end_offsets(particoes), todos.append, Interrupcao())
    return len(todos) - len(sala.registros(PEDIDOS_APROVADOS))
