"""O Kafka local de verdade: inicia, cai, volta com os dados, recusa conflitos e não deixa nada para trás."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic
from kafka.errors import KafkaTimeoutError

from common.conexao.clientes import do_produtor
from common.conexao.topicos import garante_topicos
from common.configuracao import NUMERO_DE_PARTICOES, TOPICOS_BASE
from common.configuracao import topicos as topicos_da_aula
from common.erros import ErroDeUso, ErroDoLaboratorio
from lab import RAIZ
from lab.kafka_local import broker as broker_local
from lab.kafka_local import configuracao as broker
from lab.kafka_local import portas
from lab.kafka_local.broker import BrokerLocal
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.console import Mesa
from lab.processos.trava import Trava
from tests.apoio.sala import SalaDeTeste, ate

pytestmark = pytest.mark.broker

CONFIRMA_S = 60.0  # depois da queda de um broker são 3 a 6 s; o resto é folga para uma máquina ocupada
SEM_MAIORIA_S = 3.0  # com o cluster inteiro, uma confirmação leva milissegundos
NADA_FICA_S = 10.0  # o prazo do vigia (5 s) e a folga de uma máquina ocupada
SO_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem este sinal")


@pytest.fixture
def kafka() -> Iterator[KafkaLocal]:
    with KafkaLocal.temporario() as kafka:
        yield kafka


def pasta_de(kafka: KafkaLocal) -> Path:
    return kafka.brokers[0].log.parent.parent


def topicos(kafka: KafkaLocal) -> set[str]:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        return set(admin.list_topics())


def cria_topico(kafka: KafkaLocal, nome: str) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.create_topics([NewTopic(nome, 3, 1)])


def espera_sumir(pid: int) -> None:
    """Espera o processo deixar de existir (um zumbi sem pai que o recolha já não é ninguém)."""

    def nao_existe() -> bool:
        try:
            return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    ate(nao_existe, NADA_FICA_S, f"o processo {pid} continua lá")


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
        pasta, java = pasta_de(kafka), kafka.brokers[0].pid_java
    espera_sumir(java)
    assert not pasta.exists()


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
    with pytest.raises(ErroDoLaboratorio, match="já é de outro Kafka"):
        KafkaLocal(pasta_de(kafka)).inicia()
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


def comando_kafka(pasta: Path, porta: int, *flags: str, ate: str = "pronto em") -> "subprocess.Popen[str]":
    """`python -m lab kafka`, quando já disse `ate`."""
    argumentos = [sys.executable, "-m", "lab", "kafka", "--porta", str(porta), "--pasta", str(pasta), *flags]
    processo = subprocess.Popen(
        argumentos, cwd=RAIZ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    espera_linha(processo, ate)
    return processo


def espera_linha(processo: "subprocess.Popen[str]", texto: str) -> None:
    assert processo.stdout
    for linha in processo.stdout:
        if texto in linha:
            return
    raise AssertionError(f"terminou sem dizer {texto!r}: status {processo.wait()}")


def java_da_pasta(pasta: Path) -> int:
    (pid,) = (
        processo.pid
        for processo in psutil.process_iter(["cmdline"])
        if "kafka.Kafka" in (linha := processo.info["cmdline"] or []) and "lab.processos.vigia" not in linha
        if str(pasta / "server.properties") in linha
    )
    return pid


@SO_POSIX
def test_comando_interrompido_antes_de_estar_pronto_nao_diz_que_encerrou_um_kafka(tmp_path: Path) -> None:
    with comando_kafka(tmp_path, portas.sorteia(), ate="Iniciando o Kafka") as processo:
        processo.send_signal(signal.SIGINT)
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Interrompido antes de o Kafka estar pronto" in saida
    assert "Kafka encerrado" not in saida and "Traceback" not in saida


@SO_POSIX
@pytest.mark.parametrize("nome", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_comando_encerra_com_status_0_e_sem_deixar_java(tmp_path: Path, nome: str) -> None:
    with comando_kafka(tmp_path, portas.sorteia()) as processo:
        java = java_da_pasta(tmp_path / "broker-1")
        processo.send_signal(getattr(signal, nome))
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Kafka encerrado" in saida
    assert "Traceback" not in saida
    espera_sumir(java)


def test_comando_avisa_quando_o_java_morre(tmp_path: Path) -> None:
    with comando_kafka(tmp_path, portas.sorteia()) as processo:
        psutil.Process(java_da_pasta(tmp_path / "broker-1")).kill()
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 1
    assert "Rode o mesmo comando de novo" in saida
    assert "Traceback" not in saida


def test_porta_ocupada_por_outro_programa_e_reconhecida() -> None:
    with socket.create_server((portas.ESTA_MAQUINA, 0)) as servidor:
        porta = servidor.getsockname()[1]
        assert not portas.livre(porta)
    assert portas.livre(porta)


# --- três brokers


@pytest.fixture(scope="module")
def cluster_do_modulo() -> Iterator[KafkaLocal]:
    with KafkaLocal.temporario(brokers=3) as kafka:
        yield kafka


@pytest.fixture
def cluster(cluster_do_modulo: KafkaLocal) -> KafkaLocal:
    """O cluster que estes testes dividem, com os três brokers de pé."""
    cluster_do_modulo.inicia()
    return cluster_do_modulo


@pytest.fixture
def sala(cluster: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> SalaDeTeste:
    """Os tópicos da aula no cluster, com nomes só deste teste."""
    sala = SalaDeTeste(cluster.bootstrap)
    for variavel, valor in sala.ambiente.items():
        monkeypatch.setenv(variavel, valor)
    garante_topicos(pytest.fail)
    return sala


@pytest.fixture
def produtor(sala: SalaDeTeste) -> Iterator[KafkaProducer]:
    """O produtor da aula, com mais paciência: aqui se espera por um broker que volta."""
    with KafkaProducer(**do_produtor() | {"delivery_timeout_ms": 2 * CONFIRMA_S * 1000}) as produtor:
        yield produtor


def descreve(kafka: KafkaLocal, *nomes: str) -> list[dict[str, Any]]:
    """As partições desses tópicos. Um broker pode levar um instante para saber do que outro acaba de criar."""
    particoes: list[dict[str, Any]] = []

    def todas() -> bool:
        particoes[:] = [p for topico in admin.describe_topics(nomes) for p in topico["partitions"]]
        return len(particoes) == len(nomes) * NUMERO_DE_PARTICOES

    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        ate(todas, CONFIRMA_S, f"faltam partições em {nomes}")
    return particoes


def lider(kafka: KafkaLocal, topico: str, particao: int) -> BrokerLocal:
    (numero,) = (int(p["leader_id"]) for p in descreve(kafka, topico) if p["partition_index"] == particao)
    return kafka.brokers[numero - 1]


def test_cluster_poe_uma_replica_em_cada_broker(cluster: KafkaLocal, sala: SalaDeTeste) -> None:
    replicas = {tuple(sorted(particao["replica_nodes"])) for particao in descreve(cluster, *topicos_da_aula())}
    assert replicas == {(1, 2, 3)}


def test_sem_um_broker_continua_sem_dois_espera_e_nada_se_perde(
    cluster: KafkaLocal, sala: SalaDeTeste, produtor: KafkaProducer
) -> None:
    topico = sala.topico(TOPICOS_BASE[0])
    enviados: list[bytes] = []

    def envia() -> Any:
        """Um registro; o futuro da sua confirmação."""
        enviados.append(str(len(enviados)).encode())
        return produtor.send(topico, enviados[-1], partition=0)

    def gravados() -> list[bytes]:
        return [registro.value for registro in sala.registros(TOPICOS_BASE[0])]

    envia().get(CONFIRMA_S)
    primeiro = lider(cluster, topico, 0)
    primeiro.mata()
    envia().get(CONFIRMA_S)
    assert gravados() == enviados
    segundo = lider(cluster, topico, 0)
    segundo.mata()
    sem_confirmacao = envia()
    with pytest.raises(KafkaTimeoutError):
        sem_confirmacao.get(SEM_MAIORIA_S)
    primeiro.inicia()
    sem_confirmacao.get(CONFIRMA_S)
    envia().get(CONFIRMA_S)
    assert gravados() == enviados
    assert not segundo.vivo


def test_cluster_inteiro_morto_volta_com_os_dados(
    cluster: KafkaLocal, sala: SalaDeTeste, produtor: KafkaProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    produtor.send(sala.topico(TOPICOS_BASE[0]), b"fica", partition=0).get(CONFIRMA_S)
    um, dois, tres = cluster.brokers
    cluster.mata()
    with monkeypatch.context() as depressa:
        depressa.setattr(broker_local, "PRAZO_PARA_RESPONDER_S", 0.5)
        with pytest.raises(ErroDoLaboratorio, match="a maioria dos brokers está de pé"):
            um.inicia()
    assert not um.vivo
    um.lanca()
    dois.lanca()
    ate(lambda: um.responde() and dois.responde(), CONFIRMA_S, "dois são a maioria, e não responderam")
    tres.inicia()
    assert [registro.value for registro in sala.registros(TOPICOS_BASE[0])] == [b"fica"]


def test_broker_que_perdeu_o_disco_volta_ao_mesmo_cluster(cluster: KafkaLocal, sala: SalaDeTeste) -> None:
    tres = cluster.brokers[2]
    tres.mata()
    shutil.rmtree(tres.log.parent / "dados")
    tres.inicia()
    ate(
        lambda: all(len(particao["isr_nodes"]) == 3 for particao in descreve(cluster, *topicos_da_aula())),
        CONFIRMA_S,
        "o broker 3 não copiou de novo o que perdeu",
    )


def test_mesa_derruba_e_levanta_o_broker_digitado(cluster: KafkaLocal, capsys: pytest.CaptureFixture[str]) -> None:
    leitura, escrita = os.pipe()
    os.write(escrita, b"2\noutro\n2\n1\n2\n3\n")
    Mesa(cluster, leitura).acompanha()  # volta porque não resta nenhum
    os.close(escrita)
    assert [linha.partition(".")[0] for linha in capsys.readouterr().out.splitlines()] == [
        "Broker 2 derrubado",
        "Não há um broker outro: digite 1, 2 ou 3 e Enter",
        "Iniciando o broker 2…",
        "Broker 1 derrubado",
        "Broker 2 derrubado",
        "Broker 3 derrubado",
    ]
    assert not cluster.vivo


@pytest.mark.parametrize("brokers", [1, 3])
def test_pasta_de_outra_quantidade_de_brokers(kafka: KafkaLocal, cluster: KafkaLocal, brokers: int) -> None:
    dono = cluster if brokers == 1 else kafka
    antes = sorted(pasta_de(dono).iterdir())
    with pytest.raises(ErroDoLaboratorio, match=rf"e não de {brokers}\. Use --brokers {len(dono.brokers)}"):
        KafkaLocal(pasta_de(dono), brokers=brokers).inicia()
    assert sorted(pasta_de(dono).iterdir()) == antes
    assert dono.responde()


def test_brokers_e_portas_que_nao_existem(tmp_path: Path) -> None:
    with pytest.raises(ErroDeUso, match="1 ou 3 brokers, e não 2"):
        KafkaLocal(tmp_path, brokers=2)
    with pytest.raises(ErroDeUso, match="de 65534 a 65536"):
        KafkaLocal(tmp_path, 65_534, brokers=3)


@SO_POSIX
def test_comando_com_tres_brokers(tmp_path: Path) -> None:
    porta = portas.sorteia()
    with comando_kafka(tmp_path, porta, "--brokers", "3") as processo:
        javas = [java_da_pasta(tmp_path / f"broker-{numero}") for numero in (1, 2, 3)]
        espera_linha(processo, f"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{porta},127.0.0.1:{porta + 1},127.0.0.1:{porta + 2}")
        psutil.Process(javas[1]).kill()
        espera_linha(processo, "Broker 2 caiu. Restam 2 de 3, e o Kafka continua. Para trazê-lo de volta: 2 e Enter")
        assert processo.stdin
        print(2, file=processo.stdin, flush=True)
        espera_linha(processo, "Broker 2 de volta em")
        processo.send_signal(signal.SIGINT)
        saida, _ = processo.communicate(timeout=NADA_FICA_S)
    assert processo.returncode == 0
    assert "Kafka encerrado" in saida
    assert "Traceback" not in saida
    for java in javas:
        espera_sumir(java)
