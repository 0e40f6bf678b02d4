"""Uma instância expulsa no meio de um rebalanceamento volta ao grupo na posição que tinha antes dele."""

import faulthandler
import logging
import os
import sys
import uuid

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import MemberToRemove

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"stale-{uuid.uuid4().hex[:8]}"  # of the topic and the group
MEMBER = {
    "bootstrap_servers": KAFKA,
    "group_id": NAME,
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
    "heartbeat_interval_ms": 500,
}


def write(numbers):
    with KafkaProducer(bootstrap_servers=KAFKA) as producer:
        for number in numbers:
            producer.send(NAME, b"%d" % number).get(10)


def poll(consumer):
    return [record.value for records in consumer.poll(100).values() for record in records]


def read_and_commit(consumer, last):
    while last not in poll(consumer):
        pass
    consumer.commit()


class SlowToLeave(ConsumerRebalanceListener):
    """A pause at the start of a rebalance: a slow flush, a suspended laptop, a long garbage collection."""

    paused = False

    def on_partitions_revoked(self, revoked):
        if revoked and not self.paused:
            self.paused = True
            # meanwhile this member is thrown out, and the other one gets the partition and reads on
            admin.remove_group_members(NAME, [MemberToRemove(member_id=first_id)])
            write(range(5, 10))
            read_and_commit(second, b"9")
            second.close()
            write([10])

    def on_partitions_assigned(self, assigned):
        pass


admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
write(range(5))
first, listener = KafkaConsumer(**MEMBER), SlowToLeave()
first.subscribe([NAME], listener=listener)
read_and_commit(first, b"4")
first_id = first.group_metadata().member_id
second = KafkaConsumer(NAME, **MEMBER)  # when it joins, the first member comes to its pause
read = []
while not read:
    if not listener.paused:
        poll(second)
    read = poll(first)

print(f"committed up to 9 by the other member, this one goes on with {read[0].decode()} (10 expected)")
first.close()
admin.delete_groups([NAME])
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if read[0] == b"5" else 1)
