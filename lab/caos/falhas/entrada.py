"""As falhas do que entra na linha: registros que não são pedidos, um produtor que não é o nosso, outro morto."""

import contextlib
from collections.abc import Iterator

from kafka import KafkaProducer
from kafka.errors import KafkaError

from common.conexao.clientes import do_produtor
from common.configuracao import NUMERO_DE_PARTICOES, topicos
from common.erros import PrazoEsgotado
from common.pedido import codifica, novos_pedidos
from common.prazo import com_prazo, espera_ate
from lab.caos.falhas.falha import Alvos, Falha, Golpe

VENENOS_POR_TOPICO = 20
ENVENENA_S = 20.0  # publicar 43 registros leva milissegundos; o resto é folga para um broker que acaba de voltar
DE_OUTRO_CLIENTE = 25  # pedidos, com cada uma das quatro compressões
OUTRO_CLIENTE_S = 20.0  # leva uns 2 s
ENVIO_LONGO = 5_000  # pedidos: uns 0,5 s de envio
DIARIO_MAXIMO_BYTES = 40_000  # a morte vem em algum ponto dos primeiros 100 pedidos, ou pouco depois


@contextlib.contextmanager
def _veneno(alvos: Alvos) -> Iterator[Golpe]:
    """Registros que não são pedidos, em todos os tópicos: bytes ao acaso, JSON cortado, um status fora de lugar."""
    novos, aprovados, concluidos = topicos()

    def venenos() -> Iterator[bytes | None]:
        for pedido in novos_pedidos(VENENOS_POR_TOPICO // 4):
            valor = codifica(pedido)
            yield None
            yield alvos.sorte.randbytes(alvos.sorte.randint(1, 200))
            yield valor[: alvos.sorte.randint(0, len(valor) - 1)]
            yield codifica(pedido.aprovado().pago())  # em pedidos_concluidos seria um pedido que ninguém enviou

    def publica() -> None:
        produtor = KafkaProducer(**do_produtor())
        try:
            envios = [
                produtor.send(topico, valor, b"veneno", partition=alvos.sorte.randrange(NUMERO_DE_PARTICOES))
                for topico in (novos, aprovados)
                for valor in venenos()
            ]
            envios += [
                produtor.send(concluidos, b"nem JSON", b"veneno", partition=particao)
                for particao in range(NUMERO_DE_PARTICOES)
            ]
            for envio in envios:
                envio.get(ENVENENA_S)
        finally:
            produtor.close(timeout=2)

    aconteceu = True
    try:
        com_prazo(publica, ENVENENA_S, "envenenar os tópicos")
    except (KafkaError, PrazoEsgotado):
        aconteceu = False
    yield Golpe("os três tópicos", aconteceu)


@contextlib.contextmanager
def _produtor_morto(alvos: Alvos) -> Iterator[Golpe]:
    """kill -9 no meio do envio; a carga continua com outros produtores."""
    yield Golpe("produtor", alvos.instancias.mata_produtor(ENVIO_LONGO, alvos.sorte.randint(1, DIARIO_MAXIMO_BYTES)))


@contextlib.contextmanager
def _outro_cliente(alvos: Alvos) -> Iterator[Golpe]:
    """O que ele envia são pedidos como os outros: contam, e têm de chegar ao fim."""
    produtor = alvos.instancias.produz_outro(DE_OUTRO_CLIENTE)
    terminou = espera_ate(lambda: not produtor.vivo, OUTRO_CLIENTE_S, alvos.parada.confere)
    yield Golpe("produtor", terminou and produtor.espera_fim(OUTRO_CLIENTE_S) == 0)


DA_ENTRADA = (
    Falha("outro-cliente", "pedidos que outro cliente comprimiu", (0.0, 1.0), _outro_cliente),
    Falha("produtor-morto", "kill -9 no produtor", (0.0, 1.0), _produtor_morto),
    Falha("veneno", "registros que não são pedidos", (0.0, 1.0), _veneno),
)
