"""O desenho da demonstração em quadros: cada terminal em um, os pedidos que esperam no Kafka em outro."""

import re
import textwrap

from rich.console import Console
from rich.text import Text

from common.configuracao import ETAPAS, TOPICOS_BASE
from common.terminal.texto import curta, visivel
from lab.demo.passo import Passo
from lab.demo.terminais import Estado, LinhaDoTerminal, Terminais, Terminal
from lab.terminal.saida import LARGURA_DE_LEITURA

LARGURA_MINIMA, ALTURA_MINIMA = 80, 24  # em menos do que isto não cabem cinco terminais

ENTRE_QUADROS = 2  # colunas
ALTURA_DO_KAFKA = 1 + len(TOPICOS_BASE)  # linhas: o título e uma barra por tópico
DIARIO_MINIMO = 4  # linhas: em 80 colunas, as duas conferências com que acaba uma parte
PARTE_DO_DIARIO = 8  # em uma tela alta, um oitavo dela
ROTULO = max(map(len, TOPICOS_BASE))
BARRA_CHEIA = 10  # pedidos: o que o produtor envia por vez; com mais do que isso à espera, a escala encolhe

_PREFIXO = re.compile(r"\A\[[A-ZÇÃ]+\] ")  # [ESTOQUE]: o que o título do quadro já diz

# cores que se leem em fundo claro e em fundo escuro: as linhas dos terminais são da cor do terminal
DO_TOPO = "bold reverse"
DO_CONVITE = "bold white on blue"
DE_MORTO = "bold white on red"
DO_KAFKA = "bold white on blue"


def desenha(passo: Passo, terminais: Terminais, console: Console) -> list[Text]:
    """As linhas (list[Text]) que enchem `console`, de alto a baixo."""
    largura, altura = console.size
    if largura < LARGURA_MINIMA or altura < ALTURA_MINIMA:
        aviso = Text(f"A janela ficou pequena: os quadros precisam de {LARGURA_MINIMA}×{ALTURA_MINIMA}")
        return _enche(list(aviso.wrap(console, largura)), largura, altura)
    topo = [_topo(passo, largura), *_quebra(_o_que_ler(passo), console)]
    diario = _diario(passo, max(DIARIO_MINIMO, altura // PARTE_DO_DIARIO), console)
    quadros = _quadros(passo, terminais, largura, altura - len(topo) - len(diario))
    return _enche([*topo, *quadros, *diario], largura, altura)


def _topo(passo: Passo, largura: int) -> Text:
    convite = Text(f" {passo.convite} ", DO_CONVITE) if passo.convite else Text()
    return _barra(Text(f" {passo.parte}"), Text.assemble(convite, " Ctrl+C encerra "), DO_TOPO, largura)


def _o_que_ler(passo: Passo) -> Text:
    """A explicação inteira, pelo tempo de a ler em voz alta; depois, só o que observar."""
    observe = Text.assemble(("Observe: ", "bold"), passo.observe) if passo.observe else Text()
    return Text.assemble(passo.explicacao, "\n", observe) if passo.lendo or passo.ainda_se_le else observe


def _diario(passo: Passo, altura: int, console: Console) -> list[Text]:
    """O que já aconteceu nesta parte (enquanto nada, na anterior) e cabe inteiro em `altura` linhas."""
    linhas: list[Text] = []
    diario = passo.diario[::-1]  # uma cópia: outra thread acrescenta
    for parte, texto in diario:
        if parte != diario[0][0]:
            break
        destas = _quebra(texto, console)
        if linhas and len(linhas) + len(destas) > altura:
            break
        linhas = [*destas, *linhas]
    return _enche(linhas, console.width, altura)


def _quadros(passo: Passo, terminais: Terminais, largura: int, altura: int) -> list[Text]:
    t = terminais
    pares = [(t.notificacao, t.pagamento), (t.estoque, t.produtor)]
    if t.estoque2.estado is Estado.FECHADO:  # só na Parte 4 há um quinto; até lá o lugar dele é dos outros
        linhas = _lado_a_lado(pares, largura, altura - ALTURA_DO_KAFKA)
        return linhas + _kafka(passo, t, largura, ALTURA_DO_KAFKA)
    do_kafka = max(ALTURA_DO_KAFKA, altura // (len(pares) + 1))
    da_esquerda, da_direita = _metades(largura)
    linhas = _lado_a_lado(pares, largura, altura - do_kafka)
    return linhas + _junta(_quadro(t.estoque2, da_esquerda, do_kafka), _kafka(passo, t, da_direita, do_kafka))


def _metades(largura: int) -> tuple[int, int]:
    da_esquerda = (largura - ENTRE_QUADROS) // 2
    return da_esquerda, largura - ENTRE_QUADROS - da_esquerda


def _lado_a_lado(pares: list[tuple[Terminal, Terminal]], largura: int, altura: int) -> list[Text]:
    da_esquerda, da_direita = _metades(largura)
    linhas: list[Text] = []
    for n, (esquerdo, direito) in enumerate(pares):
        alto = altura // len(pares) + (n < altura % len(pares))  # o que sobra da divisão fica com os de cima
        linhas += _junta(_quadro(esquerdo, da_esquerda, alto), _quadro(direito, da_direita, alto))
    return linhas


def _junta(esquerdo: list[Text], direito: list[Text]) -> list[Text]:
    return [Text.assemble(um, " " * ENTRE_QUADROS, outro) for um, outro in zip(esquerdo, direito, strict=True)]


def _quadro(terminal: Terminal, largura: int, altura: int) -> list[Text]:
    estado, particoes = terminal.estado, terminal.particoes()
    nome = Text(f" {terminal.nome} {terminal.titulo} ")
    if estado is Estado.VIVO:
        numeros = ", ".join(map(str, particoes))
        situacao = f"{'partição' if len(particoes) == 1 else 'partições'} {numeros}" if particoes else "rodando"
        titulo = _barra(nome, Text(f"{situacao} "), f"bold black on {terminal.cor}", largura)
    elif estado is Estado.MORTO:
        titulo = _barra(nome, Text("MORTO "), DE_MORTO, largura)
    else:
        situacao = "ainda fechado" if estado is Estado.FECHADO else "terminou"
        titulo = _barra(nome, Text(f" {situacao} "), "bold", largura, "─")
    linhas = [quebrada for linha in terminal.linhas[1 - altura :] for quebrada in _do_terminal(linha, largura)]
    quadro = _enche([titulo, *linhas[1 - altura :]], largura, altura)
    if estado is Estado.MORTO:  # o quadro inteiro: um título só não se vê do fundo da sala
        for linha in quadro:
            linha.stylize(DE_MORTO)
    return quadro


def _do_terminal(linha: LinhaDoTerminal, largura: int) -> list[Text]:
    """Uma linha de um terminal, sem o prefixo que o título do quadro já diz: de um pedido, uma só; outra, quebrada."""
    texto = visivel(linha.texto if linha.digitada else _PREFIXO.sub("", linha.texto))
    encurtada = curta(texto)
    if encurtada != texto:
        return [Text(encurtada)]
    return [Text(pedaco, "bold" if linha.digitada else "") for pedaco in textwrap.wrap(texto, largura)]


def _kafka(passo: Passo, terminais: Terminais, largura: int, altura: int) -> list[Text]:
    mortos = [str(numero) for numero, de_pe in passo.brokers.items() if not de_pe]
    if mortos:
        titulo = _barra(Text(" Kafka "), Text(f"mortos os brokers: {', '.join(mortos)} "), DE_MORTO, largura)
    else:
        titulo = _barra(Text(" Kafka "), Text("pedidos esperando "), DO_KAFKA, largura)
    esperando = terminais.esperando()
    maior = max(BARRA_CHEIA, *esperando)
    por_pedido = (largura - ROTULO - len(f"  {maior}")) / maior
    linhas = [titulo]
    for topico, etapa, quantos in zip(TOPICOS_BASE, ETAPAS, esperando, strict=True):
        if altura > 2 * len(TOPICOS_BASE):
            linhas.append(Text())
        barra = "█" * round(quantos * por_pedido) + " " * (quantos > 0)
        linhas.append(Text.assemble(f"{topico:{ROTULO}} ", (barra, etapa.cor), (f"{quantos}", "bold")))
    return _enche(linhas, largura, altura)


def _barra(esquerda: Text, direita: Text, estilo: str, largura: int, fundo: str = " ") -> Text:
    """Os dois textos nas pontas de uma linha com este estilo."""
    meio = fundo * max(0, largura - esquerda.cell_len - direita.cell_len)
    return Text.assemble(esquerda, meio, direita, style=estilo)


def _quebra(texto: Text, console: Console) -> list[Text]:
    """`texto` em linhas que se leem; nenhuma, se não há texto."""
    return list(texto.wrap(console, min(console.width, LARGURA_DE_LEITURA))) if texto else []


def _enche(linhas: list[Text], largura: int, altura: int) -> list[Text]:
    """`altura` linhas de `largura` colunas exatas, cortadas ou completadas: cobrem o que havia na tela."""
    for linha in linhas:
        linha.truncate(largura, overflow="ellipsis", pad=True)
    return [*linhas[:altura], *(Text(" " * largura) for _ in range(altura - len(linhas)))]
