# autoencoder.py
# The autoencoder of a run's options in PyTorch, with aelog's names and layouts of weights.
"""Images go in and logits come out as [N, H, W, C]. A kernel is [3, 3, inputs, outputs] or [inputs, outputs], as in a checkpoint.

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
OPTIONS = {"model", "filters", "hidden_units", "downsampling", "code", "code_activation", "activation"}
TRUNCATED_NORMAL = 0.87962566103423978  # the standard deviation of a unit normal within ±2


class Autoencoder:
    """A function of weights and images; it holds neither. `watch` sees what enters each function and each pooling, with its name."""

    def __init__(self, configuration, image_shape, watch=lambda name, x: None):
        self.image_shape, self.watch = tuple(image_shape), watch
        self.is_convolutional = configuration["model"] == "convolutional"
        self.sizes = configuration["filters" if self.is_convolutional else "hidden_units"]
        self.has_stride = configuration.get("downsampling") == "stride"
        self.code = configuration["code"]
        self.activation, self.code_activation = configuration["activation"], configuration["code_activation"]
        sides = self.image_shape[:2]
        for _ in self.sizes:
            sides = [-(-side // 2) for side in sides]
        self.last_block = (*sides, self.sizes[-1])
        self.kernels = dict(self._convolutional() if self.is_convolutional else self._dense())

    def _dense(self):
        """Yields the name and shape of each layer's kernel."""
        pixels = math.prod(self.image_shape)
        code = [*self.sizes, self.code] if self.code else self.sizes
        names = [f"encoder/dense{i}" for i in range(len(code))] + [f"decoder/dense{i}" for i in range(len(code) - 1)]
        units = [pixels, *code, *reversed(code[:-1]), pixels]
        yield from zip([*names, "decoder/linear"], zip(units, units[1:]))

    def _convolutional(self):
        inputs, pixels = self.image_shape[2], math.prod(self.last_block)
        for block, filters in enumerate(self.sizes):
            yield f"encoder/block{block}/conv0", (3, 3, inputs, filters)
            yield f"encoder/block{block}/conv1", (3, 3, filters, filters)
            if self.has_stride:
                yield f"encoder/block{block}/down", (3, 3, filters, filters)
            inputs = filters
        if self.code:
            yield "encoder/code", (pixels, self.code)
            yield "decoder/code", (self.code, pixels)
        for block, filters in enumerate(reversed(self.sizes)):
            yield f"decoder/block{block}/deconv", (3, 3, inputs, filters)
            inputs = filters
        yield "decoder/linear", (3, 3, inputs, self.image_shape[2])

    def initial_weights(self, generator):
        """He normal kernels over the inputs, truncated at two standard deviations; biases of zero."""
        weights = {}
        for name, shape in self.kernels.items():
            deviation = math.sqrt(2 / math.prod(shape[:-1])) / TRUNCATED_NORMAL
            kernel = torch.empty(shape)
            torch.nn.init.trunc_normal_(kernel, 0, deviation, -2 * deviation, 2 * deviation, generator=generator)
            weights |= {f"{name}/kernel": kernel, f"{name}/bias": torch.zeros(shape[-1])}
        return weights

    def logits(self, weights, images):
        if self.is_convolutional:
            return self._decoded(weights, self._encoded(weights, images))
        names, x = list(self.kernels), images.flatten(1)
        code = names[len(names) // 2 - 1]
        for name in names[:-1]:
            x = self._function(dense(weights, name, x), name == code)
        return dense(weights, names[-1], x).unflatten(1, self.image_shape)

    def _encoded(self, weights, images):
        """The code as a picture [N, C, H, W], or as numbers [N, code]."""
        x = images.permute(0, 3, 1, 2)
        for block in range(len(self.sizes)):
            name, is_code = f"encoder/block{block}", block == len(self.sizes) - 1 and not self.code
            x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
            x = self._function(convolution(weights, f"{name}/conv0", x, padding=1))
            x = self._function(convolution(weights, f"{name}/conv1", x, padding=1), is_code and not self.has_stride)
            if self.has_stride:
                x = self._function(convolution(weights, f"{name}/down", F.pad(x, (0, 1, 0, 1)), stride=2), is_code)
            else:
                self.watch("pool", x)
                x = F.max_pool2d(x, 2)
        return self._function(dense(weights, "encoder/code", x.permute(0, 2, 3, 1).flatten(1)), True) if self.code else x

    def _decoded(self, weights, x):
        if self.code:
            pixels = self._function(dense(weights, "decoder/code", x))
            x = pixels.unflatten(1, self.last_block).permute(0, 3, 1, 2)
        for block in range(len(self.sizes)):
            x = self._function(deconvolution(weights, f"decoder/block{block}/deconv", x, stride=2)[:, :, :-1, :-1])
        x = deconvolution(weights, "decoder/linear", x, padding=1)
        height, width, _ = self.image_shape
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return x[:, :, top : top + height, left : left + width].permute(0, 2, 3, 1)

    def _function(self, x, is_code=False):
        name = self.code_activation if is_code else self.activation
        self.watch(name, x)
        return FUNCTIONS[name](x)


def dense(weights, name, x):
    return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]


def convolution(weights, name, x, **options):
    return F.conv2d(x, weights[f"{name}/kernel"].permute(3, 2, 0, 1), weights[f"{name}/bias"], **options)


def deconvolution(weights, name, x, **options):
    return F.conv_transpose2d(x, weights[f"{name}/kernel"].permute(2, 3, 0, 1), weights[f"{name}/bias"], **options)
