"""What the judge tries on the networks and the training step; see the folder above for the rest.

A student's network may look as it likes: it is filled with weights of the check's own, and what
it then puts out is looked at. The training step gets networks of the check's own.
"""

import functools
import json

import numpy as np

from helpers.quiet import tf
from reference.sheet5_gan.networks import reference as right

# ── build_generator, build_discriminator ─────────────────────────────────────────────────────

DEAD = 1e-10  # relative: of a leak of 0.01 in each of four layers, 1e-8 is left
BENT = 5e-3  # relative: a leak of 0.9 bends by 0.05, a smooth activation of small numbers by 1e-4
TINY = 1e-4  # relative: float32 is far below, and whatever is looked for far above


def build_generator(student, draw):
    dims = {"dense": draw.integers(5, 9), "conv": draw.integers(20, 40)}
    seen = {}
    for kind, dim in dims.items():
        z = draw.between(-1.0, 1.0, (5, dim)).astype(np.float32)
        seen[kind] = student.value(_look, "build_generator", kind, z, draw.integers(0, 2**31))
    fits = yield from _shapes(student, seen, "(batch, 28, 28, 1)")
    if not fits:
        return
    low = min(one["low"] for one in seen.values())
    high = max(one["high"] for one in seen.values())
    reaches = all(one["low"] < -0.5 and one["high"] > 0.5 for one in seen.values())
    yield student.holds(
        low >= -1 - 1e-6 and high <= 1 + 1e-6 and reaches,
        "the pixels lie between -1 and 1, whatever the weights, and use that range",
        f"With large weights they lie between {low:.3g} and {high:.3g}.",
        mistake=_kind_of_pixels(seen),
        core=True,
        share=3,
    )
    yield from _sound(student, seen)
    yield from _leaks(student, seen)
    yield from _differ(student, seen, "Conv2DTranspose with a stride")
    yield from _refuses(student, "build_generator", [draw.integers(5, 9)])


def build_discriminator(student, draw):
    seen = {}
    for kind in ("dense", "conv"):
        images = draw.between(-1.0, 1.0, (5, 28, 28, 1)).astype(np.float32)
        seen[kind] = student.value(
            _look, "build_discriminator", kind, images, draw.integers(0, 2**31)
        )
    fits = yield from _shapes(student, seen, "(batch, 1)")
    if not fits:
        return
    low = max(one["low"] for one in seen.values())
    high = min(one["high"] for one in seen.values())
    yield student.holds(
        low < -20 and high > 20,
        "the logits are unbounded, in both directions",
        f"With large weights they lie between {low:.3g} and {high:.3g}.",
        mistake=_kind_of_logits(seen),
        core=True,
        share=3,
    )
    yield from _sound(student, seen)
    yield from _leaks(student, seen)
    yield from _differ(student, seen, "Conv2D")
    yield from _refuses(student, "build_discriminator", [])


def _shapes(student, seen, words):
    """Lines on what the networks return; whether they can be looked at further."""
    fits = True
    for kind, one in seen.items():
        line = student.holds(
            not one["problem"],
            f"'{kind}' is a Keras model that returns {words}",
            one["problem"],
            mistake=one["mistake"] or None,
            core=True,
            share=2,
        )
        yield line
        fits &= line.passed
    return fits


def _kind_of_pixels(seen):
    """The mistake that the values of pixels show, if it is a known one."""
    low = min(one["low"] for one in seen.values())
    high = max(one["high"] for one in seen.values())
    if low >= -1e-6:
        return "sigmoid" if high <= 1 + 1e-6 else "relu_on_pixels"
    return "no_tanh" if low < -1.01 and high > 1.01 else None


def _kind_of_logits(seen):
    low = min(one["low"] for one in seen.values())
    high = max(one["high"] for one in seen.values())
    if low >= 0:
        if low == high == 1:
            return "softmax"
        return "sigmoid" if high <= 1 + 1e-6 else "relu_on_logits"
    return "tanh" if high <= 1 + 1e-6 and low >= -1 - 1e-6 else None


def _sound(student, seen):
    """Lines on the rest of what a network is."""
    steady = all(one["again"] < TINY for one in seen.values())
    yield student.holds(
        steady,
        "gives the same for the same input, twice, at training=False",
        mistake="random_when_used",
        core=True,
        share=2,
    )
    yield student.holds(
        not steady or all(one["follows"] > TINY for one in seen.values()),
        "the output depends on the input",
        mistake="input_ignored",
        core=True,
        share=2,
    )
    yield student.holds(
        not steady or all(one["by_row"] < TINY for one in seen.values()),
        "each row is computed by itself at training=False",
        mistake="batch_statistics",
        core=True,
        share=2,
    )
    yield student.holds(
        not steady or all(one["copied"] < TINY and one["idle"] == 0 for one in seen.values()),
        "everything that it computes with can be trained, and is used",
        mistake="not_trainable"
        if any(one["copied"] >= TINY for one in seen.values())
        else "layer_unused",
        core=True,
        share=2,
    )
    yield student.holds(
        not any(one["shared"] for one in seen.values()),
        "every call builds a network of its own",
        mistake="built_once",
        share=2,
    )


def _leaks(student, seen):
    """A line: hidden activations are bent at 0, and pass what is negative."""
    linear = any(one["bends"] < BENT for one in seen.values())
    dead = any(min(one["alive"]) < DEAD for one in seen.values())
    yield student.holds(
        not linear and not dead,
        "hidden activations leak: what is negative passes, scaled",
        "Where all that reaches a layer is negative, nothing passes."
        if dead
        else "Small inputs pass as through a linear network.",
        mistake=_kind_of_activation(seen, linear, dead),
        core=True,
        share=4,
    )


def _kind_of_activation(seen, linear, dead):
    if linear and not dead:
        return "no_activation"
    if not linear:
        return "relu"
    return "smooth_activation"


def _differ(student, seen, words):
    """Lines on the kinds: one has convolutions, the other none."""
    yield student.holds(
        not seen["dense"]["kernels"],
        "'dense' has no convolution",
        mistake="dense_convolves",
        core=True,
        share=2,
    )
    found = seen["conv"]
    generator = "Transpose" in words
    enough = found["strided"] if generator else found["kernels"]
    kind = "dense_for_both"
    if found["kernels"]:
        kind = "no_stride" if found["transposed"] else "no_transposed_convolution"
    yield student.holds(enough, f"'conv' has a {words}", mistake=kind, core=True, share=2)


def _refuses(student, name, arguments):
    """A line: another kind raises ValueError."""
    for kind in ("transformer", "convolution"):
        raised = student.value(_refusal, name, kind, arguments)
        kinds = {"": "any_kind", "AssertionError": "assertion"}
        yield student.holds(
            "ValueError" in raised,
            f"refuses {kind!r}",
            f"A ValueError is asked here. {_words(raised)}",
            mistake=kinds.get(next(iter(raised), ""), "another_error"),
            share=2,
        )


def _words(raised):
    return f"It raises {raised[0]}." if raised else "It raises nothing."


def _refusal(functions, name, kind, arguments):
    """The class of what is raised for a kind, with its bases; empty if nothing is."""
    function = functions[name]
    try:
        function(kind, *arguments)
    except NotImplementedError:
        raise
    except Exception as error:
        return [cls.__name__ for cls in type(error).__mro__]
    return []


def _look(functions, name, kind, x, seed):
    """A network filled with weights of the check's own: what it puts out, as numbers.

    A right leaky_relu is in the place of the student's own while that goes on.
    """
    import math

    import numpy as np
    import tensorflow as tf

    generator = name == "build_generator"
    build = functions[name]
    rng = np.random.default_rng(seed)

    def leaky_relu(x, alpha):
        x = tf.convert_to_tensor(x)
        return tf.where(x >= 0, x, tf.cast(alpha, x.dtype) * x)

    def made():
        return build(kind, x.shape[1]) if generator else build(kind)

    def outputs(model, inputs):
        return model(tf.constant(inputs, tf.float32), training=False)

    def role(variable):
        """ "shift" for what is added, "scale" for what normalised numbers are multiplied by."""
        start = variable.numpy()
        if np.ndim(start) <= 1 and np.mean(start) > 0.5:
            return "scale"
        return "shift" if np.ndim(start) <= 1 or not np.any(start) else "kernel"

    def fan(shape):
        """At least as many as the numbers that a kernel adds up, transposed or not."""
        return max(math.prod(shape[:-1]), math.prod(shape[:-2]) * shape[-1])

    def fill(kernels, shifts):
        for variable, part in zip(variables, roles, strict=True):
            shape = tuple(variable.shape)
            if part == "kernel":
                values = kernels(shape)
            elif part == "shift":
                values = shifts(shape)
            else:
                values = 0.3 + np.zeros(shape)
            variable.assign(values.astype(np.float32))

    def normal(scale):
        return lambda shape: rng.normal(size=shape) * scale / math.prod(shape[:-1]) ** 0.5

    def positive(scale):
        return lambda shape: rng.uniform(0.5, 1.5, size=shape) * scale / fan(shape)

    def constant(number):
        return lambda shape: np.full(shape, float(number))

    def distance(one, other):
        one, other = np.asarray(one, float), np.asarray(other, float)
        return float(np.max(np.abs(one - other)) / max(np.max(np.abs(other)), 1e-3))

    def problem(model):
        if not isinstance(model, tf.keras.Model):
            kinds = {"NoneType": "nothing_returned"}
            words = f"It returns a {type(model).__name__}; a Keras model is asked."
            return words, kinds.get(type(model).__name__, "")
        length = getattr(model, "input_shape", None) if generator else None
        if isinstance(length, tuple) and length[-1] not in (None, x.shape[1]):
            words = f"With noise_dim = {x.shape[1]}, it takes noise of length {length[-1]}."
            return words, "fixed_noise_dim"
        for rows in (x, x[:1]):
            out = model(tf.convert_to_tensor(rows), training=False)
            wanted = (len(rows), 28, 28, 1) if generator else (len(rows), 1)
            if not isinstance(out, tf.Tensor):
                return f"Its output is a {type(out).__name__}; a tensor is asked.", ""
            if tuple(out.shape) != wanted:
                kinds = {
                    (len(rows), 784): "flat_images",
                    (len(rows), 28, 28): "no_channel",
                    (len(rows),): "no_second_axis",
                    (len(rows), 2): "two_logits",
                }
                words = f"For a batch of {len(rows)}, the shape is {tuple(out.shape)}."
                default = "another_size" if out.shape.rank == len(wanted) else ""
                return words, kinds.get(tuple(out.shape), default)
        return "", ""

    def layers_of(model):
        found = list(model._flatten_layers(include_self=False, recursive=True))
        return found or list(model.layers)

    def examine():
        model = made()
        words, mistake = problem(model)
        if words:
            return {"problem": words, "mistake": mistake}
        twin = made()
        outputs(twin, x)
        ids = {id(variable) for variable in model.variables}
        shared = bool(ids & {id(variable) for variable in twin.variables})
        nonlocal variables, roles
        variables = model.trainable_variables
        roles = [role(variable) for variable in variables]
        layers = layers_of(model)
        transposed = [
            layer for layer in layers if isinstance(layer, tf.keras.layers.Conv2DTranspose)
        ]
        seen = {
            "problem": "",
            "mistake": "",
            "shared": shared,
            "kernels": any(
                v.shape.rank == 4 and max(v.shape[:2]) > 1 for v in map(fixed, model.variables)
            ),
            "transposed": bool(transposed),
            "strided": any(max(np.ravel(layer.strides)) > 1 for layer in transposed),
        }

        fill(normal(1.5), normal(0.3))
        once = outputs(model, x)
        seen["again"] = distance(outputs(model, x), once)
        seen["by_row"] = distance(outputs(model, x[3:4])[0], once[3])
        seen["follows"] = float(np.max(np.std(once, axis=0)))

        # A second network with the same in all that can be trained is the same network.
        others = twin.trainable_variables
        alike = [tuple(one.shape) for one in others] == [tuple(one.shape) for one in variables]
        if alike:
            for one, other in zip(others, variables, strict=True):
                one.assign(other)
        seen["copied"] = distance(outputs(twin, x), once) if alike else 1.0

        low, high = [], []

        def reach():
            out = np.asarray(outputs(model, np.abs(x)))
            low.append(np.min(out))
            high.append(np.max(out))

        for scale in (3.0, 10.0, 30.0):
            fill(normal(scale), normal(scale))
            reach()
        for shift in (50.0, -50.0):
            fill(positive(1.0), constant(shift))
            reach()
        if "shift" not in roles:  # then the kernels decide: one sign, and the other
            fill(lambda shape: np.abs(normal(3.0)(shape)), constant(0))
            reach()
            last = max(number for number, part in enumerate(roles) if part == "kernel")
            variables[last].assign(-variables[last])
            reach()
        seen["low"], seen["high"] = float(np.min(low)), float(np.max(high))

        # What is small bends as well as what is large; a smooth activation does not.
        fill(normal(0.3), constant(0))
        a, b, c = (1e-3 * rng.uniform(-1, 1, size=(2, *x.shape[1:])) for _ in range(3))
        f = [np.asarray(outputs(model, one), float) for one in (a, b, c, a + b - c)]
        size = np.max(np.abs(f[0] - f[2]))
        seen["bends"] = float(np.max(np.abs(f[0] + f[1] - f[2] - f[3])) / max(size, 1e-30))

        # All positive but for one group of weights: everything after it is negative.
        inputs = rng.uniform(0.5, 1.5, size=x[:2].shape).astype(np.float32)
        fill(positive(0.1), constant(0))
        start = [variable.numpy() for variable in variables]

        def slope(number):
            with tf.GradientTape() as tape:
                out = outputs(model, inputs)
                total = tf.reduce_sum(out)
            inside = [fixed(variable) for variable in variables]
            found = tape.gradient(total, inside if number is None else inside[number])
            saturated = generator and float(np.min(np.abs(out))) > 0.999
            return found, saturated

        before, _ = slope(None)
        seen["idle"] = sum(gradient is None for gradient in before)
        seen["alive"] = [1.0]
        for number, part in enumerate(roles):
            if part == "scale" or before[number] is None:
                continue
            turned = start[number] - 50.0 if part == "shift" else -start[number]
            variables[number].assign(turned)
            after, saturated = slope(number)
            variables[number].assign(start[number])
            most = float(np.max(np.abs(before[number])))
            left = 0.0 if after is None else float(np.max(np.abs(after)))
            if not saturated:
                seen["alive"].append(left / max(most, 1e-37))
        return seen

    def fixed(variable):
        return getattr(variable, "value", variable)

    variables, roles = [], []
    world = getattr(build, "__globals__", {})
    own = world.get("leaky_relu")
    if own is not None:
        leaky_relu.__defaults__ = (getattr(own, "__defaults__", None) or ())[-1:] or None
        world["leaky_relu"] = leaky_relu
    try:
        return examine()
    finally:
        if own is not None:
            world["leaky_relu"] = own


# ── train_step ───────────────────────────────────────────────────────────────────────────────

RATES = {"g": 0.05, "d": 0.08}


def train_step(student, draw):
    case = _training(draw)
    sgd = {"optimizer": "SGD", "steps": 1}
    settings = sgd | {"stand_ins": _takes_stand_ins(student, case, sgd)}
    for part, words in (("d", "D"), ("g", "G")):
        yield _one_of(
            student,
            case,
            settings | {"report": part},
            what=f"{words} moves along the true gradient of its loss",
            core=True,
            share=3,
        )
    yield _one_of(
        student,
        case,
        settings | {"report": "losses"},
        what="returns (d_loss, g_loss) as they were before the step",
        core=True,
        share=2,
    )
    yield from _uses_the_noise(student, case, settings)
    yield _one_of(
        student,
        case,
        settings | {"report": "counts"},
        what="takes one step of each optimizer",
        share=2,
    )
    for still, part, what in (
        ("g", "g", "the D update leaves G untouched"),
        ("d", "d", "the G update leaves D untouched"),
    ):
        yield _one_of(student, case, settings | {"still": still, "report": part}, what=what)
    adam = settings | {"optimizer": "Adam", "steps": 2}
    eager = _one_of(student, case, adam, what="two steps with the optimizers of the sheet", share=3)
    yield eager
    yield _in_a_graph(student, case, adam | {"graph": True}, eager.passed)
    other = _training(draw, batch=1, tensors=True)
    yield _one_of(student, other, settings, what="takes tensors, and a single image")
    yield _one_of(
        student, case, settings | {"normalised": True}, what="takes a G with batch normalisation"
    )


def _training(draw, batch=4, tensors=False):
    """Images, noise, and a seed for the weights of two small networks."""
    images = draw.between(-1.0, 1.0, (batch, 28, 28, 1)).astype(np.float32)
    z = draw.between(-1.0, 1.0, (batch, 6)).astype(np.float32)
    return (tf.constant(images) if tensors else images), tf.constant(z), draw.integers(0, 2**31)


def _takes_stand_ins(student, case, settings):
    """Whether train_step can be judged with right losses in the place of the student's own.

    Where it can, what is wrong with these costs nothing here.
    """

    def is_right(replaced):
        asked = settings | {"stand_ins": replaced, "catch": True}
        found = student.value(_train, *case, asked)
        return not all(_differences(found, one) for one in _right_ways(case, settings))

    return is_right(True) or not is_right(False)


def _one_of(student, case, settings, what, share=1.0, core=False):
    """A line: the result is that of one of the two right ways.

    The gradient of G may be taken before D's step, or after it.
    """

    def problem(found):
        return min((_differences(found, one) for one in _right_ways(case, settings)), key=len)

    def words(found):
        return next(iter(problem(found)), "")

    return student.meets(words, _train, *case, settings, what=what, share=share, core=core)


def _uses_the_noise(student, case, settings):
    """Lines: nothing is drawn inside, so that two calls do the same."""
    for part, words, mistake in (("d", "D", "own_noise"), ("g", "G", "new_noise_for_g")):
        asked = settings | {"report": part, "catch": True}
        one, other = (student.value(_train, *case, asked) for _ in range(2))
        same = one is None or not _differences(one, other)
        yield student.holds(
            same,
            f"{words}'s step is the same for the same noise",
            mistake=mistake,
            core=True,
        )
        if not same:
            return


def _in_a_graph(student, case, settings, right_without):
    """A line: the same under tf.function. What fails there alone is known without a comparison."""
    found = student.value(_train, *case, settings | {"catch": True})
    problem = min((_differences(found, one) for one in _right_ways(case, settings)), key=len)
    return student.holds(
        not problem,
        "two steps under tf.function",
        "It fails there." if found is None else next(iter(problem), ""),
        mistake="eager_only" if found is None and right_without else None,
        share=3,
    )


def _right_ways(case, settings):
    """What both right ways give; remembered, because the audit asks for the same again."""
    images, z, seed = case
    left_out = ("graph", "stand_ins", "catch")
    plain = {key: settings[key] for key in settings if key not in left_out}
    numbers = np.asarray(images).tobytes() + np.asarray(z).tobytes()
    return _remembered(numbers, len(images), z.shape[1], seed, json.dumps(plain, sort_keys=True))


@functools.lru_cache(maxsize=2000)
def _remembered(numbers, batch, dim, seed, settings):
    array = np.frombuffer(numbers, np.float32)
    images = array[: batch * 784].reshape(batch, 28, 28, 1)
    z = tf.constant(array[batch * 784 :].reshape(batch, dim))
    ways = right.train_step, right.train_step_at_once
    settings = json.loads(settings) | {"stand_ins": False}
    return [_train({"train_step": way}, images, z, seed, settings) for way in ways]


def _differences(found, wanted, name="it"):
    """How a result differs from one that is right, a sentence for each of its parts."""
    if isinstance(wanted, (dict, list, tuple)):
        if hasattr(found, "shape") and len(found.shape):
            found = list(found)  # a tensor of two losses is two losses
        parts = wanted if isinstance(wanted, dict) else dict(enumerate(wanted))
        mine = dict(enumerate(found)) if isinstance(found, (list, tuple)) else found
        if not isinstance(mine, dict) or mine.keys() != parts.keys():
            return [f"{name}: {len(parts)} values are asked."]
        names = {key: key if isinstance(key, str) else name for key in parts}
        return [words for key in parts for words in _differences(mine[key], parts[key], names[key])]
    try:
        one, other = np.asarray(found, float), np.asarray(wanted, float)
    except (TypeError, ValueError):
        return [f"{name}: a number is asked."]
    if one.shape != other.shape:
        return [f"{name} has the shape {one.shape} where {other.shape} is asked."]
    if np.allclose(one, other, rtol=2e-4, atol=2e-6):
        return []
    worst = np.unravel_index(np.argmax(np.abs(one - other)), one.shape)
    return [f"{name}: yours {one[worst]:.6g}, expected {other[worst]:.6g}."]


def _train(functions, images, z, seed, settings):
    """Steps of training for small networks: losses, variables, and the optimizers' counts.

    settings: optimizer, "SGD" or "Adam"; steps; still: the network whose optimizer has the rate 0;
    graph: in tf.function; normalised: G has batch normalisation; stand_ins: with right losses in
    the place of the student's; report: only this part; catch: None where it fails.
    """
    import re

    import numpy as np
    import tensorflow as tf

    no_autograph = tf.autograph.experimental.do_not_convert

    class Net(tf.keras.Model):
        """A hidden layer, of which training=True lets only a part through, unit by unit."""

        def __init__(self, sizes, normalised):
            super().__init__()
            rng = np.random.default_rng([seed, *sizes])
            self.normal = tf.keras.layers.BatchNormalization() if normalised else None
            self.inner, self.outer = (
                self.add_weight(
                    shape=(a, b),
                    initializer=no_autograph(
                        lambda shape, dtype=None: tf.constant(
                            rng.normal(size=shape) / shape[0] ** 0.5, tf.float32
                        )
                    ),
                )
                for a, b in zip(sizes[:-1], sizes[1:], strict=True)
            )
            self.bias = self.add_weight(shape=(sizes[2],), initializer="zeros")
            self.unused = self.add_weight(shape=(2,), initializer="ones", trainable=False)
            self.kept = rng.uniform(0.3, 1.7, size=sizes[1]).astype(np.float32)
            self.n_in = sizes[0]
            if normalised:
                self.normal.build((None, sizes[1]))
            self.built = True

        @no_autograph
        def call(self, x, training=False):
            hidden = tf.matmul(tf.reshape(x, (-1, self.n_in)), self.inner)
            if self.normal is not None:
                hidden = self.normal(hidden, training=training)
            hidden = tf.nn.leaky_relu(hidden, 0.2)
            hidden = hidden * self.kept if training else hidden
            out = tf.matmul(hidden, self.outer) + self.bias
            return tf.reshape(tf.tanh(out), (-1, 28, 28, 1)) if self.n_in < 784 else out

    def optimizer(name, rate):
        if name == "SGD":
            return tf.keras.optimizers.SGD(rate)
        return tf.keras.optimizers.Adam(1e-3 if rate else 0.0, beta_1=0.5, epsilon=1e-4)

    nets = {
        "g": Net([z.shape[1], 5, 784], bool(settings.get("normalised"))),
        "d": Net([784, 5, 1], False),
    }
    optimizers = {}
    for part, rate in (("g", 0.05), ("d", 0.08)):
        rate = 0.0 if settings.get("still") == part else rate
        optimizers[part] = optimizer(settings["optimizer"], rate)
        optimizers[part].build(nets[part].trainable_variables)

    @no_autograph
    def discriminator_loss(real_logits, fake_logits):
        real, fake = (tf.nn.softplus(x) for x in (-real_logits, fake_logits))
        return tf.reduce_mean(real) + tf.reduce_mean(fake)

    @no_autograph
    def generator_loss(fake_logits):
        return tf.reduce_mean(tf.nn.softplus(-fake_logits))

    @no_autograph
    def generator_loss_minimax(fake_logits):
        return -tf.reduce_mean(tf.nn.softplus(fake_logits))

    replaced = {
        "discriminator_loss": discriminator_loss,
        "generator_loss": generator_loss,
        "generator_loss_minimax": generator_loss_minimax,
    }
    step = functions["train_step"]
    inner = getattr(step, "python_function", step)
    world = getattr(inner, "__globals__", {}) if settings["stand_ins"] else {}
    before = {name: world[name] for name in replaced if name in world}
    world.update(replaced)
    try:
        step = tf.function(step) if settings.get("graph") else step
        losses = []
        for number in range(settings["steps"]):
            batch = images if number == 0 else images[::-1]
            arguments = nets["g"], nets["d"], batch, optimizers["g"], optimizers["d"], z
            losses.append(step(*arguments))
    except Exception as error:
        unwritten = isinstance(error, NotImplementedError) and not settings.get("graph")
        if settings.get("catch") and not unwritten:
            return None
        # Keras raises a ValueError for several mistakes: a class for each tells them apart.
        found = re.search(r"Unknown variable.*?shape=(\([^)]*\))", str(error), re.DOTALL)
        kind = {"(2,)": "UnknownVariable"}.get(found[1], "") if found else ""
        if found and not kind:
            shapes = {part: [str(tuple(v.shape)) for v in nets[part].variables] for part in "gd"}
            kind = f"UnknownVariableOf{'G' if found[1] in shapes['g'] else 'D'}"
        elif "No gradients provided" in str(error):
            kind = "NoGradients"
        if not kind:
            raise
        raise type(kind, (ValueError,), {})(str(error)).with_traceback(
            error.__traceback__
        ) from None
    finally:
        for name in replaced:
            world.pop(name, None)
        world.update(before)
    parts = {
        part: {
            f"{part.upper()}, variable {n}": v.numpy()
            for n, v in enumerate(net.trainable_variables, 1)
        }
        for part, net in nets.items()
    }
    parts["losses"] = losses
    parts["counts"] = [int(optimizers[part].iterations) for part in "gd"]
    return parts[settings["report"]] if "report" in settings else parts
