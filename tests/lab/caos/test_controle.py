"""O caos de verdade acusa quem merece, e interrompido não deixa nada para trás."""

from pathlib import Path

import pytest

from tests.apoio.comando import CTRL_C, DESMONTE_S, processos_da
from tests.lab.caos.apoio import FIM_S, ensaio, perdidos_e_duplicados

pytestmark = pytest.mark.broker

SEMENTE = "2"  # com ela morrem um estoque e um pagamento: é o que publica que pode duplicar


def test_o_controle_e_acusado_e_os_nossos_passam_com_a_mesma_semente(tmp_path: Path) -> None:
    flags = ["--pedidos", "400", "--rodadas", "2", "--semente", SEMENTE, "--falhas", "kill-9"]
    pasta_do_ingenuo, pasta_do_nosso = tmp_path / "ingenuo", tmp_path / "nosso"
    pasta_do_ingenuo.mkdir()
    pasta_do_nosso.mkdir()
    # ao mesmo tempo: cada um tem um Kafka só dele, e passa mais tempo esperando do que calculando
    with ensaio(pasta_do_ingenuo, *flags, "--ingenuo") as ingenuo, ensaio(pasta_do_nosso, *flags) as nosso:
        do_ingenuo, _ = ingenuo.communicate(timeout=FIM_S)
        do_nosso, _ = nosso.communicate(timeout=FIM_S)
    assert ingenuo.returncode == 1, do_ingenuo
    assert sum(perdidos_e_duplicados(do_ingenuo)) > 0
    assert nosso.returncode == 0, do_nosso
    assert perdidos_e_duplicados(do_nosso) == (0, 0)


def test_interrompido_no_meio_de_uma_falha_nao_deixa_nada(tmp_path: Path) -> None:
    with ensaio(tmp_path, "--falhas", "congela", "--rodadas", "1") as processo:
        assert processo.stdout is not None
        assert any("começa, aos" in linha for linha in processo.stdout)
        processo.send_signal(CTRL_C)
        resto, _ = processo.communicate(timeout=DESMONTE_S)
    assert processo.returncode == 130, resto
    assert resto.splitlines()[-1] == "Ensaio interrompido"
    assert "Traceback" not in resto
    assert list(tmp_path.glob("lab-*")) == []
    assert processos_da(tmp_path) == []
