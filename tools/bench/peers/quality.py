# quality.py
# Trains both models in PyTorch by aelog's protocol and prints the test loss and RMSE that aelog must match.
import argparse
import pathlib
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Tests/Fixtures/golden"))
from mnist import load  # noqa: E402
from models import Convolutional, FullyConnected, initialize, reconstruction_loss, weight_penalty  # noqa: E402

BATCH, WEIGHT_DECAY = 256, 1e-5
MODELS = {
    "convolutional": lambda: Convolutional([28, 28, 1], [16, 8, 8]),
    "convolutional-stride": lambda: Convolutional([28, 28, 1], [16, 8, 8], "stride"),
    "fully-connected": lambda: FullyConnected([28, 28, 1], [128, 64, 32]),
}


def train_epoch(model, optimizer, schedule, images, generator):
    """One pass in a fresh order, the last partial batch dropped; returns the mean total loss."""
    order = torch.randperm(len(images), generator=generator)
    sum_of_losses, batches = 0.0, len(images) // BATCH
    for batch in order[: batches * BATCH].view(batches, BATCH):
        x = images[batch]
        optimizer.zero_grad(set_to_none=True)
        loss = reconstruction_loss(model(x), x) + weight_penalty(model, WEIGHT_DECAY)
        loss.backward()
        optimizer.step()
        schedule.step()
        sum_of_losses += loss.item()
    return sum_of_losses / batches


@torch.no_grad()
def test(model, images):
    """Mean sigmoid cross entropy and RMSE of sigmoid(logits) over a whole set."""
    entropy = squares = 0.0
    for x in images.split(500):
        logits = model(x)
        entropy += reconstruction_loss(logits, x).item() * x.numel()
        squares += (torch.sigmoid(logits) - x).square().sum().item()
    return entropy / images.numel(), (squares / images.numel()) ** 0.5


def run(kind, seed, epochs, data):
    generator = torch.Generator().manual_seed(seed)
    model = MODELS[kind]()
    initialize(model, generator)
    if kind.startswith("convolutional"):
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-8)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.96 ** (step // 1000))
    start = time.monotonic()
    for epoch in range(1, epochs + 1):
        train_loss = train_epoch(model, optimizer, schedule, data.train, generator)
        loss, rmse = test(model, data.test)
        print(f"{kind} seed {seed} epoch {epoch}: train {train_loss:.5f}, test loss {loss:.5f}, rmse {rmse:.5f}, "
              f"{time.monotonic() - start:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="directory with MNIST's four IDX files, gzipped or raw")
    parser.add_argument("--models", nargs="+", default=["convolutional", "fully-connected"], choices=list(MODELS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    data = load(arguments.data)
    for seed in arguments.seeds:
        for kind in arguments.models:
            run(kind, seed, arguments.epochs, data)


if __name__ == "__main__":
    main()
