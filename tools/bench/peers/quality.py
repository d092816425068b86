# quality.py
# Trains models with aelog and with PyTorch by the same protocol, and prints the test loss of both, mean ± standard deviation over seeds.
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch

import training
from mnist import load

CONVOLUTIONAL, DENSE = ["--filters", "16,8,8"], ["--hidden-units", "128,64,32"]
# An option that `training.check` does not know ends the program, so a row needs its option in autoencoder.py or training.py too.
CONFIGURATIONS = {
    "convolutional": CONVOLUTIONAL,
    "stride": [*CONVOLUTIONAL, "--downsampling", "stride"],
    "fully-connected": DENSE,
    "code": [*CONVOLUTIONAL, "--code", "2"],
    "elu-cosine": [*DENSE, "--activation", "elu", "--schedule", "cosine", "--warmup", "100"],
    "stride-mse-adamw": [
        *CONVOLUTIONAL, "--downsampling", "stride", "--loss", "mse", "--optimizer", "adamw", "--weight-decay", "0.01"],
    "masking": [*DENSE, "--noise", "masking", "--noise-factor", "0.3"],
    "kernels-5-average": [
        "--filters", "16,8", "--kernel-size", "5", "--convolutions", "1", "--downsampling", "average", "--activation", "elu"],
    "variational": [*DENSE, "--variational"],
    "sgd-tanh": [*DENSE, "--activation", "tanh", "--optimizer", "sgd", "--learning-rate", "0.5"],
}


def split(arguments):
    """MNIST as aelog splits it, with fewer training images if so wanted."""
    data = load(arguments.data)
    return data._replace(train=data.train[: arguments.images])


def write_images(data, path):
    """The same images as bytes, for aelog."""
    parts = {"x_train": data.train, "x_val": data.validation, "x_test": data.test}
    np.savez(path, **{name: (part * 255).round().byte().numpy() for name, part in parts.items()})


def by_aelog(arguments, images, options, seed):
    """Trains by aelog; returns the test loss and RMSE, and the configuration that PyTorch follows."""
    with tempfile.TemporaryDirectory() as directory:
        command = [arguments.aelog, "train", "--data", images, "--logdir", directory, "--name", "run", "--quiet",
                   "--epochs", arguments.epochs, "--seed", seed, "--threads", arguments.threads, *options]
        subprocess.run([str(word) for word in command], check=True)
        record = json.loads(pathlib.Path(directory, "run/run.json").read_text())
    return (record["results"]["test_loss"], record["results"]["test_rmse"]), record["configuration"]


def by_torch(configuration, data):
    training.check(configuration)
    model, weights = training.train(configuration, data.train)
    return training.evaluate(configuration, model, weights, data.test)


def row(name, losses):
    """A row of a table in Markdown."""
    def cell(values):
        return f"{statistics.mean(values):.5f} ± {statistics.stdev(values) if len(values) > 1 else 0:.5f}"
    return f"| {name} | {cell(losses['aelog'])} | {cell(losses['PyTorch'])} |"


def compare(name, arguments, data, images):
    losses = {"aelog": [], "PyTorch": []}
    for seed in arguments.seeds:
        start = time.monotonic()
        own, configuration = by_aelog(arguments, images, CONFIGURATIONS[name], seed)
        between = time.monotonic()
        other = by_torch(configuration, data)
        for program, (loss, rmse), seconds in (
                ("aelog", own, between - start), ("PyTorch", other, time.monotonic() - between)):
            losses[program].append(loss)
            print(f"{name}, seed {seed}, {program}: test loss {loss:.5f}, RMSE {rmse:.5f}, {seconds:.0f} s",
                  file=sys.stderr, flush=True)
    print(row(name, losses), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aelog", required=True, type=pathlib.Path)
    parser.add_argument("--data", required=True, help="directory with MNIST's four IDX files, gzipped or raw")
    parser.add_argument("--configurations", nargs="+", default=list(CONFIGURATIONS), choices=list(CONFIGURATIONS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--images", type=int, default=55_000, help="number of training images")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    data = split(arguments)
    print("| configuration | aelog | PyTorch |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        images = pathlib.Path(directory, "images.npz")
        write_images(data, images)
        for name in arguments.configurations:
            compare(name, arguments, data, images)


if __name__ == "__main__":
    main()
