# export.py
# Times aelog export, of points from a file and of its own models, against torch's and tensorboardX's add_embedding,
# numpy.savetxt and Pillow, turn by turn.
"""Usage: export.py AELOG MNIST [ROUNDS]. AELOG is the built program, MNIST the directory of its four files. Python packages:
those of ../events-write/requirements.txt. Medians of the rounds, as a Markdown table; aelog's times are those of a whole
process, the others' those of the call alone.
"""
import gzip
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
from PIL import Image
from tensorboardX import SummaryWriter as TensorBoardX
from torch.utils.tensorboard import SummaryWriter


def images(path):
    with gzip.open(path) as file:
        return np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 28, 28)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def add_embedding(writer_class, directory, codes, labels, pictures):
    writer = writer_class(str(directory))
    writer.add_embedding(codes, metadata=labels, label_img=pictures, tag="codes")
    writer.close()


def sizes(directory, ending):
    return max((file.stat().st_size for file in pathlib.Path(directory).rglob(f"*{ending}")), default=0)


def own_models(aelog, mnist, points, work):
    """Trains models for an epoch on a collection with `points` test images, and returns the commands that export their codes."""
    collection = work / "images"
    collection.mkdir()
    for ours, theirs in [("train", "train"), ("t10k", "t10k" if points == 10_000 else "train")]:
        for kind in ("images-idx3", "labels-idx1"):
            (collection / f"{ours}-{kind}-ubyte.gz").symlink_to(pathlib.Path(mnist).resolve() / f"{theirs}-{kind}-ubyte.gz")
    exports = {}
    for model in ("convolutional", "fully-connected"):
        subprocess.run([aelog, "train", "--data", collection, "--model", model, "--epochs", "1", "--logdir", work / "runs",
                        "--name", model, "--quiet"], check=True)
        exports[f"aelog, its {model} model"] = [aelog, "export", "--run", work / "runs" / model, "--points", "all"]
    return exports


def compare(aelog, mnist, points, rounds, work):
    source = f"{mnist}/{'t10k' if points == 10_000 else 'train'}-images-idx3-ubyte.gz"
    pictures = images(source)[:points]
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(points, 128)).astype("<f4")
    labels = rng.integers(0, 10, points)
    np.save(work / "codes.npy", codes)
    np.save(work / "labels.npy", labels)
    tensors, floats = torch.from_numpy(codes), torch.from_numpy(pictures[:, None].astype("f4") / 255)
    command = [aelog, "export", "--tensors", work / "codes.npy", "--metadata", work / "labels.npy", "--images", source,
               "--points", "all", "--logdir", work / "ours", "--name"]
    models = own_models(aelog, mnist, points, work)
    times = {name: [] for name in ["aelog", "aelog, as text", *models, "torch", "tensorboardX", "numpy.savetxt"]}
    for number in range(rounds):
        run = lambda *more: subprocess.run([*command, *more], check=True, stdout=subprocess.DEVNULL)
        times["aelog"].append(timed(lambda: run("a", "--tensor-format", "binary")))
        times["aelog, as text"].append(timed(lambda: run("t", "--tensor-format", "tsv")))
        for name, export in models.items():
            times[name].append(timed(lambda: subprocess.run(export, check=True, stdout=subprocess.DEVNULL)))
        for name, writer in [("torch", SummaryWriter), ("tensorboardX", TensorBoardX)]:
            times[name].append(
                timed(lambda: add_embedding(writer, work / f"{name}{number}", tensors, labels.tolist(), floats)))
        times["numpy.savetxt"].append(timed(lambda: np.savetxt(work / "codes.tsv", codes, delimiter="\t")))
    best = statistics.median(times["aelog"])
    for name, all_times in times.items():
        middle = statistics.median(all_times)
        print(f"| {points:,} | {name} | {middle:.2f} | {middle / best:.1f}× |", flush=True)
    if points == 10_000:
        sheet = Image.open(next((work / "ours").rglob("sprite.png"))).convert("LA")
        sheet.save(work / "pillow.png")
        print(f"sprite: {sizes(work / 'ours', 'sprite.png'):,} bytes, by Pillow {os.path.getsize(work / 'pillow.png'):,}, "
              f"by torch {sizes(work / 'torch0', 'sprite.png'):,}")
    text = np.loadtxt(next((work / "ours" / "t").rglob("tensors.tsv")), delimiter="\t", dtype="f4")
    order = np.loadtxt(next((work / "ours" / "t").rglob("metadata.tsv")), delimiter="\t", skiprows=1, usecols=-1, dtype=int)
    print("every number reads back:", np.array_equal(text.view("u4"), codes[order].view("u4")), flush=True)


def main():
    aelog, mnist = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    print("| points × 128, sprite, labels | | seconds | |\n|---|---|---|---|")
    for points in (10_000, 60_000):
        with tempfile.TemporaryDirectory() as work:
            compare(str(pathlib.Path(aelog).resolve()), mnist, points, rounds, pathlib.Path(work))


if __name__ == "__main__":
    main()
