"""Numbers and matrices at all settings at once, and their sums and products.

A number is an array with the axes (settings, a, b, c): a, b and c belong to the variables that
integrals, expectations and sums bind, in the order of their nesting. A matrix has two axes more.
"""

import numpy as np

from derivations.expressions import Node, Problem

Array = np.ndarray
AXES = 4  # of a number: settings, then up to three bound variables


def is_matrix(value: Array) -> bool:
    return value.ndim == AXES + 2


def wide(values: Array) -> Array:
    """Values (s,) or matrices (s, m, n) with the axes of the bound variables added."""
    return values.reshape(len(values), *(1,) * (AXES - 1), *values.shape[1:])


def without_matrix_axes(values: Array) -> Array:
    return values.reshape(values.shape[:AXES])


def as_number(value: Array, node: Node) -> Array:
    """The value as a number; a matrix of one row and one column is one. Raises Problem."""
    if not is_matrix(value):
        return value
    if value.shape[-2:] == (1, 1):
        return value[..., 0, 0]
    raise Problem("a number is expected here, not a vector or matrix", node.position)


def added(one: Array, other: Array, node: Node) -> Array:
    if is_matrix(one) == is_matrix(other):
        if is_matrix(one) and one.shape[-2:] != other.shape[-2:]:
            raise Problem("the shapes of what is added here do not fit", node.position)
        return one + other
    matrix, number = (one, other) if is_matrix(one) else (other, one)
    if matrix.shape[-2:] == (1, 1):
        return matrix[..., 0, 0] + number
    if np.all(number == 0):
        return matrix  # 0 is the zero vector and the zero matrix too
    raise Problem("you cannot add a number and a vector or matrix", node.position)


def times(one: Array, other: Array, node: Node) -> Array:
    if not is_matrix(one) and not is_matrix(other):
        return one * other
    if not (is_matrix(one) and is_matrix(other)):
        matrix, number = (one, other) if is_matrix(one) else (other, one)
        return matrix * number[..., None, None]
    if one.shape[-2:] == (1, 1):
        return one[..., 0, 0][..., None, None] * other
    if other.shape[-2:] == (1, 1) and one.shape[-1] != 1:
        return one * other
    if one.shape[-1] != other.shape[-2]:
        raise Problem(
            r"the shapes of these factors do not match: is a ^\top missing?", node.position
        )
    return one @ other
