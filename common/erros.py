"""Os erros previstos do laboratório: uma linha em português que diz o que houve e o que fazer.

ErroDoLaboratorio            status 1
├── ErroDeUso                flag ou variável de ambiente inválida; status 2
├── KafkaIndisponivel        ninguém responde, ou o que responde não é um Kafka
├── PrazoEsgotado            uma chamada ao Kafka passou do prazo
├── SessaoPerdida            o grupo expulsou esta instância; a sessão recomeça
├── TopicoTrocado            o tópico foi apagado e criado de novo; a sessão recomeça, do início dele
├── CodecAusente             há registros comprimidos de um jeito que falta aqui saber ler
├── PedidoInvalido           um registro que não é um pedido desta etapa
├── TransicaoInvalida        novo → aprovado → pago, e só nesta ordem
└── EnvioIncompleto          pedidos que o Kafka não confirmou
"""

from common import significados


class ErroDoLaboratorio(Exception):
    """Um erro previsto. `str(erro)` é a linha mostrada; `status`, o código de saída (int)."""

    status = 1


class ErroDeUso(ErroDoLaboratorio):
    """Flag ou variável de ambiente inválida."""

    status = 2


class KafkaIndisponivel(ErroDoLaboratorio):
    """Nenhum Kafka respondeu em KAFKA_BOOTSTRAP_SERVERS."""


class PrazoEsgotado(ErroDoLaboratorio):
    """Uma chamada não terminou dentro do seu prazo."""


class SessaoPerdida(ErroDoLaboratorio):
    """O grupo de consumidores não conta mais com esta instância."""


class TopicoTrocado(ErroDoLaboratorio):
    """O nome do tópico já é de outro: o que a sessão leu era do antigo."""


class CodecAusente(ErroDoLaboratorio):
    """Falta a biblioteca que descomprime os registros de alguém."""


class PedidoInvalido(ErroDoLaboratorio):
    """Um registro do tópico não pôde ser lido como pedido desta etapa."""


class TransicaoInvalida(ErroDoLaboratorio):
    """Uma mudança de status fora da ordem novo → aprovado → pago."""


class EnvioIncompleto(ErroDoLaboratorio):
    """O produtor terminou sem a confirmação de todos os pedidos."""


def motivo(erro: BaseException) -> str:
    """O que dizer de `erro` entre parênteses: a nossa frase, ou o que quer dizer o de outros (str)."""
    return str(erro) if isinstance(erro, ErroDoLaboratorio) else significados.significado(erro)
