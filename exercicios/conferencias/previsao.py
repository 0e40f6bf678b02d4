"""As previsões: constantes que o aluno escreve na cópia e a conferência compara com o que aconteceu."""

import importlib

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


def compara(previsoes: dict[str, object], aconteceu: dict[str, object]) -> None:
    """Erro: Falta, com cada previsão que não é o que aconteceu. As duas têm os mesmos nomes."""
    erradas = [
        f"{nome}: você previu {previsto!r}, e aconteceu {aconteceu[nome]!r}"
        for nome, previsto in previsoes.items()
        if previsto != aconteceu[nome]
    ]
    if erradas:
        raise Falta("; ".join(erradas))
