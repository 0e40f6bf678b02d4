"""As falhas da rede entre um serviço, ou todos, e um broker, ou todos."""

import contextlib
from collections.abc import Callable, Iterator
from random import Random

from common.configuracao import ETAPAS
from common.prazo import espera_ate
from lab.caos.falhas.falha import Alvos, Falha, Golpe, Injecao, Recurso
from lab.caos.falhas.servicos import ALEM_DA_SESSAO_S
from lab.caos.rede.defeitos import Atraso, BuracoNegro, ContaGotas, Corte, Defeito, MaoUnica, SeguraEndTxn

PEDIDOS = 30  # enviados enquanto a falha dura: o produtor também passa por ela, e sempre há um commit a atingir
ATINGE_S = 15.0  # até o primeiro atingido: o EndTxn espera que o serviço desista (8 s), volte e faça outra transação


def _na_rede(defeitos: Callable[[Random], Defeito], so_servicos: bool = False) -> Injecao:
    @contextlib.contextmanager
    def injeta(alvos: Alvos) -> Iterator[Golpe]:
        # outra falha pode ter levado o serviço: no trecho dele nada passaria
        mudos = [etapa.nome for etapa in ETAPAS if not alvos.vivas(etapa)]
        trechos = [etapa.nome for etapa in ETAPAS] if so_servicos else list(alvos.rede.trechos)
        trecho, defeito = alvos.sorte.choice([nome for nome in trechos if nome not in mudos]), defeitos(alvos.sorte)
        with alvos.rede.estraga(trecho, defeito):
            alvos.instancias.produz(PEDIDOS)
            aconteceu = espera_ate(lambda: defeito.atingidos > 0, ATINGE_S, alvos.parada.confere)
            yield Golpe(trecho, aconteceu)

    return injeta


DA_REDE = (
    Falha("rede-atraso", "cada pedido chega até 2 s depois", (2.0, 5.0), _na_rede(Atraso), tira=Recurso.KAFKA),
    Falha("rede-corte", "conexões cortadas no meio de um pedido", (2.0, 4.0), _na_rede(Corte), tira=Recurso.KAFKA),
    Falha(
        "rede-buraco",
        "as conexões ficam, e nada passa, além da sessão",
        (ALEM_DA_SESSAO_S, ALEM_DA_SESSAO_S + 2.0),
        _na_rede(BuracoNegro),
        tira=Recurso.KAFKA,
    ),
    Falha("rede-mao-unica", "os pedidos chegam, as respostas não", (2.0, 9.0), _na_rede(MaoUnica), tira=Recurso.KAFKA),
    Falha("rede-conta-gotas", "3 KB/s, nos dois sentidos", (2.0, 5.0), _na_rede(ContaGotas), tira=Recurso.KAFKA),
    Falha(
        "rede-endtxn",
        "um commit que chega com a transação seguinte já começada",
        (0.0, 3.0),
        _na_rede(SeguraEndTxn, so_servicos=True),
        tira=Recurso.KAFKA,
        precisa=Recurso.TRABALHO,
        sabota=True,
    ),
)
