"""Um registro vence sem ter sido entregue, e a transação dele é confirmada sem ele."""

import faulthandler
import logging
import os
import select
import socket
import socketserver
import sys
import threading
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"expired-{uuid.uuid4().hex[:8]}"  # of the topic and the transactional id
PARTITION = TopicPartition(NAME, 0)
network_down = threading.Event()


class Proxy(socketserver.BaseRequestHandler):
    """The network between the producer and Kafka, as an HTTP CONNECT proxy that can be cut."""

    def handle(self):
        host, port = self.request.recv(4096).split()[1].decode().rsplit(":", 1)
        if network_down.is_set():
            return
        with socket.create_connection((host.strip("[]"), int(port))) as broker:
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            other = {self.request: broker, broker: self.request}
            while not network_down.is_set():
                for ready in select.select(list(other), [], [], 0.05)[0]:
                    if not (data := ready.recv(65536)):
                        return
                    other[ready].sendall(data)


socketserver.ThreadingTCPServer.daemon_threads = True
proxy = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()

admin = KafkaAdminClient(bootstrap_servers=KAFKA)
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
producer = KafkaProducer(
    bootstrap_servers=KAFKA,
    proxy_url=f"http://127.0.0.1:{proxy.server_address[1]}",
    transactional_id=NAME,
    request_timeout_ms=1000,
    delivery_timeout_ms=2000,  # two minutes by default: a longer outage does the same
)
producer.init_transactions()
producer.begin_transaction()
producer.send(NAME, b"first").get(10)
network_down.set()
time.sleep(0.5)  # the producer sees its connections close
late = producer.send(NAME, b"second")
while not late.is_done:
    time.sleep(0.1)
network_down.clear()
time.sleep(2)  # past the reconnect backoff
committed = [b"first", b"second"]
try:
    producer.commit_transaction()
except KafkaError:
    producer.abort_transaction()  # the caller knows, and can send both again
    committed = []
producer.close()

consumer = KafkaConsumer(bootstrap_servers=KAFKA, isolation_level="read_committed")
consumer.assign([PARTITION])
consumer.seek_to_beginning()
end = consumer.end_offsets([PARTITION])[PARTITION]
read = []
while consumer.position(PARTITION) < end:
    read += [record.value for records in consumer.poll(500).values() for record in records]
consumer.close()

failure = type(late.exception).__name__
print(f"committed {committed}, but read_committed shows {read}; the send of b'second' had failed with {failure}")
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if committed != read else 1)
