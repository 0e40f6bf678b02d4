"""Os quatro scripts: curtos, irmãos e sem atalhos por fora de common."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.configuracao import ETAPAS, Etapa
from common.pacotes import DOS_SCRIPTS
from lab import RAIZ
from tests.apoio.script import SCRIPTS, SERVICOS

LINHAS_MAXIMO = 40
COMMON = RAIZ / "common"
COMUNS = sorted(COMMON.rglob("*.py"))


def arvore(nome: str) -> ast.Module:
    return ast.parse((RAIZ / f"{nome}.py").read_text(encoding="utf-8"))


def importados(no: ast.AST) -> Iterator[str]:
    """Os módulos (list[str]) importados em qualquer ponto, também dentro de funções."""
    for n in ast.walk(no):
        if isinstance(n, ast.Import):
            yield from (alias.name for alias in n.names)
        elif isinstance(n, ast.ImportFrom):
            assert n.level == 0, "os imports são absolutos"
            yield n.module or ""


class _Mascara(ast.NodeTransformer):
    """Apaga o que muda de um serviço para outro: textos, números, a etapa e o nome da transição."""

    etapas = frozenset({"ESTOQUE", "PAGAMENTO", "NOTIFICACAO"})
    transicoes = frozenset({"aprovado", "pago"})

    def visit_Constant(self, no: ast.Constant) -> ast.AST:
        return ast.Constant(type(no.value).__name__)

    def visit_Name(self, no: ast.Name) -> ast.AST:
        return ast.Name("ETAPA" if no.id in self.etapas else no.id, no.ctx)

    def visit_alias(self, no: ast.alias) -> ast.AST:
        return ast.alias("ETAPA" if no.name in self.etapas else no.name, no.asname)

    def visit_Attribute(self, no: ast.Attribute) -> ast.AST:
        self.generic_visit(no)
        return ast.Attribute(no.value, "transicao" if no.attr in self.transicoes else no.attr, no.ctx)


def forma(no: ast.AST) -> str:
    return ast.dump(_Mascara().visit(no))


@pytest.mark.parametrize("script", SCRIPTS)
def test_cabe_em_uma_tela(script: str) -> None:
    linhas = (RAIZ / f"{script}.py").read_text(encoding="utf-8").splitlines()
    assert len(linhas) <= LINHAS_MAXIMO
    assert max(map(len, linhas)) <= 120


def test_estoque_e_pagamento_sao_o_mesmo_programa() -> None:
    assert forma(arvore("servico_estoque")) == forma(arvore("servico_pagamento"))


@pytest.mark.parametrize("script", SERVICOS)
def test_os_tres_servicos_tem_os_mesmos_imports_e_o_mesmo_laco(script: str) -> None:
    def moldura(nome: str) -> str:
        """Tudo menos o corpo do `for`: o trabalho de cada um."""
        no = arvore(nome)
        for laco in ast.walk(no):
            if isinstance(laco, ast.For):
                laco.body = [ast.Pass()]
        return forma(no)

    assert moldura(script) == moldura("servico_estoque")


@pytest.mark.parametrize("script", SCRIPTS)
def test_o_esqueleto_e_o_mesmo(script: str) -> None:
    no = arvore(script)
    assert ast.get_docstring(no)
    tipos = [type(n) for n in no.body if not isinstance(n, (ast.Import, ast.ImportFrom))]
    assert tipos == [ast.Expr, ast.FunctionDef, ast.If]
    funcao, guarda = no.body[-2:]
    assert isinstance(funcao, ast.FunctionDef)
    assert funcao.name == "main" and ast.unparse(guarda) == "if __name__ == '__main__':\n    main()"
    _, bloco = funcao.body
    assert [type(n) for n in funcao.body] == [ast.Assign, ast.With]
    assert isinstance(bloco, ast.With) and [type(n) for n in bloco.body] == [ast.For]


@pytest.mark.parametrize(("script", "etapa"), list(zip(SERVICOS, ETAPAS, strict=True)))
def test_cada_servico_usa_a_sua_etapa_e_diz_os_seus_topicos(script: str, etapa: Etapa) -> None:
    no = arvore(script)
    nomes = {n.id for n in ast.walk(no) if isinstance(n, ast.Name)} & _Mascara.etapas
    assert nomes == {script.removeprefix("servico_").upper()}
    assert etapa.grupo_base == script.replace("servico_", "grupo_")
    docstring = ast.get_docstring(no) or ""
    assert etapa.entrada in docstring
    assert etapa.saida is None or etapa.saida in docstring


@pytest.mark.parametrize("script", SCRIPTS)
def test_um_script_so_importa_time_e_common(script: str) -> None:
    raizes = {modulo.split(".")[0] for modulo in importados(arvore(script))}
    assert raizes <= {"time", "common"}


@pytest.mark.parametrize("arquivo", COMUNS, ids=lambda a: a.relative_to(COMMON).as_posix())
def test_common_so_importa_o_que_o_requirements_promete_aos_scripts(arquivo: Path) -> None:
    raizes = {modulo.split(".")[0] for modulo in importados(ast.parse(arquivo.read_text(encoding="utf-8")))}
    assert raizes <= sys.stdlib_module_names | {"common"} | DOS_SCRIPTS.keys()


DOS_BASICOS = {
    "common",
    "common.erros",
    "common.pacotes",
    "common.terminal",
    "common.terminal.texto",
}
SO_DA_BIBLIOTECA_PADRAO = [
    "__init__",
    "erros",
    "prazo",
    "lote",
    "pacotes",
    "significados",
    "terminal/argumentos",
    "terminal/ritmo",
    "terminal/shell",
    "terminal/texto",
]


@pytest.mark.parametrize("nome", SO_DA_BIBLIOTECA_PADRAO)
def test_o_que_so_usa_a_biblioteca_padrao(nome: str) -> None:
    modulos = set(importados(ast.parse((COMMON / f"{nome}.py").read_text(encoding="utf-8"))))
    assert {m.split(".")[0] for m in modulos} <= sys.stdlib_module_names | {"common"}
    assert {m for m in modulos if m.startswith("common")} <= DOS_BASICOS
