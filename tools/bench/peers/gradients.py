#!/usr/bin/env python3
# gradients.py
# Compares the gradients of whole models by aelog with those of PyTorch's autograd in double precision.
"""Each case is one step of `aelog train --optimizer sgd` on all training images of a small collection. The first momentum of SGD is the
gradient itself, so the checkpoint after the step holds the gradient, and the one before it holds the weights. For each tensor the
largest difference must be at most 1e-5 of the largest number of PyTorch's gradient.

Where a function has a kink, rounding decides between two gradients. So each case takes the first seed of weights for which no number
comes near one: at least 1e-6 of its layer's root mean square, of which float32 arithmetic stays below.

Prints one line for each case, `ok: ...` or `FAILED: ...`; the exit status is 0 only if every case agrees.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
from typing import NamedTuple

import numpy as np
import torch

import training
from autoencoder import Autoencoder
from checkpoint import load

TOLERANCE, MARGIN, IMAGES, SEEDS = 1e-5, 1e-6, 2, 100
GRAY, ODD = (28, 28, 1), (9, 7, 3)
MODELS = {
    "pool": ["--filters", "16,8,8"], "stride": ["--filters", "16,8,8", "--downsampling", "stride"],
    "fully connected": ["--hidden-units", "128,64,32"],
}
SMALL = {
    "pool": ["--filters", "6,5"], "stride": ["--filters", "6,5", "--downsampling", "stride"],
    "fully connected": ["--hidden-units", "20,9"],
}


class Case(NamedTuple):
    name: str
    shape: tuple
    options: list


def cases():
    for model in MODELS:
        yield from cases_of(model)
    yield from cases_of_blocks()
    yield Case("pool, direct kernels", GRAY, [*MODELS["pool"], "--kernels", "direct"])
    yield Case("pool, reference kernels", GRAY, [*MODELS["pool"], "--kernels", "reference"])


def cases_of(model):
    def case(name, *options, shape=GRAY):
        return Case(f"{model}{name}", shape, [*(MODELS if shape == GRAY else SMALL)[model], *options])

    yield case("")
    yield case(", 9×7×3", shape=ODD)
    for function in ("linear", "relu", "sigmoid", "tanh"):
        yield case(f", code of 2 {function}", "--code", "2", "--code-activation", function)
        yield case(f", last layer {function}", "--code-activation", function)
    for function in ("leaky-relu", "elu", "tanh"):
        yield case(f", {function}", "--activation", function)
        yield case(f", {function}, code of 3, 9×7×3", "--activation", function, "--code", "3", shape=ODD)
    yield case(", mse", "--loss", "mse")
    yield case(", mse, tanh, code of 2", "--loss", "mse", "--activation", "tanh", "--code", "2")
    yield case(", weight decay", "--weight-decay", "0.01")


def cases_of_blocks():
    for kernels, convolutions, downsampling in [
        ("5", 1, "pool"), ("7,5", 2, "stride"), ("1", 3, "average"), ("5,3", 2, "none,stride"), ("3,1", 1, "average,none"),
        ("1", 2, "stride"), ("3", 4, "none"),
    ]:
        for shape, code in [(GRAY, 0), ((15, 13, 2), 3)]:
            options = ["--filters", "6,5", "--kernel-size", kernels, "--convolutions", str(convolutions),
                       "--downsampling", downsampling, "--code", str(code), "--activation", "elu"]
            yield Case(f"kernels {kernels}, {convolutions} convolutions, {downsampling}, code {code}", shape, options)


class Margin:
    """The least distance from a kink that a model's layers come to."""

    def __init__(self):
        self.least = float("inf")

    def __call__(self, name, x):
        if name == "pool":
            window = x.detach().unfold(2, 2, 2).unfold(3, 2, 2).flatten(4).sort().values
            distances = window[..., 3] - window[..., 2]
            distances = distances[distances > 0]  # the gradients of equal numbers of a ReLU are 0
        elif name.endswith("relu"):
            distances = x.detach().abs()
        else:
            return
        self.least = min(self.least, (distances.min() / x.detach().square().mean().sqrt()).item())


def pictures(shape):
    """Noise: no two numbers of a window are equal by chance, and no pixel is black, which 1×1 kernels would leave at 0, a kink."""
    return np.random.default_rng(5).integers(1, 256, (IMAGES, *shape)).astype(np.uint8)


def take_step(case, seed, aelog, directory):
    """Returns the checkpoints before and after one step on all images."""
    images = pictures(case.shape)
    np.savez(directory / "images.npz", x_train=images, x_val=images, x_test=images)
    command = [aelog, "train", "--data", directory / "images.npz", "--logdir", directory, "--name", f"{seed}", "--quiet",
               "--epochs", 1, "--batch-size", IMAGES, "--optimizer", "sgd", "--seed", seed, "--weight-decay", 0, *case.options]
    subprocess.run([str(word) for word in command], check=True)
    return [load(directory / f"{seed}/checkpoints/step-{step:08}.safetensors") for step in (0, 1)]


def gradients_by_torch(start, images, margin):
    training.check(start.configuration)
    weights = {name: torch.tensor(values, dtype=torch.float64, requires_grad=True)
               for name, values in start.tensors.items() if not name.startswith("adam/")}
    model = Autoencoder(start.configuration, images.shape[1:], margin)
    training.total_loss(start.configuration, model, weights, model.logits(weights, images), images).backward()
    return {name: weight.grad for name, weight in weights.items()}


def errors(case, aelog, directory):
    """The seed of the weights, the margin, and the error of each tensor's gradient as a fraction of its largest number."""
    images = torch.tensor(pictures(case.shape), dtype=torch.float32).div(255).double()
    for seed in range(1, SEEDS + 1):
        start, end = take_step(case, seed, aelog, directory)
        margin = Margin()
        wanted = gradients_by_torch(start, images, margin)
        # A gradient of zeros, as behind dead units, would agree with anything that is dead too.
        if margin.least >= MARGIN and all(gradient.abs().max() > 0 for gradient in wanted.values()):
            break
    else:
        raise SystemExit(f"{case.name}: each of {SEEDS} seeds comes near a kink or has dead units; choose other images")
    found = {}
    for name, want in wanted.items():
        got = torch.tensor(end.tensors[f"adam/moment1/{name}"], dtype=torch.float64)
        found[name] = ((got - want).abs().max() / want.abs().max()).item()
    return seed, margin.least, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aelog", required=True, type=pathlib.Path)
    parser.add_argument("--cases", nargs="+", metavar="WORD", help="only cases whose names contain one of these")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    failures = 0
    for case in cases():
        if arguments.cases and not any(word in case.name for word in arguments.cases):
            continue
        with tempfile.TemporaryDirectory() as directory:
            seed, margin, found = errors(case, arguments.aelog.resolve(), pathlib.Path(directory))
        name, worst = max(found.items(), key=lambda pair: pair[1])
        failures += worst > TOLERANCE
        print(f"{'FAILED' if worst > TOLERANCE else 'ok'}: {case.name}: {len(found)} tensors, at most {worst:.1e} ({name}); "
              f"seed {seed}, margin {margin:.1e}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
