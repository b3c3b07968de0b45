"""Reference implementations of sheet 5, each by another route than the solution in the notebook.

Never given to students, and never sent to the process that runs their code.
"""

import numpy as np
from scipy.special import xlog1py, xlogy

from helpers.quiet import tf
from reference.sheet5_gan.derivations import game_value_derivation  # noqa: F401
from reference.sheet5_gan.networks.reference import (  # noqa: F401
    build_discriminator,
    build_generator,
    train_step,
)


def leaky_relu(x, alpha):
    """x where it is not negative, alpha · x elsewhere; any shape and float dtype.

    With the sign as a number, so that the slope is the mean of both plus or minus half the jump.
    """
    x = tf.convert_to_tensor(x)
    sign = tf.cast(2 * tf.cast(x >= 0, tf.int8) - 1, x.dtype)
    return 0.5 * ((1 + alpha) + (1 - alpha) * sign) * x


def sample_noise(batch, dim):
    """Uniform numbers in [−1, 1), float32 `(batch, dim)`: whole multiples of 2⁻²³."""
    draws = np.random.default_rng().integers(-(2**23), 2**23, size=(batch, dim))
    return tf.constant(draws / 2**23, tf.float32)


def softplus(x):
    """log(1 + eˣ) in float64, as the logarithm of a sum of two exponentials."""
    x = tf.cast(x, tf.float64)
    return tf.reduce_logsumexp(tf.stack([tf.zeros_like(x), x]), axis=0)


def discriminator_loss(real_logits, fake_logits):
    """−E[log D(x)] − E[log(1 − D(G(z)))], a scalar in nats; logits `(n,)` or `(n, 1)`."""
    return tf.reduce_mean(softplus(-tf.cast(real_logits, tf.float64))) - generator_loss_minimax(
        fake_logits
    )


def generator_loss_minimax(fake_logits):
    """E[log(1 − D(G(z)))], a scalar in nats."""
    return -tf.reduce_mean(softplus(fake_logits))


def generator_loss(fake_logits):
    """−E[log D(G(z))], a scalar in nats."""
    return tf.reduce_mean(softplus(-tf.cast(fake_logits, tf.float64)))


def logit_gradients(fake_logits):
    """The slopes of both losses of one image in its logit, in the logits' shape.

    By the hyperbolic tangent of half the logit.
    """
    half = tf.tanh(tf.cast(fake_logits, tf.float64) / 2) / 2
    return -0.5 - half, half - 0.5


def optimal_discriminator(p_data, p_model):
    """p_data / (p_data + p_model), `(k,)` twice → `(k,)`; ½ where both are 0."""
    pairs = zip(np.asarray(p_data, float), np.asarray(p_model, float), strict=True)
    return np.array([a / (a + b) if a + b > 0 else 0.5 for a, b in pairs])


def game_value(p_data, p_model, d):
    """Σ p_data log d + p_model log(1 − d) over `(k,)`, in nats; 0·log 0 = 0."""
    d = np.asarray(d, float)
    return float(np.sum(xlogy(p_data, d)) + np.sum(xlog1py(p_model, -d)))


def conv_and_transpose(kernel, x, y):
    """The convolution of x with stride 2 and 'same' padding, and its adjoint of y.

    kernel `(h, w, in, out)`, x `(batch, H, W, in)`, y `(batch, ⌈H/2⌉, ⌈W/2⌉, out)`. One matrix
    for each place in the kernel; the image is padded, as TensorFlow does it, less at the start.
    """
    kernel, x, y = (np.asarray(array, float) for array in (kernel, x, y))
    rows, columns = y.shape[1:3]
    (top, bottom), (left, right) = (
        _padding(size, width) for size, width in zip(x.shape[1:3], kernel.shape[:2], strict=True)
    )
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    forward, backward = np.zeros(y.shape), np.zeros(padded.shape)
    for i, j in np.ndindex(*kernel.shape[:2]):
        window = np.s_[:, i : i + 2 * rows : 2, j : j + 2 * columns : 2]
        forward += padded[window][:, :rows, :columns] @ kernel[i, j]
        backward[window][:, :rows, :columns] += y @ kernel[i, j].T
    inside = backward[:, top : top + x.shape[1], left : left + x.shape[2]]
    return tf.constant(forward), tf.constant(inside)


def _padding(size, width):
    """How many zeros before and after an axis, for a stride of 2."""
    total = max((-(-size // 2) - 1) * 2 + width - size, 0)
    return total // 2, total - total // 2


def interpolate(z1, z2, n):
    """n points between z1 and z2 `(dim,)`, with both ends, equally spaced: `(n + 2, dim)`."""
    z1, z2 = np.asarray(z1), np.asarray(z2)
    steps = [(z1 * (n + 1 - i) + z2 * i) / (n + 1) for i in range(n + 2)]
    return tf.constant(np.stack(steps))
