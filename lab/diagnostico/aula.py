"""O que a aula deixou, ou ainda não deixou, no Kafka: os três tópicos e os três grupos. Só lê."""

from collections.abc import Iterable
from typing import Any

from kafka.errors import TopicAuthorizationFailedError

from common.conexao.grupos import com_membros_ocultos, estranhos
from common.conexao.topicos import topicos_que_existem
from common.configuracao import ETAPAS, NUMERO_DE_PARTICOES, Etapa, topicos
from common.terminal.sinais import Interrupcao
from lab.confere.leitura import conta
from lab.diagnostico.achado import Achado, certo, errado, neutro, pendente


def examina_topicos(admin: Any) -> list[Achado]:
    """Um achado por tópico da aula. Erro: kafka.errors.KafkaError."""
    descritos = {topico["name"]: topico for topico in admin.describe_topics(topicos())}
    if any(topico["error_code"] == TopicAuthorizationFailedError.errno for topico in descritos.values()):
        raise TopicAuthorizationFailedError
    # qualquer outro código de erro: ele não existe, ou nasceu neste instante
    existentes = {nome: topico["partitions"] for nome, topico in descritos.items() if not topico["error_code"]}
    if not existentes:
        return [neutro(f"nenhum dos tópicos ({', '.join(topicos())}) existe ainda: o primeiro script os cria")]
    return [_do_topico(nome, existentes.get(nome)) for nome in topicos()]


def _do_topico(nome: str, particoes: list[dict[str, Any]] | None) -> Achado:
    if particoes is None:
        return neutro(f"o tópico {nome} não existe ainda: o primeiro script o cria")
    if len(particoes) != NUMERO_DE_PARTICOES:
        return errado(
            f"o tópico {nome} tem {_plural(len(particoes), 'partição', 'partições')}, e não {NUMERO_DE_PARTICOES}: "
            "encerre os serviços e apague-o (python -m lab zera), ou use LAB_PREFIXO=novo em todos os terminais"
        )
    if sem_lider := _numeros(p for p in particoes if p["leader_id"] == -1):
        return errado(f"o tópico {nome} está sem líder na partição {sem_lider}: inicie o broker que falta")
    replicas = min(len(particao["replica_nodes"]) for particao in particoes)
    descricao = f"tópico {nome}: {NUMERO_DE_PARTICOES} partições, {_plural(replicas, 'réplica', 'réplicas')}"
    if atrasadas := _numeros(p for p in particoes if len(p["isr_nodes"]) < len(p["replica_nodes"])):
        return neutro(f"{descricao}, com réplicas fora do ar ou em atraso na partição {atrasadas}")
    return certo(descricao)


def pedidos_que_esperam(admin: Any) -> dict[str, int]:
    """Quantos pedidos (int) esperam por cada grupo da aula (str); vazio se nenhum script rodou ainda."""
    if len(topicos_que_existem(admin)) < len(topicos()):
        return {}
    esperando = conta(lambda _: None, Interrupcao()).esperando()
    return {etapa.grupo: esperando[etapa.entrada].total() for etapa in ETAPAS}


def examina_grupos(admin: Any, esperam: dict[str, int]) -> list[Achado]:
    """Um achado por grupo da aula; `esperam`: quantos pedidos (int) por cada um. Erro: kafka.errors.KafkaError."""
    # a lista antes: descrever um grupo que não existe faria o Kafka criar o tópico interno dos grupos
    listados = {grupo["group_id"]: grupo for grupo in admin.list_groups()}
    descritos = admin.describe_groups([etapa.grupo for etapa in ETAPAS if etapa.grupo in listados])
    ha_gente = any(descrito["members"] for descrito in descritos.values())
    return [
        _do_grupo(
            etapa, descritos.get(etapa.grupo), listados.get(etapa.grupo, {}), esperam.get(etapa.grupo, 0), ha_gente
        )
        for etapa in ETAPAS
    ]


def _do_grupo(
    etapa: Etapa, descrito: dict[str, Any] | None, listado: dict[str, Any], esperam: int, ha_gente: bool
) -> Achado:
    if descrito is not None and com_membros_ocultos(descrito, listado):
        return errado(
            f"{etapa.grupo} é usado por outro programa, com o protocolo de grupos novo (group.protocol=consumer): os "
            "serviços da aula não entram nele. Encerre esse programa, ou use outro LAB_PREFIXO"
        )
    if descrito is None or not descrito["members"]:
        script = etapa.grupo_base.replace("grupo", "servico")
        if esperam:
            quantos = _plural(esperam, "pedido espera", "pedidos esperam")
            return pendente(f"{quantos} por {etapa.grupo}, que não tem nenhum membro: python {script}.py")
        if ha_gente:  # os outros estão de pé: este saiu, ou ainda não veio
            return pendente(f"{etapa.grupo} não tem nenhum membro: python {script}.py")
        return neutro(f"{etapa.grupo}: nenhum membro; o serviço é python {script}.py")
    if quem := estranhos(descrito):
        return errado(f"{quem}: os serviços da aula não entram nele. Encerre esse programa, ou use outro LAB_PREFIXO")
    membros = _plural(len(descrito["members"]), "membro", "membros")
    if descrito["group_state"] != "Stable":
        return neutro(f"{etapa.grupo}: {membros}, repartindo as partições ({descrito['group_state']})")
    return certo(f"{etapa.grupo}: {membros}")


def _plural(quantos: int, um: str, muitos: str) -> str:
    return f"{quantos} {um if quantos == 1 else muitos}"


def _numeros(particoes: Iterable[dict[str, Any]]) -> str:
    return ", ".join(map(str, sorted(particao["partition_index"] for particao in particoes)))
