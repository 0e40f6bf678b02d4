"""O servico_estoque.py, sem mudança nenhuma, sobre o código óbvio: a foto do grupo tirada na hora do commit."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.sessao import Sessao

_confirma = Sessao.confirma


def _com_foto_tardia(self, lidos, publicacoes):
    self._foto = self._consumidor.group_metadata()
    return _confirma(self, lidos, publicacoes)


Sessao.confirma = _com_foto_tardia
runpy.run_path("servico_estoque.py", run_name="__main__")
