"""Sets to 0 in dense weights what a job's newest masks drop; needs confluent-kafka, NumPy and safetensors.

usage: apply_masks.py BOOTSTRAP JOB WEIGHTS.safetensors OUT.safetensors [--follow] [--prefix PREFIX]

OUT is written anew and renamed into its place; with --follow, again for each newer snapshot, until it is stopped.
With PyTorch: apply(newest_masks(bootstrap, job)[1], module.state_dict()) changes the module itself.
"""
import argparse, os
import numpy as np
from masks import followed_masks, newest_masks
from safetensors.numpy import load_file, save_file


def apply(masks, state):
    """Masks the weights of {name: weight}: torch tensors, such as a module's state_dict(), themselves; NumPy arrays by a
    masked copy in their place."""
    for name, mask in masks.items():
        if name not in state or tuple(state[name].shape) != mask.shape:
            found = f"shape {tuple(state[name].shape)}" if name in state else "no such weight"
            raise ValueError(f"{name}: the mask has shape {mask.shape}, here is {found}")
    for name, mask in masks.items():
        if isinstance(state[name], np.ndarray):
            state[name] = state[name].copy()  # what was read from a file may not be written to
            state[name][mask == 0] = 0
        else:
            import torch
            state[name].masked_fill_(torch.from_numpy(mask == 0).to(state[name].device), 0)
    return state


def apply_to_file(masks, source, target):
    save_file(apply(masks, load_file(source)), target + ".new")
    os.replace(target + ".new", target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    for name in ("bootstrap", "job", "weights", "out"):
        parser.add_argument(name)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--prefix", default="finecomb")
    given = parser.parse_args()
    job = (given.bootstrap, given.job, given.prefix)
    for manifest, masks in followed_masks(*job) if given.follow else [newest_masks(*job)]:
        apply_to_file(masks, given.weights, given.out)
        print(f"{given.out}: {len(masks)} layers masked as of step {manifest['step']}, {manifest['state']}", flush=True)
