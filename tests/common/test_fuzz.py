"""Registros que o hypothesis inventa, nos três tópicos, entre pedidos bons: nada morre, nada some, nada se duplica."""

import re
from collections import Counter
from functools import partial

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from kafka import KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord

from common.configuracao import ETAPAS, NUMERO_DE_PARTICOES, TOPICOS_BASE, Etapa
from common.erros import PedidoInvalido
from common.pedido import decodifica
from lab.confere.contagem import Lugar
from lab.processos.script import Script
from tests.apoio.registros_estranhos import Estranho, registros
from tests.apoio.sala import FIM_S, SalaDeTeste, ate, sem_traceback

pytestmark = pytest.mark.broker

ESTRANHOS = 450  # nos três tópicos
DE_CADA_TIPO = 5  # com menos registros bons, ou ruins, em um tópico, o sorteio não prova nada
BONS = 60
LINHA_MAXIMA = 400  # caracteres: um relato é uma linha que se lê


def _sorteia() -> dict[str, list[Estranho]]:
    """Os registros de cada tópico, os mesmos em toda execução."""
    sorteados: dict[str, list[Estranho]] = {base: [] for base in TOPICOS_BASE}
    etapas = st.sampled_from(ETAPAS)

    @settings(max_examples=ESTRANHOS, phases=[Phase.generate])
    @given(etapas.flatmap(lambda etapa: st.tuples(st.just(etapa.entrada_base), registros(etapa.status_esperado))))
    def anota(sorteado: tuple[str, Estranho]) -> None:
        base, estranho = sorteado
        sorteados[base].append(estranho)

    anota()
    return sorteados


SORTEADOS = _sorteia()  # já na coleta: depois, threads de outros testes mexem no random de que o hypothesis depende


def _publica(sala: SalaDeTeste, base: str, estranhos: list[Estranho]) -> set[Lugar]:
    """Publica em rodízio pelas partições. Devolve onde ficaram."""
    with KafkaProducer(bootstrap_servers=sala.bootstrap) as produtor:
        envios = [
            produtor.send(sala.topico(base), valor, chave, cabecalhos, numero % NUMERO_DE_PARTICOES)
            for numero, (valor, chave, cabecalhos) in enumerate(estranhos)
        ]
        return {Lugar(gravado.partition, gravado.offset) for gravado in (envio.get(FIM_S) for envio in envios)}


class _Topicos:
    """Os três tópicos, em que se sabe quais registros são os sorteados."""

    def __init__(self, sala: SalaDeTeste) -> None:
        self._sala = sala
        self._estranhos: dict[str, set[Lugar]] = {base: set() for base in TOPICOS_BASE}

    def publica(self, base: str, estranhos: list[Estranho]) -> None:
        self._estranhos[base] |= _publica(self._sala, base, estranhos)

    def estranho(self, registro: ConsumerRecord, base: str) -> bool:
        return Lugar(registro.partition, registro.offset) in self._estranhos[base]

    def nossos(self, base: str) -> list[ConsumerRecord]:
        """O que o produtor e os serviços puseram no tópico."""
        return [registro for registro in self._sala.registros(base) if not self.estranho(registro, base)]


def _e_pedido(registro: ConsumerRecord, etapa: Etapa) -> bool:
    try:
        decodifica(registro.value, etapa.status_esperado)
    except PedidoInvalido:
        return False
    return True


def _exige_relatos(script: Script, ruins: list[ConsumerRecord]) -> None:
    """Cada um destes registros, e nenhum outro, foi relatado uma vez, em uma linha que se lê."""
    relatos = [linha for linha in script.textos() if "IGNORADO" in linha]
    assert Counter(relato.split(": ")[1] for relato in relatos) == Counter(
        f"{ruim.topic}, partição {ruim.partition}, offset {ruim.offset}" for ruim in ruins
    )
    assert all(len(relato) < LINHA_MAXIMA for relato in relatos)
    assert all(linha.isprintable() for linha in script.textos()), "nada do que se lê comanda o terminal"


def _concluidos(notificacao: Script) -> int:
    """Quantos pedidos a notificação disse ter atendido, um a um ou em resumos."""
    texto = "\n".join(notificacao.textos())
    return texto.count(" concluído para ") + sum(map(int, re.findall(r"\+(\d+) pedidos \(total", texto)))


def _concluiu(notificacao: Script, quantos: int) -> bool:
    return _concluidos(notificacao) >= quantos


def _tem(topicos: _Topicos, base: str, quantos: int) -> bool:
    return len(topicos.nossos(base)) >= quantos


def test_registros_estranhos_entre_pedidos_bons(sala: SalaDeTeste) -> None:
    servicos = sala.linha_inteira()
    topicos = _Topicos(sala)
    for parte in range(2):
        for base, estranhos in SORTEADOS.items():
            topicos.publica(base, estranhos[parte::2])
        sala.produz(BONS // 2)
    bons = Counter(registro.key for registro in topicos.nossos(TOPICOS_BASE[0]))
    assert len(bons) == bons.total() == BONS

    ignorados = []
    for etapa, script in zip(ETAPAS, servicos, strict=True):
        base, saida = etapa.entrada_base, etapa.saida_base
        entradas = sala.registros(base)
        pedidos = [registro for registro in entradas if _e_pedido(registro, etapa)]
        ruins = [registro for registro in entradas if not _e_pedido(registro, etapa)]
        aceitos = [registro for registro in pedidos if topicos.estranho(registro, base)]
        assert min(len(ruins), len(aceitos)) >= DE_CADA_TIPO

        ignorados.append(ruins)
        script.espera("IGNORADO", FIM_S, vezes=len(ruins))
        if saida:
            ate(partial(_tem, topicos, saida, len(pedidos)), FIM_S, f"faltam pedidos em {saida}")
            saidas = topicos.nossos(saida)
            # uma saída por entrada que é um pedido, nenhuma por uma que não é
            assert Counter(dict(registro.headers)["origem"].decode() for registro in saidas) == Counter(
                f"{pedido.topic}/{pedido.partition}/{pedido.offset}" for pedido in pedidos
            )
            assert Counter(registro.key for registro in saidas if registro.key in bons) == bons
        else:
            ate(partial(_concluiu, script, len(pedidos)), FIM_S, "a notificação não viu todos")

    confere = sala.abre("-m", "lab", "confere")
    confere.espera("duplicados", FIM_S)
    for script, ruins in zip(servicos, ignorados, strict=True):
        assert script.vivo
        script.ctrl_c()
        assert script.espera_fim(FIM_S) == 0
        _exige_relatos(script, ruins)
    assert _concluidos(servicos[-1]) == len(pedidos)
    sem_traceback(*servicos, confere)
