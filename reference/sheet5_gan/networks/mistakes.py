"""Wrong networks and training steps that students write; see the folder above for the rest.

Each is right but for the one thing that it is named for.
"""

from helpers.quiet import tf
from reference.sheet5_gan.networks.reference import (
    check_kind,
    discriminator_loss,
    generator_loss,
    leaky_relu,
)

K = tf.keras
L = tf.keras.layers


def _leaky(x):
    return leaky_relu(x, 0.2)


# ── build_generator ──────────────────────────────────────────────────────────────────────────


def _generator(kind, noise_dim, hidden=_leaky, last="tanh", end=(), **options):
    """A right one, of which the mistakes change something; options go to the last layer."""
    check_kind(kind)
    if kind == "dense":
        layers = [L.Dense(40, hidden), L.Dense(784, last, **options), L.Reshape((28, 28, 1))]
    else:
        layers = [
            L.Dense(14 * 14 * 4, hidden),
            L.Reshape((14, 14, 4)),
            L.Conv2DTranspose(1, 4, strides=2, padding="same", activation=last, **options),
        ]
    return K.Sequential([K.Input((noise_dim,)), *layers, *end])


def build_generator__no_tanh(kind, noise_dim):
    """Pixels may have any value, but the data lie in [-1, 1]: a tanh has to be the last step."""
    return _generator(kind, noise_dim, last=None)


def build_generator__sigmoid(kind, noise_dim):
    """There is a sigmoid at the end: no pixel is ever below 0, while black is -1 in the data."""
    return _generator(kind, noise_dim, last="sigmoid")


def build_generator__relu_on_pixels(kind, noise_dim):
    """There is a hidden layer's activation at the end, which bounds the pixels on one side only."""
    return _generator(kind, noise_dim, last="relu")


def build_generator__relu(kind, noise_dim):
    """A hidden activation lets nothing through that is negative, as a ReLU: it has to leak."""
    return _generator(kind, noise_dim, hidden="relu")


def build_generator__smooth_activation(kind, noise_dim):
    """A hidden activation saturates, such as tanh, a sigmoid or ELU: what is negative must pass."""
    return _generator(kind, noise_dim, hidden="tanh")


def build_generator__no_activation(kind, noise_dim):
    """There is no activation between the layers, so that they amount to a single one."""
    return _generator(kind, noise_dim, hidden=None)


def build_generator__one_activation_missing(kind, noise_dim):
    """A hidden layer has no activation: with the layer after it, it amounts to a single one."""
    check_kind(kind)
    return K.Sequential(
        [K.Input((noise_dim,)), L.Dense(30), L.BatchNormalization(), *_generator(kind, 30).layers]
    )


def build_generator__flat_images(kind, noise_dim):
    """The images come as rows of 784 pixels; they have to be brought into their shape."""
    return _generator(kind, noise_dim, end=[L.Flatten()])


def build_generator__no_channel(kind, noise_dim):
    """The axis of the channel is missing from the images."""
    return _generator(kind, noise_dim, end=[L.Reshape((28, 28))])


def build_generator__another_size(kind, noise_dim):
    """The images are not 28 by 28: count what each stride makes of height and width."""
    return _generator(kind, noise_dim, end=[L.ZeroPadding2D(2)])


def build_generator__dense_for_both(kind, noise_dim):
    """Both kinds are the same dense network."""
    check_kind(kind)
    return _generator("dense", noise_dim)


def build_generator__dense_convolves(kind, noise_dim):
    """Both kinds have convolutions; 'dense' is to have none."""
    check_kind(kind)
    return _generator("conv", noise_dim)


def build_generator__no_transposed_convolution(kind, noise_dim):
    """There is no transposed convolution: images grow by upsampling alone."""
    if kind != "conv":
        return _generator(kind, noise_dim)
    return K.Sequential(
        [
            K.Input((noise_dim,)),
            L.Dense(14 * 14 * 4, _leaky),
            L.Reshape((14, 14, 4)),
            L.UpSampling2D(),
            L.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )


def build_generator__no_stride(kind, noise_dim):
    """The transposed convolutions have no stride: they do not make images larger."""
    if kind != "conv":
        return _generator(kind, noise_dim)
    return K.Sequential(
        [
            K.Input((noise_dim,)),
            L.Dense(28 * 28 * 2, _leaky),
            L.Reshape((28, 28, 2)),
            L.Conv2DTranspose(1, 4, padding="same", activation="tanh"),
        ]
    )


def build_generator__any_kind(kind, noise_dim):
    """Any other kind is taken for one of the two; a ValueError is expected."""
    return _generator("conv" if kind == "conv" else "dense", noise_dim)


def build_generator__another_error(kind, noise_dim):
    """Another kind raises another error than the ValueError that is expected."""
    return {"dense": _generator, "conv": _generator}[kind](kind, noise_dim)


def build_generator__assertion(kind, noise_dim):
    """Another kind is refused by an assert, which raises no ValueError and may be turned off."""
    assert kind in ("dense", "conv")
    return _generator(kind, noise_dim)


class _Noisy(L.Layer):
    def call(self, x):
        return tf.random.uniform(tf.shape(x), -1.0, 1.0)


def build_generator__random_when_used(kind, noise_dim):
    """The same input gives another output each time: noise is drawn, or dropout works, inside."""
    inner = _generator(kind, noise_dim)
    return K.Sequential([K.Input((noise_dim,)), _Noisy(), inner])


class _Zeros(L.Layer):
    def call(self, x):
        return tf.zeros_like(x)


def build_generator__input_ignored(kind, noise_dim):
    """The output does not depend on the input: every image is the same."""
    return K.Sequential([K.Input((noise_dim,)), _Zeros(), _generator(kind, noise_dim)])


class _AlwaysTraining(K.Model):
    def __init__(self, inner):
        super().__init__()
        self.normal = L.BatchNormalization()
        self.inner = inner

    def call(self, x, training=False):
        return self.inner(self.normal(x, training=True))


def build_generator__batch_statistics(kind, noise_dim):
    """training=True stands inside: an image depends on the others in the batch when it is used."""
    return _AlwaysTraining(_generator(kind, noise_dim))


def build_generator__not_trainable(kind, noise_dim):
    """A layer is frozen, or made where the model does not know of it, and is never trained."""
    model = _generator(kind, noise_dim)
    model.layers[0].trainable = False
    return model


class _Unused(K.Model):
    def __init__(self, inner, idle):
        super().__init__()
        self.inner, self.idle = inner, idle

    def call(self, x, training=False):
        self.idle(x)
        return self.inner(x)


def build_generator__layer_unused(kind, noise_dim):
    """A layer is made and called, but what it returns is not used."""
    return _Unused(_generator(kind, noise_dim), L.Dense(3))


_BUILT = {}


def build_generator__built_once(kind, noise_dim):
    """A network made once is returned on every call, with whatever it has learned."""
    if (kind, noise_dim) not in _BUILT:
        _BUILT[kind, noise_dim] = _generator(kind, noise_dim)
    return _BUILT[kind, noise_dim]


def build_generator__nothing_returned(kind, noise_dim):
    """The network is built, but not returned."""
    _generator(kind, noise_dim)


def build_generator__fixed_noise_dim(kind, noise_dim):
    """The length of the noise is written into the network; noise_dim is to be used."""
    return _generator(kind, 100)


# ── build_discriminator ──────────────────────────────────────────────────────────────────────


def _discriminator(kind, hidden=_leaky, last=None, before=(), end=(), units=1):
    """A right one, of which the mistakes change something."""
    check_kind(kind)
    if kind == "dense":
        layers = [L.Flatten(), L.Dense(40, hidden)]
    else:
        layers = [L.Conv2D(6, 4, strides=2, padding="same", activation=hidden), L.Flatten()]
    return K.Sequential([K.Input((28, 28, 1)), *before, *layers, L.Dense(units, last), *end])


def build_discriminator__sigmoid(kind):
    """There is a sigmoid at the end; the losses of this sheet take logits."""
    return _discriminator(kind, last="sigmoid")


def build_discriminator__tanh(kind):
    """There is a tanh at the end, which is for images; the losses take logits."""
    return _discriminator(kind, last="tanh")


def build_discriminator__relu_on_logits(kind):
    """The last layer has an activation that lets no logit be negative."""
    return _discriminator(kind, last="relu")


def build_discriminator__softmax(kind):
    """There is a softmax over a single output, which is 1 whatever the image."""
    return _discriminator(kind, last="softmax")


def build_discriminator__leaky_on_logits(kind):
    """A hidden layer's activation follows the last layer, which makes negative logits smaller."""
    return _discriminator(kind, last=_leaky)


def build_discriminator__dropout_on_logits(kind):
    """Dropout follows the last layer: in training some logits are 0, whatever the image."""
    return _discriminator(kind, end=[L.Dropout(0.3)])


def build_discriminator__normalised_logits(kind):
    """The logits are normalised over the batch, so that their mean says nothing in training."""
    return _discriminator(kind, end=[L.BatchNormalization()])


def build_discriminator__no_flatten(kind):
    """Dense works on the last axis, a pixel at a time: Flatten is missing before it."""
    check_kind(kind)
    if kind == "conv":
        return _discriminator(kind)
    return K.Sequential([K.Input((28, 28, 1)), L.Dense(20, _leaky), L.Dense(1)])


def build_discriminator__two_logits(kind):
    """There are two outputs for an image; one logit is expected."""
    return _discriminator(kind, units=2)


def build_discriminator__no_second_axis(kind):
    """The logits have the shape (batch,); (batch, 1) is expected."""
    return _discriminator(kind, end=[L.Reshape(())])


def build_discriminator__another_size(kind):
    """There is another number of outputs than one for an image."""
    return _discriminator(kind, units=10)


def build_discriminator__relu(kind):
    """A hidden activation lets nothing through that is negative, as a ReLU: it has to leak."""
    return _discriminator(kind, hidden="relu")


def build_discriminator__smooth_activation(kind):
    """A hidden activation saturates, such as tanh, a sigmoid or ELU: what is negative must pass."""
    return _discriminator(kind, hidden="elu")


def build_discriminator__no_activation(kind):
    """There is no activation between the layers, so that they amount to a single one."""
    return _discriminator(kind, hidden=None)


def build_discriminator__one_activation_missing(kind):
    """A hidden layer has no activation: with the layer after it, it amounts to a single one."""
    check_kind(kind)
    return K.Sequential([*_discriminator(kind, units=20).layers, L.Dense(1)])


def build_discriminator__dense_for_both(kind):
    """Both kinds are the same dense network."""
    check_kind(kind)
    return _discriminator("dense")


def build_discriminator__dense_convolves(kind):
    """Both kinds have convolutions; 'dense' is to have none."""
    check_kind(kind)
    return _discriminator("conv")


def build_discriminator__any_kind(kind):
    """Any other kind is taken for one of the two; a ValueError is expected."""
    return _discriminator("conv" if kind.startswith("conv") else "dense")


def build_discriminator__another_error(kind):
    """Another kind raises another error than the ValueError that is expected."""
    return {"dense": _discriminator, "conv": _discriminator}[kind](kind)


def build_discriminator__assertion(kind):
    """Another kind is refused by an assert, which raises no ValueError and may be turned off."""
    assert kind in ("dense", "conv")
    return _discriminator(kind)


class _AlwaysDropping(L.Layer):
    def call(self, x):
        return tf.nn.dropout(x, 0.3)


def build_discriminator__random_when_used(kind):
    """The same input gives another output each time: dropout works at training=False too."""
    return _discriminator(kind, before=[_AlwaysDropping()])


def build_discriminator__input_ignored(kind):
    """The output does not depend on the input: every image has the same logit."""
    return _discriminator(kind, before=[_Zeros()])


def build_discriminator__batch_statistics(kind):
    """training=True stands inside: a logit depends on the other images in the batch."""
    return _AlwaysTraining(_discriminator(kind))


def build_discriminator__not_trainable(kind):
    """A layer is frozen, or made where the model does not know of it, and is never trained."""
    model = _discriminator(kind)
    model.layers[0 if kind == "conv" else 1].trainable = False
    return model


def build_discriminator__layer_unused(kind):
    """A layer is made and called, but what it returns is not used."""
    return _Unused(_discriminator(kind), L.Dense(3))


_BUILT_D = {}


def build_discriminator__built_once(kind):
    """A network made once is returned on every call, with whatever it has learned."""
    if kind not in _BUILT_D:
        _BUILT_D[kind] = _discriminator(kind)
    return _BUILT_D[kind]


def build_discriminator__nothing_returned(kind):
    """The network is built, but not returned."""
    _discriminator(kind)


# ── train_step ───────────────────────────────────────────────────────────────────────────────
# Each calls the losses by their names, as students do, so that a check can put right ones in their
# place; see checks.py.


def _losses(generator, discriminator, images, z, training=True):
    """Both losses, as they should be."""
    fake = discriminator(generator(z, training=training), training=training)
    real = discriminator(images, training=training)
    return discriminator_loss(real, fake), generator_loss(fake)


def _apply(optimizer, gradients, variables):
    optimizer.apply_gradients(zip(gradients, variables, strict=True))


def _moved(tape, losses, networks, optimizers):
    """A step of each optimizer for its network, along its loss."""
    gradients = [
        tape.gradient(loss, network.trainable_variables)
        for loss, network in zip(losses, networks, strict=True)
    ]
    for optimizer, found, network in zip(optimizers, gradients, networks, strict=True):
        _apply(optimizer, found, network.trainable_variables)


def _stepped(generator, discriminator, images, g_optimizer, d_optimizer, z, losses_of):
    """A right step but for the losses; losses_of takes the logits of fake and real images."""
    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(generator(z, training=True), training=True)
        losses = losses_of(fake, discriminator(images, training=True))
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def _in_turn(networks, losses_of, flags=(True, True), steps_of_g=1):
    """D's step, then G's through the D that has moved; flags: training, in each of the two.

    losses_of: two functions, of the logits of real and fake images, and of fake ones.
    """
    generator, discriminator, images, g_optimizer, d_optimizer, z = networks
    first, then = flags
    with tf.GradientTape() as tape:
        fake = discriminator(generator(z, training=first), training=first)
        d_loss = losses_of[0](discriminator(images, training=first), fake)
    _moved(tape, [d_loss], [discriminator], [d_optimizer])
    for _ in range(steps_of_g):
        with tf.GradientTape() as tape:
            fake = discriminator(generator(z, training=then), training=then)
            g_loss = losses_of[1](fake)
        _moved(tape, [g_loss], [generator], [g_optimizer])
    return d_loss, g_loss


def train_step__saturating(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G is trained with the minimax loss, which learns slowly; the other one is expected."""

    def losses_of(fake, real):
        minimax = -tf.reduce_mean(tf.nn.softplus(fake))
        return discriminator_loss(real, fake), minimax

    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _stepped(*networks, losses_of)


def train_step__saturating_in_turn(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """After D's step, G is trained with the minimax loss, which learns slowly: take the other."""

    def minimax(fake):
        return -tf.reduce_mean(tf.nn.softplus(fake))

    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _in_turn(networks, (discriminator_loss, minimax))


def train_step__minus_d_loss(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G gets D's loss with the sign turned; its own loss is another one."""

    def losses_of(fake, real):
        d_loss = discriminator_loss(real, fake)
        return d_loss, -d_loss

    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _stepped(*networks, losses_of)


def train_step__g_loss_on_real(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The generator's loss gets the logits of the real images."""
    with tf.GradientTape(persistent=True) as tape:
        d_loss, _ = _losses(generator, discriminator, images, z)
        g_loss = generator_loss(discriminator(images, training=True))
        g_loss += 0.0 * tf.reduce_sum(generator(z, training=True))
    _moved(tape, (d_loss, g_loss), (discriminator, generator), (d_optimizer, g_optimizer))
    return d_loss, g_loss


def train_step__real_and_fake_swapped(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """D's loss gets the logits of G's images first, as if they were the real ones."""

    def losses_of(fake, real):
        return discriminator_loss(fake, real), generator_loss(fake)

    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _stepped(*networks, losses_of)


def train_step__real_and_fake_swapped_in_turn(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """D's loss gets G's images as the real ones, and G learns from that D: mind the order."""

    def swapped(real, fake):
        return discriminator_loss(fake, real)

    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _in_turn(networks, (swapped, generator_loss))


def train_step__batch_taken_apart_wrongly(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """Real images and G's go through D as one batch, and are taken for each other afterwards."""
    with tf.GradientTape(persistent=True) as tape:
        made = generator(z, training=True)
        batch = tf.concat([made, tf.cast(images, made.dtype)], axis=0)
        logits = discriminator(batch, training=True)
        count = tf.shape(images)[0]
        real, fake = logits[:count], logits[count:]
        losses = discriminator_loss(real, fake), generator_loss(fake)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__inference(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The networks are called without training=True."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z, training=False)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__generator_in_inference(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """The generator is called without training=True; the discriminator alone has it."""
    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(generator(z), training=True)
        losses = (
            discriminator_loss(discriminator(images, training=True), fake),
            generator_loss(fake),
        )
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__images_for_d_in_inference(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """The images for D's step come from a generator without training=True."""
    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(generator(z), training=True)
        losses = (
            discriminator_loss(discriminator(images, training=True), fake),
            generator_loss(discriminator(generator(z, training=True), training=True)),
        )
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__discriminator_in_inference(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """The discriminator is called without training=True; the generator alone has it."""
    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(generator(z, training=True))
        losses = discriminator_loss(discriminator(images), fake), generator_loss(fake)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__fakes_in_inference(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The discriminator sees G's images without training=True; with real ones it has it."""
    with tf.GradientTape(persistent=True) as tape:
        fake = discriminator(generator(z, training=True))
        real = discriminator(images, training=True)
        losses = discriminator_loss(real, fake), generator_loss(fake)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__inference_in_turn(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Neither in D's step nor in G's, which comes after it, is there a training=True."""
    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _in_turn(networks, (discriminator_loss, generator_loss), (False, False))


def train_step__g_step_in_inference(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """In G's own step, after D's, the networks are called without training=True."""
    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _in_turn(networks, (discriminator_loss, generator_loss), (True, False))


def train_step__d_not_moved(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The discriminator is not moved."""
    with tf.GradientTape() as tape:
        losses = _losses(generator, discriminator, images, z)
    variables = generator.trainable_variables
    _apply(g_optimizer, tape.gradient(losses[1], variables), variables)
    return losses


def train_step__g_not_moved(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The generator is not moved."""
    with tf.GradientTape() as tape:
        losses = _losses(generator, discriminator, images, z)
    variables = discriminator.trainable_variables
    _apply(d_optimizer, tape.gradient(losses[0], variables), variables)
    return losses


def train_step__g_first(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G is moved before D's loss is computed: D learns from other images than it should."""
    with tf.GradientTape() as tape:
        g_loss = generator_loss(discriminator(generator(z, training=True), training=True))
    variables = generator.trainable_variables
    _apply(g_optimizer, tape.gradient(g_loss, variables), variables)
    with tf.GradientTape() as tape:
        d_loss, _ = _losses(generator, discriminator, images, z)
    variables = discriminator.trainable_variables
    _apply(d_optimizer, tape.gradient(d_loss, variables), variables)
    return d_loss, g_loss


def train_step__d_moves_g(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The gradient of D's loss reaches G, and moves it too."""
    with tf.GradientTape(persistent=True) as tape:
        d_loss, g_loss = _losses(generator, discriminator, images, z)
        both = d_loss + g_loss
    _moved(tape, (d_loss, both), (discriminator, generator), (d_optimizer, g_optimizer))
    return d_loss, g_loss


def train_step__g_moves_d(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The gradient of G's loss moves D too, which then works for G."""
    with tf.GradientTape(persistent=True) as tape:
        d_loss, g_loss = _losses(generator, discriminator, images, z)
        both = d_loss + g_loss
    _moved(tape, (both, g_loss), (discriminator, generator), (d_optimizer, g_optimizer))
    return d_loss, g_loss


def train_step__one_loss_for_both(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Both networks go down the sum of the two losses; each has a loss of its own."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
        both = sum(losses)
    _moved(tape, (both, both), (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__both_down_d_loss(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G goes down D's loss as well: it helps D instead of fooling it."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses[:1] * 2, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__optimizers_swapped(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Each network is given to the other one's optimizer."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (g_optimizer, d_optimizer))
    return losses


def train_step__one_optimizer(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """One optimizer moves the variables of both networks."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, d_optimizer))
    return losses


def train_step__all_variables(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The optimizer gets all variables, with those that are not trained, such as running means."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    for loss, network, optimizer in (
        (losses[0], discriminator, d_optimizer),
        (losses[1], generator, g_optimizer),
    ):
        _apply(optimizer, tape.gradient(loss, network.variables), network.variables)
    return losses


def train_step__fakes_detached(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The images for G's loss are cut off from G, by stop_gradient or outside the tape."""
    fakes = generator(z, training=True)
    with tf.GradientTape(persistent=True) as tape:
        logits = discriminator(fakes, training=True)
        d_loss = discriminator_loss(discriminator(images, training=True), logits)
        g_loss = generator_loss(logits)
    _moved(tape, (d_loss, g_loss), (discriminator, generator), (d_optimizer, g_optimizer))
    return d_loss, g_loss


def train_step__own_noise(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Noise is drawn inside; the noise to use is passed as z."""
    z = tf.random.uniform(tf.shape(z), -1.0, 1.0)
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__new_noise_for_g(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G's step has new noise of its own; both steps take the z that is passed."""
    with tf.GradientTape(persistent=True) as tape:
        d_loss, _ = _losses(generator, discriminator, images, z)
        _, g_loss = _losses(generator, discriminator, images, tf.random.uniform(tf.shape(z)))
    _moved(tape, (d_loss, g_loss), (discriminator, generator), (d_optimizer, g_optimizer))
    return d_loss, g_loss


def train_step__returned_in_another_order(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """The losses are returned in the other order: D's comes first."""
    with tf.GradientTape(persistent=True) as tape:
        d_loss, g_loss = _losses(generator, discriminator, images, z)
    _moved(tape, (d_loss, g_loss), (discriminator, generator), (d_optimizer, g_optimizer))
    return g_loss, d_loss


def train_step__losses_after(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The losses after the step are returned; those before it are expected."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return _losses(generator, discriminator, images, z)


def train_step__g_loss_after(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The loss of G is computed again after the step; the one before it is expected."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses[0], _losses(generator, discriminator, images, z)[1]


def train_step__g_loss_before(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G's loss is that before D's step, but G's gradient is taken after it: return its own."""
    before = _losses(generator, discriminator, images, z)[1]
    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _in_turn(networks, (discriminator_loss, generator_loss))[0], before


def train_step__nothing_returned(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The steps are right, but the losses are not returned."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))


def train_step__sum_returned(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The sum of the losses is returned; both are expected, each by itself."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return sum(losses)


def train_step__eager_only(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The losses are returned as plain numbers (float(), .numpy()); tensors are expected."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    _moved(tape, losses, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses[0].numpy(), losses[1].numpy()


def train_step__two_steps_of_d(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """D takes two steps for one of G; one of each is expected."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    pairs = (discriminator, discriminator, generator), (d_optimizer, d_optimizer, g_optimizer)
    _moved(tape, (losses[0], *losses), *pairs)
    return losses


def train_step__two_steps_of_g(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """G takes two steps for one of D; one of each is expected."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    pairs = (discriminator, generator, generator), (d_optimizer, g_optimizer, g_optimizer)
    _moved(tape, (*losses, losses[1]), *pairs)
    return losses


def train_step__two_steps_of_g_in_turn(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """G takes two steps after D's, the second from where the first led; one is expected."""
    networks = generator, discriminator, images, g_optimizer, d_optimizer, z
    return _in_turn(networks, (discriminator_loss, generator_loss), steps_of_g=2)


def train_step__optimizers_made_anew(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """New optimizers are made in every step: they forget, and those that were passed do nothing."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    fresh = [type(one).from_config(one.get_config()) for one in (d_optimizer, g_optimizer)]
    _moved(tape, losses, (discriminator, generator), fresh)
    return losses


def train_step__plain_gradient_descent(
    generator, discriminator, images, g_optimizer, d_optimizer, z
):
    """The variables are moved by hand, along the gradient; the optimizers are not used."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    for loss, network, optimizer in (
        (losses[0], discriminator, d_optimizer),
        (losses[1], generator, g_optimizer),
    ):
        variables = network.trainable_variables
        for one, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            one.assign_sub(optimizer.learning_rate * gradient)
    return losses


def train_step__uphill(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """Both steps go uphill: the sign of the gradients, or of the losses, is turned."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
        turned = [-loss for loss in losses]
    _moved(tape, turned, (discriminator, generator), (d_optimizer, g_optimizer))
    return losses


def train_step__d_loss_halved(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """D's loss is halved, which the formula does not say."""
    with tf.GradientTape(persistent=True) as tape:
        d_loss, g_loss = _losses(generator, discriminator, images, z)
        d_loss = d_loss / 2
    _moved(tape, (d_loss, g_loss), (discriminator, generator), (d_optimizer, g_optimizer))
    return d_loss, g_loss


def train_step__gradients_clipped(generator, discriminator, images, g_optimizer, d_optimizer, z):
    """The gradients are clipped before the step, which is not part of it."""
    with tf.GradientTape(persistent=True) as tape:
        losses = _losses(generator, discriminator, images, z)
    for loss, network, optimizer in (
        (losses[0], discriminator, d_optimizer),
        (losses[1], generator, g_optimizer),
    ):
        variables = network.trainable_variables
        gradients = [tf.clip_by_norm(g, 0.02) for g in tape.gradient(loss, variables)]
        _apply(optimizer, gradients, variables)
    return losses
