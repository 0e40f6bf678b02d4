"""Exercício 3 (prever e mudar): quatro estoques, e um não faz nada. Como fazer: docs/exercicios.md."""

from kafka import KafkaAdminClient
from kafka.errors import InvalidPartitionsError

from common.conexao import clientes
from common.configuracao import topicos
from common.erros import ErroDoLaboratorio
from exercicios.cru import aberto, fala

# TODO 1: o produtor envia 11 pedidos a dois estoques. Quantos cada um aprova? Do maior para o menor, como em [6, 5].
COM_DOIS_ESTOQUES = None

# TODO 2: mais 11 pedidos, agora para quatro estoques. Quantos cada um aprova? Quatro números.
COM_QUATRO_ESTOQUES = None

# TODO 3: com quantas partições os quatro trabalham?
PARTICOES = 3


def main() -> None:
    with aberto(lambda: KafkaAdminClient(**clientes.conexao())) as admin:
        try:
            admin.create_partitions(dict.fromkeys(topicos(), PARTICOES))
        except InvalidPartitionsError:
            raise ErroDoLaboratorio(f"os tópicos já têm {PARTICOES} partições ou mais, e não encolhem") from None
    fala(f"os três tópicos têm {PARTICOES} partições")


if __name__ == "__main__":
    main()
