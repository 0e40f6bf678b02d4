"""O recuo de quem perde uma sessão atrás da outra: esperas que dobram, e o motivo dito uma vez.

Cada sessão que entra e sai rebalanceia o grupo inteiro: sem recuo, uma instância doente para as sadias.
"""

import math

from common.prazo import Prazo

PRIMEIRA_S = 0.2  # uma sessão perdida à toa (um rebalanceamento, um broker que reinicia) volta logo
MAXIMA_S = 5.0  # três rebalanceamentos por dezena de segundos o grupo aguenta, e o que se conserta é visto logo
RESUMO_S = 30.0


class Recuo:
    """Quantas sessões se perderam sem que o serviço avançasse, e quanto esperar pela próxima."""

    def __init__(self) -> None:
        self.avancou()

    def avancou(self) -> None:
        """Um commit, ou um pulso com o grupo formado: a próxima perda é a primeira."""
        self._seguidas = 0
        self._ditos: set[str] = set()
        self._resumo = Prazo(math.inf)

    @property
    def insiste(self) -> bool:
        """Diz se a sessão em curso é mais uma tentativa: o que ela anuncia já foi dito."""
        return self._seguidas > 1

    @property
    def espera_s(self) -> float:
        """Quanto falta esperar antes da próxima sessão; zero se a anterior avançou."""
        return min(PRIMEIRA_S * 2 ** (self._seguidas - 1), MAXIMA_S) if self._seguidas else 0.0

    def perdeu(self, motivo: str, e_agora: str) -> str | None:
        """Conta uma sessão perdida. A linha a dizer, se é notícia."""
        self._seguidas += 1
        if motivo not in self._ditos:
            self._ditos.add(motivo)
            self._resumo = Prazo(RESUMO_S)
            return f"Sessão perdida ({motivo}): {e_agora}"
        if self._resumo.esgotado:
            self._resumo = Prazo(RESUMO_S)
            return f"Ainda sem sessão ({motivo}), na {self._seguidas}ª tentativa: tento a cada {self.espera_s:.0f} s"
        return None
