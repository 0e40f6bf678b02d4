"""De cada exercício, respostas erradas, recusadas pelo motivo certo, e outras certas, aceitas.

Cada uma é a solução com algumas trocas, como as faria um aluno.
"""

import importlib
import re
from pathlib import Path
from uuid import uuid4

import pytest

from exercicios.conferencias import EXERCICIOS, confere
from exercicios.conferencias.falta import Falta
from lab import RAIZ
from tests.apoio.sala import SalaDeTeste

pytestmark = pytest.mark.broker

Trocas = list[tuple[str, str]]

PUBLICA = '                servico.publica(pedido.aprovado(), f"Pedido {pedido} aprovado")\n'
DIZ_QUE_RECUSA = '                servico.diga(f"Pedido {pedido} recusado: {EM_FALTA} em falta")\n'
PANE = "            pane.aqui()\n"
OFFSET = "            produtor.send_offsets_to_transaction(lido, eu_no_grupo)\n"
COMECO, FIM = "            produtor.begin_transaction()\n", "            produtor.commit_transaction()\n"
RECEBI = '            fala(f"Recebi pedido {pedido}")\n'
TRANSACIONAL = 'clientes.do_produtor_transacional(f"{ESTOQUE.grupo}-{uuid4()}")'

ERRADAS: dict[str, tuple[int, Trocas, str]] = {
    "1, a partição": (
        1,
        [("PARTICAO_DO_PEDIDO_9 = 2", "PARTICAO_DO_PEDIDO_9 = 0")],
        r"^PARTICAO_DO_PEDIDO_9 não é 0: em common/produtor\.py",
    ),
    "1, sem as marcas": (1, [("APROVADOS = 8", "APROVADOS = 4")], "APROVADOS não é 4: .*marca do seu commit"),
    "2, o do meio não espera": (
        2,
        [("ESPERANDO_PELO_PAGAMENTO = 6", "ESPERANDO_PELO_PAGAMENTO = 5"), ("PERDIDOS = 0", "PERDIDOS = 1")],
        "^ESPERANDO_PELO_PAGAMENTO não é 5: .*; PERDIDOS não é 1: ",
    ),
    "3, metade para cada um": (3, [("[8, 3]", "[6, 5]")], r"^COM_DOIS_ESTOQUES não é \[6, 5\]: primeiro os 11"),
    "3, três partições": (3, [("PARTICOES = 4", "PARTICOES = 3")], "os tópicos já têm 3 partições ou mais"),
    "4, com ponto": (4, [("},{pedido", "}.{pedido")], "com vírgula e dois algarismos"),
    "4, antes de pago": (
        4,
        [("PEDIDOS_CONCLUIDOS", "PEDIDOS_APROVADOS"), ("Status.PAGO", "Status.APROVADO")],
        "tem de ser uma Etapa que lê pedidos_concluidos",
    ),
    "5, uma publicação por item": (
        5,
        [(PUBLICA, f"                for item in pedido.itens:\n    {PUBLICA}")],
        r"^\d+ pedidos foram publicados mais de uma vez",
    ),
    "5, tudo de uma vez": (
        5,
        [(DIZ_QUE_RECUSA, PUBLICA), ('"perdidos"', '"esperando"')],
        r"pedidos com Monitor foram aprovados; o estoque não disse .*; O_CONFERE_DIZ não é 'esperando': ",
    ),
    "6, nenhum pedido": (6, [("QUANTOS = 60", "QUANTOS = 0")], "a cópia enviou 0 pedidos: deixe QUANTOS em 60"),
    "6, a chave do cliente": (6, [("pedido.pagamento.value", "pedido.cliente")], "foi enviado com a chave "),
    "6, todos trabalham": (6, [("TRABALHAM = 2", "TRABALHAM = 3")], "^ESTOQUES_QUE_TRABALHAM não é 3: cada estoque"),
    "7, a pane no alto": (7, [(PANE, ""), (RECEBI, f"{PANE}{RECEBI}")], "entre os dois passos, o envio e o commit"),
    "7, nada se duplica": (7, [("DUPLICADOS = 1", "DUPLICADOS = 0")], "^DUPLICADOS não é 0: que pedidos"),
    "8, o laço ingênuo com as panes no alto": (
        8,
        [
            (f"{TRANSACIONAL})\n    produtor.init_transactions()", "clientes.do_produtor())"),
            (COMECO, ""),
            (FIM, ""),
            (PANE, ""),
            (RECEBI, f"{RECEBI}{PANE}{PANE}"),
            (OFFSET, "            consumidor.commit(lido)\n"),
        ],
        "nenhuma pane interrompeu uma transação",
    ),
    "8, o consumidor ainda grava": (
        8,
        [(OFFSET, f"{OFFSET}            consumidor.commit(lido)\n")],
        r"^perdidos \d, .*TODO 4\)$",
    ),
    "8, o nome fixo": (
        8,
        [("-{uuid4()}", "-1"), ("from uuid import uuid4\n", "")],
        "uma instância expulsou a outra: .*TODO 1",
    ),
    "8, sem começo": (8, [(COMECO, "")], r"^falta começar a transação antes do envio \(TODO 3\)\. python "),
    "8, sem init": (
        8,
        [("    produtor.init_transactions()\n", "")],
        r"^falta chamar init_transactions\(\) .*\(TODO 1\)",
    ),
    "8, o produtor de antes": (
        8,
        [(f"{TRANSACIONAL})\n    produtor.init_transactions()", "clientes.do_produtor())")],
        r"^o produtor ainda não é o transacional \(TODO 1\)",
    ),
    "8, sem fim": (8, [(FIM, "")], r"^a transação do pedido anterior não foi confirmada \(TODO 5\)\. python "),
}

CERTAS: dict[str, tuple[int, Trocas]] = {
    "1, uma tupla": (1, [("[5, 5, 4]", "(5, 5, 4)")]),
    "2, tuplas não cabem, e um cálculo sim": (2, [("LINHAS_RECEBI_PEDIDO = 9", "LINHAS_RECEBI_PEDIDO = 3 + 6")]),
    "3, muitas partições": (3, [("PARTICOES = 4", "PARTICOES = 50")]),
    "4, espaço que não separa": (4, [("R$ {reais}", "R$\\xa0{reais}")]),
    "4, ponto nos milhares": (
        4,
        [("{pedido.total_centavos // 100}", "{f'{pedido.total_centavos // 100:,}'.replace(',', '.')}")],
    ),
    "5, com continue": (
        5,
        [
            (DIZ_QUE_RECUSA, f"{DIZ_QUE_RECUSA}                continue\n"),
            (f"            else:\n{PUBLICA}", PUBLICA[4:]),
        ],
    ),
    "5, com maiúscula": (5, [('"perdidos"', '"Perdidos"')]),
    "6, outro caminho": (6, [("pedido.pagamento.value", "pedido.pagamento.name.lower()")]),
    "7, o offset dito": (
        7,
        [
            (
                "consumidor.commit()",
                "consumidor.commit({TopicPartition(registro.topic, registro.partition): "
                "OffsetAndMetadata(registro.offset + 1, '', -1)})",
            ),
            (
                "import KafkaConsumer, KafkaProducer",
                "import KafkaConsumer, KafkaProducer, TopicPartition\nfrom kafka.structs import OffsetAndMetadata",
            ),
        ],
    ),
    "8, a foto na hora de usar": (
        8,
        [
            ("            eu_no_grupo = consumidor.group_metadata()\n", ""),
            ("eu_no_grupo", "consumidor.group_metadata()"),
        ],
    ),
}


@pytest.fixture
def pacote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """O nome de um pacote vazio que este processo e os que ele abre importam."""
    nome = f"aluno_{uuid4().hex}"
    (tmp_path / nome).mkdir()
    (tmp_path / nome / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    importlib.invalidate_caches()
    return nome


def escreve(tmp_path: Path, pacote: str, numero: int, trocas: Trocas) -> None:
    """A solução com as trocas; cada uma tem de estar lá."""
    nome = f"{EXERCICIOS[numero]}.py"
    texto = (RAIZ / "exercicios" / "solucoes" / nome).read_text(encoding="utf-8")
    for antes, depois in trocas:
        assert antes in texto, antes
        texto = texto.replace(antes, depois)
    compile(texto, nome, "exec")
    (tmp_path / pacote / nome).write_text(texto, encoding="utf-8")


@pytest.mark.parametrize("qual", ERRADAS)
def test_uma_resposta_errada_nao_passa_e_se_diz_por_que(
    sala_do_aluno: SalaDeTeste, tmp_path: Path, pacote: str, qual: str
) -> None:
    numero, trocas, motivo = ERRADAS[qual]
    escreve(tmp_path, pacote, numero, trocas)
    with pytest.raises(Falta) as falta:
        confere(numero, sala_do_aluno, pacote)
    assert re.search(motivo, str(falta.value)), falta.value


@pytest.mark.parametrize("qual", CERTAS)
def test_outra_resposta_certa_passa(sala_do_aluno: SalaDeTeste, tmp_path: Path, pacote: str, qual: str) -> None:
    numero, trocas = CERTAS[qual]
    escreve(tmp_path, pacote, numero, trocas)
    confere(numero, sala_do_aluno, pacote)


def test_ha_erradas_e_outras_certas_de_cada_exercicio() -> None:
    assert {numero for numero, *_ in ERRADAS.values()} == {numero for numero, _ in CERTAS.values()} == set(EXERCICIOS)
