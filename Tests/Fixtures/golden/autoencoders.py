# autoencoders.py
# Writes Tests/Fixtures/golden: logits, losses and every gradient of both models, computed by PyTorch in double precision.
"""Usage: autoencoders.py [DIRECTORY]. README.md of that directory describes the format; requirements.txt pins PyTorch."""
import pathlib

import numpy as np
import torch

from cases import IMAGES, Binary, build, margin, pixels, safest_images, write_cases, write_files
from models import parameters_of, reconstruction_loss, weight_penalty

WEIGHT_DECAY = 1e-5
ADAM_STEPS = 5

CASES = {
    "convolutional-pool": dict(shape=[28, 28, 1], filters=[16, 8, 8], downsampling="pool"),
    "convolutional-stride": dict(shape=[28, 28, 1], filters=[16, 8, 8], downsampling="stride"),
    "convolutional-pool-odd": dict(shape=[9, 7, 3], filters=[3, 5], downsampling="pool"),
    "convolutional-stride-odd": dict(shape=[9, 7, 3], filters=[3, 5], downsampling="stride"),
    "fully-connected": dict(shape=[28, 28, 1], hiddenUnits=[128, 64, 32]),
    "fully-connected-small": dict(shape=[6, 5, 1], hiddenUnits=[10, 5]),
}


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


def normalized_error(values, truth):
    return float(np.linalg.norm(values.astype(np.float64) - truth) / np.linalg.norm(truth))


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
    write_files(directory, name, header, binary)
    worst = max(tensor["float32Error"] for tensor in tensors)
    print(f"{name}: {header['parameters']} weights, loss {losses['total']:.6f}, {len(binary.data)} bytes, "
          f"margin {header['images']['margin']:.1e}, PyTorch's float32 gradients within {worst:.1e}")


if __name__ == "__main__":
    write_cases(CASES, write_case, default=pathlib.Path(__file__).resolve().parent)
