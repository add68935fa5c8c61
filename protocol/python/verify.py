"""Checks a finished job from outside: its topics against its export directory. Exits with 1 if anything differs.

needs confluent-kafka, NumPy and safetensors; weights of types that NumPy has. Tries PyTorch's way too, if it is there.

usage: verify.py BOOTSTRAP JOB EXPORT_DIR [PREFIX]
"""
import collections, hashlib, json, pathlib, sys, tempfile
import numpy as np
from apply_masks import apply, apply_to_file
from masks import newest_masks, records
from safetensors.numpy import load_file, save_file


def check_masks(bootstrap, job, prefix, export, wanted):
    manifest, masks = newest_masks(bootstrap, job, prefix)
    weights = load_file(export / "model.safetensors")
    sparse = {layer["parameter"] for layer in wanted["layers"] if layer["sparse"]}
    require(manifest["state"] == "final", f"the newest mask snapshot is {manifest['state']}, not final")
    require(masks.keys() == sparse, f"masks for {sorted(masks)}, but the export made {sorted(sparse)} sparse")
    zeros = 0  # by chance: a kept weight may have any value
    n, m = map(int, wanted["pattern"].split(":"))
    for name, mask in masks.items():
        require(mask.shape == weights[name].shape, f"{name}: mask {mask.shape}, weight {weights[name].shape}")
        groups = np.moveaxis(mask, 1, -1).reshape(-1, m).sum(axis=1)
        require((groups == n).all(), f"{name}: {(groups != n).sum()} groups do not keep {n} of {m}")
        dead = weights[name][mask == 0]
        require(not dead.any(), f"{name}: {np.count_nonzero(dead)} weights are not 0 where the mask is 0")
        require(not np.signbit(dead).any(), f"{name}: zeros with a sign where the mask is 0")
        zeros += np.count_nonzero(weights[name][mask == 1] == 0)
    return f"masks: {len(masks)} layers at step {manifest['step']} match model.safetensors, {zeros} kept weights are 0"


def check_apply(bootstrap, job, prefix, export, wanted):
    """The weights with every 0 replaced are dense; the masks have to make them what they were."""
    masks, weights = newest_masks(bootstrap, job, prefix)[1], load_file(export / "model.safetensors")
    dense = {name: np.where(weight == 0, weight.dtype.type(1), weight) for name, weight in weights.items()}
    expected = dense | {name: np.where(weights[name] == 0, mask, weights[name])  # kept, but 0 by chance: it is 1 now
                        for name, mask in masks.items()}
    with tempfile.TemporaryDirectory() as folder:
        save_file(dense, folder + "/dense.safetensors")
        apply_to_file(masks, folder + "/dense.safetensors", folder + "/sparse.safetensors")
        require_equal(load_file(folder + "/sparse.safetensors"), expected)
    ways = "NumPy"
    try:
        import torch
        tensors = apply(masks, {name: torch.from_numpy(weight.copy()) for name, weight in dense.items()})
        require_equal({name: tensor.numpy() for name, tensor in tensors.items()}, expected)
        ways += " and PyTorch"
    except ImportError:
        pass
    return f"apply: {sum(mask.size - int(mask.sum()) for mask in masks.values())} weights set to 0 by {ways}"


def require_equal(found, expected):
    require(found.keys() == expected.keys(), f"weights {sorted(found)}, expected {sorted(expected)}")
    for name, weight in expected.items():
        require(np.array_equal(found[name], weight), f"{name}: {(found[name] != weight).sum()} masked weights differ")


def check_metrics(bootstrap, job, prefix, export, wanted):
    metrics = (json.loads(record.value()) for record in records(bootstrap, f"{prefix}.{job}.metrics"))
    steps = collections.Counter(m["step"] for m in metrics if m["incarnation"] == wanted["incarnation"])
    expected = range(1, wanted["step"] + 1)
    missing, again = [s for s in expected if s not in steps], [s for s, times in steps.items() if times > 1]
    beyond = [s for s in steps if s not in expected]
    require(not (missing or again or beyond),
            f"metrics: {len(missing)} steps missing, {len(again)} repeated, {len(beyond)} beyond the last, such as "
            f"{(missing + again + beyond)[:5]}")
    return f"metrics: each of {len(steps)} steps exactly once"


def check_files(bootstrap, job, prefix, export, wanted):
    models = [json.loads(r.value()) for r in records(bootstrap, f"{prefix}.models") if r.key() == job.encode()]
    require(models, f"{prefix}.models does not announce {job}")
    for file in models[-1]["files"]:
        digest = hashlib.sha256((export / file["name"]).read_bytes()).hexdigest()
        require(digest == file["sha256"], f"{file['name']} has SHA-256 {digest}, announced is {file['sha256']}")
    return f"files: {len(models[-1]['files'])} digests as announced in {prefix}.models"


def require(condition, complaint):
    if not condition:
        raise AssertionError(complaint)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    bootstrap, job, directory, prefix = (sys.argv[1:] + ["finecomb"])[:4]
    export, failed = pathlib.Path(directory), False
    wanted = json.loads((export / "manifest.json").read_text())
    for check in (check_masks, check_apply, check_metrics, check_files):
        try:
            print("ok    ", check(bootstrap, job, prefix, export, wanted))
        except Exception as problem:
            print("FAILED", f"{type(problem).__name__}: {problem}")
            failed = True
    sys.exit(failed)
