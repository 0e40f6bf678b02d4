"""A contagem sobre histórias inventadas: cada uma diz o que se espera dela."""

from uuid import UUID

import pytest

from lab.confere.comando import detalhes
from lab.confere.contagem import Contagem, Lugar, TopicoLido

A, B, C = (UUID(int=numero) for numero in (1, 2, 3))
Historia = list[tuple[UUID, Lugar]]


def contagem(
    novos: Historia,
    aprovados: Historia,
    pagos: Historia,
    lido_ate: tuple[int, int, int] = (0, 0, 0),
    cortado: tuple[bool, bool, bool] = (False, False, False),
) -> Contagem:
    """A contagem de uma história em que cada grupo leu todas as partições até `lido_ate`."""
    topicos = []
    nomes = ("novos_pedidos", "pedidos_aprovados", "pedidos_concluidos")
    for nome, historia, ate, corte in zip(nomes, (novos, aprovados, pagos), lido_ate, cortado, strict=True):
        topico = TopicoLido(nome, lido_ate=dict.fromkeys(range(3), ate), cortado=corte)
        for pedido, lugar in historia:
            topico.anota(pedido, lugar, "i1")
        topicos.append(topico)
    return Contagem((topicos[0], topicos[1], topicos[2]))


def em(particao: int, offset: int) -> Lugar:
    return Lugar(particao, offset)


def test_sem_pedidos_esta_tudo_certo() -> None:
    vazia = contagem([], [], [])
    assert vazia.certa
    assert vazia.veredito() == "perdidos 0, duplicados 0"


def test_todos_chegaram_ao_fim() -> None:
    historia = [(A, em(0, 0)), (B, em(1, 0)), (C, em(2, 0))]
    c = contagem(historia, historia, historia, lido_ate=(1, 1, 1))
    assert (c.enviados, c.aprovados, c.pagos) == (3, 3, 3)
    assert c.certa
    assert not any(c.esperando().values())


def test_o_que_o_grupo_ainda_nao_leu_espera_e_nao_esta_perdido() -> None:
    c = contagem([(A, em(0, 0)), (B, em(0, 1)), (C, em(2, 5))], [(A, em(0, 0))], [], lido_ate=(1, 0, 0))
    assert c.certa
    assert c.esperando() == {"novos_pedidos": {0: 1, 2: 1}, "pedidos_aprovados": {0: 1}, "pedidos_concluidos": {}}


def test_quem_espera_no_ultimo_topico_espera_pela_notificacao() -> None:
    historia = [(A, em(0, 0)), (B, em(0, 1))]
    assert contagem(historia, historia, historia, lido_ate=(2, 2, 1)).esperando()["pedidos_concluidos"] == {0: 1}


def test_o_grupo_passou_sem_deixar_resultado_perdido() -> None:
    c = contagem([(A, em(0, 0)), (B, em(0, 1))], [(B, em(0, 0))], [], lido_ate=(2, 0, 0))
    assert c.perdidos() == {A}
    assert not c.certa
    assert c.veredito() == "perdidos 1, duplicados 0"


def test_marcas_de_transacao_entre_os_offsets_nao_sao_pedidos() -> None:
    # os offsets 1, 3 e 5 são marcas: o fim é 6, mas só três pedidos esperam
    c = contagem([], [(A, em(0, 0)), (B, em(0, 2)), (C, em(0, 4))], [], cortado=(True, False, False))
    assert c.esperando()["pedidos_aprovados"].total() == 3


def test_resultado_sem_origem_nao_esta_perdido_mas_nao_esta_certo() -> None:
    for c in (contagem([], [(A, em(0, 0))], []), contagem([(A, em(0, 0))], [], [(A, em(0, 0))], lido_ate=(1, 0, 0))):
        assert c.sem_origem() == {A}
        assert not c.perdidos()
        assert not c.certa
        assert c.veredito() == "perdidos 0, duplicados 0, sem origem 1"
        assert "alguém apagou e criou de novo" in detalhes(c)[-1]


def test_a_retencao_apagou_a_origem_e_ninguem_e_acusado() -> None:
    assert contagem([], [(A, em(0, 0))], [], cortado=(True, False, False)).certa


def test_a_retencao_apagou_o_resultado_e_ninguem_e_acusado() -> None:
    assert contagem([(A, em(0, 0))], [], [], lido_ate=(1, 0, 0), cortado=(False, True, True)).certa
    assert contagem([(A, em(0, 0))], [], [(A, em(0, 0))], lido_ate=(1, 0, 0), cortado=(False, True, False)).certa


def test_aprovado_apagado_antes_de_pago_esta_perdido() -> None:
    """O tópico do meio já não diz nada; o último, que tem tudo o que recebeu, diz."""
    c = contagem([(A, em(0, 0))], [], [], lido_ate=(1, 0, 0), cortado=(False, True, False))
    assert c.perdidos() == {A}


def test_offsets_apagados_antes_de_lidos_contam() -> None:
    c = contagem([], [], [], cortado=(True, False, False))
    assert c.certa
    c.topicos[0].apagados_sem_leitura = 12
    assert not c.certa
    assert c.veredito() == "perdidos 0, duplicados 0, apagados antes de lidos até 12"
    assert detalhes(c)[0].startswith("apagados antes de lidos em novos_pedidos: até 12 registros")


@pytest.mark.parametrize("qual", [0, 1, 2])
def test_o_mesmo_id_duas_vezes_em_um_topico_dobrado(qual: int) -> None:
    historias = [[(A, em(0, 0))] for _ in range(3)]
    historias[qual].append((A, em(0, 1)))
    c = contagem(historias[0], historias[1], historias[2], lido_ate=(2, 2, 2))
    assert c.duplicados() == {A}
    assert not c.perdidos()
    assert c.veredito() == "perdidos 0, duplicados 1"


def test_um_pedido_dobrado_so_esta_perdido_se_o_grupo_passou_pelos_dois() -> None:
    historia = [(A, em(0, 0)), (A, em(0, 3))]
    assert not contagem(historia, [], [], lido_ate=(1, 0, 0)).perdidos()
    assert contagem(historia, [], [], lido_ate=(4, 0, 0)).perdidos() == {A}


def test_registro_invalido_nao_e_pedido_nem_esta_perdido() -> None:
    c = contagem([], [], [], lido_ate=(1, 0, 0))
    c.topicos[0].invalidos.append(em(1, 0))
    assert c.certa
    assert c.enviados == 0
    assert not any(c.esperando().values())
    assert "registros em novos_pedidos que não são pedidos desta etapa: partição 1, offset 0" in detalhes(c)


def test_os_detalhes_dizem_onde_se_espera_e_quem_trabalhou() -> None:
    c = contagem([(A, em(0, 0)), (B, em(2, 0))], [(A, em(0, 0))], [])
    assert detalhes(c) == [
        "esperando em novos_pedidos: partição 2: 1",
        "esperando em pedidos_aprovados: partição 0: 1",
        "por instância de estoque: i1: 1",
    ]


def test_os_detalhes_dizem_quais_se_perderam_e_quais_dobraram() -> None:
    c = contagem([(A, em(0, 0)), (B, em(0, 1)), (B, em(0, 2))], [], [], lido_ate=(1, 0, 0))
    assert detalhes(c)[-2:] == [f"perdidos: {A}", f"duplicados: {B}"]
