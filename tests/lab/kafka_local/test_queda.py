"""O Kafka local que não começa ou que cai: um só por pasta, mesmo iniciados juntos, e a causa de verdade."""

import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from lab.kafka_local import portas
from lab.kafka_local.queda import causa_da_queda
from lab.processos.script import Script
from tests.apoio.sala import FIM_S, ate

Uso = namedtuple("Uso", "total used free")


def test_as_causas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "faltou memória" in causa_da_queda("INFO tudo bem", tmp_path)
    assert "a pasta foi movida ou apagada" in causa_da_queda("org.apache.kafka...KafkaStorageException: x", tmp_path)
    assert "o disco encheu" in causa_da_queda("IOException: No space left on device", tmp_path)
    preso = r"java.nio.file.AccessDeniedException: C:\kafka\x-0\0.index -> 0.index.deleted ... KafkaStorageException"
    assert "a pasta foi movida ou apagada" in causa_da_queda(preso, tmp_path)
    with monkeypatch.context() as no_windows:
        no_windows.setattr(sys, "platform", "win32")
        assert "--do-zero" in causa_da_queda(preso, tmp_path)
        assert "faltou memória" in causa_da_queda("INFO tudo bem", tmp_path)
    assert "a pasta foi movida" in causa_da_queda("java.nio.file.NoSuchFileException", tmp_path / "sumiu")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Uso(100, 100, 3 * 2**20))
    assert "o disco encheu (há 3 MB livres" in causa_da_queda("KafkaStorageException", tmp_path)


@pytest.mark.broker
def test_dois_iniciados_juntos_em_uma_pasta_nova(tmp_path: Path) -> None:
    """Um fica com ela; o outro sai com uma linha, e não escreve nada por cima."""
    escolhidas = [portas.sorteia(), portas.sorteia()]
    scripts = [
        Script("-m", "lab", "kafka", "--porta", str(porta), "--pasta", str(tmp_path), ambiente={})
        for porta in escolhidas
    ]
    try:
        ate(lambda: any(not script.vivo for script in scripts), FIM_S, "nenhum dos dois desistiu")
        (vencedor,) = [indice for indice, script in enumerate(scripts) if script.vivo]
        perdedor = scripts[1 - vencedor]
        assert perdedor.espera_fim(FIM_S) == 1
        assert "já é de outro Kafka em execução" in perdedor.textos()[-1], perdedor.textos()
        scripts[vencedor].espera("pronto em", FIM_S)
        escrito = (tmp_path / "broker-1" / "server.properties").read_text(encoding="ascii")
        assert f"advertised.listeners=PLAINTEXT://127.0.0.1:{escolhidas[vencedor]}" in escrito.replace(
            "localhost", "127.0.0.1"
        )
    finally:
        for script in scripts:
            script.encerra()


@pytest.mark.broker
def test_a_pasta_de_dados_apagada_e_dita(tmp_path: Path) -> None:
    porta = portas.sorteia()
    with Script("-m", "lab", "kafka", "--porta", str(porta), "--pasta", str(tmp_path), ambiente={}) as kafka:
        kafka.espera("pronto em", FIM_S)
        shutil.rmtree(tmp_path / "broker-1" / "dados")
        try:
            with KafkaAdminClient(bootstrap_servers=f"localhost:{porta}", request_timeout_ms=2_000) as admin:
                admin.create_topics({"x": {"num_partitions": 1, "replication_factor": 1}})
        except KafkaError:
            pass
        assert kafka.espera_fim(FIM_S) == 1
        assert "a pasta foi movida ou apagada" in kafka.textos()[-1], kafka.textos()
