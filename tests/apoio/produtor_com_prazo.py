"""O produtor_pedidos.py, sem mudança nenhuma, que desiste depois de SEGUNDOS + 2, e não de 32: o resto é o mesmo.

produtor_com_prazo.py SEGUNDOS FLAGS...
"""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.conexao import clientes

clientes.ENTREGA_MS = int(sys.argv.pop(1)) * 1000  # a paciência dele é isto e mais 2 s
runpy.run_path("produtor_pedidos.py", run_name="__main__")
