"""Reference implementations of the networks and their training step, by other routes.

The functions that they use stand here once more, under the students' names.
"""

import math

from helpers.quiet import tf

__all__ = ["build_generator", "build_discriminator", "train_step"]

KINDS = ("dense", "conv")


def leaky_relu(x, alpha):
    """The larger part of x and alpha times the smaller part."""
    return tf.nn.relu(x) - alpha * tf.nn.relu(-x)


def build_generator(kind, noise_dim):
    """A Keras model, `(batch, noise_dim)` → `(batch, 28, 28, 1)` in [−1, 1]."""
    check_kind(kind)
    return Generator(kind, noise_dim)


def build_discriminator(kind):
    """A Keras model, `(batch, 28, 28, 1)` → logits `(batch, 1)`."""
    check_kind(kind)
    return Discriminator(kind)


def check_kind(kind):
    """ValueError for a kind that is none."""
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r} of network; the kinds are {KINDS}")


class Generator(tf.keras.Model):
    """Bare matrices, and the transposed convolution of Keras for the kind 'conv'."""

    def __init__(self, kind, noise_dim):
        super().__init__()
        self.inner = matrix(self, noise_dim, 30 if kind == "dense" else 14 * 14 * 3)
        self.outer = matrix(self, 30, 784) if kind == "dense" else None
        self.up = None
        if kind == "conv":
            self.up = tf.keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same")

    def call(self, z, training=False):
        hidden = leaky_relu(affine(z, self.inner), 0.2)
        if self.up is not None:
            return tf.tanh(self.up(tf.reshape(hidden, (-1, 14, 14, 3))))
        return tf.reshape(tf.tanh(affine(hidden, self.outer)), (-1, 28, 28, 1))


class Discriminator(tf.keras.Model):
    """The same the other way round."""

    def __init__(self, kind):
        super().__init__()
        self.down = tf.keras.layers.Conv2D(4, 4, strides=2) if kind == "conv" else None
        self.inner = matrix(self, 784, 30) if kind == "dense" else None
        self.outer = matrix(self, 30 if kind == "dense" else 13 * 13 * 4, 1)

    def call(self, x, training=False):
        hidden = self.down(x) if self.inner is None else affine(flat(x), self.inner)
        return affine(flat(leaky_relu(hidden, 0.2)), self.outer)


def matrix(layer, n_in, n_out):
    """Weights with the biases below them: one matrix and one row."""
    uniform = tf.keras.initializers.RandomUniform(-1 / math.sqrt(n_in), 1 / math.sqrt(n_in))
    return (
        layer.add_weight(shape=(n_in, n_out), initializer=uniform),
        layer.add_weight(shape=(1, n_out), initializer="zeros"),
    )


def affine(x, pair):
    """x W + b."""
    return tf.einsum("bi,ij->bj", x, pair[0]) + pair[1]


def flat(x):
    """One row for each image."""
    return tf.reshape(x, (tf.shape(x)[0], math.prod(x.shape[1:])))


def discriminator_loss(real_logits, fake_logits):
    """−E[log D(x)] − E[log(1 − D(G(z)))]."""
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(
        tf.nn.softplus(fake_logits)
    )


def generator_loss(fake_logits):
    """−E[log D(G(z))]."""
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


def train_step(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """One step of each optimizer, D first; `(d_loss, g_loss)` before the step of each.

    The gradient of G is taken after D's step.
    """
    images = tf.convert_to_tensor(images)
    d_loss = moved(
        discriminator,
        d_optimizer,
        lambda: discriminator_loss(
            discriminator(images, training=True),
            discriminator(generator(z, training=True), training=True),
        ),
    )
    return d_loss, moved(
        generator,
        g_optimizer,
        lambda: generator_loss(discriminator(generator(z, training=True), training=True)),
    )


def moved(network, optimizer, loss_of):
    """One step of an optimizer for a network; the loss before it."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for one in network.trainable_variables:
            tape.watch(one.value)
        loss = loss_of()
    inside = [one.value for one in network.trainable_variables]
    optimizer.apply(tape.gradient(loss, inside), network.trainable_variables)
    return loss


def train_step_at_once(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The same with both gradients taken before D's step."""
    with tf.GradientTape(persistent=True) as tape:
        fakes = discriminator(generator(z, training=True), training=True)
        d_loss = discriminator_loss(discriminator(images, training=True), fakes)
        g_loss = generator_loss(fakes)
    pairs = (discriminator, d_optimizer, d_loss), (generator, g_optimizer, g_loss)
    gradients = [tape.gradient(loss, network.trainable_variables) for network, _, loss in pairs]
    for (network, optimizer, _), gradient in zip(pairs, gradients, strict=True):
        optimizer.apply(gradient, network.trainable_variables)
    return d_loss, g_loss
