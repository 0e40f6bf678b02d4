"""O laço exatamente-uma-vez dos três serviços: lê como o laço ingênuo, mas nada se perde e nada se duplica.

    with Servico(ESTOQUE) as servico:
        for pedido in servico.pedidos():
            ...                                # o trabalho
            servico.publica(pedido.aprovado(), "aprovado")

Quando o `for` pede o próximo pedido, o que foi publicado e o offset do que foi lido são confirmados na
mesma transação. Se o processo morrer antes, o pedido volta para o grupo; depois, o resultado já está lá.
"""

import math
import time
from collections.abc import Iterator
from functools import partial
from types import TracebackType
from uuid import uuid4

from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from common.conexao.clientes import bootstrap, enderecos
from common.conexao.espera import ESPERA_S, quando_houver_kafka
from common.conexao.recusas import RECUSAS, explica, motivo_da_perda
from common.conexao.remendos import por_que_nao_tem_valor
from common.conexao.topicos import garante_topicos
from common.configuracao import Etapa
from common.erros import CodecAusente, PedidoInvalido, PrazoEsgotado, SessaoPerdida, TopicoTrocado
from common.grupo.anuncio import Anuncio
from common.lote import ALVO_S, proximo_lote
from common.pedido import Pedido, codifica, decodifica
from common.prazo import Prazo, com_prazo, espera_ate
from common.recuo import Recuo
from common.sessao import ABERTURA_S, Publicacao, Sessao
from common.terminal.linhas import diga
from common.terminal.ritmo import Ritmo
from common.terminal.sinais import Interrupcao, encerra_processo_preso

PULSO_S = 2.0  # de quanto em quanto um serviço ocioso confere se o Kafka está vivo


class Servico:
    """Uma instância de uma etapa, dentro do seu grupo de consumidores. Use com `with`."""

    def __init__(self, etapa: Etapa) -> None:
        enderecos()  # um KAFKA_BOOTSTRAP_SERVERS malfeito é um erro antes de qualquer linha
        self._etapa = etapa
        self._instancia = uuid4().hex[:6]
        # sorteado, e não o pid: em contêineres todo processo tem o pid 1
        self._transactional_id = f"{etapa.grupo}-{uuid4()}"
        self._interrupcao = Interrupcao()
        self._ritmo = Ritmo()
        self._recuo = Recuo()
        self._sessao: Sessao | None = None
        self._houve_kafka = False
        self._esquece_o_lote()

    def __enter__(self) -> "Servico":
        self._interrupcao.__enter__()
        self._fala(f"Instância {self._instancia} do {self._etapa.grupo}, Kafka em {bootstrap()} (Ctrl+C encerra)")
        return self

    def __exit__(
        self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None
    ) -> bool:
        self._fecha_sessao()
        if resumo := self._ritmo.encerra():
            self._fala(resumo)
        if tipo is None or tipo is KeyboardInterrupt:
            self._fala("Encerrado. O que não terminei continua no Kafka.")
        self._interrupcao.__exit__()
        encerra_processo_preso(erro)
        return tipo is KeyboardInterrupt

    def pedidos(self) -> Iterator[Pedido]:
        """Os pedidos da etapa, um de cada vez, até o Ctrl+C.

        Erros: KafkaIndisponivel se nenhum Kafka apareceu, ErroDoLaboratorio se ele recusou este usuário.
        """
        while not self._interrupcao.pedida:
            try:
                self._sessao = self._abre_sessao()
                yield from self._atende(self._sessao)
            except RECUSAS as recusa:
                raise explica(recusa) from None
            except (KafkaError, PrazoEsgotado, SessaoPerdida, TopicoTrocado, CodecAusente) as erro:
                self._relata_a_perda(erro)
            self._fecha_sessao()
            espera_ate(lambda: self._interrupcao.pedida, self._recuo.espera_s)

    def diga(self, texto: str) -> None:
        """Uma linha sobre o pedido em andamento, com a partição dele."""
        if self._mostra:
            self._fala(f"{texto} · partição {self._registro.partition}")

    def publica(self, pedido: Pedido, texto: str) -> None:
        """Deixa `pedido` para a próxima etapa; `texto` é dito quando o Kafka tiver confirmado."""
        assert self._sessao is not None and self._etapa.saida is not None
        registro = self._registro
        origem = f"{registro.topic}/{registro.partition}/{registro.offset}"
        self._publicacoes.append(
            Publicacao(
                topico=self._etapa.saida,
                particao=registro.partition % self._sessao.particoes_de_saida,
                chave=str(pedido.id).encode(),
                valor=codifica(pedido),
                cabecalhos=[("instancia", self._instancia.encode()), ("origem", origem.encode())],
            )
        )
        if self._mostra:
            self._ao_confirmar.append(f"{texto} · partição {registro.partition}")

    def _atende(self, sessao: Sessao) -> Iterator[Pedido]:
        anuncio = Anuncio(sessao.atribuicao, self._etapa.grupo)
        lote = 1
        proximo_pulso = Prazo(PULSO_S)
        while not self._interrupcao.pedida:
            registros = sessao.busca(lote)
            if linha := (None if self._recuo.insiste else anuncio.novidade()) or self._ritmo.resumo():
                self._fala(linha)
            if not registros:
                if proximo_pulso.esgotado:
                    sessao.pulso()
                    proximo_pulso = Prazo(PULSO_S)
                    if sessao.atribuicao.versao:
                        self._recuo.avancou()
                continue
            proximo_pulso = Prazo(PULSO_S)

            inicio, feitos = time.monotonic(), 0
            self._esquece_o_lote()
            for registro in registros:
                yield from self._trabalha(registro)
                feitos += 1
                if time.monotonic() - inicio >= ALVO_S:
                    break  # o passo ficou lento: confirma já, nunca mais de um pedido lento entre dois polls
            trabalho_s = time.monotonic() - inicio

            sessao.confirma(registros[:feitos], self._publicacoes)
            sessao.devolve(registros[feitos:])
            self._recuo.avancou()
            for linha in self._ao_confirmar:
                self._fala(linha)
            lote = proximo_lote(lote, feitos, trabalho_s)

    def _trabalha(self, registro: ConsumerRecord) -> Iterator[Pedido]:
        """Entrega o registro ao corpo do `for`, se for um pedido; senão, só o relata."""
        try:
            pedido = decodifica(registro.value, self._etapa.status_esperado)
        except PedidoInvalido as erro:
            onde = f"{registro.topic}, partição {registro.partition}, offset {registro.offset}"
            motivo = por_que_nao_tem_valor(registro) or erro
            self._ao_confirmar.append(f"IGNORADO (continua no Kafka): {onde}: {motivo}")
            return
        self._registro = registro  # o de que `diga` e `publica` falam
        self._mostra = self._ritmo.conta()
        with self._interrupcao.corpo():
            yield pedido

    def _esquece_o_lote(self) -> None:
        self._publicacoes: list[Publicacao] = []
        self._ao_confirmar: list[str] = []
        self._mostra = True

    def _abre_sessao(self) -> Sessao:
        def abre() -> Sessao:
            # a cada sessão: alguém pode ter apagado um deles
            garante = partial(garante_topicos, self._fala, ja_existiam=self._houve_kafka)
            com_prazo(garante, ABERTURA_S, "criar os tópicos", self._interrupcao.encurta)
            return Sessao(self._etapa, self._transactional_id, self._interrupcao, self._fala)

        # se já houve um Kafka e ele caiu, espera-se até voltar
        espera_s = math.inf if self._houve_kafka else ESPERA_S
        sessao = quando_houver_kafka(abre, self._fala, self._interrupcao, espera_s)
        self._houve_kafka = True
        return sessao

    def _relata_a_perda(self, erro: Exception) -> None:
        if self._interrupcao.pedida:
            return
        e_agora = "recomeço do início dele" if isinstance(erro, TopicoTrocado) else "volto ao grupo, nada se perdeu"
        motivo = motivo_da_perda(erro, self._etapa.grupo, self._interrupcao.encurta)
        if linha := self._recuo.perdeu(motivo, e_agora):
            self._fala(linha)

    def _fecha_sessao(self) -> None:
        if self._sessao:
            self._sessao.fecha()
            self._sessao = None

    def _fala(self, texto: str) -> None:
        diga(self._etapa.nome, self._etapa.cor, texto)
