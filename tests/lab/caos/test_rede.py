"""A rede do caos, sem Kafka: cada defeito faz o que diz com os bytes que passam, e só no trecho dele."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest

from common.prazo import espera_ate
from lab.caos.rede.defeitos import (
    ATRASO_S,
    END_TXN,
    GOTA_BYTES,
    PRODUCE,
    TXN_OFFSET_COMMIT,
    Atraso,
    BuracoNegro,
    ContaGotas,
    Corte,
    Defeito,
    MaoUnica,
    SeguraEndTxn,
)
from lab.caos.rede.rede import CLIENTES, Rede
from lab.kafka_local import portas
from lab.kafka_local.cluster import KafkaLocal
from lab.kafka_local.portas import ESTA_MAQUINA
from lab.kafka_local.topologia import Desvio

PRAZO_S = 20.0  # tudo aqui leva milissegundos, menos um atraso de até 2 s
QUEM, OUTRO = CLIENTES[1], CLIENTES[2]


class Eco(socketserver.ThreadingTCPServer):
    """Faz as vezes do que está do outro lado do proxy: guarda o que chega, quadro a quadro, e o devolve igual."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, porta: int) -> None:
        self.quadros: list[bytes] = []
        self.octetos = self.encerradas = 0
        self.conexoes: list[socket.socket] = []
        eco = self

        class Atende(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                eco.conexoes.append(self.request)
                guardado = b""
                with contextlib.suppress(OSError):
                    while chegou := self.request.recv(65_536):
                        eco.octetos += len(chegou)
                        guardado += chegou
                        while len(guardado) >= 4 and len(guardado) >= (fim := 4 + int.from_bytes(guardado[:4], "big")):
                            eco.quadros.append(guardado[:fim])
                            self.request.sendall(guardado[:fim])
                            guardado = guardado[fim:]
                eco.encerradas += 1

        super().__init__((ESTA_MAQUINA, porta), Atende)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def morre(self) -> None:
        self.shutdown()
        self.server_close()
        for conexao in self.conexoes:
            with contextlib.suppress(OSError):
                conexao.shutdown(socket.SHUT_RDWR)


class Laboratorio:
    """Um broker de mentira, a rede diante dele, e os clientes que se conectam por ela."""

    def __init__(self) -> None:
        self.porta = portas.sorteia()
        self.eco = Eco(self.porta)
        anunciadas: list[int] = []
        while len(anunciadas) < len(CLIENTES):
            if (porta := portas.sorteia()) not in (self.porta, *anunciadas):
                anunciadas.append(porta)
        desvios = [Desvio((self.porta,), (anunciada,)) for anunciada in anunciadas]
        self.rede = Rede(cast(KafkaLocal, SimpleNamespace(brokers=[SimpleNamespace(numero=1)], desvios=desvios)))
        self.conexoes = contextlib.ExitStack()

    def cliente(self, quem: str = QUEM) -> socket.socket:
        porta = self.rede.trechos[quem][0].porta
        return self.conexoes.enter_context(socket.create_connection((ESTA_MAQUINA, porta), PRAZO_S))


@pytest.fixture
def laboratorio() -> Iterator[Laboratorio]:
    laboratorio = Laboratorio()
    with laboratorio.rede, laboratorio.conexoes:
        yield laboratorio
    laboratorio.eco.morre()


def quadro(chave: int = 3, texto: bytes = b"oi") -> bytes:
    """Um pedido: tamanho, tipo, versão, número, e o resto."""
    corpo = chave.to_bytes(2, "big") + bytes(6) + texto
    return len(corpo).to_bytes(4, "big") + corpo


def volta(cliente: socket.socket, enviado: bytes) -> bytes:
    """O que volta de `enviado`, inteiro."""
    cliente.sendall(enviado)
    return le(cliente, len(enviado))


def le(cliente: socket.socket, quantos: int) -> bytes:
    chegou = b""
    while len(chegou) < quantos and (mais := cliente.recv(quantos - len(chegou))):
        chegou += mais
    return chegou


def atingiu(defeito: Defeito, vezes: int = 1) -> bool:
    return espera_ate(lambda: defeito.atingidos >= vezes, PRAZO_S)


def cortada(cliente: socket.socket) -> bool:
    """Diz se a conexão acabou por um RST, sem que chegasse nada."""
    try:
        cliente.recv(1)
    except ConnectionResetError:
        return True
    return False


def recusa(porta: int) -> bool:
    """Diz se ninguém escuta na porta; uma conexão aceita e cortada em seguida não é o mesmo."""
    try:
        socket.create_connection((ESTA_MAQUINA, porta), PRAZO_S).close()
    except OSError as erro:
        return isinstance(erro, ConnectionRefusedError)
    return False


def test_sem_defeito_tudo_passa_e_a_rede_se_fecha(laboratorio: Laboratorio) -> None:
    longo = quadro(texto=bytes(300_000))
    for quem in CLIENTES:
        assert volta(laboratorio.cliente(quem), longo) == longo
    assert laboratorio.rede.trechos["broker 1"] == [laboratorio.rede.trechos[quem][0] for quem in CLIENTES]


def test_um_defeito_so_atinge_o_seu_trecho_e_sai_com_a_cura(laboratorio: Laboratorio) -> None:
    buraco = BuracoNegro(Random(1))
    atingido, outro = laboratorio.cliente(QUEM), laboratorio.cliente(OUTRO)
    with laboratorio.rede.estraga(QUEM, buraco):
        atingido.sendall(quadro(texto=b"preso"))
        assert volta(outro, quadro(texto=b"livre")) == quadro(texto=b"livre")
        assert atingiu(buraco)
        assert laboratorio.eco.quadros == [quadro(texto=b"livre")]
    assert le(atingido, len(quadro(texto=b"preso"))) == quadro(texto=b"preso")


def test_atraso(laboratorio: Laboratorio) -> None:
    atraso, cliente = Atraso(Random(1)), laboratorio.cliente()
    with laboratorio.rede.estraga(QUEM, atraso):
        inicio = time.monotonic()
        assert volta(cliente, quadro()) == quadro()
        assert time.monotonic() - inicio >= ATRASO_S[0]
    assert atraso.atingidos == 1


def test_corte_no_meio_de_um_pedido(laboratorio: Laboratorio) -> None:
    corte, cliente = Corte(Random(1)), laboratorio.cliente()
    with laboratorio.rede.estraga(QUEM, corte):
        cliente.sendall(quadro(texto=bytes(1000)))
        assert cortada(cliente)
        assert espera_ate(lambda: laboratorio.eco.octetos > 0, PRAZO_S)
        assert laboratorio.eco.octetos < len(quadro(texto=bytes(1000)))
        assert laboratorio.eco.quadros == []
    assert corte.atingidos == 1


def test_buraco_negro_nem_o_fim_da_conexao_passa(laboratorio: Laboratorio) -> None:
    """O pedido de quem desistiu e fechou a conexão chega depois, como em uma rede de verdade."""
    buraco, desiste, ociosa, outro = BuracoNegro(Random(1)), *(laboratorio.cliente(q) for q in (QUEM, QUEM, OUTRO))
    assert volta(ociosa, quadro()) == quadro()
    with laboratorio.rede.estraga(QUEM, buraco):
        desiste.sendall(quadro(texto=b"tarde"))
        assert atingiu(buraco)
        desiste.close()
        ociosa.close()
        for _ in range(50):  # muito mais do que um fim levaria para passar
            assert volta(outro, quadro()) == quadro()
        assert laboratorio.eco.quadros == [quadro()] * 51
        assert laboratorio.eco.encerradas == 0
    assert espera_ate(lambda: quadro(texto=b"tarde") in laboratorio.eco.quadros, PRAZO_S)
    assert espera_ate(lambda: laboratorio.eco.encerradas == 2, PRAZO_S)


def test_mao_unica_o_pedido_chega_e_a_resposta_nunca(laboratorio: Laboratorio) -> None:
    mao_unica, cliente = MaoUnica(Random(1)), laboratorio.cliente()
    with laboratorio.rede.estraga(QUEM, mao_unica):
        cliente.sendall(quadro())
        assert atingiu(mao_unica)
        assert laboratorio.eco.quadros == [quadro()]
    assert cortada(cliente)


def test_conta_gotas(laboratorio: Laboratorio) -> None:
    gotas, cliente, longo = ContaGotas(Random(1)), laboratorio.cliente(), quadro(texto=bytes(50 * GOTA_BYTES))
    with laboratorio.rede.estraga(QUEM, gotas):
        cliente.sendall(longo)
        assert espera_ate(lambda: laboratorio.eco.octetos >= GOTA_BYTES, PRAZO_S, passo_s=0.001)
        assert laboratorio.eco.quadros == []  # ainda faltam as outras gotas
    assert le(cliente, len(longo)) == longo


@pytest.mark.parametrize("comeca", [PRODUCE, TXN_OFFSET_COMMIT])
def test_o_endtxn_chega_com_a_transacao_seguinte_ja_comecada(laboratorio: Laboratorio, comeca: int) -> None:
    segura, produtor = SeguraEndTxn(Random(1)), str(uuid4()).encode()
    commit, de_outro = quadro(END_TXN, b"grupo_estoque-" + produtor), quadro(END_TXN, str(uuid4()).encode())
    seguinte = quadro(comeca, b"grupo_estoque-" + produtor)
    primeira, segunda = laboratorio.cliente(), laboratorio.cliente()
    with laboratorio.rede.estraga(QUEM, segura):
        primeira.sendall(commit)
        assert cortada(primeira)  # para o produtor, a conexão caiu
        assert volta(segunda, commit) == commit  # e ele repete o commit por outra
        assert laboratorio.eco.quadros == [commit]
        assert volta(segunda, seguinte) == seguinte
        assert espera_ate(lambda: laboratorio.eco.quadros.count(commit) == 2, PRAZO_S)
        assert atingiu(segura)
        laboratorio.cliente().sendall(de_outro)  # outro produtor: este não viu nenhuma transação seguinte
    assert espera_ate(lambda: de_outro in laboratorio.eco.quadros, PRAZO_S)
    assert segura.atingidos == 1


def test_com_o_broker_fora_o_proxy_tambem_recusa_e_depois_volta(laboratorio: Laboratorio) -> None:
    porta = laboratorio.rede.trechos[QUEM][0].porta
    aberta = laboratorio.cliente()
    assert volta(aberta, quadro()) == quadro()
    laboratorio.eco.morre()
    with contextlib.suppress(OSError):
        assert aberta.recv(1) == b""  # a que havia acabou
    assert espera_ate(lambda: recusa(porta), PRAZO_S)
    laboratorio.eco = Eco(laboratorio.porta)
    assert espera_ate(lambda: portas.aceita_conexao(porta), PRAZO_S)
    assert volta(laboratorio.cliente(), quadro()) == quadro()
