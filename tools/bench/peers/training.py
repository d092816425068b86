# training.py
# The loss, optimizer, schedule and noise of a run's options in PyTorch.
import math

import torch
import torch.nn.functional as F

import autoencoder

# Options of training. Kernels differ only in rounding.
OPTIONS = {
    "epochs", "batch_size", "learning_rate", "schedule", "warmup", "learning_rate_decay", "decay_steps", "loss", "beta", "optimizer",
    "clip_norm", "weight_decay", "noise", "noise_factor", "seed", "kernels",
}
# Options that must have these values, since PyTorch's part does not follow them.
FIXED = {"dropout": 0, "patience": 0}


def check(configuration):
    """Ends the program if a run has an option that PyTorch's part does not know."""
    unknown = configuration.keys() - autoencoder.OPTIONS - OPTIONS - FIXED.keys()
    changed = [name for name, value in FIXED.items() if configuration[name] != value]
    if unknown or changed:
        raise SystemExit(f"options that tools/bench/peers does not follow: {', '.join(sorted(unknown) + changed)}; "
                         "add them to autoencoder.py and training.py, or leave them out")


def reconstruction_loss(configuration, logits, images):
    """The mean over all elements."""
    if configuration["loss"] == "mse":
        return (torch.sigmoid(logits) - images).square().mean()
    return F.binary_cross_entropy_with_logits(logits, images)


def total_loss(configuration, model, weights, logits, images):
    """The loss that is trained: AdamW's weight decay is no part of it, and biases are free. A variational model's divergence is taken
    per element of the images, as the loss is."""
    loss = reconstruction_loss(configuration, logits, images)
    if configuration["variational"]:
        loss = loss + configuration["beta"] * model.divergence / images.numel()
    if configuration["optimizer"] == "adamw" or configuration["weight_decay"] == 0:
        return loss
    squares = sum(kernel.square().sum() for name, kernel in weights.items() if name.endswith("/kernel"))
    return loss + configuration["weight_decay"] * 0.5 * squares


def optimizer(configuration, weights):
    kernels = [weight for name, weight in weights.items() if name.endswith("/kernel")]
    biases = [weight for name, weight in weights.items() if name.endswith("/bias")]
    rate = configuration["learning_rate"]
    if configuration["optimizer"] == "sgd":
        return torch.optim.SGD(kernels + biases, lr=rate, momentum=0.9)
    if configuration["optimizer"] == "adam":
        return torch.optim.Adam(kernels + biases, lr=rate, betas=(0.9, 0.999), eps=1e-8)
    groups = [{"params": kernels, "weight_decay": configuration["weight_decay"]}, {"params": biases, "weight_decay": 0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.999), eps=1e-8)


def rate(configuration, step, steps):
    """The learning rate of a step, counted from 1, as a fraction of the first."""
    if configuration["schedule"] == "cosine":
        part = 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))
    elif configuration["schedule"] == "staircase":
        part = configuration["learning_rate_decay"] ** ((step - 1) // configuration["decay_steps"])
    else:
        part = 1
    return part * min(1, step / max(1, configuration["warmup"]))


def noisy(configuration, images, generator):
    """The images as the model sees them."""
    factor = configuration["noise_factor"]
    if factor == 0:
        return images
    if configuration["noise"] == "masking":
        return images * (torch.rand(images.shape, generator=generator) >= factor)
    return (images + factor * torch.randn(images.shape, generator=generator)).clamp(0, 1)


def clip(configuration, weights):
    """Scales the whole gradient down to the largest norm."""
    norm = torch.stack([weight.grad.norm() for weight in weights.values()]).norm()
    if 0 < configuration["clip_norm"] < norm:
        for weight in weights.values():
            weight.grad *= configuration["clip_norm"] / norm


def train(configuration, images, weights=None):
    """Trains from these weights, or from new ones; returns the model and its weights. An epoch's last, partial batch is dropped."""
    generator = torch.Generator().manual_seed(configuration["seed"])
    model = autoencoder.Autoencoder(configuration, images.shape[1:])
    start = weights or model.initial_weights(generator)
    weights = {name: weight.clone().requires_grad_() for name, weight in start.items()}
    size = configuration["batch_size"]
    steps_of_epoch = len(images) // size
    steps = configuration["epochs"] * steps_of_epoch
    rule = optimizer(configuration, weights)
    schedule = torch.optim.lr_scheduler.LambdaLR(rule, lambda done: rate(configuration, done + 1, steps))
    for _ in range(configuration["epochs"]):
        order = torch.randperm(len(images), generator=generator)
        for batch in order[: steps_of_epoch * size].view(steps_of_epoch, size):
            x = images[batch]
            logits = model.logits(weights, noisy(configuration, x, generator), generator)
            rule.zero_grad(set_to_none=True)
            total_loss(configuration, model, weights, logits, x).backward()
            clip(configuration, weights)
            rule.step()
            schedule.step()
    return model, weights


@torch.no_grad()
def evaluate(configuration, model, weights, images):
    """Mean reconstruction loss and RMSE of sigmoid(logits) over a whole set, with noise if the model is trained with noise."""
    generator = torch.Generator().manual_seed(configuration["seed"] + 1_000_000)
    loss = squares = 0.0
    for x in images.split(500):
        logits = model.logits(weights, noisy(configuration, x, generator))
        loss += reconstruction_loss(configuration, logits, x).item() * x.numel()
        squares += (torch.sigmoid(logits) - x).square().sum().item()
    return loss / images.numel(), (squares / images.numel()) ** 0.5
