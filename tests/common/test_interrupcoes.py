"""Ctrl+C e kill -9 no meio de um pedido."""

import contextlib
import subprocess
import time

import pytest

from lab.processos.script import Script
from tests.apoio.sala import FIM_S, PRONTO_S, SalaDeTeste, sem_traceback

pytestmark = pytest.mark.broker

CTRL_C_S = 1.0  # o que a aula promete; aqui leva de 0,1 a 0,3 s
SESSAO_E_FOLGA_S = 20.0  # as partições de um morto mudam em 6–7 s


@pytest.mark.parametrize("nome", ["estoque", "pagamento", "notificacao"])
def test_ctrl_c_ocioso(sala: SalaDeTeste, nome: str) -> None:
    script = sala.servico(nome, 1)
    _ctrl_c_rapido(script)


def test_ctrl_c_no_meio_de_um_pedido_o_devolve(sala: SalaDeTeste) -> None:
    estoque = sala.servico("estoque", 20)
    sala.produz(3)
    estoque.espera("Recebi", FIM_S)
    _ctrl_c_rapido(estoque)
    assert "Encerrado" in estoque.textos()[-1]

    outro, _ = sala.servicos(("estoque", 0), ("pagamento", 0))
    outro.espera("aprovado", FIM_S, vezes=3)
    sala.exige_exatamente_uma_vez(3)


def test_ctrl_c_quando_um_pedido_acaba_de_chegar(sala: SalaDeTeste) -> None:
    """O sinal chega durante o poll que traz o pedido: o trabalho de 20 s não deve começar."""
    for _ in range(3):
        estoque = sala.servico("estoque", 20)
        produtor = sala.abre("produtor_pedidos.py", "-n", "1")
        produtor.espera("confirmados", FIM_S)
        _ctrl_c_rapido(estoque)


def test_ctrl_c_em_qualquer_instante_da_partida(sala: SalaDeTeste) -> None:
    """Da primeira linha em diante; o que vem antes, sem Kafka nenhum, é de terminal/test_sinais.py."""
    for decimos in range(8):
        script = sala.abre("servico_estoque.py")
        script.espera("Instância", PRONTO_S)
        _espera_s(script, decimos / 10)
        script.ctrl_c()
        assert script.espera_fim(FIM_S) == 0, script.textos()
        sem_traceback(script)


def test_ctrl_c_sob_carga(sala: SalaDeTeste) -> None:
    servicos = sala.linha_inteira()
    sala.produz(5000)
    for servico in servicos:
        _ctrl_c_rapido(servico)
    sala.linha_inteira()
    sala.exige_exatamente_uma_vez(5000)


@pytest.mark.parametrize("nome", ["estoque", "pagamento"])
def test_kill_9_no_meio_de_um_pedido(sala: SalaDeTeste, nome: str) -> None:
    tempos = {"estoque": 0.0, "pagamento": 0.0, nome: 20.0}
    servicos = dict(zip(tempos, sala.servicos(*tempos.items()), strict=True))
    sala.produz(6)
    servicos[nome].espera("Recebi", FIM_S)
    servicos[nome].mata()
    morte = time.monotonic()

    outro = sala.abre(f"servico_{nome}.py", "--tempo", "0")
    outro.espera("Aguardo a vez", PRONTO_S)
    assert outro.espera("Recebi", FIM_S) - morte < SESSAO_E_FOLGA_S
    sala.exige_exatamente_uma_vez(6)


def test_kill_9_entre_enviar_e_confirmar(sala: SalaDeTeste) -> None:
    """A transação órfã expira em 6–7 s, além dos 6 s da sessão; o resultado dela nunca aparece."""
    sala.servico("pagamento", 0)
    herdeira, morte = sala.estoque_morto_no_commit(6)
    herdeira.espera("aprovado", FIM_S, vezes=6)
    assert time.monotonic() - morte < SESSAO_E_FOLGA_S
    sala.exige_exatamente_uma_vez(6)


def test_kill_9_sob_carga_muitas_vezes(sala: SalaDeTeste) -> None:
    """A qualquer instante da transação: entre enviar e confirmar, inclusive."""
    _, sobrevivente = sala.servicos(("pagamento", 0), ("estoque", 0.001))
    for rodada in range(2):  # cada uma leva os 6 s em que o grupo ainda conta com os mortos da anterior
        vitimas = sala.servicos(*[("estoque", 0.001)] * 2)
        sala.produz(2000)
        _espera_s(vitimas[0], 0.1 + 0.07 * rodada)
        for vitima in vitimas:
            vitima.mata()
            _espera_s(sobrevivente, 0.14)
    assert sobrevivente.vivo
    sala.exige_exatamente_uma_vez(4000)


def _ctrl_c_rapido(script: Script) -> None:
    comeco = time.monotonic()
    script.ctrl_c()
    assert script.espera_fim(FIM_S) == 0, script.textos()
    # o vigia e o Python também levam um pouco para terminar
    assert time.monotonic() - comeco < CTRL_C_S
    sem_traceback(script)


def _espera_s(script: Script, segundos: float) -> None:
    """Deixa passar um tempo, que é o próprio caso do teste, sem esperar além do fim do script."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        script.espera_fim(segundos)
