"""Partições novas, e um poll() curto: a volta ao grupo começa, o poll desiste dela, e ninguém a termina."""

import faulthandler
import logging
import os
import sys
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"forgotten-{uuid.uuid4().hex[:8]}"  # of the topic and the group
WAIT_S = 15  # metadata is refreshed every second, a rebalance of one member takes milliseconds
admin = KafkaAdminClient(bootstrap_servers=KAFKA)
consumer = KafkaConsumer(
    NAME,
    bootstrap_servers=KAFKA,
    group_id=NAME,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
    metadata_max_age_ms=1000,
)


def read_for(seconds, enough):
    """How many records these seconds bring; stops at `enough`. Each poll is short, as in a loop that has more to do."""
    read, end = 0, time.monotonic() + seconds
    while read < enough and time.monotonic() < end:
        read += sum(map(len, consumer.poll(timeout_ms=1).values()))
    return read


admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
with KafkaProducer(bootstrap_servers=KAFKA) as producer:
    producer.send(NAME, b"before", partition=0).get(10)
before = read_for(WAIT_S, 1)
admin.create_partitions({NAME: 2})
admin.wait_for_topics([NAME])
with KafkaProducer(bootstrap_servers=KAFKA) as producer:
    producer.send(NAME, b"after", partition=1).get(10)
after = read_for(WAIT_S, 1)
owned = sorted(tp.partition for tp in consumer.assignment())
print(
    f"{WAIT_S} s after a partition was added the only member of the group still has {owned}, and has read {after} of it"
)
consumer.close()
admin.delete_groups([NAME])
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if (before, after) == (1, 0) else 1)
