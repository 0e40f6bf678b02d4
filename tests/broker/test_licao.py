"""As partes 2, 3 e 4 da aula, com os scripts de verdade e tempos curtos."""

import pytest

from lab.processo import Script
from tests.broker.apoio import FIM_S, PRONTO_S, Sala, ate, sem_traceback

pytestmark = pytest.mark.broker


def test_parte_2_caminho_feliz(sala: Sala) -> None:
    notificacao = sala.servico("notificacao", 0)
    pagamento = sala.servico("pagamento", 0.1)
    estoque = sala.servico("estoque", 0.2)

    produtor = sala.produz(10)
    assert len([linha for linha in produtor.textos() if "enviado · partição" in linha]) == 10
    assert "10 de 10 pedidos confirmados" in produtor.textos()[-1]
    assert sum("aprovado" in linha for linha in estoque.textos()) < 10, "o produtor não espera os serviços"

    notificacao.espera("concluído", FIM_S, vezes=10)
    for script, trecho in ((estoque, "Recebi"), (estoque, "aprovado"), (pagamento, "pago"), (notificacao, " s · part")):
        script.espera(trecho, FIM_S, vezes=10)
        assert sum(trecho in linha for linha in script.textos()) == 10
    sala.exige_exatamente_uma_vez(10)
    contagens = sorted(sum(r.partition == p for r in sala.registros("novos_pedidos")) for p in range(3))
    assert contagens == [3, 3, 4]
    for base in ("pedidos_aprovados", "pedidos_concluidos"):
        assert {(r.key, r.partition) for r in sala.registros(base)} == {
            (r.key, r.partition) for r in sala.registros("novos_pedidos")
        }
    sem_traceback(notificacao, pagamento, estoque, produtor)


def test_um_pedido_de_cada_vez_e_aprovado_so_depois_de_recebido(sala: Sala) -> None:
    estoque = sala.servico("estoque", 0.2)
    sala.produz(4)
    estoque.espera("aprovado", FIM_S, vezes=4)
    passos = [linha.split()[1] for linha in estoque.textos() if "edido" in linha and "partição " in linha]
    assert passos == ["Recebi", "Pedido"] * 4


def test_parte_3_pagamento_morre_e_os_pedidos_esperam(sala: Sala) -> None:
    estoque, pagamento, notificacao = sala.linha_inteira(0.05)
    sala.produz(10)
    notificacao.espera("concluído", FIM_S, vezes=10)

    pagamento.ctrl_c()
    assert pagamento.espera_fim(FIM_S) == 0
    sala.produz(10)
    estoque.espera("aprovado", FIM_S, vezes=20)
    assert sum("concluído" in linha for linha in notificacao.textos()) == 10
    assert len(sala.chaves("pedidos_aprovados")) == 20
    assert len(sala.chaves("pedidos_concluidos")) == 10

    sala.servico("pagamento", 0.05)
    notificacao.espera("concluído", FIM_S, vezes=20)
    sala.exige_exatamente_uma_vez(20)


def test_parte_4_a_segunda_instancia_divide_o_trabalho(sala: Sala) -> None:
    primeiro = sala.servico("estoque", 0.2)
    segundo = sala.servico("estoque", 0.2)
    primeiro.espera("Rebalanceamento: partições atribuídas", PRONTO_S)
    sala.produz(10)
    prazo_de_todos = FIM_S
    primeiro.espera("aprovado", prazo_de_todos, vezes=3)
    segundo.espera("aprovado", prazo_de_todos, vezes=3)
    sala.servico("pagamento", 0)
    sala.exige_exatamente_uma_vez(10)
    feitos = [{t.split("edido ")[1][:8] for t in s.textos() if "aprovado" in t} for s in (primeiro, segundo)]
    assert not feitos[0] & feitos[1], "um pedido nas duas instâncias"
    assert sum(map(len, feitos)) == 10


def test_de_quatro_instancias_uma_fica_em_reserva_e_assume(sala: Sala) -> None:
    instancias = [sala.servico("estoque", 0.1) for _ in range(3)]
    instancias.append(sala.abre("servico_estoque.py", "--tempo", "0.1"))

    def em_reserva() -> list[Script]:  # qual delas, o sorteio dos nomes no grupo decide
        return [i for i in instancias if any("fico em reserva" in linha for linha in i.textos()[-1:])]

    ate(lambda: len(em_reserva()) == 1, PRONTO_S, "nenhuma ficou em reserva")
    (reserva,) = em_reserva()
    for instancia in instancias:
        if instancia is not reserva:
            instancia.ctrl_c()
            assert instancia.espera_fim(FIM_S) == 0
    reserva.espera("partições atribuídas: 0, 1, 2", PRONTO_S)
    sala.produz(6)
    reserva.espera("aprovado", FIM_S, vezes=6)


def test_muitos_pedidos_viram_uma_linha_por_segundo(sala: Sala) -> None:
    estoque, pagamento, notificacao = sala.linha_inteira()
    produtor = sala.produz(3000)
    assert not [linha for linha in produtor.textos() if "offset" in linha]
    for script in (estoque, pagamento, notificacao):
        script.espera("(total 3000)", FIM_S)
        assert len(script.textos()) < 300
    sala.exige_exatamente_uma_vez(3000)


def test_dois_prefixos_nao_se_veem(sala: Sala) -> None:
    with Sala(sala.bootstrap) as outra:
        meu, alheio = sala.servico("estoque", 0), outra.servico("estoque", 0)
        sala.produz(6)
        meu.espera("aprovado", FIM_S, vezes=6)
        assert len(outra.chaves("novos_pedidos")) == 0
        assert not [linha for linha in alheio.textos() if "Recebi" in linha]
