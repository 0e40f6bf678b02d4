"""Um cluster gerenciado: TLS, usuário e senha, permissões por prefixo, e dois alunos ao mesmo tempo."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from common.conexao.seguranca import VARIAVEIS
from lab import RAIZ
from tests.apoio.aula import PARTES, a_aula_inteira
from tests.apoio.kafka_seguro import SENHAS, KafkaSeguro
from tests.apoio.sala import FIM_S, SalaDeTeste

pytestmark = pytest.mark.broker

RECUSA_S = 20.0  # aqui, 1 s; muito menos do que os 30 s em que se espera por um Kafka que ainda sobe
DEMO_S = 240  # aqui, 35 s
MECANISMOS = ("PLAIN", "SCRAM-SHA-512")
COMANDOS = {
    "produtor": ["produtor_pedidos.py"],
    "estoque": ["servico_estoque.py"],
    "confere": ["-m", "lab", "confere"],
    "zera": ["-m", "lab", "zera", "--sim"],
    "demo": ["-m", "lab", "demo", "--rapido", "--kafka"],
}


@pytest.fixture(scope="module")
def kafka() -> Iterator[KafkaSeguro]:
    with KafkaSeguro.temporario() as kafka:
        yield kafka


class SalaDoAluno(SalaDeTeste):
    """Os terminais de um aluno, que se identifica; o teste lê os tópicos pela porta interna."""

    def __init__(self, kafka: KafkaSeguro, usuario: str, mecanismo: str = "PLAIN") -> None:
        super().__init__(kafka.interno)
        self.prefixo = f"{usuario}-{self.prefixo}"
        self.ambiente = kafka.ambiente(usuario, mecanismo) | {"LAB_PREFIXO": self.prefixo}


def roda(kafka: KafkaSeguro, comando: list[str], prazo_s: float, **ambiente: str) -> subprocess.CompletedProcess[str]:
    """O comando de ana, até o fim, com o que `ambiente` muda."""
    if comando[-1] == "--kafka":
        comando = [*comando, kafka.endereco]
    variaveis = os.environ | {"PYTHONUTF8": "1", "COLUMNS": "300"} | kafka.ambiente("ana") | ambiente
    return subprocess.run(
        [sys.executable, *comando],
        cwd=RAIZ,
        env=variaveis,
        capture_output=True,
        text=True,
        timeout=prazo_s,
        check=False,
    )


def exige_uma_linha(fim: subprocess.CompletedProcess[str], trecho: str) -> None:
    """Status 1, e a recusa em uma só linha de erro; nem a senha nem um traceback."""
    erros = [linha for linha in fim.stderr.splitlines() if linha.startswith("ERRO: ")]
    assert fim.returncode == 1, fim.stderr
    assert len(erros) == 1 and trecho in erros[0], fim.stderr
    assert "Traceback" not in fim.stderr
    assert not [senha for senha in SENHAS.values() if senha in fim.stdout + fim.stderr]


def test_a_aula_com_senha_e_tls(kafka: KafkaSeguro) -> None:
    a_aula_inteira(SalaDoAluno(kafka, "ana", mecanismo) for _, mecanismo in zip(PARTES, cycle(MECANISMOS)))


@pytest.mark.parametrize("mecanismo", MECANISMOS)
def test_confere_com_senha_e_tls(kafka: KafkaSeguro, mecanismo: str) -> None:
    with SalaDoAluno(kafka, "ana") as sala:
        sala.produz(5)
        fim = roda(
            kafka,
            COMANDOS["confere"],
            FIM_S,
            KAFKA_SASL_MECHANISM=mecanismo,
            LAB_PREFIXO=sala.prefixo,
            LAB_DETALHES="1",
        )
        assert fim.returncode == 0, fim.stderr
        assert "perdidos 0, duplicados 0" in fim.stdout
        assert "ana" in fim.stderr, "com LAB_DETALHES=1 o cliente diz como se identificou"
        assert SENHAS["ana"] not in fim.stdout + fim.stderr


@pytest.mark.apaga_topicos
def test_demo_no_cluster_dos_outros(kafka: KafkaSeguro) -> None:
    fim = roda(kafka, COMANDOS["demo"], DEMO_S)
    assert fim.returncode == 0, fim.stdout + fim.stderr
    assert "A demonstração viu tudo o que prometeu" in fim.stdout
    assert "AVISO" not in fim.stdout


# os comandos chegam à mesma recusa: cada um com um mecanismo, e cada mecanismo com mais de um comando
@pytest.mark.parametrize(("nome", "mecanismo"), list(zip(COMANDOS, cycle(MECANISMOS))))
def test_senha_errada(kafka: KafkaSeguro, nome: str, mecanismo: str) -> None:
    fim = roda(
        kafka,
        COMANDOS[nome],
        RECUSA_S,
        KAFKA_SASL_MECHANISM=mecanismo,
        KAFKA_SASL_PASSWORD=SENHAS["bia"],
        LAB_DETALHES="1",
    )
    exige_uma_linha(fim, "não aceitou o usuário ana: confira KAFKA_SASL_USERNAME")


def test_mecanismo_que_o_broker_nao_tem(kafka: KafkaSeguro) -> None:
    fim = roda(kafka, COMANDOS["estoque"], RECUSA_S, KAFKA_SASL_MECHANISM="SCRAM-SHA-256")
    exige_uma_linha(fim, "não conhece KAFKA_SASL_MECHANISM=SCRAM-SHA-256")


@pytest.mark.parametrize("nome", COMANDOS)
def test_certificado_de_outra_autoridade(kafka: KafkaSeguro, nome: str) -> None:
    fim = roda(kafka, COMANDOS[nome], RECUSA_S, KAFKA_SSL_CAFILE=str(kafka.outro_cafile))
    exige_uma_linha(fim, "não é de confiança (quem o assinou não é conhecido aqui): KAFKA_SSL_CAFILE")


def test_certificado_de_outra_maquina(kafka: KafkaSeguro) -> None:
    porta = kafka.endereco.split(":")[1]
    fim = roda(kafka, COMANDOS["estoque"], RECUSA_S, KAFKA_BOOTSTRAP_SERVERS=f"localhost:{porta}")
    exige_uma_linha(fim, "não é de confiança (é de outra máquina)")


@pytest.mark.parametrize("nome", COMANDOS)
def test_sem_permissao_nos_topicos(kafka: KafkaSeguro, nome: str) -> None:
    fim = roda(kafka, COMANDOS[nome], RECUSA_S, LAB_PREFIXO="bia")
    exige_uma_linha(fim, "não deixa o usuário ana usar os tópicos bia-")


def test_permissao_retirada_no_meio(kafka: KafkaSeguro) -> None:
    with SalaDoAluno(kafka, "bia") as sala:
        estoque = sala.servico("estoque", 0)
        with kafka.sem_permissao("bia"):
            assert estoque.espera_fim(FIM_S) == 1
        assert "ERRO: o Kafka em" in estoque.textos()[-1] and "não deixa o usuário bia usar" in estoque.textos()[-1]
        sala.servicos(("estoque", 0), ("pagamento", 0))
        sala.produz(5)
        sala.exige_exatamente_uma_vez(5)


def test_porta_sem_tls_e_protocolo_sem_senha(kafka: KafkaSeguro) -> None:
    sem_nada = dict.fromkeys(VARIAVEIS, "")
    with ThreadPoolExecutor() as lado_a_lado:  # cada um espera 5 s por uma resposta
        sem_tls = lado_a_lado.submit(roda, kafka, COMANDOS["confere"], RECUSA_S, KAFKA_BOOTSTRAP_SERVERS=kafka.interno)
        sem_senha = lado_a_lado.submit(roda, kafka, COMANDOS["confere"], RECUSA_S, **sem_nada)
    exige_uma_linha(sem_tls.result(), "a segurança dele não é KAFKA_SECURITY_PROTOCOL=SASL_SSL")
    exige_uma_linha(sem_senha.result(), "a segurança dele não é KAFKA_SECURITY_PROTOCOL=PLAINTEXT")


def test_dois_alunos_no_mesmo_cluster_nao_se_veem(kafka: KafkaSeguro) -> None:
    with SalaDoAluno(kafka, "ana") as ana, SalaDoAluno(kafka, "bia", "SCRAM-SHA-512") as bia:
        linhas = {sala: sala.linha_inteira(0.05) for sala in (ana, bia)}
        for sala, quantos in ((ana, 10), (bia, 20)):
            sala.produz(quantos)
        ana.exige_exatamente_uma_vez(10)
        bia.exige_exatamente_uma_vez(20)
        assert not ana.chaves("novos_pedidos") & bia.chaves("novos_pedidos")
        for sala, quantos in ((ana, 10), (bia, 20)):
            notificacao = linhas[sala][-1]
            notificacao.espera("concluído", FIM_S, vezes=quantos)
            assert sum("concluído" in linha for linha in notificacao.textos()) == quantos
