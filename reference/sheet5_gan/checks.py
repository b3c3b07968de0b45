"""What the judge tries on each function of sheet 5: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs, or are probes that run beside the student's
functions.
"""

import numpy as np

from helpers.quiet import tf
from reference import randomness
from reference.sheet5_gan.networks.checks import (  # noqa: F401
    build_discriminator,
    build_generator,
    train_step,
)

# ── leaky_relu ───────────────────────────────────────────────────────────────────────────────


def leaky_relu(student, draw):
    name, small = "leaky_relu", draw.between(0.05, 0.4)
    x = _both_signs(draw, (4, 5))
    yield student.compare(
        name, tf.constant(x), small, what="agrees with the formula", core=True, share=4
    )
    for alpha, what in (
        (draw.between(1.5, 3.0), "an alpha above 1"),
        (1.0, "alpha = 1"),
        (0.0, "alpha = 0"),
    ):
        yield student.compare(name, tf.constant(x), alpha, what=f"takes {what}", share=2)
    for kind, same, tolerance in (
        ("an array", x, {}),
        ("a float64 array", x.astype(np.float64), {}),
        ("a float64 tensor", tf.constant(x, tf.float64), {}),
        ("a float16 tensor", tf.constant(x, tf.float16), {"rtol": 4e-3, "atol": 1e-3}),
        ("a single number", tf.constant(-draw.between(1.0, 3.0), tf.float32), {}),
        ("a batch of images", _both_signs(draw, (2, 3, 4, 2)), {}),
        ("large numbers", tf.constant(1e4 * x), {}),
        ("zeros", tf.zeros((3, 2)), {}),
    ):
        yield student.compare(name, same, small, what=f"takes {kind}", **tolerance)
    steps = np.array([-2, -1, 0, 1, 2], np.float32)
    yield student.compare(
        _inside_a_function, name, steps, small, what="works in tf.function, as in a network"
    )
    direction = draw.normal((4, 5)).astype(np.float32)
    for alpha, what in ((small, "alpha below 1"), (draw.between(1.5, 3.0), "alpha above 1")):
        yield student.compare(
            _slopes, name, x, alpha, direction, what=f"has the right gradient, {what}", share=2
        )


def _both_signs(draw, shape):
    """Numbers between 0.2 and 3 with either sign, float32."""
    return (draw.signs(shape) * draw.between(0.2, 3.0, shape)).astype(np.float32)


def _inside_a_function(functions, name, x, alpha):
    import tensorflow as tf

    function = functions[name]
    return tf.function(lambda inside: function(inside, alpha), autograph=False)(tf.constant(x))


def _slopes(functions, name, x, alpha, direction):
    """The gradient of the result's product with a direction."""
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = tf.reduce_sum(functions[name](x, alpha) * direction)
    gradient = tape.gradient(product, x)
    if gradient is None:
        raise ValueError("no gradient reaches x")
    return gradient


# ── sample_noise ─────────────────────────────────────────────────────────────────────────────


def sample_noise(student, draw):
    sizes = [draw.integers(300, 400), draw.integers(70, 100)]
    made = student.value(_drawn, [sizes, sizes, [1, 3], [4, 1]])
    right = all(z["tensor"] and z["shape"] == z["asked"] for z in made)
    first = made[0]
    yield student.holds(
        right,
        "returns a tensor of shape (batch, dim)",
        f"With batch = {sizes[0]} and dim = {sizes[1]}, the shape is {tuple(first['shape'])}.",
        mistake=_kind_of_noise(first),
        core=True,
        share=2,
    )
    if not right:
        return
    yield student.holds(
        all(z["dtype"] == "float32" for z in made),
        "the tensor is float32",
        f"Its dtype is {first['dtype']}.",
        mistake="float64" if first["dtype"] == "float64" else None,
        share=2,
    )
    z, again = (np.asarray(one["values"], float) for one in made[:2])
    repeated = _repeated(z)
    yield student.holds(
        repeated is None and (randomness.rows_and_columns_differ(z) or not _is_uniform(z)),
        "every number is drawn by itself",
        mistake=repeated,
        core=True,
        share=2,
    )
    if repeated is not None:
        return
    yield student.holds(
        _is_uniform(z),
        "is uniform between -1 and 1",
        f"The numbers lie between {z.min():.3g} and {z.max():.3g}, with mean {z.mean():.3g} and "
        f"standard deviation {z.std():.3g}.",
        mistake=_kind_of_draws(z),
        core=True,
        share=4,
    )
    yield student.holds(
        randomness.unrelated(z, again),
        "draws new numbers on every call",
        mistake="same_on_every_call",
        core=True,
        share=2,
    )


def _is_uniform(z):
    return randomness.is_uniform(z, -1.0, 1.0)


def _drawn(functions, sizes):
    """For each pair of sizes what a call returns, and of what kind it is."""
    import numpy as np
    import tensorflow as tf

    def described(size):
        z = functions["sample_noise"](*size)
        tensor = isinstance(z, (tf.Tensor, tf.Variable))
        array = z if tensor or isinstance(z, np.ndarray) else np.zeros(0)
        dtype = array.dtype.name
        values = tf.cast(array, tf.float32) if tensor and array.dtype.is_floating else np.zeros(0)
        return {
            "asked": list(size),
            "tensor": tensor,
            "array": isinstance(z, np.ndarray),
            "dtype": dtype,
            "shape": list(array.shape),
            "values": values,
        }

    return [described(size) for size in sizes]


def _kind_of_noise(z):
    """The mistake that the kind and shape of a result show, if it is a known one."""
    if z["array"] and z["shape"] == z["asked"]:
        return "array"
    if not z["tensor"]:
        return None
    batch, dim = z["asked"]
    kinds = {(dim, batch): "sizes_swapped", (dim,): "one_for_the_batch"}
    return kinds.get(tuple(z["shape"]))


def _kind_of_draws(z):
    """The mistake that the numbers show, if it is a known one."""
    if len(np.unique(z)) <= 3:
        return "whole_numbers"
    kinds = {
        "uniform_from_0_to_1": (0.0, 1.0),
        "half_the_range": (-0.5, 0.5),
    }
    for kind, ends in kinds.items():
        if randomness.is_uniform(z, *ends):
            return kind
    if randomness.is_normal(z):
        return "normal"
    if np.allclose(np.linalg.norm(z, axis=1), 1, atol=1e-4):
        return "normalised"
    if np.abs(z).max() <= 1 and np.mean(np.abs(z) == 1) > 0.1:
        return "clipped_normal"
    if 1 < np.abs(z).max() <= 2 and randomness.mean_is(z, 0.0, TRUNCATED):
        return "truncated_normal"
    return None


TRUNCATED = 0.7737413  # the variance of N(0, 1) without what lies beyond 2 standard deviations


def _repeated(z):
    if np.ptp(z, axis=0).max() == 0:
        return "one_for_the_batch"
    return "one_number_for_each_image" if np.ptp(z, axis=1).max() == 0 else None


# ── discriminator_loss, generator_loss_minimax, generator_loss ───────────────────────────────


def discriminator_loss(student, draw):
    name = "discriminator_loss"
    real, fake = _logits(draw, 6), _logits(draw, 6)
    yield student.compare(name, real, fake, what="agrees with the formula", core=True, share=4)
    yield student.compare(
        name, real[:, None], fake[:, None], what="takes logits of shape (n, 1)", share=2
    )
    more = _logits(draw, 9)
    for first, second, what in (
        (real, more, "more images of G than real ones"),
        (more, fake, "fewer images of G than real ones"),
    ):
        yield student.compare(name, first, second, what=f"takes {what}", share=2)
        yield student.compare(
            name, first[:, None], second[:, None], what=f"takes {what}, of shape (n, 1)"
        )
    yield student.compare(name, real[:1], fake[:1], what="takes a single image of each")
    yield student.compare(name, real.numpy(), fake.numpy(), what="takes arrays")
    yield student.compare(name, _double(real), _double(fake), what="takes float64 tensors")
    yield student.compare(
        _gradients, name, real, more, what="has the gradient of the formula", share=2
    )
    far, near = _far(draw, 5), _logits(draw, 4)
    for first, second, what in (
        (far, near, "real logits of ±200"),
        (near, far, "logits of ±200 for images of G"),
        (_at(-200.0), _at(-200.0), "a single real logit of -200"),
        (_at(200.0), _at(200.0), "a single logit of 200 for an image of G"),
        (_at(200.0), _at(-200.0), "certainties that are right"),
    ):
        yield student.compare(name, first, second, what=f"is right at {what}", share=2)
    yield student.compare(
        _gradients, name, far, _far(draw, 7), what="so is its gradient at ±200", share=3
    )
    yield student.compare(
        _gradients,
        name,
        far[:, None],
        _far(draw, 7)[:, None],
        what="and with logits of shape (n, 1)",
    )


def generator_loss_minimax(student, draw):
    yield from _one_sided(student, draw, "generator_loss_minimax")


def generator_loss(student, draw):
    yield from _one_sided(student, draw, "generator_loss")


def _one_sided(student, draw, name):
    """Lines on a loss of the logits for the generator's images."""
    fake = _logits(draw, 6)
    yield student.compare(name, fake, what="agrees with the formula", core=True, share=4)
    for kind, same in (
        ("logits of shape (n, 1)", fake[:, None]),
        ("another number of images", _logits(draw, 9)),
        ("a single image", fake[:1]),
        ("an array", fake.numpy()),
        ("a float64 tensor", _double(fake)),
        ("a logit of 0", _at(0.0)),
    ):
        yield student.compare(name, same, what=f"takes {kind}")
    yield student.compare(_gradients, name, fake, what="has the gradient of the formula", share=2)
    far = _far(draw, 5)
    for logits, what in (
        (far, "logits of ±200"),
        (_at(-200.0), "a single logit of -200"),
        (_at(200.0), "a single logit of 200"),
    ):
        yield student.compare(name, logits, what=f"is right at {what}", share=2)
    yield student.compare(_gradients, name, far, what="so is its gradient at ±200", share=3)
    yield student.compare(_gradients, name, far[:, None], what="and with logits of shape (n, 1)")


def _logits(draw, n):
    """Logits between -4 and 4, `(n,)`, whose mean is neither 0 nor a symmetric one."""
    return tf.constant(draw.between(-4.0, 4.0, (n,)) + draw.between(0.2, 0.8), tf.float32)


def _far(draw, n):
    """Logits of ±200 among usual ones, `(n,)`."""
    logits = draw.between(-4.0, 4.0, (n,))
    logits[:2] = 200.0, -200.0
    return tf.constant(logits[draw.permutation(n)], tf.float32)


def _at(logit):
    return tf.constant([logit], tf.float32)


def _double(tensor):
    return tf.cast(tensor, tf.float64)


def _gradients(functions, name, *logits):
    """Of a loss, with respect to each of its arguments."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = functions[name](*logits)
    if not isinstance(loss, tf.Tensor):
        raise TypeError(
            f"the loss is of type {type(loss).__name__}, through which no gradient goes"
        )
    gradients = tape.gradient(loss, logits)
    if any(gradient is None for gradient in gradients):
        raise ValueError("no gradient reaches the logits")
    return list(gradients)


# ── logit_gradients ──────────────────────────────────────────────────────────────────────────


def logit_gradients(student, draw):
    logits = _logits(draw, 6)
    stand_ins = _needs_stand_ins(student, logits)
    yield student.compare(
        _slopes_of_losses,
        logits,
        stand_ins,
        what="agrees with the formulas",
        core=True,
        share=4,
    )
    for same, what in (
        (logits[:, None], "takes logits of shape (n, 1)"),
        (tf.reshape(_logits(draw, 6), (2, 3)), "takes a table of logits"),
        (logits[:1], "takes a single logit"),
        (logits.numpy(), "takes an array"),
        (_double(logits), "takes a float64 tensor"),
        (_at(0.0), "takes a logit of 0"),
    ):
        yield student.compare(_slopes_of_losses, same, stand_ins, what=what)
    for same, what in (
        (_logits(draw, 6) - 8.0, "where D(G(z)) is small"),
        (_logits(draw, 6) + 8.0, "where D(G(z)) is nearly 1"),
        (_far(draw, 5), "at logits of ±200"),
    ):
        yield student.compare(_slopes_of_losses, same, stand_ins, what=f"is right {what}", share=2)


def _needs_stand_ins(student, logits):
    """Whether right losses have to take the place of the student's.

    What is wrong with these costs nothing here, where they are used at all.
    """
    trials = [
        student.compare(_slopes_of_losses, one, replaced, what="runs").passed
        for replaced in (False, True)
        for one in (logits, tf.constant([-200.0, 200.0]))
    ]
    return not all(trials[:2]) and all(trials[2:])


def _slopes_of_losses(functions, fake_logits, stand_ins):
    """What logit_gradients returns; stand_ins: with right losses in the place of the student's."""
    import tensorflow as tf

    replaced = {
        "generator_loss": lambda logits: tf.reduce_mean(
            tf.nn.softplus(-tf.cast(logits, "float32"))
        ),
        "generator_loss_minimax": lambda logits: (
            -tf.reduce_mean(tf.nn.softplus(tf.cast(logits, "float32")))
        ),
    }
    function = functions["logit_gradients"]
    inner = getattr(function, "python_function", function)
    world = getattr(inner, "__globals__", {}) if stand_ins else {}
    before = {name: world[name] for name in replaced if name in world}
    world.update(replaced)
    try:
        return function(fake_logits)
    finally:
        for name in replaced:
            world.pop(name, None)
        world.update(before)


# ── optimal_discriminator, game_value ────────────────────────────────────────────────────────


def optimal_discriminator(student, draw):
    name = "optimal_discriminator"
    p, q = draw.probabilities((6,)), draw.probabilities((6,))
    yield student.compare(name, p, q, what="agrees with the formula", core=True, share=4)
    p, q = _with_zeros(draw)
    for first, second, what in (
        (p, q, "zeros in one or both"),
        (q, p, "the same the other way round"),
        (np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), "nothing in common"),
        (p, p, "equal distributions"),
        (np.ones(1), np.ones(1), "a single outcome"),
    ):
        yield student.compare(name, first, second, what=f"takes {what}", share=2)
    rare = draw.between(1.0, 4.0, (2, 3)) * [[1e-12], [1e-11]]
    p, q = (np.append(row, 1 - row.sum()) for row in rare)
    yield student.compare(name, p, q, what="is right where both are tiny", share=2)
    p, q = draw.probabilities((4,)), draw.probabilities((4,))
    single = [array.astype(np.float32) for array in (p, q)]
    yield student.compare(name, *single, what="takes float32 arrays")


def _with_zeros(draw):
    """Two distributions over 7 outcomes: both are 0 somewhere, and each of them alone."""
    some = draw.probabilities((5,)), draw.probabilities((5,))
    order = draw.permutation(7)
    p = np.zeros(7)
    q = np.zeros(7)
    p[[0, 1, 2, 3, 5]], q[[0, 1, 2, 4, 6]] = some
    p[5], p[3] = 0.0, p[3] + p[5]  # so that outcome 5 is impossible under both
    return p[order], q[order]


def game_value(student, draw):
    name = "game_value"
    p, q, d = draw.probabilities((6,)), draw.probabilities((6,)), draw.between(0.1, 0.9, (6,))
    yield student.compare(name, p, q, d, what="agrees with the formula", core=True, share=4)
    yield student.compare(
        name, p, p, np.full(6, 0.5), what="at the equilibrium", core=True, share=2
    )
    best = p / (p + q)
    yield student.compare(name, p, q, best, what="with the best discriminator")
    p, q = _with_zeros(draw)
    possible = p + q > 0
    certain = np.where(possible, p / np.where(possible, p + q, 1.0), 0.5)
    for d, what in (
        (certain, "d = 0 and d = 1 where they are right"),
        (np.where(possible, certain, 0.0), "d = 0 where nothing ever happens"),
        (np.where(possible, certain, 1.0), "d = 1 where nothing ever happens"),
    ):
        yield student.compare(name, p, q, d, what=f"takes {what}", share=2)
    for d, what in (
        (np.where(p == p.max(), 0.0, certain), "d = 0 for something real"),
        (np.where(q == q.max(), 1.0, certain), "d = 1 for something that G makes"),
        (np.where(p > 0, 0.0, 1.0), "d is wrong everywhere"),
    ):
        yield student.compare(name, p, q, d, what=f"is minus infinity where {what}", share=2)
    p, q = draw.probabilities((5,)), draw.probabilities((5,))
    for power in (-12, -200):
        d = draw.between(1.0, 9.0, (5,)) * 10.0**power
        yield student.compare(name, p, q, d, what=f"is right where d is near 1e{power}")
    d = 1 - draw.between(1.0, 9.0, (5,)) * 1e-10
    yield student.compare(name, p, q, d, what="is right where d is nearly 1")
    yield student.compare(name, np.ones(1), np.ones(1), d[:1], what="takes a single outcome")
    single = [array.astype(np.float32) for array in (p, q, draw.between(0.1, 0.9, (5,)))]
    yield student.compare(name, *single, what="takes float32 arrays")


# ── conv_transpose ───────────────────────────────────────────────────────────────────────────


def conv_transpose(student, draw):
    for sizes, what, core in (
        ((4, 4, 8, 6, 2, 3), "agrees with the definition", True),
        ((3, 3, 8, 10, 3, 2), "a kernel of 3 by 3", False),
        ((5, 5, 7, 9, 2, 4), "odd heights and widths", False),
        ((3, 3, 7, 6, 2, 3), "an odd height and an even width", False),
        ((2, 5, 6, 9, 3, 2), "a kernel that is not square", False),
        ((4, 3, 5, 8, 3, 3), "as many channels in as out", False),
        ((4, 4, 6, 6, 1, 1), "a single channel", False),
        ((1, 1, 5, 6, 2, 3), "a kernel of 1 by 1", False),
    ):
        case = _convolution(draw, *sizes)
        yield student.compare(
            "conv_and_transpose",
            *map(tf.constant, case),
            what=what if core else f"takes {what}",
            core=core,
            share=4 if core else 1,
        )
    case = _convolution(draw, 4, 3, 6, 7, 2, 3, batch=1)
    yield student.compare("conv_and_transpose", *case, what="takes arrays, and a single image")
    case = [tf.constant(part, tf.float64) for part in _convolution(draw, 3, 4, 6, 5, 2, 3)]
    yield student.compare("conv_and_transpose", *case, what="takes float64 tensors")
    case = [tf.constant(part) for part in _convolution(draw, 5, 4, 9, 8, 3, 2)]
    yield student.meets(
        str, _inner_products, *case, what="⟨conv(x), y⟩ = ⟨x, convT(y)⟩", core=True, share=2
    )


def _convolution(draw, h, w, height, width, n_in, n_out, batch=2):
    """A kernel, x and y, float32."""
    halves = -(-height // 2), -(-width // 2)
    shapes = (h, w, n_in, n_out), (batch, height, width, n_in), (batch, *halves, n_out)
    return [draw.normal(shape).astype(np.float32) for shape in shapes]


def _inner_products(functions, kernel, x, y):
    """How the two inner products differ; empty if they agree."""
    import numpy as np

    forward, back = functions["conv_and_transpose"](kernel, x, y)
    forward, back, x, y = (np.asarray(part, float) for part in (forward, back, x, y))
    if forward.shape != y.shape or back.shape != x.shape:
        return f"conv(x) has the shape {forward.shape}, convT(y) {back.shape}."
    one, other = np.sum(forward * y), np.sum(x * back)
    size = np.sqrt(np.sum(forward**2) * np.sum(y**2))
    return "" if abs(one - other) <= 1e-4 * size else f"They are {one:.6g} and {other:.6g}."


# ── interpolate ──────────────────────────────────────────────────────────────────────────────


def interpolate(student, draw):
    name = "interpolate"
    z1, z2 = (tf.constant(draw.normal((6,)), tf.float32) for _ in range(2))
    yield student.compare(
        name, z1, z2, draw.integers(2, 4), what="agrees with the formula", core=True, share=4
    )
    for n, what in ((7, "seven steps"), (0, "n = 0: the two ends"), (1, "n = 1: the middle")):
        yield student.compare(name, z1, z2, n, what=f"takes {what}", share=2)
    yield student.compare(name, z1, z2, 4, what="takes as many points as dimensions")
    yield student.compare(name, z1[:1], z2[:1], 3, what="takes a single dimension")
    yield student.compare(name, z1, z1, 3, what="takes two ends that are equal")
    yield student.compare(name, z2, z1, 3, what="goes from z1 to z2")
    yield student.compare(name, z1.numpy(), z2.numpy(), 3, what="takes arrays")
    yield student.compare(name, _double(z1), _double(z2), 3, what="takes float64 tensors")
    many = [tf.constant(draw.normal((100,)), tf.float32) for _ in range(2)]
    yield student.compare(name, *many, 40, what="takes many dimensions and many points")
