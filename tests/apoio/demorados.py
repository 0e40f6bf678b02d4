"""Quanto leva cada arquivo de testes que não leva um instante: os mais longos começam antes.

Senão, no fim, um processo ficaria sozinho com um arquivo longo. Em uma máquina mais lenta todos levam mais, e a ordem é
a mesma. Um arquivo que ficou longo sem estar aqui é dito no fim de `python -m lab testes`.
"""

# segundos, com três processos de testes em dois núcleos
SEGUNDOS = {
    "tests/lab/zera/test_zera.py": 190,
    "tests/test_compose.py": 180,
    "tests/lab/caos/test_tres_brokers.py": 200,
    "tests/common/conexao/test_kafka_ausente.py": 150,
    "tests/common/test_topico_recriado.py": 130,
    "tests/lab/demo/test_com_cluster.py": 120,
    "tests/common/test_armadilhas.py": 90,
    "tests/lab/caos/test_um_broker.py": 150,
    "tests/exercicios/test_variantes.py": 120,
    "tests/exercicios/test_conferencias.py": 80,
    "tests/test_readme.py": 75,
    "tests/common/test_sem_remedio.py": 75,
    "tests/common/conexao/test_kafka_seguro.py": 75,
    "tests/common/test_interrupcoes.py": 70,
    "tests/lab/kafka_local/test_cluster.py": 60,
    "tests/lab/kafka_local/test_broker.py": 60,
    "tests/lab/caos/test_controle.py": 50,
    "tests/lab/demo/test_aula.py": 50,
    "tests/lab/diagnostico/test_no_kafka.py": 45,
    "tests/common/test_recuo.py": 40,
    "tests/lab/demo/test_passo_a_passo.py": 40,
    "tests/lab/demo/test_interrompida.py": 35,
    "tests/lab/demo/test_interrompida_no_terminal.py": 30,
    "tests/lab/kafka_local/test_comando.py": 40,
    "tests/test_zookeeper.py": 35,
    "tests/test_licao.py": 35,
    "tests/docs/test_armadilhas.py": 35,
    "tests/exercicios/test_comando.py": 25,
    "tests/lab/diagnostico/test_porta.py": 25,
    "tests/common/test_compressao.py": 25,
    "tests/common/conexao/test_topicos.py": 25,
    "tests/lab/kafka_local/test_queda.py": 20,
    "tests/lab/kafka_local/test_retencao.py": 20,
    "tests/common/test_commit_atrasado.py": 20,
    "tests/common/test_servico.py": 20,
    "tests/common/test_fuzz.py": 10,
    "tests/apoio/test_guarda.py": 10,
}
POR_TESTE_S = 0.1  # dos outros


def arquivo_de(nodeid: str) -> str:
    """O arquivo (str, com "/") de um teste."""
    return nodeid.partition("::")[0]
