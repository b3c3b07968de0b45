"""A module of probes, as a sheet brings one: it is sent whole."""

import functools

import numpy as np

CALLS = []


def tenfold(x):
    """A stand-in."""
    return 10 * x


@functools.cache
def _sign():
    return np.float64(-1.0)


class Box:
    """What a probe may need."""

    def __init__(self, value):
        self.value = value


def noted(x):
    """A stand-in that keeps what it was called with."""
    CALLS.append(x)
    return x


def calls_of_inner(functions, name, values):
    """How often the stand-in was called."""
    for value in values:
        functions[name](value)
    return len(CALLS)


def through_a_class(functions, name, value):
    """The result, with helpers of the module."""
    with functions.instead({"inner": tenfold}):
        return Box(_sign() * len(str(functions[name](value)))).value


def with_factor(functions, name, value, factor):
    """The result with a stand-in that is made here."""
    with functions.instead({"inner": lambda x: factor * x}):
        return functions[name](value)
