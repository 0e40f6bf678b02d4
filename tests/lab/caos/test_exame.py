"""O que o exame lê do Kafka: os offsets dos grupos, na ordem em que se confirmaram."""

import struct
from pathlib import Path
from uuid import UUID

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata

from lab.caos import exame
from lab.processos.parada import Parada
from tests.apoio.sala import SalaDeTeste


def test_um_aviso_pela_metade_nao_conta(tmp_path: Path) -> None:
    assert exame.le_avisos(tmp_path) == set()
    um, outro, terceiro = UUID(int=1), UUID(int=2), UUID(int=3)
    (tmp_path / "o de um morto").write_text(f"{um}\n{um}\n{str(outro)[:20]}")
    (tmp_path / "o do seguinte").write_text(f"{terceiro}\n")
    assert exame.le_avisos(tmp_path) == {um, terceiro}


def test_o_que_nao_e_um_offset_nao_conta() -> None:
    dois = b"".join(struct.pack(">h", len(texto)) + texto for texto in (b"g", b"t"))
    de_offset = struct.pack(">h", 1) + dois + struct.pack(">i", 2)
    assert exame.le_offset(de_offset, struct.pack(">hqi", 4, 7, -1)) == ("g: t, partição 2", 7)
    assert exame.le_offset(de_offset, None) is None  # esquecido
    assert exame.le_offset(struct.pack(">h", 2) + dois, b"os membros do grupo") is None


@pytest.mark.broker
def test_os_offsets_de_um_grupo_saem_na_ordem_em_que_se_confirmaram(
    sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", sala.bootstrap)
    grupo, topico = f"{sala.prefixo}-grupo", sala.topico("novos_pedidos")
    sala.produz(1)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        for offset in (3, 5, 2):
            admin.alter_group_offsets(grupo, {TopicPartition(topico, 1): OffsetAndMetadata(offset, "", -1)})
    assert exame.confirmados(Parada())[f"{grupo}: {topico}, partição 1"] == [3, 5, 2]
