"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_WARNING = (
    "It silences a warning that NumPy gives on the way; the contract says nothing of warnings."
)
_AT_0 = "At 0 both sides are 0."
_DEFAULT = "It is what TensorFlow takes where nothing is given."
_ONE_DTYPE = "Both ends have one dtype; whether they may differ is left open."
_ORDER = "Normalising before a layer or after it are both usual."
_SET = "The order does not matter to `in`."

# What was changed, by the item, the reason, and the statement in which it was changed.
_CHANGES = {
    (
        "game_value",
        _WARNING,
        "`with np.errstate(divide='ignore'):`",
    ): [
        "`with np.errstate(divide='ignore'):` → `if True:`",
        "`np.errstate(divide='ignore')` → `np.errstate()`",
    ],
    (
        "leaky_relu",
        _AT_0,
        "`return tf.where(x >= 0, x, alpha * x)`",
    ): [
        "`x >= 0` → `x > 0`",
    ],
    (
        "conv_transpose",
        _DEFAULT,
        "`large = tf.nn.conv2d_transpose(y, kernel, tf.shape(x), strides=2, padding='SAME')`",
    ): [
        "`tf.nn.conv2d_transpose(y, kernel, tf.shape(x), strides=2, padding='SAME')` → "
        "`tf.nn.conv2d_transpose(y, kernel, tf.shape(x), strides=2)`",
    ],
    (
        "interpolate",
        _ONE_DTYPE,
        "`share = tf.cast(tf.range(n + 2), z1.dtype)[:, None] / (n + 1)`",
    ): [
        "`z1` → `z2`",
    ],
    (
        "build_generator",
        _ORDER,
        "`hidden = [part for width in WIDTHS for part in (layers.Dense(width, leak), norm())]`",
    ): [
        "`(layers.Dense(width, leak), norm())` → `(norm(), layers.Dense(width, leak))`",
    ],
    (
        "build_discriminator",
        _SET,
        "`if kind not in ('dense', 'conv'):`",
    ): [
        "`('dense', 'conv')` → `('conv', 'dense')`",
    ],
    (
        "build_discriminator",
        "Whether a network has dropout is left open; it rests at training=False.",
        "`hidden += [layers.Dropout(DROPPED)]`",
    ): [
        "`hidden += [layers.Dropout(DROPPED)]` → `(left out)`",
    ],
}

EQUIVALENT: dict[str, str] = {
    f"{item}: {change} in {statement}": reason
    for (item, reason, statement), changes in _CHANGES.items()
    for change in changes
}
