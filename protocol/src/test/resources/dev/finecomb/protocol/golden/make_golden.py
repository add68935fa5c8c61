"""Makes the golden messages and masks beside this file with nothing of Finecomb: json, hashlib, NumPy, safetensors."""

import hashlib
import json
import pathlib

import numpy as np
from safetensors.numpy import save

HERE = pathlib.Path(__file__).parent
ORIGIN = {"job": "digits", "incarnation": "2f1c9a4e", "step": 42}
DIGEST_A = hashlib.sha256(b"a").hexdigest()
DIGEST_B = hashlib.sha256(b"b").hexdigest()
FILES = [
    {"name": "trainer.safetensors", "bytes": 123456789012, "sha256": DIGEST_A},
    {"name": "model.pt", "bytes": 4096, "sha256": DIGEST_B},
]


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def message(name, value):
    (HERE / "messages" / (name + ".json")).write_bytes(compact(value))


def messages():
    metrics = {
        **ORIGIN, "samples": 64, "loss": 0.375, "accuracy": 0.90625, "learningRate": 0.0625, "gradientNorm": 1.5,
        "survivors": 4, "density": 0.75, "state": "removing", "stepMillis": 12.25, "partition": 0, "offset": 41,
    }
    message("step-metrics", metrics)
    regression = {key: value for key, value in metrics.items() if key != "accuracy"}
    message("step-metrics-regression", regression)
    # Read only: Python writes 1e-05 where Java writes 1.0E-5, both are JSON for the same number.
    message("step-metrics-python-floats", {**metrics, "learningRate": 1e-05, "later-field": {"ignored": [1, None]}})
    time = "2026-01-31T12:00:00.250Z"
    details = {
        "started": {"device": "cpu", "resumable": True},
        "resumed": {"checkpoint": 7},
        "removed": {"density": 0.75, "survivors": 4},
        "snapshot-published": {"state": "searching", "version": 3},
        "paused": {},
        "finalized": {"location": "export/größe"},
        "rewound": {"fromCheckpoint": 9, "toCheckpoint": 8},
        "failed": {"exitCode": 78, "reason": "two\nlines, \"quoted\""},
        "command-applied": {"commandId": "c-1", "verb": "pause"},
        "command-refused": {"commandId": "c-2", "reason": "expired"},
    }
    for kind, told in details.items():
        message("event-" + kind, {**ORIGIN, "kind": kind, "time": time, "details": told})
    manifest = {
        **ORIGIN, "sequence": 7, "positions": {"0": 42, "2": 0, "10": 9007199254740993}, "files": FILES,
        "modelSha256": DIGEST_A, "configurationSha256": DIGEST_B, "createdAt": "2026-01-31T12:00:00Z",
    }
    message("checkpoint-manifest", manifest)
    text = '{"format":1,"note":"größe"}\n'
    carried = {
        "name": "job.json", "bytes": len(text.encode("utf-8")),
        "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(), "content": text,
    }
    message("checkpoint-manifest-with-content", {**manifest, "files": [FILES[0], carried]})
    pointer = ";".join(["fc1", "digits", "2f1c9a4e", "7", "42", hashlib.sha256(compact(manifest)).hexdigest()])
    (HERE / "messages" / "checkpoint-pointer.txt").write_bytes(pointer.encode("ascii"))
    message("command", {
        "id": "c-1", "verb": "set-learning-rate", "args": {"learningRate": 0.125}, "expectedIncarnation": "2f1c9a4e",
        "expiresAt": "2026-01-31T12:00:00Z",
    })
    message("command-bare", {"id": "c-2", "verb": "stop"})
    message("finished-model", {
        **ORIGIN, "pattern": "2:4", "location": "export/digits", "files": FILES,
        "proof": {
            "sparseLayers": 3, "groups": 4096, "keptWeights": 8192, "denseLayers": 2, "layersFor2of4Hardware": 3,
        },
        "accuracy": 0.9375,
    })


def mask_2of4(rng, shape):
    """0/1 in the weight's own layout, 2 of 4 neighbours along axis 1."""
    rows = np.moveaxis(np.zeros(shape, dtype=np.uint8), 1, -1)
    groups = rows.reshape(-1, 4).copy()
    for group in groups:
        group[rng.permutation(4)[:2]] = 1
    return np.moveaxis(groups.reshape(rows.shape), -1, 1)


def masks():
    """Linear [3, 8] and convolution [2, 4, 3, 3]; chunks of 16 groups, so that the convolution takes two."""
    rng = np.random.default_rng(20260131)
    weights = {"fc.weight": mask_2of4(rng, (3, 8)), "conv.weight": mask_2of4(rng, (2, 4, 3, 3))}
    layers = []
    for parameter, mask in weights.items():
        permutation = [0, *range(2, mask.ndim), 1]
        grouped = mask.transpose(permutation).reshape(-1, 4)
        chunks = []
        for number, first in enumerate(range(0, len(grouped), 16)):
            run = grouped[first:first + 16]
            value = save({"mask": np.packbits(run.reshape(-1), bitorder="little")})
            name = "%s#%d" % (parameter, number)
            (HERE / "masks" / (name.replace("#", "-") + ".safetensors")).write_bytes(value)
            chunks.append({
                "key": name, "firstGroup": first, "endGroup": first + len(run), "bytes": len(value),
                "sha256": hashlib.sha256(value).hexdigest(),
            })
        layers.append({
            "parameter": parameter, "shape": list(mask.shape), "groupAxis": 1, "permutation": permutation,
            "kept": int(mask.sum()), "chunks": chunks,
        })
        (HERE / "masks" / (parameter + "-own-layout.bin")).write_bytes(np.ascontiguousarray(mask).tobytes())
    manifest = {**ORIGIN, "version": 5, "state": "final", "pattern": "2:4", "layers": layers}
    manifest["digest"] = hashlib.sha256(compact(manifest)).hexdigest()
    (HERE / "masks" / "manifest.json").write_bytes(compact(manifest))


messages()
masks()
