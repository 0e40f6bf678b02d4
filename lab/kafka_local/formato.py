"""O que a formatação deixa em uma pasta de dados, guardado da primeira vez: as outras não esperam por um Java (1 s).

O StorageTool grava dois arquivos: o meta.properties, com os identificadores, e o bootstrap.checkpoint, com os níveis
de recursos desta versão do Kafka, igual em todo cluster e em todo broker.
"""

import base64
import shutil
import uuid
from pathlib import Path

from lab.kafka_local import propriedades
from lab.kafka_local.distribuicao.jars import CACHE
from lab.kafka_local.distribuicao.versao import VERSAO_KAFKA

META = "meta.properties"  # o último a ser gravado: é por ele que se sabe que a pasta está formatada
_CHECKPOINT = "bootstrap.checkpoint"
_GUARDADO = CACHE / f"formato-{VERSAO_KAFKA}" / _CHECKPOINT


def identificador() -> str:
    """Um UUID novo (str) como o Kafka os escreve."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def guarda(dados: Path) -> None:
    """Guarda o que não muda de `dados` (Path), que o StorageTool acaba de formatar. Erro: OSError."""
    _GUARDADO.parent.mkdir(parents=True, exist_ok=True)
    copia = _GUARDADO.with_name(f"{_CHECKPOINT}.{uuid.uuid4().hex}")  # outro processo pode estar guardando o mesmo
    shutil.copyfile(dados / _CHECKPOINT, copia)
    copia.replace(_GUARDADO)


def repete(dados: Path, broker: int, cluster: str) -> bool:
    """Formata `dados` (Path) para este broker do `cluster` (str). False: ainda não há o que repetir. Erro: OSError."""
    if not _GUARDADO.exists():
        return False
    dados.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_GUARDADO, dados / _CHECKPOINT)
    valores = {"version": "1", "cluster.id": cluster, "node.id": str(broker), "directory.id": identificador()}
    propriedades.escreve(dados / META, valores)
    return True
