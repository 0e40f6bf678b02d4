"""O que uma conferência diz de um exercício que ainda não está resolvido."""

from common.erros import ErroDoLaboratorio


class Falta(ErroDoLaboratorio):
    """O que falta, ou o que aconteceu de diferente do previsto, em uma linha para o aluno."""
