"""What runs beside the student's functions of sheet 2; sent whole, see docs/adding_a_sheet.md."""

import numpy as np

from helpers.quiet import tf

# ── normal_init, xavier_init ─────────────────────────────────────────────────────────────────


def made(functions, name, sizes):
    """What the function returns for each pair of sizes; no parts where it is no pair of arrays."""
    return [_described(functions[name](n_in, n_out)) for n_in, n_out in sizes]


def _described(layer):
    parts = list(layer) if isinstance(layer, (tuple, list)) else [layer]
    arrays = [isinstance(part, (tf.Tensor, tf.Variable, np.ndarray)) for part in parts]
    return {"parts": parts if all(arrays) else [], "kinds": [_kind(part) for part in parts]}


def _kind(part):
    if isinstance(part, tf.Variable):
        return "trainable" if part.trainable else "not_trainable"
    return "numpy_arrays" if isinstance(part, np.ndarray) else "not_variables"


# ── encoder, decoder ─────────────────────────────────────────────────────────────────────────


def _layers(weights):
    return [(tf.Variable(W), tf.Variable(b)) for W, b in weights]


def output(functions, name, x, weights):
    """What a stack makes of x."""
    return functions[name](x, _layers(weights))


def layer_gradients(functions, name, x, weights, direction):
    """Of the result's product with a direction, with respect to every W and b."""
    layers = _layers(weights)
    with tf.GradientTape() as tape:
        product = tf.reduce_sum(tf.cast(functions[name](x, layers), tf.float32) * direction)
    gradients = {}
    for number, pair in enumerate(tape.gradient(product, layers), 1):
        for part, gradient in zip("Wb", pair, strict=True):
            if gradient is None:
                raise ValueError(f"no gradient reaches the {part} of layer {number}")
            gradients[f"{part} of layer {number}"] = gradient
    return gradients


def input_gradient(functions, name, y, weights, direction):
    """The same with respect to the input."""
    layers = _layers(weights)
    with tf.GradientTape() as tape:
        tape.watch(y)
        product = tf.reduce_sum(tf.cast(functions[name](y, layers), tf.float32) * direction)
    gradient, to_the_last = tape.gradient(product, (y, layers[-1][0]))
    if to_the_last is None:
        raise ValueError("no gradient reaches anything")
    if gradient is None:
        raise ValueError("no gradient reaches the codes, though it reaches the layers")
    return gradient


def change_of_layers(functions, name, x, weights):
    """What the call did to the list of layers; empty if nothing."""
    layers = _layers(weights)
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


def loss_gradient(functions, name, x, z):
    """Of a loss, with respect to the reconstruction."""
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = functions[name](x, z)
    if not isinstance(loss, tf.Tensor):
        words = f"the loss is of type {type(loss).__name__}, through which no gradient goes"
        raise TypeError(words)
    gradient = tape.gradient(loss, z)
    if gradient is None:
        raise ValueError("no gradient reaches z")
    return gradient


# ── make_stack ───────────────────────────────────────────────────────────────────────────────


def stacks(functions, sizes, numbers, count=1):
    """Some stacks as lists of pairs of arrays, and how often init was called.

    numbers: (calls, 2), those that fill W and b of each call of init.
    """
    calls = 0

    def init(n_in, n_out):
        nonlocal calls
        W, b = map(float, numbers[calls % len(numbers)])
        calls += 1
        return tf.Variable(tf.fill((n_in, n_out), W)), tf.Variable(tf.fill((n_out,), b))

    made = [_listed(functions["make_stack"](sizes, init)) for _ in range(count)]
    return {"stacks": made, "calls": calls}


def _listed(layers):
    if not isinstance(layers, (tuple, list)):
        raise TypeError(f"a list of layers is expected, not a {type(layers).__name__}")
    return [
        list(layer) if isinstance(layer, (tuple, list)) and len(layer) == 2 else "no pair"
        for layer in layers
    ]


# ── train_step ───────────────────────────────────────────────────────────────────────────────


def _stack(activation):
    @tf.autograph.experimental.do_not_convert
    def outputs(x, layers):
        for W, b in layers:
            x = activation(tf.matmul(tf.cast(x, tf.float32), W) + b)
        return x

    return outputs


tanh_stack, softplus_stack = _stack(tf.tanh), _stack(tf.math.softplus)
STACKS = {"encoder": tanh_stack, "decoder": softplus_stack}  # stand-ins: not the sheet's sigmoids


def train(functions, batches, encoder_weights, decoder_weights, pixels, settings):
    """Steps of training, one a batch: losses, variables, and the optimizer's number of steps.

    settings: learning_rate; epsilon of Adam, or momentum of the plainer optimizer, which takes half
    the time; graph: in tf.function; tensors: batches are tensors; shown: the reconstruction is
    returned too.
    """
    reconstructions = []

    @tf.autograph.experimental.do_not_convert
    def loss_fn(x, z):
        reconstructions.append(z)
        x = tf.cast(x, z.dtype)
        return tf.reduce_mean(tf.reduce_sum(pixels * (1 + x) * tf.square(z - x), axis=1))

    encoder, decoder = _layers(encoder_weights), _layers(decoder_weights)
    kind = tf.keras.optimizers.SGD if "momentum" in settings else tf.keras.optimizers.Adam
    named = {name: settings[name] for name in ("epsilon", "momentum") if name in settings}
    optimizer = kind(settings["learning_rate"], **named)
    optimizer.build([v for layer in encoder + decoder for v in layer])
    step = functions["train_step"]
    step = tf.function(step) if settings.get("graph") else step
    losses = []
    for x in batches:
        x = tf.constant(x) if settings.get("tensors") else x
        losses.append(step(x, encoder, decoder, loss_fn, optimizer))
    parts = {"losses": losses, "encoder": _named(encoder), "decoder": _named(decoder)}
    parts["steps"] = int(optimizer.iterations)
    return parts | ({"reconstruction": reconstructions} if settings.get("shown") else {})


def _named(layers):
    numbered = enumerate(layers, 1)
    return {f"{part} of layer {n}": v for n, (W, b) in numbered for part, v in [("W", W), ("b", b)]}


# ── deeper ───────────────────────────────────────────────────────────────────────────────────


def two_sizes(functions):
    """What two calls of deeper_sizes return, copied before the next can change it."""
    results = []
    for _ in range(2):
        sizes = functions["deeper_sizes"]()
        iterable = hasattr(sizes, "__iter__") and not isinstance(sizes, str)
        results.append(list(sizes) if iterable else sizes)
    return results
