#!/usr/bin/env python3
# steps.py
# Compares the weights after ten steps of each optimizer and schedule by aelog with those by PyTorch in double precision.
"""Every step takes all images, so that their order does not matter, and both programs begin with aelog's weights. For each tensor the
norm of the difference must be at most 1e-4 of the norm of the way that PyTorch's weights moved: Adam divides by the size of a gradient,
so rounding counts more than in the gradients themselves.

Prints one line for each case, `ok: ...` or `FAILED: ...`; the exit status is 0 only if every case agrees.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

import training
from checkpoint import load

TOLERANCE, STEPS, IMAGES, SHAPE = 1e-4, 10, 8, (9, 7, 3)
# Functions without kinks, on which rounding would decide.
DENSE = ["--hidden-units", "20,9", "--activation", "tanh", "--code-activation", "tanh"]
STRIDE = ["--filters", "6,5", "--downsampling", "stride", "--activation", "elu", "--code-activation", "linear"]
STEEP = ["--learning-rate", "0.01"]
CASES = {
    "Adam": [*DENSE, *STEEP],
    "Adam, convolutional": [*STRIDE, *STEEP],
    "Adam, weight decay": [*DENSE, *STEEP, "--weight-decay", "0.1"],
    "Adam, clipped": [*DENSE, *STEEP, "--clip-norm", "0.001"],
    "AdamW": [*DENSE, *STEEP, "--optimizer", "adamw", "--weight-decay", "0.5"],
    "AdamW, convolutional, mse": [*STRIDE, *STEEP, "--optimizer", "adamw", "--weight-decay", "0.5", "--loss", "mse"],
    "SGD": [*DENSE, "--optimizer", "sgd", "--learning-rate", "0.5"],
    "SGD, clipped, weight decay": [
        *DENSE, "--optimizer", "sgd", "--learning-rate", "0.5", "--clip-norm", "0.01", "--weight-decay", "0.01"],
    "cosine": [*DENSE, *STEEP, "--schedule", "cosine"],
    "cosine after a warmup": [*DENSE, *STEEP, "--schedule", "cosine", "--warmup", "4"],
    "staircase after a warmup": [*DENSE, *STEEP, "--learning-rate-decay", "0.5", "--decay-steps", "3", "--warmup", "4"],
    "constant": [*DENSE, *STEEP, "--schedule", "constant"],
}


def train(options, aelog, images):
    """Returns aelog's checkpoints before the first step and after the last one."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        np.savez(path / "images.npz", x_train=images, x_val=images[:2], x_test=images[:2])
        command = [aelog, "train", "--data", path / "images.npz", "--logdir", path, "--name", "run", "--quiet", "--seed", 1,
                   "--epochs", STEPS, "--batch-size", IMAGES, "--keep", STEPS + 1, *options]
        subprocess.run([str(word) for word in command], check=True)
        return [load(path / f"run/checkpoints/step-{step:08}.safetensors") for step in (0, STEPS)]


def errors(options, aelog):
    """The norm of each tensor's difference as a fraction of that of its way."""
    images = np.random.default_rng(5).integers(0, 256, (IMAGES, *SHAPE)).astype(np.uint8)
    checkpoints = train(options, aelog, images)
    start, end = [{name: torch.tensor(values, dtype=torch.float64) for name, values in checkpoint.tensors.items()}
                  for checkpoint in checkpoints]
    configuration = checkpoints[0].configuration
    training.check(configuration)
    weights = {name: values for name, values in start.items() if not name.startswith("adam/")}
    pixels = torch.tensor(images, dtype=torch.float32).div(255).double()
    _, wanted = training.train(configuration, pixels, weights)
    return {name: ((end[name] - want).norm() / (want - start[name]).norm()).item()
            for name, want in ((name, weight.detach()) for name, weight in wanted.items())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aelog", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    failures = 0
    for name, options in CASES.items():
        found = errors(options, arguments.aelog.resolve())
        tensor, worst = max(found.items(), key=lambda pair: pair[1])
        agrees = worst <= TOLERANCE
        failures += not agrees
        print(f"{'ok' if agrees else 'FAILED'}: {name}: {len(found)} tensors, at most {worst:.1e} ({tensor})", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
