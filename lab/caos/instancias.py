"""Os scripts da aula como processos: as instâncias dos três serviços, e os produtores."""

import contextlib
from pathlib import Path
from subprocess import TimeoutExpired
from uuid import uuid4

from common.configuracao import ESTOQUE, ETAPAS, NOTIFICACAO, PAGAMENTO, Etapa
from common.prazo import Prazo, espera_ate
from common.produtor import NOME as PRODUTOR
from lab.caos.rede.rede import Rede
from lab.processos.parada import Parada
from lab.processos.script import Script

SCRIPTS = {
    ESTOQUE: "servico_estoque.py",
    PAGAMENTO: "servico_pagamento.py",
    NOTIFICACAO: "servico_notificacao.py",
}
PRONTO = "Pronto: "  # como começa a linha de uma instância que já sabe quais são as suas partições
PRONTO_S = 30.0  # 0,8 s em uma máquina livre; um membro morto segura o lugar por 6 s; com o broker fora, até ele voltar
ADEUS_S = 10.0  # um serviço sai em menos de 1 s; o resto é folga para uma máquina ocupada
PASSO_DO_DIARIO_S = 0.005  # em um passo comum (50 ms) o produtor enviaria centenas de pedidos
TRACOS_DE_ERRO = ("Traceback", "Exception ignored")


class Instancias:
    """Abre e fecha instâncias; sabe quais deviam estar vivas. Use com `with`: ao sair, nenhuma fica rodando."""

    def __init__(self, tempo_s: float, diarios: Path, ingenuas: bool, rede: Rede, parada: Parada) -> None:
        self.por_etapa: dict[Etapa, list[Script]] = {etapa: [] for etapa in ETAPAS}
        self.produtores: list[Script] = []
        self.mortes: list[str] = []  # o que morreu sem que ninguém mandasse, e os tracebacks
        self.envios, self.avisos = diarios / "envios", diarios / "avisos"  # o que se enviou, e o que se notificou
        for pasta in (self.envios, self.avisos):
            pasta.mkdir(parents=True)
        self._tempo_s, self._ingenuas = tempo_s, ingenuas
        self._rede, self._parada = rede, parada
        self._abertos: list[Script] = []

    def __enter__(self) -> "Instancias":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.ExitStack() as fechamentos:  # a falha de um não poupa os outros
            for script in self._abertos:
                fechamentos.callback(script.encerra)

    def abre(self, etapa: Etapa, *sabotagem: str) -> Script:
        """Mais uma instância de `etapa`, ainda não pronta. `sabotagem`: o nome dela e a semente."""
        if sabotagem:
            antes = ["-m", "lab.caos.programas.sabotado", *sabotagem]
        else:
            antes = ["-m", "lab.caos.programas.ingenuo"] if self._ingenuas else []
        if etapa is NOTIFICACAO and not self._ingenuas:  # a ingênua não diz nada
            antes = ["-m", "lab.caos.programas.notificacao_anotada", str(_novo_diario(self.avisos)), *antes]
        script = self._roda(etapa.nome, *antes, SCRIPTS[etapa], "--tempo", f"{self._tempo_s:.4f}")
        self.por_etapa[etapa].append(script)
        return script

    def abre_pronta(self, etapa: Etapa, *sabotagem: str) -> Script:
        """Mais uma instância, que já sabe quais são as suas partições."""
        script = self.abre(etapa, *sabotagem)
        self.aguarda(script, PRONTO)
        return script

    def produz(self, quantos: int) -> Script:
        """Um produtor que envia `quantos` pedidos e termina sozinho."""
        return self._produz("produtor_anotado", _novo_diario(self.envios), "-n", str(quantos))

    def produz_outro(self, quantos: int) -> Script:
        """Um produtor que não é o nosso, e envia `quantos` pedidos com cada compressão."""
        return self._produz("outro_produtor", _novo_diario(self.envios), str(quantos))

    def _produz(self, programa: str, diario: Path, *flags: str) -> Script:
        produtor = self._roda(PRODUTOR, "-m", f"lab.caos.programas.{programa}", str(diario), *flags)
        self.produtores.append(produtor)
        return produtor

    def _roda(self, quem: str, *comando: str) -> Script:
        self._parada.confere()
        ambiente = {"NO_COLOR": "1", "KAFKA_BOOTSTRAP_SERVERS": self._rede.bootstrap(quem)}
        script = Script(*comando, ambiente=ambiente)
        self._abertos.append(script)
        return script

    def mata_produtor(self, quantos: int, bytes_antes: int) -> bool:
        """Um produtor de `quantos` pedidos, morto (kill -9) quando já pôs `bytes_antes` no seu diário.

        Devolve se o pegou no meio do envio.
        """
        diario, prazo = _novo_diario(self.envios), Prazo(PRONTO_S)
        produtor = self._produz("produtor_anotado", diario, "-n", str(quantos))
        while produtor.vivo and not prazo.esgotado and not (diario.exists() and diario.stat().st_size >= bytes_antes):
            self._parada.dorme(PASSO_DO_DIARIO_S)
        no_meio = produtor.vivo and not prazo.esgotado
        with contextlib.suppress(OSError):  # terminou neste instante
            produtor.mata()
        return no_meio

    def aguarda(self, script: Script, *trechos: str, segundos: float = PRONTO_S, desde: float = 0.0) -> bool:
        """Espera um dos `trechos` em uma linha de `script` depois de `desde` (time.monotonic), enquanto ele viver.

        Devolve se apareceu. Erro: KeyboardInterrupt.
        """

        def apareceu() -> bool:
            return any(quando >= desde and any(t in texto for t in trechos) for quando, texto in script.linhas)

        espera_ate(lambda: apareceu() or not script.vivo, segundos, self._parada.confere)
        if not script.vivo:
            script.espera_fim(ADEUS_S)  # o que disse por último ainda pode estar chegando
        return apareceu()

    def fecha(self, etapa: Etapa, script: Script) -> None:
        """Ctrl+C em uma instância: tem de terminar, e bem."""
        self.retira(etapa, script)
        self._fecha([script])

    def _fecha(self, scripts: list[Script]) -> None:
        """Ctrl+C em todas, ao mesmo tempo."""
        vivas = [script for script in scripts if script.vivo]
        for script in vivas:
            with contextlib.suppress(OSError):  # terminou neste instante
                script.ctrl_c()
        for script in vivas:
            try:
                status = script.espera_fim(ADEUS_S)
            except TimeoutExpired:
                self.mortes.append(f"{script.nome} não terminou {ADEUS_S:.0f} s depois do Ctrl+C")
                script.encerra()
                continue
            if status != 0 and not self._ingenuas:
                self.mortes.append(f"{script.nome} terminou com status {status} depois do Ctrl+C")

    def mata(self, etapa: Etapa, script: Script) -> None:
        """kill -9 em uma instância."""
        self.retira(etapa, script)
        with contextlib.suppress(OSError):  # terminou neste instante
            script.mata()

    def retira(self, etapa: Etapa, script: Script) -> None:
        """Daqui em diante a morte desta instância é esperada."""
        with contextlib.suppress(ValueError):
            self.por_etapa[etapa].remove(script)

    def completa(self) -> None:
        """Registra quem morreu sozinho e deixa uma instância viva de cada serviço."""
        self._registra_mortes()
        for etapa, scripts in self.por_etapa.items():
            if not scripts:
                self.abre_pronta(etapa)
            # duas falhas no mesmo serviço abrem cada uma a sua; acumuladas, um dia sobrariam instâncias sem partição
            for a_mais in scripts[1:]:
                self.fecha(etapa, a_mais)
        self._recolhe([script for script in self._abertos if not script.vivo])

    def _registra_mortes(self) -> None:
        for etapa, scripts in self.por_etapa.items():
            for script in [script for script in scripts if not script.vivo]:
                self.retira(etapa, script)
                self.mortes.append(f"{script.nome} terminou sozinho: {' | '.join(script.textos()[-3:])}")

    def _recolhe(self, scripts: list[Script]) -> None:
        """Encerra `scripts`, solta os seus pipes e anota os tracebacks que mostraram."""
        for script in scripts:
            script.encerra()
            self._abertos.remove(script)
            rastros = [texto for texto in script.textos() if texto.startswith(TRACOS_DE_ERRO)]
            self.mortes += [f"{script.nome}: {texto}" for texto in rastros[:1]]

    def encerra(self) -> None:
        """Encerra todos: Ctrl+C nas instâncias, e os produtores terminaram sozinhos ou são terminados."""
        self._registra_mortes()
        self._fecha([script for scripts in self.por_etapa.values() for script in scripts])
        for scripts in self.por_etapa.values():
            scripts.clear()
        self._recolhe(list(self._abertos))


def _novo_diario(pasta: Path) -> Path:
    """Cada processo tem o seu: a linha que um kill -9 deixa pela metade não estraga a de outro."""
    return pasta / uuid4().hex
