"""A rede cai e volta no meio de uma transação: commit_transaction() não volta nunca."""

import faulthandler
import logging
import os
import select
import socket
import socketserver
import sys
import threading
import uuid

from kafka import KafkaAdminClient, KafkaProducer

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"endless-{uuid.uuid4().hex[:8]}"  # of the topic and the transactional id
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
)
producer.init_transactions()
producer.begin_transaction()
producer.send(NAME, b"order").get(10)

network_down.set()
threading.Event().wait(0.5)  # the producer sees its connections close
commit = threading.Thread(target=producer.commit_transaction, daemon=True)
commit.start()
commit.join(1)
network_down.clear()
commit.join(10)  # the network is back: a second would do

manager = producer._transaction_manager
forgotten = commit.is_alive() and not manager._pending_requests and not manager.has_in_flight_transactional_request()
print(
    "commit_transaction() waits on 10 s after the network came back, for a request that is neither queued nor sent"
    if forgotten
    else "commit_transaction() has come back"
)
admin.delete_topics([NAME])
sys.stdout.flush()
os._exit(0 if forgotten else 1)  # the producer could not be closed
