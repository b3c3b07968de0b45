"""Sample submissions to this sheet: what `make grade` grades on a fresh machine.

What each student changed in the solution's cells, by grade id; `python -m grader samples` writes
the notebooks to submitted/.
"""

# Everything right, each function in another style than the solution's.
UNUSUAL = {
    "normal-init": """\
def normal_init(n_in, n_out):
    draw = np.random.default_rng().standard_normal
    return [tf.Variable(draw(shape), dtype=tf.float32) for shape in ((n_in, n_out), n_out)]
""",
    "encoder": """\
from functools import reduce


def encoder(x, layers):
    start = tf.cast(x, tf.float32)
    return reduce(lambda y, layer: tf.nn.sigmoid(y @ layer[0] + layer[1]), layers, start)
""",
    "decoder": """\
def decoder(y, layers):
    z = tf.cast(y, tf.float32)
    for layer in layers:
        z = (tf.tanh(tf.nn.bias_add(tf.einsum("bi,ij->bj", z, layer[0]), layer[1]) / 2) + 1) / 2
    return z
""",
    "mean-squared-loss": """\
def mean_squared_loss(x, z):
    return tf.reduce_mean(tf.norm(tf.cast(x, tf.float64) - tf.cast(z, tf.float64), axis=1) ** 2)
""",
    "cross-entropy-loss": """\
def cross_entropy_loss(x, z):
    z = tf.convert_to_tensor(z)
    nats = tf.keras.losses.binary_crossentropy(tf.cast(x, z.dtype), z) * z.shape[1]
    return tf.reduce_mean(nats)
""",
    "xavier-init": """\
def xavier_init(n_in, n_out):
    W = tf.keras.initializers.GlorotUniform()((n_in, n_out))
    return tf.Variable(W), tf.Variable([0.0] * n_out)
""",
    "make-stack": """\
def make_stack(sizes, init):
    return list(map(init, sizes[:-1], sizes[1:]))
""",
    # the sigmoids written out, and whatever the tape has seen
    "train-step": """\
def train_step(x, encoder_layers, decoder_layers, loss_fn, optimizer):
    with tf.GradientTape() as tape:
        z = tf.cast(x, tf.float32)
        for W, b in [*encoder_layers, *decoder_layers]:
            z = tf.sigmoid(z @ W + b)
        loss = loss_fn(x, z)
    seen = tape.watched_variables()
    optimizer.apply(tape.gradient(loss, seen), seen)
    return loss
""",
    "deeper": """\
def deeper_sizes():
    sizes = [784, 256, 128]
    sizes.append(64)
    return sizes
""",
}

# Four of the usual mistakes, one function not written and one text not answered.
TYPICAL = {
    # no sigmoid on the code
    "encoder": """\
def encoder(x, layers):
    y = tf.cast(x, tf.float32)
    for i, (W, b) in enumerate(layers):
        y = tf.matmul(y, W) + b
        if i < len(layers) - 1:
            y = tf.nn.sigmoid(y)
    return y
""",
    # the mean over the pixels
    "mean-squared-loss": """\
def mean_squared_loss(x, z):
    return tf.reduce_mean(tf.square(x - z))
""",
    # 1 - 1e-12 is 1 in float32
    "cross-entropy-loss": """\
def cross_entropy_loss(x, z):
    z = tf.clip_by_value(z, 1e-12, 1 - 1e-12)
    losses = x * tf.math.log(z) + (1 - x) * tf.math.log(1 - z)
    return -tf.reduce_mean(tf.reduce_sum(losses, axis=1))
""",
    # right for the number of inputs alone
    "xavier-init": """\
def xavier_init(n_in, n_out):
    W = tf.Variable(tf.random.normal((n_in, n_out), stddev=1 / np.sqrt(n_in)))
    b = tf.Variable(tf.zeros((n_out,)))
    return W, b
""",
    "deeper": """\
def deeper_sizes():
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")
""",
    "what-mattered": "YOUR ANSWER HERE",
}

SAMPLES = {
    "ada": {},
    "bruno": UNUSUAL,
    "team-noether": TYPICAL,
}
