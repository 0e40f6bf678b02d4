"""`python -m tests.apoio.guarda COMANDO...`: roda o comando quando a entrada padrão acabar.

Ela acaba quando quem a segurava a fecha ou deixa de existir, mesmo por kill -9: o que um teste interrompido deixou no
Docker, o comando leva. É o que faz o reaper do testcontainers, sem outra imagem para baixar.
"""

import subprocess
import sys

COMANDO_S = 120  # um `down -v` leva uns 10 s; um Docker que parou de responder não prende o guarda para sempre

if __name__ == "__main__":
    sys.stdin.buffer.read()
    sys.exit(subprocess.run(sys.argv[1:], timeout=COMANDO_S, check=False).returncode)
