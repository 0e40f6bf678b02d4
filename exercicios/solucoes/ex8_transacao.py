"""Solução do exercício 8: exatamente uma vez, com a transação à mão."""

from uuid import uuid4

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from common.conexao import clientes
from common.configuracao import ESTOQUE
from common.pedido import codifica, decodifica
from exercicios.cru import CONFIRMACAO_S, aberto, fala, registros
from exercicios.pane import Pane


def abre_produtor() -> KafkaProducer:
    produtor = KafkaProducer(**clientes.do_produtor_transacional(f"{ESTOQUE.grupo}-{uuid4()}"))
    produtor.init_transactions()
    return produtor


def main() -> None:
    pane = Pane(__doc__)
    with (
        aberto(abre_produtor) as produtor,
        aberto(lambda: KafkaConsumer(ESTOQUE.entrada, **clientes.do_consumidor(ESTOQUE.grupo))) as consumidor,
    ):
        for registro in registros(consumidor):
            eu_no_grupo = consumidor.group_metadata()
            particao = TopicPartition(registro.topic, registro.partition)
            lido = {particao: OffsetAndMetadata(registro.offset + 1, "", -1)}
            pedido = decodifica(registro.value, ESTOQUE.status_esperado)
            fala(f"Recebi pedido {pedido}")
            aprovado = codifica(pedido.aprovado())

            produtor.begin_transaction()
            produtor.send(ESTOQUE.saida, aprovado, registro.key, partition=registro.partition).get(CONFIRMACAO_S)
            pane.aqui()
            produtor.send_offsets_to_transaction(lido, eu_no_grupo)
            pane.aqui()
            produtor.commit_transaction()

            fala(f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
