"""Feeds a job with batches of handwritten digits; needs confluent-kafka, NumPy and safetensors.

usage: produce.py BOOTSTRAP JOB DIGITS_CSV_GZ BATCHES [PREFIX]
"""
import gzip, sys
import numpy as np
from confluent_kafka import Producer
from safetensors.numpy import save


def batches(path, count, size=64, seed=1):
    """Batches of rows from 1000 on, in negative: x float32 [size, 1, 8, 8] of 0 to 1, y int64 [size]."""
    rows, random = np.loadtxt(gzip.open(path), delimiter=",", dtype=np.float32)[1000:], np.random.default_rng(seed)
    for _ in range(count):
        picked = random.choice(rows, size)
        yield {"x": (1 - picked[:, :64] / 16).reshape(size, 1, 8, 8), "y": picked[:, 64].astype(np.int64)}


def produce(bootstrap, topic, values):
    """Sends every value and raises unless the broker has them all."""
    producer, failures = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True}), []
    for value in values:
        producer.produce(topic, value, on_delivery=lambda error, _: error and failures.append(error))
        producer.poll(0)
    unsent = producer.flush(60)
    if unsent or failures:
        raise RuntimeError(f"{unsent + len(failures)} records did not arrive in {topic}: {failures[:3]}")


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    bootstrap, job, path, count, prefix = (sys.argv[1:] + ["finecomb"])[:5]
    produce(bootstrap, f"{prefix}.{job}.batches", (save(batch) for batch in batches(path, int(count))))
    print(f"{count} batches sent to {prefix}.{job}.batches")
