"""Conferência do exercício 3: dois estoques, depois quatro, depois quatro com mais partições."""

from collections import Counter

from common.configuracao import ESTOQUE
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import contagem, espera, espera_etapa, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala
from lab.processos.script import Script

COMANDO = ("servico_estoque.py", "--tempo", "0.05")
PEDIDOS = 11


def confere(sala: Sala, modulo: str) -> None:
    previsoes = previsao.le(modulo, "COM_DOIS_ESTOQUES", "COM_QUATRO_ESTOQUES")
    dois = servicos(sala, 2, *COMANDO)
    com_dois = _divisao(sala, dois)
    quatro = servicos(sala, 2, *COMANDO, ja_abertos=dois)
    com_quatro = _divisao(sala, quatro)
    previsao.compara(previsoes, {"COM_DOIS_ESTOQUES": com_dois, "COM_QUATRO_ESTOQUES": com_quatro})

    for script in quatro:
        script.ctrl_c()
    espera(lambda: not any(script.vivo for script in quatro), "os estoques não pararam")
    roda(sala, "-m", modulo)
    de_novo = _divisao(sala, servicos(sala, 4, *COMANDO))
    if 0 in de_novo:
        raise Falta(f"depois de python -m {modulo}, os quatro estoques aprovaram {de_novo}: um ainda não trabalha")


def _divisao(sala: Sala, estoques: list[Script]) -> list[int]:
    """Quantos de mais PEDIDOS pedidos cada estoque aprovou, do maior para o menor."""
    antes = _por_instancia()
    roda(sala, "produtor_pedidos.py", "-n", str(PEDIDOS))
    espera_etapa(ESTOQUE, *estoques)
    feitos = sorted((_por_instancia() - antes).values(), reverse=True)
    return feitos + [0] * (len(estoques) - len(feitos))


def _por_instancia() -> Counter[str]:
    return contagem().topicos[1].por_instancia
