"""As cópias, as soluções e os dois documentos dizem a mesma coisa. Sem Kafka."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from common.erros import ErroDoLaboratorio
from exercicios.conferencias import EXERCICIOS, previsao
from exercicios.conferencias.falta import Falta
from exercicios.recomeco import recomeca
from lab import RAIZ
from tests.apoio.copias import ORIGINAIS, exige_original

COPIAS, SOLUCOES = RAIZ / "exercicios", RAIZ / "exercicios" / "solucoes"
EXERCICIOS_MD, GUIA_MD = RAIZ / "docs" / "exercicios.md", RAIZ / "docs" / "guia-do-professor.md"
LINHAS_MAXIMO = 50  # uma cópia cabe em uma tela


def le(arquivo: Path) -> str:
    return arquivo.read_text(encoding="utf-8")


def secao(numero: int) -> str:
    """O texto do exercício em docs/exercicios.md, do título dele ao do próximo."""
    return re.split(r"(?m)^## \d+\. ", le(EXERCICIOS_MD))[numero]


def nomes_de_cima(arquivo: Path) -> list[str]:
    """As constantes e funções (list[str]) de um módulo, na ordem em que aparecem."""
    return [
        ast.unparse(no.targets[0]) if isinstance(no, ast.Assign) else no.name
        for no in ast.parse(le(arquivo)).body
        if isinstance(no, (ast.Assign, ast.FunctionDef))
    ]


def test_cada_exercicio_tem_a_sua_copia() -> None:
    assert list(ORIGINAIS) == list(EXERCICIOS.values())


@pytest.mark.parametrize("nome", EXERCICIOS.values())
def test_os_todos_da_copia_sao_numerados_e_a_solucao_nao_tem_nenhum(nome: str) -> None:
    exige_original(nome)
    todos = sorted(int(numero) for numero in re.findall(r"# TODO (\d+): ", le(COPIAS / f"{nome}.py")))
    assert todos and todos == list(range(1, len(todos) + 1))
    assert "TODO" not in le(SOLUCOES / f"{nome}.py")


@pytest.mark.parametrize("nome", EXERCICIOS.values())
def test_a_copia_e_curta_e_a_solucao_tem_a_mesma_forma(nome: str) -> None:
    exige_original(nome)
    copia, solucao = COPIAS / f"{nome}.py", SOLUCOES / f"{nome}.py"
    assert len(le(copia).splitlines()) <= LINHAS_MAXIMO
    assert nomes_de_cima(copia) == nomes_de_cima(solucao)


@pytest.mark.parametrize("numero", EXERCICIOS)
def test_cada_exercicio_tem_no_texto_tudo_o_que_o_aluno_precisa(numero: int) -> None:
    texto = secao(numero)
    for parte in ("**Nível:**", "**Tempo:**", "**Objetivo:**", "**Passos:**", "**Como conferir:**", "**Para pensar:**"):
        assert parte in texto
    assert f"`python -m exercicios {numero}`" in texto
    assert f"exercicios/{EXERCICIOS[numero]}.py" in texto
    assert f"\n{numero}. **" in le(GUIA_MD), "o guia responde às perguntas de cada um"


def test_uma_previsao_que_falta_e_uma_errada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "copia_do_aluno.py").write_text("A = 1\nB = None\nC = [2]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Falta, match=r"^ainda não há previsão em B, D$"):
        previsao.le("copia_do_aluno", "A", "B", "C", "D")
    previsoes = previsao.le("copia_do_aluno", "A", "C")
    reveja = {"A": "a conta", "C": "a lista"}
    previsao.compara(previsoes, {"A": 1, "C": [2]}, reveja)
    with pytest.raises(Falta, match=r"^A não é 1: a conta; C não é \[2\]: a lista$"):  # e nunca a resposta
        previsao.compara(previsoes, {"A": 3, "C": []}, reveja)


@pytest.mark.parametrize(
    ("previsto", "certo"),
    [([5, 5, 4], True), ((5, 5, 4), True), ([5, 4, 5], False), ("perdidos", False), ([5, 5], False), (14, False)],
)
def test_uma_tupla_e_uma_lista(previsto: object, certo: bool) -> None:
    assert (previsao.erradas({"A": previsto}, {"A": [5, 5, 4]}, {"A": ""}) == []) is certo


@pytest.mark.parametrize(("previsto", "certo"), [("perdidos", True), (" Perdidos", True), ("duplicados", False)])
def test_uma_palavra_vale_sem_espacos_nem_maiusculas(previsto: object, certo: bool) -> None:
    assert (previsao.erradas({"A": previsto}, {"A": "perdidos"}, {"A": ""}) == []) is certo


@pytest.fixture
def copia_no_git(tmp_path: Path) -> Path:
    """Uma cópia de exercício em um repositório git só deste teste."""
    copia = tmp_path / "exercicios" / "ex9.py"
    copia.parent.mkdir()
    copia.write_text("# TODO 1: …\n", encoding="utf-8")
    for comando in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm x"):
        subprocess.run(["git", *comando.split()], cwd=tmp_path, check=True, capture_output=True)
    return copia


def test_recomecar_nao_apaga_o_que_o_aluno_fez(copia_no_git: Path) -> None:
    original = le(copia_no_git)
    assert recomeca(copia_no_git) == "ex9.py já está como veio"
    for n, texto in ((1, "resolvido"), (2, "de outro jeito")):
        copia_no_git.write_text(texto, encoding="utf-8")
        assert f"a sua ficou em exercicios/ex9.py.antes-{n}" in recomeca(copia_no_git)
        assert le(copia_no_git) == original
        assert le(copia_no_git.with_name(f"ex9.py.antes-{n}")) == texto
    copia_no_git.unlink()
    assert recomeca(copia_no_git) == "ex9.py está de volta" and le(copia_no_git) == original


def test_recomecar_sem_o_git_diz_o_que_fazer_e_nao_toca_em_nada(tmp_path: Path) -> None:
    copia = tmp_path / "ex9.py"
    copia.write_text("resolvido", encoding="utf-8")
    with pytest.raises(ErroDoLaboratorio, match=r"não veio do git clone.*copie de lá o ex9\.py"):
        recomeca(copia)
    assert le(copia) == "resolvido"


@pytest.mark.parametrize(("texto", "erro"), [("A = (\n", "SyntaxError"), ("A = b\n", "NameError")])
def test_um_erro_de_python_na_copia_e_dito_em_uma_linha(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texto: str, erro: str
) -> None:
    (tmp_path / f"copia_com_{erro.lower()}.py").write_text(texto, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Falta, match=rf"^o Python não aceita copia_com_{erro.lower()}: {erro}: .+"):
        previsao.le(f"copia_com_{erro.lower()}", "A")
