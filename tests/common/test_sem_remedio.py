"""O que esperar não conserta é dito na hora, com o nome e o que fazer; e o que conserta não para por um broker só."""

import time

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from common.configuracao import NOVOS_PEDIDOS
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.configuracao import CONFIGURACAO_DO_BROKER
from tests.apoio.sala import FIM_S, SalaDeTeste, ate, sem_traceback
from tests.apoio.script import roda_trecho

RESPOSTA_MS = 3_000
NA_HORA_S = 10.0  # uma partida leva 1 s; a espera por um Kafka, 30 s


@pytest.mark.parametrize(
    ("saida", "status", "dito"), [("'adeus'", 1, "adeus\n"), ("None", 0, ""), ("3", 3, ""), ("''", 1, "\n")]
)
def test_sair_com_um_texto_depois_de_abandonar_um_cliente(saida: str, status: int, dito: str) -> None:
    processo = roda_trecho(
        "import sys\n"
        "from common.prazo import abandona\n"
        "from common.terminal.sinais import encerra_processo_preso\n"
        "abandona(object())\n"
        f"try: sys.exit({saida})\n"
        "except SystemExit as erro: encerra_processo_preso(erro)"
    )
    assert (processo.returncode, processo.stderr) == (status, dito)


@pytest.mark.broker
@pytest.mark.apaga_topicos
def test_um_nome_que_colide_e_dito_na_hora(sala: SalaDeTeste) -> None:
    """Para o Kafka, a.b e a_b são o mesmo nome nas métricas, e o segundo não pode ser criado."""
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        intruso = sala.topico(NOVOS_PEDIDOS).replace("_", ".")
        admin.create_topics({intruso: {"num_partitions": 1, "replication_factor": 1}})
        try:
            _exige_fim_na_hora(sala, "LAB_PREFIXO")
        finally:
            admin.delete_topics([intruso])


@pytest.mark.broker
def test_um_limite_de_transacao_menor_que_o_nosso_e_dito_na_hora(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONFIGURACAO_DO_BROKER, "transaction.max.timeout.ms", "5000")
    with KafkaLocal.temporario() as kafka, SalaDeTeste(kafka.bootstrap) as sala:
        _exige_fim_na_hora(sala, "transaction.max.timeout.ms")


def _exige_fim_na_hora(sala: SalaDeTeste, o_que: str) -> None:
    desde = time.monotonic()
    estoque = sala.abre("servico_estoque.py")
    assert estoque.espera_fim(FIM_S) == 1
    assert time.monotonic() - desde < NA_HORA_S
    assert "não aceita" in estoque.textos()[-1]
    assert o_que in estoque.textos()[-1]
    sem_traceback(estoque)


@pytest.mark.broker
def test_os_brokers_ja_vistos_servem_quando_o_do_ambiente_cai() -> None:
    """O serviço conhece um endereço só, o de um broker morto, e precisa abrir outra sessão."""
    with KafkaLocal.temporario(brokers=3) as kafka, SalaDeTeste(kafka.bootstrap) as sala:
        so_um = {"KAFKA_BOOTSTRAP_SERVERS": kafka.brokers[0].endereco}
        estoque = sala.servico("estoque", 0, **so_um)
        kafka.brokers[0].mata()
        estoque.congela()
        grupo = f"{sala.prefixo}-grupo_estoque"
        vivo = {"bootstrap_servers": kafka.brokers[1].endereco, "request_timeout_ms": RESPOSTA_MS}

        def expulso() -> bool:
            try:  # um cliente por pergunta: o que achou o coordenador no morto insiste nele
                with KafkaAdminClient(**vivo) as admin:
                    return not admin.describe_groups([grupo])[grupo]["members"]
            except KafkaError:  # o coordenador era o morto, e ainda não mudou de broker
                return False

        ate(expulso, FIM_S, "o congelado não foi expulso")
        estoque.descongela()
        produtor = sala.abre("produtor_pedidos.py", "-n", "9")
        assert produtor.espera_fim(FIM_S) == 0, produtor.textos()
        estoque.espera("aprovado", FIM_S, vezes=9)
        sem_traceback(estoque)
