"""O que os testes com Kafka dividem: scripts em terminais e a leitura dos três tópicos."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from common.configuracao import TOPICOS_BASE
from common.prazo import PASSO_S, Prazo
from lab.processo import Script

PRONTO_S = 30.0  # um serviço leva menos de 1 s; o resto é folga para uma máquina ocupada
FIM_S = 60.0
SEMENTE_DO_PRIMEIRO_COMMIT = "2"  # com ela o sabotado sorteia morrer já no primeiro commit


class Sala:
    """Um Kafka e um LAB_PREFIXO só deste teste, com os terminais abertos nele; ao sair, todos se fecham."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.prefixo = f"t{uuid.uuid4().hex[:8]}"
        self.ambiente = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "LAB_PREFIXO": self.prefixo}
        self._terminais = ExitStack()

    def __enter__(self) -> "Sala":
        return self

    def __exit__(self, *erro: tuple[type[BaseException], BaseException, TracebackType]) -> None:
        self._terminais.close()

    def abre(self, arquivo: str, *flags: str, **extras: str) -> Script:
        return self._terminais.enter_context(Script(arquivo, *flags, ambiente=self.ambiente | extras))

    def servico(self, nome: str, tempo_s: float, **extras: str) -> Script:
        """Um serviço que já tem partições."""
        script = self.abre(f"servico_{nome}.py", "--tempo", str(tempo_s), **extras)
        script.espera("partições atribuídas", PRONTO_S)
        return script

    def linha_inteira(self, tempo_s: float = 0.0) -> list[Script]:
        """Um de cada serviço, prontos: estoque, pagamento, notificação."""
        return [self.servico(nome, tempo_s) for nome in ("estoque", "pagamento")] + [self.servico("notificacao", 0)]

    def produz(self, quantidade: int) -> Script:
        """O produtor, já terminado com sucesso."""
        produtor = self.abre("produtor_pedidos.py", "-n", str(quantidade))
        assert produtor.espera_fim(FIM_S) == 0, produtor.textos()
        return produtor

    def estoque_morto_no_commit(self, quantidade: int) -> tuple[Script, float]:
        """`quantidade` pedidos, e um de dois estoques morto entre enviar e confirmar: o outro, e quando foi."""
        sabotagem = ("-m", "lab.caos.sabotado", "kill-9-no-commit", SEMENTE_DO_PRIMEIRO_COMMIT)
        vitima = self.abre(*sabotagem, "servico_estoque.py", "--tempo", "0")
        vitima.espera("partições atribuídas", PRONTO_S)
        herdeiro = self.servico("estoque", 0)
        vitima.espera("Rebalanceamento", PRONTO_S)
        self.produz(quantidade)
        vitima.espera_fim(FIM_S)
        return herdeiro, time.monotonic()

    def topico(self, base: str) -> str:
        return f"{self.prefixo}-{base}"

    def registros(self, base: str) -> list[ConsumerRecord]:
        """Tudo o que um leitor read_committed vê no tópico agora."""
        nome = self.topico(base)
        with novo_consumidor(self.bootstrap) as consumidor:
            # com ZooKeeper, um broker que acaba de voltar leva de 1 a 3 s para mostrar os seus tópicos
            ate(lambda: bool(consumidor.partitions_for_topic(nome)), FIM_S, f"o Kafka não tem o tópico {nome}")
            tps = [TopicPartition(nome, particao) for particao in consumidor.partitions_for_topic(nome)]
            consumidor.assign(tps)
            consumidor.seek_to_beginning(*tps)
            fins = consumidor.end_offsets(tps, timeout_ms=FIM_S * 1000)
            lidos: list[ConsumerRecord] = []
            prazo = Prazo(FIM_S)
            while any(consumidor.position(tp) < fim for tp, fim in fins.items()):
                assert not prazo.esgotado, f"{base} não pôde ser lido até o fim"
                for registros in consumidor.poll(timeout_ms=200, max_records=5000).values():
                    lidos += registros
            return lidos

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
            assert {chave: vezes for chave, vezes in chaves.items() if vezes > 1} == {}, f"dobrados em {base}"
            assert chaves == enviados, base


def novo_consumidor(bootstrap: str, **config: Any) -> KafkaConsumer:
    padrao = {"isolation_level": "read_committed", "enable_auto_commit": False, "auto_offset_reset": "earliest"}
    return KafkaConsumer(bootstrap_servers=bootstrap, allow_auto_create_topics=False, **(padrao | config))


def publica(bootstrap: str, topico: str, particao: int, *valores: bytes | None) -> None:
    """Põe registros crus em uma partição."""
    with KafkaProducer(bootstrap_servers=bootstrap) as produtor:
        for envio in [produtor.send(topico, valor, key=b"x", partition=particao) for valor in valores]:
            envio.get(FIM_S)


def ate(condicao: Callable[[], bool], segundos: float, falha: str) -> None:
    """Espera `condicao`, conferida em passos curtos, ou falha no prazo."""
    prazo = Prazo(segundos)
    espera = threading.Event()
    while not condicao():
        assert not prazo.esgotado, falha
        espera.wait(PASSO_S)


def sem_traceback(*scripts: Script) -> None:
    for script in scripts:
        assert not [linha for linha in script.textos() if "Traceback" in linha or "Exception ignored" in linha]
