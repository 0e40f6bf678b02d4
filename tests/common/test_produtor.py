"""O rodízio das partições e a conta do que o Kafka confirmou, com um produtor de mentira."""

from collections import Counter
from collections.abc import Collection
from types import SimpleNamespace

import pytest
from kafka.errors import KafkaError

from common.erros import EnvioIncompleto
from common.pedido import novos_pedidos
from common.produtor import Produtor


class ProdutorFalso:
    """Responde na hora: os pedidos de `recusados` (números) falham."""

    def __init__(self, recusados: Collection[int] = ()) -> None:
        self.enviados: list[tuple[str, bytes, int]] = []
        self.recusados = recusados

    def send(self, topico: str, valor: object, chave: bytes, cabecalhos: object, particao: int) -> SimpleNamespace:
        numero = len(self.enviados) + 1
        self.enviados.append((topico, chave, particao))

        def get(_: float) -> SimpleNamespace:
            if numero in self.recusados:
                raise KafkaError
            return SimpleNamespace(partition=particao, offset=numero)

        return SimpleNamespace(is_done=True, get=get)

    def close(self, timeout: float) -> None:
        pass


def aberto(
    monkeypatch: pytest.MonkeyPatch, quantidade: int, particoes: int = 3, recusados: Collection[int] = ()
) -> Produtor:
    """Um Produtor que entrou no `with` sem Kafka nenhum."""
    produtor = Produtor(quantidade)
    produtor._produtor, produtor._particoes = ProdutorFalso(recusados), particoes
    monkeypatch.setattr("common.produtor.quando_houver_kafka", lambda *_: produtor._produtor)
    return produtor


@pytest.mark.parametrize("particoes", [1, 2, 3, 4])
def test_as_contagens_das_particoes_diferem_em_no_maximo_um(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], particoes: int
) -> None:
    contagem = Counter(dict.fromkeys(range(particoes), 0))
    with aberto(monkeypatch, 40, particoes) as produtor:
        for pedido in novos_pedidos(40):
            produtor.envia(pedido)
            topico, chave, particao = produtor._produtor.enviados[-1]
            contagem[particao] += 1
            assert max(contagem.values()) - min(contagem.values()) <= 1
            assert (topico, chave) == ("novos_pedidos", str(pedido.id).encode())
            if (particoes, pedido.numero) == (3, 10):
                assert [contagem[p] for p in range(3)] == [4, 3, 3]
    assert "40 de 40 pedidos confirmados pelo Kafka" in capsys.readouterr().out


def test_o_que_o_kafka_recusou_e_dito_e_da_erro(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pedidos = list(novos_pedidos(5))
    with (
        pytest.raises(EnvioIncompleto, match=r"1 sem confirmação .*: 3 \(.{4}\) \(KafkaError: .*\); 2 não enviado"),
        aberto(monkeypatch, 5, recusados=(3,)) as produtor,
    ):
        for pedido in pedidos:
            produtor.envia(pedido)
    saida = capsys.readouterr().out
    assert "2 de 5 pedidos confirmados" in saida
    assert f"Pedido {pedidos[0]} enviado · partição 0, offset 1" in saida
    assert f"Pedido {pedidos[2]} enviado" not in saida


def test_a_lista_do_que_falhou_cabe_na_tela() -> None:
    produtor = Produtor(90)
    produtor._falhas = [f"{numero} (sem resposta)" for numero in range(90)]
    erro = str(produtor._incompleto())
    assert erro.startswith("90 sem confirmação")
    assert erro.endswith("...")
    assert erro.count("sem resposta") == 20


def test_depois_do_ctrl_c_nada_mais_e_enviado_e_o_resumo_conta_o_que_faltou(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pedidos = list(novos_pedidos(10))
    with pytest.raises(EnvioIncompleto, match=r"^6 não enviado"), aberto(monkeypatch, 10) as produtor:
        for pedido in pedidos:
            produtor._interrupcao.pedida = pedido.numero > 4
            produtor.envia(pedido)
    assert len(produtor._produtor.enviados) == 4
    assert "4 de 10 pedidos confirmados" in capsys.readouterr().out
