"""Quanto leva cada arquivo de testes que não leva um instante: os mais longos começam antes.

Senão, no fim, um processo ficaria sozinho com um arquivo longo. Em uma máquina mais lenta todos levam mais, e a ordem é
a mesma. Um arquivo que ficou longo sem estar aqui é dito no fim de `python -m lab testes`.
"""

# segundos, com dois processos de testes em dois núcleos
SEGUNDOS = {
    "tests/lab/caos/test_caos.py": 560,
    "tests/test_compose.py": 240,
    "tests/common/conexao/test_kafka_ausente.py": 230,
    "tests/lab/zera/test_zera.py": 190,
    "tests/lab/kafka_local/test_kafka_local.py": 160,
    "tests/common/conexao/test_kafka_seguro.py": 120,
    "tests/lab/demo/test_com_cluster.py": 100,
    "tests/common/test_armadilhas.py": 90,
    "tests/common/test_interrupcoes.py": 90,
    "tests/test_readme.py": 80,
    "tests/exercicios/test_conferencias.py": 80,
    "tests/common/conexao/test_topicos.py": 60,
    "tests/lab/demo/test_interrompida.py": 55,
    "tests/test_zookeeper.py": 50,
    "tests/lab/diagnostico/test_no_kafka.py": 45,
    "tests/test_licao.py": 40,
    "tests/lab/demo/test_aula.py": 35,
    "tests/lab/demo/test_passo_a_passo.py": 30,
    "tests/exercicios/test_comando.py": 25,
    "tests/lab/diagnostico/test_porta.py": 25,
    "tests/common/test_fuzz.py": 10,
}
POR_TESTE_S = 0.1  # dos outros


def arquivo_de(nodeid: str) -> str:
    """O arquivo (str, com "/") de um teste."""
    return nodeid.partition("::")[0]
