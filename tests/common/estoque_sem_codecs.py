"""O servico_estoque.py, sem mudança nenhuma, em uma instalação a que faltam as bibliotecas de compressão."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
for biblioteca in ("lz4", "lz4.frame", "snappy", "zstandard"):
    sys.modules[biblioteca] = None  # type: ignore[assignment]  # é assim que um import passa a falhar

runpy.run_path("servico_estoque.py", run_name="__main__")
