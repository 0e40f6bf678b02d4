"""As pastas de dados: de que Kafka elas são, e como apagá-las."""

from common.erros import ErroDoLaboratorio
from lab.kafka_local import propriedades
from lab.kafka_local.topologia import Topologia
from lab.processos.pasta import apaga_pasta
from lab.processos.trava import Trava

EM_USO = "em-uso.trava"  # dentro da pasta de um broker


def apaga_dados(topologia: Topologia) -> None:
    """Apaga as pastas dos brokers. Erro: ErroDoLaboratorio se uma é de um Kafka em execução, ou não se deixa apagar."""
    dos_brokers = sorted(topologia.pasta.glob("broker-*"))
    for pasta in dos_brokers:  # todas antes de apagar qualquer uma
        trava = Trava(pasta / EM_USO)
        if not trava.livre():
            raise pasta_ocupada(topologia, trava)
    for pasta in dos_brokers:
        if not apaga_pasta(pasta):
            raise ErroDoLaboratorio(
                f"não consegui apagar {pasta}: outro programa usa um arquivo dela? Feche-o e repita"
            )


def pasta_ocupada(topologia: Topologia, trava: Trava) -> ErroDoLaboratorio:
    """O erro que diz de quem é a pasta da `topologia`, pela `trava` que o outro segura."""
    listeners = propriedades.le(topologia.pasta / "broker-1" / "server.properties", "listeners") or ""
    endereco = listeners.partition(",")[0].removeprefix("PLAINTEXT://")
    onde = f", em {endereco}" if endereco else ""
    return ErroDoLaboratorio(
        f"a pasta {topologia.pasta} já é de outro Kafka em execução{onde} (processo {trava.dono()}): use o que já está "
        "rodando, ou dê a este outra porta e outra pasta (--porta 9095 --pasta .kafka-9095)"
    )
