"""O servico_estoque.py, sem mudança nenhuma, sobre o código óbvio: a foto do grupo tirada na hora do commit."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kafka.consumer.fetcher import ConsumerRecord

from common.sessao import Publicacao, Sessao

_confirma = Sessao.confirma


def _com_foto_tardia(self: Sessao, lidos: Sequence[ConsumerRecord], publicacoes: Sequence[Publicacao]) -> None:
    self._foto = self._consumidor.group_metadata()
    _confirma(self, lidos, publicacoes)


Sessao.confirma = _com_foto_tardia  # type: ignore[method-assign]
runpy.run_path("servico_estoque.py", run_name="__main__")
