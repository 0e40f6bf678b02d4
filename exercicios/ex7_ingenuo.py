"""Exercício 7 (quebrar): o estoque com o laço ingênuo, sem transação, e um kill -9. Como fazer: docs/exercicios.md."""

from kafka import KafkaConsumer, KafkaProducer

from common.conexao import clientes
from common.configuracao import ESTOQUE
from common.pedido import codifica, decodifica
from exercicios.cru import CONFIRMACAO_S, aberto, fala, registros
from exercicios.pane import Pane

# TODO 2: depois da sua mudança, quantos pedidos aparecem duplicados, com a mesma pane?
DUPLICADOS = None


def main() -> None:
    pane = Pane(__doc__)
    with (
        aberto(lambda: KafkaProducer(**clientes.do_produtor())) as produtor,
        aberto(lambda: KafkaConsumer(ESTOQUE.entrada, **clientes.do_consumidor(ESTOQUE.grupo))) as consumidor,
    ):
        for registro in registros(consumidor):
            pedido = decodifica(registro.value, ESTOQUE.status_esperado)
            fala(f"Recebi pedido {pedido}")
            aprovado = codifica(pedido.aprovado())

            # TODO 1: com esta pane um pedido se perde. Mude só a ordem das linhas, para que nenhum se perca
            consumidor.commit()
            pane.aqui()
            produtor.send(ESTOQUE.saida, aprovado, registro.key, partition=registro.partition).get(CONFIRMACAO_S)

            fala(f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
