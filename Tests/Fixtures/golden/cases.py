# cases.py
# Makes the models, weights and images of the golden cases, and writes their files.
"""Shared by autoencoders.py and activations.py."""
import json
import pathlib
import sys

import numpy as np
import torch

from models import Convolutional, FullyConnected, parameters_of

IMAGES = 5
FLOAT64_LIMIT = 20_000  # tensors with more elements are stored in float32


def mixed(indices, stream):
    """A 32-bit hash of (index, stream): the only source of weights and pixels, easy to repeat in any language."""
    x = indices.astype(np.uint32) * np.uint32(0x9E3779B1)
    x += np.uint32((stream + 1) * 0x85EBCA77 & 0xFFFFFFFF)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x2C1B3C6D)
    x ^= x >> np.uint32(12)
    x *= np.uint32(0x297A2D39)
    return x ^ (x >> np.uint32(15))


def weights(shape, stream, scale):
    """float32 in [-scale, scale), row-major: scale x (top 24 bits of the hash / 2^23 - 1)."""
    bits = mixed(np.arange(np.prod(shape), dtype=np.uint32), stream) >> np.uint32(8)
    unit = bits.astype(np.float32) / np.float32(1 << 23) - np.float32(1)
    return (np.float32(scale) * unit).reshape(shape)


def pixels(shape, stream):
    """uint8 [N, H, W, C]: hashed bytes, saturated from 224, and zero in every third 4x4 square of each image."""
    flat = mixed(np.arange(np.prod(shape), dtype=np.uint32), stream) & np.uint32(255)
    flat = np.where(flat >= 224, 255, flat).astype(np.uint8).reshape(shape)
    image, row, column, _ = np.indices(shape)
    return np.where((image + row // 4 + column // 4) % 3 == 0, 0, flat).astype(np.uint8)


def scale_of(name, shape):
    """A power of two near He's standard deviation for kernels (so that products are exact), 1/8 for biases."""
    if name.endswith("bias"):
        return 0.125
    return 2.0 ** np.round(np.log2(np.sqrt(6 / np.prod(shape[:-1]))))


def build(case, dtype):
    """The case's model in `dtype` with its weights set, and the list of its tensors in order."""
    if "filters" in case:
        model = Convolutional(case["shape"], case["filters"], case["downsampling"])
    else:
        model = FullyConnected(case["shape"], case["hiddenUnits"])
    model = model.to(dtype)
    tensors = []
    for stream, (name, parameter, permutation) in enumerate(parameters_of(model)):
        shape = list(parameter.permute(permutation).shape)
        values = weights(shape, stream, scale_of(name, shape))
        with torch.no_grad():
            parameter.permute(permutation).copy_(torch.from_numpy(values))
        tensors.append(dict(name=name, shape=shape, scale=float(scale_of(name, shape)), first=values.flat[:3].tolist()))
    return model, tensors


def margin(model, images):
    """How far the batch stays from a kink: the least |input of a ReLU| and least lead in a max-pool, over the RMS."""
    trace = []
    with torch.no_grad():
        model(torch.from_numpy(images).double() / 255, trace)
    least = np.inf
    for kind, x in trace:
        if kind == "relu":
            gaps = x.abs()
        else:
            windows = x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
            best = windows.topk(2, dim=4).values
            gaps = (best[..., 0] - best[..., 1])[best[..., 0] > 0]
            gaps = gaps[gaps > 1e-12]  # windows of equal content tie exactly, and any winner gives the same gradient
        least = min(least, (gaps.min() / x.square().mean().sqrt()).item())
    return least


def safest_images(model, shape):
    """The pixel stream, out of a few, whose images stay farthest from kinks: rounding must not choose a side."""
    streams = range(1000, 1400)
    return max(streams, key=lambda stream: margin(model, pixels([IMAGES, *shape], stream)))


class Binary:
    """Little-endian arrays one after another; `put` returns where one lies."""

    def __init__(self):
        self.data = bytearray()

    def put(self, values, wide=None):
        if wide is None:
            wide = values.size <= FLOAT64_LIMIT
        entry = dict(dtype="float64" if wide else "float32", offset=len(self.data), count=int(values.size))
        self.data += np.ascontiguousarray(values).astype("<f8" if wide else "<f4").tobytes()
        return entry


def readable(header):
    """JSON with one line for each entry, and one for each gradient or layer."""
    lines = []
    for key, value in header.items():
        text = json.dumps(value)
        if key in ("gradients", "layers"):
            text = "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write_files(directory, name, header, binary):
    """The two files of a case."""
    (directory / f"{name}.bin").write_bytes(binary.data)
    (directory / f"{name}.json").write_text(readable(header))


def write_cases(cases, write_case, default):
    """Writes every case into the directory that the command line names, else into `default`."""
    torch.set_num_threads(1)
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    directory.mkdir(parents=True, exist_ok=True)
    for name, case in cases.items():
        write_case(directory, name, case)
