"""As previsões: constantes que o aluno escreve na cópia e a conferência compara com o que aconteceu."""

import importlib
from collections.abc import Mapping

from exercicios.conferencias.falta import Falta


def le(modulo: str, *nomes: str) -> dict[str, object]:
    """As constantes `nomes` do `modulo` (str). Erro: Falta se alguma não foi escrita, ou o arquivo tem um erro."""
    try:
        copia = importlib.import_module(modulo)
    except Exception as erro:  # noqa: BLE001  # o arquivo é do aluno: qualquer erro pode vir dele
        raise Falta(f"o Python não aceita {modulo}: {type(erro).__name__}: {erro}") from None
    previsoes = {nome: getattr(copia, nome, None) for nome in nomes}
    if faltam := [nome for nome, valor in previsoes.items() if valor is None]:
        raise Falta(f"ainda não há previsão em {', '.join(faltam)}")
    return previsoes


def erradas(previsoes: Mapping[str, object], aconteceu: Mapping[str, object], reveja: Mapping[str, str]) -> list[str]:
    """O que dizer de cada previsão errada (list[str]): que passo do raciocínio rever, e não a resposta.

    `aconteceu` e `reveja` têm um valor por nome de `previsoes`.
    """
    return [
        f"{nome} não é {previsto!r}: {reveja[nome]}"
        for nome, previsto in previsoes.items()
        if _normal(previsto) != aconteceu[nome]
    ]


def compara(previsoes: Mapping[str, object], aconteceu: Mapping[str, object], reveja: Mapping[str, str]) -> None:
    """Erro: Falta, com cada uma das `erradas`."""
    if faltas := erradas(previsoes, aconteceu, reveja):
        raise Falta("; ".join(faltas))


def _normal(previsto: object) -> object:
    """A previsão sem o que só é jeito de escrever: uma tupla é uma lista, e "Perdidos " é "perdidos"."""
    if isinstance(previsto, tuple):
        return list(previsto)
    return previsto.strip().lower() if isinstance(previsto, str) else previsto
