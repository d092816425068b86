# train_speed.py
# How many images a second PyTorch trains on, at its best of eager and compiled, channels last and contiguous.
"""The memory settings without which PyTorch falls by half (heap kept, on huge pages) are set by starting again with them."""
import argparse
import os
import pathlib
import sys
import time

MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
}
if any(os.environ.get(name) != value for name, value in MEMORY.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MEMORY})

import torch  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "golden"))
from models import initialize, reconstruction_loss, weight_penalty  # noqa: E402
from quality import BATCH, MODELS, WEIGHT_DECAY  # noqa: E402


def stepper(kind, images, compiled, channels_last):
    """A function that makes one training step on the next batch of `images` (in memory, shuffled once an epoch)."""
    generator = torch.Generator().manual_seed(1)
    model = MODELS[kind]()
    initialize(model, generator)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)

    def loss_of(x):
        return reconstruction_loss(model(x), x) + weight_penalty(model, WEIGHT_DECAY)

    if compiled:
        loss_of = torch.compile(loss_of, mode="max-autotune-no-cudagraphs")
    batches = iter(())

    def step():
        nonlocal batches
        batch = next(batches, None)
        if batch is None or len(batch) < BATCH:
            batches = iter(torch.randperm(len(images), generator=generator).split(BATCH))
            batch = next(batches)
        optimizer.zero_grad(set_to_none=True)
        loss_of(images[batch]).backward()
        optimizer.step()

    return step


def images_per_second(step, seconds, rounds):
    """The best of several rounds of at least `seconds` each, after a warm-up."""
    for _ in range(5):
        step()
    best = 0.0
    for _ in range(rounds):
        start, steps = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - start) < seconds:
            step()
            steps += 1
        best = max(best, steps * BATCH / elapsed)
    return best


def pixels(directory):
    """MNIST's training images, or noise of the same size: the arithmetic does not depend on the values."""
    if directory is None:
        return torch.rand(55_000, 28, 28, 1, generator=torch.Generator().manual_seed(1))
    from mnist import load
    return load(directory).train


def best_of_ways(kind, images, arguments):
    """images/s of the fastest of eager and compiled, contiguous and channels last; prints each."""
    best = 0.0
    for compiled in (False,) if arguments.eager_only else (False, True):
        for channels_last in (False,) if kind == "fully-connected" else (False, True):
            name = ("compiled" if compiled else "eager") + (", channels last" if channels_last else "")
            try:
                step = stepper(kind, images, compiled, channels_last)
                speed = images_per_second(step, arguments.seconds, arguments.rounds)
            except Exception as error:  # a compiler that is missing or fails leaves the other ways
                print(f"{kind} {name}: failed: {str(error).splitlines()[0]}", flush=True)
                continue
            best = max(best, speed)
            print(f"{kind} {name}: {speed:,.0f} images/s", flush=True)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="directory with MNIST's four IDX files (default: noise)")
    parser.add_argument("--models", nargs="+", default=["convolutional", "fully-connected"], choices=list(MODELS))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=4, help="length of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--eager-only", action="store_true", help="leave out torch.compile, which needs a C++ compiler")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    images = pixels(arguments.data)
    for kind in arguments.models:
        best = best_of_ways(kind, images, arguments)
        print(f"{kind} best on {arguments.threads} threads: {best:,.0f} images/s", flush=True)


if __name__ == "__main__":
    main()
