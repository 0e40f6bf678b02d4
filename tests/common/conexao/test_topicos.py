"""Quem cria os tópicos, e o que acontece quando um deles já existe com outra forma."""

import itertools

import pytest
from kafka import KafkaAdminClient

from common.configuracao import NUMERO_DE_PARTICOES, TOPICOS_BASE
from tests.apoio.sala import FIM_S, PRODUTOR_COM_PRAZO, PRONTO_S, SalaDeTeste, sem_traceback

pytestmark = pytest.mark.broker


def test_todos_os_scripts_ao_mesmo_tempo_criam_os_topicos_uma_vez(sala: SalaDeTeste) -> None:
    servicos = [sala.abre(f"servico_{nome}.py", "--tempo", "0") for nome in ("estoque", "pagamento", "notificacao")]
    produtor = sala.abre("produtor_pedidos.py")
    assert produtor.espera_fim(FIM_S) == 0
    for servico in servicos:
        servico.espera("partições atribuídas: 0, 1, 2", PRONTO_S)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        topicos = admin.describe_topics([sala.topico(base) for base in TOPICOS_BASE])
    assert [len(topico["partitions"]) for topico in topicos] == [NUMERO_DE_PARTICOES] * 3
    sala.exige_exatamente_uma_vez(10)
    sem_traceback(produtor, *servicos)


@pytest.mark.parametrize("base", TOPICOS_BASE)
def test_topico_com_uma_particao_avisa_e_segue(sala: SalaDeTeste, base: str) -> None:
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.create_topics({sala.topico(base): {"num_partitions": 1, "replication_factor": 1}})
    servicos = sala.linha_inteira()
    sala.produz(10)
    for servico in servicos:
        assert any(
            f"AVISO: o tópico {sala.topico(base)} deveria ter 3 partições e tem 1" in linha
            for linha in servico.textos()
        )
    sala.exige_exatamente_uma_vez(10)
    sem_traceback(*servicos)


def test_cada_resultado_diz_de_onde_veio_e_quem_o_produziu(sala: SalaDeTeste) -> None:
    sala.linha_inteira()
    sala.produz(10)
    sala.exige_exatamente_uma_vez(10)
    for anterior, base in itertools.pairwise(TOPICOS_BASE):
        origens = {(sala.topico(anterior), r.partition, r.offset): r.key for r in sala.registros(anterior)}
        for registro in sala.registros(base):
            cabecalhos = dict(registro.headers)
            topico, particao, offset = cabecalhos["origem"].decode().split("/")
            assert origens[topico, int(particao), int(offset)] == registro.key
            assert len(cabecalhos["instancia"]) == 6


@pytest.mark.apaga_topicos
def test_topico_apagado_durante_o_envio_e_dito_sem_traceback(sala: SalaDeTeste) -> None:
    produtor = sala.abre(PRODUTOR_COM_PRAZO, "5", "-n", "300000")
    produtor.espera(" de 300000", FIM_S)
    sala.apaga_topicos()
    assert produtor.espera_fim(2 * FIM_S) == 1
    assert produtor.textos()[-1].startswith("ERRO: ") and "sem confirmação" in produtor.textos()[-1]
    sem_traceback(produtor)
