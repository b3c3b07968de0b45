"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_ONE_DTYPE = (
    "It matters only where x and z have different dtypes; whether these may meet is left open, "
    "for a plain tf.convert_to_tensor of both is right too."
)
_SQUARED = "The difference is squared right away, so its sign does not matter."
_STILL_SMALL = "Still far below 1e-4, and 1 minus it is still below 1 in float32."
_CLIP = "in `z = tf.clip_by_value(tf.convert_to_tensor(z), 1e-06, 1 - 1e-06)`"

EQUIVALENT: dict[str, str] = {
    "mean_squared_loss: `z` → `x` in `x = tf.cast(x, z.dtype)`": _ONE_DTYPE,
    "mean_squared_loss: `x - z` → `z - x` in "
    "`return tf.reduce_mean(tf.reduce_sum(tf.square(x - z), axis=1))`": _SQUARED,
    f"cross_entropy_loss: `1e-06` → `2e-06` {_CLIP}": _STILL_SMALL,
    f"cross_entropy_loss: `1e-06` → `5e-07` {_CLIP}": _STILL_SMALL,
    f"cross_entropy_loss: `1e-06` → `2e-06` {_CLIP} (2)": _STILL_SMALL,
    f"cross_entropy_loss: `1e-06` → `5e-07` {_CLIP} (2)": _STILL_SMALL,
    "cross_entropy_loss: `z` → `x` in `x = tf.cast(x, z.dtype)`": _ONE_DTYPE,
}
