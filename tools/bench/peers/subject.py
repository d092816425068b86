# subject.py
# The model and the batch that aelog and its peers are measured with.
import json
from typing import NamedTuple

WEIGHT_DECAY = 1e-5
LEARNING_RATE, BETA1, BETA2, EPSILON = 0.001, 0.9, 0.999, 1e-8
# Images in one call of an encoder.
ENCODED_AT_ONCE = 256


class Layer(NamedTuple):
    """`kind`: conv, pool, down, deconv, linear or dense; `inputs` and `outputs`: its channels or units."""

    kind: str
    inputs: int
    outputs: int

    @property
    def fan_in(self):
        return self.inputs * (1 if self.kind == "dense" else 9)


class Subject(NamedTuple):
    model: str
    image: tuple  # height, width, channels
    sizes: tuple  # filters, or hidden units
    downsampling: str
    batch_size: int
    threads: int

    @classmethod
    def from_json(cls, text):
        fields = json.loads(text)
        return cls(**{**fields, "image": tuple(fields["image"]), "sizes": tuple(fields["sizes"])})

    def to_json(self):
        return json.dumps(self._asdict())

    @property
    def is_convolutional(self):
        return self.model == "convolutional"

    @property
    def pixels(self):
        return self.image[0] * self.image[1] * self.image[2]

    @property
    def count(self):
        """Images in memory: whole batches, about 4,096 as in `aelog bench`."""
        affordable = max(1, (128 << 20) // self.pixels)
        return max(1, min(4096, affordable) // self.batch_size) * self.batch_size

    @property
    def encoder(self):
        if not self.is_convolutional:
            units = [self.pixels, *self.sizes]
            return [Layer("dense", i, o) for i, o in zip(units, units[1:])]
        layers, inputs = [], self.image[2]
        for filters in self.sizes:
            layers += [Layer("conv", inputs, filters), Layer("conv", filters, filters)]
            layers.append(Layer("down" if self.downsampling == "stride" else "pool", filters, filters))
            inputs = filters
        return layers

    @property
    def decoder(self):
        """The last layer has no activation."""
        sizes = list(reversed(self.sizes))
        if not self.is_convolutional:
            units = [*sizes, self.pixels]
            return [Layer("dense", i, o) for i, o in zip(units, units[1:])]
        layers, inputs = [], sizes[0]
        for filters in sizes:
            layers.append(Layer("deconv", inputs, filters))
            inputs = filters
        return [*layers, Layer("linear", inputs, self.image[2])]

    @property
    def steps_at_once(self):
        """The number of steps of a call that may take many: 64, or as many as last about a second."""
        work = 6 * self.batch_size * self.multiply_adds
        return int(max(2, min(64, 2e10 // work)))

    @property
    def multiply_adds(self):
        """The approximate operations of one image's forward pass, to choose the length of a call."""
        height, width, _ = self.image
        total, area = 0, height * width
        for layer in self.encoder + self.decoder:
            if layer.kind in ("pool", "down"):
                area = -(-area // 4)
            if layer.kind != "pool":
                total += layer.fan_in * layer.outputs * (1 if layer.kind == "dense" else area)
            if layer.kind == "deconv":
                area *= 4
        return total

    def noise(self):
        """float32 [count, height, width, channels] in [0, 1]: the arithmetic does not depend on the values."""
        import numpy as np
        return np.random.default_rng(1).random((self.count, *self.image), dtype=np.float32)

    def kernels(self, layers):
        """A He-normal kernel for each layer with weights: [3, 3, inputs, outputs], or [inputs, outputs]."""
        import numpy as np
        generator = np.random.default_rng(2)
        for layer in layers:
            if layer.kind != "pool":
                shape = (layer.inputs, layer.outputs) if layer.kind == "dense" else (3, 3, layer.inputs, layer.outputs)
                yield (generator.standard_normal(shape) * (2 / layer.fan_in) ** 0.5).astype(np.float32)

    def batches(self):
        """Yields the image numbers of batch after batch, in a new random order after each epoch."""
        import numpy as np
        generator = np.random.default_rng(3)
        while True:
            yield from generator.permutation(self.count).reshape(-1, self.batch_size)
