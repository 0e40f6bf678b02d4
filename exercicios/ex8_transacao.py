"""Exercício 8 (quebrar e consertar): exatamente uma vez, com a transação à mão. Como fazer: docs/exercicios.md."""

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from common.conexao import clientes
from common.configuracao import ESTOQUE
from common.pedido import codifica, decodifica
from exercicios.cru import CONFIRMACAO_S, aberto, fala, registros
from exercicios.pane import Pane


def abre_produtor() -> KafkaProducer:
    # TODO 1: um produtor transacional: clientes.do_produtor_transacional(nome), e não do_produtor(), com um nome só
    # desta instância, f"{ESTOQUE.grupo}-{uuid4()}"; chame o init_transactions() dele antes de o devolver
    return KafkaProducer(**clientes.do_produtor())


def main() -> None:
    pane = Pane(__doc__)
    with (
        aberto(abre_produtor) as produtor,
        aberto(lambda: KafkaConsumer(ESTOQUE.entrada, **clientes.do_consumidor(ESTOQUE.grupo))) as consumidor,
    ):
        for registro in registros(consumidor):
            # TODO 2: guarde em uma variável quem esta instância é no grupo agora: consumidor.group_metadata()
            particao = TopicPartition(registro.topic, registro.partition)
            lido = {particao: OffsetAndMetadata(registro.offset + 1, "", -1)}
            pedido = decodifica(registro.value, ESTOQUE.status_esperado)
            fala(f"Recebi pedido {pedido}")
            aprovado = codifica(pedido.aprovado())

            # TODO 3: comece uma transação
            produtor.send(ESTOQUE.saida, aprovado, registro.key, partition=registro.partition).get(CONFIRMACAO_S)
            pane.aqui()
            # TODO 4: quem grava o offset é a transação, e não o consumidor: send_offsets_to_transaction(lido, …)
            consumidor.commit(lido)
            pane.aqui()
            # TODO 5: confirme a transação

            fala(f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
