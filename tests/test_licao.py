"""As partes 2, 3 e 4 da aula, com os scripts de verdade e tempos curtos."""

from collections.abc import Callable

import pytest

from lab.processos.script import Script
from tests.apoio.aula import PARTES
from tests.apoio.sala import FIM_S, PRONTO_S, SalaDeTeste, ate

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("parte", PARTES, ids=lambda parte: parte.__name__)
def test_parte_da_aula(sala: SalaDeTeste, parte: Callable[[SalaDeTeste], None]) -> None:
    parte(sala)


def test_um_pedido_de_cada_vez_e_aprovado_so_depois_de_recebido(sala: SalaDeTeste) -> None:
    estoque = sala.servico("estoque", 0.2)
    sala.produz(4)
    estoque.espera("aprovado", FIM_S, vezes=4)
    passos = [linha.split()[1] for linha in estoque.textos() if "edido" in linha and "partição " in linha]
    assert passos == ["Recebi", "Pedido"] * 4


def test_de_quatro_instancias_uma_fica_em_reserva_e_assume(sala: SalaDeTeste) -> None:
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


def test_muitos_pedidos_viram_uma_linha_por_segundo(sala: SalaDeTeste) -> None:
    estoque, pagamento, notificacao = sala.linha_inteira()
    produtor = sala.produz(3000)
    assert not [linha for linha in produtor.textos() if "offset" in linha]
    for script in (estoque, pagamento, notificacao):
        script.espera("(total 3000)", FIM_S)
        assert len(script.textos()) < 300
    sala.exige_exatamente_uma_vez(3000)


def test_dois_prefixos_nao_se_veem(sala: SalaDeTeste) -> None:
    with SalaDeTeste(sala.bootstrap) as outra:
        meu, alheio = sala.servico("estoque", 0), outra.servico("estoque", 0)
        sala.produz(6)
        meu.espera("aprovado", FIM_S, vezes=6)
        assert len(outra.chaves("novos_pedidos")) == 0
        assert not [linha for linha in alheio.textos() if "Recebi" in linha]
