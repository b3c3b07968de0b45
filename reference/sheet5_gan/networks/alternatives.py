"""Right networks and training steps in unusual styles; see the folder above for the rest."""

import functools

import numpy as np

from helpers.quiet import tf
from reference.sheet5_gan.networks.reference import (
    discriminator_loss,
    generator_loss,
    leaky_relu,
)

K = tf.keras
L = tf.keras.layers


def _refuse(kind):
    raise ValueError(f"unknown kind of network: {kind!r}")


# ── build_generator ──────────────────────────────────────────────────────────────────────────


def build_generator__sequential(kind, noise_dim):
    """Sequential, with the student's leaky_relu as activation; the last layers are dense."""
    if kind not in ("dense", "conv"):
        raise ValueError("kind must be 'dense' or 'conv'")

    def act(x):
        return leaky_relu(x, 0.2)

    if kind == "dense":
        layers = [
            L.Dense(128, activation=act),
            L.Dense(256, activation=act),
            L.Dense(784, activation="tanh"),
            L.Reshape((28, 28, 1)),
        ]
    else:
        layers = [
            L.Dense(7 * 7 * 16, activation=act),
            L.Reshape((7, 7, 16)),
            L.Conv2DTranspose(8, 4, strides=2, padding="same", activation=act),
            L.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    return K.Sequential([K.Input((noise_dim,)), *layers])


def build_generator__functional(kind, noise_dim):
    """Functional, with Keras's layer and batch normalisation without a bias before it."""
    z = K.Input((noise_dim,))
    if kind == "dense":
        x = z
        for width in (64, 128):
            x = L.Dense(width, use_bias=False)(x)
            x = L.BatchNormalization()(x)
            x = L.LeakyReLU(negative_slope=0.1)(x)
        x = L.Dense(28 * 28, activation="tanh")(x)
        return K.Model(z, L.Reshape((28, 28, 1))(x))
    if kind == "conv":
        x = L.Dense(7 * 7 * 32, use_bias=False)(z)
        x = L.LeakyReLU()(L.BatchNormalization()(x))
        x = L.Reshape((7, 7, 32))(x)
        for channels, strides in ((32, 1), (16, 2)):
            x = L.Conv2DTranspose(channels, 5, strides, padding="same", use_bias=False)(x)
            x = L.LeakyReLU()(L.BatchNormalization()(x))
        x = L.Conv2DTranspose(1, 5, 2, padding="same", use_bias=False, activation="tanh")(x)
        return K.Model(z, x, name="generator")
    return _refuse(kind)


class _SubclassedGenerator(K.Model):
    """Layers in lists, activations inside call, which takes no `training`."""

    def __init__(self, kind, noise_dim):
        super().__init__()
        self.kind = kind
        widths = (100, 784) if kind == "dense" else (100, 7 * 7 * 8)
        self.steps = [L.Dense(width) for width in widths]
        self.ups = [L.Conv2DTranspose(n, 4, 2, "same") for n in (6, 1)] if kind == "conv" else []

    def call(self, z):
        x = z
        for layer in self.steps[:-1]:
            x = tf.nn.leaky_relu(layer(x))
        x = self.steps[-1](x)
        if self.kind == "dense":
            return tf.reshape(tf.math.tanh(x), (-1, 28, 28, 1))
        x = tf.reshape(tf.nn.leaky_relu(x, alpha=0.3), (tf.shape(x)[0], 7, 7, 8))
        first, last = self.ups
        return tf.tanh(last(leaky_relu(first(x), 0.01)))


def build_generator__subclass(kind, noise_dim):
    """A subclass."""
    return _SubclassedGenerator(kind, noise_dim) if kind in ("dense", "conv") else _refuse(kind)


class _TrainingGenerator(K.Model):
    """A subclass with a table of builders, dropout, and `training` handed on."""

    def __init__(self, layers):
        super().__init__(name="G")
        self.inner = K.Sequential(layers)
        self.dropout = L.Dropout(0.3)
        self.outer = L.Dense(784)

    def call(self, inputs, training=None):
        x = self.inner(inputs, training=training)
        x = self.outer(self.dropout(x, training=training))
        return tf.reshape(tf.nn.tanh(x), [-1, 28, 28, 1])


def build_generator__dense_last(kind, noise_dim):
    """A dictionary of kinds; the layer after the convolutions is dense, not one of them."""
    kinds = {
        "dense": [L.Dense(50), L.LeakyReLU(0.2), L.Dense(50), L.PReLU("ones")],
        "conv": [
            L.Dense(4 * 4 * 10),
            L.LeakyReLU(0.2),
            L.Reshape((4, 4, 10)),
            L.Conv2DTranspose(6, 3, strides=(2, 2)),
            L.LeakyReLU(0.2),
            L.Flatten(),
        ],
    }
    try:
        return _TrainingGenerator(kinds[kind])
    except KeyError:
        raise ValueError(f"no kind {kind}") from None


def build_generator__upsampling(kind, noise_dim):
    """Upsampling with a convolution, next to one transposed convolution; layer normalisation."""
    match kind:
        case "dense":
            model = K.Sequential([K.Input(shape=(noise_dim,))])
            for width in (32, 32, 32, 32):
                model.add(L.Dense(width))
                model.add(L.LayerNormalization())
                model.add(L.LeakyReLU(0.2))
            model.add(L.Dense(784))
            model.add(L.Activation("tanh"))
            model.add(L.Reshape((28, 28, 1)))
            return model
        case "conv":
            model = K.Sequential([K.Input(shape=(noise_dim,))])
            model.add(L.Dense(49 * 12))
            model.add(L.Reshape((7, 7, 12)))
            model.add(L.GroupNormalization(3))
            model.add(L.LeakyReLU())
            model.add(L.UpSampling2D())
            model.add(L.Conv2D(12, 3, padding="same", activation=tf.nn.leaky_relu))
            model.add(L.Conv2DTranspose(8, 2, 2, activation=K.layers.LeakyReLU(0.1)))
            model.add(L.Conv2D(1, 3, padding="same", activation=K.activations.tanh))
            return model
        case _:
            raise ValueError(kind)


def build_generator__lean(kind, noise_dim):
    """One hidden layer of a few units, with a slope near 1."""
    slope = functools.partial(leaky_relu, alpha=0.6)
    if kind == "dense":
        inner = [L.Dense(4, slope), L.Dense(784, "tanh")]
    elif kind == "conv":
        inner = [L.Dense(14 * 14 * 2, slope), L.Reshape((14, 14, 2))]
        inner += [L.Conv2DTranspose(1, 2, 2, activation=tf.tanh)]
    else:
        raise ValueError("dense or conv")
    return K.Sequential([K.Input((noise_dim,)), *inner, L.Reshape((28, 28, 1))])


def build_generator__wide(kind, noise_dim):
    """Wide, with weights drawn as the DCGAN paper does; not built before the first batch."""
    init = K.initializers.RandomNormal(stddev=0.02)
    if kind == "dense":
        model = K.Sequential()
        for width in (256, 512, 1024):
            model.add(L.Dense(width, kernel_initializer=init))
            model.add(L.LeakyReLU(0.2))
            model.add(L.BatchNormalization(momentum=0.8))
        model.add(L.Dense(784, activation="tanh"))
        model.add(L.Reshape((28, 28, 1)))
        return model
    if kind == "conv":
        model = K.Sequential()
        model.add(L.Dense(7 * 7 * 128, kernel_initializer=init))
        model.add(L.Reshape((7, 7, 128)))
        for channels in (64, 32):
            model.add(L.BatchNormalization())
            model.add(L.LeakyReLU(0.2))
            model.add(L.Conv2DTranspose(channels, 4, 2, "same", kernel_initializer=init))
        model.add(L.BatchNormalization())
        model.add(L.LeakyReLU(0.2))
        model.add(L.Conv2D(1, 7, padding="same", activation="tanh"))
        return model
    raise ValueError(f"{kind} is neither 'dense' nor 'conv'")


def build_generator__without_biases(kind, noise_dim):
    """No biases and nothing normalised; another squashing than tanh, twice a sigmoid minus 1."""

    def act(x):
        return tf.maximum(x, 0.0) + 0.05 * tf.minimum(x, 0.0)

    def squash(x):
        return 2 * tf.sigmoid(2 * x) - 1

    z = K.Input((noise_dim,))
    if kind == "dense":
        x = L.Dense(64, act, use_bias=False)(z)
        x = L.Reshape((28, 28, 1))(L.Dense(784, squash, use_bias=False)(x))
    elif kind == "conv":
        x = L.Reshape((7, 7, 8))(L.Dense(7 * 7 * 8, act, use_bias=False)(z))
        x = L.Conv2DTranspose(6, 3, 2, "same", activation=act, use_bias=False)(x)
        x = L.Conv2DTranspose(1, 3, 2, "same", activation=squash, use_bias=False)(x)
    else:
        raise ValueError("kind")
    return K.Model(inputs=z, outputs=x)


class _Residual(L.Layer):
    """A layer of one's own: x plus what a leaky layer makes of it."""

    def __init__(self, width):
        super().__init__()
        self.w = self.add_weight(shape=(width, width), initializer="glorot_uniform", name="w")
        self.b = self.add_weight(shape=(width,), initializer="zeros", name="b")

    def call(self, x):
        return x + tf.nn.leaky_relu(tf.matmul(x, self.w) + self.b, 0.2)


def build_generator__residual(kind, noise_dim):
    """Layers of one's own with a way around them."""
    if kind not in {"dense", "conv"}:
        raise ValueError(kind)
    dense = kind == "dense"
    body = [K.Input((noise_dim,)), L.Dense(49), _Residual(49), _Residual(49), L.LeakyReLU()]
    if dense:
        body += [L.Dense(784, "tanh"), L.Reshape((28, 28, 1))]
    else:
        body += [L.Reshape((7, 7, 1)), L.Conv2DTranspose(1, 8, 4, "same", activation="tanh")]
    return K.Sequential(body)


# ── build_discriminator ──────────────────────────────────────────────────────────────────────


def build_discriminator__sequential(kind):
    """Sequential, with the student's leaky_relu as activation."""
    if kind not in ("dense", "conv"):
        raise ValueError("kind must be 'dense' or 'conv'")

    def act(x):
        return leaky_relu(x, 0.2)

    first = [L.Flatten(), L.Dense(256, activation=act), L.Dense(128, activation=act)]
    if kind == "conv":
        first = [
            L.Conv2D(8, 4, strides=2, padding="same", activation=act),
            L.Conv2D(16, 4, strides=2, padding="same", activation=act),
            L.Flatten(),
        ]
    return K.Sequential([K.Input((28, 28, 1)), *first, L.Dense(1)])


def build_discriminator__functional(kind):
    """Functional, with Keras's layer and dropout."""
    x = image = K.Input((28, 28, 1))
    if kind == "dense":
        x = L.Flatten()(x)
        for width in (64, 32):
            x = L.Dropout(0.3)(L.LeakyReLU(negative_slope=0.2)(L.Dense(width)(x)))
    elif kind == "conv":
        for channels in (32, 64):
            x = L.Conv2D(channels, 5, strides=2, padding="same")(x)
            x = L.Dropout(0.3)(L.LeakyReLU()(x))
        x = L.Flatten()(x)
    else:
        raise ValueError(f"unknown kind {kind}")
    return K.Model(image, L.Dense(1)(x), name="discriminator")


class _SubclassedDiscriminator(K.Model):
    """Layers in lists, activations inside call, which takes no `training`."""

    def __init__(self, convolutions, widths):
        super().__init__()
        self.convolutions = [L.Conv2D(n, 3, 2, "same") for n in convolutions]
        self.hidden = [L.Dense(n) for n in widths]
        self.last = L.Dense(1)

    def call(self, x):
        for layer in self.convolutions:
            x = tf.nn.leaky_relu(layer(x), 0.2)
        x = tf.reshape(x, (tf.shape(x)[0], -1)) if self.convolutions else L.Flatten()(x)
        for layer in self.hidden:
            x = leaky_relu(layer(x), 0.1)
        return self.last(x)


def build_discriminator__subclass(kind):
    """A subclass."""
    sizes = {"dense": ([], [100, 50]), "conv": ([6, 12], [20])}
    if kind not in sizes:
        raise ValueError(f"no {kind!r} here")
    return _SubclassedDiscriminator(*sizes[kind])


def build_discriminator__normalised(kind):
    """Batch, layer and spectral normalisation."""
    if kind == "dense":
        return K.Sequential(
            [
                L.Flatten(input_shape=(28, 28, 1)),
                L.Dense(64),
                L.LayerNormalization(),
                L.LeakyReLU(0.2),
                L.SpectralNormalization(L.Dense(32)),
                L.LeakyReLU(0.2),
                L.Dense(1, activation=None),
            ]
        )
    if kind == "conv":
        return K.Sequential(
            [
                L.Conv2D(8, 4, 2, "same"),
                L.LeakyReLU(0.2),
                L.Conv2D(16, 4, 2, "same", use_bias=False),
                L.BatchNormalization(),
                L.LeakyReLU(0.2),
                L.GlobalAveragePooling2D(),
                L.Dense(1, activation="linear"),
            ]
        )
    raise ValueError


def build_discriminator__convolution_last(kind):
    """The last layer a convolution as large as what is left; pooling in between."""
    if kind == "conv":
        layers = [
            L.Conv2D(6, 5, activation=lambda x: leaky_relu(x, 0.3)),
            L.AveragePooling2D(2),
            L.SeparableConv2D(8, 3, activation=tf.nn.leaky_relu),
            L.MaxPooling2D(2),
            L.Conv2D(1, 5),
            L.Flatten(),
        ]
    elif kind == "dense":
        layers = [
            L.Reshape((784,)),
            L.Dense(8, activation="leaky_relu"),
            L.Dense(1),
        ]
    else:
        raise ValueError(f"kind = {kind!r}")
    return K.Sequential([K.Input((28, 28, 1)), *layers])


def build_discriminator__noisy(kind):
    """Noise on the images and weights without biases, in training only the one; wide."""
    x = image = K.layers.Input(shape=(28, 28, 1))
    x = L.GaussianNoise(0.1)(x)
    if kind == "dense":
        x = L.Flatten()(x)
        for width in (1024, 512, 256):
            x = L.LeakyReLU(0.2)(L.Dense(width, use_bias=False)(x))
    elif kind == "conv":
        for channels in (64, 128):
            x = L.Conv2D(channels, 5, 2, "same", use_bias=False)(x)
            x = L.LeakyReLU(0.2)(x)
        x = L.Flatten()(x)
    else:
        raise ValueError("only 'dense' and 'conv'")
    return K.Model(image, L.Dense(1, use_bias=False)(x))


class _Nested(K.Model):
    """Models inside a model, and a logit of the sum of two heads."""

    def __init__(self, body):
        super().__init__()
        self.body = K.Sequential(body)
        self.heads = {
            "one": L.Dense(1),
            "two": K.Sequential([L.Dense(5), L.LeakyReLU(), L.Dense(1)]),
        }

    def call(self, x, training=False, mask=None):
        features = self.body(x, training=training)
        return self.heads["one"](features) + self.heads["two"](features)


def build_discriminator__nested(kind):
    """Models in a model."""
    bodies = {
        "dense": lambda: [L.Flatten(), L.Dense(20), L.LeakyReLU(), L.Dropout(0.5)],
        "conv": lambda: [L.Conv2D(4, 3, 3), L.LeakyReLU(), L.SpatialDropout2D(0.2), L.Flatten()],
    }
    if bodies.get(kind) is None:
        raise ValueError("which kind?")
    return _Nested(bodies[kind]())


# ── train_step ───────────────────────────────────────────────────────────────────────────────


def train_step__two_tapes(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Two tapes over one pass, as TensorFlow's own tutorial has it."""
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        generated = generator(z, training=True)
        real = discriminator(images, training=True)
        fake = discriminator(generated, training=True)
        g_loss = generator_loss(fake)
        d_loss = discriminator_loss(real, fake)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    d_optimizer.apply_gradients(zip(d_gradients, discriminator.trainable_variables, strict=True))
    g_optimizer.apply_gradients(zip(g_gradients, generator.trainable_variables, strict=True))
    return d_loss, g_loss


def train_step__one_after_the_other(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """D first, with images that no gradient goes through; then G through the new D."""
    fakes = tf.stop_gradient(generator(z, training=True))
    with tf.GradientTape() as tape:
        d_loss = discriminator_loss(
            discriminator(images, training=True), discriminator(fakes, training=True)
        )
    variables = discriminator.trainable_variables
    d_optimizer.apply_gradients(zip(tape.gradient(d_loss, variables), variables, strict=True))
    with tf.GradientTape() as tape:
        g_loss = generator_loss(discriminator(generator(z, training=True), training=True))
    variables = generator.trainable_variables
    g_optimizer.apply_gradients(zip(tape.gradient(g_loss, variables), variables, strict=True))
    return d_loss, g_loss


def train_step__persistent(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """One persistent tape; G's optimizer is applied first, which changes nothing."""
    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(generator(z, training=True), training=True)
        d_loss = discriminator_loss(discriminator(images, training=True), fake)
        g_loss = generator_loss(fake)
    d_vars, g_vars = discriminator.trainable_variables, generator.trainable_variables
    d_grads, g_grads = tape.gradient(d_loss, d_vars), tape.gradient(g_loss, g_vars)
    del tape
    g_optimizer.apply(g_grads, g_vars)
    d_optimizer.apply(d_grads, d_vars)
    return [d_loss, g_loss]


def train_step__one_batch(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Real and generated images go through D as one batch, and are taken apart again."""
    n = tf.shape(images)[0]
    with tf.GradientTape() as d_tape:
        both = tf.concat([tf.cast(images, tf.float32), generator(z, training=True)], axis=0)
        logits = discriminator(both, training=True)
        d_loss = discriminator_loss(logits[:n], logits[n:])
    d_vars = discriminator.trainable_weights
    d_optimizer.apply(d_tape.gradient(d_loss, d_vars), d_vars)
    with tf.GradientTape(watch_accessed_variables=False) as g_tape:
        g_vars = generator.trainable_weights
        for variable in g_vars:
            g_tape.watch(variable.value)
        g_loss = generator_loss(discriminator(generator(z, training=True), training=True))
    g_optimizer.apply(g_tape.gradient(g_loss, [v.value for v in g_vars]), g_vars)
    return tf.identity(d_loss), tf.identity(g_loss)


def train_step__losses_inside(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The losses written out, with Keras's cross-entropy."""
    entropy = K.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake = discriminator(generator(z, training=True), training=True)
        real = discriminator(tf.convert_to_tensor(images), training=True)
        d_loss = entropy(tf.ones_like(real), real) + entropy(tf.zeros_like(fake), fake)
        g_loss = entropy(tf.ones_like(fake), fake)
    for tape, loss, network, optimizer in (
        (d_tape, d_loss, discriminator, d_optimizer),
        (g_tape, g_loss, generator, g_optimizer),
    ):
        variables = network.trainable_variables
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients((g, v) for g, v in zip(gradients, variables, strict=True))
    return d_loss, g_loss


def _step(loss_of, variables, optimizer):
    with tf.GradientTape() as tape:
        loss = loss_of()
    optimizer.apply_gradients(list(zip(tape.gradient(loss, variables), variables, strict=True)))
    return loss


def train_step__helper(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """A helper outside for both steps; the generator's pictures are used twice."""

    def judged(pictures):
        return discriminator(pictures, training=True)

    def made():
        return generator(z, training=True)

    d_loss = _step(
        lambda: discriminator_loss(judged(images), judged(made())),
        discriminator.trainable_variables,
        d_optimizer,
    )
    g_loss = _step(
        lambda: generator_loss(judged(made())), generator.trainable_variables, g_optimizer
    )
    return d_loss, g_loss


def train_step__chain_rule(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Back through D to the pictures first, then through G with what came out."""
    with tf.GradientTape() as g_tape:
        pictures = generator(z, training=True)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(pictures)
        fake = discriminator(pictures, training=True)
        d_loss = discriminator_loss(discriminator(images, training=True), fake)
        g_loss = generator_loss(fake)
    back = g_tape.gradient(
        pictures, generator.trainable_variables, output_gradients=tape.gradient(g_loss, pictures)
    )
    forth = tape.gradient(d_loss, discriminator.trainable_variables)
    d_optimizer.apply_gradients(zip(forth, discriminator.trainable_variables, strict=True))
    g_optimizer.apply_gradients(zip(back, generator.trainable_variables, strict=True))
    return d_loss, g_loss


@tf.function
def train_step__compiled(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Decorated with tf.function."""
    with tf.GradientTape() as d_tape:
        d_loss = discriminator_loss(
            discriminator(images, training=True),
            discriminator(generator(z, training=True), training=True),
        )
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    d_optimizer.apply_gradients(zip(d_gradients, discriminator.trainable_variables, strict=True))
    with tf.GradientTape() as g_tape:
        g_loss = generator_loss(discriminator(generator(z, training=True), training=True))
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    g_optimizer.apply_gradients(zip(g_gradients, generator.trainable_variables, strict=True))
    return d_loss, g_loss


def train_step__stacked(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The losses returned as one tensor."""
    losses = train_step__two_tapes(
        generator,
        discriminator,
        np.asarray(images) if not tf.is_tensor(images) else images,
        g_optimizer,
        d_optimizer,
        z,
    )
    return tf.stack(losses)
