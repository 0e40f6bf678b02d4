"""Um pedido de commit que a rede segura, e que chega ao broker com a transação seguinte já começada."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from kafka.errors import KafkaError

from common.conexao import remendos
from common.configuracao import ESTOQUE, NOVOS_PEDIDOS, PEDIDOS_APROVADOS
from common.pedido import codifica, novos_pedidos
from common.prazo import espera_ate
from common.sessao import Sessao
from common.terminal.sinais import Interrupcao
from lab.caos.rede.conexao import Conexao
from lab.caos.rede.defeitos import END_TXN, Defeito
from lab.caos.rede.rede import CLIENTES, Rede
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.sala import PASSO_S, SalaDeTeste, publica
from tests.apoio.sessao import le, saida_de, sessao

pytestmark = pytest.mark.broker

CHEGA_S = 5.0  # solto, ele leva milissegundos


class SeguraOPrimeiro(Defeito):
    """O primeiro EndTxn fica no caminho até a cura; o produtor só vê a conexão cair."""

    async def pedido(self, conexao: Conexao, quadro: bytes) -> None:
        if int.from_bytes(quadro[4:6], "big") == END_TXN and not self.atingidos:
            self.atingidos += 1
            conexao.corta_o_cliente()
            await self._ate_a_cura()
        await super().pedido(conexao, quadro)


@pytest.fixture(scope="module")
def rede() -> Iterator[Rede]:
    with KafkaLocal.em_pasta_temporaria(desvios=len(CLIENTES)) as kafka:
        kafka.inicia()
        with Rede(kafka) as rede:
            yield rede


@pytest.fixture
def sala(rede: Rede) -> Iterator[SalaDeTeste]:
    with SalaDeTeste(rede.bootstrap(ESTOQUE.nome)) as sala:
        yield sala


@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_um_commit_atrasado_confirma_a_transacao_seguinte_pela_metade(
    sala: SalaDeTeste, rede: Rede, monkeypatch: pytest.MonkeyPatch, obvio: bool
) -> None:
    if obvio:
        monkeypatch.setattr(remendos, "_nao_repete", remendos._ao_responder)
    with sessao(sala, monkeypatch) as primeira:
        publica(sala.bootstrap, sala.topico(NOVOS_PEDIDOS), 0, *map(codifica, novos_pedidos(2)))
        lidos = le(primeira, 2)
        segura = SeguraOPrimeiro(Random())
        with rede.estraga(ESTOQUE.nome, segura):
            aberta = _confirma(primeira, lidos[0])
            ja_estavam = len(sala.registros(PEDIDOS_APROVADOS))
            # a transação seguinte, que ainda não tem o offset
            aberta._produtor.begin_transaction()
            aberta._envia(saida_de(lidos[1]))
            aberta._produtor.flush(CHEGA_S)
        assert segura.atingidos == 1
        pela_metade = espera_ate(lambda: len(sala.registros(PEDIDOS_APROVADOS)) > ja_estavam, CHEGA_S, passo_s=PASSO_S)
        assert pela_metade == obvio
        if aberta is not primeira:
            aberta.fecha()


def _confirma(sessao: Sessao, lido: Any) -> Sessao:
    """A sessão em que se está depois de confirmar: a mesma, ou a que se abre quando ela se perde."""
    try:
        sessao.confirma([lido], [saida_de(lido)])
        return sessao
    except KafkaError:
        sessao.fecha()
        return Sessao(ESTOQUE, f"{ESTOQUE.grupo}-teste", Interrupcao(), print)
