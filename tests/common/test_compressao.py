"""O que outros clientes comprimem: em qualquer tópico cada pedido é feito uma vez, e nada enche a memória.

Os zeros são de verdade: um lote que o broker aceita, de menos de 1 MB, e que descomprimido tem 200 MB.
"""

import gzip
import time
import zlib
from collections.abc import Iterator

import kafka.codec
import psutil
import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError
from kafka.record import default_records
from kafka.record.default_records import DefaultRecordBase
from kafka.record.util import encode_varint

from common.conexao.descompressao import LOTE_MAXIMO_BYTES, LoteGrandeDemais, descomprime
from common.configuracao import NOVOS_PEDIDOS, PEDIDOS_APROVADOS, TOPICOS_BASE
from common.pedido import codifica, novos_pedidos
from common.prazo import espera_ate
from tests.apoio.sala import FIM_S, SalaDeTeste, ate, sem_traceback

CODECS = ["gzip", "snappy", "lz4", "zstd"]
# como um tópico que já existia, com tudo o que um broker aceita por padrão
DE_OUTROS = {"compression.type": "producer", "max.decompressed.message.bytes": str(2**31 - 9)}
BOMBA_BYTES = 200 * 1024 * 1024
MEMORIA_MAXIMA_BYTES = 200 * 1024 * 1024
OBSERVA_S = 10.0

CODIFICADORES = {
    DefaultRecordBase.CODEC_GZIP: gzip.compress,
    DefaultRecordBase.CODEC_SNAPPY: kafka.codec.snappy_encode,
    DefaultRecordBase.CODEC_LZ4: kafka.codec.lz4_encode,
    DefaultRecordBase.CODEC_ZSTD: kafka.codec.zstd_encode,
}


@pytest.mark.parametrize("codec", CODIFICADORES)
@pytest.mark.parametrize("tamanho", [1, 100, 70_000, 3_000_000])
def test_descomprime_o_que_o_kafka_python_comprime(codec: int, tamanho: int) -> None:
    dados = bytes(numero * numero % 251 for numero in range(tamanho))
    assert descomprime(codec, CODIFICADORES[codec](dados)) == dados


def test_descomprime_o_snappy_sem_a_marca_do_java() -> None:
    dados = b"pedido" * 50_000
    assert descomprime(DefaultRecordBase.CODEC_SNAPPY, kafka.codec.snappy_encode(dados, False)) == dados


def test_descomprime_dois_gzips_em_seguida() -> None:
    assert descomprime(DefaultRecordBase.CODEC_GZIP, gzip.compress(b"um") + gzip.compress(b"dois")) == b"umdois"


@pytest.mark.parametrize("codec", CODIFICADORES)
def test_para_no_limite(codec: int) -> None:
    no_limite = CODIFICADORES[codec](bytes(LOTE_MAXIMO_BYTES))
    assert len(descomprime(codec, no_limite)) == LOTE_MAXIMO_BYTES
    with pytest.raises(LoteGrandeDemais):
        descomprime(codec, CODIFICADORES[codec](bytes(LOTE_MAXIMO_BYTES + 1)))


@pytest.mark.parametrize("codec", CODIFICADORES)
def test_dados_estragados_sao_um_erro_do_kafka(codec: int) -> None:
    bons = CODIFICADORES[codec](b"pedido" * 1_000)
    with pytest.raises(KafkaError):
        descomprime(codec, b"\xff" + bons[1 : len(bons) // 2])


@pytest.mark.broker
@pytest.mark.parametrize("de_outros", [False, True], ids=["nossos", "de-outros"])
def test_um_pedido_comprimido_e_feito_uma_vez(sala: SalaDeTeste, de_outros: bool) -> None:
    if de_outros:
        _cria_como_outros(sala)
    linha = sala.linha_inteira()
    for codec in CODECS:
        _envia(sala, codec, 5)
    sala.exige_exatamente_uma_vez(5 * len(CODECS))
    assert not [texto for script in linha for texto in script.textos() if "perdida" in texto]
    sem_traceback(*linha)


@pytest.mark.broker
def test_nos_nossos_topicos_nem_e_preciso_saber_descomprimir(sala: SalaDeTeste) -> None:
    """compression.type=uncompressed: o broker descomprime o que chega."""
    sala.produz(3)
    estoque = sala.abre("tests/common/estoque_sem_codecs.py", "--tempo", "0")
    for codec in CODECS:
        _envia(sala, codec, 3)
    estoque.espera("aprovado", FIM_S, vezes=15)
    sem_traceback(estoque)


@pytest.mark.broker
def test_sem_a_biblioteca_uma_linha_diz_qual_e_os_outros_trabalham(sala: SalaDeTeste) -> None:
    _cria_como_outros(sala)
    sem_codecs = sala.abre("tests/common/estoque_sem_codecs.py", "--tempo", "0")
    sem_codecs.espera("partições atribuídas", FIM_S)
    desde = time.monotonic()
    _envia(sala, "lz4", 3)
    sem_codecs.espera("comprimidos com lz4", FIM_S)
    assert not espera_ate(lambda: not sem_codecs.vivo, OBSERVA_S)
    ditas = [texto for quando, texto in sem_codecs.linhas if quando >= desde]
    assert len([texto for texto in ditas if "comprimidos com lz4" in texto and "pip install lz4" in texto]) == 1, ditas
    assert len(ditas) <= 3, ditas
    assert not sala.chaves(PEDIDOS_APROVADOS), "nada foi pulado"
    # com ela no grupo, uma instância sadia faz tudo
    sadia = sala.abre("servico_estoque.py", "--tempo", "0")
    sala.produz(12)
    ate(lambda: len(sala.chaves(PEDIDOS_APROVADOS)) == 15, FIM_S, "a instância doente parou a sadia")
    assert set(sala.chaves(PEDIDOS_APROVADOS)) == set(sala.chaves(NOVOS_PEDIDOS))
    assert max(sala.chaves(PEDIDOS_APROVADOS).values()) == 1
    sem_traceback(sem_codecs, sadia)


@pytest.fixture
def bomba(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Daqui em diante este processo, ao comprimir um lote de um registro com gzip, manda outro: 200 MB de zeros."""
    registro, tamanho = bytearray(), bytearray()
    for numero in (0, 0, 0, -1, BOMBA_BYTES):  # atributos, atraso, salto, chave, valor
        encode_varint(numero, registro.append)
    encode_varint(len(registro) + BOMBA_BYTES + 1, tamanho.append)
    compressor = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    comprimido = compressor.compress(tamanho + registro)
    for _ in range(200):
        comprimido += compressor.compress(bytes(BOMBA_BYTES // 200))
    comprimido += compressor.compress(b"\0") + compressor.flush()  # sem cabeçalhos
    monkeypatch.setattr(default_records, "gzip_encode", lambda _: comprimido)
    yield


@pytest.mark.broker
@pytest.mark.usefixtures("bomba")
def test_uma_bomba_e_relatada_e_o_servico_segue(sala: SalaDeTeste) -> None:
    _cria_como_outros(sala)
    linha = sala.linha_inteira()
    for base in TOPICOS_BASE:
        _lanca(sala, base)
    sala.produz(9)
    maximo = 0
    for script in linha:
        script.espera("IGNORADO", FIM_S)
        maximo = max(maximo, psutil.Process(script.pid).memory_info().rss)
        assert "descomprimido, passa de 32 MB" in next(texto for texto in script.textos() if "IGNORADO" in texto)
    ate(lambda: set(sala.chaves(TOPICOS_BASE[2])) >= set(sala.chaves(NOVOS_PEDIDOS)), FIM_S, "ninguém seguiu")
    maximo = max([maximo, *(_pico_bytes(script.pid) for script in linha)])
    assert maximo < MEMORIA_MAXIMA_BYTES, f"{maximo >> 20} MB"
    confere = sala.abre("-m", "lab", "confere")
    assert confere.espera_fim(FIM_S) == 0, confere.textos()
    sem_traceback(*linha, confere)


@pytest.mark.broker
@pytest.mark.usefixtures("bomba")
def test_os_nossos_brokers_recusam_a_bomba(sala: SalaDeTeste) -> None:
    sala.produz(3)
    with pytest.raises(KafkaError):
        _lanca(sala, NOVOS_PEDIDOS)
    sala.servico("estoque", 0).espera("aprovado", FIM_S, vezes=3)
    assert len(sala.chaves(NOVOS_PEDIDOS)) == 3


def _pico_bytes(pid: int) -> int:
    """O pico de memória do processo, onde o sistema o conta; onde não, a de agora."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as estado:  # noqa: PTH123  # não é um arquivo
            return next(int(linha.split()[1]) * 1024 for linha in estado if linha.startswith("VmHWM"))
    except OSError:
        return int(psutil.Process(pid).memory_info().rss)


def _lanca(sala: SalaDeTeste, base: str) -> None:
    with KafkaProducer(bootstrap_servers=sala.bootstrap, compression_type="gzip", retries=0) as produtor:
        produtor.send(sala.topico(base), b"0" * 600_000, partition=0).get(FIM_S)


def _cria_como_outros(sala: SalaDeTeste) -> None:
    with KafkaAdminClient(bootstrap_servers=sala.bootstrap) as admin:
        topicos = [sala.topico(base) for base in TOPICOS_BASE]
        desejado = {"num_partitions": 3, "replication_factor": 1, "configs": DE_OUTROS}
        admin.create_topics(dict.fromkeys(topicos, desejado))
        admin.wait_for_topics(topicos)


def _envia(sala: SalaDeTeste, codec: str, quantidade: int) -> None:
    """Pedidos novos, comprimidos em um lote só."""
    with KafkaProducer(bootstrap_servers=sala.bootstrap, compression_type=codec, linger_ms=100) as produtor:
        envios = [
            produtor.send(sala.topico(NOVOS_PEDIDOS), codifica(pedido), str(pedido.id).encode(), partition=1)
            for pedido in novos_pedidos(quantidade)
        ]
        for envio in envios:
            envio.get(FIM_S)
