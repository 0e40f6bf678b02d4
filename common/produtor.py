"""O lado que envia: cada pedido só conta depois que o Kafka confirma ter gravado."""

import contextlib
import math
import time
from collections import deque
from types import TracebackType
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from common.conexao import clientes
from common.conexao.espera import ESPERA_S, quando_houver_kafka
from common.conexao.topicos import garante_topicos
from common.configuracao import NOVOS_PEDIDOS, com_prefixo
from common.erros import EnvioIncompleto, PrazoEsgotado, motivo
from common.pedido import Pedido, codifica
from common.prazo import PASSO_S, Prazo, abandona, com_prazo
from common.sessao import ABERTURA_S, SILENCIO_S
from common.terminal.andamento import Andamento
from common.terminal.linhas import diga
from common.terminal.sinais import Interrupcao, encerra_processo_preso

NOME, COR = "PRODUTOR", "cyan"
UMA_LINHA_CADA = 100  # até tantos pedidos cada um tem a sua linha; acima, só o andamento
PENDENTES_MAXIMO = 2_000  # pedidos enviados e ainda sem confirmação: limita a memória
PACIENCIA_S = clientes.ENTREGA_MS / 1000 + 2.0  # sem nenhuma resposta além do prazo de entrega: acabou
FECHA_S = 2.0
LISTA_MAXIMA = 20  # quantos pedidos sem confirmação cabem em uma mensagem legível


class Produtor:
    """Envia pedidos a novos_pedidos, espalhados por igual pelas partições. Use com `with`.

    Ao sair espera as confirmações e diz o resumo. Erro: EnvioIncompleto se faltou alguma.
    """

    def __init__(self, quantidade: int) -> None:
        self._quantidade = quantidade
        self._topico = com_prefixo(NOVOS_PEDIDOS)
        self._interrupcao = Interrupcao()
        self._pendentes: deque[tuple[Pedido, Any]] = deque()
        self._confirmados = 0
        self._falhas: list[str] = []
        self._andamento = Andamento(NOME, COR, quantidade) if quantidade > UMA_LINHA_CADA else None

    def __enter__(self) -> "Produtor":
        self._interrupcao.__enter__()
        try:
            self._produtor = quando_houver_kafka(self._abre, self._fala, self._interrupcao, ESPERA_S)
        except BaseException as erro:
            self._interrupcao.__exit__()
            encerra_processo_preso(erro)
            raise
        self._inicio = time.monotonic()
        self._paciencia, self._silencio = Prazo(PACIENCIA_S), Prazo(SILENCIO_S)
        return self

    def _abre(self) -> Any:
        def abre() -> Any:
            garante_topicos(self._fala)
            produtor = KafkaProducer(**clientes.do_produtor())
            try:
                self._particoes = len(produtor.partitions_for(self._topico))
            except KafkaError:
                produtor.close(timeout=FECHA_S)
                raise
            return produtor

        return com_prazo(abre, ABERTURA_S, "abrir o produtor", self._interrupcao.encurta)

    def envia(self, pedido: Pedido) -> None:
        """Envia sem esperar; a linha do pedido sai quando o Kafka confirma.

        Erros: KeyboardInterrupt se houve Ctrl+C, EnvioIncompleto se não adianta continuar.
        """
        if self._interrupcao.pedida:
            raise KeyboardInterrupt
        # em rodízio: as contagens das partições diferem em no máximo 1
        particao = (pedido.numero - 1) % self._particoes
        try:
            envio = self._produtor.send(self._topico, codifica(pedido), str(pedido.id).encode(), None, particao)
        except (KafkaError, ValueError) as erro:  # nem chegou a sair: o tópico foi apagado, ou tem menos partições
            self._falhas.append(f"{pedido} ({motivo(erro)})")
            raise EnvioIncompleto from None
        self._pendentes.append((pedido, envio))
        self._colhe(ate_restarem=PENDENTES_MAXIMO)
        if self._falhas or len(self._pendentes) > PENDENTES_MAXIMO:
            raise EnvioIncompleto  # insistir só aumentaria a lista; __exit__ diz o que faltou

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> None:
        self._colhe(ate_restarem=0)
        self._falhas += [f"{pedido} (sem resposta)" for pedido, _ in self._pendentes]
        try:
            com_prazo(lambda: self._produtor.close(timeout=FECHA_S), FECHA_S * 2, "fechar", self._interrupcao.encurta)
        except (KafkaError, PrazoEsgotado):
            abandona(self._produtor)  # close() parou no meio: uma thread do cliente continua viva
        if self._andamento:
            self._andamento.encerra(self._confirmados)
        segundos = time.monotonic() - self._inicio
        self._fala(f"{self._confirmados} de {self._quantidade} pedidos confirmados pelo Kafka em {segundos:.2f} s")
        self._interrupcao.__exit__()
        if erro is None or isinstance(erro, (KeyboardInterrupt, EnvioIncompleto)):
            erro = self._incompleto()
        encerra_processo_preso(erro)
        if erro is not None:
            raise erro

    def _incompleto(self) -> EnvioIncompleto | None:
        if self._confirmados == self._quantidade:
            return None
        partes = []
        if self._falhas:
            lista = ", ".join(self._falhas[:LISTA_MAXIMA]) + (", ..." if len(self._falhas) > LISTA_MAXIMA else "")
            partes.append(f"{len(self._falhas)} sem confirmação (podem ter chegado ou não): {lista}")
        if nao_enviados := self._quantidade - self._confirmados - len(self._falhas):
            partes.append(f"{nao_enviados} não enviado(s)")
        return EnvioIncompleto("; ".join(partes))

    def _colhe(self, ate_restarem: int) -> None:
        """Recolhe as confirmações na ordem de envio, esperando só enquanto houver mais de `ate_restarem`."""
        while self._pendentes:
            pedido, envio = self._pendentes[0]
            if not envio.is_done:
                if len(self._pendentes) <= ate_restarem:
                    return
                self._interrupcao.encurta(self._paciencia)
                if self._paciencia.esgotado:
                    return
                if self._silencio.esgotado:
                    self._silencio = Prazo(math.inf)  # dito uma vez por silêncio
                    self._fala(f"O Kafka não confirma: espero por até {PACIENCIA_S:.0f} s (Ctrl+C encerra)")
                with contextlib.suppress(KafkaError):  # ainda não, ou falhou: a volta do laço distingue
                    envio.get(PASSO_S)
                continue
            self._pendentes.popleft()
            self._registra(pedido, envio)

    def _registra(self, pedido: Pedido, envio: Any) -> None:
        try:
            gravado = envio.get(0)
        except KafkaError as erro:
            self._falhas.append(f"{pedido} ({'sem resposta' if isinstance(erro, KafkaTimeoutError) else motivo(erro)})")
            return
        self._confirmados += 1
        self._paciencia, self._silencio = Prazo(PACIENCIA_S), Prazo(SILENCIO_S)
        if self._andamento:
            self._andamento.avanca(self._confirmados)
        else:
            self._fala(f"Pedido {pedido} enviado · partição {gravado.partition}, offset {gravado.offset}")

    def _fala(self, texto: str) -> None:
        diga(NOME, COR, texto)
