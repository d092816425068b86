# tensorflow_peer.py
# The models in TensorFlow: a graph, or compiled by XLA, one step a call or many.
import tensorflow as tf

from subject import BETA1, BETA2, ENCODED_AT_ONCE, EPSILON, LEARNING_RATE, WEIGHT_DECAY


class Peer:
    version = f"TensorFlow {tf.__version__}"

    def __init__(self, subject, compiled, many):
        tf.config.threading.set_intra_op_parallelism_threads(subject.threads)
        tf.config.threading.set_inter_op_parallelism_threads(subject.threads)
        self.subject = subject
        self.images = tf.constant(subject.noise())
        self.batches = subject.batches()
        self.steps = subject.steps_at_once if many else 1
        layers = subject.encoder + subject.decoder
        self.kernels = [tf.Variable(kernel) for kernel in self.oriented(layers)]
        weighted = [layer for layer in layers if layer.kind != "pool"]
        self.biases = [tf.Variable(tf.zeros(layer.outputs)) for layer in weighted]
        self.variables = self.kernels + self.biases
        self.moments = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in self.variables]
        self.powers = tf.Variable(BETA1), tf.Variable(BETA2)
        self.call = tf.function(self.many_steps if many else self.step, jit_compile=compiled)
        self.code_of = tf.function(self.encoded, jit_compile=compiled)

    def oriented(self, layers):
        """A transposed convolution wants its kernel as [3, 3, outputs, inputs]."""
        weighted = [layer for layer in layers if layer.kind != "pool"]
        for layer, kernel in zip(weighted, self.subject.kernels(layers)):
            yield kernel.transpose(0, 1, 3, 2) if layer.kind in ("deconv", "linear") else kernel

    def encoded(self, x):
        return self.through(self.subject.encoder, x, 0)

    def logits(self, x):
        encoder, decoder = self.subject.encoder, self.subject.decoder
        x = self.through(encoder, x, 0)
        x = self.through(decoder, x, sum(layer.kind != "pool" for layer in encoder))
        height, width, _ = self.subject.image
        if not self.subject.is_convolutional:
            return tf.reshape(x, (-1, *self.subject.image))
        top, left = (x.shape[1] - height) // 2, (x.shape[2] - width) // 2
        return x[:, top : top + height, left : left + width]

    def through(self, layers, x, first):
        if not self.subject.is_convolutional:
            x = tf.reshape(x, (x.shape[0], -1))
        at, last = first, len(self.kernels) - 1
        for place, layer in enumerate(layers):
            if layer.kind == "pool":
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
                continue
            if layer.kind == "conv" and place % 3 == 0:
                x = tf.pad(x, ((0, 0), (0, x.shape[1] % 2), (0, x.shape[2] % 2), (0, 0)))
            x = apply(layer.kind, x, self.kernels[at]) + self.biases[at]
            if at < last:
                x = tf.nn.relu(x)
            at += 1
        return x

    def step(self, batch):
        x = tf.gather(self.images, batch)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(x, self.logits(x)))
            loss += WEIGHT_DECAY * tf.add_n([tf.nn.l2_loss(kernel) for kernel in self.kernels])
        gradients = tape.gradient(loss, self.variables)
        for variable, (m, v), gradient in zip(self.variables, self.moments, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, beta1_power=self.powers[0], beta2_power=self.powers[1],
                lr=LEARNING_RATE, beta1=BETA1, beta2=BETA2, epsilon=EPSILON, grad=gradient)
        for power, beta in zip(self.powers, (BETA1, BETA2)):
            power.assign(power * beta)
        return loss

    def many_steps(self, batches):
        loss = tf.constant(0.0)
        for place in tf.range(self.steps):
            loss = self.step(batches[place])
        return loss

    def train(self):
        """One call; returns its images and the last loss."""
        batches = [next(self.batches) for _ in range(self.steps)]
        loss = self.call(tf.constant(batches if self.call.python_function == self.many_steps else batches[0]))
        return self.steps * self.subject.batch_size, float(loss)

    def encode(self):
        """Codes of all images; returns their number."""
        codes = [self.code_of(images).numpy() for images in split(self.images)]
        return sum(map(len, codes))


def split(images):
    return [images[start : start + ENCODED_AT_ONCE] for start in range(0, len(images), ENCODED_AT_ONCE)]


def apply(kind, x, kernel):
    if kind == "dense":
        return x @ kernel
    if kind in ("conv", "down"):
        return tf.nn.conv2d(x, kernel, 2 if kind == "down" else 1, "SAME")
    stride = 2 if kind == "deconv" else 1
    shape = (x.shape[0], stride * x.shape[1], stride * x.shape[2], kernel.shape[2])
    return tf.nn.conv2d_transpose(x, kernel, shape, stride, "SAME")
