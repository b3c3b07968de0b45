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
_SIZES = "Any sensible width, kernel and stride will do: what is asked is what comes out."
_SLOPE = "Any slope leaks; the item asks for none in particular."
_DROPOUT = "Whether a network has dropout, and how much, is left open; it rests at training=False."
_FEWER = "A network with fewer hidden layers is one as well."
_LINEAR = (
    "A linear layer before one that leaks is a way to build a network (DCGAN's projection is one)."
)

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
        "build_generator",
        _SLOPE,
        "`leak, norm = (partial(leaky_relu, alpha=0.2), layers.BatchNormalization)`",
    ): [
        "`0.2` → `0.4`",
        "`0.2` → `0.1`",
    ],
    (
        "build_generator",
        _SIZES,
        "`hidden = [layers.Dense(256, leak), norm(), layers.Dense(512, leak), norm()]`",
    ): [
        "`256` → `257`",
        "`256` → `255`",
        "`512` → `513`",
        "`512` → `511`",
    ],
    (
        "build_generator",
        _SIZES,
        "`hidden += [layers.Conv2DTranspose(32, 4, 2, 'same', activation=leak), norm()]`",
    ): [
        "`layers.Conv2DTranspose(32, 4, 2, 'same', activation=leak)` → `layers.Conv2DTranspose(4, "
        "32, 2, 'same', activation=leak)`",
        "`32` → `33`",
        "`32` → `31`",
        "`4` → `5`",
        "`4` → `3`",
    ],
    (
        "build_generator",
        _LINEAR,
        "`hidden += [layers.Conv2DTranspose(32, 4, 2, 'same', activation=leak), norm()]`",
    ): [
        "`layers.Conv2DTranspose(32, 4, 2, 'same', activation=leak)` → "
        "`layers.Conv2DTranspose(32, 4, 2, 'same')`",
    ],
    (
        "build_generator",
        _SIZES,
        "`last = [layers.Conv2DTranspose(1, 4, 2, 'same', activation='tanh')]`",
    ): [
        "`4` → `5`",
        "`4` → `3`",
    ],
    (
        "build_discriminator",
        _SLOPE,
        "`leak = partial(leaky_relu, alpha=0.2)`",
    ): [
        "`0.2` → `0.4`",
        "`0.2` → `0.1`",
    ],
    (
        "build_discriminator",
        _SIZES,
        "`hidden = [layers.Flatten(), layers.Dense(256, leak), layers.Dropout(0.3)]`",
    ): [
        "`256` → `255`",
    ],
    (
        "build_discriminator",
        _DROPOUT,
        "`hidden = [layers.Flatten(), layers.Dense(256, leak), layers.Dropout(0.3)]`",
    ): [
        "`0.3` → `0.6`",
        "`0.3` → `0.15`",
    ],
    (
        "build_discriminator",
        _FEWER,
        "`hidden += [layers.Dense(256, leak), layers.Dropout(0.3)]`",
    ): [
        "`hidden += [layers.Dense(256, leak), layers.Dropout(0.3)]` → `(left out)`",
    ],
    (
        "build_discriminator",
        _SIZES,
        "`hidden += [layers.Dense(256, leak), layers.Dropout(0.3)]`",
    ): [
        "`256` → `257`",
        "`256` → `255`",
    ],
    (
        "build_discriminator",
        _DROPOUT,
        "`hidden += [layers.Dense(256, leak), layers.Dropout(0.3)]`",
    ): [
        "`0.3` → `0.6`",
        "`0.3` → `0.15`",
    ],
    (
        "build_discriminator",
        _SIZES,
        "`hidden = [layers.Conv2D(16, 4, 2, 'same', activation=leak)]`",
    ): [
        "`layers.Conv2D(16, 4, 2, 'same', activation=leak)` → `layers.Conv2D(4, 16, 2, 'same', "
        "activation=leak)`",
        "`16` → `17`",
        "`16` → `15`",
        "`4` → `5`",
        "`4` → `3`",
        "`2` → `3`",
        "`2` → `1`",
    ],
    (
        "build_discriminator",
        _LINEAR,
        "`hidden = [layers.Conv2D(16, 4, 2, 'same', activation=leak)]`",
    ): [
        "`layers.Conv2D(16, 4, 2, 'same', activation=leak)` → `layers.Conv2D(16, 4, 2, 'same')`",
    ],
    (
        "build_discriminator",
        _SIZES,
        "`hidden += [layers.Conv2D(32, 4, 2, 'same', activation=leak), layers.Flatten()]`",
    ): [
        "`layers.Conv2D(32, 4, 2, 'same', activation=leak)` → `layers.Conv2D(4, 32, 2, 'same', "
        "activation=leak)`",
        "`32` → `33`",
        "`32` → `31`",
        "`4` → `5`",
        "`4` → `3`",
        "`2` → `3`",
        "`2` → `1`",
    ],
    (
        "build_discriminator",
        _LINEAR,
        "`hidden += [layers.Conv2D(32, 4, 2, 'same', activation=leak), layers.Flatten()]`",
    ): [
        "`layers.Conv2D(32, 4, 2, 'same', activation=leak)` → `layers.Conv2D(32, 4, 2, 'same')`",
    ],
    (
        "build_discriminator",
        _FEWER,
        "`hidden += [layers.Dropout(0.3), layers.Dense(128, leak), layers.Dropout(0.3)]`",
    ): [
        "`hidden += [layers.Dropout(0.3), layers.Dense(128, leak), layers.Dropout(0.3)]` → `(left "
        "out)`",
    ],
    (
        "build_discriminator",
        _DROPOUT,
        "`hidden += [layers.Dropout(0.3), layers.Dense(128, leak), layers.Dropout(0.3)]`",
    ): [
        "`0.3` → `0.6`",
        "`0.3` → `0.15`",
    ],
    (
        "build_discriminator",
        _SIZES,
        "`hidden += [layers.Dropout(0.3), layers.Dense(128, leak), layers.Dropout(0.3)]`",
    ): [
        "`128` → `129`",
        "`128` → `127`",
    ],
    (
        "build_discriminator",
        _DROPOUT,
        "`hidden += [layers.Dropout(0.3), layers.Dense(128, leak), layers.Dropout(0.3)]` (2)",
    ): [
        "`0.3` → `0.6`",
        "`0.3` → `0.15`",
    ],
    (
        "interpolate",
        _ONE_DTYPE,
        "`share = tf.cast(tf.range(n + 2), z1.dtype)[:, None] / (n + 1)`",
    ): [
        "`z1` → `z2`",
    ],
}

EQUIVALENT: dict[str, str] = {
    f"{item}: {change} in {statement}": reason
    for (item, reason, statement), changes in _CHANGES.items()
    for change in changes
}
