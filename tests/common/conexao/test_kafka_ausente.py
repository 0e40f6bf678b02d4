"""Sem Kafka, com um que demora, com algo que não é Kafka, e com um que cai cinco vezes."""

import contextlib
import time
from functools import partial
from pathlib import Path

import pytest

from lab.kafka_local import portas
from lab.kafka_local.cluster import KafkaLocal
from tests.apoio.sala import FIM_S, PRODUTOR_COM_PRAZO, PRONTO_S, SalaDeTeste, ate, sem_traceback
from tests.apoio.script import servidor_mudo

pytestmark = pytest.mark.broker

CTRL_C_S = 1.0  # o que a aula promete
SCRIPTS = ["produtor_pedidos.py", "servico_estoque.py", "servico_pagamento.py", "servico_notificacao.py"]


def test_sem_kafka_dizem_o_que_esperam_e_o_que_fazer() -> None:
    """Uma porta fechada, e uma aberta que não é de um Kafka: cada script espera 30 s, e todos ao mesmo tempo."""
    with (
        servidor_mudo() as endereco,
        SalaDeTeste(f"127.0.0.1:{portas.sorteia()}") as fechada,
        SalaDeTeste(endereco) as muda,
    ):
        na_fechada = [fechada.abre(script) for script in SCRIPTS]
        na_muda = [muda.abre(script) for script in SCRIPTS[:2]]
        for script in (*na_fechada, *na_muda):
            script.espera("O Kafka não responde", PRONTO_S)
            assert script.espera_fim(FIM_S) == 1
        for script in na_fechada:
            assert "docker-compose up -d" in script.textos()[-1]
            assert "python -m lab kafka" in script.textos()[-1]
        for script in na_muda:
            assert "a porta está aberta" in script.textos()[-1]
        sem_traceback(*na_fechada, *na_muda)


@pytest.mark.parametrize("script", SCRIPTS[:2])
def test_ctrl_c_enquanto_espera_o_kafka(script: str) -> None:
    with servidor_mudo() as endereco:
        for bootstrap in (endereco, f"127.0.0.1:{portas.sorteia()}"):
            with SalaDeTeste(bootstrap) as sala:
                terminal = sala.abre(script)
                if bootstrap != endereco:
                    terminal.espera("O Kafka não responde", PRONTO_S)
                else:  # preso no aperto de mão, que leva até 5 s: ainda não disse nada
                    with contextlib.suppress(Exception):
                        terminal.espera("O Kafka não responde", 1.5)
                comeco = time.monotonic()
                terminal.ctrl_c()
                terminal.espera_fim(FIM_S)
                assert time.monotonic() - comeco < CTRL_C_S
                sem_traceback(terminal)


def test_kafka_que_demora_e_aproveitado(tmp_path: Path) -> None:
    porta = portas.sorteia()
    with SalaDeTeste(f"127.0.0.1:{porta}") as sala:
        estoque, produtor = sala.abre("servico_estoque.py", "--tempo", "0"), sala.abre("produtor_pedidos.py")
        estoque.espera("O Kafka não responde", PRONTO_S)
        with KafkaLocal(tmp_path, porta):
            estoque.espera("O Kafka respondeu", PRONTO_S)
            assert produtor.espera_fim(FIM_S) == 0
            estoque.espera("aprovado", FIM_S, vezes=10)
            estoque.encerra()


def concluiu(sala: SalaDeTeste, quantos: int) -> bool:
    return len(sala.chaves("pedidos_concluidos")) >= quantos


def test_kafka_morto_e_reiniciado_cinco_vezes(kafka_descartavel: KafkaLocal, sala_descartavel: SalaDeTeste) -> None:
    """Ninguém toca nos serviços; no fim cada pedido está lá uma vez, e o Ctrl+C continua instantâneo."""
    sala, pedidos = sala_descartavel, 900  # mais do que os que andam até a quinta queda
    servicos = sala.linha_inteira(0.01)
    sala.produz(pedidos)
    for volta in range(1, 6):
        meta = min(len(sala.chaves("pedidos_concluidos")) + 50, pedidos)
        ate(partial(concluiu, sala, meta), FIM_S, f"nada andou depois da queda {volta - 1}")
        kafka_descartavel.mata()
        kafka_descartavel.inicia()
    sala.exige_exatamente_uma_vez(pedidos, 3 * FIM_S)
    assert "likely deleted" not in kafka_descartavel.brokers[0].log.caminho.read_text(errors="replace")
    for servico in servicos:
        comeco = time.monotonic()
        servico.ctrl_c()
        assert servico.espera_fim(FIM_S) == 0
        assert time.monotonic() - comeco < CTRL_C_S
    sem_traceback(*servicos)


def test_um_servico_ocioso_nota_a_queda_do_kafka(kafka_descartavel: KafkaLocal, sala_descartavel: SalaDeTeste) -> None:
    """Um poll() sem nada para trazer nunca a contaria."""
    ocioso = sala_descartavel.servico("notificacao", 0)
    kafka_descartavel.mata()
    ocioso.espera("espero até ele voltar", FIM_S)
    sem_traceback(ocioso)


def test_produtor_diz_o_que_nao_foi_confirmado(kafka_descartavel: KafkaLocal, sala_descartavel: SalaDeTeste) -> None:
    produtor = sala_descartavel.abre(PRODUTOR_COM_PRAZO, "5", "-n", "200000")
    produtor.espera(" de 200000", PRONTO_S)
    kafka_descartavel.mata()
    produtor.espera("O Kafka não confirma", PRONTO_S)
    assert produtor.espera_fim(2 * FIM_S) == 1
    assert "sem confirmação" in produtor.textos()[-1]
    assert "não enviado" in produtor.textos()[-1]
    sem_traceback(produtor)


def test_ctrl_c_no_produtor(sala: SalaDeTeste) -> None:
    produtor = sala.abre("produtor_pedidos.py", "-n", "1000000")
    produtor.espera(" de 1000000", PRONTO_S)
    comeco = time.monotonic()
    produtor.ctrl_c()
    assert produtor.espera_fim(FIM_S) == 1
    assert time.monotonic() - comeco < CTRL_C_S
    resumo, erro = produtor.textos()[-2:]
    assert "pedidos confirmados" in resumo
    assert "não enviado" in erro
    sem_traceback(produtor)
