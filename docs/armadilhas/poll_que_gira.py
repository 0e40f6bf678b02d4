"""Depois de um registro que não se pôde ler, o próximo poll() não volta nunca, e ocupa uma CPU inteira."""

import faulthandler
import logging
import os
import sys
import threading
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.serializer import JsonSerializer

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"spin-{uuid.uuid4().hex[:8]}"

admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
with KafkaProducer(bootstrap_servers=KAFKA) as producer:
    producer.send(NAME, b"not JSON").get(10)

consumer = KafkaConsumer(bootstrap_servers=KAFKA, value_deserializer=JsonSerializer())
consumer.assign([TopicPartition(NAME, 0)])
consumer.seek_to_beginning()
try:
    while not consumer.poll(500):
        pass
except ValueError:
    pass  # the first poll() says what is wrong; an application logs it and polls again

again = threading.Thread(target=consumer.poll, args=[500], daemon=True)
cpu = time.process_time()
again.start()
again.join(5)
spins = again.is_alive()
cpu = time.process_time() - cpu
print(f"poll(500) {'has not come back' if spins else 'came back'} in 5 s, with {cpu:.1f} s of CPU")
admin.delete_topics([NAME])
sys.stdout.flush()
os._exit(0 if spins else 1)  # the consumer could not be closed
