"""Nenhuma espera é sem fim: o que volta, o que falha e o que se abandona."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from common.erros import ErroDoLaboratorio, PrazoEsgotado
from common.prazo import Prazo, abandona, com_prazo, houve_abandono

LONGO_S = 60


@pytest.fixture
def relogio(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Um relógio que só anda quando o teste manda: relogio[0] += segundos."""
    agora = [1000.0]
    monkeypatch.setattr("common.prazo.time.monotonic", lambda: agora[0])
    return agora


@pytest.fixture
def presa() -> Iterator[Callable[[], bool]]:
    """Uma função que só volta no fim do teste, como o commit de um broker morto."""
    solta = threading.Event()
    yield solta.wait
    solta.set()


def test_o_prazo_anda_com_o_relogio_e_nunca_e_negativo(relogio: list[float]) -> None:
    p = Prazo(3)
    assert p.resta == 3 and not p.esgotado
    relogio[0] += 2
    assert p.resta == 1 and not p.esgotado
    relogio[0] += 1
    assert p.resta == 0 and p.esgotado
    relogio[0] += 1e9
    assert p.resta == 0 and p.esgotado


def test_encurta_nunca_alonga(relogio: list[float]) -> None:
    p = Prazo(3)
    p.encurta(10)
    assert p.resta == 3
    p.encurta(1)
    assert p.resta == 1
    p.encurta(-5)
    assert p.resta == 0 and p.esgotado


@pytest.mark.parametrize("segundos", [0, -1, float("-inf")])
def test_prazo_que_ja_nasce_esgotado(segundos: float) -> None:
    assert Prazo(segundos).resta == 0 and Prazo(segundos).esgotado


def test_prazo_infinito_nao_esgota(relogio: list[float]) -> None:
    p = Prazo(float("inf"))
    relogio[0] += 1e12
    assert not p.esgotado
    p.encurta(1)
    assert p.resta == 1


@pytest.mark.parametrize("valor", [42, None, ("a", "b"), PrazoEsgotado("um valor, não um erro")], ids=repr)
def test_com_prazo_devolve_o_que_a_funcao_devolveu(valor: object) -> None:
    assert com_prazo(lambda: valor, LONGO_S, "teste") is valor
    assert not houve_abandono()


@pytest.mark.parametrize(
    "erro", [ValueError("x"), ErroDoLaboratorio("y"), KeyboardInterrupt(), SystemExit(3)], ids=repr
)
def test_com_prazo_levanta_o_proprio_erro_da_funcao(erro: BaseException) -> None:
    def falha() -> None:
        raise erro

    with pytest.raises(type(erro)) as levantado:
        com_prazo(falha, LONGO_S, "teste")
    assert levantado.value is erro
    assert not houve_abandono()


def test_a_funcao_roda_em_uma_thread_daemon_com_nome() -> None:
    thread = com_prazo(threading.current_thread, LONGO_S, "commit")
    assert thread.daemon and thread.name == "commit" and thread is not threading.current_thread()


@pytest.mark.parametrize("segundos", [0, 0.02, 0.12])
def test_passado_o_prazo_a_chamada_e_abandonada(presa: Callable[[], bool], segundos: float) -> None:
    assert not houve_abandono()
    inicio = time.monotonic()
    with pytest.raises(PrazoEsgotado, match=r"^commit não terminou no prazo$"):
        com_prazo(presa, segundos, "commit")
    assert time.monotonic() - inicio >= segundos
    assert houve_abandono()


def test_a_cada_passo_pode_encurtar_o_prazo(presa: Callable[[], bool]) -> None:
    inicio = time.monotonic()
    passos: list[float] = []

    def ctrl_c(p: Prazo) -> None:
        passos.append(p.resta)
        if len(passos) == 2:
            p.encurta(0)

    with pytest.raises(PrazoEsgotado):
        com_prazo(presa, LONGO_S, "commit", ctrl_c)
    assert len(passos) == 2 and all(LONGO_S / 2 < resta <= LONGO_S for resta in passos)
    assert time.monotonic() - inicio < LONGO_S / 2


def test_o_erro_de_a_cada_passo_passa(presa: Callable[[], bool]) -> None:
    def interrompe(_: Prazo) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        com_prazo(presa, LONGO_S, "commit", interrompe)


def test_quem_volta_no_meio_da_espera_e_ouvido() -> None:
    solta = threading.Event()
    assert com_prazo(lambda: solta.wait(LONGO_S), LONGO_S, "teste", lambda _: solta.set()) is True
    assert not houve_abandono()


def test_abandona_registra() -> None:
    assert not houve_abandono()
    abandona("fechar")
    assert houve_abandono()
