"""O produtor_pedidos.py, sem mudança nenhuma, que desiste em 7 s e não em 32: o que faz então é o mesmo."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.conexao import clientes

clientes.ENTREGA_MS = 5_000  # a paciência dele é isto e mais 2 s
runpy.run_path("produtor_pedidos.py", run_name="__main__")
