"""O broker responde e desliga em seguida; o cliente vê as duas coisas juntas e joga fora a resposta."""

import contextlib
import faulthandler
import logging
import os
import sys

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
if "KAFKA_SASL_PASSWORD" not in os.environ:
    sys.exit(
        "needs a Kafka that asks for a password: KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_MECHANISM, _USERNAME, _PASSWORD"
    )
lost = []


def watched(receive):
    def receive_and_note(transport):
        data, error = receive(transport)
        if data and error:  # _read_from_sock() aborts on the error, and does not look at the data
            lost.append(data)
        return data, error

    return receive_and_note


for transport in (KafkaTCPTransport, KafkaSSLTransport):
    transport._sock_recv = watched(transport._sock_recv)

with contextlib.suppress(KafkaError):
    KafkaConsumer(
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],  # a listener that asks for a password
        security_protocol=os.environ["KAFKA_SECURITY_PROTOCOL"],
        ssl_cafile=os.environ.get("KAFKA_SSL_CAFILE"),
        sasl_mechanism=os.environ["KAFKA_SASL_MECHANISM"],
        sasl_plain_username=os.environ["KAFKA_SASL_USERNAME"],
        sasl_plain_password="not the password",
        bootstrap_timeout_ms=5000,
        reconnect_backoff_max_ms=50,  # some twenty attempts, each with its answer and its end of connection
    )

print(f"{len(lost)} answers came in one read with the end of their connection, and were dropped: {lost[:1]}")
sys.exit(0 if lost else 1)
