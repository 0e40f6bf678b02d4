"""As quatro armadilhas do laço transacional óbvio (kafka-python 3.0): cada uma mostrada, e evitada.

Cada teste roda duas vezes: com o código óbvio, que tem de falhar (se um dia passar, a biblioteca mudou e o
nosso cuidado pode ir embora), e com o de `common`.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import MemberToRemove
from kafka.errors import KafkaError
from kafka.producer.sender import Sender
from kafka.structs import OffsetAndMetadata

from common import clientes
from common.configuracao import ESTOQUE
from common.erros import PrazoEsgotado
from common.prazo import Prazo
from common.sessao import TRANSACAO_S, Publicacao, Sessao
from common.sinais import Interrupcao
from common.topicos import garante_topicos
from lab.kafka_local import KafkaLocal
from tests.broker.apoio import FIM_S, Sala, ate, novo_consumidor, publica

pytestmark = pytest.mark.broker

OUT_OF_ORDER_SEQUENCE = 45  # kafka.apache.org/protocol, Error Codes


@contextlib.contextmanager
def sessao(sala: Sala, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessao]:
    """Uma sessão do estoque neste processo, com os tópicos da sala criados."""
    for nome, valor in sala.ambiente.items():
        monkeypatch.setenv(nome, valor)
    garante_topicos(lambda _: None)
    aberta = Sessao(ESTOQUE, f"{ESTOQUE.grupo}-teste", Interrupcao())
    try:
        yield aberta
    finally:
        aberta.fecha()


def le(sessao: Sessao, quantos: int) -> list[Any]:
    """`quantos` registros, ou menos se não chegarem no prazo."""
    lidos: list[Any] = []
    prazo = Prazo(FIM_S)
    while len(lidos) < quantos and not prazo.esgotado:
        lidos += sessao.busca(quantos - len(lidos))
    return lidos


def saida_de(registro: Any) -> Publicacao:
    return Publicacao(ESTOQUE.saida, registro.partition, b"k", registro.value, [])


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="o Windows não congela processos")
@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_zumbi_nao_barrado(sala: Sala, obvio: bool) -> None:
    """Uma instância congelada além da sessão acorda, descobre que foi expulsa e só então confirma."""
    trabalho_s = 14  # congelada com 1 s de trabalho feito, acorda com tempo de o heartbeat saber da expulsão
    script = "tests/broker/estoque_com_foto_tardia.py" if obvio else "servico_estoque.py"
    zumbi = sala.abre(script, "--tempo", str(trabalho_s))
    zumbi.espera("partições atribuídas", FIM_S)
    sala.produz(3)
    zumbi.espera("Recebi", FIM_S)
    zumbi.congela()
    outro = sala.servico("estoque", 0)
    outro.espera("aprovado", FIM_S, vezes=3)
    zumbi.descongela()
    zumbi.espera("aprovado" if obvio else "Sessão perdida", FIM_S)
    dobrados = [chave for chave, vezes in sala.chaves("pedidos_aprovados").items() if vezes > 1]
    assert bool(dobrados) == obvio


@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_posicoes_velhas(sala: Sala, monkeypatch: pytest.MonkeyPatch, obvio: bool) -> None:
    """Expulsa no meio de um join, a instância volta ao grupo no offset antigo, com metadados válidos."""
    if obvio:  # confia nas posições que o cliente mantém

        def so_anota(self: Sessao) -> None:
            self._posicionada_em = self.atribuicao.versao

        monkeypatch.setattr(Sessao, "_posiciona", so_anota)
    with sessao(sala, monkeypatch) as nossa:
        topico, particao = ESTOQUE.entrada, TopicPartition(ESTOQUE.entrada, 0)
        publica(sala.bootstrap, topico, 0, *[b"antes"] * 5)
        lidos = le(nossa, 5)
        nossa.confirma(lidos, [])

        # outra instância entra e a nossa fica à espera no join; expulsa ali, só saberá no próximo poll
        with novo_consumidor(sala.bootstrap, **_do_grupo()) as outra:
            outra.subscribe([topico])
            outra.poll(timeout_ms=300)
            segura = threading.Event()
            with novo_consumidor(sala.bootstrap, **_do_grupo()) as terceira:
                terceira.subscribe([topico])
                ate(lambda: nossa.busca(1) == [] and len(_membros(sala)) >= 2, FIM_S, "o join não começou")
                _expulsa(sala, nossa._consumidor.group_metadata().member_id)
                publica(sala.bootstrap, topico, 0, *[b"durante"] * 5)
                dono = [outra, terceira]
                offsets: set[int] = set()

                def outros_leem() -> bool:
                    for consumidor in dono:
                        for registros in consumidor.poll(timeout_ms=200).values():
                            offsets.update(r.offset for r in registros)
                        if offsets:
                            with contextlib.suppress(KafkaError):
                                consumidor.commit(timeout_ms=5000)
                    return max(offsets, default=0) >= 10

                ate(outros_leem, FIM_S, "os outros não leram o que faltava")
                segura.set()
        publica(sala.bootstrap, topico, 0, b"depois")
        volta = le(nossa, 1)
        assert particao in nossa._consumidor.assignment()
        assert (volta[0].value == b"durante") == obvio, volta


def _do_grupo() -> dict[str, Any]:
    config = clientes.do_consumidor(ESTOQUE.grupo)
    return {
        chave: valor
        for chave, valor in config.items()
        if chave not in ("bootstrap_servers", "allow_auto_create_topics")
    }


def _membros(sala: Sala) -> list[Any]:
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        return list(admin.describe_groups([ESTOQUE.grupo])[ESTOQUE.grupo]["members"])


def _expulsa(sala: Sala, membro: str) -> None:
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        admin.remove_group_members(ESTOQUE.grupo, [MemberToRemove(member_id=membro)])


@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_commit_que_mente(sala: Sala, monkeypatch: pytest.MonkeyPatch, obvio: bool) -> None:
    """Um envio falha e commit_transaction() volta como se tudo tivesse dado certo: o pedido some."""
    falhas = [OUT_OF_ORDER_SEQUENCE]
    original = Sender._complete_batch

    def uma_resposta_falha(self: Any, lote: Any, resposta: Any) -> Any:
        if falhas and lote.topic_partition.topic == ESTOQUE.saida:
            resposta.error_code = falhas.pop()
        return original(self, lote, resposta)

    with sessao(sala, monkeypatch) as nossa:
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"pedido")
        (registro,) = le(nossa, 1)
        monkeypatch.setattr(Sender, "_complete_batch", uma_resposta_falha)
        if obvio:
            produtor = nossa._produtor
            produtor.begin_transaction()
            saida = saida_de(registro)
            envio = produtor.send(saida.topico, saida.valor, partition=0)
            ate(lambda: envio.is_done, FIM_S, "o envio não terminou")
            with contextlib.suppress(KafkaError):
                produtor.send_offsets_to_transaction(
                    {TopicPartition(registro.topic, 0): OffsetAndMetadata(registro.offset + 1, "", -1)}, nossa._foto
                )
            produtor.commit_transaction()  # volta sem erro
            assert envio.failed()
        else:
            with pytest.raises(KafkaError):
                nossa.confirma([registro], [saida_de(registro)])
    assert not falhas, "o defeito não foi injetado"
    assert sala.registros("pedidos_aprovados") == []
    if not obvio:
        # nada foi confirmado: o pedido continua lá para a próxima sessão
        with sessao(sala, monkeypatch) as outra:
            assert [r.value for r in le(outra, 1)] == [b"pedido"]


def test_armadilha_esperas_sem_fim_codigo_obvio(kafka_descartavel: KafkaLocal) -> None:
    """Depois da morte do broker, mesmo com ele de volta, commit_transaction() não volta (KAFKA-10309)."""
    with Sala(kafka_descartavel.bootstrap) as sala:
        topico = sala.topico("novos_pedidos")
        with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
            admin.create_topics({topico: {"num_partitions": 1, "replication_factor": 1}})
            admin.wait_for_topics([topico])
        for _tentativa in range(5):  # "quase sempre": basta uma
            produtor = KafkaProducer(bootstrap_servers=sala.bootstrap, transactional_id=f"{sala.prefixo}-{_tentativa}")
            produtor.init_transactions()
            produtor.begin_transaction()
            produtor.send(topico, b"x", partition=0).get(FIM_S)
            kafka_descartavel.mata()
            voltou = threading.Event()
            PRESOS.append(produtor)

            def confirma(produtor: Any = produtor, voltou: threading.Event = voltou) -> None:
                with contextlib.suppress(KafkaError):
                    produtor.commit_transaction()
                voltou.set()

            threading.Thread(target=confirma, daemon=True).start()
            kafka_descartavel.inicia()
            if not voltou.wait(2 * TRANSACAO_S):
                return
    pytest.fail("commit_transaction() voltou sempre: o prazo da nossa transação talvez já não seja preciso")


PRESOS: list[Any] = []  # um produtor preso e coletado escreveria tracebacks


def test_armadilha_esperas_sem_fim_nosso_codigo(kafka_descartavel: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mesma queda no meio da transação: um erro dentro do prazo, e fechar também não prende."""
    with Sala(kafka_descartavel.bootstrap) as sala:
        with sessao(sala, monkeypatch) as nossa:
            publica(sala.bootstrap, ESTOQUE.entrada, 0, b"pedido")
            (registro,) = le(nossa, 1)
            kafka_descartavel.mata()
            comeco = time.monotonic()
            with pytest.raises((KafkaError, PrazoEsgotado)):
                nossa.confirma([registro], [saida_de(registro)])
            assert time.monotonic() - comeco < TRANSACAO_S + 5
            comeco = time.monotonic()
        assert time.monotonic() - comeco < 15
        kafka_descartavel.inicia()
        with sessao(sala, monkeypatch) as outra:
            assert [r.value for r in le(outra, 1)] == [b"pedido"]
