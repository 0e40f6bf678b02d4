"""Um tópico apagado e criado de novo sob um consumidor: os offsets do antigo passam ao novo, que perde registros."""

import faulthandler
import logging
import os
import sys
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"again-{uuid.uuid4().hex[:8]}"  # of the topic and the group
MEMBER = {
    "bootstrap_servers": KAFKA,
    "group_id": NAME,
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
}
admin = KafkaAdminClient(bootstrap_servers=KAFKA)


def new_topic(values):
    """The topic, with these records."""
    admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    with KafkaProducer(bootstrap_servers=KAFKA) as producer:
        for value in values:
            producer.send(NAME, value).get(10)


def read_until(consumer, last):
    values = []
    while last not in values:
        values += [record.value for records in consumer.poll(500).values() for record in records]
    return values


new_topic(b"old %d" % number for number in range(5))
consumer = KafkaConsumer(NAME, **MEMBER)
read_until(consumer, b"old 4")
admin.delete_topics([NAME])
new_topic(b"new %d" % number for number in range(9))
consumer.commit()  # of the work that it has just done
consumer.close()

with KafkaConsumer(NAME, **MEMBER) as consumer:  # a restart, or the next owner of the partition
    read = read_until(consumer, b"new 8")
print(f"of 9 records in the new topic the group was given {len(read)}, from {read[0]} on")
admin.delete_groups([NAME])
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if read[0] == b"new 5" else 1)
