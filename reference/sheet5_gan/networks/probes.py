"""What runs beside a student's networks and training step: it returns raw numbers.

What the numbers mean is worked out by the check. This module is sent whole, and students' code can
read it.
"""

import math
import re

import numpy as np

from helpers.quiet import tf

no_autograph = tf.autograph.experimental.do_not_convert

# ── networks ─────────────────────────────────────────────────────────────────────────────────


def look(functions, name, kind, x, wanted, experiments, positive):
    """What a network is, and what it returns with weights of the check's own.

    wanted: the shape of what it returns for x and for one row of x; without it the network is not
    tried further. experiments: for each the number of the network (0, or 1 for a second one), the
    seed and the recipe of its weights (None: as they are), its inputs, and whether the network may
    run as a graph. positive: inputs for `turned`.
    """
    build = functions[name]
    arguments = x.shape[1:] if name == "build_generator" else ()
    own = functions.namespace.get("leaky_relu")
    with functions.instead({} if own is None else {"leaky_relu": leaky_relu_like(own)}):
        model = build(kind, *arguments)
        found = described(model, x)
        if found["returned"] != [["tensor", shape] for shape in wanted]:
            return found
        networks = [Filled(made, x) for made in (model, build(kind, *arguments))]
        found["outputs"] = []
        for number, seed, recipe, inputs, as_graph in experiments:
            network = networks[number]
            if recipe is not None:
                network.fill(seed, recipe)
            found["outputs"].append((network.in_graph if as_graph else network)(inputs))
        seed, recipe = experiments[0][1:3]
        found |= {
            "roles": networks[0].roles,
            "moved": networks[0].moved(x[:2], seed, recipe),
            "turned": networks[0].turned(positive, seed),
            "both": networks[0].both_turned(positive, seed),
        }
        if name == "build_discriminator":
            found["absent"] = networks[0].absent(positive, seed)
            found["in_training"] = networks[0].in_training(x, seed, recipe)
        return found


def leaky_relu_like(own):
    """A right leaky_relu, with the default of the student's own."""

    def leaky_relu(x, alpha):
        if tf.keras.backend.is_keras_tensor(x):  # between the layers of a functional model
            return tf.keras.ops.where(x >= 0, x, alpha * x)
        x = tf.convert_to_tensor(x)
        return tf.where(x >= 0, x, tf.cast(alpha, x.dtype) * x)

    leaky_relu.__defaults__ = (getattr(own, "__defaults__", None) or ())[-1:] or None
    return leaky_relu


def described(model, x):
    """What a network is made of, and the kind and shape of what it returns."""
    found = {"type": type(model).__name__, "length": None, "returned": []}
    if not isinstance(model, tf.keras.Model):
        return found
    length = getattr(model, "input_shape", None)
    known = x.ndim == 2 and isinstance(length, tuple)
    found |= {"type": "Model", "length": length[-1] if known else None}
    if found["length"] not in (None, x.shape[-1]):
        return found
    for rows in (x, x[:1]):
        out = model(tf.convert_to_tensor(rows), training=False)
        is_tensor = isinstance(out, tf.Tensor)
        found["returned"].append(
            ["tensor", list(out.shape)] if is_tensor else [type(out).__name__, []]
        )
    layers = list(model._flatten_layers(include_self=False, recursive=True)) or model.layers
    transposed = [one for one in layers if isinstance(one, tf.keras.layers.Conv2DTranspose)]
    return found | {
        "shapes": [list(getattr(one, "value", one).shape) for one in model.variables],
        "strides": [int(np.max(layer.strides)) for layer in transposed],
    }


ALL_POSITIVE = ["positive", 0.1, "constant", 0.0, 1]  # a recipe, as `Filled.fill` takes it


class Filled:
    """A network whose trainable variables get values of the check's own."""

    def __init__(self, model, x):
        self.model, self._graph = model, None
        self(x)  # which builds it
        self.variables = model.trainable_variables
        self.roles = [role(variable) for variable in self.variables]

    def __call__(self, x):
        return self.model(tf.constant(x, tf.float32), training=False).numpy()

    def in_graph(self, x):
        """The same, a tenth of the time: for what repeats with other weights, and is not compared
        with what was returned before.
        """
        if self._graph is None:
            self._graph = self._traced(x)
        return np.asarray(self._graph(tf.constant(x, tf.float32)))

    def _traced(self, x):
        """The network as a graph for any number of rows; itself where it cannot be one."""
        rows = tf.TensorSpec((None, *x.shape[1:]), tf.float32)
        graph = tf.function(lambda x: self.model(x, training=False), autograph=False)
        try:
            return graph.get_concrete_function(rows)
        except Exception:
            return self

    def fill(self, seed, recipe):
        """Weights by a recipe: draws and sizes of kernels and shifts; the last kernel's sign."""
        rng = np.random.default_rng(seed)
        kernels, scale, shifts, size, sign = recipe
        for variable, part in zip(self.variables, self.roles, strict=True):
            values = np.full(variable.shape, 0.3, np.float32)
            if part != "scale":
                draw, by = (kernels, scale) if part == "kernel" else (shifts, size)
                values = DRAWS[draw](rng, tuple(variable.shape)) * np.float32(by)
            variable.assign(values)
        if sign < 0 and "kernel" in self.roles:
            last = max(n for n, part in enumerate(self.roles) if part == "kernel")
            self.variables[last].assign(-self.variables[last])

    def moved(self, x, seed, recipe):
        """What is returned as it is, and with each of the variables changed."""
        self.fill(seed, recipe)
        found = [self.in_graph(x)]
        for variable, change in zip(self.variables, self._changes(seed), strict=True):
            found.append(self._with(variable, variable.numpy() * (1 + change), x))
        return found

    def turned(self, x, seed):
        """What is returned with weights that are all positive, and with each in turn negative.

        For every variable that is not a scale there are two results: with values that make all
        that comes out of its layer negative, and with others that do.
        """
        self.fill(seed, ALL_POSITIVE)
        found = [self.in_graph(x)]
        for variable, part, change in zip(
            self.variables, self.roles, self._changes(seed), strict=True
        ):
            if part != "scale":
                negative = -variable.numpy() if part == "kernel" else variable.numpy() - 50.0
                for value in (negative, negative * (1 + 1000 * change)):
                    found.append(self._with(variable, value, x))
        return found

    def both_turned(self, x, seed):
        """What is returned with the weights of `turned`, and two kernels in a row negative.

        None where both belong to one layer, as in a separable convolution.
        """
        self.fill(seed, ALL_POSITIVE)
        kernels = [
            v for v, part in zip(self.variables, self.roles, strict=True) if part == "kernel"
        ]
        found = []
        for first, second in zip(kernels[:-1], kernels[1:], strict=True):
            if layer_of(first) == layer_of(second):
                found.append(None)
                continue
            before = first.numpy()
            first.assign(-before)
            found.append(self._with(second, -second.numpy(), x))
            first.assign(before)
        return found

    def absent(self, x, seed):
        """What is returned with the weights of `turned`, and each kernel in turn 0."""
        self.fill(seed, ALL_POSITIVE)
        return [
            self._with(variable, np.zeros(variable.shape, np.float32), x)
            for variable, part in zip(self.variables, self.roles, strict=True)
            if part == "kernel"
        ]

    def in_training(self, x, seed, recipe):
        """What is returned at training=True for three batches of a hundred; nothing if it fails.

        Moving means change here: it has to be the last that is tried.
        """
        self.fill(seed, recipe)
        try:
            return [
                self.model(tf.constant(np.tile(batch, (20, 1, 1, 1))), training=True).numpy()
                for batch in (x, -x, x[:, ::-1])
            ]
        except Exception:
            return []

    def _changes(self, seed):
        """Numbers between 0 and 1 for each of the variables."""
        rng = np.random.default_rng([seed, 1])
        return [uniform(rng, tuple(variable.shape)) for variable in self.variables]

    def _with(self, variable, value, x):
        before = variable.numpy()
        variable.assign(value)
        out = self.in_graph(x)
        variable.assign(before)
        return out


def layer_of(variable):
    """The path of the layer that a variable belongs to."""
    return getattr(variable, "path", "").rpartition("/")[0]


def role(variable):
    """ "shift" for what is added, "scale" for what normalised numbers are multiplied by."""
    start = variable.numpy()
    if np.ndim(start) <= 1 and np.mean(start) > 0.5:
        return "scale"
    return "shift" if np.ndim(start) <= 1 or not np.any(start) else "kernel"


def fan(shape):
    """At least as many as the numbers that a kernel adds up, transposed or not."""
    return max(math.prod(shape[:-1]), math.prod(shape[:-2]) * shape[-1])


def uniform(rng, shape):
    """Numbers between 0 and 1: of all kinds the quickest to draw, in float32 above all."""
    return rng.random(shape, np.float32)


def balanced(rng, shape):
    """Numbers around 0 for which what a layer returns is about as large as what it gets."""
    return (uniform(rng, shape) - 0.5) * np.float32((12 / math.prod(shape[:-1])) ** 0.5)


DRAWS = {
    "balanced": balanced,
    "absolute": lambda rng, shape: np.abs(balanced(rng, shape)),
    "positive": lambda rng, shape: (uniform(rng, shape) + 0.5) * np.float32(1 / fan(shape)),
    "constant": lambda rng, shape: np.ones(shape, np.float32),
}


def refusal(functions, name, kind, arguments):
    """The class of what is raised for a kind, with its bases; else the name of what is returned."""
    function = functions[name]
    try:
        made = function(kind, *arguments)
    except NotImplementedError:
        raise
    except Exception as error:
        return [cls.__name__ for cls in type(error).__mro__]
    return "model" if isinstance(made, tf.keras.Model) else type(made).__name__


# ── train_step ───────────────────────────────────────────────────────────────────────────────


@no_autograph
def discriminator_loss(real_logits, fake_logits):
    """A stand-in."""
    real, fake = (tf.nn.softplus(x) for x in (-real_logits, fake_logits))
    return tf.reduce_mean(real) + tf.reduce_mean(fake)


@no_autograph
def generator_loss(fake_logits):
    """A stand-in."""
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


@no_autograph
def generator_loss_minimax(fake_logits):
    """A stand-in."""
    return -tf.reduce_mean(tf.nn.softplus(fake_logits))


class Net(tf.keras.Model):
    """A hidden layer, of which training=True lets only a part through, unit by unit."""

    def __init__(self, sizes, seed, normalised=False):
        super().__init__()
        rng = np.random.default_rng([seed, *sizes])
        self.normal = tf.keras.layers.BatchNormalization() if normalised else None
        self.inner, self.outer = (
            self._matrix(rng, *pair) for pair in zip(sizes[:-1], sizes[1:], strict=True)
        )
        self.bias = self.add_weight(shape=(sizes[2],), initializer="zeros")
        self.unused = self.add_weight(shape=(2,), initializer="ones", trainable=False)
        self.kept = rng.uniform(0.3, 1.7, size=sizes[1]).astype(np.float32)
        self.n_in = sizes[0]
        if normalised:
            self.normal.build((None, sizes[1]))
        self.built = True

    def _matrix(self, rng, n_in, n_out):
        def drawn(shape, dtype=None):
            return tf.constant(rng.normal(size=shape) / n_in**0.5, tf.float32)

        return self.add_weight(shape=(n_in, n_out), initializer=no_autograph(drawn))

    @no_autograph
    def call(self, x, training=False):
        hidden = tf.matmul(tf.reshape(x, (-1, self.n_in)), self.inner)
        if self.normal is not None:
            hidden = self.normal(hidden, training=training)
        hidden = tf.nn.leaky_relu(hidden, 0.2)
        hidden = hidden * self.kept if training else hidden
        out = tf.matmul(hidden, self.outer) + self.bias
        return tf.reshape(tf.tanh(out), (-1, 28, 28, 1)) if self.n_in < 784 else out


def trained(functions, images, z, seed, settings):
    """Steps of training for small networks: losses, variables, and the optimizers' counts.

    settings: optimizer, "SGD" or "Adam"; steps; still: the network whose optimizer has the rate 0;
    graph: in tf.function; normalised: G has batch normalisation.
    """
    nets = {
        "g": Net([z.shape[1], 5, 784], seed, bool(settings.get("normalised"))),
        "d": Net([784, 5, 1], seed),
    }
    optimizers = {part: optimizer_for(net, part, settings) for part, net in nets.items()}
    step = functions["train_step"]
    try:
        step = tf.function(step) if settings.get("graph") else step
        losses = [
            step(nets["g"], nets["d"], batch, optimizers["g"], optimizers["d"], z)
            for batch in (images, images[::-1])[: settings["steps"]]
        ]
    except Exception as error:
        raise told_apart(error, nets).with_traceback(error.__traceback__) from None
    parts = {
        part: {
            f"{part.upper()}, variable {n}": v.numpy()
            for n, v in enumerate(net.trainable_variables, 1)
        }
        for part, net in nets.items()
    }
    parts["losses"] = losses
    parts["counts"] = [int(optimizers[part].iterations) for part in "gd"]
    return parts


def trained_or_error(functions, images, z, seed, settings):
    """The same; what went wrong, in words, where it fails."""
    try:
        return trained(functions, images, z, seed, settings)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).strip()[:300]}"


def returns_tensors(functions, images, z, seed, settings):
    """Whether both losses of a step are tensors; of a step that goes well."""
    losses = trained(functions, images, z, seed, settings)["losses"][0]
    return all(tf.is_tensor(loss) for loss in losses)


def optimizer_for(net, part, settings):
    """An optimizer with a rate of its own for each network, built for its variables."""
    rate = 0.0 if settings.get("still") == part else {"g": 0.05, "d": 0.08}[part]
    if settings["optimizer"] == "SGD":
        optimizer = tf.keras.optimizers.SGD(rate)
    else:
        optimizer = tf.keras.optimizers.Adam(1e-3 if rate else 0.0, beta_1=0.5, epsilon=1e-4)
    optimizer.build(net.trainable_variables)
    return optimizer


def told_apart(error, nets):
    """Keras raises a ValueError for several mistakes: a class for each tells them apart."""
    found = re.search(r"Unknown variable.*?shape=(\([^)]*\))", str(error), re.DOTALL)
    kind = ""
    if found:
        shapes = [str(tuple(variable.shape)) for variable in nets["g"].variables]
        kind = f"UnknownVariableOf{'G' if found[1] in shapes else 'D'}"
        kind = "UnknownVariable" if found[1] == "(2,)" else kind
    elif "No gradients provided" in str(error) or "expected 2, got 0" in str(error):
        kind = "NoGradients"
    return type(kind, (ValueError,), {})(str(error)) if kind else error
