"""O servico_estoque.py, sem mudança nenhuma, morto (kill -9) entre enviar os offsets e confirmar a transação."""

import os
import runpy
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kafka import KafkaProducer


def _morre(produtor):
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


KafkaProducer.commit_transaction = _morre
runpy.run_path("servico_estoque.py", run_name="__main__")
