"""A linha do tempo de uma execução do caos, em um SVG que se abre sozinho: os pedidos de cada etapa e as falhas."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.configuracao import ESTOQUE, NOTIFICACAO, PAGAMENTO
from common.produtor import COR as COR_DO_PRODUTOR
from common.terminal.texto import milhar
from lab.caos.cronica import Amostra, Cronica, Episodio

PONTOS_MAXIMOS = 500  # por curva: em LARGURA não se distinguem mais, e 7.000 dariam um arquivo de 0,5 MB
MARCAS_POR_EIXO = 12  # no máximo; mais números do que isso se encostam

# em pixels
LARGURA, CURVAS = 1200, 400  # do papel inteiro, e só a altura em que as curvas sobem
FAIXA = 28  # uma linha de falhas: o nome em cima, a barra embaixo
NOME_ACIMA = 8  # da barra à base do nome dela
MOLDURA = 150  # o título, a legenda e os números do eixo do tempo, ao todo
EIXO_DO_TEMPO = 900  # o que sobra da LARGURA, por baixo: com ele se sabe quanto tempo um nome ocupa
LETRA = 0.62 * 12  # a largura média, por cima, de uma letra dos nomes
TRACO_MINIMO = 2  # uma falha instantânea também se vê
FOLGA = 10  # entre um nome e a falha seguinte

FONTES = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
# as cores dos terminais, escuras o bastante para um papel branco
NO_PAPEL = {"cyan": "#0097a7", "yellow": "#d79b00", "green": "#2e7d32", "magenta": "#a0259b"}
CORES = {  # pelo começo do alvo
    "produtor": NO_PAPEL[COR_DO_PRODUTOR],
    "estoque": NO_PAPEL[ESTOQUE.cor],
    "pagamento": NO_PAPEL[PAGAMENTO.cor],
    "notifica": NO_PAPEL[NOTIFICACAO.cor],  # com ou sem acento
    "broker": "#c62828",
}
CINZA, CINZA_CLARO = "#607d8b", "#cfd8dc"

ESTILO = {
    "background": "white",
    "plot_background": "white",
    "font_family": FONTES,
    "title_font_size": 14,
    "label_font_size": 12,
    "major_label_font_size": 12,
    "value_label_font_size": 12,
    "value_font_size": 0,  # o pygal afasta do ponto, por esta medida, o nome que escreve nele
    "no_data_font_size": 24,
    "transition": "0s",
}
CSS = """
#chart-caos .plot_title { font-size: 20px }
#chart-caos .axis .guide.line { stroke: #cfd8dc; stroke-dasharray: 2,3 }
#chart-caos .axis text.major { fill: rgba(0, 0, 0, .87) }
#chart-caos .text-overlay text.label { fill: #263238 !important }
"""
CURVA = "stroke-opacity: 1; stroke-linejoin: round"
SOMBRA = "stroke: none; fill-opacity: .4"
BARRA = "stroke-width: 7; stroke-opacity: 1; stroke-linecap: round"
ESPERA = "stroke-width: 2.5; stroke-opacity: 1"

Ponto = tuple[float, float] | None  # None: a curva se interrompe


@dataclass(frozen=True)
class _Marca:
    """Um episódio no papel: onde fica a barra, a espera depois dela e o nome (em segundos e em faixas)."""

    nome: str
    alvo: str
    inicio: float
    fim: float
    retomada: float
    nome_em: float
    faixa: int


def desenha(cronica: Cronica, caminho: Path) -> None:
    """Escreve em `caminho` (Path) a figura da execução, sem script e sem nada de fora. Erro: OSError."""
    amostras = _rala(cronica.amostras)
    fim_s = max([1.0, *(a.instante_s for a in amostras), *(_ultimo_instante(e) for e in cronica.episodios)])
    # com o laço ingênuo pode haver mais aprovados ou pagos do que enviados
    pedidos = max([1, cronica.pedidos, *(max(a.enviados, a.aprovados, a.pagos) for a in amostras)])
    faixas, marcas = _faixas(cronica.episodios, fim_s)
    por_faixa = pedidos * FAIXA / CURVAS  # a altura de uma faixa, na escala dos pedidos: elas ficam abaixo do zero

    papel = _Papel()
    papel.traca("falha em curso", _retangulos(marcas, pedidos), CINZA_CLARO, SOMBRA, fill=True)
    # cada curva mais fina que a anterior: onde as três se encontram, veem-se as três
    for titulo, alvo, largura in (
        ("enviados", "produtor", 5),
        ("aprovados", "estoque", 3.5),
        ("pagos", "pagamento", 2),
    ):
        curva: list[Ponto] = [(amostra.instante_s, getattr(amostra, titulo)) for amostra in amostras]
        papel.traca(f"pedidos {titulo}", curva, CORES[alvo], f"stroke-width: {largura}; {CURVA}")
    esperas = [(m.fim, m.retomada, m.faixa) for m in marcas]
    papel.traca("até um pedido andar", _segmentos(esperas, por_faixa), CINZA, ESPERA)
    for cor in sorted({_cor(m.alvo) for m in marcas}):
        desta_cor = [(m.inicio, m.fim, m.faixa) for m in marcas if _cor(m.alvo) == cor]
        papel.traca(None, _segmentos(desta_cor, por_faixa), cor, BARRA)
    acima = pedidos * NOME_ACIMA / CURVAS
    papel.escreve([(m.nome, m.nome_em, acima - (m.faixa + 1) * por_faixa) for m in marcas])

    brokers = "1 broker" if cronica.brokers == 1 else f"{cronica.brokers} brokers"
    caminho.write_bytes(
        papel.svg(
            title=f"Caos: semente {cronica.semente}, {brokers}, {milhar(cronica.pedidos)} pedidos",
            x_title="segundos desde o começo",
            height=MOLDURA + CURVAS + FAIXA * len(faixas),
            xrange=(0, fim_s),
            range=(-len(faixas) * por_faixa, pedidos),
            x_labels=_numeros(fim_s),
            y_labels=[
                *_numeros(pedidos),
                *({"value": -(n + 1) * por_faixa, "label": alvo} for n, alvo in enumerate(faixas)),
            ],
            y_labels_major=[pedidos],
        )
    )


class _Papel:
    """Um gráfico do pygal em que cada série tem a sua cor e o seu traço."""

    def __init__(self) -> None:
        self._pygal = _pygal()
        self._grafico = self._pygal.XY(
            width=LARGURA,
            explicit_size=True,
            js=[],
            show_dots=False,
            allow_interruptions=True,
            print_labels=True,
            show_x_guides=True,
            truncate_label=-1,
            truncate_legend=-1,
            legend_at_bottom=True,
            legend_at_bottom_columns=5,
            x_value_formatter=milhar,
            value_formatter=lambda valor: milhar(valor) if valor >= 0 else "",  # abaixo do zero só há faixas
            no_data_text="nada aconteceu",
        )
        self._grafico.uuid = "caos"  # senão, sorteado
        self._grafico.add_xml_filter(_so_o_desenho)
        self._cores: list[str] = []
        self._css = [CSS]

    def traca(self, titulo: str | None, pontos: list[Ponto], cor: str, traco: str, **opcoes: Any) -> None:
        """Uma série; sem título, fora da legenda."""
        # o stroke_style do pygal não vence a largura que o CSS dele põe em cada traço
        self._css.append(f"#chart-caos .serie-{len(self._cores)} path {{ {traco} }}")
        self._cores.append(cor)
        self._grafico.add(titulo, pontos, **opcoes)

    def escreve(self, textos: list[tuple[str, float, float]]) -> None:
        """Cada texto no seu ponto."""
        self._cores.append(CINZA)
        pontos = [{"value": (x, y), "label": texto} for texto, x, y in textos]
        self._grafico.add(None, pontos, stroke=False, show_dots=True, dots_size=0)

    def svg(self, **opcoes: Any) -> bytes:
        folhas = ["file://style.css", "file://graph.css", f"inline:{''.join(self._css)}"]
        estilo = self._pygal.style.Style(**ESTILO, colors=self._cores)
        svg: bytes = self._grafico.render(style=estilo, css=folhas, **opcoes)
        return svg


def _pygal() -> Any:
    """O pygal, sem o buscador de módulos que ele põe no Python e que, sem find_spec, hoje só causa avisos."""
    import pygal

    sys.meta_path[:] = [buscador for buscador in sys.meta_path if type(buscador).__module__ != "pygal"]
    return pygal


def _so_o_desenho(raiz: Any) -> Any:
    """Tira o que não se vê: o script (a configuração, para dicas animadas) e os comentários, com endereços e data."""
    for pai in list(raiz.iter()):
        for filho in list(pai):
            if filho.tag == "script" or not isinstance(filho.tag, str):
                pai.remove(filho)
    return raiz


def _rala(amostras: list[Amostra]) -> list[Amostra]:
    """No máximo PONTOS_MAXIMOS amostras, a intervalos iguais, com a primeira e a última."""
    passo = math.ceil((len(amostras) - 1) / (PONTOS_MAXIMOS - 1)) or 1
    return amostras[:-1:passo] + amostras[-1:]


def _ultimo_instante(episodio: Episodio) -> float:
    fim_s = episodio.inicio_s if episodio.fim_s is None else episodio.fim_s
    return fim_s + (episodio.retomada_s or 0.0)


def _faixas(episodios: list[Episodio], fim_s: float) -> tuple[list[str], list[_Marca]]:
    """As faixas, de cima para baixo (o alvo de cada uma, ou ""), e cada episódio em uma em que o nome dele cabe."""
    por_pixel = fim_s / EIXO_DO_TEMPO
    faixas: list[str] = []
    marcas: list[_Marca] = []
    for alvo in sorted({e.alvo for e in episodios}, key=_lugar):
        livres: list[float] = []  # desde quando cada faixa deste alvo está livre
        for episodio in sorted((e for e in episodios if e.alvo == alvo), key=lambda e: e.inicio_s):
            nome = episodio.falha if episodio.fim_s is not None else f"{episodio.falha} (não curada)"
            largura = len(nome) * LETRA * por_pixel
            inicio = episodio.inicio_s
            fim = max(fim_s if episodio.fim_s is None else episodio.fim_s, inicio + TRACO_MINIMO * por_pixel)
            nome_em = max(0.0, min(inicio, fim_s - largura))
            retomada = fim + (episodio.retomada_s or 0.0)
            faixa = next((n for n, livre in enumerate(livres) if livre <= nome_em), len(livres))
            livres[faixa : faixa + 1] = [max(retomada, nome_em + largura) + FOLGA * por_pixel]
            marcas.append(_Marca(nome, alvo, inicio, fim, retomada, nome_em, len(faixas) + faixa))
        faixas += [alvo] + [""] * (len(livres) - 1)
    return faixas, marcas


def _lugar(alvo: str) -> tuple[int, str]:
    """A ordem das faixas: a da linha de produção, e os brokers no fim."""
    return next((n for n, comeco in enumerate(CORES) if alvo.startswith(comeco)), len(CORES)), alvo


def _cor(alvo: str) -> str:
    return [*CORES.values(), CINZA][_lugar(alvo)[0]]


def _retangulos(marcas: list[_Marca], altura: float) -> list[Ponto]:
    """A sombra de cada falha por trás das curvas."""
    pontos: list[Ponto] = []
    for marca in marcas:
        pontos += [(marca.inicio, 0), (marca.inicio, altura), (marca.fim, altura), (marca.fim, 0), None]
    return pontos


def _segmentos(trechos: list[tuple[float, float, int]], por_faixa: float) -> list[Ponto]:
    pontos: list[Ponto] = []
    for inicio, fim, faixa in trechos:
        y = -(faixa + 1) * por_faixa
        pontos += [(inicio, y), (fim, y), None]
    return pontos


def _numeros(ate: float) -> list[float]:
    """De 0 a `ate`, de um em um número redondo (1, 2 ou 5 vezes uma potência de dez)."""
    minimo = max(1.0, ate / MARCAS_POR_EIXO)
    potencia = 10.0 ** math.floor(math.log10(minimo))
    passo = next(vezes * potencia for vezes in (1, 2, 5, 10) if vezes * potencia >= minimo)
    return [n * passo for n in range(int(ate / passo) + 1)]
