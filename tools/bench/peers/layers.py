#!/usr/bin/env python3
# layers.py
# Compares the training speed of models of any options with PyTorch's, eager and compiled, turn by turn.
"""Usage: layers.py --aelog PATH [--models WORDS...] [--threads 2] [--rounds 3] [--seconds 2]

Prints a Markdown table of images/s, medians of rounds. All train batches of 256 images of 28×28 numbers that lie in memory, with Adam.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import torch

import autoencoder
import training

CONVOLUTIONAL, DENSE = ["--filters", "16,8,8"], ["--hidden-units", "128,64,32"]
MODELS = {
    "16,8,8": CONVOLUTIONAL,
    "kernels of 1": [*CONVOLUTIONAL, "--kernel-size", "1"],
    "kernels of 5": [*CONVOLUTIONAL, "--kernel-size", "5"],
    "kernels of 7": [*CONVOLUTIONAL, "--kernel-size", "7"],
    "average pooling": [*CONVOLUTIONAL, "--downsampling", "average"],
    "none, pool, pool": [*CONVOLUTIONAL, "--downsampling", "none,pool,pool"],
    "four convolutions": [*CONVOLUTIONAL, "--convolutions", "4"],
    "code of 8": [*CONVOLUTIONAL, "--code", "8"],
    "code of 8, variational": [*CONVOLUTIONAL, "--code", "8", "--variational"],
    "ELU": [*CONVOLUTIONAL, "--activation", "elu"],
    "tanh": [*CONVOLUTIONAL, "--activation", "tanh"],
    "fully connected, variational": [*DENSE, "--variational"],
}
BATCH, COUNT = 256, 4096


def words(*parts):
    return [str(part) for part in parts]


def configuration(aelog, options):
    """The options as a run records them, so that both sides mean the same model."""
    with tempfile.TemporaryDirectory() as directory:
        images = pathlib.Path(directory, "images.npy")
        np.save(images, np.random.default_rng(0).integers(0, 256, (600, 28, 28), dtype=np.uint8))
        subprocess.run(words(aelog, "train", "--data", images, "--logdir", directory, "--name", "run", "--quiet", "--epochs", 1, *options),
                       check=True)
        return json.loads(pathlib.Path(directory, "run/run.json").read_text())["configuration"]


def own_speed(aelog, options, arguments):
    command = words(aelog, "bench", "--brief", "--json", "--threads", arguments.threads, "--seconds", arguments.seconds,
                    "--batch-size", BATCH, *options)
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["images_per_second"]


class Peer:
    def __init__(self, configuration, compiled):
        training.check(configuration)
        generator = torch.Generator().manual_seed(1)
        model = autoencoder.Autoencoder(configuration, (28, 28, 1))
        weights = {name: weight.requires_grad_() for name, weight in model.initial_weights(generator).items()}
        self.images = torch.rand((COUNT, 28, 28, 1), generator=generator)
        self.optimizer = torch.optim.Adam(weights.values(), fused=True)

        draws = generator if configuration["variational"] else None

        def loss_of(images):
            return training.total_loss(configuration, model, weights, model.logits(weights, images, draws), images)

        self.loss_of = torch.compile(loss_of, dynamic=False) if compiled else loss_of

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(self.images[torch.randperm(COUNT)[:BATCH]])
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def speed(self, seconds):
        start, steps = time.monotonic(), 0
        while (passed := time.monotonic() - start) < seconds:
            self.step()
            steps += 1
        return steps * BATCH / passed


def row(name, arguments):
    # The compiler would otherwise take this model for another size of the last one, and compile for any size.
    torch.compiler.reset()
    options = MODELS[name]
    record = configuration(arguments.aelog, options)
    peers = [Peer(record, compiled) for compiled in (False, True)]
    for peer in peers:
        peer.step(), peer.step()
    rounds = [(own_speed(arguments.aelog, options, arguments), *(peer.speed(arguments.seconds) for peer in peers))
              for _ in range(arguments.rounds)]
    own, eager, compiled = map(statistics.median, zip(*rounds))
    return f"| {name} | {own:,.0f} | {eager:,.0f} | {compiled:,.0f} | {own / max(eager, compiled):.1f}× |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aelog", required=True, type=pathlib.Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print("| | aelog | PyTorch, eager | PyTorch, compiled | over the better |\n|---|---|---|---|---|", flush=True)
    for name in arguments.models:
        print(row(name, arguments), flush=True)


if __name__ == "__main__":
    main()
