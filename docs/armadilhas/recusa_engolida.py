"""O broker recusa a senha e diz por quê; o cliente repete em silêncio e acusa um Kafka que não responde."""

import faulthandler
import logging
import os
import sys
import time

from kafka import KafkaConsumer
from kafka.errors import KafkaError

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
if "KAFKA_SASL_PASSWORD" not in os.environ:
    sys.exit(
        "needs a Kafka that asks for a password: KAFKA_SECURITY_PROTOCOL, KAFKA_SASL_MECHANISM, _USERNAME, _PASSWORD"
    )


def connect(password):
    """What comes of it, and after how many seconds."""
    start = time.monotonic()
    try:
        KafkaConsumer(
            bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],  # a listener that asks for a password
            security_protocol=os.environ["KAFKA_SECURITY_PROTOCOL"],
            ssl_cafile=os.environ.get("KAFKA_SSL_CAFILE"),
            sasl_mechanism=os.environ["KAFKA_SASL_MECHANISM"],
            sasl_plain_username=os.environ["KAFKA_SASL_USERNAME"],
            sasl_plain_password=password,
            bootstrap_timeout_ms=5000,  # 30 s by default
        ).close()
        outcome = "connected"
    except KafkaError as error:
        outcome = type(error).__name__
    return outcome, f"{time.monotonic() - start:.1f} s"


right, wrong = connect(os.environ["KAFKA_SASL_PASSWORD"]), connect("not the password")
print(f"with the password: {', '.join(right)}; with a wrong one: {', '.join(wrong)}")
sys.exit(0 if right[0] == "connected" and wrong[0] == "KafkaTimeoutError" else 1)
