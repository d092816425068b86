# cases.py
# The models that tools/interop/check trains, their images, and the tensors of their checkpoints as docs/encode-and-onnx.md lists them.
"""Both families, both kinds of downsampling, gray and color, even and odd sides, multiples of eight filters and others."""
import dataclasses
import pathlib
import struct

import numpy as np

LEARNING, TESTED = 120, 37


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    shape: tuple  # height, width, channels
    sizes: tuple  # filters, or hidden units
    kind: str = "pool"  # or "stride", "dense"
    more: tuple = ()
    seed: int = 11  # one with which no layer of ReLUs dies
    code: int = 0  # numbers of a code of its own

    @property
    def options(self):
        sizes = ",".join(map(str, self.sizes))
        if self.kind == "dense":
            return ["--model", "fully-connected", "--hidden-units", sizes, *self.own_code, *self.more]
        return ["--filters", sizes, "--downsampling", self.kind, *self.own_code, *self.more]

    @property
    def own_code(self):
        return ["--code", str(self.code)] if self.code else []

    @property
    def bottleneck(self):
        """The shape of the latent code: height, width, channels; or units."""
        if self.code or self.kind == "dense":
            return (self.code or self.sizes[-1],)
        return self._last_block

    @property
    def _last_block(self):
        sides = self.shape[:2]
        for _ in self.sizes:
            sides = tuple((side + side % 2) // 2 for side in sides)
        return (*sides, self.sizes[-1])

    @property
    def parameters(self):
        """The documented names and shapes of all weights."""
        return self._dense() if self.kind == "dense" else self._convolutional()

    @property
    def layers(self):
        """The names of all layers after the input."""
        names = list(dict.fromkeys(name.rsplit("/", 1)[0] for name in self.parameters))
        if self.kind == "dense":
            return names
        if self.kind == "pool":
            for block in range(len(self.sizes)):
                names.insert(names.index(f"encoder/block{block}/conv1") + 1, f"encoder/block{block}/pool")
        if self.code:
            names.insert(names.index("encoder/code"), "encoder/flatten")
            names.insert(names.index("decoder/code") + 1, "decoder/reshape")
        return [*names, "decoder/crop"]

    @property
    def code_layer(self):
        return [name for name in self.layers if name.startswith("encoder/")][-1]

    def _dense(self):
        sizes = (*self.sizes, self.code) if self.code else self.sizes
        units = [int(np.prod(self.shape)), *sizes, *reversed(sizes[:-1]), int(np.prod(self.shape))]
        count = len(sizes)
        names = [f"encoder/dense{i}" for i in range(count)] + [f"decoder/dense{i}" for i in range(count - 1)]
        layers = zip(names + ["decoder/linear"], units, units[1:])
        return {f"{name}/{part}": shape for name, a, b in layers for part, shape in [("kernel", (a, b)), ("bias", (b,))]}

    def _convolutional(self):
        layers, last = [], self.shape[2]
        for block, filters in enumerate(self.sizes):
            layers += [(f"encoder/block{block}/conv0", last, filters), (f"encoder/block{block}/conv1", filters, filters)]
            if self.kind == "stride":
                layers.append((f"encoder/block{block}/down", filters, filters))
            last = filters
        pixels = int(np.prod(self._last_block))
        dense = [("encoder/code", pixels, self.code), ("decoder/code", self.code, pixels)] if self.code else []
        layers += dense
        for block, filters in enumerate(reversed(self.sizes)):
            layers.append((f"decoder/block{block}/deconv", last, filters))
            last = filters
        layers.append(("decoder/linear", last, self.shape[2]))
        return {f"{name}/{part}": shape for name, a, b in layers
                for part, shape in [("kernel", (a, b) if name.endswith("/code") else (3, 3, a, b)), ("bias", (b,))]}


CASES = [
    Case("pool", (28, 28, 1), (16, 8, 8)),
    Case("stride", (28, 28, 1), (16, 8, 8), "stride"),
    Case("pool-odd-color", (9, 7, 3), (3, 5)),
    Case("stride-odd-color", (9, 7, 3), (3, 5), "stride"),
    Case("pool-deep", (13, 22, 4), (5, 9, 1, 17)),
    Case("stride-deep", (22, 13, 2), (5, 9, 3), "stride"),
    Case("one-filter", (8, 16, 1), (2,)),
    Case("one-pixel", (1, 1, 1), (4, 2), seed=9),
    Case("denoising", (12, 12, 1), (8, 4), "pool", ("--noise-factor", "0.3", "--dropout", "0.2")),
    Case("direct", (28, 28, 1), (16, 8), "pool", ("--kernels", "direct")),
    Case("dense", (28, 28, 1), (128, 64, 32), "dense"),
    Case("dense-odd-color", (5, 7, 3), (13, 6), "dense", ("--noise-factor", "0.2", "--dropout", "0.1")),
    Case("dense-single", (6, 6, 1), (10,), "dense"),
    Case("code-pool", (28, 28, 1), (16, 8, 8), code=2),
    Case("code-stride-odd-color", (9, 7, 3), (3, 5), "stride", ("--activation", "elu", "--code-activation", "tanh"), code=3),
    Case("code-dense", (12, 12, 1), (20, 9), "dense", ("--activation", "tanh"), code=2),
    Case("sigmoid-code", (12, 12, 1), (8, 4), "pool", ("--activation", "leaky-relu", "--code-activation", "sigmoid")),
    Case("linear-code", (12, 12, 1), (8, 4), "stride", ("--code-activation", "linear")),
]


def pictures(shape, count, seed):
    """Soft blobs on noise, 8 bits, with the class of each."""
    rng = np.random.default_rng(seed)
    height, width, channels = shape
    rows, columns = np.mgrid[:height, :width]
    centers = rng.random((count, channels, 2, 1, 1)) * np.array([height, width]).reshape(2, 1, 1)
    distance = np.sqrt(((np.stack([rows, columns]) - centers) ** 2).sum(axis=2))
    blobs = 255 * np.exp(-((distance / (1 + max(height, width) / 5)) ** 2)) + rng.integers(0, 30, distance.shape)
    pixels = np.clip(blobs, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pixels), (np.arange(count) % 10).astype(np.uint8)


def write_collection(case, directory):
    """The four IDX files; gives the test images."""
    directory.mkdir()
    for prefix, count, seed in [("train", LEARNING, 1), ("t10k", TESTED, 2)]:
        pixels, labels = pictures(case.shape, count, seed)
        extents = pixels.shape if case.shape[2] > 1 else pixels.shape[:3]
        write_idx(directory / f"{prefix}-images-idx3-ubyte", extents, pixels)
        write_idx(directory / f"{prefix}-labels-idx1-ubyte", labels.shape, labels)
    return pixels


def write_idx(path: pathlib.Path, extents, array):
    path.write_bytes(bytes([0, 0, 8, len(extents)]) + struct.pack(f">{len(extents)}I", *extents) + array.tobytes())
