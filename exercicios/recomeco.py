"""A cópia por resolver de volta, sem que a do aluno se perca: ela fica ao lado, com outro nome."""

import itertools
import subprocess
from pathlib import Path

from common.erros import ErroDoLaboratorio

GIT_S = 30.0  # ler um arquivo do repositório leva milissegundos


def recomeca(copia: Path) -> str:
    """Troca `copia` pela que veio no repositório. Devolve o que dizer (str). Erro: ErroDoLaboratorio sem o git."""
    original = _do_repositorio(copia)
    if copia.exists() and copia.read_bytes() == original:
        return f"{copia.name} já está como veio"
    if not copia.exists():
        copia.write_bytes(original)
        return f"{copia.name} está de volta"
    guardada = next(
        nome for n in itertools.count(1) if not (nome := copia.with_name(f"{copia.name}.antes-{n}")).exists()
    )
    copia.rename(guardada)
    copia.write_bytes(original)
    return f"{copia.name} está como veio; a sua ficou em exercicios/{guardada.name}"


def _do_repositorio(copia: Path) -> bytes:
    como = f"baixe o laboratório em outra pasta e copie de lá o {copia.name}"
    try:
        git = ["git", "show", f"HEAD:./{copia.name}"]
        fim = subprocess.run(git, cwd=copia.parent, capture_output=True, timeout=GIT_S)
    except (OSError, subprocess.TimeoutExpired):
        raise ErroDoLaboratorio(f"o git, de onde vem a cópia por resolver, não responde: {como}") from None
    if fim.returncode != 0:
        raise ErroDoLaboratorio(f"esta pasta não veio do git clone, e ele não tem a cópia por resolver: {como}")
    return fim.stdout
