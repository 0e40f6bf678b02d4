"""O Ctrl+C de verdade do Windows, que só um console dá: `subprocess` só sabe mandar o Ctrl+Break."""

import time
from pathlib import Path

import pytest

from common.terminal.sinais import SAIDA_DE_CTRL_C
from lab.kafka_local import portas
from tests.apoio.conpty import CTRL_C, em_um_conpty
from tests.apoio.sala import FIM_S, SalaDeTeste
from tests.apoio.script import KAFKA_FECHADO

pytestmark = pytest.mark.conpty

CTRL_C_S = 1.0  # o que a aula promete


@pytest.mark.parametrize("script", ["produtor_pedidos.py", "servico_estoque.py"])
def test_a_espera_de_um_kafka(script: str) -> None:
    with em_um_conpty(script, KAFKA_BOOTSTRAP_SERVERS=KAFKA_FECHADO) as terminal:
        terminal.espera("O Kafka não responde", FIM_S)
        comeco = time.monotonic()
        terminal.tecla(CTRL_C)
        terminal.espera_fim(FIM_S)
        assert time.monotonic() - comeco < CTRL_C_S
        assert "Traceback" not in terminal.texto


@pytest.mark.broker
def test_um_servico_no_meio_de_um_pedido(sala: SalaDeTeste) -> None:
    sala.produz(3)
    with em_um_conpty("servico_estoque.py", "--tempo", "30", **sala.ambiente) as terminal:
        terminal.espera("Recebi pedido", FIM_S)
        comeco = time.monotonic()
        terminal.tecla(CTRL_C)
        assert terminal.espera_fim(FIM_S) == 0
        assert time.monotonic() - comeco < CTRL_C_S
        assert "Encerrado" in terminal.texto and "Traceback" not in terminal.texto


@pytest.mark.broker
def test_o_terminal_do_kafka(tmp_path: Path) -> None:
    porta = portas.sorteia()
    with em_um_conpty("-m", "lab", "kafka", "--porta", str(porta), "--pasta", str(tmp_path)) as terminal:
        terminal.espera("pronto em", FIM_S)
        terminal.tecla(CTRL_C)
        assert terminal.espera_fim(FIM_S) == 0
        assert "Kafka encerrado" in terminal.texto and "Traceback" not in terminal.texto
    assert portas.livre(porta)


@pytest.mark.broker
def test_a_demonstracao_em_quadros() -> None:
    with em_um_conpty("-m", "lab", "demo", "--rapido") as terminal:
        terminal.espera("\x1b[?1049h", 2 * FIM_S)  # a tela alternativa: há quadros
        terminal.espera("Recebi pedido", FIM_S)
        terminal.tecla(CTRL_C)
        assert terminal.espera_fim(FIM_S) == SAIDA_DE_CTRL_C
        assert "Demonstração interrompida" in terminal.texto and "Traceback" not in terminal.texto
