"""O que é preciso para apagar os três tópicos e os três grupos: saber se se pode, se alguém os usa, e a ordem certa."""

from pathlib import PureWindowsPath
from typing import Any

import kafka.errors
from kafka.errors import (
    CoordinatorNotAvailableError,
    GroupIdNotFoundError,
    NonEmptyGroupError,
    TopicDeletionDisabledError,
    UnknownError,
    UnknownTopicOrPartitionError,
)

from common.conexao.clientes import bootstrap
from common.conexao.grupos import com_membros_ocultos
from common.conexao.topicos import particoes_dos_topicos
from common.configuracao import ETAPAS
from common.erros import ErroDoLaboratorio
from common.terminal.texto import enumera


def grupos_que_existem(admin: Any) -> list[str]:
    """Os que o Kafka conhece dos três grupos: um grupo apagado é um grupo sem offsets."""
    return list(_listados(admin))


def _listados(admin: Any) -> dict[str, dict[str, Any]]:
    conhecidos = {grupo["group_id"]: grupo for grupo in admin.list_groups()}
    return {etapa.grupo: conhecidos[etapa.grupo] for etapa in ETAPAS if etapa.grupo in conhecidos}


def ocupados(admin: Any) -> list[str]:
    """Os grupos que têm membros, cada um com quantos e de que máquinas."""
    ocupados = []
    listados = _listados(admin)
    descritos = admin.describe_groups(list(listados))
    for grupo, listado in listados.items():
        erro = descritos[grupo]["error"]
        if erro and GroupIdNotFoundError.__name__ not in erro:
            raise CoordinatorNotAvailableError(erro)  # o grupo acaba de mudar de broker
        if membros := descritos[grupo]["members"]:
            quantos = "1 instância" if len(membros) == 1 else f"{len(membros)} instâncias"
            maquinas = sorted({membro["client_host"].lstrip("/") for membro in membros})
            ocupados.append(f"{grupo} ({quantos}, em {enumera(maquinas)})")
        elif com_membros_ocultos(descritos[grupo], listado):
            ocupados.append(f"{grupo} (outro programa, com group.protocol=consumer)")
    return ocupados


def exige_um_broker_que_apague(admin: Any) -> None:
    """Erro: ErroDoLaboratorio se algum broker roda direto no Windows.

    Cada broker diz onde roda, pela sua pasta de dados: C:\\... no Windows, /var/lib/kafka/data em um contêiner, mesmo
    que o contêiner esteja em um Windows. Quem não mostra as pastas a este usuário é um cluster com permissões, e não
    o Kafka da aula.
    """
    for broker in admin.describe_log_dirs({}):
        for pasta in broker["log_dirs"]:
            if do_windows(pasta["log_dir"]):
                raise ErroDoLaboratorio(
                    f"o Kafka em {bootstrap()} roda direto no Windows, e ali apagar um tópico o derruba (apache/kafka "
                    "#12331): dê Ctrl+C no terminal dele e inicie-o com python -m lab kafka --do-zero (e o --porta, o "
                    "--pasta e o --brokers de antes)"
                )


def do_windows(caminho: str) -> bool:
    """Diz se um caminho absoluto (str) é do Windows: começa por uma unidade (C:) ou por um servidor."""
    return bool(PureWindowsPath(caminho).drive)


def apaga(admin: Any) -> None:
    """Pede ao Kafka que apague o que existir.

    Erros: ErroDoLaboratorio se um serviço entrou em um dos grupos, ou se este Kafka não apaga tópicos; KafkaError.

    Os tópicos vão antes dos grupos: se algo parar no meio, um grupo zerado não pode achar um tópico cheio, que
    leria de novo do começo, duplicando pedidos.
    """
    if existentes := particoes_dos_topicos(admin):
        try:
            admin.delete_topics(list(existentes))
        except UnknownTopicOrPartitionError:
            pass  # outra pessoa os apagou neste instante
        except TopicDeletionDisabledError:
            raise ErroDoLaboratorio(
                f"o Kafka em {bootstrap()} não deixa ninguém apagar tópicos (delete.topic.enable=false): para começar "
                "do zero, use outro LAB_PREFIXO"
            ) from None
    for grupo, resultado in admin.delete_groups(grupos_que_existem(admin)).items():
        if resultado == NonEmptyGroupError.__name__:
            raise ErroDoLaboratorio(
                f"um serviço entrou em {grupo} enquanto os tópicos eram apagados: encerre-o com Ctrl+C e repita"
            )
        if resultado not in ("OK", GroupIdNotFoundError.__name__):
            raise getattr(kafka.errors, resultado, UnknownError)
