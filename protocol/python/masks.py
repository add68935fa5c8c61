"""Reads the newest complete mask snapshot of a job; needs confluent-kafka, NumPy and safetensors.

usage: masks.py BOOTSTRAP JOB [PREFIX]
"""
import hashlib, json, sys
import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from safetensors.numpy import load


def records(bootstrap, topic, follow=False):
    """All committed records of a topic of one partition, from its beginning to its present end.

    To follow is to wait there for more: None stands for each time that the end is reached.
    """
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False,
                         "isolation.level": "read_committed", "enable.partition.eof": True, "log_level": 0})
    try:
        if missing := consumer.list_topics(topic, timeout=30).topics[topic].error:  # a consumer alone would wait for it
            raise KafkaException(missing)
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        while (record := consumer.poll(30)) is not None or follow:
            if record is None:
                continue
            if record.error() is None:
                yield record
            elif record.error().code() != KafkaError._PARTITION_EOF:
                raise KafkaException(record.error())
            elif not follow:
                return
            else:
                yield None
        raise TimeoutError(f"no record and no end of {topic} within 30 seconds")
    finally:
        consumer.close()


class Newest:
    """The newest whole snapshot of the records taken so far: its manifest, and its chunks by their digest."""

    def __init__(self):
        self.manifest, self.chunks, self.fault = None, {}, "there is no manifest"

    def take(self, record):
        if record.key() == b"manifest":
            manifest = json.loads(record.value())
            named = {c["sha256"] for layer in manifest["layers"] for c in layer["chunks"]}
            if sha256(without_digest(manifest)) != manifest["digest"]:
                self.fault = f"the manifest of step {manifest['step']} is not what its digest says"
            elif missing := named - self.chunks.keys():
                self.fault = f"{len(missing)} chunks of step {manifest['step']} are missing"
            else:
                self.manifest, self.fault = manifest, None
                self.chunks = {sha: self.chunks[sha] for sha in named}
        elif record.value() is not None:  # a null value retires a key
            self.chunks[sha256(record.value())] = record.value()

    def masks(self):
        """{parameter: array of 0 and 1 in the weight's shape}"""
        return {layer["parameter"]: unpack(layer, self.chunks) for layer in self.manifest["layers"]}


def newest_masks(bootstrap, job, prefix="finecomb"):
    """The newest manifest and its masks; raises if the newest that was published is not whole."""
    newest = Newest()
    for record in records(bootstrap, f"{prefix}.{job}.masks"):
        newest.take(record)
    if newest.fault:
        raise LookupError(f"masks of {job}: {newest.fault}")
    return newest.manifest, newest.masks()


def followed_masks(bootstrap, job, prefix="finecomb"):
    """The newest manifest and its masks now, then each newer one as it is published, without end."""
    newest, told = Newest(), None
    for record in records(bootstrap, f"{prefix}.{job}.masks", follow=True):
        if record is not None:
            newest.take(record)
        elif newest.fault and newest.manifest is not None:
            raise LookupError(f"masks of {job}: {newest.fault}")
        elif newest.manifest is not told:
            told = newest.manifest
            yield told, newest.masks()


def without_digest(manifest):
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    return json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(value):
    return hashlib.sha256(value).hexdigest()


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
