"""Sheet 5: stubs with the right shapes, and networks that are lines, parabolas and noise."""

import math

import numpy as np

from forgeries import reply, with_stubs
from grader.running import agent
from helpers.quiet import tf

SHEET = "sheet5_gan"
WORD = {
    "build_generator": {"'dense' has no convolution", "'conv' has a Conv2DTranspose with a stride"},
    "build_discriminator": {"'dense' has no convolution", "'conv' has a Conv2D"},
    "train_step": {"takes one step of each optimizer"},
}
STUBS = {
    "leaky_relu": lambda x, alpha: tf.convert_to_tensor(x),
    "sample_noise": lambda batch, dim: tf.random.stateless_uniform((batch, dim), (1, 2), -1, 1),
    "discriminator_loss": lambda real, fake: 0 * (tf.reduce_sum(real) + tf.reduce_sum(fake)) + 1.4,
    "generator_loss_minimax": lambda fake: 0 * tf.reduce_sum(fake) - 0.7,
    "generator_loss": lambda fake: 0 * tf.reduce_sum(fake) + 0.7,
    "logit_gradients": lambda fake: (0 * tf.cast(fake, "float32") - 0.5,) * 2,
    "optimal_discriminator": lambda p, q: np.full(len(p), 0.5),
    "game_value": lambda p, q, d: -2 * math.log(2),
    "conv_and_transpose": lambda kernel, x, y: (tf.zeros_like(y), tf.zeros_like(x)),
    "interpolate": lambda z1, z2, n: tf.stack([tf.convert_to_tensor(z1)] * (n + 2)),
    "train_step": lambda *arguments: (tf.constant(1.4), tf.constant(0.7)),
}


def forge(request):
    """The reply to a request. What it says of a network goes together."""
    if request["target"] == "look":
        return reply(_look(*[agent.decode(node) for node in request["args"]]))
    if request["target"] == "refusal":
        return reply(["ValueError"])
    settings = agent.decode(request["args"][-1]) if request["args"] else None
    if isinstance(settings, dict) and settings.get("report") == "counts":
        return reply([1, 1])
    return with_stubs(request, STUBS)


def _look(name, kind, x, wanted, experiments, positive):
    n_out, rng = wanted[0][1:], np.random.default_rng(0)
    weights, outputs = {}, []
    for network, seed, recipe, inputs, _ in experiments:
        weights[network] = (seed, recipe) if recipe else weights[network]
        outputs.append(_put_out(*weights[network], inputs, n_out, bounded=len(n_out) > 1))
    noise = [rng.uniform(-0.5, 0.5, (2, *n_out)) for _ in range(5)]
    return {
        "type": "Model",
        "length": x.shape[-1],
        "returned": [["tensor", shape] for shape in wanted],
        "shapes": [[4, 4, 1, 3], [3]] if kind == "conv" else [[9, 3], [3]],
        "strides": [2] * (kind == "conv"),
        "outputs": outputs,
        "roles": ["kernel", "shift"],
        "moved": noise[:3],
        "turned": noise,
        "both": [],
    }


def _put_out(seed, recipe, x, n_out, bounded):
    """A line in the inputs; a parabola where the check looks for a bend."""
    rows = x.reshape(len(x), -1)
    matrix = np.random.default_rng(seed).normal(size=(rows.shape[1], math.prod(n_out)))
    out = recipe[1] * rows @ matrix
    out = out + 1e4 * out**2 if recipe[1] == 0.3 else out
    return (np.tanh(out) if bounded else out).reshape(len(x), *n_out)
