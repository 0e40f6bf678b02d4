"""O que se diz no fim de um ensaio: cada falha, cada invariante e o veredito."""

from collections import Counter

from rich.table import Table

from common.terminal.texto import milhar, segundos
from lab.caos.cronica import Cronica
from lab.caos.falhas.catalogo import FALHAS
from lab.caos.plano import Plano
from lab.caos.verificador import Historia
from lab.terminal.relato import Relato

VIOLACOES_DITAS = 5  # de cada invariante: basta para saber por onde começar


def julga(historia: Historia, cronica: Cronica, plano: Plano, tela: Relato) -> bool:
    """Mostra o que houve e o que valeu. Devolve se tudo vale, e houve o bastante para isso provar algo."""
    invariantes = historia.invariantes()
    tela.tabela(_tabela_das_falhas(cronica))
    tabela = Table(title="O que tem de valer", title_justify="left", show_header=False)
    tabela.add_column()
    tabela.add_column(justify="right")
    for invariante in invariantes:
        tabela.add_row(invariante.nome, tela.sinal(invariante.vale))
    tela.tabela(tabela)
    for invariante in invariantes:
        for violacao in invariante.violacoes[:VIOLACOES_DITAS]:
            tela.explica(f"{invariante.nome}: {violacao}")
        if (mais := len(invariante.violacoes) - VIOLACOES_DITAS) > 0:
            tela.explica(f"{invariante.nome}: e mais {mais}")
    confirmados = sum(envio.confirmado for envio in historia.enviados.values())
    aconteceram = Counter(episodio.falha for episodio in cronica.episodios if episodio.aconteceu)
    faltou = plano.o_que_faltou(aconteceram, confirmados)
    for falta in faltou:
        tela.explica(f"A execução não prova nada: {falta}")
    certo = not faltou and all(invariante.vale for invariante in invariantes)
    tela.confere(
        certo,
        f"{milhar(confirmados)} pedidos confirmados, {milhar(len(historia.enviados) - confirmados)} sem resposta, "
        f"{aconteceram.total()} falhas: perdidos {len(historia.perdidos())}, "
        f"duplicados {len(historia.duplicados())} (semente {cronica.semente})",
    )
    return certo


def _tabela_das_falhas(cronica: Cronica) -> Table:
    tabela = Table(title="As falhas", title_justify="left")
    tabela.add_column("falha")
    tabela.add_column("aconteceu", justify="right")
    tabela.add_column("em quem")
    tabela.add_column("retomada mais lenta", justify="right")
    for nome in dict.fromkeys(episodio.falha for episodio in cronica.episodios):
        destes = [episodio for episodio in cronica.episodios if episodio.falha == nome]
        medidas = [episodio.retomada_s for episodio in destes if episodio.retomada_s is not None]
        alvos = ", ".join(dict.fromkeys(episodio.em_quem for episodio in destes))
        tabela.add_row(
            f"{nome}: {FALHAS[nome].explica}",
            str(sum(episodio.aconteceu for episodio in destes)),
            alvos,
            segundos(max(medidas)) if medidas else "não houve",
        )
    return tabela
