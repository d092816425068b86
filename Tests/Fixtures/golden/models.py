# models.py
# The two autoencoders in PyTorch, as aelog defines them: the yardstick of the golden fixture and of the peers.
"""Images go in and logits come out as [N, H, W, C]; parameters carry aelog's names and layouts (`parameters_of`).

Padding is TensorFlow's SAME. A stride-2 convolution of an even side pads nothing before and one after; the stride-2
transposed convolution is its exact adjoint, y[2p+i] += x[p] w[i] for i = 0..2, with row 2n dropped.
"""
import torch
import torch.nn.functional as F
from torch import nn


class Convolutional(nn.Module):
    """Blocks of two 3x3 convolutions and a halving, then as many doublings, then one linear transposed convolution."""

    def __init__(self, image_shape, filters, downsampling="pool", dropout=0.0):
        super().__init__()
        self.image_shape, self.downsampling, self.dropout = tuple(image_shape), downsampling, dropout
        ins = [image_shape[2], *filters[:-1]]
        self.conv0 = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1) for i, o in zip(ins, filters))
        self.conv1 = nn.ModuleList(nn.Conv2d(o, o, 3, padding=1) for o in filters)
        strided = filters if downsampling == "stride" else []
        self.down = nn.ModuleList(nn.Conv2d(o, o, 3, stride=2) for o in strided)
        outs = list(reversed(filters))
        ins = [filters[-1], *outs[:-1]]
        self.deconv = nn.ModuleList(nn.ConvTranspose2d(i, o, 3, stride=2) for i, o in zip(ins, outs))
        self.linear = nn.ConvTranspose2d(outs[-1], image_shape[2], 3, padding=1)

    def encode(self, x, trace=None):
        x = x.permute(0, 3, 1, 2)
        for block, (conv0, conv1) in enumerate(zip(self.conv0, self.conv1)):
            x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
            x = self._hidden(conv0(x), trace)
            x = self._hidden(conv1(x), trace)
            if self.downsampling == "stride":
                x = self._hidden(self.down[block](F.pad(x, (0, 1, 0, 1))), trace)
            else:
                if trace is not None:
                    trace.append(("pool", x))
                x = F.max_pool2d(x, 2)
        return x.permute(0, 2, 3, 1)

    def decode(self, x, trace=None):
        x = x.permute(0, 3, 1, 2)
        for deconv in self.deconv:
            x = self._hidden(deconv(x)[:, :, :-1, :-1], trace)
        x = self.linear(x)
        height, width, _ = self.image_shape
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return x[:, :, top : top + height, left : left + width].permute(0, 2, 3, 1)

    def forward(self, x, trace=None):
        return self.decode(self.encode(x, trace), trace)

    def layers(self):
        """(name, layer, permutation of its kernel to aelog's layout), in the order data flows."""
        for block, (conv0, conv1) in enumerate(zip(self.conv0, self.conv1)):
            yield f"encoder/block{block}/conv0", conv0, (2, 3, 1, 0)
            yield f"encoder/block{block}/conv1", conv1, (2, 3, 1, 0)
            if self.downsampling == "stride":
                yield f"encoder/block{block}/down", self.down[block], (2, 3, 1, 0)
        for block, deconv in enumerate(self.deconv):
            yield f"decoder/block{block}/deconv", deconv, (2, 3, 0, 1)
        yield "decoder/linear", self.linear, (2, 3, 0, 1)

    def _hidden(self, x, trace):
        return hidden(x, self.dropout, self.training, trace)


class FullyConnected(nn.Module):
    """Dense layers down to the last of `hidden_units` and back, over the image flattened in [H, W, C] order."""

    def __init__(self, image_shape, hidden_units, dropout=0.0):
        super().__init__()
        self.image_shape, self.dropout = tuple(image_shape), dropout
        pixels = image_shape[0] * image_shape[1] * image_shape[2]
        down = [pixels, *hidden_units]
        up = list(reversed(hidden_units))
        self.encoder = nn.ModuleList(nn.Linear(i, o) for i, o in zip(down, down[1:]))
        self.decoder = nn.ModuleList(nn.Linear(i, o) for i, o in zip(up, up[1:]))
        self.linear = nn.Linear(up[-1], pixels)

    def encode(self, x, trace=None):
        x = x.flatten(1)
        for dense in self.encoder:
            x = hidden(dense(x), self.dropout, self.training, trace)
        return x

    def decode(self, x, trace=None):
        for dense in self.decoder:
            x = hidden(dense(x), self.dropout, self.training, trace)
        return self.linear(x).unflatten(1, self.image_shape)

    def forward(self, x, trace=None):
        return self.decode(self.encode(x, trace), trace)

    def layers(self):
        """(name, layer, permutation of its kernel to aelog's layout), in the order data flows."""
        for index, dense in enumerate(self.encoder):
            yield f"encoder/dense{index}", dense, (1, 0)
        for index, dense in enumerate(self.decoder):
            yield f"decoder/dense{index}", dense, (1, 0)
        yield "decoder/linear", self.linear, (1, 0)


def hidden(x, dropout, training, trace):
    """ReLU and dropout; `trace` collects what enters the ReLU."""
    if trace is not None:
        trace.append(("relu", x))
    return F.dropout(F.relu(x), dropout, training)


def parameters_of(model):
    """(aelog's name, parameter, permutation to aelog's layout): kernels [3,3,in,out] or [in,out], biases [out]."""
    for name, layer, permutation in model.layers():
        yield f"{name}/kernel", layer.weight, permutation
        yield f"{name}/bias", layer.bias, (0,)


def reconstruction_loss(logits, images):
    """Mean over elements of the sigmoid cross entropy, in the stable form max(z,0) - z x + log(1 + e^-|z|)."""
    return F.binary_cross_entropy_with_logits(logits, images)


def weight_penalty(model, decay):
    """decay/2 times the sum of squares of the kernels; biases are free."""
    return decay * 0.5 * sum(layer.weight.square().sum() for _, layer, _ in model.layers())


def initialize(model, generator):
    """Kernels: He normal over fan-in, truncated at two standard deviations and rescaled to keep the variance. Biases: zero."""
    truncated_deviation = 0.87962566103423978  # of a unit normal cut at +-2
    with torch.no_grad():
        for _, layer, permutation in model.layers():
            layout = layer.weight.permute(permutation).shape
            fan_in = layout[:-1].numel()
            deviation = (2 / fan_in) ** 0.5 / truncated_deviation
            nn.init.trunc_normal_(layer.weight, 0, deviation, -2 * deviation, 2 * deviation, generator=generator)
            layer.bias.zero_()
