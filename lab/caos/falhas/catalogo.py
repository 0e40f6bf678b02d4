"""As falhas que há, e quais delas cabem em um ensaio.

Uma nova é um `with` no arquivo do que ela atinge (servicos, brokers, rede, entrada) e uma linha na lista do fim dele.
"""

import contextlib
import os
import signal
from collections.abc import Iterator

from common.erros import ErroDeUso
from lab.caos.falhas.brokers import DE_BROKERS
from lab.caos.falhas.entrada import DA_ENTRADA
from lab.caos.falhas.falha import Alvos, Falha, Golpe
from lab.caos.falhas.rede import DA_REDE
from lab.caos.falhas.servicos import DE_SERVICOS

PODE_CONGELAR = hasattr(signal, "SIGSTOP") and os.name == "posix"


@contextlib.contextmanager
def _nenhuma(_: Alvos) -> Iterator[Golpe]:
    yield Golpe("todos de pé")


NENHUMA = Falha("nenhuma", "nada acontece: a linha de base", (1.0, 3.0), _nenhuma)
FALHAS = {falha.nome: falha for falha in (NENHUMA, *DE_SERVICOS, *DA_ENTRADA, *DE_BROKERS, *DA_REDE)}


def escolhidas(nomes: str | None, ingenuo: bool) -> list[Falha]:
    """As falhas de `nomes` ("a,b,c"), ou todas as que esta máquina e estes serviços admitem. Erro: ErroDeUso."""
    impossiveis = {
        falha.nome: porque
        for falha in FALHAS.values()
        for impede, porque in (
            (falha.congela and not PODE_CONGELAR, "o Windows não sabe congelar um processo"),
            (falha.sabota and ingenuo, "sabota a transação, que o serviço ingênuo não tem"),
        )
        if impede
    }
    if nomes is None:
        return [falha for falha in FALHAS.values() if falha.nome not in impossiveis]
    pedidas = [nome.strip() for nome in nomes.split(",")]
    if erradas := [nome for nome in pedidas if nome not in FALHAS]:
        raise ErroDeUso(f"--falhas: não conheço {', '.join(map(repr, erradas))} (há: {', '.join(FALHAS)})")
    if recusadas := [f"{nome} ({impossiveis[nome]})" for nome in pedidas if nome in impossiveis]:
        raise ErroDeUso(f"--falhas: {', '.join(recusadas)}")
    return [FALHAS[nome] for nome in dict.fromkeys(pedidas)]
