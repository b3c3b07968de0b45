"""Reference implementations of sheet 2, each by another route than the solution in the notebook.

Never given to students, and never sent to the process that runs their code.
"""

import numpy as np

from helpers.quiet import tf

__all__ = [
    "normal_init",
    "encoder",
    "decoder",
    "mean_squared_loss",
    "cross_entropy_loss",
    "xavier_init",
    "make_stack",
    "train_step",
    "deeper_sizes",
]

# The smallest probability that is told from 0: far below 1e-4, where the loss has to be exact,
# and such that a wrong certainty costs 16 nats.
SMALLEST = 1e-7


def normal_init(n_in, n_out):
    """A layer `(W, b)`, `(n_in, n_out)` and `(n_out,)`, all entries drawn from N(0, 1)."""
    draws = np.random.default_rng().normal(size=(n_in + 1, n_out))
    return variable(draws[:-1]), variable(draws[-1])


def encoder(x, layers):
    """Sigmoid layers one after another, `(batch, n)` → `(batch, code)`.

    Each bias is the last row of a matrix whose input has a last column of ones; the sigmoid is
    written with the hyperbolic tangent.
    """
    y = tf.cast(x, tf.float32)
    for W, b in layers:
        ones = tf.ones_like(y[:, :1])
        joined = tf.concat([W, b[None, :]], axis=0)
        y = 0.5 + 0.5 * tf.tanh(0.5 * tf.einsum("bi,ij->bj", tf.concat([y, ones], 1), joined))
    return y


def decoder(y, layers):
    """The same for the way back, `(batch, code)` → `(batch, n)`."""
    return encoder(y, layers)


def mean_squared_loss(x, z):
    """‖x − z‖² averaged over the batch, `(batch, n)` twice → scalar."""
    difference = tf.cast(x, tf.float64) - tf.cast(z, tf.float64)
    return tf.einsum("bi,bi->", difference, difference) / tf.cast(len(difference), tf.float64)


def cross_entropy_loss(x, z):
    """−Σ[x log z + (1−x) log(1−z)] averaged over the batch, `(batch, n)` twice → scalar, in nats.

    In float64, where both ends of [0, 1] can be moved inwards by the same small number.
    """
    x, z = tf.cast(x, tf.float64), tf.cast(z, tf.float64)
    z = tf.maximum(tf.minimum(z, 1 - SMALLEST), SMALLEST)
    logits = tf.math.log(z) - tf.math.log1p(-z)
    nats = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    return tf.reduce_sum(nats) / tf.cast(len(nats), tf.float64)


def xavier_init(n_in, n_out):
    """A layer `(W, b)`: W uniform with variance 2/(n_in + n_out), b = 0."""
    limit = np.sqrt(6.0 / (n_in + n_out))
    draws = np.random.default_rng().uniform(-limit, limit, size=(n_in, n_out))
    return variable(draws), variable(np.zeros(n_out))


def variable(values):
    """A float32 variable."""
    return tf.Variable(values, dtype=tf.float32)


def make_stack(sizes, init):
    """The layers between neighbouring sizes, each made by `init(n_in, n_out)`."""
    return [init(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]


def train_step(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """One step of the optimizer for every variable of both stacks; the loss before it.

    encoder and decoder are looked up by name, so that a check may put others in their place.
    """
    variables = variables_of(encoder_layers, decoder_layers)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for one in variables:
            tape.watch(one)
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def variables_of(*stacks):
    """All variables of some stacks, in order."""
    return [one for stack in stacks for layer in stack for one in layer]


def deeper_sizes():
    """The encoder's layer sizes with the added layer."""
    return [784, 256, 128, 64]
