# mnist.py
# MNIST's images as PyTorch tensors in [0, 1], split as aelog splits them.
import gzip
import pathlib
from typing import NamedTuple

import numpy as np
import torch


class Split(NamedTuple):
    """float32 [N, 28, 28, 1]: 55,000 to train on, 5,000 to validate, 10,000 to test."""

    train: torch.Tensor
    validation: torch.Tensor
    test: torch.Tensor


def images(directory, name):
    path = pathlib.Path(directory) / name
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(name + ".gz").read_bytes())
    magic, count, height, width = np.frombuffer(data, ">i4", 4)
    if magic != 0x803:
        raise SystemExit(f"{path}: magic {magic:#x}, want 0x803 (an IDX file of 8-bit images)")
    bytes_ = np.frombuffer(data, np.uint8, offset=16).reshape(count, height, width, 1)
    return torch.from_numpy(bytes_.astype(np.float32) / np.float32(255))


def load(directory):
    """Splits off the first 5,000 training images for validation."""
    training = images(directory, "train-images-idx3-ubyte")
    return Split(training[5000:], training[:5000], images(directory, "t10k-images-idx3-ubyte"))
