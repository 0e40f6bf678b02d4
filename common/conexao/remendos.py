"""Os remendos no kafka-python 3.0, todos aqui e postos por uma chamada só: `aplica()`.

Cada um conserta um defeito visto em um Kafka de verdade, e tem um teste que falha sem ele.
"""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.errors import (
    CorruptRecordError,
    IllegalSaslStateError,
    IncompatibleBrokerVersion,
    InvalidTransactionTimeoutError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.connection import KafkaConnection
from kafka.net.inet import KafkaNetSocket
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.producer.transaction_manager import EndTxnHandler, InitProducerIdHandler, TxnOffsetCommitHandler
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch, decode_varint
from kafka.record.util import encode_varint

from common.conexao.descompressao import LOTE_MAXIMO_BYTES, LoteGrandeDemais, descomprime

_GRANDE_DEMAIS = "lab-grande-demais"  # o nome do cabeçalho de um registro que está no lugar de um lote
_proximo = DefaultRecordBatch.__next__
_ao_iniciar = InitProducerIdHandler.handle_response
_ao_responder = EndTxnHandler.on_complete
_precisa_voltar = ConsumerCoordinator.need_rejoin
_identifica = KafkaConnection._sasl_authenticate
_procura_o_nome = KafkaNetSocket.dns_lookup
_conecta_com_proxy = KafkaNetSocket.sock_connect
_recebe = {transporte: transporte._sock_recv for transporte in (KafkaTCPTransport, KafkaSSLTransport)}


def aplica() -> None:
    """Põe os remendos neste processo. Chamar de novo não muda nada."""
    DefaultRecordBatch.__next__ = _proximo_mesmo_ilegivel
    DefaultRecordBatch._maybe_uncompress = _descomprime_com_limite
    InitProducerIdHandler.handle_response = _inicia_ou_diz_o_erro
    EndTxnHandler.on_complete = TxnOffsetCommitHandler.on_complete = _nao_repete
    ConsumerCoordinator.need_rejoin = _volta_ate_o_fim
    KafkaConnection._sasl_authenticate = _identifica_ou_recusa
    KafkaNetSocket.dns_lookup = _ipv4_antes
    KafkaNetSocket.sock_connect = _conecta
    for transporte, recebe in _recebe.items():
        transporte._sock_recv = _entrega_antes_de_acusar(recebe)


def _proximo_mesmo_ilegivel(lote: Any) -> Any:
    """Um nome de cabeçalho que não é UTF-8 não para mais a partição inteira.

    O protocolo pede UTF-8 (kafka.apache.org/documentation, Record Header), mas o broker não confere, e clientes em
    outras linguagens escrevem qualquer coisa. O kafka-python levanta CorruptRecordError dentro do poll() e nunca passa
    dali: nem deste registro, nem dos bons que vêm depois. Aqui só este vira um registro sem valor, que o serviço relata
    e pula; qualquer outra corrupção (CRC, tamanhos) continua sendo um erro.
    """
    try:
        return _proximo(lote)
    except CorruptRecordError as erro:
        if not isinstance(erro.__context__, UnicodeDecodeError):
            raise
        tamanho, inicio = decode_varint(lote._buffer, lote._pos)
        _, depois = decode_varint(lote._buffer, inicio)  # atributos
        atraso_ms, depois = decode_varint(lote._buffer, depois)
        salto, _ = decode_varint(lote._buffer, depois)
        lote._pos = inicio + tamanho
        lote._next_record_index += 1
        momento_ms = lote.first_timestamp + atraso_ms
        return DefaultRecord(tamanho, lote.base_offset + salto, momento_ms, lote.timestamp_type, None, None, [])


def _descomprime_com_limite(lote: Any) -> None:
    """Um lote que descomprimido não cabe na memória vira um registro sem valor, no último offset dele.

    O kafka-python o descomprime inteiro, e o copia três vezes: 200 MB de zeros em um registro de 1 MB (gzip) tomavam
    650 MB; um de zstd pode guardar 30 GB. O serviço relata este registro e segue.
    """
    if lote._decompressed:
        return
    if lote.compression_type != lote.CODEC_NONE:
        try:
            lote._buffer = descomprime(lote.compression_type, bytes(memoryview(lote._buffer)[lote._pos :]))
        except LoteGrandeDemais:
            lote._buffer, lote._num_records = _so_um_aviso(lote.last_offset_delta), 1
        lote._pos = 0
    lote._decompressed = True


def _so_um_aviso(salto: int) -> bytearray:
    """Os bytes de um registro sem chave e sem valor, `salto` offsets depois do começo do lote."""
    nome = _GRANDE_DEMAIS.encode()
    registro, inteiro = bytearray(), bytearray()
    for numero in (0, 0, salto, -1, -1, 1, len(nome)):  # atributos, atraso, salto, chave, valor, cabeçalhos
        encode_varint(numero, registro.append)
    registro += nome
    encode_varint(-1, registro.append)
    encode_varint(len(registro), inteiro.append)
    return inteiro + registro


def por_que_nao_tem_valor(registro: Any) -> str | None:
    """O que dizer de um registro que está no lugar de um lote inteiro; None se não é o caso."""
    if registro.value is None and registro.key is None and registro.headers == [(_GRANDE_DEMAIS, None)]:
        return f"um lote que, descomprimido, passa de {LOTE_MAXIMO_BYTES >> 20} MB"
    return None


def _inicia_ou_diz_o_erro(pedido: Any, resposta: Any) -> None:
    """Um transaction.timeout.ms que o broker não aceita é um erro com nome, e não um KafkaError qualquer."""
    if resposta.error_code == InvalidTransactionTimeoutError.errno:
        pedido.fatal_error(InvalidTransactionTimeoutError())
    else:
        _ao_iniciar(pedido, resposta)


def _nao_repete(pedido: Any, correlacao: int, resposta: Any) -> None:
    """Um commit cuja resposta se perdeu com a conexão é o fim deste produtor, e não um pedido a repetir.

    O kafka-python o repete por outra conexão e segue para a transação seguinte, na mesma época. Se a rede só atrasou o
    primeiro, ele chega no meio dela e a confirma pela metade: o resultado sem o offset, ou com o offset de antes. Com
    outra sessão vem outra época, e o broker recusa o atrasado (jepsen.io/analyses/bufstream-0.1.0; o KIP-890, que muda
    de época a cada transação, o kafka-python não tem).
    """
    if isinstance(resposta, KafkaConnectionError):
        resposta = RespostaPerdida()
    _ao_responder(pedido, correlacao, resposta)


class RespostaPerdida(KafkaError):  # type: ignore[misc]  # o kafka-python não tem tipos
    """A conexão caiu com um commit a caminho: não se sabe se ele aconteceu, nem se ainda vai acontecer."""


def _volta_ate_o_fim(coordenador: Any) -> bool:
    """Quem começou a voltar ao grupo precisa voltar até ter voltado.

    Quando o tópico ganha partições, o kafka-python só pergunta se elas mudaram desde a última atribuição, e a
    resposta vira não assim que o líder faz a nova. Se o poll() acabou antes do grupo, ninguém mais o lê: o membro fica
    sem batimentos e sem as partições, calado, para sempre. O cliente Java anota o pedido (KAFKA-9815).
    """
    precisa: bool = _precisa_voltar(coordenador)
    if precisa:
        coordenador.request_rejoin()
    return precisa


class IdentificacaoRecusada(IncompatibleBrokerVersion):  # type: ignore[misc]  # o kafka-python não tem tipos
    """O broker não aceitou o mecanismo, o usuário ou a senha.

    O kafka-python repete o bootstrap depois de uma senha recusada, em silêncio e até o prazo, e o resultado parece um
    Kafka que não responde. Do laço dele (KafkaConnectionManager._do_bootstrap) só sai um IncompatibleBrokerVersion: por
    isso este erro é um deles.
    """


async def _identifica_ou_recusa(conexao: Any, timeout_at: float | None = None) -> None:
    try:
        await _identifica(conexao, timeout_at)
    except (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, IllegalSaslStateError) as erro:
        raise IdentificacaoRecusada(type(erro).__name__) from erro


def _entrega_antes_de_acusar(recebe: Callable[[Any], tuple[bytes, Any]]) -> Callable[[Any], tuple[bytes, Any]]:
    """O broker recusa e desliga em seguida; o kafka-python vê as duas coisas juntas e joga fora a resposta.

    Com o que foi lido entregue primeiro, o fim da conexão aparece na leitura seguinte.
    """

    def recebe_e_entrega(transporte: Any) -> tuple[bytes, Any]:
        dados, erro = recebe(transporte)
        return dados, None if dados else erro

    return recebe_e_entrega


def _ipv4_antes(rede: Any, *nome: Any, **opcoes: Any) -> list[Any]:
    """No Windows "localhost" é [::1, 127.0.0.1], e um Kafka de aula só escuta no segundo: o primeiro custaria 2 s."""
    achados = _procura_o_nome(rede, *nome, **opcoes)
    return sorted(achados, key=lambda achado: achado[0] != socket.AF_INET)


async def _conecta(rede: Any, net: Any, conexao: socket.socket, endereco: Any, timeout_at: float | None = None) -> Any:
    """O desfecho de uma conexão é o que diz SO_ERROR.

    O kafka-python o pergunta chamando connect_ex de novo, e no Windows isto começa outra tentativa em vez de contar a
    recusa (dpkp/kafka-python #862): um endereço que recusa come o prazo inteiro, e o seguinte nunca é tentado.
    """
    if type(rede) is not KafkaNetSocket:  # um proxy tem uma conversa sua antes de estar conectado
        return await _conecta_com_proxy(rede, net, conexao, endereco, timeout_at=timeout_at)
    codigo = rede.connect_ex(conexao, endereco)
    while codigo in _EM_ANDAMENTO:
        await net.wait_write(conexao, timeout_at=timeout_at)  # KafkaTimeoutError, passado o prazo
        codigo = conexao.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if codigo:
        raise KafkaConnectionError(f"{codigo} {errno.errorcode.get(codigo, os.strerror(codigo))}")
    return conexao


# um connect que não bloqueia ainda não acabou; no Windows o código é WSAEWOULDBLOCK, que lá é o errno.EWOULDBLOCK
_EM_ANDAMENTO = (errno.EINPROGRESS, errno.EWOULDBLOCK)
