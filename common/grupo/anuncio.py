"""O que um serviço diz sobre as suas partições: quando entra no grupo e a cada rebalanceamento."""

from common.conexao.clientes import SESSAO_MS
from common.grupo.atribuicao import Atribuicao
from common.prazo import Prazo

RESERVA_S = 1.0  # a primeira atribuição pode vir vazia por um instante; só depois disto ela é notícia
DEMORA_DO_GRUPO_S = 1.5  # entrar em um grupo livre leva 0,3 s


class Anuncio:
    """O que o rebalanceamento mudou para esta instância, dito uma vez, quando é notícia."""

    def __init__(self, atribuicao: Atribuicao, grupo: str) -> None:
        self._atribuicao = atribuicao
        self._grupo = grupo
        self._dito: list[int] | None = None
        self._prazo = Prazo(DEMORA_DO_GRUPO_S)
        self._versao = 0
        self._disse_demora = False

    def novidade(self) -> str | None:
        """A linha a dizer agora, se há uma."""
        if self._versao != self._atribuicao.versao:
            self._versao = self._atribuicao.versao
            self._prazo = Prazo(RESERVA_S)
        particoes = self._atribuicao.particoes
        if self._versao == 0:
            if self._prazo.esgotado and not self._disse_demora:
                self._disse_demora = True
                return (
                    f"Aguardo a vez no {self._grupo}: outro membro termina um pedido, "
                    f"ou morreu (neste caso, até {SESSAO_MS // 1000} s)"
                )
        elif particoes != self._dito and (particoes or self._prazo.esgotado):
            prefixo = "Pronto: " if self._dito is None else "Rebalanceamento: "
            self._dito = particoes
            if particoes:
                return f"{prefixo}partições atribuídas: {', '.join(map(str, particoes))}"
            return f"{prefixo}nenhuma partição, fico em reserva (há instâncias de sobra no {self._grupo})"
        return None
