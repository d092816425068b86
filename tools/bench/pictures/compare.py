#!/usr/bin/env python3
"""Times the reading of folders of pictures: aelog against torchvision and Pillow, turn by turn.

    ENV/bin/python tools/bench/pictures/compare.py AELOG FOLDER [--rounds N]

FOLDER is a directory of class folders with pictures of one size. Each reader decodes every picture once, with as many workers as this
process may use processors. aelog's seconds are those of a whole process of `aelog data preview`, its start, its fingerprint and the
search for repeated images among them. The others' begin when their modules are loaded. ENV needs torch, torchvision and Pillow.
"""

import argparse
import concurrent.futures
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import PIL
import PIL.Image
import torch
import torchvision


def aelog(program, folder, workers):
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.monotonic()
        subprocess.run([program, "data", "preview", "--data", folder, "--rows", "1", "--columns", "1", "--out", f"{scratch}/sheet.png"],
                       check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - begun


def loader(folder, workers):
    """torchvision's ImageFolder through torch's DataLoader, as its documentation shows."""
    transform = torchvision.transforms.PILToTensor()
    images = torchvision.datasets.ImageFolder(folder, transform=transform)
    begun = time.monotonic()
    count = sum(len(labels) for _, labels in torch.utils.data.DataLoader(images, batch_size=256, num_workers=workers))
    assert count == len(images)
    return time.monotonic() - begun


def decoded(paths):
    return [numpy.asarray(PIL.Image.open(path)) for path in paths]


def pillow(folder, workers):
    """Pillow in processes that keep their pictures: the decoding alone, nothing is sent back."""
    paths = [str(path) for path in sorted(pathlib.Path(folder).rglob("*.*"))]
    begun = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        parts = [paths[start::workers] for start in range(workers)]
        assert sum(pool.map(count, parts)) == len(paths)
    return time.monotonic() - begun


def count(paths):
    return len(decoded(paths))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("aelog")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    workers = len(os.sched_getaffinity(0))
    readers = {
        "aelog": lambda: aelog(given.aelog, given.folder, workers),
        f"torchvision {torchvision.__version__} ImageFolder": lambda: loader(given.folder, workers),
        f"Pillow {PIL.__version__}": lambda: pillow(given.folder, workers),
    }
    seconds = {name: [] for name in readers}
    for _ in range(given.rounds):
        for name, read in readers.items():
            seconds[name].append(read())
    first = statistics.median(seconds["aelog"])
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{name:40} {median:7.2f} s  x{median / first:.2f}   {' '.join(f'{each:.2f}' for each in times)}")
    print(f"most memory of a child process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB; {workers} workers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
