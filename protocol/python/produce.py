"""Feeds a job with batches of handwritten digits; needs confluent-kafka, NumPy and safetensors.

Copy produce() for batches of your own: it takes NumPy arrays and torch tensors.

usage: produce.py BOOTSTRAP JOB DIGITS_CSV_GZ BATCHES [PREFIX]
"""
import gzip, sys
import numpy as np
from confluent_kafka import Producer
from safetensors.numpy import save


def produce(bootstrap, topic, batches):
    """Sends each batch {name: array or tensor, first axis the samples}; raises unless the broker has them all."""
    settings = {"bootstrap.servers": bootstrap, "enable.idempotence": True, "message.max.bytes": 8 << 20}
    producer, failures = Producer(settings), []
    for batch in batches:
        while len(producer) >= 100:  # on their way; more would only fill the memory
            producer.poll(0.1)
        producer.produce(topic, encoded(batch), on_delivery=lambda error, _: error and failures.append(error))
    unsent = producer.flush(60)
    if unsent or failures:
        raise RuntimeError(f"{unsent + len(failures)} records did not arrive in {topic}: {failures[:3]}")


def encoded(batch):
    if all(isinstance(array, np.ndarray) for array in batch.values()):
        return save(batch)
    from safetensors.torch import save as save_torch
    return save_torch({name: tensor.contiguous() for name, tensor in batch.items()})


def digits(path, count, size=64, seed=1):
    """Batches of rows from 1000 on, in negative: x float32 [size, 1, 8, 8] of 0 to 1, y int64 [size]."""
    rows, random = np.loadtxt(gzip.open(path), delimiter=",", dtype=np.float32)[1000:], np.random.default_rng(seed)
    for _ in range(count):
        picked = random.choice(rows, size)
        yield {"x": (1 - picked[:, :64] / 16).reshape(size, 1, 8, 8), "y": picked[:, 64].astype(np.int64)}


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    bootstrap, job, path, count, prefix = (sys.argv[1:] + ["finecomb"])[:5]
    produce(bootstrap, f"{prefix}.{job}.batches", digits(path, int(count)))
    print(f"{count} batches sent to {prefix}.{job}.batches")
