"""A figura da demonstração: um SVG que se abre sozinho."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from lab.demo.em_linhas import EmLinhas
from lab.demo.figura import retrata
from lab.demo.passo import Passo
from lab.demo.terminais import Terminais
from lab.processos.parada import Parada
from tests.lab.demo.apoio import diz


def test_a_figura_se_abre_sozinha_e_tem_cor_mesmo_com_no_color(
    terminais: Terminais, passo: Passo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    passo.brokers = {1: False}
    diz(terminais.produtor, *(f"[PRODUTOR] Pedido {n} (aaaa) enviado <&>" for n in range(40)))
    caminho = tmp_path / "figura.svg"
    retrata(passo, terminais, caminho)
    svg = caminho.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg"}
    assert len(svg) < 150_000
    nos = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    textos = [(no.text or "").replace("\xa0", " ").strip() for no in nos]
    assert "Pedido 39 (aaaa) enviado <&>" in textos
    assert any("mortos os brokers: 1" in texto for texto in textos)
    cores = set(re.findall(r'fill="(#[0-9a-f]{6})"', svg))
    assert len(cores) > 3


def test_so_quando_pedida_e_o_que_a_impede_e_dito(
    terminais: Terminais, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    EmLinhas(Parada()).retrata(terminais)
    assert capsys.readouterr().out == ""
    EmLinhas(Parada(), Path("x") / "y" / "z.svg").retrata(terminais)
    assert capsys.readouterr().out.startswith("AVISO: não consegui gravar x")
    figura = tmp_path / "z.svg"
    EmLinhas(Parada(), figura).retrata(terminais)
    assert capsys.readouterr().out.startswith("Figura: ")
    assert figura.read_text(encoding="utf-8").startswith("<svg")
