"""O Kafka local de verdade, com um broker: inicia, cai, volta com os dados, recusa conflitos e não deixa nada."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from common.erros import ErroDeUso, ErroDoLaboratorio
from lab import RAIZ
from lab.kafka_local import broker as broker_local
from lab.kafka_local import configuracao as broker
from lab.kafka_local import formato, portas, propriedades
from lab.kafka_local.cluster import KafkaLocal
from lab.processos.trava import Trava
from tests.lab.kafka_local.apoio import NADA_FICA_S, SO_POSIX, espera_sumir

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def kafka_do_modulo() -> Iterator[KafkaLocal]:
    with KafkaLocal.temporario() as kafka:
        yield kafka


@pytest.fixture
def kafka(kafka_do_modulo: KafkaLocal) -> KafkaLocal:
    """O Kafka que estes testes dividem, de pé."""
    kafka_do_modulo.inicia()
    return kafka_do_modulo


def topicos(kafka: KafkaLocal) -> set[str]:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        return set(admin.list_topics())


def cria_topico(kafka: KafkaLocal, nome: str) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.create_topics([NewTopic(nome, 3, 1)])


def test_o_que_foi_gravado_sobrevive_a_kill_9_e_a_um_reinicio(kafka: KafkaLocal) -> None:
    cria_topico(kafka, "sobrevive")
    endereco, morto = kafka.bootstrap, kafka.brokers[0].pid_java
    kafka.mata()
    espera_sumir(morto)
    assert not kafka.vivo
    kafka.inicia()
    assert kafka.bootstrap == endereco
    assert "sobrevive" in topicos(kafka)
    kafka.para()
    kafka.inicia()
    assert "sobrevive" in topicos(kafka)


def test_iniciar_duas_vezes_nao_inicia_outro(kafka: KafkaLocal) -> None:
    antes = kafka.brokers[0].pid_java
    kafka.inicia()
    assert kafka.brokers[0].pid_java == antes


def test_parado_nao_tem_pid_e_parar_de_novo_nao_e_erro(kafka: KafkaLocal) -> None:
    kafka.para()
    kafka.para()
    with pytest.raises(ErroDoLaboratorio, match="não está rodando"):
        _ = kafka.brokers[0].pid_java


def test_nada_escuta_fora_desta_maquina(kafka: KafkaLocal) -> None:
    enderecos = {
        c.laddr.ip for c in psutil.Process(kafka.brokers[0].pid_java).net_connections() if c.status == "LISTEN"
    }
    assert {endereco.removeprefix("::ffff:") for endereco in enderecos} == {"127.0.0.1"}


def test_temporario_apaga_a_pasta_e_o_java() -> None:
    with KafkaLocal.temporario() as kafka:
        pasta, java = kafka.pasta, kafka.brokers[0].pid_java
    espera_sumir(java)
    assert not pasta.exists()


def test_os_offsets_de_um_grupo_parado_duram_mais_do_que_um_pedido_no_log(kafka: KafkaLocal) -> None:
    """Sem eles o grupo faria em dobro o que o log ainda tem: o que se fez há `roll` (o arquivo fecha) + `retention`."""
    nomes = dict.fromkeys(["offsets.retention.minutes", "log.roll.hours", "log.retention.hours"])
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        do_broker = ConfigResource(ConfigResourceType.BROKER, "1", nomes)
        ditos = admin.describe_configs([do_broker], config_filter="all")["broker"]["1"]
    offsets_min, roll_h, retention_h = (int(ditos[nome]["value"]) for nome in nomes)
    assert offsets_min > 60 * (roll_h + retention_h)


@SO_POSIX
def test_congelado_nao_responde_e_descongelado_responde(kafka: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_local, "_PRAZO_DA_RESPOSTA_MS", 500)
    kafka.congela()
    assert not kafka.responde()
    kafka.descongela()
    assert kafka.responde()


@SO_POSIX
def test_congelado_tambem_e_encerrado(kafka: KafkaLocal) -> None:
    java = kafka.brokers[0].pid_java
    kafka.congela()
    kafka.para()
    espera_sumir(java)


def test_a_mesma_pasta_nao_serve_a_dois(kafka: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_local, "_ESPERA_PELO_ANTERIOR_S", 0.2)
    with pytest.raises(ErroDoLaboratorio, match=r"já é de outro Kafka em execução, em 127\.0\.0\.1:.*--pasta \.kafka-"):
        KafkaLocal(kafka.pasta).inicia()
    assert kafka.responde()


def test_a_mesma_porta_nao_serve_a_dois(kafka: KafkaLocal, tmp_path: Path) -> None:
    with pytest.raises(ErroDoLaboratorio, match=f"porta {kafka.brokers[0].porta} já está em uso"):
        KafkaLocal(tmp_path, kafka.brokers[0].porta).inicia()
    assert kafka.responde()


def test_java_que_morre_na_partida_diz_por_que(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(broker.CONFIGURACAO_DO_BROKER, "num.partitions", "três")
    with pytest.raises(ErroDoLaboratorio, match=r"num\.partitions"):
        KafkaLocal(tmp_path).inicia()
    assert Trava(tmp_path / "broker-1" / "em-uso.trava").livre()


def test_pasta_com_acento_e_espaco(tmp_path: Path) -> None:
    with KafkaLocal(tmp_path / "José da Silva") as kafka:
        assert kafka.responde()


@SO_POSIX
@pytest.mark.parametrize("sinal", [signal.SIGKILL, signal.SIGHUP] if sys.platform != "win32" else [])
def test_quem_morre_leva_o_seu_kafka_junto(tmp_path: Path, sinal: int) -> None:
    programa = textwrap.dedent("""
        import sys
        from pathlib import Path
        from lab.kafka_local.cluster import KafkaLocal
        kafka = KafkaLocal(Path(sys.argv[1]))
        kafka.inicia()
        print(kafka.brokers[0].pid_java, flush=True)
        sys.stdin.read()  # até este teste fechar a entrada, ou morrer
    """)
    with subprocess.Popen(
        [sys.executable, "-c", programa, str(tmp_path)],
        cwd=RAIZ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as dono:
        assert dono.stdout
        java = int(dono.stdout.readline())
        os.kill(dono.pid, sinal)
    espera_sumir(java)
    with Trava(tmp_path / "broker-1" / "em-uso.trava") as trava:
        assert trava.tenta(NADA_FICA_S)


def test_a_formatacao_repetida_e_a_do_storage_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """O que se guarda da primeira vez serve a qualquer outra pasta; só os identificadores são de cada uma."""
    monkeypatch.setattr(formato, "_GUARDADO", tmp_path / "cache" / "bootstrap.checkpoint")
    dados = [tmp_path / nome / "broker-1" / "dados" for nome in ("formatada", "repetida")]
    for pasta in dados:
        with KafkaLocal(pasta.parent.parent) as kafka:
            assert kafka.responde()
    checkpoints = [(pasta / "bootstrap.checkpoint").read_bytes() for pasta in dados]
    assert checkpoints[0] == checkpoints[1]
    for chave, igual in (("version", True), ("node.id", True), ("cluster.id", False), ("directory.id", False)):
        um, outro = (propriedades.le(pasta / formato.META, chave) for pasta in dados)
        assert um and outro and (um == outro) is igual, chave


def test_porta_ocupada_por_outro_programa_e_reconhecida() -> None:
    with socket.create_server((portas.ESTA_MAQUINA, 0)) as servidor:
        porta = servidor.getsockname()[1]
        assert not portas.livre(porta)
    assert portas.livre(porta)


def test_brokers_e_portas_que_nao_existem(tmp_path: Path) -> None:
    with pytest.raises(ErroDeUso, match="1 ou 3 brokers, e não 2"):
        KafkaLocal(tmp_path, brokers=2)
    with pytest.raises(ErroDeUso, match="de 65534 a 65536"):
        KafkaLocal(tmp_path, 65_534, brokers=3)
