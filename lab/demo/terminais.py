"""Os cinco terminais da aula: em cada um roda um script, cujas linhas aparecem com o nome do terminal."""

import contextlib
import re
import time
from collections.abc import Callable
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

from common.configuracao import ESTOQUE, NOTIFICACAO, PAGAMENTO
from common.erros import ErroDoLaboratorio
from common.prazo import espera_ate
from common.produtor import COR as COR_DO_PRODUTOR
from lab.processos.parada import Parada
from lab.processos.script import Script

ADEUS_S = 3.0  # um script sai em menos de 1 s; depois disto o vigia o termina à força
PRONTO_S = 45.0  # aqui, menos de 1 s; mais do que os 30 s em que o próprio script desiste do Kafka e diz por quê

PRODUTOR = "produtor_pedidos.py"

# o que as linhas dos scripts dizem, sem o que pode mudar em volta
RECEBI, APROVADO, PAGO, CONCLUIDO = "Recebi pedido", " aprovado", " pago", " concluído"
ENVIADO, ESPERO = " enviado", "espero por até"
PARTICOES, SESSAO_PERDIDA = "partições atribuídas", "Sessão perdida"

_PEDIDO = re.compile(r"[Pp]edido (\d+ \([0-9a-f]{4}\))")
# os scripts escrevem em um pipe nosso: nenhuma variável da pessoa deve pôr cores nele ou mudar a codificação
_EM_UM_PIPE = {"FORCE_COLOR": "", "TTY_COMPATIBLE": "0", "TTY_INTERACTIVE": "0", "PYTHONIOENCODING": "utf-8"}


class DemonstracaoParada(ErroDoLaboratorio):
    """Algo que se esperava ver não apareceu no prazo: não há como continuar."""


class Estado(Enum):
    """Como está um terminal."""

    FECHADO = auto()  # nada rodou nele ainda
    VIVO = auto()
    TERMINOU = auto()  # o produtor, que termina sozinho
    MORTO = auto()  # um serviço, que só termina se algo o para


class LinhaDoTerminal(NamedTuple):
    """O que se vê em uma linha de um terminal."""

    quando: float  # time.monotonic
    texto: str
    digitada: bool = False  # o que se fez no terminal, e não o que o script disse


class Terminal:
    """Um terminal da aula e o script que roda nele. Um script por vez; as linhas de todos ficam guardadas.

    `mostra(nome, cor, linha)` é chamada em outra thread, a cada linha que o script diz.
    """

    def __init__(
        self, nome: str, titulo: str, cor: str, arquivo: str, mostra: Callable[[str, str, str], None], parada: Parada
    ) -> None:
        self.nome, self.titulo, self.cor = nome, titulo, cor
        self.linhas: list[LinhaDoTerminal] = []
        self._arquivo, self._mostra, self._parada = arquivo, mostra, parada
        self._script: Script | None = None
        self._inicio = 0.0

    def __str__(self) -> str:
        return f"{self.titulo} ({self.nome})"

    def roda(self, *flags: str) -> float:
        """Começa o script. Devolve o instante (time.monotonic)."""
        self._parada.confere()
        self.fecha()  # o script anterior deste terminal já terminou; falta soltar os pipes dele
        self._inicio = time.monotonic()
        self.linhas.append(LinhaDoTerminal(self._inicio, " ".join(("$ python", self._arquivo, *flags)), digitada=True))
        self._script = Script(self._arquivo, *flags, ambiente=_EM_UM_PIPE, ao_ler=self._ao_ler)
        return self._inicio

    def _ao_ler(self, texto: str) -> None:
        self.linhas.append(LinhaDoTerminal(time.monotonic(), texto))
        self._mostra(self.nome, self.cor, texto)

    def espera_pronto(self) -> None:
        """Volta quando o script em curso tem partições para trabalhar. Erros: DemonstracaoParada, KeyboardInterrupt."""
        self.espera(PARTICOES, 1, self._inicio, PRONTO_S)

    @property
    def vivo(self) -> bool:
        return self._script is not None and self._script.vivo

    @property
    def estado(self) -> Estado:
        if self._script is None:
            return Estado.FECHADO
        if self._script.vivo:
            return Estado.VIVO
        return Estado.TERMINOU if self._arquivo == PRODUTOR else Estado.MORTO

    def instantes(self, trecho: str, desde: float) -> list[float]:
        """Quando (list[float], time.monotonic) apareceu cada linha com `trecho`, a partir de `desde`."""
        return [linha.quando for linha in self._ditas(trecho, desde)]

    def pedidos(self, trecho: str, desde: float) -> list[str]:
        """Os pedidos (list[str], "3 (a1b2)") das linhas com `trecho`, a partir de `desde`."""
        return [achado[1] for linha in self._ditas(trecho, desde) if (achado := _PEDIDO.search(linha.texto))]

    def particoes(self) -> list[int]:
        """As partições (list[int]) que o script em curso tem, pelo que ele disse por último."""
        ditas = [*self._ditas(PARTICOES, self._inicio), *self._ditas(SESSAO_PERDIDA, self._inicio)]
        ultima = max(ditas, default=None)
        if ultima is None or PARTICOES not in ultima.texto:
            return []
        return [int(numero) for numero in re.findall(r"\d+", ultima.texto)]

    def espera(self, trecho: str, vezes: int, desde: float, prazo_s: float) -> float:
        """O instante da `vezes`-ésima linha com `trecho`. Erros: DemonstracaoParada, KeyboardInterrupt."""
        espera_ver(
            lambda: len(self.instantes(trecho, desde)) >= vezes,
            prazo_s,
            self._parada,
            [self],
            lambda: (
                f"esperei {prazo_s:.0f} s por {vezes} linha(s) com “{trecho}” de {self}, "
                f"e vi {len(self.instantes(trecho, desde))}"
            ),
        )
        return self.instantes(trecho, desde)[vezes - 1]

    def ctrl_c(self) -> float:
        """O Ctrl+C do aluno. Devolve quanto o script levou para terminar (segundos)."""
        assert self._script is not None
        inicio = time.monotonic()
        self.linhas.append(LinhaDoTerminal(inicio, "^C", digitada=True))
        self._script.ctrl_c()
        return self.espera_fim(2 * ADEUS_S) - inicio

    def espera_fim(self, prazo_s: float) -> float:
        """O instante em que o script terminou. Erros: DemonstracaoParada, KeyboardInterrupt."""
        espera_ver(lambda: not self.vivo, prazo_s, self._parada, [], lambda: f"{self} não terminou em {prazo_s:.0f} s")
        fim = time.monotonic()
        assert self._script is not None
        if self._script.espera_fim(ADEUS_S) != 0:
            raise DemonstracaoParada(f"{self} terminou com um erro; as linhas dele dizem qual")
        return fim

    def despede(self) -> None:
        """Pede o fim, sem esperar por ele."""
        if self._script is not None:
            self._script.ctrl_c()

    def fecha(self) -> None:
        """Espera o fim pedido por `despede` e, se ele não vem, o impõe."""
        if self._script is not None:
            espera_ate(lambda: not self.vivo, ADEUS_S)
            self._script.encerra()

    def _ditas(self, trecho: str, desde: float) -> list[LinhaDoTerminal]:
        """O que os scripts disseram (list[LinhaDoTerminal]) com `trecho`, a partir de `desde`."""
        # uma cópia: outra thread acrescenta linhas
        return [
            linha for linha in [*self.linhas] if linha.quando >= desde and not linha.digitada and trecho in linha.texto
        ]


def espera_ver(
    condicao: Callable[[], bool],
    prazo_s: float,
    parada: Parada,
    vivos: list[Terminal],
    falha: Callable[[], str],
) -> None:
    """Volta quando `condicao()` vale.

    Erros: DemonstracaoParada (`falha()` no fim do prazo, ou se um de `vivos` terminou), KeyboardInterrupt.
    """

    def confere() -> None:
        parada.confere()
        for terminal in vivos:
            if not terminal.vivo:
                raise DemonstracaoParada(f"{terminal} terminou sozinho; as últimas linhas dele dizem por quê")

    if not espera_ate(condicao, prazo_s, confere):
        raise DemonstracaoParada(falha())


class Terminais:
    """Os cinco terminais, na ordem da aula. Use com `with`: ao sair, nenhum script fica rodando."""

    def __init__(self, mostra: Callable[[str, str, str], None], parada: Parada) -> None:
        def terminal(nome: str, titulo: str, cor: str, arquivo: str) -> Terminal:
            return Terminal(nome, titulo, cor, arquivo, mostra, parada)

        self.notificacao = terminal("T1", "notificação", NOTIFICACAO.cor, "servico_notificacao.py")
        self.pagamento = terminal("T2", "pagamento", PAGAMENTO.cor, "servico_pagamento.py")
        self.estoque = terminal("T3", "estoque", ESTOQUE.cor, "servico_estoque.py")
        self.produtor = terminal("T4", "produtor", COR_DO_PRODUTOR, PRODUTOR)
        self.estoque2 = terminal("T5", "segundo estoque", "bright_blue", "servico_estoque.py")
        self.todos = (self.notificacao, self.pagamento, self.estoque, self.produtor, self.estoque2)

    def esperando(self) -> list[int]:
        """Quantos pedidos (list[int]) esperam em cada tópico, na ordem da linha, pelo que os scripts disseram.

        Um serviço só diz um resultado depois que o Kafka o confirmou. O que uma queda impediu de ser dito se deduz
        do que veio depois: um pedido pago foi aprovado. E o que saiu duas vezes é um pedido só.
        """
        passou: set[str] = set()
        passaram = []
        for terminais, trecho in (
            ([self.notificacao], CONCLUIDO),
            ([self.pagamento], PAGO),
            ([self.estoque, self.estoque2], APROVADO),
            ([self.produtor], ENVIADO),
        ):
            passou = passou.union(*(terminal.pedidos(trecho, 0.0) for terminal in terminais))
            passaram.append(len(passou))
        return [antes - depois for depois, antes in pairwise(passaram)][::-1]

    def __enter__(self) -> "Terminais":
        return self

    def __exit__(self, *_: object) -> None:
        for terminal in self.todos:  # primeiro todos os pedidos, depois as esperas: é mais rápido
            terminal.despede()
        with contextlib.ExitStack() as fechamentos:  # a falha de um não poupa os outros
            for terminal in self.todos:
                fechamentos.callback(terminal.fecha)
