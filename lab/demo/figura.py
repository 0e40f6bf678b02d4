"""A figura da demonstração: os quadros de um momento dela em um SVG que se abre sozinho, sem nada de fora."""

import io
from pathlib import Path

from rich.console import Console, Group
from rich.terminal_theme import TerminalTheme

from lab.demo.desenho import desenha
from lab.demo.passo import Passo
from lab.demo.terminais import Terminais

LARGURA, ALTURA = 100, 30  # colunas e linhas: com mais do que isto as letras somem na largura de um README
TITULO = "python -m lab demo"
# as de um terminal comum (o do VS Code): nos temas do rich o preto mal se lê, ou o magenta é o vermelho de um morto
PRETO, VERMELHO, VERDE, AMARELO = (0, 0, 0), (205, 49, 49), (13, 188, 121), (229, 229, 16)
AZUL, MAGENTA, CIANO, BRANCO = (36, 114, 200), (188, 63, 188), (17, 168, 205), (229, 229, 229)
FUNDO, LETRAS, AZUL_CLARO = (24, 24, 24), (204, 204, 204), (59, 142, 234)
NORMAIS = [PRETO, VERMELHO, VERDE, AMARELO, AZUL, MAGENTA, CIANO, BRANCO]
CORES = TerminalTheme(FUNDO, LETRAS, NORMAIS, [*NORMAIS[:4], AZUL_CLARO, *NORMAIS[5:]])

# o molde do rich, sem as fontes que ele buscaria na rede
MOLDE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
text {{
  font-family: ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", Consolas, monospace;
  font-size: {char_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
{matrix}
</g>
</svg>
"""


def retrata(passo: Passo, terminais: Terminais, caminho: Path) -> None:
    """Grava em `caminho` (Path) o que os quadros mostram agora, em cores, haja ou não um terminal. Erro: OSError."""
    console = Console(
        file=io.StringIO(),
        record=True,
        width=LARGURA,
        height=ALTURA,
        force_terminal=True,
        color_system="truecolor",
        no_color=False,  # NO_COLOR é para terminais
        legacy_windows=False,
    )
    console.print(Group(*desenha(passo, terminais, console)))
    svg = console.export_svg(title=TITULO, theme=CORES, code_format=MOLDE, unique_id="demo")
    caminho.write_bytes(svg.encode())
