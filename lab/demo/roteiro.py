"""As Partes 2 a 4 da aula, feitas de verdade: o que cada uma mostra, o que se espera ver e o que se viu."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.table import Table

from common.configuracao import PAGAMENTO
from common.erros import ErroDoLaboratorio
from common.terminal.texto import segundos
from lab.confere.contagem import Contagem
from lab.confere.leitura import conta
from lab.demo.em_linhas import EmLinhas
from lab.demo.terminais import APROVADO, CONCLUIDO, PAGO, PRONTO_S, RECEBI, Terminais, Terminal, espera_ver
from lab.processos.parada import Parada
from lab.terminal.teclado import Teclado

PEDIDOS = 10  # o que o produtor envia por vez, se ninguém lhe disser outra coisa
CTRL_C_MAXIMO_S = 2.0  # um serviço sai em menos de 1 s; em uma máquina muito ocupada, viu-se 1,1 s
FOLGA_S = 30.0  # o que se espera além do dobro do trabalho, antes de dizer que algo parou

ABERTURA = """\
Uma loja vende, e três serviços trabalham em cada pedido: o estoque aprova, o pagamento cobra, a notificação avisa o \
cliente. Se um chamasse o outro, bastaria um parar para parar a loja. Aqui ninguém se chama: cada um pega o seu \
trabalho no Kafka, um servidor que grava o que recebe e guarda para quem vier ler, agora ou mais tarde."""
QUEM = "T1 notificação, T2 pagamento, T3 estoque, T4 produtor (a loja)"
CONVITE = "Enter continua"

PARTE_2, PARTE_3, PARTE_4 = "Parte 2: caminho feliz", "Parte 3: o pagamento cai", "Parte 4: um segundo estoque"
PROVADO = {
    PARTE_2: "assincronia: quem envia não espera quem trabalha",
    PARTE_3: "tolerância a falhas: o serviço para, o trabalho espera por ele",
    PARTE_4: "escalabilidade horizontal: mais uma instância, menos tempo",
}

COM_UM, COM_DOIS = f"{PEDIDOS} pedidos com um estoque", f"{PEDIDOS} pedidos com dois estoques"
CTRL_C, REINICIO = "Ctrl+C até o pagamento terminar", "pagamento reiniciado até o 1º pedido pago"
PERDIDOS, DUPLICADOS = "pedidos perdidos", "pedidos duplicados"
MEDIDAS = (COM_UM, COM_DOIS, CTRL_C, REINICIO, PERDIDOS, DUPLICADOS)


@dataclass(frozen=True)
class Tempos:
    """Quanto cada serviço trabalha em um pedido, e quanto se espera por quem lê (segundos)."""

    estoque_s: float
    pagamento_s: float
    abertura_s: float  # lida em voz alta: depois dela a tela é outra
    leitura_s: float  # cada explicação; ela ainda fica na tela enquanto as coisas acontecem


DA_AULA = Tempos(estoque_s=2.0, pagamento_s=1.0, abertura_s=20.0, leitura_s=4.0)
RAPIDO = Tempos(estoque_s=0.4, pagamento_s=0.2, abertura_s=0.0, leitura_s=0.0)


class Roteiro:
    """A demonstração. Use um por vez. Com `teclado`, é um Enter que a faz andar de um passo ao outro."""

    provado = PROVADO
    medidas: tuple[str, ...] = MEDIDAS

    def __init__(
        self, tempos: Tempos, terminais: Terminais, tela: EmLinhas, parada: Parada, teclado: Teclado | None = None
    ) -> None:
        self._tempos, self._terminais, self._tela, self._parada = tempos, terminais, tela, parada
        self._teclado = teclado
        self._provas: list[tuple[str, bool]] = []
        self._medidas: dict[str, str] = {}
        self._parte = ""
        self._com_uma_s = 0.0

    def executa(self) -> bool:
        """Conta a história inteira, até o fim ou até algo não aparecer. Devolve se toda conferência deu certo."""
        self._espera_leitura(self._tempos.abertura_s)
        with self._tela.aberta(self._terminais):
            try:
                for parte in self._partes():
                    parte()
            except ErroDoLaboratorio as erro:
                self._parada.confere()  # o Ctrl+C do teclado mata também um script que está nascendo
                self._confere(False, str(erro))
            self._espera_leitura(self._tempos.leitura_s)
        certo = all(deu_certo for _, deu_certo in self._provas)
        self._tela.tabela(self._tabela())
        self._tela.confere(certo, "A demonstração viu tudo o que prometeu" if certo else "Algo não saiu como na aula")
        return certo

    def _partes(self) -> list[Callable[[], None]]:
        return [self._caminho_feliz, self._tolerancia_a_falhas, self._escalabilidade]

    def _caminho_feliz(self) -> None:
        t = self._terminais
        self._abre_parte(
            PARTE_2,
            f"A loja (T4) envia {PEDIDOS} pedidos e termina. O estoque leva {segundos(self._tempos.estoque_s)} em cada "
            f"um; o pagamento, {segundos(self._tempos.pagamento_s)}.",
            "T4 acaba num instante, e os outros continuam o trabalho sem ele (assincronia).",
        )
        t.notificacao.roda()
        t.pagamento.roda(*self._flags_do_pagamento)
        t.estoque.roda(*self._flags_do_estoque)
        for servico in (t.notificacao, t.pagamento, t.estoque):  # só agora: os três se aprontam ao mesmo tempo
            servico.espera_pronto()
        desde, levou_s = self._produz()
        aprovados = len(t.estoque.instantes(APROVADO, desde))
        self._confere(
            aprovados < PEDIDOS,
            f"o produtor terminou em {segundos(levou_s)}, quando {aprovados} de {PEDIDOS} pedidos estavam aprovados: "
            "enviou e foi embora, ninguém o fez esperar",
        )
        self._espera_concluidos(desde)
        self._com_uma_s = _duracao([t.estoque], desde)
        self._mede(COM_UM, segundos(self._com_uma_s))
        self._confere_o_fim(desde, total=PEDIDOS)

    def _tolerancia_a_falhas(self) -> None:
        t = self._terminais
        self._abre_parte(
            PARTE_3,
            f"O pagamento (T2) para com Ctrl+C, e a loja envia mais {PEDIDOS} pedidos.",
            "o estoque (T3) nem percebe, a notificação (T1) fica em silêncio, e os pedidos esperam no Kafka até o "
            "pagamento voltar (tolerância a falhas).",
        )
        ctrl_c_s = t.pagamento.ctrl_c()
        self._mede(CTRL_C, segundos(ctrl_c_s))
        self._confere(ctrl_c_s <= CTRL_C_MAXIMO_S, f"o pagamento terminou {segundos(ctrl_c_s)} depois do Ctrl+C")

        desde, _ = self._produz()
        t.estoque.espera(APROVADO, PEDIDOS, desde, self._prazo_s)
        novas = len(t.notificacao.instantes(CONCLUIDO, desde))
        contagem = self._conta()
        esperando = contagem.esperando()[PAGAMENTO.entrada]
        onde = ", ".join(f"{quantos} na partição {particao}" for particao, quantos in sorted(esperando.items()))
        self._confere(
            novas == 0 and esperando.total() == PEDIDOS and contagem.certa,
            f"sem o pagamento, o estoque aprovou {contagem.aprovados - PEDIDOS} pedidos, houve {novas} notificações "
            f"novas, e {esperando.total()} esperam em {PAGAMENTO.entrada} ({onde})",
        )

        self._tela.retrata(self._terminais)
        self._anuncia(
            "O pagamento volta, no mesmo terminal.",
            "o pagamento (T2) começa pelo que ficou esperando, e a notificação (T1) volta a falar.",
        )
        inicio = t.pagamento.roda(*self._flags_do_pagamento)
        reinicio_s = t.pagamento.espera(PAGO, 1, inicio, PRONTO_S) - inicio
        self._mede(REINICIO, segundos(reinicio_s))
        self._espera_concluidos(desde)
        t.pagamento.espera(PAGO, PEDIDOS, inicio, self._prazo_s)
        self._confere(
            sorted(t.pagamento.pedidos(PAGO, inicio)) == sorted(t.estoque.pedidos(APROVADO, desde)),
            f"o pagamento pagou o primeiro pedido {segundos(reinicio_s)} depois de reiniciado, e ao todo os mesmos "
            f"{PEDIDOS} que esperavam",
        )
        self._confere_o_fim(desde, total=2 * PEDIDOS)

    def _escalabilidade(self) -> None:
        t = self._terminais
        self._abre_parte(
            PARTE_4,
            "Outro estoque (T5) entra no mesmo grupo, e o Kafka reparte entre os dois as três partições (filas) do "
            "tópico.",
            f"T3 e T5 recebem pedidos ao mesmo tempo, e os {PEDIDOS} acabam antes (escalabilidade horizontal). Não na "
            "metade do tempo: de três filas, um dos dois fica com duas.",
        )
        estoques = [t.estoque, t.estoque2]
        t.estoque2.roda(*self._flags_do_estoque)
        t.estoque2.espera_pronto()
        espera_ver(
            lambda: (
                all(e.particoes() for e in estoques) and not set(t.estoque.particoes()) & set(t.estoque2.particoes())
            ),
            PRONTO_S,
            self._parada,
            estoques,
            lambda: f"em {PRONTO_S:.0f} s o Kafka não repartiu as partições entre T3 e T5",
        )
        desde, _ = self._produz()
        espera_ver(
            lambda: sum(len(e.instantes(APROVADO, desde)) for e in estoques) >= PEDIDOS,
            self._prazo_s,
            self._parada,
            estoques,
            lambda: f"em {self._prazo_s:.0f} s T3 e T5 não aprovaram {PEDIDOS} pedidos",
        )
        com_duas_s = _duracao(estoques, desde)
        self._mede(COM_DOIS, segundos(com_duas_s))
        partes = [len(e.instantes(APROVADO, desde)) for e in estoques]
        filas = [len(e.particoes()) for e in estoques]
        self._confere(
            all(partes),
            f"T3 tem {filas[0]} das partições e aprovou {partes[0]} pedidos; T5 tem {filas[1]} e aprovou {partes[1]}",
        )
        ganhou = com_duas_s < self._com_uma_s
        self._confere(
            ganhou,
            f"{PEDIDOS} pedidos: {segundos(self._com_uma_s)} com um estoque, {segundos(com_duas_s)} com dois"
            f"{'' if ganhou else ' (outros programas ocupam esta máquina? Feche-os e rode de novo)'}",
        )
        self._espera_concluidos(desde)
        self._confere_o_fim(desde, total=3 * PEDIDOS)

    @property
    def _flags_do_estoque(self) -> tuple[str, str]:
        return "--tempo", str(self._tempos.estoque_s)

    @property
    def _flags_do_pagamento(self) -> tuple[str, str]:
        return "--tempo", str(self._tempos.pagamento_s)

    @property
    def _prazo_s(self) -> float:
        return 2 * PEDIDOS * (self._tempos.estoque_s + self._tempos.pagamento_s) + FOLGA_S

    def _abre_parte(self, titulo: str, explicacao: str, observe: str) -> None:
        self._parte = titulo
        self._tela.titulo(titulo)
        self._anuncia(explicacao, observe)

    def _anuncia(self, explicacao: str, observe: str) -> None:
        self._tela.anuncia(explicacao, observe)
        self._espera_leitura(self._tempos.leitura_s)

    def _espera_leitura(self, leitura_s: float) -> None:
        if self._teclado is None:
            with self._tela.leitura(""):
                self._parada.dorme(leitura_s)
            return
        self._teclado.esquece()  # um Enter de antes do convite era impaciência; desde que se vê o convite, é resposta
        with self._tela.leitura(CONVITE):
            self._teclado.espera_enter(self._parada)

    def _produz(self) -> tuple[float, float]:
        """Roda o produtor até o fim. Devolve quando começou (time.monotonic) e quanto levou (segundos)."""
        inicio = self._terminais.produtor.roda()
        return inicio, self._terminais.produtor.espera_fim(PRONTO_S) - inicio

    def _espera_concluidos(self, desde: float) -> None:
        self._terminais.notificacao.espera(CONCLUIDO, PEDIDOS, desde, self._prazo_s)

    def _confere_o_fim(self, desde: float, total: int, avisos_repetidos: bool = False) -> None:
        """O que a notificação disse e o que está gravado nos tópicos, desde o começo, têm de concordar."""
        ditos = self._terminais.notificacao.pedidos(CONCLUIDO, desde)
        c = self._conta()
        self._mede(PERDIDOS, str(len(c.perdidos())))
        self._mede(DUPLICADOS, str(len(c.duplicados())))
        self._confere(
            len(set(ditos)) == PEDIDOS
            and (avisos_repetidos or len(ditos) == PEDIDOS)
            and (c.enviados, c.aprovados, c.pagos) == (total, total, total)
            and c.certa,
            f"a notificação deu {len(ditos)} avisos, de {len(set(ditos))} pedidos diferentes; no Kafka há "
            f"{c.enviados} enviados, {c.aprovados} aprovados, {c.pagos} pagos: {c.veredito()}",
        )

    def _conta(self) -> Contagem:
        return conta(self._tela.explica, self._parada)

    def _confere(self, certo: bool, texto: str) -> None:
        self._provas.append((self._parte, certo))
        self._tela.confere(certo, texto)

    def _mede(self, nome: str, valor: str) -> None:
        self._medidas[nome] = valor

    def _tabela(self) -> Table:
        tabela = Table(title="O que se viu", title_justify="left", title_style="bold", show_header=False)
        tabela.add_column()
        tabela.add_column(justify="right")
        for parte, provou in self.provado.items():
            resultados = [certo for qual, certo in self._provas if qual == parte]
            tabela.add_row(f"{parte}\n  {provou}", self._tela.sinal(all(resultados)) if resultados else "não houve")
        tabela.add_section()
        for nome in self.medidas:
            tabela.add_row(nome, self._medidas.get(nome, "não houve"))
        return tabela


def _duracao(estoques: list[Terminal], desde: float) -> float:
    """Do primeiro "Recebi" ao último "aprovado" (segundos)."""
    recebidos = [quando for estoque in estoques for quando in estoque.instantes(RECEBI, desde)]
    aprovados = [quando for estoque in estoques for quando in estoque.instantes(APROVADO, desde)]
    return max(aprovados) - min(recebidos)
