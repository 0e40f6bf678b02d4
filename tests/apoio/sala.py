"""O que os testes com Kafka dividem: a sala de aula com os serviços prontos, e o que se exige dos três tópicos."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer

from common.configuracao import TOPICOS_BASE
from common.prazo import espera_ate
from common.significados import DESCONHECIDO
from lab.processos.sala import Sala
from lab.processos.script import Script

PRONTO_S = 30.0  # um serviço leva menos de 1 s; o resto é folga para uma máquina ocupada
FIM_S = 60.0
PASSO_S = 0.3  # quase toda condição abre um cliente Kafka ou pergunta ao Docker: a cada 50 ms ocupariam um núcleo
PRODUTOR_COM_PRAZO = "tests/apoio/produtor_com_prazo.py"  # SEGUNDOS FLAGS...: um script, como os da aula
SEMENTE_DO_PRIMEIRO_COMMIT = "2"  # com ela o sabotado sorteia morrer já no primeiro commit


class SalaDeTeste(Sala):
    """Uma Sala que sabe abrir os serviços e julgar o resultado."""

    def __enter__(self) -> "SalaDeTeste":
        return self

    def servico(self, nome: str, tempo_s: float, **extras: str) -> Script:
        """Um serviço que já tem partições."""
        return self.servicos((nome, tempo_s), **extras)[0]

    def servicos(self, *nomes_e_tempos: tuple[str, float], **extras: str) -> list[Script]:
        """Um serviço por (nome, segundos por pedido), iniciados juntos, quando todos já têm partições."""
        abertos = [self.abre(f"servico_{nome}.py", "--tempo", str(s), **extras) for nome, s in nomes_e_tempos]
        for script in abertos:
            script.espera("partições atribuídas", PRONTO_S)
        return abertos

    def linha_inteira(self, tempo_s: float = 0.0) -> list[Script]:
        """Um de cada serviço, prontos: estoque, pagamento, notificação."""
        return self.servicos(("estoque", tempo_s), ("pagamento", tempo_s), ("notificacao", 0))

    def produz(self, quantidade: int) -> Script:
        """O produtor, já terminado com sucesso."""
        produtor = self.abre("produtor_pedidos.py", "-n", str(quantidade))
        assert produtor.espera_fim(FIM_S) == 0, produtor.textos()
        return produtor

    def estoque_morto_no_commit(self, quantidade: int) -> tuple[Script, float]:
        """`quantidade` pedidos, e um de dois estoques morto entre enviar e confirmar: o outro, e quando foi."""
        sabotagem = ("-m", "lab.caos.programas.sabotado", "kill-9-no-commit", SEMENTE_DO_PRIMEIRO_COMMIT)
        vitima = self.abre(*sabotagem, "servico_estoque.py", "--tempo", "0")
        vitima.espera("partições atribuídas", PRONTO_S)
        herdeiro = self.servico("estoque", 0)
        vitima.espera("Rebalanceamento", PRONTO_S)
        self.produz(quantidade)
        vitima.espera_fim(FIM_S)
        return herdeiro, time.monotonic()

    def descreve_topicos(self) -> list[dict[str, Any]]:
        """Os que existem dos três tópicos, como o Kafka os descreve."""
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            nomes = [self.topico(base) for base in TOPICOS_BASE]
            return [topico for topico in admin.describe_topics(nomes) if not topico["error_code"]]

    def apaga_topicos(self) -> None:
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            if existentes := [topico["name"] for topico in self.descreve_topicos()]:
                admin.delete_topics(existentes)

    def chaves(self, base: str) -> Counter[bytes]:
        return Counter(registro.key for registro in self.registros(base))

    def exige_exatamente_uma_vez(self, quantidade: int, segundos: float = FIM_S) -> None:
        """Espera `quantidade` pedidos no fim da linha e exige que cada um esteja uma vez em cada tópico."""
        ate(lambda: len(self.chaves(TOPICOS_BASE[-1])) >= quantidade, segundos, "os pedidos não chegaram ao fim")
        enviados = self.chaves(TOPICOS_BASE[0])
        assert len(enviados) == quantidade
        for base in TOPICOS_BASE:
            chaves = self.chaves(base)
            assert {chave: vezes for chave, vezes in chaves.items() if vezes > 1} == {}, f"duplicados em {base}"
            assert chaves == enviados, base


def publica(bootstrap: str, topico: str, particao: int, *valores: bytes | None) -> None:
    """Põe registros crus em uma partição."""
    with KafkaProducer(bootstrap_servers=bootstrap) as produtor:
        for envio in [produtor.send(topico, valor, key=b"x", partition=particao) for valor in valores]:
            envio.get(FIM_S)


def ate(condicao: Callable[[], bool], segundos: float, falha: str) -> None:
    """Espera `condicao`, ou falha no prazo."""
    assert espera_ate(condicao, segundos, passo_s=PASSO_S), falha


def sem_traceback(*scripts: Script) -> None:
    """Nem tracebacks, nem um erro do Kafka que common/significados.py não traduza."""
    for script in scripts:
        assert not [linha for linha in script.textos() if DESCONHECIDO in linha]
        assert not [linha for linha in script.textos() if "Traceback" in linha or "Exception ignored" in linha]
