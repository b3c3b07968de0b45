"""The values of lines, and whether two lines agree."""

import time
from collections.abc import Sequence

import numpy as np

from derivations.evaluator.arrays import Array
from derivations.evaluator.evaluation import LINE_SECONDS, Evaluation
from derivations.evaluator.settings import Settings
from derivations.expressions import Node

RTOL, FLOOR = 1e-8, 1e-3  # the floor: rounding does not count where a value is almost 0

Values = list[Array]  # one array (settings,) for each group of settings


def close(one: Array, other: Array) -> Array:
    """Where two arrays agree to a relative 1e-8."""
    return np.abs(one - other) <= RTOL * np.maximum(np.maximum(np.abs(one), np.abs(other)), FLOOR)


def agree(one: Values, other: Values) -> bool:
    """Whether two lines have the same value at every setting of every group."""
    return all(close(a, b).all() for a, b in zip(one, other, strict=True))


def evaluate(
    tree: Node, groups: Sequence[Settings], scaled: dict[int, float] | None = None
) -> Values:
    """The values of a tree at all settings, group by group. Raises Problem where it has none.

    scaled: nodes whose value is multiplied, by id.
    """
    deadline = time.thread_time() + LINE_SECONDS
    return [Evaluation(settings, scaled, deadline).numbers(tree) for settings in groups]
