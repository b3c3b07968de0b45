"""What the judge tries on each function of sheet 5: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs.
"""

import numpy as np

from helpers.quiet import tf
from reference import derivations, randomness
from reference.sheet5_gan import probes
from reference.sheet5_gan.networks.checks import (  # noqa: F401
    build_discriminator,
    build_generator,
    train_step,
)

# ── leaky_relu ───────────────────────────────────────────────────────────────────────────────


def leaky_relu(student, draw):
    name, small = "leaky_relu", draw.between(0.05, 0.4)
    x = _both_signs(draw, (4, 5))
    tensor = tf.constant(x)
    yield student.compare(name, tensor, small, what="agrees with the formula", core=True, share=4)
    others = {
        "takes an alpha above 1": (tensor, draw.between(1.5, 3.0)),
        "takes alpha = 1": (tensor, 1.0),
        "takes alpha = 0": (tensor, 0.0),
    }
    yield from student.compare_each(name, others, share=2)
    half = tf.constant(x, tf.float16), small
    cases = {
        "takes an array": (x, small),
        "takes a float64 array": (x.astype(np.float64), small),
        "takes a float64 tensor": (_double(x), small),
        "takes a single number": (tf.constant(-draw.between(1.0, 3.0), tf.float32), small),
        "takes a batch of images": (_both_signs(draw, (2, 3, 4, 2)), small),
        "takes large numbers": (tf.constant(1e4 * x), small),
        "takes zeros": (tf.zeros((3, 2)), small),
    }
    yield from student.compare_each(name, cases)
    yield student.compare(name, *half, what="takes a float16 tensor", rtol=0.04, atol=0.01)
    dtype = getattr(student.value(name, _double(x), small), "dtype", None)
    words = f"Its dtype is {getattr(dtype, 'name', dtype)}."
    single = "float32" if dtype == tf.float32 else None
    what = "a float64 tensor stays one"
    yield student.holds(dtype == tf.float64, what, words, mistake=single)
    steps = np.array([-2, -1, 0, 1, 2], np.float32)
    what = "works in tf.function, as in a network"
    yield student.compare(probes.inside_a_function, name, steps, small, what=what)
    direction = draw.normal((4, 5)).astype(np.float32)
    large = draw.between(1.5, 3.0)
    slopes = {
        "has the right gradient, alpha below 1": (name, x, small, direction),
        "has the right gradient, alpha above 1": (name, x, large, direction),
    }
    yield from student.compare_each(probes.slopes, slopes, share=2)


def _both_signs(draw, shape):
    """Numbers between 0.2 and 3 with either sign, float32."""
    return (draw.signs(shape) * draw.between(0.2, 3.0, shape)).astype(np.float32)


# ── sample_noise ─────────────────────────────────────────────────────────────────────────────


def sample_noise(student, draw):
    sizes = [draw.integers(300, 400), draw.integers(70, 100)]
    asked = [sizes, sizes, [1, 3], [4, 1]]
    made = student.value(probes.drawn, asked)
    made = made if isinstance(made, list) and len(made) == len(asked) else [None] * len(asked)
    shapes = [list(getattr(z, "shape", ())) for z in made]
    right = shapes == asked and all(isinstance(z, tf.Tensor) for z in made)
    yield student.holds(
        right,
        "returns a tensor of shape (batch, dim)",
        f"With batch = {sizes[0]} and dim = {sizes[1]}, the shape is {tuple(shapes[0])}.",
        mistake=_kind_of_noise(made[0], shapes[0], *sizes),
        core=True,
        share=2,
    )
    if not right:
        return
    dtypes = {z.dtype.name for z in made}
    yield student.holds(
        dtypes == {"float32"},
        "the tensor is float32",
        f"Its dtype is {made[0].dtype.name}.",
        mistake="float64" if dtypes == {"float64"} else None,
        share=2,
    )
    z, again = (np.asarray(one, float) for one in made[:2])
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


def _kind_of_noise(z, shape, batch, dim):
    """The mistake that the kind and shape of a result show, if it is a known one."""
    if not isinstance(z, tf.Tensor):
        return "array" if isinstance(z, np.ndarray) and shape == [batch, dim] else None
    kinds = {(dim, batch): "sizes_swapped", (dim,): "one_for_the_batch"}
    return kinds.get(tuple(shape))


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
    if np.abs(z).max() < 1 and randomness.is_normal(np.arctanh(z.astype(float))):
        return "squashed_normal"
    if 1 < np.abs(z).max() <= 2 and randomness.mean_is(z**2, TRUNCATED, OF_ITS_SQUARE):
        return "truncated_normal"
    return None


TRUNCATED = 0.7737413  # the variance of N(0, 1) without what lies beyond 2 standard deviations
OF_ITS_SQUARE = 0.8175095  # the variance of the square of such a number


def _repeated(z):
    if np.ptp(z, axis=0).max() == 0:
        return "one_for_the_batch"
    return "one_number_for_each_image" if np.ptp(z, axis=1).max() == 0 else None


# ── discriminator_loss, generator_loss_minimax, generator_loss ───────────────────────────────


def discriminator_loss(student, draw):
    name = "discriminator_loss"
    real, fake = _logits(draw, 6), _logits(draw, 6)
    yield student.compare(name, real, fake, what="agrees with the formula", core=True, share=4)
    column = _column(real), _column(fake)
    yield student.compare(name, *column, what="takes logits of shape (n, 1)", share=2)
    more = _logits(draw, 9)
    for first, second, what in (
        (real, more, "takes more images of G than real ones"),
        (more, fake, "takes fewer images of G than real ones"),
    ):
        yield student.compare(name, first, second, what=what, share=2)
        columns = _column(first), _column(second)
        yield student.compare(name, *columns, what=f"{what}, of shape (n, 1)")
    cases = {
        "takes a single image of each": (real[:1], fake[:1]),
        "takes arrays": (real.numpy(), fake.numpy()),
        "takes float64 tensors": (_double(real), _double(fake)),
    }
    yield from student.compare_each(name, cases)
    others = _of_one_sign(more)
    cases = {what: (logits, others[what]) for what, logits in _of_one_sign(real).items()}
    yield from student.compare_each(name, cases)
    what = "has the gradient of the formula"
    yield student.compare(probes.gradients, name, real, more, what=what, share=2)
    far, near = _far(draw, 5), _logits(draw, 4)
    cases = {
        "is right at real logits of ±200": (far, near),
        "is right at logits of ±200 for images of G": (near, far),
        "is right at a single real logit of -200": (_at(-200.0), _at(-200.0)),
        "is right at a single logit of 200 for an image of G": (_at(200.0), _at(200.0)),
        "is right at certainties that are right": (_at(200.0), _at(-200.0)),
    }
    yield from student.compare_each(name, cases, share=2)
    yield from _slopes_far_away(student, name, (far, _far(draw, 7)), (far, _far(draw, 7)))


def _slopes_far_away(student, name, logits, others):
    """Lines on a loss's gradient where logits are large."""
    what = "so is its gradient at ±200"
    yield student.compare(probes.gradients, name, *logits, what=what, share=3)
    columns = map(_column, others)
    what = "and with logits of shape (n, 1)"
    yield student.compare(probes.gradients, name, *columns, what=what)


def generator_loss_minimax(student, draw):
    yield from _one_sided(student, draw, "generator_loss_minimax")


def generator_loss(student, draw):
    yield from _one_sided(student, draw, "generator_loss")


def _one_sided(student, draw, name):
    """Lines on a loss of the logits for the generator's images."""
    fake = _logits(draw, 6)
    yield student.compare(name, fake, what="agrees with the formula", core=True, share=4)
    cases = {
        "takes logits of shape (n, 1)": (_column(fake),),
        "takes another number of images": (_logits(draw, 9),),
        "takes a single image": (fake[:1],),
        "takes an array": (fake.numpy(),),
        "takes a float64 tensor": (_double(fake),),
        "takes a logit of 0": (_at(0.0),),
    }
    cases |= {what: (logits,) for what, logits in _of_one_sign(fake).items()}
    yield from student.compare_each(name, cases)
    what = "has the gradient of the formula"
    yield student.compare(probes.gradients, name, fake, what=what, share=2)
    far = _far(draw, 5)
    cases = {
        "is right at logits of ±200": (far,),
        "is right at a single logit of -200": (_at(-200.0),),
        "is right at a single logit of 200": (_at(200.0),),
        "is right at a single logit of -1000": (_at(-1000.0),),
        "is right at a single logit of 1000": (_at(1000.0),),
    }
    yield from student.compare_each(name, cases, share=2)
    yield from _slopes_far_away(student, name, (far,), (far,))


def _logits(draw, n):
    """Logits between -4 and 4, `(n,)`, whose mean is neither 0 nor a symmetric one."""
    return tf.constant(draw.between(-4.0, 4.0, (n,)) + draw.between(0.2, 0.8), tf.float32)


def _of_one_sign(logits):
    """Logits that nobody can tell from probabilities, and others, by the words for them."""
    return {
        "takes logits between 0 and 1": tf.sigmoid(logits),
        "takes logits that are all positive": 1 + tf.abs(logits),
        "takes logits that are all negative": -1 - tf.abs(logits),
    }


def _far(draw, n):
    """Logits of ±200 among usual ones, `(n,)`, and two that tell a clip from a small number."""
    logits = draw.between(-4.0, 4.0, (n,))
    logits[:2] = 200.0, -200.0
    logits[2:4] = draw.between(9.0, 20.0), -draw.between(9.0, 20.0)
    return tf.constant(logits[draw.permutation(n)], tf.float32)


def _at(logit):
    return tf.constant([logit], tf.float32)


def _double(numbers):
    return tf.cast(numbers, tf.float64)


def _column(logits):
    return logits[:, None]


# ── logit_gradients ──────────────────────────────────────────────────────────────────────────


LOSSES = {
    "generator_loss": probes.generator_loss,
    "generator_loss_minimax": probes.generator_loss_minimax,
}


def logit_gradients(student, draw):
    name, logits = "logit_gradients", _logits(draw, 6)
    instead = LOSSES if _needs_stand_ins(student, logits) else {}
    what = "agrees with the formulas"
    yield student.compare(name, logits, what=what, core=True, share=4, instead=instead)
    cases = {
        "takes logits of shape (n, 1)": (_column(logits),),
        "takes a table of logits": (tf.reshape(_logits(draw, 6), (2, 3)),),
        "takes a single logit": (logits[:1],),
        "takes an array": (logits.numpy(),),
        "takes a float64 tensor": (_double(logits),),
        "takes a logit of 0": (_at(0.0),),
    }
    cases |= {what: (given,) for what, given in _of_one_sign(logits).items()}
    yield from student.compare_each(name, cases, instead=instead)
    cases = {
        "is right where D(G(z)) is small": (_logits(draw, 6) - 8.0,),
        "is right where D(G(z)) is nearly 1": (_logits(draw, 6) + 8.0,),
        "is right at logits of ±200": (_far(draw, 5),),
    }
    yield from student.compare_each(name, cases, share=2, instead=instead)


def _needs_stand_ins(student, logits):
    """Whether right losses have to take the place of the student's.

    What is wrong with these costs nothing here, where they are used at all.
    """

    def is_right(instead):
        probe, cases = probes.logit_gradients_or_none, (logits, tf.constant([-200.0, 200.0]))
        return all(student.compare(probe, x, what="runs", instead=instead).passed for x in cases)

    return not is_right({}) and is_right(LOSSES)


# ── optimal_discriminator, game_value ────────────────────────────────────────────────────────


def optimal_discriminator(student, draw):
    name = "optimal_discriminator"
    p, q = draw.probabilities((6,)), draw.probabilities((6,))
    yield student.compare(name, p, q, what="agrees with the formula", core=True, share=4)
    p, q = _with_zeros(draw)
    rare = draw.between(1.0, 4.0, (2, 3)) * [[1e-12], [1e-11]]
    cases = {
        "takes zeros in one or both": (p, q),
        "takes the same the other way round": (q, p),
        "takes nothing in common": (np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])),
        "takes equal distributions": (p, p),
        "takes a single outcome": (np.ones(1), np.ones(1)),
        "is right where both are tiny": tuple(np.append(row, 1 - row.sum()) for row in rare),
    }
    yield from student.compare_each(name, cases, share=2)
    certain, other = np.append(rare[0], 1 - rare[0].sum()), draw.probabilities((4,))
    cases = {
        "is right where p_data is tiny, and far below p_model": (certain, other),
        "is 0 and 1, to the last digit, where only one is possible": (p, q),
    }
    yield from student.compare_each(name, cases, atol=1e-15)  # not as in one with a usual d
    p, q = draw.probabilities((4,)), draw.probabilities((4,))
    yield from student.same_for(name, p, q, float32="takes float32 arrays")


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
    even = np.full(6, 0.5)
    yield student.compare(name, p, p, even, what="at the equilibrium", core=True, share=2)
    yield student.compare(name, p, q, p / (p + q), what="with the best discriminator")
    p, q = _with_zeros(draw)
    possible = p + q > 0
    certain = np.where(possible, p / np.where(possible, p + q, 1.0), 0.5)
    usual = draw.between(0.1, 0.9, (7,))
    what = "takes any d for outcomes that only one of them has"
    yield student.compare(name, p, q, usual, what=what, share=3)
    cases = {
        "takes d = 0 and d = 1 where they are right": certain,
        "takes d = 0 where nothing ever happens": np.where(possible, certain, 0.0),
        "takes d = 1 where nothing ever happens": np.where(possible, certain, 1.0),
        "is minus infinity where d = 0 for something real": np.where(p == p.max(), 0.0, certain),
        "is minus infinity where d = 1 for something that G makes": np.where(
            q == q.max(), 1.0, certain
        ),
        "is minus infinity where d is wrong everywhere": np.where(p > 0, 0.0, 1.0),
    }
    cases = {what: (p, q, d) for what, d in cases.items()}
    yield from student.compare_each(name, cases, share=2)
    p, q = draw.probabilities((5,)), draw.probabilities((5,))
    low = {power: draw.between(1.0, 9.0, (5,)) * 10.0**power for power in (-12, -200)}
    cases = {f"is right where d is near 1e{power}": (p, q, d) for power, d in low.items()}
    d = 1 - draw.between(1.0, 9.0, (5,)) * 1e-10
    cases |= {
        "is right where d is nearly 1": (p, q, d),
        "takes a single outcome": (np.ones(1), np.ones(1), d[:1]),
    }
    yield from student.compare_each(name, cases)
    usual = draw.between(0.1, 0.9, (5,))
    yield from student.same_for(name, p, q, usual, float32="takes float32 arrays")


# ── conv_transpose ───────────────────────────────────────────────────────────────────────────


# Each value is a sum of up to 64 products, larger than itself, in float32.
SUMMED = {"rtol": 5e-4, "atol": 2e-4}


def conv_transpose(student, draw):
    name = "conv_and_transpose"
    for sizes, what, core in (
        ((4, 4, 8, 6, 2, 3), "agrees with the definition", True),
        ((3, 3, 8, 10, 3, 2), "takes a kernel of 3 by 3", False),
        ((5, 5, 7, 9, 2, 4), "takes odd heights and widths", False),
        ((3, 3, 7, 6, 2, 3), "takes an odd height and an even width", False),
        ((2, 5, 6, 9, 3, 2), "takes a kernel that is not square", False),
        ((4, 3, 5, 8, 3, 3), "takes as many channels in as out", False),
        ((4, 4, 6, 6, 1, 1), "takes a single channel", False),
        ((1, 1, 5, 6, 2, 3), "takes a kernel of 1 by 1", False),
    ):
        case = map(tf.constant, _convolution(draw, *sizes))
        yield student.compare(name, *case, what=what, core=core, share=4 if core else 1, **SUMMED)
    case = _convolution(draw, 4, 3, 6, 7, 2, 3, batch=1)
    yield student.compare(name, *case, what="takes arrays, and a single image", **SUMMED)
    case = map(_double, _convolution(draw, 3, 4, 6, 5, 2, 3))
    yield student.compare(name, *case, what="takes float64 tensors")
    kernel, x, y = map(tf.constant, _convolution(draw, 5, 4, 9, 8, 3, 2))
    yield student.meets(
        lambda pair: _inner_products_differ(pair, x, y, student.within),
        name,
        *(kernel, x, y),
        what="⟨conv(x), y⟩ = ⟨x, convT(y)⟩",
        core=True,
        share=2,
    )


def _convolution(draw, h, w, height, width, n_in, n_out, batch=2):
    """A kernel, x and y, float32."""
    halves = -(-height // 2), -(-width // 2)
    shapes = (h, w, n_in, n_out), (batch, height, width, n_in), (batch, *halves, n_out)
    return [draw.normal(shape).astype(np.float32) for shape in shapes]


def _inner_products_differ(pair, x, y, within):
    """How the two inner products differ; empty if they agree.

    The scale is that of what is added up in them, as far as it has random signs.
    """
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        return "Two values are expected: conv(x) and convT(y)."
    try:
        forward, back, x, y = (np.asarray(part, float) for part in (*pair, x, y))
    except (TypeError, ValueError):
        return "Two arrays of numbers are expected: conv(x) and convT(y)."
    if forward.shape != y.shape or back.shape != x.shape:
        return f"conv(x) has the shape {forward.shape}, convT(y) {back.shape}."
    one, other = np.sum(forward * y), np.sum(x * back)
    size = np.sqrt(np.sum(forward**2) * np.sum(y**2))
    near = size > 0 and within(abs(one - other), 1e-4 * size)
    return "" if near else f"They are {one:.6g} and {other:.6g}."


# ── interpolate ──────────────────────────────────────────────────────────────────────────────


def interpolate(student, draw):
    name = "interpolate"
    z1, z2 = (tf.constant(draw.normal((6,)), tf.float32) for _ in range(2))
    few = draw.integers(2, 4)
    yield student.compare(name, z1, z2, few, what="agrees with the formula", core=True, share=4)
    cases = {
        "takes seven steps": (z1, z2, 7),
        "takes n = 0: the two ends": (z1, z2, 0),
        "takes n = 1: the middle": (z1, z2, 1),
    }
    yield from student.compare_each(name, cases, share=2)
    many = [tf.constant(draw.normal((100,)), tf.float32) for _ in range(2)]
    cases = {
        "takes as many points as dimensions": (z1, z2, 4),
        "takes a single dimension": (z1[:1], z2[:1], 3),
        "takes two ends that are equal": (z1, z1, 3),
        "goes from z1 to z2": (z2, z1, 3),
        "takes arrays": (z1.numpy(), z2.numpy(), 3),
        "takes float64 tensors": (_double(z1), _double(z2), 3),
        "takes many dimensions and many points": (*many, 40),
    }
    yield from student.compare_each(name, cases)


# ── game_value_derivation ────────────────────────────────────────────────────────────────────────


def game_value_derivation(student, draw):
    yield from derivations.lines(student, draw, "game_value_derivation")
