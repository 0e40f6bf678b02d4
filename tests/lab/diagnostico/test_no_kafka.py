"""O diagnóstico em um Kafka de verdade: tudo certo, e cada defeito que uma aula já viu."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from common.conexao.clientes import do_produtor_transacional
from common.configuracao import TOPICOS_BASE
from common.prazo import com_prazo
from lab.diagnostico import transacoes
from lab.diagnostico.achado import Sinal
from lab.kafka_local import portas, propriedades
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.distribuicao.versao import VERSAO_KAFKA
from tests.apoio.kafka_seguro import KafkaSeguro
from tests.apoio.sala import SalaDeTeste, ate
from tests.apoio.script import servidor_mudo
from tests.lab.diagnostico.apoio import PROMETIDO_S, LaudoLido, diagnostica

pytestmark = pytest.mark.broker

PRONTO_S = 60.0
NUMERO_DA_VERSAO = ".".join(VERSAO_KAFKA.split(".")[:2])
TRANSACAO_DO_TESTE_MS = 120_000  # o Kafka não a aborta enquanto o teste olha


def diagnostica_na(sala: SalaDeTeste) -> LaudoLido:
    return diagnostica(**sala.ambiente)


def test_tudo_pronto(sala: SalaDeTeste) -> None:
    sala.servicos(("estoque", 0), ("estoque", 0), ("pagamento", 0), ("notificacao", 0))
    sala.produz(5)
    laudo = diagnostica_na(sala)
    assert (laudo.status, laudo.erro, laudo.com("✘")) == (0, "", [])
    assert laudo.linhas[-1] == "Tudo pronto para a aula"
    assert laudo.segundos < PROMETIDO_S
    certos = "\n".join(laudo.com("✔"))
    for trecho in (
        f" responde em {sala.bootstrap}",
        "ele se anuncia como ",
        *(f"tópico {sala.topico(base)}: 3 partições, " for base in TOPICOS_BASE),
        f"{sala.prefixo}-grupo_estoque: 2 membros",
        f"{sala.prefixo}-grupo_pagamento: 1 membro",
        "nenhuma transação presa",
    ):
        assert trecho in certos


def test_no_meio_da_aula_o_fim_diz_quem_falta_e_quantos_esperam(sala: SalaDeTeste) -> None:
    estoque, pagamento = sala.servicos(("estoque", 0), ("pagamento", 0))
    pagamento.ctrl_c()
    assert pagamento.espera_fim(PRONTO_S) == 0
    sala.produz(5)
    estoque.espera("aprovado", PRONTO_S, vezes=5)
    laudo = diagnostica_na(sala)
    assert (laudo.status, laudo.com("✘")) == (0, [])
    esperam = f"5 pedidos esperam por {sala.prefixo}-grupo_pagamento, que não tem nenhum membro: "
    falta = f"{sala.prefixo}-grupo_notificacao não tem nenhum membro: python servico_notificacao.py"
    assert laudo.com("!") == [f"{esperam}python servico_pagamento.py", falta]
    fim = f"Nada impede a aula, que está no meio: {esperam}python servico_pagamento.py; {falta}"
    assert laudo.linhas[-1] == fim


def test_so_le(kafka_descartavel: KafkaLocal) -> None:
    """Em um Kafka novo não cria nem os tópicos internos, e o que ainda não existe não é um erro."""
    laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=kafka_descartavel.bootstrap)
    assert (laudo.status, laudo.linhas[-1]) == (0, "Tudo pronto para a aula")
    neutros = laudo.com("–")
    assert any("o primeiro script os cria" in linha for linha in neutros)
    assert "grupo_notificacao: nenhum membro; o serviço é python servico_notificacao.py" in neutros
    with KafkaAdminClient(bootstrap_servers=kafka_descartavel.bootstrap) as admin:
        assert (admin.list_topics(), admin.list_groups()) == ([], [])


def test_um_topico_com_uma_particao(sala: SalaDeTeste) -> None:
    nome = sala.topico(TOPICOS_BASE[0])
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.create_topics({nome: {"num_partitions": 1, "replication_factor": 1}})
        admin.wait_for_topics([nome])
    laudo = diagnostica_na(sala)
    assert laudo.status == 1
    (errado,) = laudo.com("✘")
    assert f"o tópico {nome} tem 1 partição, e não 3" in errado
    assert "python -m lab zera" in errado
    assert f"o tópico {sala.topico(TOPICOS_BASE[1])} não existe ainda: o primeiro script o cria" in laudo.com("–")


def test_os_enderecos_que_nao_respondem_nao_impedem_o_que_responde(kafka: KafkaLocal) -> None:
    """Em um cluster um broker pode estar morto, e outro congelado."""
    morto = f"127.0.0.1:{portas.sorteia()}"
    with servidor_mudo() as congelado:
        laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=f"{morto},{congelado},{kafka.bootstrap}")
    assert (laudo.status, laudo.com("✘")) == (0, [])
    assert f"porta aberta em um de {morto},{congelado},{kafka.bootstrap}" in laudo.com("✔")
    assert laudo.segundos < PROMETIDO_S


@pytest.fixture
def anuncia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """`anuncia(endereco)`: um Kafka que manda os clientes para `endereco`; o que ela devolve é o seu endereço."""
    escreve, kafka = propriedades.escreve, KafkaLocal(tmp_path)
    broker = kafka.brokers[0]

    def inicia(endereco: str) -> str:
        anuncio = {"advertised.listeners": f"PLAINTEXT://{endereco}"}
        monkeypatch.setattr(propriedades, "escreve", lambda arquivo, outras: escreve(arquivo, {**outras, **anuncio}))
        broker.lanca()  # inicia() esperaria uma resposta pelo endereço anunciado
        ate(lambda: "Kafka Server started" in broker.log.caminho.read_text(errors="replace"), PRONTO_S, "não iniciou")
        return broker.endereco

    try:
        yield inicia
    finally:
        kafka.para()


@pytest.mark.parametrize("motivo", ["o nome kafka.invalid não existe na rede", "conexão recusada"])
def test_um_endereco_anunciado_a_que_nao_se_chega(anuncia: Callable[[str], str], motivo: str) -> None:
    anunciado = f"127.0.0.1:{portas.sorteia()}" if "recusada" in motivo else "kafka.invalid:9092"
    endereco = anuncia(anunciado)
    laudo = diagnostica(KAFKA_BOOTSTRAP_SERVERS=endereco)
    laudo.exige_so_este_erro(f"o Kafka se anuncia como {anunciado}", motivo, "advertised.listeners")
    assert f"Kafka {NUMERO_DA_VERSAO} responde em {endereco}" in laudo.com("✔")


@pytest.fixture
def produtor(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaProducer]:
    """O de um estoque que abriu uma transação, e ainda não a terminou."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.create_topics({sala.topico(TOPICOS_BASE[1]): {"num_partitions": 3, "replication_factor": 1}})
        admin.wait_for_topics([sala.topico(TOPICOS_BASE[1])])
    config = do_produtor_transacional(f"{sala.prefixo}-grupo_estoque-teste")
    produtor = KafkaProducer(**config | {"transaction_timeout_ms": TRANSACAO_DO_TESTE_MS})
    try:
        produtor.init_transactions()
        produtor.begin_transaction()
        yield produtor
        com_prazo(produtor.abort_transaction, PRONTO_S, "abortar a transação do teste")
    finally:
        produtor.close(1)


def test_uma_transacao_presa_em_um_topico(sala: SalaDeTeste, produtor: KafkaProducer) -> None:
    ha_um_minuto_ms = int(time.time() * 1000) - 60_000
    produtor.send(sala.topico(TOPICOS_BASE[1]), b"x", partition=2, timestamp_ms=ha_um_minuto_ms).get(PRONTO_S)
    laudo = diagnostica_na(sala)
    assert laudo.status == 1
    (errado,) = laudo.com("✘")
    assert f"{sala.topico(TOPICOS_BASE[1])} partição 2" in errado
    assert f"transactional.id {sala.prefixo}-grupo_estoque-teste" in errado
    assert "Este é o Kafka " in errado


def test_uma_transacao_que_acaba_de_comecar_nao_esta_presa(sala: SalaDeTeste, produtor: KafkaProducer) -> None:
    produtor.send(sala.topico(TOPICOS_BASE[1]), b"x", partition=2).get(PRONTO_S)
    laudo = diagnostica_na(sala)
    assert (laudo.status, laudo.com("✘")) == (0, [])


@pytest.mark.parametrize("meu", [True, False], ids=["da aula", "de outro programa"])
def test_uma_transacao_presa_nos_offsets(
    sala: SalaDeTeste, produtor: KafkaProducer, monkeypatch: pytest.MonkeyPatch, meu: bool
) -> None:
    """O defeito do Kafka 4.3 aparece aqui. A data é a do broker: o teste encurta a paciência em vez de esperar."""
    monkeypatch.setattr(transacoes, "PRESA_MS", -PRONTO_S * 1000)
    offsets = {TopicPartition(sala.topico(TOPICOS_BASE[1]), 0): OffsetAndMetadata(0, "", -1)}
    grupo = f"{sala.prefixo}-grupo_estoque"
    com_prazo(lambda: produtor.send_offsets_to_transaction(offsets, grupo), PRONTO_S, "enviar os offsets")
    if not meu:
        monkeypatch.setenv("LAB_PREFIXO", "outra-turma")
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        achados = transacoes.examina_transacoes(admin, (4, 3))
    textos = [achado.texto for achado in achados if achado.sinal is Sinal.ERRADO]
    assert len(textos) == meu
    if meu:
        assert "__consumer_offsets partição " in textos[0]
        assert "Este é o Kafka 4.3, e desde o 4.3 há um defeito" in textos[0]
        assert f"use o {VERSAO_KAFKA}" in textos[0]


def test_um_cluster_com_um_broker_morto() -> None:
    """Os tópicos replicados continuam servindo; o que só estava nele, não."""
    with KafkaLocal.temporario(brokers=3) as kafka, SalaDeTeste(kafka.bootstrap) as sala:
        sala.linha_inteira()
        solitario = sala.prefixo + "2-" + TOPICOS_BASE[0]
        with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
            admin.create_topics({solitario: {"assignments": {0: [1], 1: [1], 2: [1]}}})
            admin.wait_for_topics([solitario])
        kafka.brokers[0].mata()
        do_solitario = sala.ambiente | {"LAB_PREFIXO": f"{sala.prefixo}2"}
        sem_lider = f"o tópico {solitario} está sem líder na partição 0, 1, 2: inicie o broker que falta"
        ate(lambda: diagnostica(**do_solitario).com("✘") == [sem_lider], PRONTO_S, "o cluster não notou a queda")
        laudo = diagnostica_na(sala)
    assert (laudo.status, laudo.com("✘")) == (0, [])
    assert len([linha for linha in laudo.com("–") if "réplicas fora do ar ou em atraso" in linha]) == len(TOPICOS_BASE)


@pytest.fixture(scope="module")
def seguro() -> Iterator[KafkaSeguro]:
    with KafkaSeguro.temporario() as kafka:
        yield kafka


def test_um_kafka_com_senha(seguro: KafkaSeguro) -> None:
    laudo = diagnostica(**seguro.ambiente("ana"))
    assert (laudo.status, laudo.com("✘")) == (0, [])
    assert f"Kafka {NUMERO_DA_VERSAO} responde em {seguro.endereco}" in laudo.com("✔")


@pytest.mark.parametrize(
    ("definidas", "mudadas", "trecho"),
    [
        ("KAFKA_", {"KAFKA_SASL_PASSWORD": "errada"}, "não aceitou o usuário ana"),
        ("KAFKA_BOOTSTRAP", {}, "só fala TLS, e não KAFKA_SECURITY_PROTOCOL=PLAINTEXT"),
        (("KAFKA_BOOTSTRAP", "KAFKA_SSL"), {"KAFKA_SECURITY_PROTOCOL": "SSL"}, "desliga depois de dizer a versão"),
    ],
    ids=["senha errada", "sem TLS", "sem senha"],
)
def test_a_seguranca_errada(
    seguro: KafkaSeguro, definidas: str | tuple[str, ...], mudadas: dict[str, str], trecho: str
) -> None:
    variaveis = {nome: valor for nome, valor in seguro.ambiente("ana").items() if nome.startswith(definidas)}
    diagnostica(**variaveis | mudadas).exige_so_este_erro(trecho)


def test_os_nomes_de_outro_aluno(seguro: KafkaSeguro) -> None:
    """A recusa dos tópicos é um achado, e o resto ainda se examina."""
    laudo = diagnostica(**seguro.ambiente("ana") | {"LAB_PREFIXO": "bia"})
    assert laudo.status == 1
    (errado,) = laudo.com("✘")
    assert "não deixa o usuário ana usar os tópicos bia-" in errado
    assert any("bia-grupo_estoque" in linha for linha in laudo.com("–"))
