"""A linha do tempo de uma execução do caos, em um SVG que se abre sozinho: os pedidos de cada etapa e as falhas."""

import math
from dataclasses import dataclass
from pathlib import Path

import drawsvg

from common.configuracao import ESTOQUE, NOTIFICACAO, PAGAMENTO
from common.produtor import COR as COR_DO_PRODUTOR
from common.terminal.texto import milhar
from lab.caos.cronica import Amostra, Cronica, Episodio

PONTOS_MAXIMOS = 500  # por curva: na largura do papel não se distinguem mais, e 7.000 dariam um arquivo de 0,5 MB
NUMEROS_POR_EIXO = 12  # no máximo; mais números do que isso se encostam

# em pixels
LARGURA = 1200  # do papel inteiro
ESQUERDA, DIREITA = 150, 1170  # onde o tempo começa e onde termina
TITULO, LEGENDA = 32, 62  # a base do título e o meio da legenda
TOPO, ZERO = 85, 485  # entre os dois sobem as curvas; do zero para baixo, as faixas
FAIXA = 28  # uma linha de falhas: o nome em cima, a barra embaixo
NOME_ACIMA = 8  # da barra à base do nome dela
PE = 60  # abaixo das faixas: os números do tempo e o que eles contam
LETRA = 12  # a altura das letras; em média uma tem no máximo LETRA_LARGURA
LETRA_LARGURA = 0.62 * LETRA
TRACO_MINIMO = 2  # uma falha instantânea também se vê
FOLGA = 10  # entre um nome e a falha seguinte

FONTES = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
# as cores dos terminais, escuras o bastante para um papel branco
NO_PAPEL = {"cyan": "#0097a7", "yellow": "#d79b00", "green": "#2e7d32", "magenta": "#a0259b"}
CORES = {  # pelo que o alvo tem no nome
    "produtor": NO_PAPEL[COR_DO_PRODUTOR],
    "estoque": NO_PAPEL[ESTOQUE.cor],
    "pagamento": NO_PAPEL[PAGAMENTO.cor],
    "notifica": NO_PAPEL[NOTIFICACAO.cor],
    "broker": "#c62828",
}
PRETO, CINZA, CINZA_CLARO = "#263238", "#607d8b", "#cfd8dc"
# cada curva mais fina que a anterior: onde as três se encontram, veem-se as três
CURVAS = (("enviados", "produtor", 5), ("aprovados", "estoque", 3.5), ("pagos", "pagamento", 2))
BARRA, ESPERA = 7, 2.5  # a espessura do traço de uma falha, e a do que vem depois dela
SOMBRA = 0.4  # a opacidade de uma falha em curso, por trás das curvas


@dataclass(frozen=True)
class _Escala:
    """De segundos e pedidos a pixels."""

    fim_s: float
    pedidos: int

    def x(self, instante_s: float) -> float:
        return round(ESQUERDA + instante_s / self.fim_s * (DIREITA - ESQUERDA), 1)

    def y(self, pedidos: float) -> float:
        return round(ZERO - pedidos / self.pedidos * (ZERO - TOPO), 1)


@dataclass(frozen=True)
class _Marca:
    """Um episódio no papel, em pixels: a barra, a espera depois dela, o nome, e em que faixa (de 0 em diante)."""

    nome: str
    alvo: str
    inicio: float
    fim: float
    retomada: float
    nome_em: float
    faixa: int

    @property
    def y(self) -> int:
        return ZERO + (self.faixa + 1) * FAIXA


def desenha(cronica: Cronica, caminho: Path) -> None:
    """Escreve em `caminho` (Path) a figura da execução, sem script e sem nada de fora. Erro: OSError."""
    amostras = _rala(cronica.amostras)
    fim_s = max([1.0, *(a.instante_s for a in amostras), *(_ultimo_instante(e) for e in cronica.episodios)])
    # com o laço ingênuo pode haver mais aprovados ou pagos do que enviados
    pedidos = max([1, cronica.pedidos, *(max(a.enviados, a.aprovados, a.pagos) for a in amostras)])
    escala = _Escala(fim_s, pedidos)
    faixas, marcas = _faixas(cronica.episodios, escala)
    chao = ZERO + (len(faixas) + 0.5) * FAIXA

    papel = _Papel(chao + PE)
    brokers = "1 broker" if cronica.brokers == 1 else f"{cronica.brokers} brokers"
    titulo = f"Caos: semente {cronica.semente}, {brokers}, {milhar(cronica.pedidos)} pedidos"
    papel.escreve(titulo, LARGURA / 2, TITULO, "middle", altura=20)
    papel.legenda()
    for marca in marcas:
        papel.sombra(marca.inicio, marca.fim)
    for valor in _numeros(pedidos):
        papel.guia(ESQUERDA, escala.y(valor), DIREITA, escala.y(valor))
        papel.escreve(milhar(valor), ESQUERDA - FOLGA, escala.y(valor) + LETRA / 3, "end")
    for valor in _numeros(fim_s):
        papel.guia(escala.x(valor), TOPO, escala.x(valor), chao)
        papel.escreve(milhar(valor), escala.x(valor), chao + 1.5 * LETRA, "middle")
    papel.escreve("segundos desde o começo", (ESQUERDA + DIREITA) / 2, chao + 3.5 * LETRA, "middle")
    papel.traca(ESQUERDA, ZERO, DIREITA, ZERO, cor=PRETO, largura=1)
    for numero, alvo in enumerate(faixas, start=1):
        papel.escreve(alvo, ESQUERDA - FOLGA, ZERO + numero * FAIXA + LETRA / 3, "end", cor=_cor(alvo))

    for etapa, alvo, largura in CURVAS:
        pontos = [(escala.x(amostra.instante_s), escala.y(getattr(amostra, etapa))) for amostra in amostras]
        papel.traca(*(numero for ponto in pontos for numero in ponto), cor=CORES[alvo], largura=largura, classe="curva")
    for marca in marcas:
        papel.traca(marca.fim, marca.y, marca.retomada, marca.y, cor=CINZA, largura=ESPERA)
        papel.traca(marca.inicio, marca.y, marca.fim, marca.y, cor=_cor(marca.alvo), largura=BARRA)
        recuado = marca.nome_em < marca.inicio  # não cabia até o fim do papel: encosta nele
        onde, ancora = (DIREITA, "end") if recuado else (marca.nome_em, "start")
        papel.escreve(marca.nome, onde, marca.y - NOME_ACIMA, ancora, classe="nome")
    if not amostras and not marcas:
        papel.escreve("nada aconteceu", (ESQUERDA + DIREITA) / 2, (TOPO + ZERO) / 2, "middle", altura=24)
    caminho.write_bytes(papel.svg())


class _Papel:
    """Um papel branco, em que o que se desenha depois fica por cima."""

    def __init__(self, altura: float) -> None:
        self._desenho = drawsvg.Drawing(LARGURA, altura, font_family=FONTES)
        self._desenho.append(drawsvg.Rectangle(0, 0, LARGURA, altura, fill="white"))

    def escreve(
        self,
        texto: str,
        x: float,
        y: float,
        ancora: str = "start",
        altura: float = LETRA,
        cor: str = PRETO,
        classe: str | None = None,
    ) -> None:
        """`texto` com a base em `y`; `ancora` diz que ponta dele (ou o meio) fica em `x`."""
        self._desenho.append(drawsvg.Text(texto, altura, x, y, text_anchor=ancora, fill=cor, class_=classe))

    def traca(self, *xy: float, cor: str, largura: float, classe: str | None = None) -> None:
        """Uma linha por estes pontos (x, y, x, y…); de ponto nenhum, nada."""
        traco = {"stroke": cor, "stroke_width": largura, "fill": "none", "stroke_linejoin": "round", "class_": classe}
        if xy:
            self._desenho.append(drawsvg.Lines(*xy, **traco))

    def guia(self, *xy: float) -> None:
        """Uma linha que só ajuda a ler um eixo."""
        self._desenho.append(drawsvg.Line(*xy, stroke=CINZA_CLARO, stroke_dasharray="2,3"))

    def sombra(self, inicio: float, fim: float) -> None:
        """Uma falha em curso, por trás das curvas."""
        retangulo = drawsvg.Rectangle(inicio, TOPO, fim - inicio, ZERO - TOPO, fill=CINZA_CLARO, fill_opacity=SOMBRA)
        self._desenho.append(retangulo)

    def legenda(self) -> None:
        """O que cada traço quer dizer, lado a lado."""
        tracos = [(f"pedidos {etapa}", CORES[alvo], largura) for etapa, alvo, largura in CURVAS]
        tracos += [("falha em curso", CINZA_CLARO, 2 * BARRA), ("até um pedido andar", CINZA, ESPERA)]
        vao = (DIREITA - ESQUERDA) / len(tracos)
        for numero, (texto, cor, largura) in enumerate(tracos):
            x = ESQUERDA + numero * vao
            self.traca(x, LEGENDA, x + 2 * LETRA, LEGENDA, cor=cor, largura=largura)
            self.escreve(texto, x + 2.5 * LETRA, LEGENDA + LETRA / 3)

    def svg(self) -> bytes:
        svg: str = self._desenho.as_svg()
        return svg.encode()


def _rala(amostras: list[Amostra]) -> list[Amostra]:
    """No máximo PONTOS_MAXIMOS amostras, a intervalos iguais, com a primeira e a última."""
    passo = math.ceil((len(amostras) - 1) / (PONTOS_MAXIMOS - 1)) or 1
    return amostras[:-1:passo] + amostras[-1:]


def _ultimo_instante(episodio: Episodio) -> float:
    fim_s = episodio.inicio_s if episodio.fim_s is None else episodio.fim_s
    return fim_s + (episodio.retomada_s or 0.0)


def _faixas(episodios: list[Episodio], escala: _Escala) -> tuple[list[str], list[_Marca]]:
    """As faixas, de cima para baixo (o alvo de cada uma, ou ""), e cada episódio em uma em que o nome dele cabe."""
    faixas: list[str] = []
    marcas: list[_Marca] = []
    for alvo in sorted({e.alvo for e in episodios}, key=_lugar):
        livres: list[float] = []  # de que x em diante cada faixa deste alvo está livre
        for episodio in sorted((e for e in episodios if e.alvo == alvo), key=lambda e: e.inicio_s):
            fim_s = escala.fim_s if episodio.fim_s is None else episodio.fim_s
            nome = episodio.falha + " (não aconteceu)" * (not episodio.aconteceu)
            nome += " (não curada)" * (episodio.fim_s is None)
            largura = len(nome) * LETRA_LARGURA
            inicio = escala.x(episodio.inicio_s)
            fim = max(escala.x(fim_s), inicio + TRACO_MINIMO)
            retomada = max(escala.x(fim_s + (episodio.retomada_s or 0.0)), fim)
            nome_em = max(ESQUERDA, min(inicio, DIREITA - largura))
            faixa = next((n for n, livre in enumerate(livres) if livre <= nome_em), len(livres))
            livres[faixa : faixa + 1] = [max(retomada, nome_em + largura) + FOLGA]
            marcas.append(_Marca(nome, alvo, inicio, fim, retomada, nome_em, len(faixas) + faixa))
        faixas += [alvo] + [""] * (len(livres) - 1)
    return faixas, marcas


def _lugar(alvo: str) -> tuple[int, str]:
    """A ordem das faixas: a da linha de produção, e os brokers no fim."""
    return next((n for n, quem in enumerate(CORES) if quem in alvo.casefold()), len(CORES)), alvo


def _cor(alvo: str) -> str:
    return [*CORES.values(), CINZA][_lugar(alvo)[0]]


def _numeros(ate: float) -> list[float]:
    """De 0 a `ate`, de um em um número redondo (1, 2 ou 5 vezes uma potência de dez)."""
    minimo = max(1.0, ate / NUMEROS_POR_EIXO)
    potencia = 10.0 ** math.floor(math.log10(minimo))
    passo = next(vezes * potencia for vezes in (1, 2, 5, 10) if vezes * potencia >= minimo)
    return [n * passo for n in range(int(ate / passo) + 1)]
