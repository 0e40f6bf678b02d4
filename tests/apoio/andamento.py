"""O que `python -m lab testes` mostra enquanto roda, em um terminal ou em um pipe: o que foi feito e quanto falta.

Uma linha por arquivo terminado, por falha, e a cada SILENCIO_S sem nenhuma: ninguém deve pensar que travou. É um plugin
do pytest, no lugar dos pontos dele; quem pede -v ou -q vê o que o pytest mostra.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence

import pytest

from tests.apoio.demorados import POR_TESTE_S, SEGUNDOS, arquivo_de

SILENCIO_S = 20.0
CEDO = 0.02  # com menos do que esta parte feita, não se sabe quanto falta
LONGO_S = 30.0  # um arquivo que leva isto merece um lugar na ordem
Vereditos = Generator[None, tuple[str, str, object], tuple[str, str, object]]


@pytest.hookimpl(trylast=True)  # o terminalreporter também nasce aqui
def pytest_configure(config: pytest.Config) -> None:
    """Só no processo que escreve no terminal."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput") and config.option.verbose == 0:
        config.pluginmanager.register(Andamento(terminal))


class Andamento:
    """Conta os testes por arquivo, à medida que terminam."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal
        self._total: Counter[str] = Counter()
        self._feitos: Counter[str] = Counter()
        self._segundos: defaultdict[str, float] = defaultdict(float)
        self._resultados: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._rodando: dict[str, float] = {}
        self._inicio = self._ultima = time.monotonic()
        self._fim = threading.Event()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._comeca([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        if not self._total:  # os outros processos coletaram o mesmo
            self._comeca(ids)

    def _comeca(self, ids: Sequence[str]) -> None:
        self._total = Counter(map(arquivo_de, ids))
        self._inicio = self._ultima = time.monotonic()
        threading.Thread(target=self._quebra_o_silencio, daemon=True).start()

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Vereditos:
        """Enquanto os testes rodam, o pytest conta e não escreve nada."""
        categoria, letra, palavra = yield
        return (categoria, letra, palavra) if self._fim.is_set() else (categoria, "", "")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._rodando[nodeid] = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        arquivo = arquivo_de(report.nodeid)
        self._segundos[arquivo] += report.duration
        if report.failed:
            self._resultados[arquivo]["falharam"] += 1
            self._escreve(f"FALHOU {report.nodeid}")
        elif report.skipped:
            self._resultados[arquivo]["pulados"] += 1
        elif report.when == "call":
            self._resultados[arquivo]["passaram"] += 1
        if report.when == "teardown":
            self._rodando.pop(report.nodeid, None)
            self._feitos[arquivo] += 1
            if self._feitos[arquivo] == self._total[arquivo]:
                contas = ", ".join(f"{quais} {quantos}" for quais, quantos in self._resultados[arquivo].items())
                self._escreve(f"{arquivo}: {contas}")

    def _quebra_o_silencio(self) -> None:
        while not self._fim.wait(1.0):
            if time.monotonic() - self._ultima >= SILENCIO_S and self._rodando:
                nodeid, desde = min(self._rodando.copy().items(), key=lambda par: par[1])
                self._escreve(f"… {nodeid} há {time.monotonic() - desde:.0f} s")

    def _escreve(self, texto: str) -> None:
        self._ultima = time.monotonic()
        passou_s = self._ultima - self._inicio
        pesos = {nome: SEGUNDOS.get(nome, POR_TESTE_S * quantos) for nome, quantos in self._total.items()}
        feito = sum(pesos[nome] * quantos / self._total[nome] for nome, quantos in self._feitos.items())
        parte = feito / sum(pesos.values())
        quantos = f"{self._feitos.total():>4} de {self._total.total()}"
        falta = f"falta {_minutos(passou_s * (1 - parte) / parte)}" if parte >= CEDO else ""
        self._terminal.write_line(f"{parte:4.0%} {quantos} {_minutos(passou_s):>6} {falta:11}  {texto}")

    def pytest_sessionfinish(self) -> None:
        self._fim.set()

    def pytest_terminal_summary(self) -> None:
        for arquivo, segundos in self._segundos.items():
            if segundos > LONGO_S and arquivo not in SEGUNDOS:
                self._terminal.write_line(
                    f"{arquivo} levou {segundos:.0f} s: com um lugar em tests/apoio/demorados.py, começaria antes"
                )


def _minutos(segundos: float) -> str:
    minutos, resto = divmod(round(segundos), 60)
    return f"{minutos}:{resto:02}"
