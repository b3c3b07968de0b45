"""Aids for the visible checks below a student's function."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np


def rejects(function: Callable, *arguments: object) -> bool:
    """Whether ``function(*arguments)`` raises ValueError; any other exception passes through."""
    try:
        function(*arguments)
    except ValueError:
        return True
    return False


def small_stack(sizes: Sequence[int]) -> list[tuple]:
    """A stack of layers (W, b) of these widths for TensorFlow, filled with the same numbers always.

    W, b: tf.Variables of float32, shapes (n_in, n_out) and (n_out,), all entries within ±1.
    """
    from helpers.quiet import tf  # here, because not every sheet has to wait for TensorFlow

    def filled(*shape: int):
        numbers = np.cos(1.7 * np.arange(1, math.prod(shape) + 1)).reshape(shape)
        return tf.Variable(numbers, dtype=tf.float32)

    return [(filled(n_in, n_out), filled(n_out)) for n_in, n_out in pairwise(sizes)]
