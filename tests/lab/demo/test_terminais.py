"""Os cinco terminais da aula: quem espera por quem, pelo que os scripts disseram, e a vida de um deles."""

import sys
import time
from pathlib import Path

import pytest
from rich.text import Text

from lab.demo.desenho import desenha
from lab.demo.passo import Passo
from lab.demo.terminais import (
    CONCLUIDO,
    DemonstracaoParada,
    Estado,
    LinhaDoTerminal,
    Terminais,
    Terminal,
    espera_ver,
)
from lab.processos.parada import Parada
from tests.apoio.sala import ate
from tests.lab.demo.apoio import console, desenho, diz

PRAZO_S = 10.0

# como um serviço: diz as suas partições, e só termina com um Ctrl+C
_SERVICO = """\
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(print("[FALSO] Encerrado.", flush=True)))
print("[FALSO] Pronto: partições atribuídas: 0, 2", flush=True)
while True:
    signal.pause()
"""


def test_quem_espera_e_o_que_passou_por_um_topico_e_nao_pelo_seguinte(terminais: Terminais) -> None:
    assert terminais.esperando() == [0, 0, 0]
    diz(terminais.produtor, *(f"[PRODUTOR] Pedido {n} (aaaa) enviado · partição 0, offset {n}" for n in range(1, 7)))
    diz(terminais.produtor, "[PRODUTOR] 6 de 6 pedidos confirmados pelo Kafka em 0.05 s")
    diz(terminais.estoque, "[ESTOQUE] Recebi pedido 1 (aaaa) · partição 0", "[ESTOQUE] Pedido 1 (aaaa) aprovado")
    diz(terminais.estoque2, "[ESTOQUE] Pedido 2 (aaaa) aprovado", "[ESTOQUE] Pedido 3 (aaaa) aprovado")
    diz(terminais.pagamento, "[PAGAMENTO] Pedido 1 (aaaa) pago · partição 0", "[PAGAMENTO] Pedido 2 (aaaa) pago")
    diz(terminais.notificacao, "[NOTIFICAÇÃO] Pedido 1 (aaaa) concluído para Ana em 3.3 s · partição 0")
    assert terminais.esperando() == [3, 1, 1]


def test_um_aviso_repetido_e_uma_linha_que_uma_queda_calou_nao_enganam(terminais: Terminais) -> None:
    diz(terminais.produtor, "[PRODUTOR] Pedido 1 (aaaa) enviado", "[PRODUTOR] Pedido 2 (bbbb) enviado")
    diz(terminais.estoque, "[ESTOQUE] Pedido 1 (aaaa) aprovado")  # o commit do 2 vingou, e a linha não saiu
    diz(terminais.pagamento, "[PAGAMENTO] Pedido 2 (bbbb) pago")
    diz(terminais.notificacao, *["[NOTIFICAÇÃO] Pedido 2 (bbbb) concluído para Ana em 9.9 s"] * 2)
    assert len(terminais.notificacao.instantes(CONCLUIDO, 0.0)) == 2
    assert terminais.esperando() == [0, 1, 0]


def test_o_que_se_digita_no_terminal_nao_e_o_que_o_script_diz(terminais: Terminais) -> None:
    terminais.pagamento.linhas.append(LinhaDoTerminal(time.monotonic(), "$ python Pedido 1 (aaaa) pago", digitada=True))
    assert terminais.esperando() == [0, 0, 0]


def test_uma_espera_acaba_no_prazo_no_ctrl_c_ou_quando_morre_quem_ela_espera(terminais: Terminais) -> None:
    parada = Parada()

    def espera(*vivos: Terminal, prazo_s: float = PRAZO_S) -> None:
        espera_ver(lambda: False, prazo_s, parada, [*vivos], lambda: "não vi o que esperava")

    with pytest.raises(DemonstracaoParada, match="não vi o que esperava"):
        espera(prazo_s=0.0)
    with pytest.raises(DemonstracaoParada, match=r"estoque \(T3\) terminou sozinho"):
        espera(terminais.estoque)
    parada.pedida = True
    with pytest.raises(KeyboardInterrupt):
        espera()


@pytest.mark.skipif(sys.platform == "win32", reason="o Windows não tem signal.pause")
def test_a_vida_de_um_terminal(terminais: Terminais, passo: Passo, tmp_path: Path) -> None:
    arquivo = tmp_path / "servico.py"
    arquivo.write_text(_SERVICO, encoding="utf-8")
    vistas: list[str] = []
    pagamento = Terminal("T2", "pagamento", "green", str(arquivo), lambda *linha: vistas.append(linha[2]), Parada())
    terminais.pagamento = pagamento

    def titulo() -> Text:
        linha = next(linha for linha in desenha(passo, terminais, console()) if "T2 pagamento" in linha.plain)
        return linha[linha.plain.index(" T2") :]

    def fundo_vermelho() -> bool:
        """Também no que o script disse: o quadro inteiro é o de um morto."""
        linhas = [linha for linha in desenha(passo, terminais, console()) if "partições atribuídas" in linha.plain]
        return all(any("on red" in str(trecho.style) for trecho in linha.spans) for linha in (titulo(), *linhas[-1:]))

    assert (pagamento.estado, pagamento.particoes()) == (Estado.FECHADO, [])
    assert "ainda fechado" in titulo().plain
    try:
        pagamento.roda()
        pagamento.espera_pronto()
        assert (pagamento.estado, pagamento.particoes()) == (Estado.VIVO, [0, 2])
        assert "partições 0, 2" in titulo().plain
        assert not fundo_vermelho()
        pagamento.ctrl_c()
        assert (pagamento.estado, pagamento.vivo) == (Estado.MORTO, False)
        assert titulo().plain.rstrip().endswith("MORTO")
        assert fundo_vermelho()
        texto = desenho(passo, terminais)
        assert "$ python " in texto and "^C" in texto and "Encerrado." in texto
        pagamento.roda()  # no mesmo terminal: as linhas de antes continuam lá
        pagamento.espera_pronto()
        assert (pagamento.estado, pagamento.vivo) == (Estado.VIVO, True)
        ditas = ["[FALSO] Pronto: partições atribuídas: 0, 2", "[FALSO] Encerrado."]
        ditas.append(ditas[0])
        assert [linha.texto for linha in pagamento.linhas if not linha.digitada] == ditas
        ate(lambda: vistas == ditas, PRAZO_S, "nem toda linha foi mostrada")
        diz(pagamento, "[FALSO] Sessão perdida (KafkaTimeoutError 3): volto ao grupo")
        assert pagamento.particoes() == []
        assert "rodando" in titulo().plain
    finally:
        pagamento.despede()
        pagamento.fecha()
