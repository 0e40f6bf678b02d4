"""Um ensaio inteiro, em um Kafka só dele: do primeiro broker ao veredito e à figura."""

from functools import partial
from pathlib import Path

from kafka.errors import KafkaError

from common.conexao.espera import ESPERA_S, quando_houver_kafka
from common.conexao.topicos import garante_topicos
from common.erros import ErroDoLaboratorio, motivo
from common.terminal.texto import milhar
from lab.caos.cronica import Cronica
from lab.caos.ensaio import Ensaio
from lab.caos.julgamento import julga
from lab.caos.painel import Painel
from lab.caos.plano import Plano
from lab.caos.rede.rede import CLIENTES, Rede
from lab.kafka_local.privado import kafka_privado
from lab.processos.parada import Parada
from lab.terminal.relato import Relato

INTERROMPIDO = "Ensaio interrompido"


def conduz(plano: Plano, brokers: int, figura: Path) -> int:
    """Do começo ao fim. Devolve o status (int): 0 se toda invariante vale, 1 se não, 130 se interrompido."""
    parada = Parada()
    tela = Relato(parada)

    def trabalho() -> int:
        try:
            return _ensaia(plano, brokers, figura, tela, parada)
        except KafkaError as erro:
            quem = f"o Kafka do ensaio falhou ({motivo(erro)})"
            raise ErroDoLaboratorio(f"{quem}; repita com --semente {plano.semente}") from None

    return parada.conduz(trabalho, lambda: tela.cala(INTERROMPIDO))


def _ensaia(plano: Plano, brokers: int, figura: Path, tela: Relato, parada: Parada) -> int:
    cronica = Cronica(plano.semente, plano.pedidos, brokers)
    tela.explica(
        f"Caos com a semente {plano.semente}: {milhar(plano.pedidos)} pedidos, {plano.tamanho()}, "
        f"{brokers} broker{'s' * (brokers > 1)}, {len(plano.falhas)} tipos de falha, serviços "
        f"{'ingênuos (o controle)' if plano.ingenuo else 'da aula'}"
    )
    with kafka_privado(parada, partial(tela.cala, INTERROMPIDO), tela.explica, brokers, len(CLIENTES)) as kafka:
        quando_houver_kafka(lambda: garante_topicos(tela.explica), tela.explica, parada, ESPERA_S)
        with Rede(kafka) as rede, Painel(cronica, plano, parada) as painel:
            historia = Ensaio(plano, cronica, kafka, rede, parada).executa(painel)
    certo = julga(historia, cronica, plano, tela)
    _desenha(cronica, figura, tela)
    return 0 if certo else 1


def _desenha(cronica: Cronica, figura: Path, tela: Relato) -> None:
    from lab.caos.figura import desenha  # só agora: é quando se precisa do drawsvg

    try:
        desenha(cronica, figura)
        tela.explica(f"Linha do tempo: {figura}")
    except OSError as erro:
        tela.explica(f"AVISO: não consegui gravar {figura} ({motivo(erro)})")
