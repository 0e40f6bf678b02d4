"""Solução do exercício 7: o laço ingênuo que não perde, mas duplica."""

from kafka import KafkaConsumer, KafkaProducer

from common.conexao import clientes
from common.configuracao import ESTOQUE
from common.pedido import codifica, decodifica
from exercicios.cru import CONFIRMACAO_S, aberto, fala, registros
from exercicios.pane import Pane

# publicado, mas sem o offset gravado: quem o substitui publica o pedido outra vez
DUPLICADOS = 1


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

            produtor.send(ESTOQUE.saida, aprovado, registro.key, partition=registro.partition).get(CONFIRMACAO_S)
            pane.aqui()
            consumidor.commit()

            fala(f"Pedido {pedido} aprovado")


if __name__ == "__main__":
    main()
