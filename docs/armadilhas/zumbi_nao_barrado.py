"""Uma instância expulsa do grupo confirma offsets pela transação: o broker aceita, e o grupo volta atrás."""

import faulthandler
import logging
import os
import sys
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import MemberToRemove
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"zombie-{uuid.uuid4().hex[:8]}"  # of the topic, the group and the transactional id
PARTITION = TopicPartition(NAME, 0)
MEMBER = {
    "bootstrap_servers": KAFKA,
    "group_id": NAME,
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
    "isolation_level": "read_committed",
    "heartbeat_interval_ms": 500,
}

admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
with KafkaProducer(bootstrap_servers=KAFKA) as source:
    for number in range(5):
        source.send(NAME, b"order %d" % number)

# the first member reads order 0, and is thrown out while it works on it (as after a missed session timeout)
zombie = KafkaConsumer(NAME, **MEMBER)
while not zombie.poll(500, max_records=1):
    pass
admin.remove_group_members(NAME, [MemberToRemove(member_id=zombie.group_metadata().member_id)])

# another member takes over and does all five
heir = KafkaConsumer(NAME, **MEMBER)
while heir.committed(PARTITION) != 5:
    if heir.poll(500):
        heir.commit()

# the first member finishes its work and commits it; by now its heartbeat has learnt of the eviction
deadline = time.monotonic() + 5
while zombie.group_metadata().generation_id != -1 and time.monotonic() < deadline:
    time.sleep(0.1)
producer = KafkaProducer(bootstrap_servers=KAFKA, transactional_id=NAME)
producer.init_transactions()
producer.begin_transaction()
try:
    producer.send_offsets_to_transaction({PARTITION: OffsetAndMetadata(1, "", -1)}, zombie.group_metadata())
    producer.commit_transaction()
except KafkaError:
    producer.abort_transaction()  # refused, as it should be

offset = heir.committed(PARTITION)
print(f"the group was at offset 5; after the commit of a member that had been thrown out it is at {offset}")
for client in (zombie, heir, producer):
    client.close()
admin.delete_groups([NAME])
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if offset == 1 else 1)
