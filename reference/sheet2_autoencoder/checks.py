"""What the judge tries on each function of sheet 2: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs, or are probes that run beside the student's
functions.
"""

import numpy as np

from helpers.quiet import tf
from reference import randomness

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
    made = student.value(_made, name, sizes)
    pairs = all(len(layer["parts"]) == 2 for layer in made)
    yield student.holds(
        pairs,
        "returns a pair (W, b)",
        "Two arrays are asked, the weights and the biases.",
        mistake="bias_missing" if all(len(layer["parts"]) == 1 for layer in made) else None,
        core=True,
    )
    if not pairs:
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
    kinds = {kind for layer in made for kind in layer["kinds"]}
    yield student.holds(
        kinds == {"trainable"},
        "both are tf.Variables that an optimizer may change",
        mistake=next((kind for kind in sorted(kinds) if kind != "trainable"), None),
        share=2,
    )
    yield student.holds(
        all(np.asarray(part).dtype == np.float32 for layer in made for part in layer["parts"]),
        "both are float32",
        mistake="float64",
    )
    return layers


def _made(functions, name, sizes):
    """What the function returns for each pair of sizes; no parts where it is no pair of arrays."""
    import numpy as np
    import tensorflow as tf

    def kind(part):
        if isinstance(part, tf.Variable):
            return "trainable" if part.trainable else "not_trainable"
        return "numpy_arrays" if isinstance(part, np.ndarray) else "not_variables"

    def described(layer):
        parts = list(layer) if isinstance(layer, (tuple, list)) else [layer]
        arrays = [isinstance(p, (tf.Tensor, tf.Variable, np.ndarray)) for p in parts]
        return {"parts": parts if all(arrays) else [], "kinds": [kind(part) for part in parts]}

    return [described(functions[name](n_in, n_out)) for n_in, n_out in sizes]


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
        "constant" if name != "b" else "biases_of_0": (0.0, 0.0),
        "uniform_from_0_to_1": (0.5, 1 / 12),
        "uniform_around_0": (0.0, 1 / 3),
        "truncated": (0.0, TRUNCATED),
        "keras_default_spread": (0.0, 0.05**2),
        "xavier_spread": (0.0, 2 / (n_in + n_out)),
        "another_distribution": (0.0, 1.0),
    }
    right = (
        randomness.mean_is(values, 0.0, 1.0)
        and randomness.variance_is(values, 1.0)
        and randomness.is_normal(values)
    )
    return student.holds(
        right,
        f"{name} is drawn from N(0, 1)",
        f"Its numbers have mean {np.mean(values):.4g} and standard deviation {np.std(values):.4g}.",
        mistake=_first_that_fits(values, kinds) or "another_spread",
        share=share,
        core=core,
    )


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
        "sizes_of_the_sheet": (0.0, 2 / (784 + 256)),
        "half_the_variance": (0.0, right / 2),
        "truncated": (0.0, right * TRUNCATED),
        "not_scaled": (0.0, 1.0),
        "only_positive": (np.sqrt(6 / (n_in + n_out)) / 2, 6 / (n_in + n_out) / 12),
        "root_of_numerator_only": (0.0, 6 / (n_in + n_out) ** 2 / 3),
    }
    return student.holds(
        randomness.mean_is(values, 0.0, right) and randomness.variance_is(values, right),
        f"W has mean 0 and the variance asked, with {words}",
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
    return student.holds(
        randomness.rows_and_columns_differ(W),
        "every entry of W is drawn by itself",
        mistake="one_row_for_all",
    )


def _is_fresh(student, unrelated, share):
    return student.holds(
        unrelated, "draws new numbers on every call", mistake="same_on_every_call", share=share
    )


# ── encoder, decoder ─────────────────────────────────────────────────────────────────────────


def encoder(student, draw):
    yield from _stack_lines(student, draw, "encoder")


def decoder(student, draw):
    yield from _stack_lines(student, draw, "decoder")
    y, weights = _batch(draw, 4, 3), _weights(draw, [3, 5, 7])
    direction = _normal(draw, (4, 7))
    yield student.compare(
        _input_gradient,
        "decoder",
        tf.constant(y),
        weights,
        direction,
        what="the gradient reaches the codes, and so the encoder",
        share=2,
    )


def _stack_lines(student, draw, name):
    x, weights = _batch(draw, 4, 7), _weights(draw, [7, 5, 3])
    yield student.compare(
        _output, name, x, weights, what="agrees with the formula", core=True, share=5
    )
    yield student.compare(_output, name, x, weights[:1], what="takes a single layer")
    four = _weights(draw, [7, 3, 6, 4, 5])
    yield student.compare(_output, name, x, four, what="takes four layers")
    yield student.compare(_output, name, x[:1], weights, what="takes a batch of one")
    for kind, same in {
        "a float32 tensor": tf.constant(x),
        "a float64 array": x.astype(np.float64),
        "a float64 tensor": tf.constant(x, tf.float64),
    }.items():
        yield student.compare(_output, name, same, weights, what=f"takes {kind}")
    whole = draw.integers(0, 3, (4, 7))
    yield student.compare(_output, name, whole, weights, what="takes an array of integers")
    yield student.compare(
        _output, name, tf.constant(whole), weights, what="takes a tensor of integers"
    )
    steep = [(60 * W, 60 * b) for W, b in weights]
    yield student.compare(_output, name, x, steep, what="works where the sigmoid saturates")
    direction = _normal(draw, (4, 3))
    yield student.compare(
        _layer_gradients,
        name,
        x,
        weights,
        direction,
        what="gradients reach every W and b",
        share=4,
    )
    yield student.meets(str, _change_of_layers, name, x, weights, what="leaves layers as it was")


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


def _output(functions, name, x, weights):
    import tensorflow as tf

    return functions[name](x, [(tf.Variable(W), tf.Variable(b)) for W, b in weights])


def _layer_gradients(functions, name, x, weights, direction):
    """Of the result's product with a direction, with respect to every W and b."""
    import tensorflow as tf

    layers = [(tf.Variable(W), tf.Variable(b)) for W, b in weights]
    with tf.GradientTape() as tape:
        product = tf.reduce_sum(tf.cast(functions[name](x, layers), tf.float32) * direction)
    gradients = {}
    for number, pair in enumerate(tape.gradient(product, layers), 1):
        for part, gradient in zip("Wb", pair, strict=True):
            if gradient is None:
                raise ValueError(f"no gradient reaches the {part} of layer {number}")
            gradients[f"{part} of layer {number}"] = gradient
    return gradients


def _input_gradient(functions, name, y, weights, direction):
    """The same with respect to the input."""
    import tensorflow as tf

    layers = [(tf.Variable(W), tf.Variable(b)) for W, b in weights]
    with tf.GradientTape() as tape:
        tape.watch(y)
        product = tf.reduce_sum(tf.cast(functions[name](y, layers), tf.float32) * direction)
    gradient, to_the_last = tape.gradient(product, (y, layers[-1][0]))
    if to_the_last is None:
        raise ValueError("no gradient reaches anything")
    if gradient is None:
        raise ValueError("no gradient reaches the codes, though it reaches the layers")
    return gradient


def _change_of_layers(functions, name, x, weights):
    """What the call did to the list of layers; empty if nothing."""
    import numpy as np
    import tensorflow as tf

    layers = [(tf.Variable(W), tf.Variable(b)) for W, b in weights]
    before = list(layers)
    functions[name](x, layers)
    if len(layers) != len(before):
        return f"Of {len(before)} layers in the list, {len(layers)} are left."
    if any(one is not other for one, other in zip(layers, before, strict=True)):
        return "The list holds other layers afterwards."
    for (W, b), (old_W, old_b) in zip(layers, weights, strict=True):
        if not (np.array_equal(W, old_W) and np.array_equal(b, old_b)):
            return "The variables have other values afterwards."
    return ""


# ── mean_squared_loss, cross_entropy_loss ────────────────────────────────────────────────────


def mean_squared_loss(student, draw):
    name = "mean_squared_loss"
    x, z = _batch(draw, 5, 7), _batch(draw, 5, 7)
    yield student.compare(name, x, z, what="agrees with the formula", core=True, share=4)
    yield from _loss_inputs(student, name, x, z)
    large, other = 10 * _normal(draw, (3, 4)), 10 * _normal(draw, (3, 4))
    yield student.compare(name, large, other, what="works for large differences, of both signs")
    yield student.compare(
        _loss_gradient, name, x, tf.constant(z), what="has the gradient of the formula", share=3
    )


def cross_entropy_loss(student, draw):
    name = "cross_entropy_loss"
    x, z = _batch(draw, 5, 7), (0.05 + 0.9 * _batch(draw, 5, 7)).astype(np.float32)
    yield student.compare(name, x, z, what="agrees with the formula", core=True, share=4, rtol=0.02)
    yield from _loss_inputs(student, name, x, z, rtol=0.02)
    yield student.compare(
        _loss_gradient,
        name,
        x,
        tf.constant(z),
        what="has the gradient of the formula",
        share=3,
        rtol=0.05,
        atol=1e-3,
    )
    yield from _nearly_certain(student, draw)
    yield from _certain(student, draw)


def _loss_inputs(student, name, x, z, **tolerance):
    """What both losses take."""
    for kind, arguments in {
        "float32 tensors": (tf.constant(x), tf.constant(z)),
        "an array x and a tensor z": (x, tf.constant(z)),
        "float64 arrays": (x.astype(np.float64), z.astype(np.float64)),
        "float64 tensors": (tf.constant(x, tf.float64), tf.constant(z, tf.float64)),
        "a batch of one": (x[:1], z[:1]),
        "more images than pixels": (x[:, :2], z[:, :2]),
    }.items():
        yield student.compare(name, *arguments, what=f"takes {kind}", **tolerance)


def _nearly_certain(student, draw):
    """Within 2 % for z between 1e-4 and 1 - 1e-4, where z is right and where it is wrong."""
    name = "cross_entropy_loss"
    small = np.exp(draw.between(np.log(1e-4), np.log(1e-3), (4, 6)))
    for x, z, what in (
        (0.0, small, "dark, and nearly certain of it"),
        (1.0, 1 - small, "bright, and nearly certain of it"),
        (1.0, small, "bright, and nearly certain of dark"),
        (0.0, 1 - small, "dark, and nearly certain of bright"),
    ):
        pixels = np.full(small.shape, x, np.float32)
        yield student.compare(
            name,
            pixels,
            tf.constant(z, tf.float32),
            what=f"within 2 %: {what}",
            rtol=0.02,
            atol=1e-9,
        )


def _certain(student, draw):
    """z is 0 or 1 exactly, in float32."""
    name = "cross_entropy_loss"
    ones, zeros = np.ones((3, 5), np.float32), np.zeros((3, 5), np.float32)
    binary = draw.integers(0, 2, (4, 6)).astype(np.float32)
    binary[0, :2] = 0.0, 1.0
    grey = _batch(draw, 4, 6)
    dear = _costs_at_least(5 * 10.0)
    yield student.meets(
        dear, name, ones, tf.constant(zeros), what="z = 0 for a bright pixel is dear", share=3
    )
    yield student.meets(
        dear, name, zeros, tf.constant(ones), what="z = 1 for a dark pixel is dear", share=3
    )
    one_wrong = binary.copy()
    one_wrong[1, 2] = 1 - one_wrong[1, 2]
    yield student.meets(
        _costs_at_least(10.0 / 4),
        name,
        binary,
        tf.constant(one_wrong),
        what="a single wrong certainty among right ones is dear",
        share=2,
    )
    yield student.meets(
        _costs_at_most(6 * 0.01),
        name,
        binary,
        tf.constant(binary),
        what="right certainties cost nothing",
        share=3,
    )
    yield student.meets(
        _is_finite_array((4, 6)),
        _loss_gradient,
        name,
        grey,
        tf.constant(binary),
        what="the gradient is finite at z = 0 and z = 1",
        share=3,
    )
    yield student.meets(
        _is_finite_array((4, 6)),
        _loss_gradient,
        name,
        binary,
        tf.constant(binary),
        what="so it is where the certainty is right",
        share=2,
    )


def _costs_at_least(nats):
    """A condition: the loss is finite and not smaller."""

    def problem(value):
        value = _number(value)
        if not np.isfinite(value):
            return f"The loss is {value}; a finite number is asked."
        # 10 nats is the cost at a probability of 4.5e-5, itself an allowed choice.
        return "" if value >= 0.999 * nats else f"It costs {value:.4g} nats in all: too little."

    return problem


def _costs_at_most(nats):
    def problem(value):
        value = _number(value)
        if not np.isfinite(value):
            return f"The loss is {value}; a finite number is asked."
        return "" if abs(value) <= nats else f"It costs {value:.4g} nats for each image."

    return problem


def _number(value):
    """A single number as a float; nan for anything else."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _is_finite_array(shape):
    def problem(value):
        array = np.asarray(value)
        if array.shape != shape:
            return f"The gradient has the shape {array.shape}."
        wrong = np.count_nonzero(~np.isfinite(array))
        return f"{wrong} of {array.size} entries of the gradient are not finite." if wrong else ""

    return problem


def _loss_gradient(functions, name, x, z):
    """Of a loss, with respect to the reconstruction."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = functions[name](x, z)
    if not isinstance(loss, tf.Tensor):
        raise TypeError(
            f"the loss is of type {type(loss).__name__}, through which no gradient goes"
        )
    gradient = tape.gradient(loss, z)
    if gradient is None:
        raise ValueError("no gradient reaches z")
    return gradient


# ── make_stack ───────────────────────────────────────────────────────────────────────────────


def make_stack(student, draw):
    for sizes, what, core in (
        (_sizes(draw, 3), "makes two layers", True),
        (_sizes(draw, 5), "makes four layers", True),
        (_sizes(draw, 2), "makes a single layer", False),
        (_sizes(draw, 4)[::-1], "takes sizes that grow, as the decoder's do", False),
        (tuple(_sizes(draw, 4)), "takes a tuple of sizes", False),
    ):
        yield student.meets(_fit_to(sizes), _origins, sizes, what=what, core=core, share=2)
    sizes = _sizes(draw, 5)
    yield student.compare(_calls_of_init, sizes, what="calls init once for each layer", share=2)
    yield student.meets(
        str, _shared_variables, [5, 5, 5, 5], what="every layer has variables of its own", share=2
    )


def _sizes(draw, count):
    """Different sizes, falling."""
    steps = draw.integers(1, 5, (count,))
    return [int(n) for n in 3 + np.cumsum(steps)[::-1]]


def _fit_to(sizes):
    """A condition: the layers come from the calls of init that the sizes ask for."""

    def problem(layers):
        wanted = [[pair, pair] for pair in zip(sizes[:-1], sizes[1:], strict=True)]
        if len(layers) != len(wanted):
            return f"{len(sizes)} sizes ask for {len(wanted)} layers; there are {len(layers)}."
        for number, (layer, pair) in enumerate(zip(layers, wanted, strict=True), 1):
            if layer != pair:
                return f"Layer {number} is not what init({pair[0][0]}, {pair[0][1]}) returns."
        return ""

    return problem


def _origins(functions, sizes):
    """For each part of each layer, the arguments of init from which its numbers come."""
    import numpy as np
    import tensorflow as tf

    made = []

    def init(n_in, n_out):
        W = tf.Variable(100.0 * n_in + n_out + tf.zeros((n_in, n_out)))
        b = tf.Variable(-100.0 * n_in - n_out + tf.zeros(n_out))
        made.append(((n_in, n_out), W.numpy(), b.numpy()))
        return W, b

    def origin(part, place):
        known = (call for call in made if np.array_equal(call[1 + place], part))
        return next(known, ["unknown"])[0]

    def origins(layer):
        if not isinstance(layer, (tuple, list)) or len(layer) != 2:
            return "no pair"
        return [origin(part, place) for place, part in enumerate(layer)]

    layers = functions["make_stack"](sizes, init)
    if not isinstance(layers, (tuple, list)):
        raise TypeError(f"a list of layers is asked, not a {type(layers).__name__}")
    return [origins(layer) for layer in layers]


def _calls_of_init(functions, sizes):
    """With which sizes init was called, sorted."""
    import tensorflow as tf

    calls = []

    def init(n_in, n_out):
        calls.append((int(n_in), int(n_out)))
        return tf.Variable(tf.zeros((n_in, n_out))), tf.Variable(tf.zeros(n_out))

    functions["make_stack"](sizes, init)
    return sorted(calls)


def _shared_variables(functions, sizes):
    """What layers share, within a stack or with the next one; empty if nothing."""
    import tensorflow as tf

    def init(n_in, n_out):
        return tf.Variable(tf.zeros((n_in, n_out))), tf.Variable(tf.zeros(n_out))

    stacks = [functions["make_stack"](sizes, init) for _ in range(2)]
    variables = [id(one) for stack in stacks for layer in stack for one in layer]
    wanted = 2 * 2 * (len(sizes) - 1)
    if len(set(variables)) == len(variables) == wanted:
        return ""
    return (
        f"Two stacks have {len(variables)} variables, {len(set(variables))} of them different; "
        f"{wanted} different ones are asked."
    )


# ── train_step ───────────────────────────────────────────────────────────────────────────────


def train_step(student, draw):
    case = _training(draw, [7, 5, 3], [3, 5, 7])
    settings = {"learning_rate": draw.between(0.02, 0.05), "epsilon": 1e-3}
    settings["stand_ins"] = _takes_stand_ins(student, case, settings)
    for part in ("encoder", "decoder"):
        yield student.compare(
            _train,
            *_first_batch(case),
            settings | {"report": part},
            what=f"the {part} moves as Adam with the true gradient moves it",
            core=True,
            share=3,
        )
    for report, what in (
        ("losses", "returns the loss before the step"),
        ("steps", "takes one step of the optimizer"),
    ):
        yield student.compare(
            _train, *_first_batch(case), settings | {"report": report}, what=what, share=2
        )
    yield student.compare(
        _train,
        *case,
        settings | {"graph": True},
        reference_args=(*case, settings),
        what="two steps under tf.function",
        share=3,
    )
    for more, what in (
        ({}, "two steps in a row with one optimizer"),
        ({"learning_rate": 1e-3, "epsilon": 1e-7}, "the optimizer of the sheet"),
        ({"tensors": True}, "takes tensors"),
    ):
        yield student.compare(_train, *case, settings | more, what=what, share=2)
    for sizes, back, what in (
        ([6, 4], [4, 6], "stacks of one layer"),
        ([8, 6, 5, 4], [4, 8], "an encoder deeper than the decoder"),
        ([6, 3], [3, 4, 5, 6], "a decoder deeper than the encoder"),
    ):
        other = _training(draw, sizes, back)
        yield student.compare(_train, *_first_batch(other), settings, what=f"takes {what}")


def _training(draw, sizes, back):
    """Two batches, the weights of the two stacks, and what a pixel weighs in the loss."""
    batches = [_batch(draw, 4, sizes[0]) for _ in range(2)]
    pixels = draw.between(0.5, 2.0, (sizes[0],)).astype(np.float32)
    return batches, _weights(draw, sizes), _weights(draw, back), pixels


def _first_batch(case):
    batches, *rest = case
    return batches[:1], *rest


def _takes_stand_ins(student, case, settings):
    """Whether train_step can be judged with other stacks in the place of the student's own.

    That is so where it calls `encoder` and `decoder`: what is wrong with these costs nothing here.
    Where it computes the sigmoids by itself, which is as right, it is judged as it stands.
    """
    report = {"stand_ins": True, "report": "reconstruction"}
    line = student.compare(_train, *_first_batch(case), settings | report, what="runs")
    return line.passed


def _train(functions, batches, encoder_weights, decoder_weights, pixels, settings):
    """Steps of training, one a batch: losses, variables, and the optimizer's number of steps.

    settings: learning_rate, epsilon; stand_ins: replace encoder and decoder; graph: in tf.function;
    tensors: batches are tensors; report: only this part.
    """
    import types

    import tensorflow as tf

    def stack(activation):
        @tf.autograph.experimental.do_not_convert
        def outputs(x, layers):
            for W, b in layers:
                x = activation(tf.matmul(tf.cast(x, tf.float32), W) + b)
            return x

        return outputs

    def with_stand_ins(function):
        """The function, and its helpers, with other stacks for `encoder` and `decoder`."""
        function = getattr(function, "python_function", function)
        if not isinstance(function, types.FunctionType):
            return function
        world = dict(function.__globals__)

        def moved(f):
            inside = (f.__code__, world, f.__name__, f.__defaults__, f.__closure__)
            copy = types.FunctionType(*inside)
            copy.__kwdefaults__ = f.__kwdefaults__
            return copy

        for name, value in function.__globals__.items():
            helper = isinstance(value, types.FunctionType)
            if helper and value.__globals__ is function.__globals__:
                world[name] = moved(value)
        world |= {"encoder": stack(tf.tanh), "decoder": stack(tf.math.softplus)}
        return moved(function)

    def named(layers):
        numbered = enumerate(layers, 1)
        return {
            f"{part} of layer {n}": v for n, (W, b) in numbered for part, v in [("W", W), ("b", b)]
        }

    reconstructions = []

    @tf.autograph.experimental.do_not_convert
    def loss_fn(x, z):
        reconstructions.append(z)
        x = tf.cast(x, z.dtype)
        return tf.reduce_mean(tf.reduce_sum(pixels * (1 + x) * tf.square(z - x), axis=1))

    encoder = [(tf.Variable(W), tf.Variable(b)) for W, b in encoder_weights]
    decoder = [(tf.Variable(W), tf.Variable(b)) for W, b in decoder_weights]
    optimizer = tf.keras.optimizers.Adam(settings["learning_rate"], epsilon=settings["epsilon"])
    optimizer.build([v for layer in encoder + decoder for v in layer])
    step = functions["train_step"]
    step = with_stand_ins(step) if settings["stand_ins"] else step
    step = tf.function(step) if settings.get("graph") else step
    losses = []
    for x in batches:
        x = tf.constant(x) if settings.get("tensors") else x
        losses.append(step(x, encoder, decoder, loss_fn, optimizer))
    if settings.get("report") == "reconstruction":
        return reconstructions[0]
    parts = {"losses": losses, "encoder": named(encoder), "decoder": named(decoder)}
    parts["steps"] = int(optimizer.iterations)
    return parts[settings["report"]] if "report" in settings else parts


# ── deeper ───────────────────────────────────────────────────────────────────────────────────


def deeper(student, draw):
    returned = student.value(_two_calls)
    first, second = (_whole_numbers(sizes) for sizes in returned)
    yield student.holds(
        first is not None,
        "returns a list of integers",
        "The sizes are asked as a list of integers.",
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


def _two_calls(functions):
    """What two calls return, copied before the next can change it."""
    results = []
    for _ in range(2):
        sizes = functions["deeper_sizes"]()
        iterable = hasattr(sizes, "__iter__") and not isinstance(sizes, str)
        results.append(list(sizes) if iterable else sizes)
    return results


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
