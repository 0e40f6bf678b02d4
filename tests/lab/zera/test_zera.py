"""`python -m lab zera` em um Kafka de verdade: o que apaga, o que não toca, o que pergunta e o que recusa."""

import argparse
import functools
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient

from common.conexao.topicos import particoes_dos_topicos
from common.configuracao import ETAPAS, TOPICOS_BASE
from common.erros import ErroDoLaboratorio
from lab.kafka_local import portas
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.configuracao import CONFIGURACAO_DO_BROKER
from lab.processos.script import Script
from lab.zera import comando as zera
from lab.zera import limpeza
from tests.apoio.kafka_com_zookeeper import KafkaComZooKeeper
from tests.apoio.sala import FIM_S, PRONTO_S, SalaDeTeste, sem_traceback
from tests.apoio.terminal_de_verdade import TerminalDeVerdade, em_um_terminal

pytestmark = [pytest.mark.broker, pytest.mark.apaga_topicos]

CTRL_C_S = 3.0  # aqui, 0,2 s; preso em um Kafka que não responde seriam mais de 5 s
PERGUNTA = "Apagar? [s/N] "
KAFKAS = {
    "um broker": KafkaLocal.temporario,
    "três brokers": functools.partial(KafkaLocal.temporario, brokers=3),
    "com ZooKeeper": KafkaComZooKeeper.temporario,  # responde que apagou antes de ter apagado
}


@pytest.fixture(autouse=True)
def _nada_abandonado(monkeypatch: pytest.MonkeyPatch) -> None:
    """Com o que outros testes abandonaram, o fim de um comando rodado aqui seria o fim deste processo."""
    monkeypatch.setattr("common.prazo._abandonados", [])


def zerado(sala: SalaDeTeste, *flags: str) -> Script:
    """O comando sem um terminal, já terminado."""
    comando = sala.abre("-m", "lab", "zera", *flags)
    comando.espera_fim(FIM_S)
    sem_traceback(comando)
    return comando


def exige_status(comando: Script, status: int, ultima_linha: str) -> None:
    assert comando.espera_fim(FIM_S) == status, comando.textos()
    assert ultima_linha in comando.textos()[-1], comando.textos()


def uma_aula(sala: SalaDeTeste, pedidos: int) -> None:
    """Os quatro scripts, com `pedidos` do começo ao fim da linha; todos terminam."""
    servicos = sala.linha_inteira()
    sala.produz(pedidos)
    sala.exige_exatamente_uma_vez(pedidos)
    for servico in servicos:
        servico.ctrl_c()
        assert servico.espera_fim(FIM_S) == 0


def o_que_ha(sala: SalaDeTeste) -> tuple[list[str], list[str]]:
    """Os tópicos da sala, e os grupos dela que têm offsets."""
    grupos = [f"{sala.prefixo}-{etapa.grupo_base}" for etapa in ETAPAS]
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        offsets = admin.list_group_offsets(grupos)
    return [topico["name"] for topico in sala.descreve_topicos()], [grupo for grupo in grupos if offsets[grupo]]


@contextmanager
def admin_da(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Um cliente de administração, com este processo nos nomes da sala."""
    for variavel, valor in sala.ambiente.items():
        monkeypatch.setenv(variavel, valor)
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        yield admin


@contextmanager
def no_terminal(sala: SalaDeTeste) -> Iterator[TerminalDeVerdade]:
    """O comando zera em um terminal de verdade, já na pergunta: só ali ele pergunta."""
    with em_um_terminal([sys.executable, "-m", "lab", "zera"], variaveis=sala.ambiente) as terminal:
        terminal.le_ate_ver(PERGUNTA, FIM_S)
        yield terminal


def exige_fim(terminal: TerminalDeVerdade, status: int, ultima_linha: str) -> None:
    assert terminal.termina() == status, terminal.tela.normal
    assert "Traceback" not in terminal.tela.normal
    assert ultima_linha in terminal.tela.normal.splitlines()[-1], terminal.tela.normal


@pytest.mark.parametrize("kafka_novo", KAFKAS.values(), ids=KAFKAS)
def test_depois_de_zerar_os_scripts_recomecam_do_zero(
    kafka_novo: Callable[[], AbstractContextManager[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neste processo, para olhar cada broker no instante em que o comando diz que apagou."""
    with kafka_novo() as kafka, SalaDeTeste(kafka.bootstrap) as sala, ExitStack() as pilha:
        uma_aula(sala, 10)
        pilha.enter_context(admin_da(sala, monkeypatch))
        enderecos = kafka.bootstrap.split(",")
        admins = [pilha.enter_context(KafkaAdminClient(bootstrap_servers=endereco)) for endereco in enderecos]
        assert zera.executa(argparse.Namespace(sim=True)) == 0
        for admin in admins:
            assert not [nome for nome in admin.list_topics() if nome.startswith(sala.prefixo)]
            admin.create_topics([sala.topico(base) for base in TOPICOS_BASE], validate_only=True)  # já se pode criá-los
        assert o_que_ha(sala) == ([], [])

        produtor = sala.produz(7)
        assert "partição 0, offset 0" in produtor.textos()[0]
        sala.linha_inteira()
        sala.exige_exatamente_uma_vez(7)


def test_diz_o_que_apaga(sala: SalaDeTeste) -> None:
    uma_aula(sala, 10)
    textos = zerado(sala, "--sim").textos()
    assert (
        f"[ZERA]   tópico {sala.topico(TOPICOS_BASE[0])} (até 10 registros: os pedidos e as marcas das transações)"
        in textos
    )
    for base in TOPICOS_BASE[1:]:
        assert any(f"tópico {sala.topico(base)} (até " in linha for linha in textos)
    for etapa in ETAPAS:
        assert f"[ZERA]   grupo {sala.prefixo}-{etapa.grupo_base} (até onde leu)" in textos


def test_sem_nada_a_apagar(sala: SalaDeTeste) -> None:
    exige_status(zerado(sala), 0, "Não há nada a apagar")


def test_outro_prefixo_continua_como_esta(sala: SalaDeTeste) -> None:
    """Também um que começa pelo nosso, com serviços rodando e pedidos que ninguém leu ainda."""
    with SalaDeTeste(sala.bootstrap) as outra:
        outra.prefixo = f"{sala.prefixo}-b"
        outra.ambiente |= {"LAB_PREFIXO": outra.prefixo}
        estoque = outra.servico("estoque", 0)
        outra.produz(5)
        estoque.espera("aprovado", FIM_S, vezes=5)
        uma_aula(sala, 3)

        exige_status(zerado(sala, "--sim"), 0, "Apagado")
        assert o_que_ha(sala) == ([], [])
        outra.servico("pagamento", 0)
        outra.servico("notificacao", 0)
        outra.exige_exatamente_uma_vez(5)
        assert sum("Recebi" in linha for linha in estoque.textos()) == 5
        outra.apaga_topicos()


def test_recusa_enquanto_ha_servicos_e_diz_quais(sala: SalaDeTeste) -> None:
    sala.servico("notificacao", 0)
    for _ in range(2):
        sala.servico("estoque", 0)
    sala.produz(4)
    comando = zerado(sala, "--sim")
    exige_status(comando, 1, "encerre-os com Ctrl+C e repita. Nada foi apagado")
    assert f"rodando em {sala.prefixo}-grupo_estoque (2 instâncias, em " in comando.textos()[-1]
    assert f" e {sala.prefixo}-grupo_notificacao (1 instância, em " in comando.textos()[-1]
    assert "pagamento" not in comando.textos()[-1]
    sala.servico("pagamento", 0)
    sala.exige_exatamente_uma_vez(4)


def test_quem_sai_durante_a_espera_nao_impede(sala: SalaDeTeste) -> None:
    estoque = sala.servico("estoque", 0)
    comando = sala.abre("-m", "lab", "zera", "--sim")
    comando.espera("Há serviços em", PRONTO_S)
    estoque.ctrl_c()
    exige_status(comando, 0, "Apagado")
    assert o_que_ha(sala) == ([], [])


def test_depois_de_um_kill_9_entre_enviar_e_confirmar(sala: SalaDeTeste) -> None:
    """O morto ainda está no grupo, e deixou uma transação aberta nos tópicos que se apagam."""
    sala.estoque_morto_no_commit(20)[0].encerra()
    comando = zerado(sala, "--sim")
    exige_status(comando, 0, "Apagado")
    assert any("um morto à força ainda conta" in linha for linha in comando.textos())
    uma_aula(sala, 10)


@pytest.mark.parametrize("teclas", [b"s\n", b" SIM \n"])
def test_responder_que_sim(sala: SalaDeTeste, teclas: bytes) -> None:
    sala.produz(1)
    with no_terminal(sala) as terminal:
        terminal.tecla(teclas)
        exige_fim(terminal, 0, "Apagado")
    assert sala.descreve_topicos() == []


@pytest.mark.parametrize("teclas", [b"\n", b"n\n", b"sem pressa\n", b"n\xe3o\n", b"\x04"], ids=repr)
def test_qualquer_outra_resposta_e_nao(sala: SalaDeTeste, teclas: bytes) -> None:
    sala.produz(1)
    with no_terminal(sala) as terminal:
        terminal.tecla(teclas)
        exige_fim(terminal, 1, "Nada foi apagado")
    assert len(sala.registros(TOPICOS_BASE[0])) == 1


@pytest.mark.parametrize("sinal", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_na_pergunta(sala: SalaDeTeste, sinal: str) -> None:
    sala.produz(1)
    with no_terminal(sala) as terminal:
        comeco = time.monotonic()
        terminal.processo.send_signal(signal.Signals[sinal])
        exige_fim(terminal, 128 + signal.SIGINT, zera.INTERROMPIDO)
        assert time.monotonic() - comeco < CTRL_C_S
    assert len(sala.registros(TOPICOS_BASE[0])) == 1


def test_recusa_quem_comecou_durante_a_pergunta(sala: SalaDeTeste) -> None:
    sala.produz(3)
    with no_terminal(sala) as terminal:
        sala.servico("estoque", 0).espera("aprovado", FIM_S, vezes=3)
        terminal.tecla("s\n")
        exige_fim(terminal, 1, f"há serviços rodando em {sala.prefixo}-grupo_estoque (1 instância")
    assert len(sala.registros(TOPICOS_BASE[0])) == 3


def test_sem_terminal_e_sem_sim_nada_se_apaga(sala: SalaDeTeste) -> None:
    sala.produz(1)
    exige_status(zerado(sala), 2, "ERRO: não há um terminal onde perguntar")
    assert len(sala.registros(TOPICOS_BASE[0])) == 1


def test_quem_entra_no_grupo_no_instante_de_apagar_e_visto(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    sala.servico("pagamento", 0)
    with (
        admin_da(sala, monkeypatch) as admin,
        pytest.raises(ErroDoLaboratorio, match=f"um serviço entrou em {sala.prefixo}-grupo_pagamento enquanto"),
    ):
        limpeza.apaga(admin)


def test_ve_tudo_o_que_resta(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    uma_aula(sala, 1)
    with admin_da(sala, monkeypatch) as admin:
        particoes = particoes_dos_topicos(admin)
        tudo = [sala.topico(base) for base in TOPICOS_BASE] + [f"{sala.prefixo}-{e.grupo_base}" for e in ETAPAS]
        assert zera.o_que_resta(admin, particoes) == tudo


def test_broker_no_windows_nao_apaga(sala: SalaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pasta que o broker diz é a de verdade; só o veredito sobre ela é o do Windows."""
    sala.produz(1)
    pastas: list[str] = []

    def do_windows(pasta: str) -> bool:
        pastas.append(pasta)
        return True

    monkeypatch.setattr(limpeza, "do_windows", do_windows)
    with (
        admin_da(sala, monkeypatch),
        pytest.raises(
            ErroDoLaboratorio, match=r"roda direto no Windows.*Ctrl\+C no terminal dele e inicie-o com .*--do-zero"
        ),
    ):
        zera.executa(argparse.Namespace(sim=True))
    assert len(pastas) == 1 and Path(pastas[0]).is_absolute()
    assert len(sala.registros(TOPICOS_BASE[0])) == 1


def test_kafka_que_nao_apaga_topicos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONFIGURACAO_DO_BROKER, "delete.topic.enable", "false")
    with KafkaLocal.temporario() as kafka, SalaDeTeste(kafka.bootstrap) as sala:
        sala.produz(1)
        exige_status(
            zerado(sala, "--sim"), 1, "delete.topic.enable=false): para começar do zero, use outro LAB_PREFIXO"
        )


def test_prefixo_que_nao_serve_nao_espera_pelo_kafka() -> None:
    with SalaDeTeste(f"127.0.0.1:{portas.sorteia()}") as sala:
        comando = sala.abre("-m", "lab", "zera", LAB_PREFIXO="ção")
        exige_status(comando, 2, "ERRO: LAB_PREFIXO só pode ter")
        assert len(comando.textos()) == 1


def test_sem_kafka() -> None:
    with SalaDeTeste(f"127.0.0.1:{portas.sorteia()}") as sala:
        exige_status(zerado(sala, "--sim"), 1, "ERRO: nenhum Kafka respondeu")


def test_ctrl_c_preso_em_algo_que_nao_e_um_kafka() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as mudo,
        SalaDeTeste(f"127.0.0.1:{mudo.getsockname()[1]}") as sala,
    ):
        comando = sala.abre("-m", "lab", "zera", "--sim")
        comando.espera("O Kafka não responde", PRONTO_S)
        comeco = time.monotonic()
        comando.ctrl_c()
        exige_status(comando, 130, zera.INTERROMPIDO)
        assert time.monotonic() - comeco < CTRL_C_S
        sem_traceback(comando)
