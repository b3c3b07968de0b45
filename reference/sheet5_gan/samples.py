"""Sample submissions to this sheet: what `make grade` grades on a fresh machine.

What each student changed in the solution's cells, by grade id; `python -m grader samples` writes
the notebooks to submitted/.
"""

# Everything right, each function in another style than the solution's.
UNUSUAL = {
    "optimal-discriminator": """\
def optimal_discriminator(p_data, p_model):
    answers = []
    for data, model in zip(p_data.tolist(), p_model.tolist(), strict=True):
        answers.append(data / (data + model) if data or model else 0.5)
    return np.array(answers)
""",
    "game-value": """\
from scipy.special import xlog1py, xlogy


def game_value(p_data, p_model, d):
    return float((xlogy(p_data, d) + xlog1py(p_model, -d)).sum())
""",
    # a cross-entropy with labels, as in most tutorials
    "discriminator-loss": """\
def discriminator_loss(real_logits, fake_logits):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real = entropy(labels=tf.ones_like(real_logits), logits=real_logits)
    fake = entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)
""",
    "generator-loss-minimax": """\
def generator_loss_minimax(fake_logits):
    return tf.reduce_mean(tf.math.log_sigmoid(-tf.convert_to_tensor(fake_logits)))
""",
    "generator-loss": """\
cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)


def generator_loss(fake_logits):
    column = tf.reshape(fake_logits, (-1, 1))
    return cross_entropy(tf.ones_like(column), column)
""",
    # by a tape
    "logit-gradients": """\
def logit_gradients(fake_logits):
    a = tf.convert_to_tensor(fake_logits)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        minimax = tf.math.log_sigmoid(-a)
        non_saturating = -tf.math.log_sigmoid(a)
    return tape.gradient(minimax, a), tape.gradient(non_saturating, a)
""",
    "leaky-relu": """\
def leaky_relu(x, alpha):
    return tf.maximum(x, 0) + alpha * tf.minimum(x, 0)
""",
    "sample-noise": """\
def sample_noise(batch, dim):
    return tf.constant(np.random.default_rng().uniform(-1, 1, (batch, dim)).astype("float32"))
""",
    # one after the other, each with images of its own
    "train-step": """\
def train_step(generator, discriminator, images, g_optimizer, d_optimizer, z):
    fakes = generator(z, training=True)
    with tf.GradientTape() as tape:
        real_logits = discriminator(images, training=True)
        d_loss = discriminator_loss(real_logits, discriminator(fakes, training=True))
    gradients = tape.gradient(d_loss, discriminator.trainable_variables)
    d_optimizer.apply(gradients, discriminator.trainable_variables)
    with tf.GradientTape() as tape:
        fake_logits = discriminator(generator(z, training=True), training=True)
        g_loss = generator_loss(fake_logits)
    gradients = tape.gradient(g_loss, generator.trainable_variables)
    g_optimizer.apply(gradients, generator.trainable_variables)
    return d_loss, g_loss
""",
    "conv-transpose": """\
def conv_and_transpose(kernel, x, y):
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        small = tf.nn.convolution(x, kernel, strides=2, padding="SAME")
        product = tf.reduce_sum(small * y)
    return small, tape.gradient(product, x)
""",
    # functional
    "build-generator": """\
def build_generator(kind, noise_dim):
    from tensorflow.keras import layers

    z = x = tf.keras.Input((noise_dim,))
    if kind == "dense":
        for width in (128, 256):
            x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(width)(x))
            x = layers.BatchNormalization()(x)
        x = layers.Dense(784, activation="tanh")(x)
        return tf.keras.Model(z, layers.Reshape((28, 28, 1))(x))
    if kind == "conv":
        x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(7 * 7 * 32)(x))
        x = layers.Reshape((7, 7, 32))(layers.BatchNormalization()(x))
        x = layers.Conv2DTranspose(16, 5, strides=2, padding="same")(x)
        x = layers.BatchNormalization()(layers.LeakyReLU(negative_slope=0.2)(x))
        x = layers.Conv2DTranspose(1, 5, strides=2, padding="same")(x)
        return tf.keras.Model(z, layers.Activation("tanh")(x))
    raise ValueError(kind)
""",
    # a class
    "build-discriminator": """\
class Discriminator(tf.keras.Model):
    def __init__(self, first):
        super().__init__()
        self.first = first
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(64)
        self.last = tf.keras.layers.Dense(1)

    def call(self, images, training=False):
        x = images
        for layer in self.first:
            x = leaky_relu(layer(x), 0.1)
        x = leaky_relu(self.middle(self.flatten(x)), 0.1)
        return self.last(x)


def build_discriminator(kind):
    if kind not in ("dense", "conv"):
        raise ValueError(f"a network of the kind {kind} is not known")
    first = [tf.keras.layers.Conv2D(n, 3, strides=2, padding="same") for n in (8, 16)]
    network = Discriminator(first if kind == "conv" else [])
    network(tf.zeros((1, 28, 28, 1)))
    return network
""",
    "interpolate": """\
def interpolate(z1, z2, n):
    return tf.linspace(z1, z2, n + 2)
""",
    "game-value-derivation": r'''\
game_value_derivation = r"""
V(D^*, G) = \mathbb{E}_{p_{data}}[\ln D^*(x)] + \mathbb{E}_{z \sim p_z}[\ln(1 - D^*(G(z)))]
= \mathbb{E}_{p_{data}}[\ln \frac{p_{data}(x)}{p_{data}(x) + p_m(x)}]
  + \mathbb{E}_{p_m}[\ln \frac{p_m(x)}{p_{data}(x) + p_m(x)}]
= KL(p_{data} \| \frac{p_{data} + p_m}{2}) - \ln 2
  + KL(p_m \| \frac{p_{data} + p_m}{2}) - \ln 2
= 2 \, \mathrm{JSD}(p_{data} \| p_m) - \ln 4
"""
''',
}

# Five of the usual mistakes, one function not written and one text not answered.
TYPICAL = {
    # as in the exercise of another course: right for an alpha below 1
    "leaky-relu": """\
def leaky_relu(x, alpha):
    return tf.maximum(x, alpha * x)
""",
    # probabilities, and a small number against log 0
    "discriminator-loss": """\
def discriminator_loss(real_logits, fake_logits):
    d_real, d_fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return -tf.reduce_mean(tf.math.log(d_real + 1e-8)) - tf.reduce_mean(
        tf.math.log(1 - d_fake + 1e-8)
    )
""",
    # the minimax loss with its sign turned
    "generator-loss": """\
def generator_loss(fake_logits):
    return tf.reduce_mean(tf.nn.softplus(fake_logits))
""",
    "optimal-discriminator": """\
def optimal_discriminator(p_data, p_model):
    return p_data / (p_data + p_model)
""",
    "logit-gradients": """\
def logit_gradients(fake_logits):
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")
""",
    # n points altogether
    "interpolate": """\
def interpolate(z1, z2, n):
    return tf.stack([z1 + (z2 - z1) * i / (n - 1) for i in range(n)])
""",
    "minimax": "YOUR ANSWER HERE",
    # one log 2 only
    "game-value-derivation": r'''\
game_value_derivation = r"""
V &= \mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))] \\
&= \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}]
   + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}] \\
&= 2 JS(p_{data} \| p_{model}) - \log 2
"""
check_derivation("game_value_derivation", game_value_derivation)
''',
}

SAMPLES = {
    "ada": {},
    "bruno": UNUSUAL,
    "team-noether": TYPICAL,
}
