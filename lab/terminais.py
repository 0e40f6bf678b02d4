"""Os cinco terminais da aula: em cada um roda um script, cujas linhas aparecem com o nome do terminal."""

import contextlib
import re
import time
from collections.abc import Callable

from common.configuracao import ESTOQUE, NOTIFICACAO, PAGAMENTO
from common.envio import COR as COR_DO_PRODUTOR
from common.erros import ErroDoLaboratorio
from common.prazo import PASSO_S, Prazo
from lab.parada import Parada
from lab.processo import Script
from lab.tela import Tela

ADEUS_S = 3.0  # um script sai em menos de 1 s; depois disto o vigia o termina à força
PRONTO_S = 45.0  # aqui, menos de 1 s; mais do que os 30 s em que o próprio script desiste do Kafka e diz por quê

# o que as linhas dos scripts dizem, sem o que pode mudar em volta
RECEBI, APROVADO, PAGO, CONCLUIDO = "Recebi pedido", " aprovado", " pago", " concluído"
ENVIADO, ESPERO = " enviado", "espero por até"
PARTICOES = "partições atribuídas"

_PEDIDO = re.compile(r"[Pp]edido (\d+ \([0-9a-f]{4}\))")
# os scripts escrevem em um pipe nosso: nenhuma variável da pessoa deve pôr cores nele ou mudar a codificação
_EM_UM_PIPE = {"FORCE_COLOR": "", "TTY_COMPATIBLE": "0", "TTY_INTERACTIVE": "0", "PYTHONIOENCODING": "utf-8"}


class DemonstracaoParada(ErroDoLaboratorio):
    """Algo que se esperava ver não apareceu no prazo: não há como continuar."""


class Terminal:
    """Um terminal da aula e o script que roda nele. Um script por vez; as linhas de todos ficam guardadas."""

    def __init__(self, nome: str, titulo: str, cor: str, arquivo: str, tela: Tela, parada: Parada) -> None:
        self.nome = nome
        self.titulo = titulo
        self._cor, self._arquivo, self._tela, self._parada = cor, arquivo, tela, parada
        self._script: Script | None = None

    def __str__(self) -> str:
        return f"{self.titulo} ({self.nome})"

    def roda(self, *flags: str) -> float:
        """Começa o script. Devolve o instante (time.monotonic)."""
        self._parada.confere()
        self.fecha()  # o script anterior deste terminal já terminou; falta soltar os pipes dele
        inicio = time.monotonic()
        self._script = Script(
            self._arquivo,
            *flags,
            ambiente=_EM_UM_PIPE,
            ao_ler=lambda linha: self._tela.linha(self.nome, self._cor, linha),
        )
        return inicio

    def abre(self, *flags: str) -> None:
        """Começa o script e espera que ele tenha partições para trabalhar."""
        self.roda(*flags)
        self.espera(PARTICOES, 1, 0.0, PRONTO_S)

    @property
    def vivo(self) -> bool:
        return self._script is not None and self._script.vivo

    def instantes(self, trecho: str, desde: float) -> list[float]:
        """Quando (list[float], time.monotonic) apareceu cada linha com `trecho`, a partir de `desde`."""
        return [quando for quando, texto in self._linhas() if quando >= desde and trecho in texto]

    def pedidos(self, trecho: str, desde: float) -> list[str]:
        """Os pedidos (list[str], "3 (a1b2)") das linhas com `trecho`, a partir de `desde`."""
        textos = (texto for quando, texto in self._linhas() if quando >= desde and trecho in texto)
        return [achado[1] for texto in textos if (achado := _PEDIDO.search(texto))]

    def particoes(self) -> list[int]:
        """As partições (list[int]) da última atribuição que o script disse."""
        ditas = [texto for _, texto in self._linhas() if PARTICOES in texto]
        return [int(numero) for numero in re.findall(r"\d+", ditas[-1])] if ditas else []

    def espera(self, trecho: str, vezes: int, desde: float, prazo_s: float) -> float:
        """O instante da `vezes`-ésima linha com `trecho`. Erros: DemonstracaoParada, KeyboardInterrupt."""
        espera_ate(
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
        self._script.ctrl_c()
        return self.espera_fim(2 * ADEUS_S) - inicio

    def espera_fim(self, prazo_s: float) -> float:
        """O instante em que o script terminou. Erros: DemonstracaoParada, KeyboardInterrupt."""
        espera_ate(lambda: not self.vivo, prazo_s, self._parada, [], lambda: f"{self} não terminou em {prazo_s:.0f} s")
        fim = time.monotonic()
        assert self._script is not None
        if self._script.espera_fim(ADEUS_S) != 0:
            raise DemonstracaoParada(f"{self} terminou com um erro; as linhas dele dizem qual")
        return fim

    def despede(self) -> None:
        """Pede o fim, sem esperar por ele."""
        if self._script is not None and self._script.vivo:
            with contextlib.suppress(OSError):  # terminou neste instante
                self._script.ctrl_c()

    def fecha(self) -> None:
        """Espera o fim pedido por `despede` e, se ele não vem, o impõe."""
        if self._script is not None:
            prazo = Prazo(ADEUS_S)
            while self._script.vivo and not prazo.esgotado:
                time.sleep(PASSO_S)
            self._script.encerra()

    def _linhas(self) -> list[tuple[float, str]]:
        return list(self._script.linhas) if self._script is not None else []


def espera_ate(
    condicao: Callable[[], bool],
    prazo_s: float,
    parada: Parada,
    vivos: list[Terminal],
    falha: Callable[[], str],
) -> None:
    """Volta quando `condicao()` vale. Erros: DemonstracaoParada no fim do prazo ou se um de `vivos` terminou."""
    prazo = Prazo(prazo_s)
    while not condicao():
        if prazo.esgotado:
            raise DemonstracaoParada(falha())
        for terminal in vivos:
            if not terminal.vivo:
                raise DemonstracaoParada(f"{terminal} terminou sozinho; as últimas linhas dele dizem por quê")
        parada.dorme(PASSO_S)


class Terminais:
    """Os cinco terminais, na ordem da aula. Use com `with`: ao sair, nenhum script fica rodando."""

    def __init__(self, tela: Tela, parada: Parada) -> None:
        def terminal(nome: str, titulo: str, cor: str, arquivo: str) -> Terminal:
            return Terminal(nome, titulo, cor, arquivo, tela, parada)

        self.notificacao = terminal("T1", "notificação", NOTIFICACAO.cor, "servico_notificacao.py")
        self.pagamento = terminal("T2", "pagamento", PAGAMENTO.cor, "servico_pagamento.py")
        self.estoque = terminal("T3", "estoque", ESTOQUE.cor, "servico_estoque.py")
        self.produtor = terminal("T4", "produtor", COR_DO_PRODUTOR, "produtor_pedidos.py")
        self.estoque2 = terminal("T5", "segundo estoque", "bright_blue", "servico_estoque.py")
        self.todos = (self.notificacao, self.pagamento, self.estoque, self.produtor, self.estoque2)

    def __enter__(self) -> "Terminais":
        return self

    def __exit__(self, *_: object) -> None:
        for terminal in self.todos:  # primeiro todos os pedidos, depois as esperas: é mais rápido
            terminal.despede()
        with contextlib.ExitStack() as fechamentos:  # a falha de um não poupa os outros
            for terminal in self.todos:
                fechamentos.callback(terminal.fecha)
