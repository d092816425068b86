# cases.py
# The models that tools/interop/check trains, their images, and the tensors of their checkpoints as docs/encode-and-onnx.md lists them.
"""Both families, all kinds of downsampling, gray and color, even and odd sides, multiples of eight filters and others."""
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
    kind: str = "pool"  # or "average", "stride", "none", also one for each block; or "dense"
    more: tuple = ()
    seed: int = 11  # one with which no layer of ReLUs dies
    code: int = 0  # numbers of a code of its own
    kernels: str = "3"  # one for all blocks, or one for each
    convolutions: int = 2
    variational: bool = False

    @property
    def options(self):
        sizes = ",".join(map(str, self.sizes))
        if self.kind == "dense":
            return ["--model", "fully-connected", "--hidden-units", sizes, *self.own_code, *self.more]
        blocks = ["--kernel-size", self.kernels, "--convolutions", str(self.convolutions)]
        return ["--filters", sizes, "--downsampling", self.kind, *blocks, *self.own_code, *self.more]

    @property
    def own_code(self):
        return (["--code", str(self.code)] if self.code else []) + (["--variational"] if self.variational else [])

    @property
    def blocks(self):
        """The filters, the kernel's side and the downsampling of each block."""
        def each(text):
            words = text.split(",")
            return words * len(self.sizes) if len(words) == 1 else words
        return [(filters, int(side), kind) for filters, side, kind in zip(self.sizes, each(self.kernels), each(self.kind))]

    @property
    def bottleneck(self):
        """The shape of the latent code: height, width, channels; or units."""
        if self.code or self.kind == "dense":
            return (self.code or self.sizes[-1],)
        return self._last_block

    @property
    def _last_block(self):
        sides = tuple(side + side % 2 for side in self.shape[:2])
        for _, _, kind in self.blocks:
            if kind != "none":
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
        if self.variational:
            names.insert(names.index("encoder/statistics") + 1, "encoder/code")
        if self.kind == "dense":
            return names
        for block, (_, _, kind) in enumerate(self.blocks):
            if kind in ("pool", "average"):
                names.insert(names.index(f"encoder/block{block}/conv{self.convolutions - 1}") + 1, f"encoder/block{block}/pool")
        if self.code:
            names.insert(names.index("encoder/statistics" if self.variational else "encoder/code"), "encoder/flatten")
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
        layers = {name: (a, b) for name, a, b in zip(names + ["decoder/linear"], units, units[1:])}
        if self.variational:
            last = names[count - 1]
            layers = {("encoder/statistics" if name == last else name): (a, 2 * b if name == last else b)
                      for name, (a, b) in layers.items()}
        return {f"{name}/{part}": shape for name, (a, b) in layers.items() for part, shape in [("kernel", (a, b)), ("bias", (b,))]}

    def _convolutional(self):
        layers, last = [], self.shape[2]
        for block, (filters, side, kind) in enumerate(self.blocks):
            for place in range(self.convolutions):
                layers.append((f"encoder/block{block}/conv{place}", (side, side, last, filters)))
                last = filters
            if kind == "stride":
                layers.append((f"encoder/block{block}/down", (side, side, filters, filters)))
        if self.code:
            pixels = int(np.prod(self._last_block))
            encoder = ("encoder/statistics", (pixels, 2 * self.code)) if self.variational else ("encoder/code", (pixels, self.code))
            layers += [encoder, ("decoder/code", (self.code, pixels))]
        for block, (filters, side, kind) in enumerate(reversed(self.blocks)):
            layers.append((f"decoder/block{block}/{'conv' if kind == 'none' else 'deconv'}", (side, side, last, filters)))
            last = filters
        side = self.blocks[0][1]
        layers.append(("decoder/linear", (side, side, last, self.shape[2])))
        return {f"{name}/{part}": value for name, shape in layers for part, value in [("kernel", shape), ("bias", shape[-1:])]}


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
    Case("kernels-1-3-5", (13, 16, 2), (5, 8, 6), "average,none,stride", kernels="5,3,1", convolutions=1),
    Case("kernels-7", (28, 28, 1), (8, 6), "stride", kernels="7,5", convolutions=3),
    Case("kernels-1", (12, 12, 1), (8, 4), "stride", ("--activation", "elu", "--code-activation", "tanh"), kernels="1"),
    Case("no-downsampling", (9, 7, 3), (6,), "none", kernels="5", code=4),
    Case("variational", (12, 12, 1), (8, 4), "pool", code=3, variational=True),
    Case("variational-dense", (12, 12, 1), (20, 3), "dense", variational=True),
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
