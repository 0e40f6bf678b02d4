"""As partes da aula com os scripts de verdade e tempos curtos, em qualquer Kafka: local, Docker, ZooKeeper, TLS."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from lab.processos.script import Script
from tests.apoio.sala import FIM_S, PRONTO_S, SalaDeTeste, ate, sem_traceback


def parte_2(sala: SalaDeTeste) -> None:
    """Caminho feliz: 10 pedidos, cada um uma vez em cada tópico."""
    notificacao, pagamento, estoque = sala.servicos(("notificacao", 0), ("pagamento", 0.1), ("estoque", 0.2))

    produtor = sala.produz(10)
    assert len([linha for linha in produtor.textos() if "enviado · partição" in linha]) == 10
    assert "10 de 10 pedidos confirmados" in produtor.textos()[-1]
    assert sum("aprovado" in linha for linha in estoque.textos()) < 10, "o produtor não espera os serviços"

    notificacao.espera("concluído", FIM_S, vezes=10)
    for script, trecho in ((estoque, "Recebi"), (estoque, "aprovado"), (pagamento, "pago"), (notificacao, " s · part")):
        script.espera(trecho, FIM_S, vezes=10)
        assert sum(trecho in linha for linha in script.textos()) == 10
    sala.exige_exatamente_uma_vez(10)
    contagens = sorted(sum(r.partition == p for r in sala.registros("novos_pedidos")) for p in range(3))
    assert contagens == [3, 3, 4]
    for base in ("pedidos_aprovados", "pedidos_concluidos"):
        assert {(r.key, r.partition) for r in sala.registros(base)} == {
            (r.key, r.partition) for r in sala.registros("novos_pedidos")
        }
    sem_traceback(notificacao, pagamento, estoque, produtor)


def parte_3(sala: SalaDeTeste) -> None:
    """O pagamento cai: os pedidos esperam por ele."""
    estoque, pagamento, notificacao = sala.linha_inteira(0.05)
    sala.produz(10)
    notificacao.espera("concluído", FIM_S, vezes=10)

    pagamento.ctrl_c()
    assert pagamento.espera_fim(FIM_S) == 0
    sala.produz(10)
    estoque.espera("aprovado", FIM_S, vezes=20)
    assert sum("concluído" in linha for linha in notificacao.textos()) == 10
    assert len(sala.chaves("pedidos_aprovados")) == 20
    assert len(sala.chaves("pedidos_concluidos")) == 10

    sala.servico("pagamento", 0.05)
    notificacao.espera("concluído", FIM_S, vezes=20)
    sala.exige_exatamente_uma_vez(20)


def parte_4(sala: SalaDeTeste) -> None:
    """Um segundo estoque: os dois dividem o trabalho."""
    primeiro = sala.servico("estoque", 0.2)
    segundo = sala.servico("estoque", 0.2)
    primeiro.espera("Rebalanceamento: partições atribuídas", PRONTO_S)
    sala.produz(10)
    primeiro.espera("aprovado", FIM_S, vezes=3)
    segundo.espera("aprovado", FIM_S, vezes=3)
    sala.servico("pagamento", 0)
    sala.exige_exatamente_uma_vez(10)
    feitos = [{t.split("edido ")[1][:8] for t in s.textos() if "aprovado" in t} for s in (primeiro, segundo)]
    assert not feitos[0] & feitos[1], "um pedido nas duas instâncias"
    assert sum(map(len, feitos)) == 10


PARTES = (parte_2, parte_3, parte_4)


def a_aula_inteira(salas: Iterable[SalaDeTeste]) -> None:
    """As três partes ao mesmo tempo, cada uma na sua sala (ainda por abrir): no Kafka não se veem."""

    def na_sala(parte: Callable[[SalaDeTeste], None], sala: SalaDeTeste) -> None:
        with sala:
            parte(sala)

    with ThreadPoolExecutor(len(PARTES)) as lado_a_lado:
        em_curso = [lado_a_lado.submit(na_sala, *par) for par in zip(PARTES, salas, strict=True)]
    for feita in em_curso:
        feita.result()


def o_kafka_cai(sala: SalaDeTeste, derruba: Callable[[], None], levanta: Callable[[], None]) -> None:
    """O Kafka inteiro cai com pedidos no meio, e volta: ninguém toca nos serviços, e nenhum pedido se perde."""
    linha = sala.linha_inteira(0.3)
    estoque = linha[0]
    sala.produz(10)
    estoque.espera("aprovado", FIM_S, vezes=2)
    derruba()
    for script in linha:
        script.espera("espero até ele voltar", FIM_S)
    levanta()
    sala.exige_exatamente_uma_vez(10, 2 * FIM_S)
    sem_traceback(*linha)


def parte_5(sala: SalaDeTeste, derruba: Callable[[int], None], levanta: Callable[[int], None]) -> None:
    """Um dos três brokers cai, e tudo continua; caem dois, e tudo espera; um volta, e tudo continua."""
    linha = sala.linha_inteira(0.3)
    estoque, _, notificacao = linha
    sala.produz(10)
    estoque.espera("aprovado", FIM_S, vezes=2)
    derruba(1)  # o primeiro da lista de endereços: quem só soubesse desse não voltaria
    ate(lambda: _concluidos(notificacao) == 10, FIM_S, "os pedidos pararam com um broker a menos")
    derruba(2)
    produtor = sala.abre("produtor_pedidos.py", "-n", "10")
    produtor.espera("espero", FIM_S)  # nada é confirmado, e ele diz que espera
    assert _concluidos(notificacao) == 10
    levanta(1)
    assert produtor.espera_fim(FIM_S) == 0, produtor.textos()
    levanta(2)
    ate(lambda: _concluidos(notificacao) >= 20, FIM_S, "os pedidos não andaram com dois brokers de pé")
    sala.exige_exatamente_uma_vez(20)
    sem_traceback(*linha, produtor)


def _concluidos(notificacao: Script) -> int:
    """Quantos pedidos diferentes: a linha de um deles pode sair duas vezes, se a queda veio antes do commit."""
    return len({linha.split("Pedido ")[1].split(" concl")[0] for linha in notificacao.textos() if "concluído" in linha})
