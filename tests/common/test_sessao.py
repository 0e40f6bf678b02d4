"""Os cuidados de uma sessão, um por teste: sem a linha que o toma, o teste falha (`python -m tests.mutacoes`)."""

from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.producer.sender import Sender

from common.conexao.clientes import SESSAO_MS
from common.configuracao import ESTOQUE, PEDIDOS_APROVADOS
from common.erros import PrazoEsgotado, SessaoPerdida
from common.sessao import Sessao
from common.terminal.sinais import Interrupcao
from tests.apoio.sala import FIM_S, SalaDeTeste, ate, publica
from tests.apoio.script import servidor_mudo
from tests.apoio.sessao import expulsa, le, saida_de, sessao

NOT_LEADER_OR_FOLLOWER = 6  # kafka.apache.org/protocol, Error Codes: o cliente repete o envio, até delivery.timeout.ms


def test_o_ctrl_c_nao_espera_por_um_kafka_que_nao_responde(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupcao = Interrupcao()
    interrupcao.pedida = True
    with servidor_mudo() as endereco:
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", endereco)
        # o próprio cliente levaria 5 s para desistir, e com outro erro
        with pytest.raises(PrazoEsgotado, match="abrir o produtor"):
            Sessao(ESTOQUE, "ninguém", interrupcao, print)


@pytest.mark.broker
def test_confirma_o_que_acaba_de_enviar(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quem não espera pelos envios não sabe o que foi feito deles."""
    with sessao(sala, monkeypatch) as nossa:
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"pedido")
        (registro,) = le(nossa, 1)
        nossa.confirma([registro], [saida_de(registro)])
    assert len(sala.registros(PEDIDOS_APROVADOS)) == 1


@pytest.mark.broker
def test_um_envio_que_venceu_nao_vira_commit(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passado o delivery.timeout.ms o kafka-python falha só o envio: a transação segue, e o commit daria certo."""
    monkeypatch.setattr(Sender, "_can_retry", lambda *_: False)  # venceu
    completa = Sender._complete_batch

    def sem_lider(self: Any, lote: Any, resposta: Any) -> Any:
        resposta.error_code = NOT_LEADER_OR_FOLLOWER
        return completa(self, lote, resposta)

    with sessao(sala, monkeypatch) as nossa:
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"pedido")
        (registro,) = le(nossa, 1)
        monkeypatch.setattr(Sender, "_complete_batch", sem_lider)
        with pytest.raises(KafkaError):
            nossa.confirma([registro], [saida_de(registro)])


@pytest.mark.broker
def test_expulsa_durante_o_poll_nao_entrega_o_que_ele_trouxe(
    sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A foto já seria de quem não é mais do grupo, e o broker aceita offsets sem geração sem conferir nada."""
    with sessao(sala, monkeypatch) as nossa:
        ate(lambda: not nossa.busca(1) and nossa.atribuicao.versao > 0, FIM_S, "nenhuma atribuição")
        poll = nossa._consumidor.poll

        def poll_e_expulsao(**ajustes: Any) -> Any:
            if lidos := poll(**ajustes):
                _expulsa_e_espera(sala, nossa)
            return lidos

        monkeypatch.setattr(nossa._consumidor, "poll", poll_e_expulsao)
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"pedido")
        with pytest.raises(SessaoPerdida):
            le(nossa, 1)


@pytest.mark.broker
def test_expulsa_durante_o_trabalho_nao_confirma(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """A foto é do poll: a de agora não teria geração. É a armadilha do zumbi, sem os 14 s dela."""
    with sessao(sala, monkeypatch) as nossa:
        publica(sala.bootstrap, ESTOQUE.entrada, 0, b"pedido")
        (registro,) = le(nossa, 1)
        _expulsa_e_espera(sala, nossa)
        with pytest.raises(KafkaError):
            nossa.confirma([registro], [saida_de(registro)])


def _expulsa_e_espera(sala: SalaDeTeste, sessao: Sessao) -> None:
    """Até que o heartbeat da própria instância o descubra."""
    foto = sessao._consumidor.group_metadata
    expulsa(sala, foto().member_id)
    ate(lambda: foto().generation_id < 0, FIM_S, "o heartbeat não soube da expulsão")


@pytest.mark.broker
def test_fechada_sai_do_grupo(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sem esperar que a sessão vença: as partições passam logo a outra instância."""
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:

        def membros() -> list[Any]:
            descrito: list[Any] = admin.describe_groups([ESTOQUE.grupo])[ESTOQUE.grupo]["members"]
            return descrito

        with sessao(sala, monkeypatch) as nossa:
            ate(lambda: not nossa.busca(1) and nossa.atribuicao.versao > 0, FIM_S, "nenhuma atribuição")
            assert len(membros()) == 1
        ate(lambda: not membros(), SESSAO_MS / 1000 / 2, "continua no grupo")


@pytest.mark.broker
def test_conhece_o_topico_antes_de_entrar_no_grupo(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sem os metadados, um líder atribuiria a lista vazia, e `fixa_topico` não teria a que se prender."""
    with sessao(sala, monkeypatch) as nossa:
        assert nossa._topico is not None
