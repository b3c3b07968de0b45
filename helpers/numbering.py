"""The order of a data set that holds one picture for each combination of its factors.

The last factor runs fastest, as in dSprites (Matthey, Higgins, Hassabis and Lerchner, 2017).
"""

import math

import numpy as np


def factors_of(number: np.ndarray, counts: tuple[int, ...]) -> np.ndarray:
    """The factors of pictures by their numbers 0 … product of counts − 1, (...) → int64 (..., f).

    counts: how many values each of the f factors has. Raises ValueError: there is no picture of
    such a number.
    """
    number, count = np.asarray(number), math.prod(counts)
    if number.size and not (number.min() >= 0 and number.max() < count):
        raise ValueError(f"the pictures have numbers from 0 to {count - 1:,}")
    return np.stack(np.unravel_index(number, counts), axis=-1)


def number_of(factors: np.ndarray, counts: tuple[int, ...]) -> np.ndarray:
    """The numbers of pictures by their factors, int (..., f) → int64 (...)."""
    return np.ravel_multi_index(tuple(np.moveaxis(np.asarray(factors), -1, 0)), counts)
