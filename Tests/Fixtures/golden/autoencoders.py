# autoencoders.py
# Writes Tests/Fixtures/golden: logits, losses and every gradient of both models, computed by PyTorch in double precision.
"""Usage: autoencoders.py [DIRECTORY]. README.md of that directory describes the format; requirements.txt pins PyTorch."""
import json
import pathlib
import sys

import numpy as np
import torch

from models import Convolutional, FullyConnected, parameters_of, reconstruction_loss, weight_penalty

WEIGHT_DECAY = 1e-5
IMAGES = 5
ADAM_STEPS = 5
FLOAT64_LIMIT = 20_000  # tensors with more elements are stored in float32

CASES = {
    "convolutional-pool": dict(shape=[28, 28, 1], filters=[16, 8, 8], downsampling="pool"),
    "convolutional-stride": dict(shape=[28, 28, 1], filters=[16, 8, 8], downsampling="stride"),
    "convolutional-pool-odd": dict(shape=[9, 7, 3], filters=[3, 5], downsampling="pool"),
    "convolutional-stride-odd": dict(shape=[9, 7, 3], filters=[3, 5], downsampling="stride"),
    "fully-connected": dict(shape=[28, 28, 1], hiddenUnits=[128, 64, 32]),
    "fully-connected-small": dict(shape=[6, 5, 1], hiddenUnits=[10, 5]),
}


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


def evaluate(model, images):
    """Losses, logits, bottleneck and gradients (numpy, aelog's layout) of one batch of uint8 images."""
    dtype = next(model.parameters()).dtype
    x = torch.from_numpy(images).to(dtype) / 255
    logits = model(x)
    reconstruction = reconstruction_loss(logits, x)
    total = reconstruction + weight_penalty(model, WEIGHT_DECAY)
    model.zero_grad()
    total.backward()
    gradients = [parameter.grad.permute(order).contiguous().numpy() for _, parameter, order in parameters_of(model)]
    with torch.no_grad():
        bottleneck = model.encode(x[:1])[0].flatten().numpy()
    losses = dict(reconstruction=reconstruction.item(), total=total.item())
    losses["rmse"] = (torch.sigmoid(logits) - x).square().mean().sqrt().item()
    return losses, logits.detach()[0].flatten().numpy(), bottleneck, gradients


def losses_of_adam(model, images):
    """Total loss before each of a few Adam steps on the same batch."""
    dtype = next(model.parameters()).dtype
    x = torch.from_numpy(images).to(dtype) / 255
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for _ in range(ADAM_STEPS):
        optimizer.zero_grad()
        total = reconstruction_loss(model(x), x) + weight_penalty(model, WEIGHT_DECAY)
        total.backward()
        optimizer.step()
        losses.append(total.item())
    return losses


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


def normalized_error(values, truth):
    return float(np.linalg.norm(values.astype(np.float64) - truth) / np.linalg.norm(truth))


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


def write_case(directory, name, case):
    model, tensors = build(case, torch.float64)
    stream = safest_images(model, case["shape"])
    images = pixels([IMAGES, *case["shape"]], stream)
    losses, logits, bottleneck, gradients = evaluate(model, images)
    narrow = evaluate(build(case, torch.float32)[0], images)
    binary = Binary()
    header = dict(case=name, **case, pytorch=torch.__version__, weightDecay=WEIGHT_DECAY)
    header["images"] = dict(
        count=IMAGES, stream=stream, last=images.flat[-12:].tolist(), sum=int(images.sum()), margin=margin(model, images))
    header["losses"] = losses
    header["parameters"] = int(sum(np.prod(tensor["shape"]) for tensor in tensors))
    header["logits"] = dict(float32Error=normalized_error(narrow[1], logits), **binary.put(logits))
    header["bottleneck"] = dict(float32Error=normalized_error(narrow[2], bottleneck), **binary.put(bottleneck))
    for tensor, gradient, rough in zip(tensors, gradients, narrow[3]):
        tensor["norm"] = float(np.linalg.norm(gradient))
        tensor["float32Error"] = normalized_error(rough, gradient)
        tensor.update(binary.put(gradient))
    header["gradients"] = tensors
    header["adamLosses"] = losses_of_adam(model, images)
    (directory / f"{name}.bin").write_bytes(binary.data)
    (directory / f"{name}.json").write_text(readable(header))
    worst = max(tensor["float32Error"] for tensor in tensors)
    print(f"{name}: {header['parameters']} weights, loss {losses['total']:.6f}, {len(binary.data)} bytes, "
          f"margin {header['images']['margin']:.1e}, PyTorch's float32 gradients within {worst:.1e}")


def main():
    torch.set_num_threads(1)
    default = pathlib.Path(__file__).resolve().parent
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    directory.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        write_case(directory, name, case)


if __name__ == "__main__":
    main()
