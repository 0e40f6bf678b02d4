"""De uma máquina só com Python ao ambiente pronto: cria o .venv, instala e recomeça dentro dele.

Só a biblioteca padrão. Um Python que já tem tudo (um venv da pessoa, o da CI) é usado como está.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import NoReturn

from common.erros import ErroDoLaboratorio, motivo
from common.pacotes import PYTHON_DO_VENV, REQUISITOS, VENV, requisitos, satisfaz
from lab import RAIZ
from lab.processos.pasta import apaga_pasta
from lab.processos.trava import Trava
from lab.terminal.mensagem import informa

Arquivos = tuple[Path, ...]  # de requisitos; cada um inclui os anteriores
DA_AULA: Arquivos = (REQUISITOS,)
DE_DESENVOLVIMENTO: Arquivos = (*DA_AULA, RAIZ / "requirements-dev.txt")  # mais o que só os testes e o caos usam
# Um resumo por arquivo de requisitos, escrito só depois de tudo instalado: uma instalação interrompida não o deixa.
_MARCA = VENV / "lab-pronto.sha256"
_LOG = VENV / "lab-instalacao.log"
_TRAVA = RAIZ / ".venv.trava"  # fora do .venv, que pode ser recriado

_RECOMECO = "LAB_AMBIENTE_PREPARADO"  # nesta variável o processo recomeçado sabe que não deve instalar de novo
_ESPERA_POR_OUTRO_S = 900.0  # outro terminal instalando em uma rede ruim
_PRAZO_DO_PIP_RESPONDER_S = 30.0
_PRAZO_DO_VENV_S = 300.0  # aqui, 3 s; um disco lento com antivírus leva minutos
_LINHAS_NO_ERRO = 3
PYTHON_NO_WINDOWS_EM_ARM = (3, 11)  # o zstandard não tem roda win_arm64 para o 3.10


def _tem_tudo(arquivos: Arquivos) -> bool:
    """Diz se o Python que está rodando serve como está. Não usa a rede."""
    if Path(sys.prefix).resolve() == VENV and not _instalacao_completa(arquivos):
        return False
    pedidos = (pedido for arquivo in arquivos for pedido in requisitos(arquivo))
    try:
        return all(satisfaz(importlib.metadata.version(nome), faixa) for nome, faixa in pedidos)
    except importlib.metadata.PackageNotFoundError:
        return False


def _resumos(arquivos: Arquivos) -> list[str]:
    return [f"{hashlib.sha256(arquivo.read_bytes()).hexdigest()} {arquivo.name}" for arquivo in arquivos]


def _instalacao_completa(arquivos: Arquivos) -> bool:
    try:
        feitos = _MARCA.read_text(encoding="ascii").splitlines()
        return PYTHON_DO_VENV.exists() and set(_resumos(arquivos)) <= set(feitos)
    except OSError:
        return False


def _pip_responde() -> bool:
    if not PYTHON_DO_VENV.exists():
        return False
    try:
        pip = [str(PYTHON_DO_VENV), "-m", "pip", "--version"]
        return subprocess.run(pip, capture_output=True, timeout=_PRAZO_DO_PIP_RESPONDER_S).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _cria_venv() -> None:
    informa("Criando o ambiente Python em .venv (alguns segundos)…")
    if importlib.util.find_spec("ensurepip") is None:  # o Debian e o Ubuntu o separam em outro pacote
        raise ErroDoLaboratorio(
            "este Python não tem o módulo venv completo. No Debian ou Ubuntu: sudo apt install python3-venv"
        )
    if Path(sys.prefix).resolve() != VENV:
        apaga_pasta(VENV)  # insiste: o --clear desistiria no primeiro arquivo que um antivírus segura
    # --clear: um .venv cujo pip não responde ficou pela metade, ou o seu Python foi desinstalado
    venv = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    try:
        criacao = subprocess.run(venv, capture_output=True, text=True, errors="replace", timeout=_PRAZO_DO_VENV_S)
    except subprocess.TimeoutExpired:
        raise ErroDoLaboratorio(f"{VENV} não ficou pronto em {_PRAZO_DO_VENV_S:.0f} s. Repita o comando") from None
    if criacao.returncode != 0:
        motivo = " | ".join((criacao.stderr or criacao.stdout).strip().splitlines()[-_LINHAS_NO_ERRO:])
        raise ErroDoLaboratorio(f"não consegui criar {VENV} ({motivo}). Apague essa pasta e repita")


def _exige_python_que_sirva() -> None:
    """Erro: ErroDoLaboratorio onde os pacotes da aula não têm roda, e o pip tentaria em vão compilá-los."""
    if sysconfig.get_platform() == "win-arm64" and sys.version_info < PYTHON_NO_WINDOWS_EM_ARM:
        minimo = ".".join(map(str, PYTHON_NO_WINDOWS_EM_ARM))
        raise ErroDoLaboratorio(f"no Windows em ARM é preciso o Python {minimo} ou mais novo (https://python.org)")


def _instala(arquivos: Arquivos) -> None:
    nomes = " e do ".join(arquivo.name for arquivo in arquivos if not _instalacao_completa((arquivo,)))
    informa(f"Instalando os pacotes do {nomes or arquivos[-1].name} (um a três minutos na primeira vez)…")
    _MARCA.unlink(missing_ok=True)
    comeco = time.monotonic()
    pip = [str(PYTHON_DO_VENV), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    pip += ["--progress-bar", "off", "-r", str(arquivos[-1])]
    erros: list[str] = []
    with (
        _LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", cwd=RAIZ
        ) as processo,
    ):
        assert processo.stdout  # é PIPE
        for linha in processo.stdout:
            log.write(linha)
            if linha.startswith("ERROR:"):
                erros.append(linha.removeprefix("ERROR:").strip())
            if noticia := _noticia(linha):
                informa(f"  {time.monotonic() - comeco:3.0f} s  {noticia}")
    if processo.returncode != 0:
        raise ErroDoLaboratorio(
            f"o pip não instalou os pacotes. Confira a internet e repita o comando. O pip disse: "
            f"{' | '.join(erros[-_LINHAS_NO_ERRO:]) or 'nada'} (tudo em {_LOG})"
        )
    _MARCA.write_text("\n".join(_resumos(arquivos)), encoding="ascii")
    informa(f"Ambiente pronto em {time.monotonic() - comeco:.0f} s.")


def _noticia(linha: str) -> str | None:
    """O que uma linha do pip diz a quem espera; None se nada."""
    if pacote := re.match(r"Collecting ([\w.-]+)", linha):
        return pacote[1]
    if linha.startswith("Installing collected packages:"):
        return f"instalando {linha.count(',') + 1} pacotes…"
    return None


def _prepara(arquivos: Arquivos) -> None:
    """Deixa o .venv completo, uma vez só mesmo que dois terminais peçam juntos."""
    _exige_python_que_sirva()
    try:
        with Trava(_TRAVA) as trava:
            if not trava.tenta():
                informa(f"Outro terminal (processo {trava.dono()}) prepara o ambiente; esperando por ele…")
                if not trava.tenta(_ESPERA_POR_OUTRO_S):
                    raise ErroDoLaboratorio("o outro terminal não terminou de preparar o ambiente; repita o comando")
            if _instalacao_completa(arquivos) and Path(sys.prefix).resolve() != VENV:
                return
            if not _pip_responde():
                _cria_venv()
            _instala(arquivos)
    except OSError as erro:
        raise ErroDoLaboratorio(f"não consegui preparar {VENV}: {motivo(erro)}") from erro


def _recomeca() -> NoReturn:
    """O mesmo comando, no Python do .venv."""
    comando = [str(PYTHON_DO_VENV), "-m", "lab", *sys.argv[1:]]
    ambiente = {**os.environ, _RECOMECO: "1"}
    if os.name != "nt":
        os.execve(comando[0], comando, ambiente)
    # no Windows o execv devolveria o terminal ao shell antes do fim: esperamos, e o Ctrl+C é do filho
    processo = subprocess.Popen(comando, env=ambiente)
    for nome in ("SIGINT", "SIGBREAK"):
        signal.signal(getattr(signal, nome), signal.SIG_IGN)
    sys.exit(processo.wait())


def garante(arquivos: Arquivos = DA_AULA) -> None:
    """Volta se este Python tem tudo o que os `arquivos` pedem; senão prepara o .venv e recomeça nele.

    Erro: ErroDoLaboratorio.
    """
    recomecado = os.environ.pop(_RECOMECO, None)
    if _tem_tudo(arquivos):
        return
    if recomecado and _instalacao_completa(arquivos):
        # o .venv foi alterado à mão depois de completo: sem a marca, a próxima vez o refaz
        _MARCA.unlink(missing_ok=True)
        raise ErroDoLaboratorio("o .venv está incompleto; repita o comando para consertá-lo")
    _prepara(arquivos)
    _recomeca()
