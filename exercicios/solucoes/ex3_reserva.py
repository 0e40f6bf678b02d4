"""Solução do exercício 3: quatro estoques, e um não faz nada."""

from kafka import KafkaAdminClient
from kafka.errors import InvalidPartitionsError

from common.conexao import clientes
from common.configuracao import topicos
from common.erros import ErroDoLaboratorio
from exercicios.cru import aberto, fala

# 11 pedidos são 4, 4 e 3 por partição; um estoque tem as partições 0 e 1, o outro tem a 2
COM_DOIS_ESTOQUES = [8, 3]

# uma partição tem um só dono: com três, o quarto fica em reserva
COM_QUATRO_ESTOQUES = [4, 4, 3, 0]

PARTICOES = 4


def main() -> None:
    with aberto(lambda: KafkaAdminClient(**clientes.conexao())) as admin:
        try:
            admin.create_partitions(dict.fromkeys(topicos(), PARTICOES))
        except InvalidPartitionsError:
            raise ErroDoLaboratorio(f"os tópicos já têm {PARTICOES} partições ou mais, e não encolhem") from None
    fala(f"os três tópicos têm {PARTICOES} partições")


if __name__ == "__main__":
    main()
