"""Right solutions in unusual styles, one function each: `<item>__<style>`.

The judge takes them all. Each keeps the whole contract in its own way.
"""

import functools
import math
import random

import numpy as np
from scipy import stats

from helpers.quiet import tf
from reference.sheet2_autoencoder.reference import decoder, encoder

# ── normal_init ──────────────────────────────────────────────────────────────────────────────


def normal_init__numpy(n_in, n_out):
    """NumPy draws, converted by the variable."""
    return (
        tf.Variable(np.random.randn(n_in, n_out), dtype=tf.float32),
        tf.Variable(np.random.randn(n_out), dtype=tf.float32),
    )


def normal_init__keras_initializers(n_in, n_out):
    """A Keras initialiser for each, made at every call."""
    W = tf.keras.initializers.RandomNormal(mean=0.0, stddev=1.0)((n_in, n_out))
    b = tf.keras.initializers.RandomNormal(mean=0.0, stddev=1.0)((n_out,))
    return tf.Variable(W), tf.Variable(b)


_GENERATOR = tf.random.Generator.from_non_deterministic_state()


def normal_init__generator(n_in, n_out):
    """TensorFlow's generator object."""
    return [tf.Variable(_GENERATOR.normal(shape)) for shape in ([n_in, n_out], [n_out])]


def normal_init__one_draw_split(n_in, n_out):
    """One array, whose last row becomes the biases."""
    W, b = tf.split(tf.random.normal((n_in + 1, n_out)), [n_in, 1])
    return tf.Variable(W), tf.Variable(tf.reshape(b, [n_out]))


def normal_init__quantiles(n_in, n_out):
    """The quantile function of uniform draws."""
    rows = stats.norm.ppf(np.random.default_rng().uniform(size=(n_in + 1, n_out)))
    return tf.Variable(np.float32(rows[1:])), tf.Variable(np.float32(rows[0]))


def normal_init__box_muller(n_in, n_out):
    """Box and Muller's transformation."""

    def draws(*shape):
        radius = tf.sqrt(-2.0 * tf.math.log(1.0 - tf.random.uniform(shape)))
        return radius * tf.cos(2.0 * math.pi * tf.random.uniform(shape))

    return tf.Variable(draws(n_in, n_out), name="W"), tf.Variable(draws(n_out), name="b")


def normal_init__python_random(n_in, n_out):
    """Python's own random numbers, one by one."""
    W = [[random.gauss(0, 1) for _ in range(n_out)] for _ in range(n_in)]
    b = [random.gauss(0, 1) for _ in range(n_out)]
    return tf.Variable(W, dtype=tf.float32), tf.Variable(b, dtype=tf.float32)


def normal_init__stateless(n_in, n_out):
    """Stateless draws with seeds that are drawn."""
    seeds = np.random.default_rng().integers(0, 2**31, size=(2, 2))
    W = tf.random.stateless_normal([n_in, n_out], seed=seeds[0])
    return tf.Variable(W), tf.Variable(tf.random.stateless_normal([n_out], seed=seeds[1]))


def normal_init__assigned(n_in, n_out):
    """Variables of zeros that are filled afterwards."""
    W, b = tf.Variable(tf.zeros([n_in, n_out])), tf.Variable(tf.zeros([n_out]))
    for variable in (W, b):
        variable.assign_add(tf.random.normal(variable.shape))
    return W, b


# ── encoder, decoder ─────────────────────────────────────────────────────────────────────────


def encoder__reduce(x, layers):
    """functools.reduce over the layers."""
    x = tf.cast(x, tf.float32)
    return functools.reduce(lambda y, layer: tf.nn.sigmoid(y @ layer[0] + layer[1]), layers, x)


def encoder__einsum(x, layers):
    """tf.einsum and tf.math.sigmoid."""
    for W, b in layers:
        x = tf.math.sigmoid(tf.einsum("...i,ij->...j", tf.cast(x, "float32"), W) + b)
    return x


def encoder__keras_activation(x, layers):
    """Keras's sigmoid, and the bias added by TensorFlow's own operation."""
    y = tf.convert_to_tensor(np.asarray(x, dtype=np.float32))
    for layer in layers:
        y = tf.keras.activations.sigmoid(tf.nn.bias_add(tf.linalg.matmul(y, layer[0]), layer[1]))
    return y


def encoder__exponential(x, layers):
    """The sigmoid written out, with the exponential of negative numbers only."""

    def sigmoid(a):
        small = tf.exp(-tf.abs(a))
        return tf.where(a >= 0, 1 / (1 + small), small / (1 + small))

    y = tf.cast(x, tf.float32)
    for number in range(len(layers)):
        y = sigmoid(tf.matmul(y, layers[number][0]) + layers[number][1])
    return y


def encoder__hyperbolic_tangent(x, layers):
    """The sigmoid as a hyperbolic tangent, with tf.tensordot."""
    y = tf.cast(x, tf.float32)
    for W, b in layers:
        y = (tf.tanh((tf.tensordot(y, W, axes=1) + b) / 2) + 1) / 2
    return y


def encoder__recursive(x, layers):
    """The first layer, then the rest."""
    if not layers:
        return tf.cast(x, tf.float32)
    (W, b), *rest = layers
    return encoder__recursive(tf.sigmoid(tf.cast(x, tf.float32) @ W + b), rest)


def encoder__image_by_image(x, layers):
    """One image after another."""
    rows = []
    for image in tf.unstack(tf.cast(x, tf.float32)):
        for W, b in layers:
            image = tf.sigmoid(tf.linalg.matvec(W, image, transpose_a=True) + b)
        rows.append(image)
    return tf.stack(rows)


def encoder__columns(x, layers):
    """Transposed: an image is a column."""
    columns = tf.transpose(tf.cast(x, tf.float32))
    for W, b in layers:
        columns = tf.sigmoid(tf.matmul(W, columns, transpose_a=True) + b[:, tf.newaxis])
    return tf.transpose(columns)


def encoder__float64(x, layers):
    """Everything in float64."""
    y = tf.cast(x, tf.float64)
    for W, b in layers:
        y = tf.sigmoid(tf.matmul(y, tf.cast(W, tf.float64)) + tf.cast(b, tf.float64))
    return tf.cast(y, tf.float32)


def encoder__log_sigmoid(x, layers):
    """The exponential of the sigmoid's logarithm."""
    y = tf.cast(x, tf.float32)
    for W, b in layers:
        y = tf.exp(-tf.math.softplus(-tf.add(tf.matmul(y, W), b)))
    return y


@tf.function
def encoder__compiled(x, layers):
    """Decorated with tf.function."""
    y = tf.cast(x, tf.float32)
    for W, b in layers:
        y = tf.sigmoid(tf.matmul(y, W) + b)
    return y


def decoder__as_the_encoder(y, layers):
    """The encoder's function, with other layers."""
    return encoder(y, layers)


def decoder__reduce(y, layers):
    """functools.reduce over the layers."""
    y = tf.cast(y, tf.float32)
    return functools.reduce(lambda z, layer: tf.nn.sigmoid(z @ layer[0] + layer[1]), layers, y)


def decoder__ones_column(y, layers):
    """The biases as the last row of the weights."""
    z = tf.cast(y, tf.float32)
    for W, b in layers:
        z = tf.pad(z, [[0, 0], [0, 1]], constant_values=1.0)
        z = tf.sigmoid(z @ tf.concat([W, [b]], axis=0))
    return z


def decoder__while(y, layers):
    """A while loop with an index."""
    z, i = tf.cast(y, tf.float32), 0
    while i < len(layers):
        W, b = layers[i]
        a = tf.matmul(z, W)
        a += b
        z = 1 / (1 + tf.exp(-tf.clip_by_value(a, -80, 80)))
        i += 1
    return z


def decoder__sums(y, layers):
    """Products and sums with broadcasting."""
    z = tf.cast(y, tf.float32)
    for W, b in layers:
        z = tf.sigmoid(tf.reduce_sum(z[:, :, None] * W[None], axis=1) + b)
    return z


def decoder__softmax(y, layers):
    """The sigmoid as a softmax against 0."""
    z = tf.cast(y, tf.float32)
    for W, b in layers:
        a = tf.matmul(z, W) + b
        z = tf.nn.softmax(tf.stack([a, tf.zeros_like(a)], axis=-1))[..., 0]
    return z


def decoder__numpy_input(y, layers):
    """Arrays converted by NumPy, tensors by TensorFlow."""
    z = tf.cast(y, tf.float32) if tf.is_tensor(y) else tf.constant(np.float32(y))
    for W, b in layers:
        z = tf.keras.activations.sigmoid(tf.linalg.matmul(z, W) + b)
    return z


# ── mean_squared_loss ────────────────────────────────────────────────────────────────────────


def _same_type(x, z):
    """Two tensors of one dtype."""
    z = tf.convert_to_tensor(z)
    return tf.cast(x, z.dtype), z


def mean_squared_loss__norm(x, z):
    """The squared norm of each difference, by tf.norm."""
    x, z = _same_type(x, z)
    return tf.reduce_mean(tf.norm(x - z, axis=-1) ** 2)


def mean_squared_loss__keras(x, z):
    """Keras's mean over the pixels, multiplied by their number."""
    x, z = _same_type(x, z)
    return tf.keras.losses.MeanSquaredError()(x, z) * x.shape[1]


def mean_squared_loss__squared_difference(x, z):
    """One sum over everything, divided by the number of images."""
    x, z = _same_type(x, z)
    return tf.reduce_sum(tf.math.squared_difference(x, z)) / x.shape[0]


def mean_squared_loss__loop(x, z):
    """A loop over the images."""
    x, z = _same_type(x, z)
    total = 0.0
    for i in range(len(x)):
        total += tf.tensordot(x[i] - z[i], x[i] - z[i], axes=1)
    return total / len(x)


def mean_squared_loss__l2_loss(x, z):
    """tf.nn.l2_loss, which is half the sum of squares."""
    x, z = _same_type(x, z)
    return 2 * tf.nn.l2_loss(x - z) / tf.cast(tf.shape(x)[0], z.dtype)


def mean_squared_loss__trace(x, z):
    """The trace of the matrix of all products."""
    x, z = _same_type(x, z)
    return tf.linalg.trace(tf.matmul(x - z, x - z, transpose_b=True)) / len(z)


def mean_squared_loss__einsum(x, z):
    """tf.einsum, a loss for each image first."""
    x, z = _same_type(x, z)
    return tf.math.reduce_mean(tf.einsum("bi,bi->b", x - z, x - z))


def mean_squared_loss__float32(x, z):
    """Everything in float32."""
    difference = tf.cast(x, tf.float32) - tf.cast(z, tf.float32)
    return tf.reduce_mean(tf.reduce_sum(difference * difference, 1))


# ── cross_entropy_loss ───────────────────────────────────────────────────────────────────────


def cross_entropy_loss__added(x, z):
    """A small number added inside both logarithms."""
    x, z = _same_type(x, z)
    nats = x * tf.math.log(z + 1e-8) + (1 - x) * tf.math.log(1 - z + 1e-8)
    return -tf.reduce_mean(tf.reduce_sum(nats, axis=1))


def cross_entropy_loss__keras_elementwise(x, z):
    """Keras's binary cross-entropy of every pixel."""
    x, z = _same_type(x, z)
    nats = tf.keras.backend.binary_crossentropy(x, z)
    return tf.reduce_mean(tf.reduce_sum(nats, axis=-1))


def cross_entropy_loss__keras_mean(x, z):
    """Keras's mean over the pixels, multiplied by their number."""
    x, z = _same_type(x, z)
    return tf.reduce_mean(tf.keras.losses.binary_crossentropy(x, z)) * x.shape[-1]


def cross_entropy_loss__logits(x, z):
    """Back to logits, for TensorFlow's stable function."""
    x, z = _same_type(x, z)
    z = tf.clip_by_value(z, 1e-7, 1 - 1e-7)
    logits = tf.math.log(z) - tf.math.log1p(-z)
    nats = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    return tf.reduce_mean(tf.reduce_sum(nats, axis=1))


def cross_entropy_loss__where(x, z):
    """tf.where puts a safe number where a logarithm would meet 0, before it is taken."""
    x, z = _same_type(x, z)

    def log(p):
        large = p > 1e-7
        return tf.where(large, tf.math.log(tf.where(large, p, 1.0)), math.log(1e-7))

    return -tf.reduce_mean(tf.reduce_sum(x * log(z) + (1 - x) * log(1 - z), axis=1))


def cross_entropy_loss__maximum(x, z):
    """Each logarithm kept above -20 by what goes into it."""
    x, z = _same_type(x, z)
    tiny = math.exp(-20)
    bright = x * tf.math.log(tf.maximum(z, tiny))
    dark = (1 - x) * tf.math.log(tf.maximum(1 - z, tiny))
    return -tf.reduce_sum(bright + dark) / len(x)


def cross_entropy_loss__float64(x, z):
    """In float64, where even 1 - 1e-12 differs from 1."""
    x, z = tf.cast(x, tf.float64), tf.clip_by_value(tf.cast(z, tf.float64), 1e-12, 1 - 1e-12)
    nats = -tf.math.multiply_no_nan(tf.math.log(z), x)
    nats -= tf.math.multiply_no_nan(tf.math.log(1 - z), 1 - x)
    return tf.reduce_mean(tf.reduce_sum(nats, axis=1))


def cross_entropy_loss__squeezed(x, z):
    """z moved linearly into the open interval."""
    x, z = _same_type(x, z)
    z = 1e-6 + (1 - 2e-6) * z
    return tf.reduce_mean(tf.reduce_sum(-x * tf.math.log(z) - (1 - x) * tf.math.log1p(-z), axis=-1))


def cross_entropy_loss__image_by_image(x, z):
    """A loop over the images, with two dot products for each."""
    x, z = _same_type(x, z)
    z = tf.clip_by_value(z, 3e-7, 1 - 3e-7)
    total = 0.0
    for image, guess in zip(tf.unstack(x), tf.unstack(z), strict=True):
        total -= tf.tensordot(image, tf.math.log(guess), 1)
        total -= tf.tensordot(1 - image, tf.math.log(1 - guess), 1)
    return total / len(x)


# ── xavier_init ──────────────────────────────────────────────────────────────────────────────


def xavier_init__uniform(n_in, n_out):
    """Uniform, with the limit √(6 / (n_in + n_out))."""
    limit = math.sqrt(6 / (n_in + n_out))
    W = tf.random.uniform((n_in, n_out), minval=-limit, maxval=limit)
    return tf.Variable(W), tf.Variable(tf.zeros((n_out,)))


def xavier_init__glorot_uniform(n_in, n_out):
    """Keras's GlorotUniform, made at every call."""
    W = tf.keras.initializers.GlorotUniform()(shape=(n_in, n_out))
    return tf.Variable(W), tf.Variable(tf.zeros_initializer()((n_out,)))


def xavier_init__glorot_normal(n_in, n_out):
    """Keras's GlorotNormal, a truncated normal that makes up for what is cut off."""
    initializer = tf.keras.initializers.GlorotNormal()
    return tf.Variable(initializer((n_in, n_out))), tf.Variable([0.0] * n_out)


def xavier_init__variance_scaling(n_in, n_out):
    """Keras's VarianceScaling, not truncated."""
    initializer = tf.keras.initializers.VarianceScaling(
        scale=1.0, mode="fan_avg", distribution="untruncated_normal"
    )
    return tf.Variable(initializer((n_in, n_out))), tf.Variable(tf.zeros(n_out))


def xavier_init__numpy_normal(n_in, n_out):
    """NumPy, normal."""
    W = np.random.default_rng().normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
    return tf.Variable(W.astype("float32")), tf.Variable(np.zeros(n_out, "float32"))


def xavier_init__truncated_by_hand(n_in, n_out):
    """TensorFlow's truncated normal, with the corrected standard deviation."""
    std = math.sqrt(2 / (n_in + n_out)) / 0.87962566103423978
    W = tf.random.truncated_normal([n_in, n_out], stddev=std)
    return tf.Variable(W), tf.Variable(tf.constant(0.0, shape=[n_out]))


def xavier_init__truncated_further_out(n_in, n_out):
    """SciPy's truncated normal, cut at 3 standard deviations."""
    draws = stats.truncnorm(-3, 3).rvs((n_in, n_out))
    W = draws * math.sqrt(2 / (n_in + n_out)) / stats.truncnorm(-3, 3).std()
    return tf.Variable(W, dtype=tf.float32), tf.Variable(tf.zeros(n_out))


def xavier_init__scaled_afterwards(n_in, n_out):
    """Standard normal variables, scaled afterwards."""
    W, b = normal_init__numpy(n_in, n_out)
    W.assign(W / tf.sqrt(0.5 * (n_in + n_out)))
    b.assign(tf.zeros_like(b))
    return W, b


# ── make_stack ───────────────────────────────────────────────────────────────────────────────


def make_stack__append(sizes, init):
    """A loop that appends."""
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(init(sizes[i], sizes[i + 1]))
    return layers


def make_stack__zip(sizes, init):
    """zip stops at the shorter one."""
    return [init(a, b) for a, b in zip(sizes, sizes[1:])]  # noqa: B905 (that is the style)


def make_stack__map(sizes, init):
    """map with two sequences."""
    return list(map(init, sizes[:-1], sizes[1:]))


def make_stack__recursive(sizes, init):
    """The first layer, then the rest."""
    if len(sizes) < 2:
        return []
    first, second, *rest = sizes
    return [init(first, second), *make_stack__recursive([second, *rest], init)]


def make_stack__from_the_end(sizes, init):
    """Built from the last layer to the first."""
    layers = []
    for i in reversed(range(1, len(sizes))):
        layers.insert(0, init(sizes[i - 1], sizes[i]))
    return layers


def make_stack__unpacked(sizes, init):
    """W and b taken apart and put together again."""
    n_in, layers = sizes[0], []
    for n_out in sizes[1:]:
        W, b = init(n_in, n_out)
        layers += [(W, b)]
        n_in = n_out
    return layers


def make_stack__keywords(sizes, init):
    """The arguments of init by their names."""
    remaining = list(sizes)
    layers = []
    while len(remaining) > 1:
        n_in = remaining.pop(0)
        layers.append(init(n_in=n_in, n_out=remaining[0]))
    return layers


def make_stack__lists(sizes, init):
    """Each layer a list."""
    pairs = np.stack([sizes[:-1], sizes[1:]], axis=1)
    return [list(init(*map(int, pair))) for pair in pairs]


# ── train_step ───────────────────────────────────────────────────────────────────────────────


def train_step__apply(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """optimizer.apply, with the variables flattened by tf.nest."""
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    variables = tf.nest.flatten([encoder_layers, decoder_layers])
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def train_step__structured(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Gradients in the structure of the stacks."""
    stacks = [*encoder_layers, *decoder_layers]
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    gradients = tape.gradient(loss, stacks)
    pairs = [
        both
        for one, layer in zip(gradients, stacks, strict=True)
        for both in zip(one, layer, strict=True)
    ]
    optimizer.apply_gradients(pairs)
    return loss


def train_step__persistent(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """A persistent tape, asked for each stack; one step for both."""
    with tf.GradientTape(persistent=True) as tape:
        codes = encoder(x, encoder_layers)
        loss = loss_fn(x, decoder(codes, decoder_layers))
    there = [v for W, b in encoder_layers for v in (W, b)]
    back = [v for W, b in decoder_layers for v in (W, b)]
    gradients = tape.gradient(loss, there) + tape.gradient(loss, back)
    del tape
    optimizer.apply_gradients(zip(gradients, there + back, strict=True))
    return loss


def train_step__sums(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Lists joined by sum(), biases and weights in another order."""
    layers = sum([list(decoder_layers), list(encoder_layers)], [])
    variables = [b for _, b in layers] + [W for W, _ in layers]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        reconstruction = decoder(y=encoder(x=x, layers=encoder_layers), layers=decoder_layers)
        loss = loss_fn(x, reconstruction)
    optimizer.apply_gradients(list(zip(tape.gradient(loss, variables), variables, strict=True)))
    return loss


def train_step__inlined(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The sigmoids written out in the step itself."""
    with tf.GradientTape() as tape:
        z = tf.cast(x, tf.float32)
        for W, b in list(encoder_layers) + list(decoder_layers):
            z = tf.sigmoid(tf.matmul(z, W) + b)
        loss = loss_fn(x, z)
    variables = tape.watched_variables()
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


def train_step__half_inlined(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The encoder called, the decoder's sigmoids written out."""
    with tf.GradientTape() as tape:
        z = encoder(x, encoder_layers)
        for W, b in decoder_layers:
            z = tf.sigmoid(z @ W + b)
        loss = loss_fn(x, z)
    variables = tf.nest.flatten((encoder_layers, decoder_layers))
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


def _reconstruction(x, encoder_layers, decoder_layers):
    return decoder(encoder(x, encoder_layers), decoder_layers)


def train_step__helper_outside(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """The reconstruction in a function of its own."""
    with tf.GradientTape() as tape:
        loss = loss_fn(x, _reconstruction(x, encoder_layers, decoder_layers))
    variables = tape.watched_variables()
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


def train_step__helper(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Helpers inside for the reconstruction and for the variables."""

    def reconstruct():
        return decoder(encoder(x, encoder_layers), decoder_layers)

    def variables():
        for stack in (encoder_layers, decoder_layers):
            for layer in stack:
                yield from layer

    with tf.GradientTape() as tape:
        loss = loss_fn(x, reconstruct())
    moved = list(variables())
    gradients = tape.gradient(loss, moved)
    optimizer.apply_gradients((g, v) for g, v in zip(gradients, moved, strict=True))
    return tf.identity(loss)


def train_step__custom_gradient(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Back through the loss first, then through the stacks with the gradient that came out."""
    variables = [v for layer in [*encoder_layers, *decoder_layers] for v in layer]
    with tf.GradientTape() as tape:
        z = decoder(encoder(x, encoder_layers), decoder_layers)
    with tf.GradientTape() as loss_tape:
        loss_tape.watch(z)
        loss = loss_fn(x, z)
    gradients = tape.gradient(z, variables, output_gradients=loss_tape.gradient(loss, z))
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return loss


@tf.function(reduce_retracing=True)
def train_step__compiled(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    """Decorated with tf.function."""
    variables = [v for layer in [*encoder_layers, *decoder_layers] for v in layer]
    with tf.GradientTape() as tape:
        loss = loss_fn(x, decoder(encoder(x, encoder_layers), decoder_layers))
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


# ── deeper ───────────────────────────────────────────────────────────────────────────────────


def deeper__appended():
    """The sizes so far, and one more."""
    sizes = [784, 256, 128]
    sizes.append(64)
    return sizes


def deeper__tuple():
    """A tuple."""
    return 784, 256, 128, 64


def deeper__numpy():
    """An array of integers."""
    return np.array([784, 256, 128, 64])


def deeper__computed():
    """Halved as often as it takes."""
    return [28 * 28, *(2**power for power in (8, 7, 6))]


def deeper__joined():
    """Two lists joined."""
    return [784, 256, 128] + [128 // 2]


def deeper__mirrored():
    """The decoder's sizes, turned round."""
    return list(reversed((64, 128, 256, 784)))
