"""What the judge tries on the networks and the training step; see the folder above for the rest.

A student's network may look as it likes: it is filled with weights of the check's own, and what
it then puts out is looked at. The training step gets networks of the check's own.
"""

import functools
import json

import numpy as np

from helpers.quiet import tf
from reference.sheet5_gan.networks import probes
from reference.sheet5_gan.networks import reference as right

# ── build_generator, build_discriminator ─────────────────────────────────────────────────────

# Each of these is relative to what the network itself returns, so that rounding is far away.
ROUNDING = 1e-5  # of float32, of values near 1
SAME = 1e-3  # rounding is near 1e-6, and what is looked for near 1
NEAR = 0.2  # inputs that differ by a thousandth: no network of a few layers is so steep
DEAD = 1e-10  # of a leak of 0.01 in each of four layers, 1e-8 is left
BENT = 5e-3  # a leak of 0.9 bends by 0.05, a smooth activation of small numbers by 1e-4
STRAIGHT = 1e-3  # of sums of float32 numbers of one sign; a leak of 0.9 behind the logit has 0.1
JOINED = 1e-3  # rounding is near 1e-6; a leak of 0.9 between two layers shows by 0.1
DROPPED = 0.05  # of the logits are exactly 0: more than where all units are dropped by chance

# Recipes of weights, as `probes.Filled.fill` takes them.
USUAL = ["balanced", 1.5, "balanced", 0.3, 1]
SMALL = ["balanced", 0.3, "constant", 0.0, 1]
FAR = (
    *(["balanced", scale, "balanced", scale, 1] for scale in (3.0, 10.0, 30.0)),
    *(["positive", 1.0, "constant", shift, 1] for shift in (50.0, -50.0)),
    # Where nothing is added, and what is returned is large with either sign.
    *(["absolute", 100.0, "constant", 0.0, sign] for sign in (1, -1)),
)

WRONG_SHAPES = {
    (784,): "flat_images",
    (28, 28): "no_channel",
    (): "no_second_axis",
    (2,): "two_logits",
    (28, 28, 1): "no_flatten",
}


def build_generator(student, draw):
    dims = {"dense": draw.integers(5, 9), "conv": draw.integers(20, 40)}
    name, shape = "build_generator", (28, 28, 1)
    seen = {kind: _look(student, draw, name, kind, (dim,), shape) for kind, dim in dims.items()}
    if not (yield from _shapes(student, seen, "(batch, 28, 28, 1)")):
        return
    low, high = _range(seen)
    reaches = all(one["low"] < -0.5 and one["high"] > 0.5 for one in seen.values())
    line = student.holds(
        student.within(max(high, -low) - 1, ROUNDING) and reaches,
        "the pixels lie between -1 and 1, whatever the weights, and use that range",
        f"With large weights they lie between {low:.3g} and {high:.3g}.",
        mistake=_kind_of_pixels(low, high),
        core=True,
        share=3,
    )
    yield line
    if (yield from _sound(student, seen, line.passed)):
        yield from _leaks(student, seen)
    yield from _differ(student, seen, "Conv2DTranspose with a stride", seen["conv"]["strided"])
    yield from _refuses(student, name, [draw.integers(5, 9)])


def build_discriminator(student, draw):
    name, sizes = "build_discriminator", ((28, 28, 1), (1,))
    seen = {kind: _look(student, draw, name, kind, *sizes) for kind in ("dense", "conv")}
    if not (yield from _shapes(student, seen, "(batch, 1)")):
        return
    low = max(one["low"] for one in seen.values())
    high = min(one["high"] for one in seen.values())
    line = student.holds(
        student.beyond(-low, 20) and student.beyond(high, 20),
        "the logits are unbounded, in both directions",
        f"With large weights they lie between {low:.3g} and {high:.3g}.",
        mistake=_kind_of_logits(*_range(seen)),
        core=True,
        share=3,
    )
    yield line
    if (yield from _sound(student, seen, line.passed)):
        yield from _leaks(student, seen)
        yield from _ends_in_logits(student, seen)
    yield from _differ(student, seen, "Conv2D", seen["conv"]["kernels"])
    yield from _refuses(student, name, [])


def _look(student, draw, name, kind, n_in, n_out):
    """What a network of one kind shows, or what keeps it from being one."""
    x = draw.between(-1.0, 1.0, (5, *n_in)).astype(np.float32)
    rng = np.random.default_rng(draw.integers(0, 2**31))
    plan = _plan(x, rng)
    positive = rng.uniform(0.5, 1.5, x[:2].shape).astype(np.float32)
    wanted = [[len(x), *n_out], [1, *n_out]]
    reply = student.value(
        probes.look, name, kind, x, wanted, list(plan.values()), positive, seconds=30
    )
    try:
        words, mistake = _problem(reply, x, n_out)
        shown = {} if words else _shown(reply, plan, n_out)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        words, mistake, shown = "What came back could not be read.", None, {}
    return shown | {"problem": words, "mistake": mistake}


def _plan(x, rng):
    """Experiments by name: network, seed and recipe of its weights, inputs, as a graph.

    It may run as a graph where what it returns is compared with no other run of the same weights.

    Without a recipe the weights stay as they were in the experiment before.
    """
    seeds = [int(seed) for seed in rng.integers(0, 2**31, 5 + len(FAR))]
    a, b, c = (1e-3 * rng.uniform(-1, 1, (4, *x.shape[1:])) for _ in range(3))
    near = x + 1e-3 * rng.uniform(-1, 1, x.shape)
    small = np.concatenate([a, b, c, a + b - c]).astype(np.float32)
    return {
        "once": [0, seeds[0], USUAL, x, False],
        "again": [0, 0, None, x, False],
        "alone": [0, 0, None, x[3:4], False],
        "near": [0, 0, None, near.astype(np.float32), False],
        "twin": [1, seeds[0], USUAL, x, False],
        "other": [1, seeds[1], USUAL, x, False],
        "kept": [0, 0, None, x, False],
        "once more": [0, seeds[2], USUAL, x, False],
        "again more": [0, 0, None, x, False],
        "alone more": [0, 0, None, x[3:4], False],
        "small": [0, seeds[3], SMALL, small, True],
        "tiny": [0, 0, None, small / 10, True],
    } | {
        f"far {n}": [0, seed, recipe, np.abs(x), True]
        for n, (seed, recipe) in enumerate(zip(seeds[5:], FAR, strict=True))
    }


def _problem(reply, x, n_out):
    """Why something is no network of the right shape, in words, and the mistake; both empty."""
    if reply["type"] != "Model":
        mistake = "nothing_returned" if reply["type"] == "NoneType" else None
        return f"It returns a {reply['type']}; a Keras model is expected.", mistake
    if reply["length"] not in (None, x.shape[-1]):
        words = f"With noise_dim = {x.shape[-1]}, it takes noise of length {reply['length']}."
        return words, "fixed_noise_dim"
    for rows, (kind, shape) in zip((len(x), 1), reply["returned"], strict=True):
        if kind != "tensor":
            return f"Its output is a {kind}; a tensor is expected.", None
        if shape != [rows, *n_out]:
            default = "another_size" if len(shape) == 1 + len(n_out) else None
            words = f"For a batch of {rows}, the shape is {tuple(shape)}."
            return words, WRONG_SHAPES.get(tuple(shape[1:]), default)
    return "", None


def _shown(reply, plan, n_out):
    """What the raw outputs of a network show, as numbers and flags."""
    outputs = zip(plan.items(), reply["outputs"], strict=True)
    out = {name: _array(made, len(case[3]), n_out) for (name, case), made in outputs}
    usual = max(_size(out[name]) for name in ("once", "once more", "other"))
    again, alone = (
        min(  # with other weights too, before anything is refused
            _distance(out[name + more], out[f"once{more}"][rows], usual) for more in ("", " more")
        )
        for name, rows in (("again", slice(None)), ("alone", slice(3, 4)))
    )
    far = np.stack([out[name] for name in plan if name.startswith("far")])
    start, *moved = (_array(made, 2, n_out) for made in reply["moved"])
    used = [not np.array_equal(start, one) for one in moved]
    turned = [_array(made, 2, n_out) for made in reply["turned"]]
    kernels = [s for s in reply["shapes"] if len(s) == 4 and max(s[:2]) > 1]
    return {
        "low": np.min(far),
        "high": np.max(far),
        "again": again,
        "alone": alone,
        "spread": np.max(np.std(out["once"], axis=0)) / _size(out["once"]),
        "near": _distance(out["near"], out["once"], usual),
        "copied": _distance(out["twin"], out["once"], usual),
        "kept": _distance(out["kept"], out["once"], usual),
        "bends": _bend(out["small"], out["tiny"]),
        "idle": not all(used),
        "passes": _passes(turned, reply["roles"], used),
        "straight": _straight(
            turned,
            [_array(made, 2, n_out) for made in reply.get("absent", [])],
            reply["roles"],
            used,
        ),
        "joined": _joined(
            turned,
            [made if made is None else _array(made, 2, n_out) for made in reply["both"]],
            reply["roles"],
            used,
        ),
        "in training": [_array(made, 100, n_out) for made in reply.get("in_training", [])],
        "kernels": bool(kernels),
        "transposed": bool(reply["strides"]),
        "strided": any(stride > 1 for stride in reply["strides"]),
    }


def _array(made, rows, n_out):
    """An output as numbers; ValueError if it has another shape than it should."""
    array = np.asarray(made, float)
    if array.shape != (rows, *n_out):
        raise ValueError(f"an output of the shape {array.shape}")
    return array


def _size(out):
    return max(np.max(np.abs(out)), 1e-30)


def _distance(one, other, usual):
    """How far two outputs are apart, relative to a usual size of what the network puts out.

    A single output, or all of a batch, may be near 0 by chance, where what is added up in it is
    not: so the usual size is the largest of several batches, with weights drawn for each.
    """
    return np.max(np.abs(one - other)) / max(usual, 1e-3)


def _bend(*outputs):
    """How far a network is from linear, at small inputs a, b, c and a + b − c, and at tiny ones.

    What is bent at 0 is so on every scale: another function than a network, such as a square, has
    no bend.
    """
    sizes, bends = [], []
    for out in outputs:
        a, b, c, last = np.split(out, 4)
        sizes.append(max(np.max(np.abs(a - c)), 1e-30))
        bends.append(np.max(np.abs(a + b - c - last)) / sizes[-1])
    on_all_scales = 3 * min(bends) > max(bends) and sizes[0] < 30 * sizes[1]
    return min(bends) if on_all_scales else 0.0


def _passes(turned, roles, used):
    """How much passes, at least, behind each used variable that makes all negative."""
    start, *pairs = turned
    shown = [one for role, one in zip(roles, used, strict=True) if role != "scale"]
    passed = [
        np.max(np.abs(out - other)) / _size(start)
        for one, out, other in zip(shown, pairs[::2], pairs[1::2], strict=True)
        if one and not (out.ndim > 2 and _cannot_move(out))
    ]
    return min(passed, default=np.inf) if shown else 0.0


def _cannot_move(pixels):
    """Whether all pixels are at the end of their range, wherever what follows a tanh has put it."""
    sizes = np.abs(pixels)
    return np.max(sizes) > 0.1 and np.ptp(sizes) <= 1e-3 * np.max(sizes)


def _straight(turned, absent, roles, used):
    """How far the output is from a straight line in the kernel in which it is nearest to one.

    The last layer's own is such a kernel, where nothing bends what the layer returns. A number
    that is not finite (a kernel of 0 that something divides by) decides nothing.
    """
    start, *pairs = turned
    kinds = [(role, one) for role, one in zip(roles, used, strict=True) if role != "scale"]
    kernels = [
        (one, negative)
        for (role, one), negative in zip(kinds, pairs[::2], strict=True)
        if role == "kernel"
    ]
    bends = [
        np.max(np.abs(start + negative - 2 * without)) / _size(start)
        for (one, negative), without in zip(kernels, absent, strict=False)
        if one
    ]
    return 0.0 if not np.all(np.isfinite(bends)) else min(bends, default=0.0)


def _joined(turned, both, roles, used):
    """How much it changes, at least, to turn two layers in a row, whose signs cancel.

    It changes nothing where no activation is between them. Layers whose sign does not show by
    itself, such as one before a saturated end, show nothing.
    """
    start, *pairs = turned
    kinds = [(role, one) for role, one in zip(roles, used, strict=True) if role != "scale"]
    shows = [
        one and np.max(np.abs(start - negative)) > 0.01 * _size(start)
        for (role, one), negative in zip(kinds, pairs[::2], strict=True)
        if role == "kernel"
    ]
    if start.ndim > 2 and _cannot_move(start):
        return np.inf
    changes = [
        np.max(np.abs(start - made)) / _size(start)
        for first, second, made in zip(shows[:-1], shows[1:], both, strict=True)
        if first and second and made is not None
    ]
    return min(changes, default=np.inf)


def _shapes(student, seen, words):
    """Lines on what the networks return; whether they can be looked at further."""
    fits = True
    for kind, one in seen.items():
        line = student.holds(
            not one["problem"],
            f"'{kind}' is a Keras model that returns {words}",
            one["problem"],
            mistake=one["mistake"],
            core=True,
            share=2,
        )
        yield line
        fits &= line.passed
    return fits


def _range(seen):
    """The lowest and the highest output of all networks with large weights."""
    return min(one["low"] for one in seen.values()), max(one["high"] for one in seen.values())


def _kind_of_pixels(low, high):
    """The mistake that the values of pixels show, if it is a known one."""
    if low >= -1e-6:
        return "sigmoid" if high <= 1 + 1e-6 else "relu_on_pixels"
    return "no_tanh" if low < -1.01 and high > 1.01 else None


def _kind_of_logits(low, high):
    if low >= 0:
        if low == high == 1:
            return "softmax"
        return "sigmoid" if high <= 1 + 1e-6 else "relu_on_logits"
    return "tanh" if high <= 1 + 1e-6 and low >= -1 - 1e-6 else None


def _sound(student, seen, in_range):
    """Lines on the rest of what a network is; whether what happens inside of it can be seen.

    in_range: whether the last step is the right one; behind a wrong one, which may be saturated,
    neither unused layers nor activations show.
    """

    def all_are(key, limit, line):
        return student.within(max(one[key] for one in seen.values()), limit, of=line)

    twice, depends, by_row, trained, own = (
        "gives the same for the same input, twice, at training=False",
        "the output depends on the input",
        "each row is computed by itself at training=False",
        "everything that it computes with can be trained, and is used",
        "every call builds a network of its own",
    )
    steady, copied = all_are("again", SAME, twice), all_are("copied", SAME, trained)
    spread = min(one["spread"] for one in seen.values())
    follows = student.beyond(spread, 1e-4, of=depends) and all_are("near", NEAR, depends)
    used = copied and not (in_range and any(one["idle"] for one in seen.values()))
    for holds, what, mistake, core in (
        (
            steady,
            twice,
            "random_when_used",
            True,
        ),
        (not steady or follows, depends, "input_ignored", True),
        (
            not steady or all_are("alone", SAME, by_row),
            by_row,
            "batch_statistics",
            True,
        ),
        (
            not (steady and follows) or used,
            trained,
            "layer_unused" if copied else "not_trainable",
            True,
        ),
        (
            not steady or all_are("kept", SAME, own),
            own,
            "built_once",
            False,
        ),
    ):
        yield student.holds(holds, what, mistake=mistake, core=core, share=2)
    return in_range and steady and follows


def _leaks(student, seen):
    """Lines: hidden activations are bent at 0, and pass what is negative; none is missing."""
    linear = not student.beyond(min(one["bends"] for one in seen.values()), BENT)
    dead = not student.beyond(min(one["passes"] for one in seen.values()), DEAD)
    mistake = ("smooth_activation" if dead else "no_activation") if linear else "relu"
    yield student.holds(
        not linear and not dead,
        "hidden activations leak: what is negative passes, scaled",
        "Where all that reaches a layer is negative, nothing passes."
        if dead
        else "Small inputs pass as through a linear network.",
        mistake=mistake,
        core=True,
        share=4,
    )
    joined = min(one["joined"] for one in seen.values())
    yield student.holds(
        linear or dead or student.beyond(joined, JOINED),
        "every hidden layer has an activation",
        "Two layers in a row act as a single one.",
        mistake="one_activation_missing",
        share=2,
    )


def _ends_in_logits(student, seen):
    """Lines: nothing is done to the logits, neither always nor in training alone."""
    bends = max(one["straight"] for one in seen.values())
    yield student.holds(
        student.within(bends, STRAIGHT),
        "no activation follows the last layer",
        "What the last layer returns is not returned as it is.",
        mistake="leaky_on_logits",
        share=2,
    )
    kinds = [_done_in_training(one["in training"]) for one in seen.values()]
    mistake = next(filter(None, kinds), None)
    yield student.holds(
        mistake is None,
        "nor anything else that works in training",
        "At training=True the logits are not those of the last layer.",
        mistake=mistake,
        share=1,
    )


def _done_in_training(batches):
    """What is done to the logits of three batches at training=True, if it is a known mistake."""
    if not batches:
        return None
    if np.mean(np.stack(batches) == 0) > DROPPED:
        return "dropout_on_logits"
    means, spreads = (
        np.array([summary(batch) for batch in batches]) for summary in (np.mean, np.std)
    )
    alike = STRAIGHT * np.max(spreads)
    if np.ptp(means) < alike and np.ptp(spreads) < alike:
        return "normalised_logits"
    return None


def _differ(student, seen, words, enough):
    """Lines on the kinds: one has convolutions, the other none."""
    yield student.holds(
        not seen["dense"]["kernels"],
        "'dense' has no convolution",
        mistake="dense_convolves",
        core=True,
    )
    kind = "dense_for_both"
    if seen["conv"]["kernels"]:
        kind = "no_stride" if seen["conv"]["transposed"] else "no_transposed_convolution"
    yield student.holds(enough, f"'conv' has a {words}", mistake=kind, core=True, share=2)


def _refuses(student, name, arguments):
    """Lines: another kind raises ValueError."""
    for kind in ("transformer", "convolution"):
        found = student.value(probes.refusal, name, kind, arguments)
        raised = found if isinstance(found, list) and found else []
        kinds = {"model": "any_kind"} if not raised else {"AssertionError": "assertion"}
        first = str(raised[0] if raised else found)
        yield student.holds(
            "ValueError" in raised,
            f"refuses {kind!r}",
            "This call should raise ValueError, but it "
            + (f"raises {first}." if raised else f"raises nothing and returns a {first}."),
            mistake=kinds.get(first, "another_error" if raised else None),
            share=2,
        )


# ── train_step ───────────────────────────────────────────────────────────────────────────────

RTOL, ATOL = 2e-4, 2e-6  # of parameters and losses after a step

LOSSES = {
    "discriminator_loss": probes.discriminator_loss,
    "generator_loss": probes.generator_loss,
    "generator_loss_minimax": probes.generator_loss_minimax,
}


def train_step(student, draw):
    case, sgd = _training(draw), {"optimizer": "SGD", "steps": 1}
    step, instead = _one_step(student, case, sgd)

    def line(what, share=1.0, core=False, made=None, part="", case=case, settings=sgd, **more):
        """The result is that of one of the two right ways, of a call that was made or of a new one.

        The gradient of G may be taken before D's step, or after it.
        """
        settings = settings | more
        called = (made,) if made else (probes.trained, *case, settings)
        return student.meets(
            lambda found: next(iter(_problems(found, case, settings, student.within, part)), ""),
            *called,
            what=what,
            share=share,
            core=core,
            instead=instead,
            part=part,
        )

    for part, words in (("d", "D"), ("g", "G")):
        yield line(f"{words} moves along the true gradient of its loss", 3, True, step, part)
    what = "returns (d_loss, g_loss) as they were before the step"
    yield line(what, 2, True, step, "losses")
    yield from _uses_the_noise(student, case, sgd, step, instead)
    yield line("takes one step of each optimizer", 2, False, step, "counts")
    yield line("the D update leaves G untouched", still="g", part="g")
    yield line("the G update leaves D untouched", still="d", part="d")
    adam = {"optimizer": "Adam", "steps": 2}
    eager = line("two steps with the optimizers of the sheet", 3, settings=adam)
    yield eager
    yield _in_a_graph(student, case, sgd | {"graph": True, "steps": 2}, instead, eager.passed)
    yield line("takes tensors, and a single image", case=_training(draw, batch=1, tensors=True))
    yield line("takes a G with batch normalisation", normalised=True)


def _training(draw, batch=4, tensors=False):
    """Images, noise, and a seed for the weights of two small networks."""
    images = draw.between(-1.0, 1.0, (batch, 28, 28, 1)).astype(np.float32)
    z = draw.between(-1.0, 1.0, (batch, 6)).astype(np.float32)
    return (tf.constant(images) if tensors else images), tf.constant(z), draw.integers(0, 2**31)


def _one_step(student, case, settings):
    """A step of training, and right losses in the place of the student's own, where it takes them.

    Where it does, what is wrong with these costs nothing here.
    """
    made = functools.partial(student.call, probes.trained, *case, settings, what="runs")

    def is_right(step):
        return not _problems(student.returned(step), case, settings)

    with_right = made(instead=LOSSES)
    if is_right(with_right) or not is_right(with_own := made()):
        return with_right, LOSSES
    return with_own, {}


def _uses_the_noise(student, case, settings, step, instead):
    """Lines: nothing is drawn inside, so that two calls do the same."""
    again = student.call(probes.trained, *case, settings, what="runs", instead=instead)
    one, other = student.returned(step), student.returned(again)
    for part, words, mistake in (("d", "D", "own_noise"), ("g", "G", "new_noise_for_g")):
        same = one is None or not _differences(_part(one, part), _part(other, part))
        what = f"{words}'s step is the same for the same noise"
        yield student.holds(same, what, mistake=mistake, core=True)
        if not same:
            return


def _part(found, name):
    return found.get(name) if isinstance(found, dict) else None


def _in_a_graph(student, case, settings, instead, right_without):
    """A line: the same under tf.function. Losses that are no tensors are a reason to fail there."""
    found = student.value(probes.trained_or_error, *case, settings, instead=instead)
    words, mistake = "", None
    if isinstance(found, str):
        words = f"It fails there alone. {found}" if right_without else f"It fails there. {found}"
        if right_without:
            eager = settings | {"graph": False}
            tensors = student.value(probes.returns_tensors, *case, eager, instead=instead)
            mistake = None if tensors else "eager_only"
    else:
        words = next(iter(_problems(found, case, settings, student.within)), "")
    what = "two steps under tf.function"
    return student.holds(not words, what, words, mistake=mistake, share=3)


def _problems(found, case, settings, within=None, part=""):
    """How a result differs from that of the right way to which it is nearest.

    within: notes how near it is, as `student.within` does; part: the result is only this part.
    """
    right = min(_right_ways(case, settings, part), key=lambda one: _excess(found, one))
    if within is not None:
        within(_excess(found, right), 1.0)
    return _differences(found, right)


def _right_ways(case, settings, part):
    """What both right ways give; remembered, because the next line asks for more of the same."""
    images, z, seed = case
    plain = {key: value for key, value in settings.items() if key != "graph"}
    numbers = np.asarray(images).tobytes() + np.asarray(z).tobytes()
    ways = _remembered(numbers, len(images), z.shape[1], seed, json.dumps(plain, sort_keys=True))
    return [way[part] for way in ways] if part else ways


@functools.lru_cache(maxsize=2000)
def _remembered(numbers, batch, dim, seed, settings):
    array = np.frombuffer(numbers, np.float32)
    images = array[: batch * 784].reshape(batch, 28, 28, 1)
    z = tf.constant(array[batch * 784 :].reshape(batch, dim))
    ways = right.train_step, right.train_step_at_once
    settings = json.loads(settings)
    return [probes.trained({"train_step": way}, images, z, seed, settings) for way in ways]


def _excess(found, wanted):
    """The largest deviation as a multiple of what is allowed; infinite for another form."""
    if isinstance(wanted, (dict, list, tuple)):
        pairs = _parts(found, wanted)
        return np.inf if pairs is None else max(_excess(*pair) for pair in pairs.values())
    try:
        one, other = np.asarray(found, float), np.asarray(wanted, float)
    except (TypeError, ValueError):
        return np.inf
    if one.shape != other.shape:
        return np.inf
    excess = np.max(np.abs(one - other) / (ATOL + RTOL * np.abs(other)), initial=0.0)
    return np.inf if np.isnan(excess) else excess


def _parts(found, wanted):
    """Pairs of what was found and what is right, by their names; None for another form."""
    if hasattr(found, "shape") and len(found.shape):
        found = list(found)  # a tensor of two losses is two losses
    parts = wanted if isinstance(wanted, dict) else dict(enumerate(wanted))
    mine = dict(enumerate(found)) if isinstance(found, (list, tuple)) else found
    if not isinstance(mine, dict) or mine.keys() != parts.keys():
        return None
    return {key: (mine[key], parts[key]) for key in parts}


def _differences(found, wanted, name="it"):
    """How a result differs from one that is right, a sentence for each of its parts."""
    if isinstance(wanted, (dict, list, tuple)):
        pairs = _parts(found, wanted)
        if pairs is None:
            return [f"{name}: {len(wanted)} values are expected."]
        names = {key: key if isinstance(key, str) else name for key in pairs}
        return [words for key in pairs for words in _differences(*pairs[key], names[key])]
    try:
        one, other = np.asarray(found, float), np.asarray(wanted, float)
    except (TypeError, ValueError):
        return [f"{name}: a number is expected."]
    if one.shape != other.shape:
        return [f"{name} has the shape {one.shape} where {other.shape} is expected."]
    if _excess(one, other) <= 1:
        return []
    worst = np.unravel_index(np.argmax(np.abs(one - other)), one.shape)
    return [f"{name}: yours {one[worst]:.6g}, expected {other[worst]:.6g}."]
