"""O caos enquanto acontece: em um terminal, um painel que se redesenha; em um pipe, linhas."""

import sys
import threading
import time

from rich.console import Group
from rich.constrain import Constrain
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from common.configuracao import ESTOQUE, PAGAMENTO
from common.produtor import COR as COR_DO_PRODUTOR
from common.terminal.console import novo_console
from common.terminal.texto import milhar, segundos, visivel
from lab.caos.cronica import Amostra, Cronica, Episodio
from lab.caos.plano import Plano
from lab.processos.parada import Parada
from lab.terminal.saida import ate_ninguem_ler

RITMO_S = 10.0  # de uma linha de andamento à outra, em um pipe: 180 linhas em meia hora
ROTULO = len("aprovados")  # letras: o mais longo; os outros se alinham com ele
ECO = len("^C")  # colunas livres à direita: o Ctrl+C que o terminal ecoa quebraria a última linha, e o painel desceria
ULTIMAS = 4  # quantas falhas passadas ficam à vista: com o resto do painel, menos de meia tela de 24 linhas


class Painel:
    """Mostra uma crônica: `atualiza` de uma thread só, `diz` de qualquer uma.

    Quando ninguém mais lê (`| head`, terminal fechado), é como um Ctrl+C: levanta a bandeira de `parada`.
    """

    def __init__(self, cronica: Cronica, plano: Plano, parada: Parada) -> None:
        self._cronica, self._plano, self._parada = cronica, plano, parada
        self._relogio = _Relogio(cronica)
        self._comecados = 0  # quantos episódios já se viram começar
        self._abertos: list[Episodio] = []  # destes, os de que ainda não se contou o fim
        self._proxima_s = RITMO_S
        self._trava = threading.Lock()
        self._console = novo_console()
        # isatty: com FORCE_COLOR o rich toma um arquivo por terminal; utf: um "ç" em escape não cabe na sua coluna
        utf8 = self._console.encoding.lower().startswith("utf")
        self._ao_vivo = self._console.is_interactive and sys.stdout.isatty() and utf8
        # transient: quem conta o fim da execução é o comando; sem thread própria, que escreveria fora da trava
        self._regiao = Live(console=self._console, get_renderable=self._desenho, auto_refresh=False, transient=True)

    def __enter__(self) -> "Painel":
        if self._ao_vivo:
            with self._trava, ate_ninguem_ler(self._parada):
                self._regiao.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Devolve o terminal; se a execução chegou ao fim, conta também as falhas que não acabaram."""
        try:
            if not self._parada.pedida:
                self._conta_episodios(ate_as_abertas=True)
        finally:
            with self._trava, ate_ninguem_ler(self._parada):
                self._regiao.stop()

    def diz(self, texto: str) -> None:
        """Uma linha, acima do painel."""
        with self._trava, ate_ninguem_ler(self._parada):
            # em um pipe, inteira: quem procura nela não espera uma quebra no meio
            self._console.print(Text(visivel(texto)), soft_wrap=not self._ao_vivo)
            sys.stdout.flush()

    def atualiza(self) -> None:
        """Mostra o que há de novo na crônica."""
        agora_s = self._relogio.agora_s()
        self._conta_episodios()
        if self._ao_vivo:
            with self._trava, ate_ninguem_ler(self._parada):
                self._regiao.refresh()
        elif agora_s >= self._proxima_s:
            self._proxima_s = agora_s - agora_s % RITMO_S + RITMO_S
            self.diz(self._andamento(agora_s))

    def _conta_episodios(self, ate_as_abertas: bool = False) -> None:
        novos = self._cronica.episodios[self._comecados :]
        self._comecados += len(novos)
        if not self._ao_vivo:  # ao vivo, o painel já mostra a falha em curso
            for episodio in novos:
                self.diz(f"{episodio.nome}: começa, aos {segundos(episodio.inicio_s)}")
        abertos = [*self._abertos, *novos]
        contar = [e for e in abertos if ate_as_abertas or None not in (e.fim_s, e.retomada_s)]
        self._abertos = [e for e in abertos if e not in contar]
        for episodio in contar:
            self.diz(_historia(episodio))

    def _ultima_amostra(self) -> Amostra:
        return self._cronica.amostras[-1] if self._cronica.amostras else Amostra(0.0, 0, 0, 0)

    def _tempo(self, agora_s: float) -> str:
        return self._plano.andamento(agora_s, len(self._cronica.episodios))

    def _andamento(self, agora_s: float) -> str:
        amostra = self._ultima_amostra()
        return (
            f"{self._tempo(agora_s)}: {milhar(amostra.enviados)} enviados, {milhar(amostra.aprovados)} aprovados, "
            f"{milhar(amostra.pagos)} pagos, de {milhar(self._cronica.pedidos)}; {self._momento(agora_s)[0]}"
        )

    def _momento(self, agora_s: float) -> tuple[str, str]:
        """O que se passa agora (str), e a cor (str) em que se diz."""
        em_curso = [
            f"{episodio.nome}, há {segundos(max(0.0, agora_s - episodio.inicio_s))}"
            for episodio in self._cronica.episodios
            if episodio.fim_s is None
        ]
        if em_curso:
            return "; ".join(em_curso), "bold red"
        ultimo = self._cronica.episodios[-1] if self._cronica.episodios else None
        falta_pagar = self._ultima_amostra().pagos < self._cronica.pedidos
        if ultimo and ultimo.fim_s is not None and ultimo.retomada_s is None and falta_pagar:
            espera_s = max(0.0, agora_s - ultimo.fim_s)
            return f"{ultimo.nome}: curada, nenhum pedido andou há {segundos(espera_s)}", "bold yellow"
        return "calmaria", "green"

    def _desenho(self) -> Constrain:
        agora_s = self._relogio.agora_s()
        cronica, amostra = self._cronica, self._ultima_amostra()
        topo = _grade()
        topo.add_column(ratio=1, no_wrap=True, overflow="crop")
        topo.add_column(justify="right", no_wrap=True)
        brokers = "1 broker" if cronica.brokers == 1 else f"{cronica.brokers} brokers"
        titulo = f"caos, semente {cronica.semente}, {brokers}, {milhar(cronica.pedidos)} pedidos"
        topo.add_row(Text(titulo, "bold"), self._tempo(agora_s))

        barras = _grade()
        barras.add_column(no_wrap=True)
        barras.add_column(ratio=1)
        barras.add_column(justify="right", no_wrap=True)
        for etapa, quantos, cor in (
            ("enviados", amostra.enviados, COR_DO_PRODUTOR),
            ("aprovados", amostra.aprovados, ESTOQUE.cor),
            ("pagos", amostra.pagos, PAGAMENTO.cor),
        ):
            barra = ProgressBar(max(1, cronica.pedidos), quantos, complete_style=cor, finished_style=cor)
            barras.add_row(Text(etapa, cor), barra, milhar(quantos))

        falhas = _grade()
        falhas.add_column(no_wrap=True)
        falhas.add_column(ratio=1, no_wrap=True, overflow="crop")
        falhas.add_row("agora".ljust(ROTULO), Text(*self._momento(agora_s)))
        passadas = [episodio for episodio in cronica.episodios if episodio.fim_s is not None][-ULTIMAS:]
        for n, episodio in enumerate(reversed(passadas)):
            falhas.add_row("" if n else "antes", _resumo(episodio))
        return Constrain(Group(Rule(style="dim"), topo, barras, falhas), self._console.width - ECO)


class _Relogio:
    """Os segundos desde o começo, como a crônica os conta; entre uma notícia dela e a outra, andam sozinhos.

    Com o Kafka fora do ar não há amostras, e a falha em curso tem de continuar a envelhecer.
    """

    def __init__(self, cronica: Cronica) -> None:
        self._cronica = cronica
        self._noticia_s, self._vista_em, self._maior_s = 0.0, 0.0, 0.0

    def agora_s(self) -> float:
        """Os segundos (float); 0 até a primeira notícia, e nunca para trás."""
        amostras, episodios = self._cronica.amostras[-1:], self._cronica.episodios[-1:]
        noticia_s = max([0.0, *(a.instante_s for a in amostras), *(e.fim_s or e.inicio_s for e in episodios)])
        if noticia_s > self._noticia_s:
            self._noticia_s, self._vista_em = noticia_s, time.monotonic()
        if self._noticia_s:
            self._maior_s = max(self._maior_s, self._noticia_s + time.monotonic() - self._vista_em)
        return self._maior_s


def _grade() -> Table:
    return Table.grid(padding=(0, 1), expand=True)


def _historia(episodio: Episodio) -> str:
    """O que se conta de uma falha quando não há mais o que esperar dela."""
    if episodio.fim_s is None:
        return f"{episodio.nome}: não foi curada"
    cura = f"{episodio.nome}: curada em {segundos(episodio.fim_s - episodio.inicio_s)}"
    if episodio.retomada_s is None:
        return f"{cura}, nenhum pedido andou depois"
    return f"{cura}, o primeiro pedido andou {segundos(episodio.retomada_s)} depois"


def _resumo(episodio: Episodio) -> str:
    cura_s = (episodio.fim_s or episodio.inicio_s) - episodio.inicio_s
    andou = "" if episodio.retomada_s is None else f", andou {segundos(episodio.retomada_s)} depois"
    return f"{episodio.nome}: {segundos(cura_s)}{andou}"
