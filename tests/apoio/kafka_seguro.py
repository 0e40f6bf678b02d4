"""Um Kafka como os gerenciados: TLS com um certificado de verdade, usuários com senha e permissões por prefixo."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

from lab.kafka_local import portas, propriedades
from lab.kafka_local.configuracao import configuracao
from lab.kafka_local.distribuicao.jvm import comando_java
from lab.kafka_local.portas import ESTA_MAQUINA
from lab.processos.pasta import pasta_temporaria
from lab.processos.processo import Processo
from tests.apoio.sala import ate

PRONTO_S = 120.0  # aqui, 4 s
FORMATO_S = 60.0
SENHAS = {"ana": "s3nh4-da-ana", "bia": "s3nh4-da-bia"}


class KafkaSeguro:
    """Um broker em `pasta`: SASL_SSL para os alunos e, para os testes, uma porta sem senha. Use `temporario()`."""

    def __init__(self, pasta: Path) -> None:
        self._pasta, self._comando = pasta, comando_java()
        porta, interna, controlador = (portas.sorteia() for _ in range(3))
        self.endereco, self.interno = f"{ESTA_MAQUINA}:{porta}", f"{ESTA_MAQUINA}:{interna}"
        self._controlador = f"{ESTA_MAQUINA}:{controlador}"
        autoridade = trustme.CA()
        self.cafile, self.outro_cafile = pasta / "ca.pem", pasta / "outra-ca.pem"
        autoridade.cert_pem.write_to_path(self.cafile)
        trustme.CA().cert_pem.write_to_path(self.outro_cafile)
        _grava_chaves(autoridade.issue_cert(ESTA_MAQUINA), pasta / "broker.pem")

    def ambiente(self, usuario: str, mecanismo: str = "PLAIN") -> dict[str, str]:
        """As variáveis (dict) que um aluno define."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.endereco,
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SASL_MECHANISM": mecanismo,
            "KAFKA_SASL_USERNAME": usuario,
            "KAFKA_SASL_PASSWORD": SENHAS[usuario],
            "KAFKA_SSL_CAFILE": str(self.cafile),
            "LAB_PREFIXO": usuario,
        }

    @staticmethod
    @contextmanager
    def temporario() -> "Iterator[KafkaSeguro]":
        with pasta_temporaria("lab-seguro-") as pasta:
            kafka = KafkaSeguro(pasta)
            processo = kafka._inicia()
            try:
                ate(lambda: portas.aceita_conexao(int(kafka.endereco.split(":")[1])), PRONTO_S, "não respondeu")
                for usuario in SENHAS:
                    kafka._permite_o_prefixo(usuario)
                yield kafka
            finally:
                processo.encerra()

    def _inicia(self) -> Processo:
        arquivo = self._pasta / "server.properties"
        propriedades.escreve(arquivo, self._do_broker())
        formata = [*self._comando, "kafka.tools.StorageTool", "format", "--config", str(arquivo)]
        formata += ["--cluster-id=5L6g3nShT-eMCtK--X86sw"]
        for usuario, senha in SENHAS.items():  # KIP-900: os usuários SCRAM nascem com o cluster
            formata += ["--add-scram", f"SCRAM-SHA-512=[name={usuario},password={senha}]"]
        formato = self._executa(formata)
        assert formato.espera_fim(FORMATO_S) == 0, (self._pasta / "broker.log").read_text()
        formato.encerra()
        return self._executa([*self._comando, "kafka.Kafka", str(arquivo)])

    def _executa(self, comando: list[str]) -> Processo:
        with (self._pasta / "broker.log").open("ab") as log:
            return Processo(comando, log, trava=self._pasta / "em-uso.trava")

    def _do_broker(self) -> dict[str, str]:
        usuarios = " ".join(f'user_{usuario}="{senha}"' for usuario, senha in SENHAS.items())
        modulo = "org.apache.kafka.common.security"
        return configuracao(1) | {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{self._controlador}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INTERNO",
            "listeners": f"SASL_SSL://{self.endereco},INTERNO://{self.interno},CONTROLLER://{self._controlador}",
            "advertised.listeners": f"SASL_SSL://{self.endereco},INTERNO://{self.interno}",
            "listener.security.protocol.map": "SASL_SSL:SASL_SSL,INTERNO:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._pasta / "dados"),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._pasta / "broker.pem"),
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": f"{modulo}.plain.PlainLoginModule required {usuarios};",
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": f"{modulo}.scram.ScramLoginModule required;",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",  # quem chega pela porta interna
        }

    def _permite_o_prefixo(self, usuario: str) -> None:
        with KafkaAdminClient(bootstrap_servers=self.interno) as admin:
            admin.create_acls(_permissoes(usuario, ACLPermissionType.ALLOW))

    @contextmanager
    def sem_permissao(self, usuario: str) -> Iterator[None]:
        """Neste bloco o usuário não pode nada: uma recusa vale mais do que uma permissão."""
        recusas = _permissoes(usuario, ACLPermissionType.DENY)
        with KafkaAdminClient(bootstrap_servers=self.interno) as admin:
            admin.create_acls(recusas)
            yield
            admin.delete_acls(recusas)


def _permissoes(usuario: str, qual: ACLPermissionType) -> list[ACL]:
    """Tudo (ALL) nos tópicos, grupos e transactional.ids que começam por "usuario-", e em nenhum outro."""
    return [
        ACL(
            principal=f"User:{usuario}",
            host="*",
            operation=ACLOperation.ALL,
            permission_type=qual,
            resource_pattern=ResourcePattern(tipo, f"{usuario}-", ACLResourcePatternType.PREFIXED),
        )
        for tipo in (ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)
    ]


def _grava_chaves(emitido: trustme.LeafCert, arquivo: Path) -> None:
    """A chave e a cadeia em um PEM só, como o Kafka as quer: a chave em PKCS #8 (KIP-651)."""
    chave = load_pem_private_key(emitido.private_key_pem.bytes(), password=None)
    pem = chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    arquivo.write_bytes(pem + b"".join(blob.bytes() for blob in emitido.cert_chain_pems))
