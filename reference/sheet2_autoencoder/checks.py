"""What the judge tries on each function of sheet 2: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs; what runs beside the student's functions is in
`probes`.
"""

from functools import partial

import numpy as np

from helpers.quiet import tf
from reference import randomness
from reference.sheet2_autoencoder import probes

TRUNCATED = 0.7737413  # the variance of N(0, 1) without what lies beyond 2 standard deviations


# ── normal_init, xavier_init ─────────────────────────────────────────────────────────────────


def normal_init(student, draw):
    # Few inputs and many outputs: then there are as many biases as a test of their spread needs.
    wide = [draw.integers(3, 6), draw.integers(10_000, 12_000)]
    tall = [draw.integers(300, 400), draw.integers(70, 100)]
    layers = yield from _layers(student, "normal_init", [wide, wide, tall])
    if layers is None:
        return
    (W, b), again, (tall_W, _) = layers
    yield _is_standard_normal(student, "W", W, wide, core=True, share=3)
    yield _is_standard_normal(student, "b", b, wide, share=3)
    yield _is_standard_normal(student, "W, at other sizes,", tall_W, tall)
    yield _is_independent(student, tall_W)
    yield student.holds(
        np.ptp(b) == 0 or all(randomness.unrelated(row, b) for row in W),
        "b has numbers of its own",
        mistake="bias_repeats_weights",
    )
    yield _is_fresh(student, randomness.unrelated(W, again[0]), share=2)


def xavier_init(student, draw):
    falling = [draw.integers(600, 800), draw.integers(90, 130)]
    rising = [draw.integers(60, 90), draw.integers(600, 800)]
    layers = yield from _layers(student, "xavier_init", [falling, rising, rising])
    if layers is None:
        return
    (W, _), (rising_W, _), (again, _) = layers
    yield _has_variance(student, W, falling, "more inputs than outputs")
    yield _has_variance(student, rising_W, rising, "more outputs than inputs")
    biases = np.concatenate([b for _, b in layers])
    kind = "constant_biases" if np.ptp(biases) == 0 else "random_biases"
    yield student.holds(not np.any(biases), "b is 0", mistake=kind, share=3)
    yield student.holds(
        randomness.has_usual_tails(W) and randomness.has_usual_tails(rising_W),
        "W is uniform, normal or in between",
        mistake="another_distribution",
    )
    yield _is_independent(student, W)
    yield _is_fresh(student, randomness.unrelated(rising_W, again), share=2)


def _layers(student, name, sizes):
    """The layers for some pairs of sizes, as arrays; None where they cannot be judged further."""
    made = student.value(probes.made, name, sizes)
    parts = {len(layer["parts"]) for layer in made}
    otherwise = "Two arrays are expected, the weights and the biases."
    mistake = "bias_missing" if parts == {1} else None
    yield student.holds(parts == {2}, "returns a pair (W, b)", otherwise, mistake, core=True)
    if parts != {2}:
        return None
    layers = [tuple(np.asarray(part, float) for part in layer["parts"]) for layer in made]
    wrong = [_wrong_shapes(*layer, *size) for layer, size in zip(layers, sizes, strict=True)]
    (W, b), (n_in, n_out) = layers[0], sizes[0]
    yield student.holds(
        not any(wrong),
        "W has the shape (n_in, n_out), b the shape (n_out,)",
        f"With n_in = {n_in} and n_out = {n_out}, W has the shape {W.shape} and b {b.shape}.",
        mistake=wrong[0] if wrong[0] != "other" else None,
        core=True,
    )
    if any(wrong):
        return None
    yield from _kinds_of(student, made)
    return layers


def _kinds_of(student, made):
    kinds = {kind for layer in made for kind in layer["kinds"]}
    yield student.holds(
        kinds == {"trainable"},
        "both are tf.Variables that an optimizer may change",
        mistake=next((kind for kind in sorted(kinds) if kind != "trainable"), None),
    )
    dtypes = {np.asarray(part).dtype for layer in made for part in layer["parts"]}
    yield student.holds(dtypes == {np.dtype("float32")}, "both are float32", mistake="float64")


def _wrong_shapes(W, b, n_in, n_out):
    """The mistake that the shapes show; empty if they are right."""
    if W.shape == (n_in, n_out) and b.shape == (n_out,):
        return ""
    if W.shape == (n_out, n_in):
        return "weights_transposed"
    if W.shape == (n_out,) and b.shape == (n_in, n_out):
        return "order_swapped"
    if W.shape == (n_in, n_out) and b.shape == (n_in,):
        return "bias_per_input"
    if W.shape == (n_in, n_out) and b.shape == (1, n_out):
        return "bias_is_a_row"
    return "other"


def _is_standard_normal(student, name, values, sizes, share=1, core=False):
    n_in, n_out = sizes
    kinds = {
        _all_the_same(name, values): (0.0, 0.0),
        "uniform_from_0_to_1": (0.5, 1 / 12),
        "uniform_around_0": (0.0, 1 / 3),
        "truncated": (0.0, TRUNCATED),
        "keras_default_spread": (0.0, 0.05**2),
        "xavier_spread": (0.0, 2 / (n_in + n_out)),
        "another_distribution": (0.0, 1.0),
    }
    right = randomness.mean_is(values, 0.0, 1.0) and randomness.variance_is(values, 1.0)
    return student.holds(
        right and randomness.is_normal(values),
        f"{name} is drawn from N(0, 1)",
        f"Its numbers have mean {np.mean(values):.4g} and standard deviation {np.std(values):.4g}.",
        mistake=_first_that_fits(values, kinds) or "another_spread",
        share=share,
        core=core,
    )


def _all_the_same(name, values):
    """The mistake of whoever has one number everywhere."""
    if name != "b":
        return "constant"
    return "one_bias_for_all" if np.any(values) else "biases_of_0"


def _has_variance(student, values, sizes, words):
    n_in, n_out = sizes
    right = 2 / (n_in + n_out)
    kinds = {
        "constant": (0.0, 0.0),
        "one_over_inputs": (0.0, 1 / n_in),
        "one_over_outputs": (0.0, 1 / n_out),
        "two_over_inputs": (0.0, 2 / n_in),
        "limit_as_spread": (0.0, 6 / (n_in + n_out)),
        "spread_as_limit": (0.0, right / 3),
        "root_forgotten": (0.0, right**2),
        "brackets_forgotten": (0.0, 2 / n_in + n_out),
        "sizes_of_the_sheet": (0.0, 2 / (784 + 256)),
        "half_the_variance": (0.0, right / 2),
        "gain_included": (0.0, 16 * right),
        "truncated": (0.0, right * TRUNCATED),
        "not_scaled": (0.0, 1.0),
        "only_positive": (np.sqrt(6 / (n_in + n_out)) / 2, 6 / (n_in + n_out) / 12),
        "root_of_numerator_only": (0.0, 6 / (n_in + n_out) ** 2 / 3),
    }
    return student.holds(
        randomness.mean_is(values, 0.0, right) and randomness.variance_is(values, right),
        f"W has mean 0 and the expected variance, with {words}",
        f"With n_in = {n_in} and n_out = {n_out}, the mean is {np.mean(values):.3g} and the "
        f"variance {np.var(values):.3g}.",
        mistake=_first_that_fits(values, kinds),
        share=2,
        core=True,
    )


def _first_that_fits(values, kinds):
    """The mistake whose mean and variance the values have, if there is one."""

    def fits(mean, variance):
        if variance == 0:
            return np.ptp(values) == 0
        mean_fits = randomness.mean_is(values, mean, variance)
        return mean_fits and randomness.variance_is(values, variance, mean)

    return next((mistake for mistake, moments in kinds.items() if fits(*moments)), None)


def _is_independent(student, W):
    differ, what = randomness.rows_and_columns_differ(W), "every entry of W is drawn by itself"
    return student.holds(differ, what, mistake="one_row_for_all", core=True)


def _is_fresh(student, unrelated, share):
    what = "draws new numbers on every call"
    return student.holds(unrelated, what, mistake="same_on_every_call", share=share)


# ── encoder, decoder ─────────────────────────────────────────────────────────────────────────


def encoder(student, draw):
    yield from _stack_lines(student, draw, "encoder")


def decoder(student, draw):
    yield from _stack_lines(student, draw, "decoder")
    y, weights = tf.constant(_batch(draw, 4, 3)), _weights(draw, [3, 5, 7])
    case = "decoder", y, weights, _normal(draw, (4, 7))
    what = "the gradient reaches the codes, and so the encoder"
    yield student.compare(probes.input_gradient, *case, what=what, share=2)


def _stack_lines(student, draw, name):
    x, weights = _batch(draw, 4, 7), _weights(draw, [7, 5, 3])
    case = name, x, weights
    yield student.compare(probes.output, *case, what="agrees with the formula", core=True, share=4)
    # Here layers in a wrong order fit: what they give says which order it is.
    square = name, x, _weights(draw, [7, 7, 7])
    yield student.compare(probes.output, *square, what="takes layers of one width", core=True)
    whole = draw.integers(0, 3, (4, 7))
    others = {
        "takes a single layer": (x, weights[:1]),
        "takes four layers": (x, _weights(draw, [7, 3, 6, 4, 5])),
        "takes a batch of one": (x[:1], weights),
        "takes a float32 tensor": (tf.constant(x), weights),
        "takes a float64 array": (x.astype(np.float64), weights),
        "takes a float64 tensor": (tf.constant(x, tf.float64), weights),
        "takes an array of integers": (whole, weights),
        "takes a tensor of integers": (tf.constant(whole), weights),
        "works where the sigmoid saturates": (x, [(60 * W, 60 * b) for W, b in weights]),
    }
    cases = {what: (name, *arguments) for what, arguments in others.items()}
    yield from student.compare_each(probes.output, cases)
    direction = _normal(draw, (4, 3))
    what = "gradients reach every W and b"
    yield student.compare(probes.layer_gradients, *case, direction, what=what, share=4)
    yield student.meets(str, probes.change_of_layers, *case, what="leaves layers as it was")


def _batch(draw, batch, n):
    """Values between 0 and 1, `(batch, n)` in float32."""
    return draw.between(0.0, 1.0, (batch, n)).astype(np.float32)


def _normal(draw, shape):
    return draw.normal(shape).astype(np.float32)


def _weights(draw, sizes):
    """Pairs of arrays (W, b): neither so small that layers look linear nor so large that all
    sigmoids saturate."""
    return [
        (_normal(draw, (n_in, n_out)), _normal(draw, (n_out,)))
        for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)
    ]


# ── mean_squared_loss, cross_entropy_loss ────────────────────────────────────────────────────


def mean_squared_loss(student, draw):
    name, (x, z) = "mean_squared_loss", (_batch(draw, 5, 7), _batch(draw, 5, 7))
    yield student.compare(name, x, z, what="agrees with the formula", core=True, share=4)
    large = 10 * _normal(draw, (3, 4)), 10 * _normal(draw, (3, 4))
    cases = _loss_inputs(x, z) | {"works for large differences, of both signs": large}
    yield from student.compare_each(name, cases)
    small = 1e-3 * x, 1e-3 * z  # the loss is near 1e-6
    yield student.compare(name, *small, what="works for small differences", atol=1e-10)
    what = "has the gradient of the formula"
    yield student.compare(probes.loss_gradient, name, x, tf.constant(z), what=what, share=3)


WITHIN_2_PERCENT = {"rtol": 0.02, "stated": True}  # how z = 0 is avoided, students choose


def cross_entropy_loss(student, draw):
    name, x = "cross_entropy_loss", _batch(draw, 5, 7)
    z = (0.05 + 0.9 * _batch(draw, 5, 7)).astype(np.float32)
    what = "agrees with the formula"
    yield student.compare(name, x, z, what=what, core=True, share=4, **WITHIN_2_PERCENT)
    # dark grey where z is bright: rounded, or exchanged with 1 - x, all pixels err to the same side
    grey, bright = 0.2 + 0.2 * x, (0.6 + 0.3 * _batch(draw, 5, 7)).astype(np.float32)
    what = "counts grey values as they are"
    yield student.compare(name, grey, bright, what=what, core=True, **WITHIN_2_PERCENT)
    yield from student.compare_each(name, _loss_inputs(x, z), **WITHIN_2_PERCENT)
    case, what = (name, x, tf.constant(z)), "has the gradient of the formula"
    yield student.compare(probes.loss_gradient, *case, what=what, share=3, rtol=0.05, atol=1e-3)
    yield from student.compare_each(name, _nearly_certain(draw), atol=1e-9, **WITHIN_2_PERCENT)
    yield from _certain(student, draw)


def _loss_inputs(x, z):
    """What both losses take."""
    return {
        "takes float32 tensors": (tf.constant(x), tf.constant(z)),
        "takes an array x and a tensor z": (x, tf.constant(z)),
        "takes float64 arrays": (x.astype(np.float64), z.astype(np.float64)),
        "takes float64 tensors": (tf.constant(x, tf.float64), tf.constant(z, tf.float64)),
        "takes a batch of one": (x[:1], z[:1]),
        "takes more images than pixels": (x[:, :2], z[:, :2]),
    }


def _nearly_certain(draw):
    """z between 1e-4 and 1 - 1e-4, where it is right and where it is wrong."""
    small = np.exp(draw.between(np.log(1e-4), np.log(1e-3), (4, 6)))
    cases = {
        "dark, and nearly certain of it": (0.0, small),
        "bright, and nearly certain of it": (1.0, 1 - small),
        "bright, and nearly certain of dark": (1.0, small),
        "dark, and nearly certain of bright": (0.0, 1 - small),
    }
    return {
        f"within 2 %: {what}": (np.full(small.shape, x, np.float32), tf.constant(z, tf.float32))
        for what, (x, z) in cases.items()
    }


def _certain(student, draw):
    """z is 0 or 1 exactly, in float32."""
    name = "cross_entropy_loss"
    ones, zeros = np.ones((3, 5), np.float32), np.zeros((3, 5), np.float32)
    binary = draw.integers(0, 2, (4, 6)).astype(np.float32)
    binary[0, :2] = 0.0, 1.0
    grey = _batch(draw, 4, 6)
    one_wrong = binary.copy()
    one_wrong[1, 2] = 1 - one_wrong[1, 2]
    dear, costly = _costs_at_least(5 * 10.0), _costs_at_least(10.0 / 4)
    for condition, x, z, what, share in (
        (dear, ones, zeros, "z = 0 for a bright pixel is dear", 3),
        (dear, zeros, ones, "z = 1 for a dark pixel is dear", 3),
        (costly, binary, one_wrong, "a single wrong certainty among right ones is dear", 2),
        (_costs_at_most(6 * 0.01), binary, binary, "right certainties cost nothing", 3),
    ):
        yield student.meets(condition, name, x, tf.constant(z), what=what, share=share)
    for x, what, share in (
        (grey, "the gradient is finite at z = 0 and z = 1", 3),
        (binary, "so it is where the certainty is right", 2),
    ):
        case = probes.loss_gradient, name, x, tf.constant(binary)
        yield student.meets(_is_finite_array((4, 6)), *case, what=what, share=share)


def _costs_at_least(nats):
    """A condition: the loss is finite and not smaller."""
    # 10 nats is the cost at a probability of 4.5e-5, itself an allowed choice.
    return _costs(lambda value: value >= 0.999 * nats, "in all: too little")


def _costs_at_most(nats):
    return _costs(lambda value: abs(value) <= nats, "for each image")


def _costs(is_right, words):
    def problem(value):
        try:
            value = float(value)
        except (TypeError, ValueError):
            value = float("nan")
        if not np.isfinite(value):
            return f"The loss is {value}; a finite number is expected."
        return "" if is_right(value) else f"It costs {value:.4g} nats {words}."

    return problem


def _is_finite_array(shape):
    def problem(value):
        array = np.asarray(value)
        if array.shape != shape:
            return f"The gradient has the shape {array.shape}."
        wrong = np.count_nonzero(~np.isfinite(array))
        return f"{wrong} of {array.size} entries of the gradient are not finite." if wrong else ""

    return problem


# ── make_stack ───────────────────────────────────────────────────────────────────────────────


def make_stack(student, draw):
    for sizes, what, core in (
        (_sizes(draw, 3), "makes two layers", True),
        (_sizes(draw, 5), "makes four layers", True),
        (_sizes(draw, 2), "makes a single layer", False),
        (_sizes(draw, 4)[::-1], "takes sizes that grow, as the decoder's do", False),
        (tuple(_sizes(draw, 4)), "takes a tuple of sizes", False),
    ):
        numbers = _of_calls(draw)
        fits = _fit_to(sizes, numbers)
        yield student.meets(fits, probes.stacks, sizes, numbers, what=what, core=core, share=2)
    sizes, numbers = _sizes(draw, 5), _of_calls(draw)
    once, what = _once_each(len(sizes) - 1, numbers), "calls init once for each layer"
    yield student.meets(once, probes.stacks, sizes, numbers, what=what)
    own, what = _of_their_own(numbers), "every layer has variables of its own"
    yield student.meets(own, probes.stacks, [5, 5, 5, 5], numbers, 2, what=what, share=2)


def _of_calls(draw):
    """Numbers by which the calls of init are recognised, two for each."""
    return _normal(draw, (40, 2))


def _sizes(draw, count):
    """Different sizes, falling."""
    steps = draw.integers(1, 5, (count,))
    return [int(n) for n in 3 + np.cumsum(steps)[::-1]]


def _fit_to(sizes, numbers):
    """A condition: the layers come from the calls of init that the sizes ask for."""

    def problem(found):
        layers = _stacks(found, numbers)[0]
        if len(layers) != len(sizes) - 1:
            wanted = len(sizes) - 1
            return (
                f"Number of layers for {wanted + 1} sizes: yours {len(layers)}, expected {wanted}."
            )
        pairs = zip(sizes[:-1], sizes[1:], strict=True)
        for number, (layer, (n_in, n_out)) in enumerate(zip(layers, pairs, strict=True), 1):
            shapes, calls = layer
            if shapes != ((n_in, n_out), (n_out,)) or None in calls:
                if not found["calls"]:
                    return "init is not called: it draws the layers, whatever it is."
                return f"Layer {number} is not what init({n_in}, {n_out}) returns."
        return ""

    return problem


def _once_each(count, numbers):
    """A condition: both parts of a layer are those of one call, and there was no other call."""

    def problem(found):
        calls = [calls for _, calls in _stacks(found, numbers)[0]]
        if calls and all(len(set(both)) == 1 for both in calls) and found["calls"] == count:
            return ""
        return f"{count} layers are made by {count} calls of init."

    return problem


def _of_their_own(numbers):
    """A condition: no two layers, in one stack or in two, hold what one call returned."""

    def problem(found):
        calls = [calls for layers in _stacks(found, numbers) for _, calls in layers]
        apart = all(len(set(of_part)) == len(calls) for of_part in zip(*calls, strict=True))
        if calls and apart and not any(None in both for both in calls):
            return ""
        return "Some layers share their variables, or they do not come from init."

    return problem


def _stacks(found, numbers):
    """For each layer of each stack, its shapes and the calls of init that its parts come from."""
    stacks = found.get("stacks") if isinstance(found, dict) else None
    stacks = [layers if isinstance(layers, list) else [] for layers in stacks or [[]]]
    return [[_origins(layer, numbers) for layer in layers] for layers in stacks]


def _origins(layer, numbers):
    """The shapes of W and b, and the number of each one's call; None for any other array."""
    shapes, calls = [], []
    parts = layer if isinstance(layer, list) and len(layer) == 2 else [None, None]
    for part, column in zip(parts, numbers.T, strict=True):
        array = np.asarray(part) if hasattr(part, "__array__") else np.zeros(0)
        same = np.flatnonzero([array.size and np.all(array == number) for number in column])
        shapes.append(array.shape)
        calls.append(int(same[0]) if len(same) else None)
    return tuple(shapes), tuple(calls)


# ── train_step ───────────────────────────────────────────────────────────────────────────────


def train_step(student, draw):
    case = _training(draw, [7, 5, 3], [3, 5, 7])
    first = _first_batch(case)
    settings = {"learning_rate": draw.between(0.02, 0.05), "epsilon": 1e-3}
    step, instead = _one_step(student, first, settings)
    moves = "moves as Adam with the true gradient moves it"
    for part, what, core, share in (
        ("encoder", f"the encoder {moves}", True, 3),
        ("decoder", f"the decoder {moves}", True, 3),
        ("losses", "returns the loss before the step", False, 2),
        ("steps", "takes one step of the optimizer", False, 2),
    ):
        yield student.compare(step, part=part, what=what, core=core, share=share)
    each = partial(student.compare_each, probes.train, instead=instead)
    plain = {"learning_rate": settings["learning_rate"], "momentum": 0.5}
    small = _training(draw, [6, 4], [4, 6])  # a graph takes as long as it has variables
    cases = {"two steps under tf.function": (*small, plain | {"graph": True})}
    yield from each(cases, share=3, reference_args=(*small, plain))
    sheets = settings | {"learning_rate": 1e-3, "epsilon": 1e-7}
    cases = {
        "two steps in a row with one optimizer": (*case, settings),
        "the optimizer of the sheet": (*small, sheets),
        "takes tensors": (*_first_batch(small), plain | {"tensors": True}),
    }
    yield from each(cases, share=2)
    for sizes, back, what in (
        ([6, 4], [4, 6], "stacks of one layer"),
        ([8, 6, 5, 4], [4, 8], "an encoder deeper than the decoder"),
        ([6, 3], [3, 4, 5, 6], "a decoder deeper than the encoder"),
    ):
        other = _first_batch(_training(draw, sizes, back))
        yield from each({f"takes {what}": (*other, plain)})


def _one_step(student, first, settings):
    """A step with a batch, and the stacks in the place of the student's own, where it takes them.

    It does where it calls `encoder` and `decoder`: what is wrong with these costs nothing here.
    Where it computes the sigmoids by itself, which is as right, it is judged as it stands.
    """
    made = partial(student.call, probes.train, *first, settings | {"shown": True}, what="runs")
    step = made(instead=probes.STACKS)
    if student.compare(step, part="reconstruction", what="runs").passed:
        return step, probes.STACKS
    return made(), None


def _training(draw, sizes, back):
    """Two batches, the weights of the two stacks, and what a pixel weighs in the loss."""
    batches = [_batch(draw, 4, sizes[0]) for _ in range(2)]
    pixels = draw.between(0.5, 2.0, (sizes[0],)).astype(np.float32)
    return batches, _weights(draw, sizes), _weights(draw, back), pixels


def _first_batch(case):
    batches, *rest = case
    return batches[:1], *rest


# ── deeper ───────────────────────────────────────────────────────────────────────────────────


def deeper(student, draw):
    returned = student.value(probes.two_sizes)
    first, second = (_whole_numbers(sizes) for sizes in returned)
    yield student.holds(
        first is not None,
        "returns a list of integers",
        "The sizes are expected as a list of integers.",
        mistake="a_text" if isinstance(returned[0], str) else None,
        core=True,
    )
    if first is None:
        return
    yield student.holds(
        first == [784, 256, 128, 64],
        "adds a layer of 64 after the layer of 128",
        f"These are {len(first)} sizes, {first}.",
        mistake=_kind_of_sizes(first),
        core=True,
        share=3,
    )
    yield student.holds(second == first, "returns the same on every call", mistake="grows")


def _whole_numbers(sizes):
    """The sizes as Python integers; None where they are anything else."""
    if not isinstance(sizes, list) or any(isinstance(n, (bool, str)) for n in sizes):
        return None
    arrays = [np.asarray(n) for n in sizes]
    if any(array.shape != () or array.dtype.kind not in "iu" for array in arrays):
        return None
    return [int(array) for array in arrays]


def _kind_of_sizes(sizes):
    """The mistake that some sizes show, if it is a known one."""
    kinds = {
        "not_deeper": [784, 256, 128],
        "input_missing": [256, 128, 64],
        "only_the_new_layer": [64],
        "in_place_of_the_128": [784, 256, 64],
        "before_the_128": [784, 256, 64, 128],
        "decoder_sizes": [64, 128, 256, 784],
        "whole_autoencoder": [784, 256, 128, 64, 128, 256, 784],
        "added_twice": [784, 256, 128, 64, 64],
        "another_width": [784, 256, 128, 32],
        "goes_on_halving": [784, 256, 128, 64, 32],
    }
    return next((mistake for mistake, wrong in kinds.items() if wrong == sizes), None)
