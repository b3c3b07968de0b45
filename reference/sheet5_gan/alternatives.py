"""Right solutions in unusual styles, one function each: `<item>__<style>`.

The judge takes them all. Each keeps the whole contract in its own way.
"""

import itertools
import math
import random

import numpy as np
from scipy import signal, special

from helpers.quiet import tf
from reference import derivations as items
from reference.sheet5_gan import derivations
from reference.sheet5_gan.networks.alternatives import *  # noqa: F403
from reference.sheet5_gan.networks.reference import generator_loss

K = tf.keras

# ── leaky_relu ───────────────────────────────────────────────────────────────────────────────


def leaky_relu__library(x, alpha):
    """TensorFlow's own."""
    return tf.nn.leaky_relu(x, alpha)


def leaky_relu__keras(x, alpha):
    """Keras's function."""
    return K.activations.leaky_relu(tf.convert_to_tensor(x), negative_slope=alpha)


def leaky_relu__two_parts(x, alpha):
    """Two ReLUs."""
    return tf.nn.relu(x) - alpha * tf.nn.relu(-tf.convert_to_tensor(x))


def leaky_relu__minimum_and_maximum(x, alpha):
    """The positive and the negative part."""
    x = tf.convert_to_tensor(x)
    return tf.maximum(x, 0) + alpha * tf.minimum(x, 0)


def leaky_relu__absolute_value(x, alpha):
    """With |x|."""
    return (1 + alpha) / 2 * x + (1 - alpha) / 2 * tf.abs(x)


def leaky_relu__mask(x, alpha):
    """Masks of zeros and ones."""
    x = tf.convert_to_tensor(x)
    positive = tf.cast(x > 0, x.dtype)
    return positive * x + (1 - positive) * x * tf.cast(alpha, x.dtype)


def leaky_relu__layer(x, alpha):
    """Keras's layer, made on the way."""
    x = tf.convert_to_tensor(x)
    return K.layers.LeakyReLU(negative_slope=alpha, dtype=x.dtype.name)(x)


def leaky_relu__either_side(x, alpha):
    """The larger or the smaller one, as alpha asks for."""
    x = tf.convert_to_tensor(x)
    return tf.maximum(x, alpha * x) if alpha <= 1 else tf.minimum(x, alpha * x)


@tf.custom_gradient
def _leaky(x, alpha):
    positive = x > 0
    return tf.where(positive, x, alpha * x), lambda g: (tf.where(positive, g, alpha * g), None)


def leaky_relu__own_gradient(x, alpha):
    """With its gradient written by hand."""
    x = tf.convert_to_tensor(x)
    return _leaky(x, tf.cast(alpha, x.dtype))


# ── sample_noise ─────────────────────────────────────────────────────────────────────────────


def sample_noise__stretched(batch, dim):
    """Uniform on [0, 1), stretched and shifted."""
    return 2.0 * tf.random.uniform(shape=[batch, dim]) - 1.0


def sample_noise__numpy(batch, dim):
    """NumPy draws, converted."""
    return tf.constant(np.random.uniform(-1, 1, size=(batch, dim)), dtype=tf.float32)


_GENERATOR = tf.random.Generator.from_seed(5)


def sample_noise__generator(batch, dim):
    """A generator with a seed, made once."""
    return _GENERATOR.uniform((batch, dim), minval=-1.0, maxval=1.0)


def sample_noise__keras(batch, dim):
    """A new Keras initialiser at every call."""
    return K.initializers.RandomUniform(-1.0, 1.0)((batch, dim))


def sample_noise__keras_random(batch, dim):
    """Keras's random numbers."""
    return K.random.uniform((batch, dim), minval=-1.0, maxval=1.0, dtype="float32")


def sample_noise__python(batch, dim):
    """Python's own random numbers."""
    rows = [[random.uniform(-1, 1) for _ in range(dim)] for _ in range(batch)]
    return tf.convert_to_tensor(rows, tf.float32)


def sample_noise__seeded_operation(batch, dim):
    """An operation with a seed, which goes on from call to call."""
    return tf.random.uniform([batch, dim], -1, 1, seed=3, dtype=tf.float32)


# ── discriminator_loss, generator_loss_minimax, generator_loss ───────────────────────────────


def discriminator_loss__keras(real_logits, fake_logits):
    """Keras's binary cross-entropy from logits."""
    entropy = K.losses.BinaryCrossentropy(from_logits=True)
    real = entropy(tf.ones_like(real_logits), real_logits)
    return real + entropy(tf.zeros_like(fake_logits), fake_logits)


def discriminator_loss__cross_entropy(real_logits, fake_logits):
    """TensorFlow's cross-entropy with logits."""
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real = entropy(labels=tf.ones_like(real_logits), logits=real_logits)
    fake = entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)


def discriminator_loss__log_sigmoid(real_logits, fake_logits):
    """Logarithms of sigmoids, with 1 − sigmoid(a) = sigmoid(−a)."""
    value = tf.reduce_mean(tf.math.log_sigmoid(real_logits))
    return -(value + tf.reduce_mean(tf.math.log_sigmoid(-fake_logits)))


def discriminator_loss__flat(real_logits, fake_logits):
    """Flattened, joined, and weighted."""
    flat = [tf.reshape(logits, [-1]) for logits in (real_logits, fake_logits)]
    weights = [tf.fill([len(logits)], 1 / len(logits)) for logits in flat]
    costs = tf.nn.softplus(tf.concat([-flat[0], flat[1]], axis=0))
    return tf.reduce_sum(tf.cast(tf.concat(weights, axis=0), costs.dtype) * costs)


def discriminator_loss__by_hand(real_logits, fake_logits):
    """The stable form of the logarithm, written out."""

    def cost(a):
        return tf.nn.relu(a) + tf.math.log1p(tf.exp(-tf.abs(a)))

    real, fake = (tf.cast(logits, tf.float32) for logits in (real_logits, fake_logits))
    n, m = (tf.cast(tf.size(logits), tf.float32) for logits in (real, fake))
    return tf.reduce_sum(cost(-real)) / n + tf.reduce_sum(cost(fake)) / m


def discriminator_loss__one_by_one(real_logits, fake_logits):
    """Image by image."""
    real = [tf.nn.softplus(-a) for a in tf.unstack(tf.reshape(real_logits, (-1,)))]
    fake = [tf.nn.softplus(a) for a in tf.unstack(tf.reshape(fake_logits, (-1,)))]
    return tf.add_n(real) / len(real) + tf.add_n(fake) / len(fake)


def generator_loss_minimax__log_sigmoid(fake_logits):
    """The logarithm of a sigmoid."""
    return tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


def generator_loss_minimax__keras(fake_logits):
    """Minus Keras's cross-entropy with the label 0."""
    entropy = K.losses.BinaryCrossentropy(from_logits=True)
    return -entropy(tf.zeros_like(fake_logits), fake_logits)


def generator_loss_minimax__shifted(fake_logits):
    """softplus(a) = a + softplus(−a)."""
    a = tf.cast(fake_logits, tf.float64)
    return -tf.reduce_mean(a + tf.nn.softplus(-a))


def generator_loss_minimax__normalised(fake_logits):
    """The logarithm of a softmax over both answers."""
    a = tf.reshape(tf.convert_to_tensor(fake_logits), (-1,))
    answers = tf.nn.log_softmax(tf.stack([a, tf.zeros_like(a)], axis=1))
    return tf.reduce_mean(answers[:, 1])


def generator_loss__keras(fake_logits):
    """Keras's cross-entropy with the label 1."""
    labels = tf.ones_like(fake_logits)
    return tf.reduce_mean(K.losses.binary_crossentropy(labels, fake_logits, from_logits=True))


def generator_loss__log_sigmoid(fake_logits):
    """The logarithm of a sigmoid."""
    return -tf.reduce_mean(tf.math.log_sigmoid(fake_logits))


def generator_loss__cross_entropy(fake_logits):
    """The cross-entropy with logits, flattened."""
    a = tf.reshape(fake_logits, [-1])
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(a), a))


def generator_loss__exponentials(fake_logits):
    """The logarithm of a sum of exponentials."""
    a = tf.cast(fake_logits, tf.float32)
    return tf.reduce_mean(tf.reduce_logsumexp([tf.zeros_like(a), -a], axis=0))


def generator_loss__expm1(fake_logits):
    """The minimax form minus the mean logit."""
    a = tf.cast(fake_logits, tf.float64)
    return tf.reduce_mean(tf.nn.softplus(a)) - tf.reduce_mean(a)


# ── logit_gradients ──────────────────────────────────────────────────────────────────────────


def logit_gradients__tape(fake_logits):
    """A tape over the sum of losses written out here."""
    a = tf.convert_to_tensor(fake_logits)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        minimax, other = -tf.nn.softplus(a), tf.nn.softplus(-a)
    return tape.gradient(minimax, a), tape.gradient(other, a)


def logit_gradients__of_the_losses(fake_logits):
    """The gradient of the batch's loss, times the number of images."""
    a = tf.cast(fake_logits, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(a)
        loss = generator_loss(a)
    return -tf.sigmoid(a), tape.gradient(loss, a) * tf.cast(tf.size(a), a.dtype)


def logit_gradients__probabilities(fake_logits):
    """−D and D − 1."""
    d = K.activations.sigmoid(tf.convert_to_tensor(fake_logits))
    return -d, d - 1


def logit_gradients__list(fake_logits):
    """A list, by exponentials in float64."""
    a = tf.cast(fake_logits, tf.float64)
    return [-1 / (1 + tf.exp(-a)), -1 / (1 + tf.exp(a))]


def logit_gradients__one_by_one(fake_logits):
    """Image by image."""
    a = tf.convert_to_tensor(fake_logits)
    flat = tf.reshape(a, [-1])
    minimax = tf.map_fn(lambda one: -tf.sigmoid(one), flat)
    return tf.reshape(minimax, a.shape), tf.reshape(-1 - minimax, a.shape)


# ── optimal_discriminator ────────────────────────────────────────────────────────────────────


def optimal_discriminator__where(p_data, p_model):
    """np.where twice."""
    total = p_data + p_model
    return np.where(total == 0, 0.5, p_data / np.where(total == 0, 1, total))


def optimal_discriminator__warns(p_data, p_model):
    """0/0 first, with a warning, replaced afterwards."""
    d = p_data / (p_data + p_model)
    d[np.isnan(d)] = 0.5
    return d


def optimal_discriminator__loop(p_data, p_model):
    """A loop."""
    d = np.empty(len(p_data))
    for i, (p, q) in enumerate(zip(p_data, p_model, strict=True)):
        d[i] = p / (p + q) if p + q else 0.5
    return d


def optimal_discriminator__logarithms(p_data, p_model):
    """The sigmoid of the difference of the logarithms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logit = np.log(p_data) - np.log(p_model)
    return np.nan_to_num(special.expit(logit), nan=0.5)


def optimal_discriminator__rescaled(p_data, p_model):
    """Both rows scaled to add up to 1, one outcome at a time."""
    both = np.stack([p_data, p_model]).astype(float)
    both[:, both.sum(axis=0) == 0] = 1.0
    return (both / both.sum(axis=0))[0]


# ── game_value ───────────────────────────────────────────────────────────────────────────────


def game_value__scipy(p_data, p_model, d):
    """SciPy's x log y."""
    return special.xlogy(p_data, d).sum() + special.xlog1py(p_model, -d).sum()


def game_value__loop(p_data, p_model, d):
    """A loop over the outcomes."""
    value = 0.0
    for p, q, x in zip(p_data, p_model, d, strict=True):
        if p > 0:
            value += p * math.log(x) if x > 0 else -math.inf
        if q > 0:
            value += q * math.log1p(-x) if x < 1 else -math.inf
    return value


def game_value__where(p_data, p_model, d):
    """np.where around each term, warnings and all."""
    with np.errstate(all="ignore"):
        real = np.where(p_data == 0, 0, p_data * np.log(d))
        fake = np.where(p_model == 0, 0, p_model * np.log(1 - d))
    return np.sum(real + fake)


def game_value__nansum(p_data, p_model, d):
    """0·(−∞) is nan, which nansum leaves out."""
    with np.errstate(all="ignore"):
        return float(np.nansum(p_data * np.log(d)) + np.nansum(p_model * np.log1p(-d)))


def game_value__entropies(p_data, p_model, d):
    """Two cross-entropies, by relative entropies and entropies."""
    rest = 1 - np.asarray(d, float)
    real = special.rel_entr(p_data, d) + special.entr(p_data)
    fake = special.rel_entr(p_model, rest) + special.entr(p_model)
    return -float(np.sum(real) + np.sum(fake))


# ── conv_transpose ───────────────────────────────────────────────────────────────────────────


def conv_transpose__shape_of_x(kernel, x, y):
    """The shape as a tuple, the strides as lists."""
    strides = [1, 2, 2, 1]
    small = tf.nn.conv2d(x, kernel, strides=strides, padding="SAME")
    return small, tf.nn.conv2d_transpose(y, kernel, tuple(x.shape), strides, padding="SAME")


def conv_transpose__gradient(kernel, x, y):
    """The adjoint as what the tape takes back."""
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        small = tf.nn.conv2d(x, kernel, 2, "SAME")
    return small, tape.gradient(small, x, output_gradients=tf.convert_to_tensor(y))


def conv_transpose__layers(kernel, x, y):
    """Keras's layers with the kernel put into them, cut to the size of x."""
    kernel, x, y = (tf.convert_to_tensor(array) for array in (kernel, x, y))
    h, w, n_in, n_out = kernel.shape
    options = {"strides": 2, "padding": "same", "use_bias": False, "dtype": x.dtype.name}
    down = K.layers.Conv2D(n_out, (h, w), **options)
    up = K.layers.Conv2DTranspose(n_in, (h, w), **options)
    down.build(x.shape)
    up.build(y.shape)
    down.set_weights([kernel])
    up.set_weights([kernel])
    if any(size % 2 for size in x.shape[1:3]):  # the layer knows only even sizes
        return down(x), tf.nn.conv2d_transpose(y, kernel, x.shape, 2)
    return down(x), up(y)


def conv_transpose__backprop(kernel, x, y):
    """The operation that TensorFlow uses for a convolution's gradient."""
    small = tf.nn.convolution(x, kernel, strides=2, padding="SAME")
    large = tf.raw_ops.Conv2DBackpropInput(
        input_sizes=tf.shape(x),
        filter=kernel,
        out_backprop=y,
        strides=[1, 2, 2, 1],
        padding="SAME",
    )
    return [small, large]


def conv_transpose__scipy(kernel, x, y):
    """SciPy's correlation, thinned out, and its adjoint on y with zeros in between."""
    kernel, x, y = (np.asarray(array, float) for array in (kernel, x, y))
    before, after = [], []
    for size, width in zip(x.shape[1:3], kernel.shape[:2], strict=True):
        total = max((math.ceil(size / 2) - 1) * 2 + width - size, 0)
        before.append(total // 2)
        after.append(total - total // 2)
    pads = list(zip([0, *before, 0], [0, *after, 0], strict=True))
    padded = np.pad(x, pads)
    small, large = np.zeros(y.shape), np.zeros(padded.shape)
    for n, i, o in itertools.product(range(len(x)), *map(range, kernel.shape[2:])):
        full = signal.correlate2d(padded[n, :, :, i], kernel[:, :, i, o], "valid")[::2, ::2]
        small[n, :, :, o] += full[: y.shape[1], : y.shape[2]]
        spread = np.zeros(
            [
                size - width + 1
                for size, width in zip(padded.shape[1:3], kernel.shape[:2], strict=True)
            ]
        )
        spread[: 2 * y.shape[1] : 2, : 2 * y.shape[2] : 2] = y[n, :, :, o]
        large[n, :, :, i] += signal.convolve2d(spread, kernel[:, :, i, o])
    top, left = before
    inside = large[:, top : top + x.shape[1], left : left + x.shape[2]]
    return tf.constant(small), tf.constant(inside)


# ── interpolate ──────────────────────────────────────────────────────────────────────────────


def interpolate__linspace(z1, z2, n):
    """TensorFlow's linspace along a new first axis."""
    return tf.linspace(z1, z2, n + 2, axis=0)


def interpolate__numpy(z1, z2, n):
    """NumPy's linspace, converted."""
    return tf.constant(np.linspace(np.asarray(z1), np.asarray(z2), n + 2))


def interpolate__list(z1, z2, n):
    """Point by point."""
    z1, z2 = tf.cast(z1, tf.float32), tf.cast(z2, tf.float32)
    return tf.stack([z1 + (z2 - z1) * i / (n + 1) for i in range(n + 2)])


def interpolate__outer(z1, z2, n):
    """A matrix of weights times the two ends."""
    shares = np.arange(n + 2) / (n + 1)
    weights = tf.constant(np.stack([1 - shares, shares], axis=1), tf.float32)
    return weights @ tf.cast(tf.stack([z1, z2]), tf.float32)


def interpolate__running_sum(z1, z2, n):
    """Steps added up."""
    z1, z2 = tf.cast(z1, tf.float64), tf.cast(z2, tf.float64)
    steps = tf.repeat(((z2 - z1) / (n + 1))[None, :], n + 1, axis=0)
    return tf.cumsum(tf.concat([z1[None, :], steps], axis=0), axis=0)


def interpolate__ends_joined(z1, z2, n):
    """The inner points, with both ends put around them."""
    z1, z2 = tf.convert_to_tensor(z1)[None], tf.convert_to_tensor(z2)[None]
    shares = tf.reshape(tf.cast(tf.range(1, n + 1), z1.dtype), (-1, 1)) / (n + 1)
    return tf.concat([z1, z1 + shares * (z2 - z1), z2], 0)


# ── game_value_derivation ────────────────────────────────────────────────────────────────────────

for _name, _answer in items.alternatives("game_value_derivation", derivations.OTHERS).items():
    globals()[_name] = _answer
