"""O que outros fazem aos tópicos enquanto os serviços trabalham, ou dormem: nenhum pedido confirmado se perde."""

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from common.conexao.clientes import leitor
from common.conexao.topico_fixo import fixa_topico
from common.conexao.topicos import garante_topicos
from common.configuracao import NOVOS_PEDIDOS, PEDIDOS_APROVADOS, PEDIDOS_CONCLUIDOS
from common.pedido import codifica, novos_pedidos
from common.prazo import espera_ate
from lab.processos.script import Script
from tests.apoio.mexe import apaga, aumenta, corta, recria
from tests.apoio.sala import FIM_S, PASSO_S, SalaDeTeste, ate, publica, sem_traceback

pytestmark = [pytest.mark.broker, pytest.mark.apaga_topicos]

LIDO_EM_S = 10.0  # o que se promete; com o padrão do cliente seriam até 5 minutos


def confere(sala: SalaDeTeste) -> tuple[int, str]:
    comando = sala.abre("-m", "lab", "confere")
    return comando.espera_fim(FIM_S), "\n".join(comando.textos())


def exige_todos_uma_vez(sala: SalaDeTeste, quantidade: int, vindos_de: str = NOVOS_PEDIDOS) -> None:
    """Cada pedido que está em `vindos_de` está uma vez no fim da linha."""
    chaves = set(sala.chaves(vindos_de))
    assert len(chaves) == quantidade
    ate(lambda: chaves <= set(sala.chaves(PEDIDOS_CONCLUIDOS)), FIM_S, "pedidos confirmados não chegaram ao fim")
    assert not [chave for chave, vezes in sala.chaves(PEDIDOS_CONCLUIDOS).items() if vezes > 1]


def test_apagado_e_criado_de_novo_com_os_servicos_ociosos(sala: SalaDeTeste) -> None:
    linha = sala.linha_inteira()
    sala.produz(9)
    exige_todos_uma_vez(sala, 9)
    recria(sala, NOVOS_PEDIDOS)
    sala.produz(9)
    exige_todos_uma_vez(sala, 9)
    linha[0].espera(f"{sala.topico(NOVOS_PEDIDOS)} foi apagado e criado de novo", FIM_S)
    sem_traceback(*linha)


def test_apagado_e_criado_de_novo_com_o_servico_ocupado(sala: SalaDeTeste) -> None:
    """O novo já é mais comprido do que o antigo quando o serviço volta do trabalho: nada o avisaria."""
    linha = sala.servicos(("estoque", 3), ("pagamento", 0), ("notificacao", 0))
    sala.produz(9)
    linha[0].espera("aprovado", FIM_S, vezes=2)
    recria(sala, NOVOS_PEDIDOS)
    novos = _envia_a_todas(sala, NOVOS_PEDIDOS, 3, 5)
    linha[0].espera(f"{sala.topico(NOVOS_PEDIDOS)} foi apagado e criado de novo", FIM_S)
    linha[0].encerra()
    sala.servico("estoque", 0)
    ate(lambda: novos <= set(sala.chaves(PEDIDOS_CONCLUIDOS)), FIM_S, "pedidos do tópico novo não foram feitos")
    assert not [chave for chave, vezes in sala.chaves(PEDIDOS_CONCLUIDOS).items() if vezes > 1]
    sem_traceback(*linha)


def test_apagado_e_criado_de_novo_com_os_servicos_parados(sala: SalaDeTeste) -> None:
    linha = sala.linha_inteira()
    sala.produz(9)
    exige_todos_uma_vez(sala, 9)
    for servico in linha:
        servico.ctrl_c()
        servico.espera_fim(FIM_S)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        antigos = admin.list_group_offsets([f"{sala.prefixo}-grupo_estoque"])[f"{sala.prefixo}-grupo_estoque"]
        for base in (NOVOS_PEDIDOS, PEDIDOS_APROVADOS):
            recria(sala, base)
        # o coordenador ora esquece, ora guarda os offsets de um tópico apagado: aqui, guarda
        admin.alter_group_offsets(f"{sala.prefixo}-grupo_estoque", antigos)
    sala.produz(9)
    assert "esperando em" in confere(sala)[1]
    sala.linha_inteira()
    exige_todos_uma_vez(sala, 9)
    assert confere(sala)[0] == 1, "9 resultados ficaram sem origem"


def test_offsets_sem_anotacao_valem(sala: SalaDeTeste) -> None:
    """Os de uma versão anterior, e os que um administrador escolheu (kafka-consumer-groups --reset-offsets)."""
    sala.produz(9)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        particoes = [TopicPartition(sala.topico(NOVOS_PEDIDOS), numero) for numero in range(3)]
        grupo = f"{sala.prefixo}-grupo_estoque"
        admin.alter_group_offsets(grupo, dict.fromkeys(particoes, OffsetAndMetadata(2, "", -1)))
    sala.linha_inteira()
    ate(lambda: len(sala.chaves(PEDIDOS_CONCLUIDOS)) == 3, FIM_S, "os últimos três não foram feitos")
    assert len(sala.chaves(PEDIDOS_APROVADOS)) == 3


@pytest.mark.parametrize("particoes", [3, 1])
def test_saida_apagada_e_criada_de_novo(sala: SalaDeTeste, particoes: int) -> None:
    """Também com menos partições do que tinha, e com um pedido no meio."""
    linha = sala.servicos(("estoque", 1), ("pagamento", 0), ("notificacao", 0))
    sala.produz(9)
    linha[0].espera("aprovado", FIM_S, vezes=3)
    recria(sala, PEDIDOS_APROVADOS, particoes)
    aprovados = sala.chaves(NOVOS_PEDIDOS)
    linha[0].espera("aprovado", FIM_S, vezes=9)
    ate(
        lambda: set(sala.chaves(PEDIDOS_APROVADOS)) <= set(sala.chaves(PEDIDOS_CONCLUIDOS)),
        FIM_S,
        "aprovados no tópico novo e não pagos",
    )
    assert len(aprovados) == 9
    assert not [
        c for c, vezes in (sala.chaves(PEDIDOS_APROVADOS) + sala.chaves(PEDIDOS_CONCLUIDOS)).items() if vezes > 2
    ]
    sem_traceback(*linha)


def test_apagado_e_so(sala: SalaDeTeste) -> None:
    """Ninguém o cria de novo: os serviços criam."""
    linha = sala.linha_inteira()
    sala.produz(9)
    exige_todos_uma_vez(sala, 9)
    apaga(sala, PEDIDOS_APROVADOS)
    linha[1].espera(f"{sala.topico(PEDIDOS_APROVADOS)} não existia", FIM_S)
    sala.produz(9)
    ate(lambda: len(sala.chaves(PEDIDOS_CONCLUIDOS)) == 18, FIM_S, "os pedidos não passaram pelo tópico novo")
    sem_traceback(*linha)


def test_particoes_novas_sao_lidas_logo(sala: SalaDeTeste) -> None:
    linha = sala.linha_inteira()
    sala.produz(9)
    exige_todos_uma_vez(sala, 9)
    aumenta(sala, NOVOS_PEDIDOS, 6)
    novos = _envia_a_todas(sala, NOVOS_PEDIDOS, 6, 5)
    lidas = espera_ate(lambda: novos <= set(sala.chaves(PEDIDOS_CONCLUIDOS)), LIDO_EM_S, passo_s=PASSO_S)
    assert lidas, [script.textos()[-10:] for script in linha]
    exige_todos_uma_vez(sala, 39)
    sem_traceback(*linha)


def test_offsets_que_sumiram_sao_ditos_e_contam_como_perdidos(sala: SalaDeTeste) -> None:
    estoque, notificacao = sala.servicos(("estoque", 0), ("notificacao", 0))
    pagamento = sala.servico("pagamento", 0)
    sala.produz(3)
    ate(lambda: len(sala.chaves(PEDIDOS_CONCLUIDOS)) == 3, FIM_S, "os três primeiros não foram pagos")
    pagamento.ctrl_c()
    pagamento.espera_fim(FIM_S)
    sala.produz(30)
    estoque.espera("aprovado", FIM_S, vezes=33)
    corta(sala, PEDIDOS_APROVADOS, 8)
    status, dito = confere(sala)
    assert status == 1, dito
    pagamento = sala.servico("pagamento", 0)
    _exige_relato(pagamento, sala.topico(PEDIDOS_APROVADOS))
    resto = set(sala.chaves(PEDIDOS_APROVADOS))
    ate(lambda: resto <= set(sala.chaves(PEDIDOS_CONCLUIDOS)), FIM_S, "os que ficaram não foram pagos")
    status, dito = confere(sala)
    assert status == 1, dito  # também depois de o grupo passar: o que ele pulou está anotado no seu offset
    assert "apagados antes de lidos" in dito
    sem_traceback(estoque, notificacao, pagamento)


def test_offsets_que_somem_no_meio_do_trabalho(sala: SalaDeTeste) -> None:
    """O cliente, sozinho, seguiria em silêncio do que restou."""
    estoque = sala.servico("estoque", 6)
    sala.produz(1)
    estoque.espera("Recebi", FIM_S)
    sala.produz(15)  # o serviço trabalha, e ninguém busca estes
    corta(sala, NOVOS_PEDIDOS, 4)
    _exige_relato(estoque, sala.topico(NOVOS_PEDIDOS))
    sem_traceback(estoque)


def _exige_relato(servico: Script, topico: str) -> None:
    servico.espera("apagados antes", FIM_S)
    assert topico in next(linha for linha in servico.textos() if "apagados antes" in linha)


def test_offset_alem_do_fim_nao_faz_ninguem_repetir(sala: SalaDeTeste) -> None:
    """O log voltou atrás (uma eleição suja, um disco restaurado): o que resta nele já foi feito."""
    estoque = sala.servico("estoque", 0)
    sala.produz(9)
    estoque.espera("aprovado", FIM_S, vezes=9)
    estoque.ctrl_c()
    estoque.espera_fim(FIM_S)
    grupo = f"{sala.prefixo}-grupo_estoque"
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        feitos = admin.list_group_offsets([grupo])[grupo]
        adiante = {tp: OffsetAndMetadata(o.offset + 5, o.metadata, -1) for tp, o in feitos.items()}
        admin.alter_group_offsets(grupo, adiante)
    estoque = sala.servico("estoque", 0)
    estoque.espera("além do fim", FIM_S)
    sala.produz(9)
    estoque.espera("aprovado", FIM_S, vezes=9)
    assert max(sala.chaves(PEDIDOS_APROVADOS).values()) == 1
    sem_traceback(estoque)


@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_o_nome_ja_e_de_outro_topico(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch, obvio: bool) -> None:
    """Mesmo antes de o cliente saber da troca, nada do tópico novo pode ser lido como se fosse do antigo."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    garante_topicos(pytest.fail)
    topico = TopicPartition(sala.topico(NOVOS_PEDIDOS), 0)
    publica(sala.bootstrap, topico.topic, 0, *[b"antigo"] * 3)
    ajustes = {"auto_offset_reset": "none", "metadata_max_age_ms": 600_000}  # ninguém lhe conta
    with leitor(**ajustes) as consumidor:
        consumidor.partitions_for_topic(topico.topic)
        consumidor.assign([topico])
        consumidor.seek(topico, 0)
        if not obvio:
            assert fixa_topico(consumidor, topico.topic)
        lidos = [r.value for _ in range(2) for rs in consumidor.poll(2_000).values() for r in rs]
        assert lidos == [b"antigo"] * 3
        recria(sala, NOVOS_PEDIDOS)
        publica(sala.bootstrap, topico.topic, 0, *[b"novo"] * 5)
        lidos = [r.value for _ in range(3) for rs in consumidor.poll(1_000).values() for r in rs]
        assert lidos == ([b"novo"] * 2 if obvio else [])  # os três primeiros, pulados


def _envia_a_todas(sala: SalaDeTeste, base: str, particoes: int, por_particao: int) -> set[bytes]:
    """Pedidos novos em cada partição, confirmados; as chaves deles."""
    pedidos = list(novos_pedidos(particoes * por_particao))
    with KafkaProducer(bootstrap_servers=sala.bootstrap, acks="all") as produtor:
        envios = [
            produtor.send(sala.topico(base), codifica(p), str(p.id).encode(), partition=p.numero % particoes)
            for p in pedidos
        ]
        for envio in envios:
            envio.get(FIM_S)
    return {str(pedido.id).encode() for pedido in pedidos}
