# autoencoder.py
# The autoencoder of a run's options in PyTorch, with aelog's names and layouts of weights.
"""Images go in and logits come out as [N, H, W, C]. A kernel is [k, k, inputs, outputs] or [inputs, outputs], as in a checkpoint.

Tests/Fixtures/golden/README.md defines the layers and their padding. `training.check` refuses a run whose options this model does not
know, so that no comparison ignores one in silence.
"""
import math

import torch
import torch.nn.functional as F

FUNCTIONS = {
    "linear": lambda x: x, "relu": F.relu, "leaky-relu": F.leaky_relu, "elu": F.elu, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
}
# Options of the model; `training.py` knows the others.
OPTIONS = {
    "model", "filters", "kernel_size", "convolutions", "downsampling", "hidden_units", "code", "variational", "code_activation",
    "activation",
}
TRUNCATED_NORMAL = 0.87962566103423978  # the standard deviation of a unit normal within ±2


class Autoencoder:
    """A function of weights and images; it holds neither. `watch` sees what enters each function and each pooling, with its name."""

    def __init__(self, configuration, image_shape, watch=lambda name, x: None):
        self.image_shape, self.watch = tuple(image_shape), watch
        self.is_convolutional = configuration["model"] == "convolutional"
        self.sizes = configuration["filters" if self.is_convolutional else "hidden_units"]
        self.code, self.is_variational = configuration["code"], configuration["variational"]
        self.activation, self.code_activation = configuration["activation"], configuration["code_activation"]
        self.blocks = []
        if self.is_convolutional:
            self.convolutions = configuration["convolutions"]
            kernels, downsamplings = (each(configuration[name], len(self.sizes)) for name in ("kernel_size", "downsampling"))
            self.blocks = list(zip(self.sizes, map(int, kernels), downsamplings))
        sides = [side + side % 2 for side in self.image_shape[:2]]
        for _, _, downsampling in self.blocks:
            if downsampling != "none":
                sides = [-(-side // 2) for side in sides]
        self.last_block = (*sides, self.sizes[-1])
        self.kernels = dict(self._convolutional() if self.is_convolutional else self._dense())

    def _dense(self):
        """Yields the name and shape of each layer's kernel."""
        pixels = math.prod(self.image_shape)
        code = [*self.sizes, self.code] if self.code else self.sizes
        names = [f"encoder/dense{i}" for i in range(len(code))] + [f"decoder/dense{i}" for i in range(len(code) - 1)]
        units = [pixels, *code, *reversed(code[:-1]), pixels]
        for place, (name, shape) in enumerate(zip([*names, "decoder/linear"], zip(units, units[1:]))):
            if self.is_variational and place == len(code) - 1:
                yield "encoder/statistics", (shape[0], 2 * shape[1])
            else:
                yield name, shape

    def _convolutional(self):
        inputs, pixels = self.image_shape[2], math.prod(self.last_block)
        for block, (filters, side, downsampling) in enumerate(self.blocks):
            for place in range(self.convolutions):
                yield f"encoder/block{block}/conv{place}", (side, side, inputs, filters)
                inputs = filters
            if downsampling == "stride":
                yield f"encoder/block{block}/down", (side, side, filters, filters)
        if self.code:
            yield ("encoder/statistics", (pixels, 2 * self.code)) if self.is_variational else ("encoder/code", (pixels, self.code))
            yield "decoder/code", (self.code, pixels)
        for block, (filters, side, downsampling) in enumerate(reversed(self.blocks)):
            yield f"decoder/block{block}/{'conv' if downsampling == 'none' else 'deconv'}", (side, side, inputs, filters)
            inputs = filters
        side = self.blocks[0][1]
        yield "decoder/linear", (side, side, inputs, self.image_shape[2])

    def initial_weights(self, generator):
        """He normal kernels over the inputs, truncated at two standard deviations; biases of zero."""
        weights = {}
        for name, shape in self.kernels.items():
            deviation = math.sqrt(2 / math.prod(shape[:-1])) / TRUNCATED_NORMAL
            kernel = torch.empty(shape)
            torch.nn.init.trunc_normal_(kernel, 0, deviation, -2 * deviation, 2 * deviation, generator=generator)
            weights |= {f"{name}/kernel": kernel, f"{name}/bias": torch.zeros(shape[-1])}
        return weights

    def logits(self, weights, images, generator=None):
        """Draws a variational model's codes with the generator; without one the means are the codes."""
        if self.is_convolutional:
            return self._decoded(weights, self._encoded(weights, images, generator))
        names, x = list(self.kernels), images.flatten(1)
        code = names[len(names) // 2 - 1]
        for name in names[:-1]:
            if name == "encoder/statistics":
                x = self._drawn(dense(weights, name, x), generator)
            else:
                x = self._function(dense(weights, name, x), name == code)
        return dense(weights, names[-1], x).unflatten(1, self.image_shape)

    def _drawn(self, statistics, generator):
        """Keeps the divergence of the codes from the standard normal distribution, in nats, summed over the images."""
        mean, log_variance = statistics.chunk(2, dim=1)
        self.divergence = 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance).sum()
        if generator is None:
            return mean
        return mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=generator)

    def _encoded(self, weights, images, generator):
        """The code as a picture [N, C, H, W], or as numbers [N, code]."""
        x = images.permute(0, 3, 1, 2)
        for block, (_, side, downsampling) in enumerate(self.blocks):
            name, is_code = f"encoder/block{block}", block == len(self.sizes) - 1 and not self.code
            is_halved = block == 0 or any(later != "none" for _, _, later in self.blocks[block:])
            x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2)) if is_halved else x
            for place in range(self.convolutions):
                is_last = place == self.convolutions - 1 and downsampling != "stride"
                x = self._function(convolution(weights, f"{name}/conv{place}", x, padding=side // 2), is_code and is_last)
            if downsampling == "stride":
                before, after = zeros(side)
                x = F.pad(x, (before, after, before, after))
                x = self._function(convolution(weights, f"{name}/down", x, stride=2), is_code)
            elif downsampling == "pool":
                self.watch("pool", x)
                x = F.max_pool2d(x, 2)
            elif downsampling == "average":
                x = F.avg_pool2d(x, 2)
        if not self.code:
            return x
        pixels = x.permute(0, 2, 3, 1).flatten(1)
        if self.is_variational:
            return self._drawn(dense(weights, "encoder/statistics", pixels), generator)
        return self._function(dense(weights, "encoder/code", pixels), True)

    def _decoded(self, weights, x):
        if self.code:
            pixels = self._function(dense(weights, "decoder/code", x))
            x = pixels.unflatten(1, self.last_block).permute(0, 3, 1, 2)
        for block, (_, side, downsampling) in enumerate(reversed(self.blocks)):
            name = f"decoder/block{block}"
            if downsampling == "none":
                x = self._function(convolution(weights, f"{name}/conv", x, padding=side // 2))
                continue
            before, _ = zeros(side)
            height, width = 2 * x.shape[2], 2 * x.shape[3]
            # A kernel of one pixel leaves the last row and column to the bias.
            y = deconvolution(weights, f"{name}/deconv", x, stride=2, output_padding=1 if side == 1 else 0)
            x = self._function(y[:, :, before : before + height, before : before + width])
        x = deconvolution(weights, "decoder/linear", x, padding=self.blocks[0][1] // 2)
        height, width, _ = self.image_shape
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return x[:, :, top : top + height, left : left + width].permute(0, 2, 3, 1)

    def _function(self, x, is_code=False):
        name = self.code_activation if is_code else self.activation
        self.watch(name, x)
        return FUNCTIONS[name](x)


def each(text, blocks):
    """The words of an option for every block."""
    words = text.split(",")
    return words * blocks if len(words) == 1 else words


def zeros(side):
    """The zeros before and after a picture for a kernel with stride 2."""
    whole = max(0, side - 2)
    return whole // 2, whole - whole // 2


def dense(weights, name, x):
    return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]


def convolution(weights, name, x, **options):
    return F.conv2d(x, weights[f"{name}/kernel"].permute(3, 2, 0, 1), weights[f"{name}/bias"], **options)


def deconvolution(weights, name, x, **options):
    return F.conv_transpose2d(x, weights[f"{name}/kernel"].permute(2, 3, 0, 1), weights[f"{name}/bias"], **options)
