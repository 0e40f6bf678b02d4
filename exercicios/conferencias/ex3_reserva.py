"""Conferência do exercício 3: dois estoques, depois quatro, depois quatro com mais partições."""

from collections import Counter

from common.conexao.clientes import leitor
from common.configuracao import ESTOQUE, NOVOS_PEDIDOS
from exercicios.conferencias import previsao
from exercicios.conferencias.bancada import contagem, espera, espera_etapa, roda, servicos
from exercicios.conferencias.falta import Falta
from lab.processos.sala import Sala
from lab.processos.script import Script

COMANDO = ("servico_estoque.py", "--tempo", "0.05")
PEDIDOS = 11


REVEJA = {
    "COM_DOIS_ESTOQUES": "primeiro os 11 pedidos nas três partições; depois, que partições tem cada estoque",
    "COM_QUATRO_ESTOQUES": "uma partição tem um só dono, e elas são três: quem sobra?",
}


def confere(sala: Sala, modulo: str) -> None:
    previsoes = previsao.le(modulo, "COM_DOIS_ESTOQUES", "COM_QUATRO_ESTOQUES")
    dois = servicos(sala, 2, *COMANDO)
    com_dois = _divisao(sala, dois, PEDIDOS)
    quatro = servicos(sala, 2, *COMANDO, ja_abertos=dois)
    com_quatro = _divisao(sala, quatro, PEDIDOS)
    previsao.compara(previsoes, {"COM_DOIS_ESTOQUES": com_dois, "COM_QUATRO_ESTOQUES": com_quatro}, REVEJA)

    for script in quatro:
        script.ctrl_c()
    espera(lambda: not any(script.vivo for script in quatro), "os estoques não pararam")
    roda(sala, "-m", modulo)
    # um pedido em cada partição: com muitas, os primeiros 11 seriam todos do mesmo estoque
    particoes = _particoes(sala)
    de_novo = _divisao(sala, servicos(sala, 4, *COMANDO), particoes)
    if 0 in de_novo:
        raise Falta(
            f"depois de python -m {modulo} há {particoes} partições, e de {particoes} pedidos os quatro estoques "
            f"aprovaram {de_novo}: um ainda não trabalha"
        )


def _particoes(sala: Sala) -> int:
    with leitor() as consumidor:
        return len(consumidor.partitions_for_topic(sala.topico(NOVOS_PEDIDOS)))


def _divisao(sala: Sala, estoques: list[Script], pedidos: int) -> list[int]:
    """Quantos de mais `pedidos` pedidos cada estoque aprovou, do maior para o menor."""
    antes = _por_instancia()
    roda(sala, "produtor_pedidos.py", "-n", str(pedidos))
    espera_etapa(ESTOQUE, *estoques)
    feitos = sorted((_por_instancia() - antes).values(), reverse=True)
    return feitos + [0] * (len(estoques) - len(feitos))


def _por_instancia() -> Counter[str]:
    return contagem().topicos[1].por_instancia
