"""Um registro cujo cabeçalho tem um nome que não é UTF-8 para a partição: nenhum consumidor passa dele."""

import faulthandler
import logging
import os
import sys
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import CorruptRecordError

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"header-{uuid.uuid4().hex[:8]}"
PARTITION = TopicPartition(NAME, 0)


class Latin1(str):
    """A name as a client in another language may write it: the broker does not look at it."""

    def encode(self, *_):
        return super().encode("latin-1")


admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
with KafkaProducer(bootstrap_servers=KAFKA) as producer:
    for value, headers in ((b"0", []), (b"1", [(Latin1("região"), b"sul")]), (b"2", [])):
        producer.send(NAME, value, headers=headers).get(10)  # a batch each

read, failures, reason = [], 0, None
for _ in range(3):
    with KafkaConsumer(bootstrap_servers=KAFKA) as consumer:
        consumer.assign([PARTITION])
        consumer.seek(PARTITION, len(read))
        try:
            while b"2" not in read:
                read += [record.value for records in consumer.poll(500).values() for record in records]
        except CorruptRecordError as error:
            failures, reason = failures + 1, error

print(f"read {read} of 3 records, then {failures} of 3 consumers failed at offset {len(read)}: {reason}")
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if failures == 3 else 1)
