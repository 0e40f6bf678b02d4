"""A figura do caos: inteira em um arquivo, leve, com todas as falhas e sem nomes uns sobre os outros."""

import itertools
import random
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from common.configuracao import ESTOQUE, NOTIFICACAO, PAGAMENTO
from lab import RAIZ
from lab.caos import figura
from lab.caos.cronica import Amostra, Cronica, Episodio
from lab.caos.figura import desenha

SVG = "{http://www.w3.org/2000/svg}"
FALHAS = ("kill-9", "Ctrl+C", "congela", "kill-9 entre enviar e confirmar")
ALVOS = ("estoque", "pagamento", "notificação", "produtor", "broker 1", "broker 2", "broker 3")
TAMANHO_MAXIMO = 300_000  # bytes: o que ainda se abre na hora em uma página


def meia_hora() -> Cronica:
    """100.000 pedidos em 30 minutos, com 7.201 amostras e 30 falhas, sempre as mesmas."""
    sorteio = random.Random(42)
    inicios = sorted(sorteio.uniform(0, 1800) for _ in range(30))
    return Cronica(
        semente=42,
        pedidos=100_000,
        brokers=3,
        amostras=[Amostra(n / 4, 14 * n, 13 * n, 12 * n) for n in range(7201)],
        episodios=[
            Episodio(sorteio.choice(FALHAS), sorteio.choice(ALVOS), t, t + sorteio.choice((0, 3, 9)), sorteio.random())
            for t in inicios
        ],
    )


def desenhada(cronica: Cronica, pasta: Path) -> ElementTree.Element:
    caminho = pasta / "caos.svg"
    desenha(cronica, caminho)
    return ElementTree.fromstring(caminho.read_bytes())


def textos(svg: ElementTree.Element, classe: str = "") -> list[str]:
    return [no.text or "" for no in svg.iter(f"{SVG}text") if classe in no.get("class", "")]


def curvas(svg: ElementTree.Element) -> list[str]:
    """O traço de cada uma das três, na ordem da linha de produção."""
    return [no.get("d", "") for no in svg.iter(f"{SVG}path") if no.get("class") == "curva"]


def test_a_figura_tem_titulo_as_tres_etapas_e_todas_as_falhas(tmp_path: Path) -> None:
    cronica = meia_hora()
    svg = desenhada(cronica, tmp_path)
    assert "Caos: semente 42, 3 brokers, 100.000 pedidos" in textos(svg)
    assert {"pedidos enviados", "pedidos aprovados", "pedidos pagos"} <= set(textos(svg))
    assert sorted(textos(svg, "nome")) == sorted(episodio.falha for episodio in cronica.episodios)
    assert {episodio.alvo for episodio in cronica.episodios} <= set(textos(svg))
    assert {"0", "1.800", "100.000"} <= set(textos(svg))


def test_milhares_de_amostras_viram_algumas_centenas_de_pontos_sem_perder_as_pontas(tmp_path: Path) -> None:
    cronica = meia_hora()
    svg = desenhada(cronica, tmp_path)
    assert (tmp_path / "caos.svg").stat().st_size < TAMANHO_MAXIMO
    assert len(curvas(svg)) == 3
    for curva in curvas(svg):
        assert 200 < len(re.findall(r"[ML][\d.]+,[\d.]+", curva)) <= figura.PONTOS_MAXIMOS
    ralas = figura._rala(cronica.amostras)
    assert (ralas[0], ralas[-1]) == (cronica.amostras[0], cronica.amostras[-1])


@pytest.mark.parametrize("quantas", [0, 1, 2, 3, 499, 500, 501, 999, 1000])
def test_poucas_amostras_ficam_todas(quantas: int) -> None:
    amostras = [Amostra(float(n), n, n, n) for n in range(quantas)]
    ralas = figura._rala(amostras)
    assert len(ralas) <= figura.PONTOS_MAXIMOS
    assert (
        ralas == amostras if quantas <= figura.PONTOS_MAXIMOS else ralas[:: len(ralas) - 1] == amostras[:: quantas - 1]
    )


def test_a_figura_nao_busca_nada_fora_nem_executa_nada(tmp_path: Path) -> None:
    desenhada(meia_hora(), tmp_path)
    texto = (tmp_path / "caos.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"\w+://[^\"'\s)<]*", texto)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    for proibido in ("<script", "href", "@import", "url(", "<!--", "<?xml-stylesheet"):
        assert proibido not in texto
    assert not re.search(r"\son\w+=", texto)


def test_nenhum_nome_fica_sobre_outro_nem_sai_do_papel(tmp_path: Path) -> None:
    cronica = meia_hora()
    # a pior aglomeração: no fim, onde os nomes têm de recuar, e todas no mesmo alvo
    cronica.episodios += [Episodio(FALHAS[3], "estoque", 1795.0 + n, 1795.5 + n, 0.1) for n in range(5)]
    svg = desenhada(cronica, tmp_path)
    nomes = []
    for no in svg.iter(f"{SVG}text"):
        if no.get("class") == "nome":
            largura = len(no.text or "") * figura.LETRA_LARGURA
            inicio = float(no.get("x", "")) - (largura if no.get("text-anchor") == "end" else 0)
            nomes.append((float(no.get("y", "")), inicio, inicio + largura))
    assert len(nomes) == len(cronica.episodios)
    nomes.sort()
    for (altura, _, fim), (outra_altura, inicio, _) in itertools.pairwise(nomes):
        assert altura != outra_altura or fim <= inicio
    assert all(inicio >= figura.ESQUERDA and fim <= figura.DIREITA for _, inicio, fim in nomes)


def test_uma_falha_instantanea_tem_tamanho_e_uma_nao_curada_vai_ate_o_fim(tmp_path: Path) -> None:
    cronica = meia_hora()
    cronica.episodios = [Episodio("Ctrl+C", "estoque", 900.0, 900.0, 0.0), Episodio("congela", "broker 1", 1700.0)]
    svg = desenhada(cronica, tmp_path)
    assert sorted(textos(svg, "nome")) == ["Ctrl+C", "congela (não curada)"]
    _, (instantanea, nao_curada) = figura._faixas(cronica.episodios, figura._Escala(1800.0, 1))
    assert instantanea.fim - instantanea.inicio == figura.TRACO_MINIMO
    assert nao_curada.fim == figura.DIREITA


def test_uma_falha_que_nao_aconteceu_fica_na_faixa_do_seu_alvo() -> None:
    episodios = [Episodio("veneno", "os três tópicos", t, t + 1, 0.5, aconteceu=t > 1) for t in (1.0, 90.0)]
    faixas, marcas = figura._faixas(episodios, figura._Escala(100.0, 1))
    assert faixas == ["os três tópicos"]
    assert [marca.nome for marca in marcas] == ["veneno (não aconteceu)", "veneno"]


def test_o_mesmo_alvo_ocupa_mais_de_uma_faixa_se_os_nomes_nao_cabem_em_uma() -> None:
    juntos = [Episodio("kill-9", "estoque", t, t + 1, 0.5) for t in (10.0, 11.0)]
    longe = Episodio("kill-9", "estoque", 500.0, 501.0, 0.5)
    faixas, marcas = figura._faixas(
        [*juntos, longe, Episodio("congela", "broker 1", 1.0, 2.0)], figura._Escala(600.0, 1)
    )
    assert faixas == ["estoque", "", "broker 1"]
    assert [marca.faixa for marca in marcas] == [0, 1, 0, 2]


@pytest.mark.parametrize(
    "cronica",
    [
        Cronica(1, 1000, 1),
        Cronica(1, 0, 3),
        Cronica(1, 10, 1, [Amostra(0.0, 0, 0, 0)]),
        Cronica(1, 10, 1, [Amostra(0.2, 1, 1, 1), Amostra(0.4, 2, 2, 2)]),
        Cronica(1, 10, 1, [], [Episodio("kill-9", "lua", 0.0)]),
        Cronica(1, 10, 1, [Amostra(1.0, 10, 14, 21), Amostra(9.0, 10, 14, 21)]),  # o laço ingênuo duplicou pedidos
    ],
    ids=["vazia", "sem pedidos", "uma amostra", "curta", "só uma falha", "mais pagos do que enviados"],
)
def test_uma_cronica_pobre_tambem_se_desenha(cronica: Cronica, tmp_path: Path) -> None:
    svg = desenhada(cronica, tmp_path)
    assert any(texto.startswith("Caos: semente 1, ") for texto in textos(svg))
    assert not re.search(r"\b(nan|inf|None)\b", (tmp_path / "caos.svg").read_text(encoding="utf-8"))


def test_cada_alvo_tem_a_sua_cor_na_ordem_da_linha_de_producao() -> None:
    alvos = ["os três tópicos", "cada broker", "broker 1", NOTIFICACAO.nome, PAGAMENTO.nome, ESTOQUE.nome, "produtor"]
    faixas, _ = figura._faixas([Episodio("kill-9", alvo, 1.0, 2.0) for alvo in alvos], figura._Escala(10.0, 1))
    assert faixas == ["produtor", "ESTOQUE", "PAGAMENTO", "NOTIFICAÇÃO", "broker 1", "cada broker", "os três tópicos"]
    assert len({figura._cor(alvo) for alvo in faixas}) == len(faixas) - 1  # os brokers têm uma só
    assert figura._cor(ESTOQUE.nome) == figura.CORES["estoque"]


def test_os_pontos_ficam_onde_a_escala_manda(tmp_path: Path) -> None:
    svg = desenhada(
        Cronica(1, 10, 1, [Amostra(0.0, 0, 0, 0), Amostra(5.0, 10, 5, 0), Amostra(10.0, 10, 10, 10)]), tmp_path
    )
    esquerda, meio, direita = figura.ESQUERDA, (figura.ESQUERDA + figura.DIREITA) / 2, figura.DIREITA
    topo, metade, zero = figura.TOPO, (figura.TOPO + figura.ZERO) / 2, figura.ZERO
    assert [[float(n) for n in re.findall(r"[\d.]+", curva)] for curva in curvas(svg)] == [
        [esquerda, zero, meio, y, direita, topo] for y in (topo, metade, zero)
    ]


def test_a_mesma_cronica_da_o_mesmo_arquivo(tmp_path: Path) -> None:
    desenhada(meia_hora(), tmp_path)
    primeiro = (tmp_path / "caos.svg").read_bytes()
    desenhada(meia_hora(), tmp_path)
    assert (tmp_path / "caos.svg").read_bytes() == primeiro


def test_o_drawsvg_so_e_importado_para_desenhar() -> None:
    programa = "import sys, lab.caos.execucao; sys.exit('drawsvg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", programa], cwd=RAIZ, timeout=60).returncode == 0
