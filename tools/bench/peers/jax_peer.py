# jax_peer.py
# The models in JAX: one step a call or a scan over many, convolutions as such or as matrix products.
import jax
import jax.numpy as jnp
from jax import lax

from subject import BETA1, BETA2, ENCODED_AT_ONCE, EPSILON, LEARNING_RATE, WEIGHT_DECAY

LAYOUT = ("NHWC", "HWIO", "NHWC")


class Peer:
    version = f"JAX {jax.__version__}"

    def __init__(self, subject, many, products):
        self.subject = subject
        self.apply = apply_as_product if products else apply
        self.images = jnp.asarray(subject.noise())
        self.batches = subject.batches()
        self.steps = subject.steps_at_once if many else 1
        layers = subject.encoder + subject.decoder
        kernels = [jnp.asarray(kernel) for kernel in subject.kernels(layers)]
        weights = [(kernel, jnp.zeros(kernel.shape[-1])) for kernel in kernels]
        zeros = jax.tree.map(jnp.zeros_like, weights)
        self.state = weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros((), jnp.int32)
        self.call = jax.jit(
            (lambda state, images, batches: lax.scan(lambda s, b: self.step(s, images[b]), state, batches))
            if many else (lambda state, images, batch: self.step(state, images[batch])), donate_argnums=0)
        self.code_of = jax.jit(lambda weights, x: self.through(subject.encoder, weights, x, last_is_linear=False))

    def logits(self, weights, x):
        encoder, decoder = self.subject.encoder, self.subject.decoder
        cut = sum(layer.kind != "pool" for layer in encoder)
        x = self.through(encoder, weights[:cut], x, last_is_linear=False)
        x = self.through(decoder, weights[cut:], x, last_is_linear=True)
        height, width, _ = self.subject.image
        if not self.subject.is_convolutional:
            return x.reshape(-1, *self.subject.image)
        top, left = (x.shape[1] - height) // 2, (x.shape[2] - width) // 2
        return x[:, top : top + height, left : left + width]

    def through(self, layers, weights, x, last_is_linear):
        if not self.subject.is_convolutional:
            x = x.reshape(len(x), -1)
        weights = iter(weights)
        for place, layer in enumerate(layers):
            if layer.kind == "pool":
                n, height, width, channels = x.shape
                x = x.reshape(n, height // 2, 2, width // 2, 2, channels).max((2, 4))
                continue
            if layer.kind == "conv" and place % 3 == 0:
                x = jnp.pad(x, ((0, 0), (0, x.shape[1] % 2), (0, x.shape[2] % 2), (0, 0)))
            kernel, bias = next(weights)
            x = self.apply(layer.kind, x, kernel) + bias
            if not (last_is_linear and place == len(layers) - 1):
                x = jax.nn.relu(x)
        return x

    def loss(self, weights, x):
        z = self.logits(weights, x)
        entropy = jnp.mean(jnp.maximum(z, 0) - z * x + jnp.log1p(jnp.exp(-jnp.abs(z))))
        return entropy + WEIGHT_DECAY / 2 * sum(jnp.sum(kernel * kernel) for kernel, _ in weights)

    def step(self, state, x):
        weights, m, v, count = state
        loss, g = jax.value_and_grad(self.loss)(weights, x)
        count += 1
        m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, g)
        v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
        rate = LEARNING_RATE * jnp.sqrt(1 - BETA2**count) / (1 - BETA1**count)
        weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, m, v)
        return (weights, m, v, count), loss

    def train(self):
        """One call; returns its images and the last loss."""
        batches = [next(self.batches) for _ in range(self.steps)]
        self.state, losses = self.call(self.state, self.images, jnp.asarray(batches if self.steps > 1 else batches[0]))
        return self.steps * self.subject.batch_size, float(jnp.ravel(losses)[-1])

    def encode(self):
        """Codes of all images; returns their number."""
        cut = sum(layer.kind != "pool" for layer in self.subject.encoder)
        starts = range(0, len(self.images), ENCODED_AT_ONCE)
        codes = [self.code_of(self.state[0][:cut], self.images[at : at + ENCODED_AT_ONCE]) for at in starts]
        return sum(len(jax.device_get(code)) for code in codes)


def apply(kind, x, kernel):
    if kind == "dense":
        return x @ kernel
    if kind in ("conv", "linear"):
        # As a stride-1 transposed convolution is a convolution with the kernel turned round, the work is the same.
        return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=LAYOUT)
    if kind == "down":
        return lax.conv_general_dilated(x, kernel, (2, 2), "SAME", dimension_numbers=LAYOUT)
    # y[2p + i] += x[p] w[i], the last row and column dropped.
    turned = kernel[::-1, ::-1]
    return lax.conv_general_dilated(
        x, turned, (1, 1), ((2, 1), (2, 1)), lhs_dilation=(2, 2), dimension_numbers=LAYOUT)


def apply_as_product(kind, x, kernel):
    """The same with one matrix product: of all patches, or of all pixels whose products are then added in place."""
    if kind == "dense":
        return x @ kernel
    n, height, width, channels = x.shape
    if kind == "deconv":
        flat = x.reshape(-1, channels) @ kernel.transpose(2, 0, 1, 3).reshape(channels, -1)
        parts = flat.reshape(n, height, width, 9, kernel.shape[3])
        return sum(spread(parts[..., tap, :], tap // 3, tap % 3) for tap in range(9))[:, :-1, :-1]
    before, step = (0, 2) if kind == "down" else (1, 1)
    padded = jnp.pad(x, ((0, 0), (before, 1), (before, 1), (0, 0)))
    rows, columns = height // step, width // step
    taps = [(row, column) for row in range(3) for column in range(3)]
    patches = jnp.concatenate(
        [padded[:, r : r + step * (rows - 1) + 1 : step, c : c + step * (columns - 1) + 1 : step] for r, c in taps], -1)
    return (patches.reshape(-1, 9 * channels) @ kernel.reshape(9 * channels, -1)).reshape(n, rows, columns, -1)


def spread(x, row, column):
    """Pixels at twice their places, moved by the tap, in a picture of 2n + 1."""
    return lax.pad(x, 0.0, ((0, 0, 0), (row, 2 - row, 1), (column, 2 - column, 1), (0, 0, 0)))
