"""O pedido e o seu JSON: um objeto imutável, um `codifica` e um `decodifica`."""

import enum
import random
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from msgspec import Meta

from common.erros import PedidoInvalido, TransicaoInvalida
from common.terminal.texto import visivel


class Status(enum.Enum):
    """Por onde o pedido já passou. A ordem é novo → aprovado → pago."""

    NOVO = "novo"
    APROVADO = "aprovado"
    PAGO = "pago"


class FormaDePagamento(enum.Enum):
    PIX = "pix"
    CARTAO = "cartao"
    BOLETO = "boleto"


# Todo campo tem limites: sem eles o JSON aceitaria números de 400 algarismos e textos sem fim.
Texto = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[^\x00-\x1f\x7f-\x9f]*\Z")]  # sem controles
Centavos = Annotated[int, Meta(ge=0, le=10**12)]  # dinheiro em centavos inteiros: float perde centavos
Momento = Annotated[datetime, Meta(tz=True)]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Um produto do pedido; preço em centavos."""

    produto: Texto
    quantidade: Annotated[int, Meta(ge=1, le=10**6)]
    preco_centavos: Centavos


class Pedido(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Um pedido. `id` é único para sempre; `numero` recomeça em 1 a cada execução do produtor."""

    id: UUID
    numero: Annotated[int, Meta(ge=1, le=10**9)]
    cliente: Texto
    email: Texto
    itens: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=100)]
    total_centavos: Centavos
    pagamento: FormaDePagamento
    criado_em: Momento
    status: Status = Status.NOVO

    def __post_init__(self) -> None:
        if self.total_centavos != sum(item.quantidade * item.preco_centavos for item in self.itens):
            raise ValueError("total_centavos difere da soma dos itens")

    def __str__(self) -> str:
        return f"{self.numero} ({self.id.hex[:4]})"

    def aprovado(self) -> "Pedido":
        """O mesmo pedido, aprovado. Erro: TransicaoInvalida se não era novo."""
        return self._muda(Status.NOVO, Status.APROVADO)

    def pago(self) -> "Pedido":
        """O mesmo pedido, pago. Erro: TransicaoInvalida se não era aprovado."""
        return self._muda(Status.APROVADO, Status.PAGO)

    def _muda(self, de: Status, para: Status) -> "Pedido":
        if self.status is not de:
            raise TransicaoInvalida(f"o pedido {self} está {self.status.value}: não pode passar a {para.value}")
        return msgspec.structs.replace(self, status=para)

    def segundos_de_vida(self) -> float:
        """Quanto tempo (segundos) passou desde `criado_em`."""
        return (datetime.now(timezone.utc) - self.criado_em).total_seconds()


MOTIVO_MAXIMO = 200  # letras: um nome de campo pode ter milhões, e o relato é de uma linha

_CODIFICADOR = msgspec.json.Encoder()
_DECODIFICADOR = msgspec.json.Decoder(Pedido)


def codifica(pedido: Pedido) -> bytes:
    """O JSON (bytes, UTF-8) do pedido. Erro: PedidoInvalido se `decodifica` não o leria de volta igual.

    O construtor não confere os limites: sem isto o Kafka confirmaria um pedido que a próxima etapa vai ignorar.
    """
    try:
        valor = _CODIFICADOR.encode(pedido)
    except ValueError as erro:  # um texto com meio par substituto (U+D800 a U+DFFF) não tem UTF-8
        raise _recusa(erro) from None
    # a diferença, e não ==: na hora que se repete ao fim do horário de verão, == entre fusos é sempre falso
    if _le(valor).criado_em - pedido.criado_em:
        raise PedidoInvalido("não é um pedido: o fuso de criado_em tem segundos, e o JSON só guarda minutos")
    return valor


def decodifica(valor: bytes | None, esperado: Status) -> Pedido:
    """O pedido contido em `valor`. Erro: PedidoInvalido, com o motivo, se não é um pedido `esperado`."""
    if valor is None:
        raise PedidoInvalido("registro sem valor (tombstone)")
    pedido = _le(valor)
    if pedido.status is not esperado:
        raise PedidoInvalido(f"status {pedido.status.value}, mas aqui só se espera {esperado.value}")
    return pedido


def _le(valor: bytes) -> Pedido:
    try:
        return _DECODIFICADOR.decode(valor)
    # além dos seus erros, o msgspec deixa passar estes três (medido com bytes arbitrários)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError) as erro:
        raise _recusa(erro) from None


def _recusa(erro: Exception) -> PedidoInvalido:
    motivo = visivel(str(erro)[: MOTIVO_MAXIMO + 1])  # um caractere invisível vira até dez visíveis: corta depois
    if len(motivo) > MOTIVO_MAXIMO:
        motivo = f"{motivo[:MOTIVO_MAXIMO]}..."
    return PedidoInvalido(f"não é um pedido: {motivo}")


_CLIENTES = ("Ana Souza", "Bruno Lima", "Carla Nunes", "Diego Rocha", "Elisa Araújo", "Fábio Conceição")
_PRODUTOS = (("Teclado", 18990), ("Mouse", 7990), ("Monitor", 89900), ("Cabo USB-C", 3490), ("Fone", 25900))


def novos_pedidos(quantidade: int) -> Iterator[Pedido]:
    """`quantidade` pedidos novos, numerados de 1 em diante."""
    for numero in range(1, quantidade + 1):
        cliente = random.choice(_CLIENTES)
        itens = tuple(
            Item(produto, random.randint(1, 3), preco)
            for produto, preco in random.sample(_PRODUTOS, random.randint(1, 3))
        )
        yield Pedido(
            id=uuid4(),
            numero=numero,
            cliente=cliente,
            email=f"cliente{numero}@exemplo.com.br",
            itens=itens,
            total_centavos=sum(item.quantidade * item.preco_centavos for item in itens),
            pagamento=random.choice(tuple(FormaDePagamento)),
            criado_em=datetime.now(timezone.utc),
        )
