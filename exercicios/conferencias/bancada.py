"""O que as conferências dividem: rodar scripts, esperar pelo que eles dizem e contar os pedidos."""

import re
from collections.abc import Callable, Sequence

from common.configuracao import Etapa
from common.prazo import espera_ate
from common.terminal.sinais import Interrupcao
from exercicios.conferencias.falta import Falta
from exercicios.pane import PANE
from lab.confere.contagem import Contagem
from lab.confere.leitura import conta
from lab.processos.sala import Sala
from lab.processos.script import Script

PASSO_S = 0.3  # uma contagem abre dois clientes Kafka
ESPERA_S = 45.0  # um membro morto ocupa o seu lugar no grupo por 6 s; o resto é folga para uma máquina ocupada


def espera(condicao: Callable[[], bool], falta: str, *trabalhando: Script) -> None:
    """Volta quando `condicao()` vale. Erro: Falta, no fim do prazo ou assim que um dos `trabalhando` termina."""

    def exige_que_trabalhem() -> None:
        for script in trabalhando:
            if not script.vivo:
                raise Falta(f"{_comando(script)} terminou sozinho: {_ultima_linha(script)}")

    if not espera_ate(condicao, ESPERA_S, exige_que_trabalhem, PASSO_S):
        raise Falta(f"esperei {ESPERA_S:.0f} s, e {falta}")


def linhas(script: Script, trecho: str) -> list[str]:
    """As linhas (list[str]) que `script` já disse e que contêm `trecho`."""
    return [texto for texto in script.textos() if trecho in texto]


def roda(sala: Sala, *comando: str) -> None:
    """Roda `python COMANDO...` até o fim. Erro: Falta se não termina bem."""
    script = sala.abre(*comando)
    espera(lambda: not script.vivo, f"{_comando(script)} não terminou")
    if script.espera_fim(ESPERA_S) != 0:
        raise Falta(f"{_comando(script)} não terminou bem: {_ultima_linha(script)}")


def morre_na_pane(vitima: Script) -> None:
    """Espera que um script aberto com --pane morra nela. Erro: Falta se terminou de outro modo, ou não terminou."""
    espera(lambda: not vitima.vivo, f"{_comando(vitima)} não chegou à pane")
    ultima = _ultima_linha(vitima)
    if PANE not in ultima:
        raise Falta(f"{_comando(vitima)} terminou antes da pane: {ultima}")


def servicos(sala: Sala, quantos: int, *comando: str, ja_abertos: Sequence[Script] = ()) -> list[Script]:
    """Os `ja_abertos` e mais `quantos` serviços iguais, quando o grupo já repartiu as partições entre todos."""
    abertos = [*ja_abertos, *(sala.abre(*comando) for _ in range(quantos))]
    espera(lambda: _repartidas(abertos), f"o grupo não repartiu as partições de {_comando(abertos[0])}", *abertos)
    return abertos


def _repartidas(abertos: Sequence[Script]) -> bool:
    """Diz se todos já falaram das suas partições, e cada partição tem um só dono."""
    ditas = [
        [texto for texto in script.textos() if "partições atribuídas" in texto or "fico em reserva" in texto]
        for script in abertos
    ]
    if not all(ditas):
        return False
    donos = [int(numero) for falas in ditas for numero in re.findall(r"\d+", falas[-1].partition("atribuídas:")[2])]
    return sorted(donos) == list(range(len(donos)))


def contagem() -> Contagem:
    """O que `python -m lab confere` contaria agora."""
    return conta(lambda _: None, Interrupcao())


def espera_etapa(etapa: Etapa, *trabalhando: Script) -> Contagem:
    """A contagem, quando o grupo de `etapa` já passou por todos os pedidos do seu tópico."""
    espera(lambda: esperando(contagem(), etapa) == 0, f"ainda há pedidos em {etapa.entrada}", *trabalhando)
    return contagem()


def esperando(contados: Contagem, etapa: Etapa) -> int:
    """Quantos pedidos (int) esperam pelo grupo de `etapa`."""
    return contados.esperando()[etapa.entrada].total()


def _comando(script: Script) -> str:
    return f"python {script.nome}"


def _ultima_linha(script: Script) -> str:
    script.espera_fim(ESPERA_S)  # também espera que se leia tudo o que ele disse
    return (script.textos() or ["(não disse nada)"])[-1]
