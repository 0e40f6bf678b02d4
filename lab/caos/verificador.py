"""O verificador do caos: os fatos de uma execução entram, as invariantes violadas saem. Sem Kafka, sem relógio.

Cada invariante olha um fato só e não confia nas outras. Uma falha de verdade pode violar várias: um pedido
perdido também leva o seu dinheiro.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID


class Registro(NamedTuple):
    """Um pedido válido, lido de um tópico."""

    particao: int
    offset: int
    id: UUID
    conteudo: bytes  # um resumo de tudo o que há no pedido, menos o status: é o que nenhuma etapa pode mudar
    total_centavos: int
    origem: str | None  # "tópico/partição/offset" da entrada de que este resultado saiu; None se não diz

    @property
    def lugar(self) -> tuple[int, int]:
        return self.particao, self.offset


class Envio(NamedTuple):
    """O que o diário do produtor diz de um pedido."""

    conteudo: bytes
    total_centavos: int
    lugar: tuple[int, int] | None  # a partição e o offset que o Kafka confirmou; None: pode ter chegado ou não

    @property
    def confirmado(self) -> bool:
        return self.lugar is not None


class Invariante(NamedTuple):
    """Uma promessa, e cada vez que ela não foi cumprida: uma linha por violação."""

    nome: str
    violacoes: list[str]

    @property
    def vale(self) -> bool:
        return not self.violacoes


Leitura = tuple[list[Registro], list[Registro], list[Registro]]  # uma lista por tópico, na ordem da linha
Sessao = list[tuple[str, int, int]]  # o tópico, a partição e o offset de cada pedido, na ordem em que um leitor os leu


class _Topico:
    """O que a leitura final achou em um tópico, em ordem de offset e fácil de procurar."""

    def __init__(self, nome: str, lidos: list[Registro]) -> None:
        self.nome = nome
        self.registros = sorted(lidos, key=lambda registro: registro.lugar)
        self.por_lugar = {registro.lugar: registro for registro in self.registros}
        self.por_origem = {f"{nome}/{registro.particao}/{registro.offset}": registro for registro in self.registros}
        self.por_id: dict[UUID, list[Registro]] = {}
        for registro in self.registros:
            self.por_id.setdefault(registro.id, []).append(registro)
        self.diz_origens = any(registro.origem is not None for registro in self.registros)

    def fora_de(self, outro: "_Topico") -> Iterator[Registro]:
        """O primeiro registro de cada pedido que está aqui e não em `outro`."""
        return (vezes[0] for pedido, vezes in self.por_id.items() if pedido not in outro.por_id)

    def mostra(self, registro: Registro) -> str:
        return f"{_nome(registro.id)} ({self.nome}, partição {registro.particao}, offset {registro.offset})"


@dataclass(frozen=True)
class Historia:
    """Os fatos de uma execução que já terminou."""

    topicos: tuple[str, str, str]  # os nomes, na ordem da linha
    enviados: dict[UUID, Envio]  # o diário dos produtores
    lidos: Leitura  # a leitura final, read_committed, do começo ao fim de cada tópico
    vistos: Leitura  # o que um leitor read_committed viu enquanto as falhas aconteciam
    sessoes: list[Sessao]  # as desse leitor: depois de perder o broker ele abre outra, e pode reler
    avisados: set[UUID] | None  # os pedidos que a notificação disse; None se ela não diz nada (o controle)
    confirmados: dict[str, list[int]]  # "grupo: tópico, partição": os offsets do grupo, na ordem em que se confirmaram
    donos: dict[str, dict[int, list[str]]]  # grupo: partição de entrada: os membros que a têm no fim
    abertas: list[str]  # "tópico/partição" com uma transação aberta, ou com o LSO antes do fim
    retomadas: list[tuple[str, float | None]]  # a falha; segundos da cura ao pedido seguinte (None: nenhum andou)
    retomada_maxima_s: float
    mortes: list[str]  # uma linha por serviço que morreu sozinho, e por traceback visto
    esperando: int  # pedidos que ainda esperavam quando acabou o prazo para a calma

    def invariantes(self) -> list[Invariante]:
        """Todas (list[Invariante]), sempre na mesma ordem, valham ou não."""
        return [
            Invariante("nenhum pedido perdido nem inventado", list(self._perdidos_e_inventados())),
            Invariante("nenhum pedido duas vezes em um tópico", list(self._repetidos())),
            Invariante("quem leu durante as falhas viu o mesmo que há no fim", list(self._leitores_discordam())),
            Invariante("a notificação disse todo pedido ao menos uma vez", list(self._sem_aviso())),
            Invariante("nenhuma sessão de leitor volta atrás nem pula", list(self._leituras_aos_saltos())),
            Invariante("o offset de um grupo nunca regride", list(self._offsets_que_regridem())),
            Invariante("a ordem de cada partição mantida", list(self._fora_de_ordem())),
            Invariante("uma saída por entrada", list(self._origens_erradas())),
            Invariante("nada alterado, e o valor total conservado", list(self._alterados())),
            Invariante("cada pedido onde o Kafka confirmou", list(self._fora_do_lugar())),
            Invariante("nenhuma transação aberta", [f"{onde}: transação sem desfecho" for onde in self.abertas]),
            Invariante("um dono por partição", list(self._sem_um_dono())),
            Invariante("retomada no prazo depois de cada falha", list(self._retomadas_lentas())),
            Invariante("nenhum serviço morreu sozinho", list(self.mortes)),
            Invariante("nada esperando no fim", [f"{self.esperando} pedidos esperavam"] if self.esperando else []),
        ]

    def perdidos(self) -> set[UUID]:
        """Os pedidos (set[UUID]) confirmados, ou vistos no começo ou no meio da linha, que não chegaram ao fim."""
        novos, aprovados, concluidos = self._topicos
        confirmados = {pedido for pedido, envio in self.enviados.items() if envio.confirmado}
        return (confirmados | novos.por_id.keys() | aprovados.por_id.keys()) - concluidos.por_id.keys()

    def duplicados(self) -> set[UUID]:
        """Os pedidos (set[UUID]) que estão mais de uma vez em algum tópico."""
        return {pedido for topico in self._topicos for pedido, vezes in topico.por_id.items() if len(vezes) > 1}

    @cached_property
    def _topicos(self) -> tuple[_Topico, _Topico, _Topico]:
        novos, aprovados, concluidos = map(_Topico, self.topicos, self.lidos)
        return novos, aprovados, concluidos

    def _perdidos_e_inventados(self) -> Iterator[str]:
        """Confirmados = finais, como conjuntos. Um envio sem resposta pode faltar; se chegou, segue até o fim."""
        novos = self._topicos[0]
        for pedido, envio in self.enviados.items():
            if envio.confirmado and pedido not in novos.por_id:
                yield f"perdido: {_nome(pedido)} foi confirmado, e não está em {novos.nome}"
        for pedido, vezes in novos.por_id.items():
            if pedido not in self.enviados:
                yield f"inventado: ninguém enviou {novos.mostra(vezes[0])}"
        for antes, depois in pairwise(self._topicos):
            yield from (f"perdido: {antes.mostra(r)} não está em {depois.nome}" for r in antes.fora_de(depois))
            yield from (f"inventado: {depois.mostra(r)} não está em {antes.nome}" for r in depois.fora_de(antes))

    def _repetidos(self) -> Iterator[str]:
        for topico in self._topicos:
            for primeira, *outras in topico.por_id.values():
                for outra in outras:
                    yield f"duplicado: {topico.mostra(outra)} já estava na {_lugar(primeira.lugar)}"

    def _leitores_discordam(self) -> Iterator[str]:
        """O mesmo registro duas vezes não é desacordo: um leitor que perdeu o broker volta atrás e relê."""
        for topico, vistos in zip(self._topicos, self.vistos, strict=True):
            for visto in vistos:
                if (final := topico.por_lugar.get(visto.lugar)) is None:
                    yield f"visto antes, e no fim não há: {topico.mostra(visto)}"
                elif final != visto:
                    yield f"visto antes, e no fim é outro registro: {topico.mostra(visto)}"
            lugares = {visto.lugar for visto in vistos}
            for registro in topico.registros:
                if registro.lugar not in lugares:
                    yield f"só no fim, nunca visto antes: {topico.mostra(registro)}"

    def _sem_aviso(self) -> Iterator[str]:
        concluidos = self._topicos[2]
        if self.avisados is not None:
            for pedido, (primeira, *_) in concluidos.por_id.items():
                if pedido not in self.avisados:
                    yield f"sem aviso: {concluidos.mostra(primeira)}"

    def _leituras_aos_saltos(self) -> Iterator[str]:
        """Dentro de uma sessão, depois de um pedido vem o seguinte da mesma partição, e nenhum outro."""
        seguintes = {
            (topico.nome, *antes.lugar): depois.offset
            for topico in self._topicos
            for antes, depois in pairwise(topico.registros)
            if antes.particao == depois.particao
        }
        for sessao in self.sessoes:
            ultimos: dict[tuple[str, int], int] = {}
            for topico, particao, offset in sessao:
                ultimo = ultimos.get((topico, particao))
                if ultimo is not None and seguintes.get((topico, particao, ultimo)) != offset:
                    yield f"{topico}, partição {particao}: do offset {ultimo} o leitor foi ao {offset}"
                ultimos[topico, particao] = offset

    def _offsets_que_regridem(self) -> Iterator[str]:
        for onde, offsets in self.confirmados.items():
            yield from (f"{onde}: de {antes} a {depois}" for antes, depois in pairwise(offsets) if depois < antes)

    def _fora_de_ordem(self) -> Iterator[str]:
        """Pelos ids, com ou sem origem: que ela aponta para o mesmo pedido é outra invariante.

        De um pedido repetido só o primeiro conta: o outro já é uma violação, e não tem lugar na ordem.
        """
        for antes, depois in pairwise(self._topicos):
            ultimas: dict[int, Registro] = {}  # partição: de que entrada saiu o registro mais adiantado até aqui
            for pedido, (saida, *_) in depois.por_id.items():
                if pedido not in antes.por_id:
                    continue
                entrada = antes.por_id[pedido][0]
                ultima = ultimas.get(saida.particao)
                if entrada.particao != saida.particao:
                    yield f"mudou de partição: {depois.mostra(saida)} veio da {_lugar(entrada.lugar)}"
                elif ultima and entrada.offset < ultima.offset:
                    yield f"fora de ordem: {depois.mostra(saida)} veio depois de {_nome(ultima.id)}"
                else:
                    ultimas[saida.particao] = entrada

    def _origens_erradas(self) -> Iterator[str]:
        """Onde nenhum resultado diz a sua origem (o serviço ingênuo), ela é a primeira entrada com o mesmo id."""
        for antes, depois in pairwise(self._topicos):
            saidas: dict[tuple[int, int], Registro] = {}
            for saida in depois.registros:
                if depois.diz_origens:
                    entrada = antes.por_origem.get(saida.origem or "")
                else:
                    entrada = next(iter(antes.por_id.get(saida.id, ())), None)
                if entrada is None:
                    yield f"sem origem: {depois.mostra(saida)} diz vir de {saida.origem or 'lugar nenhum'}"
                elif entrada.id != saida.id:
                    yield f"origem errada: {depois.mostra(saida)} diz vir de {antes.mostra(entrada)}"
                elif (primeira := saidas.setdefault(entrada.lugar, saida)) is not saida:
                    yield f"segunda saída de {antes.mostra(entrada)}: {_lugar(primeira.lugar)} e {_lugar(saida.lugar)}"

    def _alterados(self) -> Iterator[str]:
        novos = self._topicos[0]
        esperado = sum(e.total_centavos for id, e in self.enviados.items() if e.confirmado or id in novos.por_id)
        for topico in self._topicos:
            for registro in topico.registros:
                envio = self.enviados.get(registro.id)
                if envio and envio.total_centavos != registro.total_centavos:
                    de_para = f"{envio.total_centavos} → {registro.total_centavos} centavos"
                    yield f"valor alterado, {de_para}: {topico.mostra(registro)}"
                elif envio and envio.conteudo != registro.conteudo:
                    yield f"conteúdo alterado: {topico.mostra(registro)}"
            soma = sum(registro.total_centavos for registro in topico.registros)
            if soma != esperado:
                yield f"{topico.nome}: {soma} centavos ao todo, e não os {esperado} enviados"

    def _fora_do_lugar(self) -> Iterator[str]:
        novos = self._topicos[0]
        for pedido, envio in self.enviados.items():
            if envio.lugar is not None:
                achado = novos.por_lugar.get(envio.lugar)
                if achado is None or achado.id != pedido:
                    em_vez = _nome(achado.id) if achado else "nada"
                    yield f"{_nome(pedido)} foi confirmado na {_lugar(envio.lugar)}, e lá está {em_vez}"

    def _sem_um_dono(self) -> Iterator[str]:
        """Também nas partições que `donos` não lista: onde há pedidos, cada grupo tem de ter um dono."""
        if len(self.donos) < len(self.topicos):
            yield f"só {len(self.donos)} grupos para {len(self.topicos)} tópicos"
        com_pedidos = {particao for topico in self._topicos for particao, _ in topico.por_lugar}
        for grupo, por_particao in self.donos.items():
            for particao in sorted(com_pedidos | por_particao.keys()):
                membros = por_particao.get(particao, [])
                if len(membros) != 1:
                    yield f"{grupo}, partição {particao}: {len(membros)} donos {membros}"

    def _retomadas_lentas(self) -> Iterator[str]:
        for falha, segundos in self.retomadas:
            if segundos is None:
                yield f"{falha}: depois da cura nenhum pedido andou"
            elif segundos > self.retomada_maxima_s:
                yield f"{falha}: {segundos:.1f} s da cura ao pedido seguinte, mais que {self.retomada_maxima_s:g} s"


def _nome(pedido: UUID) -> str:
    return f"pedido {pedido.hex[:8]}"


def _lugar(lugar: tuple[int, int]) -> str:
    return "partição {}, offset {}".format(*lugar)
