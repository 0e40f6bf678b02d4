"""Tira um cuidado de cada vez, e exige que os testes dele falhem: `python -m tests.mutacoes [--caos] [NOME...]`.

Roda-se à mão antes de uma versão: leva minutos, em um Kafka só dele. Cada mutação troca um texto em uma cópia da
árvore. Sem ela os testes têm de passar; com ela, cada um tem de falhar. Um texto que não está mais lá é um erro: a
lista acompanha o código.

Com --caos, quem tem de notar é o `python -m lab caos` da cópia, e a saída diz o que ele acusou.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lab import RAIZ
from lab.kafka_local.cluster import KafkaLocal

FIM_S = 600.0  # os testes de todas, sem mutação, ou um ensaio do caos
ULTIMOS_CARACTERES = 3_000
PEDIDOS, RODADAS, SEMENTE = "1000", "3", "1"  # um ensaio curto, e o mesmo de cada vez
FORA_DA_COPIA = shutil.ignore_patterns(".git", ".venv", ".kafka", "__pycache__", ".*_cache")
PASSOU, FALHOU = 0, 1  # o status do pytest e do caos; os outros dizem que nada foi testado

SESSAO, SERVICO, SINAIS = "common/sessao.py", "common/servico.py", "common/terminal/sinais.py"
DA_SESSAO, DO_SERVICO = "tests/common/test_sessao.py::test_", "tests/common/test_servico.py::test_"
ARMADILHA = "tests/common/test_armadilhas.py::test_armadilha_"
RECRIADO = "tests/common/test_topico_recriado.py::test_apagado_e_criado_de_novo_"


class Mutacao(NamedTuple):
    """`de` vira `para` em `arquivo`, e cada um de `testes` tem de falhar."""

    nome: str
    arquivo: str
    de: str
    para: str
    testes: tuple[str, ...]
    falhas: str = ""  # as do caos que a mostram; vazio: o caos não tem como


MUTACOES = (
    Mutacao(
        "o resultado de cada envio",
        SESSAO,
        "envio.get(0)",
        "pass",
        (f"{DA_SESSAO}um_envio_que_venceu_nao_vira_commit",),
        "envio-falho",
    ),
    Mutacao(
        "o flush",
        SESSAO,
        "self._produtor.flush(TRANSACAO_S)",
        "pass",
        (f"{DA_SESSAO}confirma_o_que_acaba_de_enviar",),
    ),
    Mutacao(
        "a geração depois do poll",
        SESSAO,
        "if por_particao and self._foto.generation_id < 0:",
        "if False:",
        (f"{DA_SESSAO}expulsa_durante_o_poll_nao_entrega_o_que_ele_trouxe",),
    ),
    Mutacao(
        "a foto do grupo",
        SESSAO,
        "foto = self._foto",
        "foto = self._consumidor.group_metadata()",
        (f"{DA_SESSAO}expulsa_durante_o_trabalho_nao_confirma",),
        "passo-lento",
    ),
    Mutacao(
        "o seek depois da atribuição",
        SESSAO,
        "            self._posicoes.toma_do_grupo()\n            self._posicionada_em = versao\n            return []",
        "            if not self._posicionada_em:\n                self._posicoes.toma_do_grupo()\n"
        "                self._posicionada_em = versao\n                return []\n"
        "            self._posicionada_em = versao",
        (f"{ARMADILHA}posicoes_velhas[nosso]",),
        "congela-no-join",
    ),
    Mutacao(
        "o Ctrl+C encurta as esperas",
        SESSAO,
        "self._interrupcao.encurta(prazo)",
        "pass",
        (f"{DA_SESSAO}o_ctrl_c_nao_espera_por_um_kafka_que_nao_responde",),
    ),
    Mutacao(
        "o prazo de cada chamada",
        SESSAO,
        "return com_prazo(funcao, segundos, o_que, a_cada_passo)",
        "return funcao()",
        (f"{DA_SESSAO}o_ctrl_c_nao_espera_por_um_kafka_que_nao_responde",),
        "broker-mata",
    ),
    Mutacao(
        "o consumidor se fecha",
        SESSAO,
        "        if self._consumidor is not None:\n            fecha",
        "        if False:\n            fecha",
        (f"{DA_SESSAO}fechada_sai_do_grupo",),
    ),
    Mutacao(
        "os metadados antes do grupo",
        SESSAO,
        'self._chama(conhece, ABERTURA_S, "ler as partições de entrada")',
        "",
        (f"{DA_SESSAO}conhece_o_topico_antes_de_entrar_no_grupo",),
    ),
    Mutacao(
        "um commit não se repete",
        "common/conexao/remendos.py",
        "        resposta = RespostaPerdida()",
        "        pass",
        (
            "tests/common/test_commit_atrasado.py::test_armadilha_um_commit_atrasado_confirma_a_transacao_seguinte_pela_metade"
            "[nosso]",
        ),
    ),
    Mutacao(
        "a volta ao grupo até o fim",
        "common/conexao/remendos.py",
        "        coordenador.request_rejoin()",
        "        pass",
        ("tests/common/conexao/test_remendos.py::test_a_volta_ao_grupo_que_um_poll_deixa_no_meio_termina",),
    ),
    Mutacao(
        "o identificador do tópico",
        "common/grupo/anotacao.py",
        "return None if self.topico and topico and self.topico != topico else Anotacao(topico, self.pulados)",
        "return Anotacao(topico, self.pulados)",
        (f"{RECRIADO}com_os_servicos_parados",),
    ),
    Mutacao(
        "o pedido lento é confirmado já",
        SERVICO,
        "if time.monotonic() - inicio >= ALVO_S:",
        "if False:",
        (f"{DO_SERVICO}o_passo_que_fica_lento_confirma_cada_pedido",),
    ),
    Mutacao(
        "o pulso de quem está ocioso",
        SERVICO,
        "                    sessao.pulso()\n",
        "",
        ("tests/common/conexao/test_kafka_ausente.py::test_um_servico_ocioso_nota_a_queda_do_kafka",),
    ),
    Mutacao(
        "o commit acaba com o recuo",
        SERVICO,
        "            self._recuo.avancou()\n            for linha",
        "            for linha",
        (f"{DO_SERVICO}so_diz_que_aprovou_o_que_o_kafka_confirmou",),
    ),
    Mutacao(
        "o tópico trocado",
        SESSAO,
        "if foi_trocado(self._consumidor, self._etapa.entrada, self._topico):",
        "if False:",
        (f"{RECRIADO}com_o_servico_ocupado",),
    ),
    Mutacao(
        "os offsets que sumiram do log",
        SESSAO,
        "        self._posicoes.volta_ao_log(fora_do_log)\n",
        "",
        ("tests/common/test_topico_recriado.py::test_offsets_que_sumiram_sao_ditos_e_contam_como_perdidos",),
    ),
    Mutacao(
        "o resto do lote volta",
        SERVICO,
        "sessao.devolve(registros[feitos:])",
        "pass",
        (f"{DO_SERVICO}o_passo_que_fica_lento_confirma_cada_pedido",),
    ),
    Mutacao(
        "a linha depois do commit",
        SERVICO,
        'self._ao_confirmar.append(f"{texto} · partição {registro.partition}")',
        'self._fala(f"{texto} · partição {registro.partition}")',
        (f"{DO_SERVICO}so_diz_que_aprovou_o_que_o_kafka_confirmou",),
    ),
    Mutacao(
        "um transactional_id por processo",
        SERVICO,
        "return Sessao(self._etapa, self._transactional_id,",
        'return Sessao(self._etapa, f"{self._etapa.grupo}-{uuid4()}",',
        (f"{DO_SERVICO}so_diz_que_aprovou_o_que_o_kafka_confirmou",),
    ),
    Mutacao(
        "o processo preso termina",
        SERVICO,
        "        encerra_processo_preso(erro)\n",
        "",
        (f"{DO_SERVICO}um_servico_com_uma_thread_presa_nao_espera_por_ela",),
    ),
    Mutacao(
        "o nohup",
        SINAIS,
        "for s in _SINAIS if s not in surdos}",
        "for s in _SINAIS}",
        ("tests/common/terminal/test_sinais.py::test_o_sinal_que_o_nohup_ignora_continua_ignorado[SIGHUP]",),
    ),
)


def main() -> int:
    pedidas = [argumento for argumento in sys.argv[1:] if argumento != "--caos"]
    escolhidas = [mutacao for mutacao in MUTACOES if not pedidas or mutacao.nome in pedidas]
    with tempfile.TemporaryDirectory(prefix="lab-mutacoes-") as pasta:
        copia = Path(pasta) / "copia"
        shutil.copytree(RAIZ, copia, ignore=FORA_DA_COPIA)
        if "--caos" in sys.argv:
            notadas = [_muda(mutacao, copia, _caos) for mutacao in escolhidas if mutacao.falhas]
            return 0 if all(notadas) else 1
        with KafkaLocal.temporario() as kafka:
            sem_mutacao = list(dict.fromkeys(teste for mutacao in escolhidas for teste in mutacao.testes))
            if not _confere("sem mutação", copia, sem_mutacao, kafka.bootstrap, PASSOU):
                return 1

            def testes(mutacao: Mutacao, copia: Path) -> bool:
                notados = [_confere(mutacao.nome, copia, [t], kafka.bootstrap, FALHOU) for t in mutacao.testes]
                return all(notados)

            notadas = [_muda(mutacao, copia, testes) for mutacao in escolhidas]
    return 0 if all(notadas) else 1


def _muda(mutacao: Mutacao, copia: Path, nota: Callable[[Mutacao, Path], bool]) -> bool:
    """O que `nota` diz da cópia com a mutação."""
    arquivo = copia / mutacao.arquivo
    original = arquivo.read_text(encoding="utf-8")
    if original.count(mutacao.de) != 1:
        raise SystemExit(f"{mutacao.arquivo} tem {original.count(mutacao.de)} vezes, e não uma: {mutacao.de}")
    arquivo.write_text(original.replace(mutacao.de, mutacao.para), encoding="utf-8")
    try:
        return nota(mutacao, copia)
    finally:
        arquivo.write_text(original, encoding="utf-8")


def _caos(mutacao: Mutacao, copia: Path) -> bool:
    """Diz o que o caos acusou, e se foi alguma invariante: um ensaio que não chega ao fim não acusa nada."""
    comando = ["-m", "lab", "caos", "--falhas", mutacao.falhas, "--rodadas", RODADAS, "--semente", SEMENTE]
    fim = _roda(copia, *comando, "--pedidos", PEDIDOS, COLUMNS="200")
    acusadas = [linha.strip(" │✘") for linha in fim.stdout.splitlines() if linha.rstrip(" │").endswith("✘")]
    notada = fim.returncode == FALHOU and bool(acusadas)
    _diz(notada, f"{mutacao.nome} ({mutacao.falhas}): {'; '.join(acusadas) or 'nada acusado'}", fim.stdout)
    return notada


def _confere(nome: str, copia: Path, testes: list[str], bootstrap: str, esperado: int) -> bool:
    """Roda `testes` na cópia, diz o que deu e devolve se foi o esperado."""
    fim = _roda(copia, "-m", "pytest", "-q", "-p", "no:cacheprovider", *testes, KAFKA_BOOTSTRAP_SERVERS=bootstrap)
    dito = {PASSOU: "passou", FALHOU: "falhou"}.get(fim.returncode, f"status {fim.returncode}")
    onde = testes[0] if len(testes) == 1 else "todos"
    _diz(fim.returncode == esperado, f"{nome}: {dito}: {onde}", fim.stdout)
    return fim.returncode == esperado


def _roda(copia: Path, *comando: str, **variaveis: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *comando],
        cwd=copia,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"} | variaveis,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=FIM_S,
    )


def _diz(certo: bool, linha: str, saida: str) -> None:
    """Uma linha, e o fim da `saida` se não deu o que se esperava."""
    sys.stdout.write(f"{'✔' if certo else '✘'} {linha}\n{'' if certo else saida[-ULTIMOS_CARACTERES:]}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
