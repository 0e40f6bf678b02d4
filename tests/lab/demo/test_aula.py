"""A aula em um pipe, até o fim, como o aluno a roda; e o que a impede de começar, dito em uma linha."""

import re
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.comando import DESMONTE_S, comeca
from tests.lab.demo.apoio import DEMO, FIM_S


@pytest.mark.broker
@pytest.mark.apaga_topicos
def test_a_aula_inteira_no_kafka_de_outro_que_fica_como_estava(kafka: KafkaLocal, pasta: Path) -> None:
    figura = pasta / "demo.svg"
    with comeca(pasta, *DEMO, "--kafka", kafka.bootstrap, "--figura", str(figura)) as demo:
        saida, _ = demo.communicate(timeout=FIM_S)
    assert demo.returncode == 0, saida
    assert "✘" not in saida and "Traceback" not in saida and "\x1b" not in saida
    assert re.search(r"pedidos perdidos +\S +0 ", saida)
    assert re.search(r"pedidos duplicados +\S +0 ", saida)
    assert "30 enviados, 30 aprovados, 30 pagos: perdidos 0, duplicados 0" in saida
    for terminal in ("T1 [NOTIFICAÇÃO]", "T2 [PAGAMENTO]", "T3 [ESTOQUE]", "T4 [PRODUTOR]", "T5 [ESTOQUE]"):
        assert f"\n{terminal} " in saida
    svg = figura.read_text(encoding="utf-8").replace("&#160;", " ")
    for trecho in ("Parte 3: o pagamento cai", " MORTO ", "Encerrado.", ">10<"):
        assert trecho in svg
    prefixo = re.search(r"(demo-[0-9a-f]{8})-grupo", saida)
    assert prefixo is not None
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        sobras = [*admin.list_topics(), *(grupo["group_id"] for grupo in admin.list_groups())]
    assert [nome for nome in sobras if nome.startswith(prefixo[1])] == []


def test_kafka_que_nao_responde(pasta: Path) -> None:
    with comeca(pasta, *DEMO, "--kafka", "127.0.0.1:1") as demo:
        saida, _ = demo.communicate(timeout=DESMONTE_S)
    assert demo.returncode == 1
    assert "nenhum Kafka respondeu em 127.0.0.1:1" in saida
    assert "Traceback" not in saida


@pytest.mark.parametrize(
    ("flags", "motivo"),
    [
        (["--passo-a-passo"], "a entrada precisa ser um terminal"),
        (["--figura", "não/há/demo.svg"], "não há como gravar em não/há/demo.svg"),
        (["--figura", "."], "não há como gravar em ."),
    ],
)
def test_uso_errado_e_dito_em_uma_linha_antes_de_comecar(pasta: Path, flags: list[str], motivo: str) -> None:
    with comeca(pasta, *DEMO, *flags) as demo:
        saida, _ = demo.communicate(timeout=DESMONTE_S)
    assert demo.returncode == 2
    assert saida.startswith("ERRO: ") and saida.count("\n") == 1 and motivo in saida
