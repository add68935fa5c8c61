"""Reads the newest complete mask snapshot of a job; needs confluent-kafka, NumPy and safetensors.

usage: masks.py BOOTSTRAP JOB [PREFIX]
"""
import hashlib, json, sys
import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from safetensors.numpy import load


def records(bootstrap, topic):
    """All committed records of a topic of one partition, from its beginning to its present end."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False,
                         "isolation.level": "read_committed", "enable.partition.eof": True, "log_level": 0})
    try:
        if missing := consumer.list_topics(topic, timeout=30).topics[topic].error:  # a consumer alone would wait for it
            raise KafkaException(missing)
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        while (record := consumer.poll(30)) is not None:
            if record.error() is None:
                yield record
            elif record.error().code() == KafkaError._PARTITION_EOF:
                return
            else:
                raise KafkaException(record.error())
        raise TimeoutError(f"no record and no end of {topic} within 30 seconds")
    finally:
        consumer.close()


def newest_masks(bootstrap, job, prefix="finecomb"):
    """The newest manifest whose chunks are all there, and {parameter: array of 0 and 1 in the weight's shape}."""
    chunks, newest, snapshot = {}, None, None
    for record in records(bootstrap, f"{prefix}.{job}.masks"):
        if record.key() == b"manifest":
            newest = json.loads(record.value())
            named = [c["sha256"] for layer in newest["layers"] for c in layer["chunks"]]
            if all(sha in chunks for sha in named):
                snapshot, chunks = newest, {sha: chunks[sha] for sha in named}
        elif record.value() is not None:  # a null value retires a key
            chunks[hashlib.sha256(record.value()).hexdigest()] = record.value()
    if snapshot is None or snapshot is not newest:
        raise LookupError(f"no mask snapshot of {job} is complete" if snapshot is None else "the newest is incomplete")
    return snapshot, {layer["parameter"]: unpack(layer, chunks) for layer in snapshot["layers"]}


def unpack(layer, chunks):
    order = layer["permutation"]  # of the weight's axes in grouped order: [0, 1] or [0, 2, 3, 1]
    bits = np.concatenate([load(chunks[c["sha256"]])["mask"] for c in layer["chunks"]])
    grouped = np.unpackbits(bits, bitorder="little", count=np.prod(layer["shape"]))
    return grouped.reshape([layer["shape"][axis] for axis in order]).transpose(np.argsort(order))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    manifest, masks = newest_masks(*sys.argv[1:])
    print(f"step {manifest['step']}, {manifest['state']}, {manifest['pattern']}")
    for name, mask in masks.items():
        print(f"{name} {mask.shape}: {mask.sum()} of {mask.size} kept")
