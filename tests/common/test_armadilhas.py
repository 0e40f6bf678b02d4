"""As quatro armadilhas do laço transacional óbvio (kafka-python 3.0): cada uma mostrada, e evitada.

Cada teste roda duas vezes: com o código óbvio, que tem de falhar (se um dia passar, a biblioteca mudou e o
nosso cuidado pode ir embora), e com o de `common`.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, NoOffsetForPartitionError
from kafka.producer.sender import Sender
from kafka.structs import OffsetAndMetadata

from common.conexao import clientes
from common.configuracao import ESTOQUE
from common.erros import PrazoEsgotado
from common.prazo import abandona
from common.sessao import TRANSACAO_S, Sessao
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.sala import FIM_S, SalaDeTeste, ate, publica
from tests.apoio.sessao import expulsa, le, saida_de, sessao

pytestmark = pytest.mark.broker

OUT_OF_ORDER_SEQUENCE = 45  # kafka.apache.org/protocol, Error Codes


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="o Windows não congela processos")
@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_zumbi_nao_barrado(sala: SalaDeTeste, obvio: bool) -> None:
    """Uma instância congelada além da sessão acorda, descobre que foi expulsa e só então confirma."""
    trabalho_s = 14  # congelada com 1 s de trabalho feito, acorda com tempo de o heartbeat saber da expulsão
    script = "tests/common/estoque_com_foto_tardia.py" if obvio else "servico_estoque.py"
    zumbi = sala.abre(script, "--tempo", str(trabalho_s))
    zumbi.espera("partições atribuídas", FIM_S)
    sala.produz(3)
    zumbi.espera("Recebi", FIM_S)
    zumbi.congela()
    outro = sala.servico("estoque", 0)
    outro.espera("aprovado", FIM_S, vezes=3)
    zumbi.descongela()
    zumbi.espera("aprovado" if obvio else "Sessão perdida", FIM_S)
    duplicados = [chave for chave, vezes in sala.chaves("pedidos_aprovados").items() if vezes > 1]
    assert bool(duplicados) == obvio


@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_posicoes_velhas(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch, obvio: bool) -> None:
    """Congelada no meio de um join e expulsa, a instância volta no offset antigo, com metadados válidos."""
    if obvio:  # confia nas posições que o cliente mantém

        def busca_obvia(self: Sessao, lote: int) -> list[Any]:
            por_particao: dict[TopicPartition, list[Any]] = {}
            try:
                por_particao = self._consumidor.poll(timeout_ms=200, max_records=lote)
            except NoOffsetForPartitionError as erro:  # o que auto_offset_reset=earliest faria
                self._consumidor.seek_to_beginning(*erro.args[0])
            self._foto = self._consumidor.group_metadata()
            return [registro for registros in por_particao.values() for registro in registros]

        monkeypatch.setattr(Sessao, "busca", busca_obvia)
    with sessao(sala, monkeypatch) as nossa, KafkaConsumer(**clientes.do_consumidor(ESTOQUE.grupo)) as outra:
        publica(sala.bootstrap, ESTOQUE.entrada, 0, *[b"antes"] * 5)
        nossa.confirma(le(nossa, 5), [])

        # a outra pede um rebalanceamento; a rede da nossa congela entre o JoinGroup e o SyncGroup
        congelada, descongela = threading.Event(), threading.Event()
        coordenador = nossa._consumidor._coordinator
        original = coordenador._process_join_group_response

        def congela(*args: Any) -> Any:
            resposta = original(*args)
            congelada.set()
            descongela.wait(FIM_S)
            return resposta

        monkeypatch.setattr(coordenador, "_process_join_group_response", congela)
        outra.subscribe([ESTOQUE.entrada])
        outra.poll(timeout_ms=100)
        volta: list[Any] = []
        leitora = threading.Thread(target=lambda: volta.extend(le(nossa, 1)))
        leitora.start()
        assert congelada.wait(FIM_S)
        expulsa(sala, coordenador.group_metadata().member_id)
        publica(sala.bootstrap, ESTOQUE.entrada, 0, *[b"durante"] * 5)

        def a_outra_leu() -> bool:
            if outra.poll(timeout_ms=200):
                outra.commit(timeout_ms=5000)
            return bool(outra.committed(TopicPartition(ESTOQUE.entrada, 0), timeout_ms=5000) == 10)

        ate(a_outra_leu, FIM_S, "a outra não leu o que faltava")
        outra.close()
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"depois")
        descongela.set()
        leitora.join(FIM_S)
        assert volta[0].value == (b"durante" if obvio else b"depois")


@pytest.mark.parametrize("obvio", [True, False], ids=["óbvio", "nosso"])
def test_armadilha_commit_que_mente(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch, obvio: bool) -> None:
    """Um envio falha e commit_transaction() volta como se tudo tivesse dado certo: o pedido some."""
    falhas: list[int] = []
    original = Sender._complete_batch

    def uma_resposta_falha(self: Any, lote: Any, resposta: Any) -> Any:
        if falhas and lote.topic_partition.topic == ESTOQUE.saida:
            resposta.error_code = falhas.pop()
        return original(self, lote, resposta)

    monkeypatch.setattr(Sender, "_complete_batch", uma_resposta_falha)
    with sessao(sala, monkeypatch) as nossa:
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"0", b"1", b"2")
        registros = le(nossa, 3)
        nossa.confirma(registros[:1], [saida_de(registros[0])])
        falhas.append(OUT_OF_ORDER_SEQUENCE)
        if obvio:
            for registro in registros[1:]:
                _transacao_obvia(nossa, registro)  # nenhuma levanta erro
            assert [r.value for r in sala.registros("pedidos_aprovados")] == [b"0", b"2"], "o pedido 1 sumiu"
            assert nossa._consumidor.committed(TopicPartition(ESTOQUE.entrada, 0), timeout_ms=5000) == 3
        else:
            with pytest.raises(KafkaError):
                nossa.confirma(registros[1:2], [saida_de(registros[1])])
        assert not falhas, "o defeito não foi injetado"
    if not obvio:  # nada foi confirmado: o pedido continua lá para a próxima sessão
        with sessao(sala, monkeypatch) as outra:
            assert [r.value for r in le(outra, 2)] == [b"1", b"2"]


def _transacao_obvia(sessao: Sessao, registro: Any) -> None:
    produtor, saida = sessao._produtor, saida_de(registro)
    produtor.begin_transaction()
    produtor.send(saida.topico, saida.valor, partition=0)
    offsets = {TopicPartition(registro.topic, 0): OffsetAndMetadata(registro.offset + 1, "", -1)}
    produtor.send_offsets_to_transaction(offsets, sessao._foto)
    produtor.commit_transaction()


def test_armadilha_esperas_sem_fim_codigo_obvio(kafka_descartavel: KafkaLocal) -> None:
    """Depois da morte do broker, mesmo com ele de volta, commit_transaction() não volta (KAFKA-7763)."""
    with SalaDeTeste(kafka_descartavel.bootstrap) as sala:
        topico = sala.topico("novos_pedidos")
        with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
            admin.create_topics({topico: {"num_partitions": 1, "replication_factor": 1}})
            admin.wait_for_topics([topico])
        for tentativa in range(5):  # "quase sempre": basta uma
            produtor = KafkaProducer(bootstrap_servers=sala.bootstrap, transactional_id=f"{sala.prefixo}-{tentativa}")
            produtor.init_transactions()
            produtor.begin_transaction()
            produtor.send(topico, b"x", partition=0).get(FIM_S)
            kafka_descartavel.mata()
            abandona(produtor)
            confirmando = threading.Thread(target=_ignora_erros_do_kafka(produtor.commit_transaction), daemon=True)
            confirmando.start()
            kafka_descartavel.inicia()
            confirmando.join(TRANSACAO_S + 2)  # além do prazo que damos à nossa
            if confirmando.is_alive():
                return
    pytest.fail("commit_transaction() voltou sempre: o prazo da nossa transação talvez já não seja preciso")


def _ignora_erros_do_kafka(funcao: Callable[[], None]) -> Callable[[], None]:
    def chama() -> None:
        with contextlib.suppress(KafkaError):
            funcao()

    return chama


def test_armadilha_esperas_sem_fim_nosso_codigo(kafka_descartavel: KafkaLocal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mesma queda no meio da transação: um erro dentro do prazo, e fechar também não prende."""
    with SalaDeTeste(kafka_descartavel.bootstrap) as sala:
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
