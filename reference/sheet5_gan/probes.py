"""What runs beside the functions of sheet 5, and stand-ins for two of them; it is sent whole."""

from helpers.quiet import tf


def inside_a_function(functions, name, x, alpha):
    """The result in a graph."""
    function = functions[name]
    return tf.function(lambda inside: function(inside, alpha), autograph=False)(tf.constant(x))


def slopes(functions, name, x, alpha, direction):
    """The gradient of the result's product with a direction."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = tf.reduce_sum(functions[name](x, alpha) * direction)
    gradient = tape.gradient(product, x)
    if gradient is None:
        raise ValueError("no gradient reaches x")
    return gradient


def drawn(functions, sizes):
    """What a call returns for each pair of sizes."""
    return [functions["sample_noise"](*size) for size in sizes]


def gradients(functions, name, *logits):
    """Of a loss, with respect to each of its arguments."""
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = functions[name](*logits)
    if not isinstance(loss, tf.Tensor):
        raise TypeError(
            f"the loss is of type {type(loss).__name__}, through which no gradient goes"
        )
    found = tape.gradient(loss, logits)
    if any(gradient is None for gradient in found):
        raise ValueError("no gradient reaches the logits")
    return list(found)


def generator_loss(logits):
    """A stand-in."""
    return tf.reduce_mean(tf.nn.softplus(-tf.cast(logits, "float32")))


def generator_loss_minimax(logits):
    """A stand-in."""
    return -tf.reduce_mean(tf.nn.softplus(tf.cast(logits, "float32")))


def logit_gradients_or_none(functions, fake_logits):
    """What logit_gradients returns; None where it fails."""
    try:
        return functions["logit_gradients"](fake_logits)
    except Exception:
        return None
