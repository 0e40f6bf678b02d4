"""O broker recusa um envio e a transação é abortada, mas commit_transaction() volta como se tivesse dado certo."""

import faulthandler
import logging
import os
import sys
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"liar-{uuid.uuid4().hex[:8]}"  # of the topic and the transactional id
PARTITION = TopicPartition(NAME, 0)

admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
producer = KafkaProducer(bootstrap_servers=KAFKA, transactional_id=NAME)
producer.init_transactions()
sent, committed = {}, []
for order in (b"0", b"1", b"2"):
    producer.begin_transaction()
    if order == b"1":  # a gap in the sequence, as a lost batch leaves it: the broker will refuse this send
        producer._transaction_manager.increment_sequence_number(PARTITION, 1)
    sent[order] = producer.send(NAME, order)
    try:
        producer.commit_transaction()
        committed.append(order)
    except KafkaError:
        producer.abort_transaction()  # the caller knows, and can send it again
producer.close()

consumer = KafkaConsumer(bootstrap_servers=KAFKA, isolation_level="read_committed")
consumer.assign([PARTITION])
consumer.seek_to_beginning()
end = consumer.end_offsets([PARTITION])[PARTITION]
read = []
while consumer.position(PARTITION) < end:
    read += [record.value for records in consumer.poll(500).values() for record in records]
consumer.close()

refusal = type(sent[b"1"].exception).__name__
print(f"committed {committed}, but read_committed shows {read}; the send of b'1' had failed with {refusal}")
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if committed != read else 1)
