"""Um registro comprimido com um codec cuja biblioteca falta para a partição: nenhum consumidor passa dele."""

import faulthandler
import logging
import os
import sys
import uuid
from types import SimpleNamespace

import kafka.codec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import UnsupportedCodecError

faulthandler.dump_traceback_later(60, exit=True)  # whatever happens, this program ends
logging.disable()
KAFKA = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
NAME = f"codec-{uuid.uuid4().hex[:8]}"
PARTITION = TopicPartition(NAME, 0)
ONES = b"1" * 100


def zstd_frame(data):
    """Less than 256 bytes around ONES as a Zstandard frame (RFC 8878), so that no library is needed."""
    before, after = data.split(ONES)
    blocks = ((before, len(before), 0, 0), (b"1", len(ONES), 1, 0), (after, len(after), 0, 1))  # raw, run-length, raw
    frame = b"\x28\xb5\x2f\xfd\x20" + bytes([len(data)])
    for content, size, kind, last in blocks:
        frame += (size << 3 | kind << 1 | last).to_bytes(3, "little") + content
    return frame


admin = KafkaAdminClient(bootstrap_servers=KAFKA)
as_sent = {"compression.type": "producer"}  # Kafka's default; a broker may be set to recompress what it gets
admin.create_topics({NAME: {"num_partitions": 1, "replication_factor": 1, "configs": as_sent}}, wait_for_metadata=True)
# the writer has the codec...
kafka.codec.zstd = SimpleNamespace(ZstdCompressor=lambda: SimpleNamespace(compress=zstd_frame))
for value, compression in ((b"0", None), (ONES, "zstd"), (b"2", None)):
    with KafkaProducer(bootstrap_servers=KAFKA, compression_type=compression) as producer:
        producer.send(NAME, value).get(10)  # the broker has decompressed and checked it
# ... and the reader has not: this is what kafka/codec.py sets after a plain `pip install kafka-python`
kafka.codec.zstd = None

read, failures, reason = [], 0, None
for _ in range(3):
    with KafkaConsumer(bootstrap_servers=KAFKA) as consumer:
        consumer.assign([PARTITION])
        consumer.seek(PARTITION, len(read))
        try:
            while b"2" not in read:
                read += [record.value for records in consumer.poll(500).values() for record in records]
        except UnsupportedCodecError as error:
            failures, reason = failures + 1, error

print(f"read {read} of 3 records, then {failures} of 3 consumers failed at offset {len(read)}: {reason}")
admin.delete_topics([NAME])
admin.close()
sys.exit(0 if failures == 3 else 1)
