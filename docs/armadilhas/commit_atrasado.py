"""Um pedido de commit que a rede segura: o cliente o repete e segue, e o atrasado confirma a transação seguinte."""

import faulthandler
import logging
import os
import socket
import sys
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError
from kafka.net.transport import KafkaTCPTransport

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"late-{uuid.uuid4().hex[:8]}"  # of the topic and the producer
END_TXN = b"\x00\x1a"  # bytes 4 and 5 of an EndTxn request (kafka.apache.org/protocol, Api Keys)
delayed = []
write = KafkaTCPTransport.write


def write_to_a_bad_network(transport, request):
    """The first EndTxn stays on its way; the client sees its connection reset."""
    if request[4:6] == END_TXN and not delayed:
        delayed.append(bytes(request))
        transport.abort(KafkaConnectionError("reset"))
    else:
        write(transport, request)


def visible():
    """What a read_committed consumer finds in the topic."""
    with KafkaConsumer(bootstrap_servers=KAFKA, isolation_level="read_committed") as consumer:
        consumer.assign([TopicPartition(NAME, 0)])
        consumer.seek_to_beginning()
        return [record.value for _ in range(4) for batch in consumer.poll(500).values() for record in batch]


KafkaTCPTransport.write = write_to_a_bad_network
admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
producer = KafkaProducer(bootstrap_servers=KAFKA, transactional_id=NAME)
producer.init_transactions()
producer.begin_transaction()
producer.send(NAME, b"first")
producer.commit_transaction()  # the client retries it on another connection: it succeeds

producer.begin_transaction()
producer.send(NAME, b"second").get(10)  # and more would follow: the offsets of what was read, the commit
host, _, port = KAFKA.rpartition(":")
with socket.create_connection((host, int(port)), 10) as network:
    network.sendall(delayed[0])  # now the network delivers it
    network.recv(4096)
time.sleep(1)
seen = visible()
try:
    producer.abort_transaction()  # what a program does when the rest of its work fails
    end = "accepted"
except KafkaError as error:
    end = type(error).__name__
print(f"of two transactions, the second never committed, a read_committed consumer sees {seen}; abort: {end}")
producer.close()
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if seen == [b"first", b"second"] else 1)
