"""A free constant in a known mistake, found from what the student's code returned on one call.

Students choose their own small number in a logarithm, their own limits of a clip. A bank holds such
a mistake once, with the range of its constant (see `banks.constant_of`).
"""

import math
from collections.abc import Callable

import numpy as np

from grader.judging import comparing

SET = "="  # between the id of a mistake and the value of its constant
EVERY, STEPS = 25, 26  # values that are tried over the whole range, and around the best of them
FEW_POWERS = 14  # of ten: in so small a range 2 and 5 times a power are tried as well
_GOLDEN = (math.sqrt(5) - 1) / 2
_FAR = 50.0  # the distance of a number from one that is not finite


def with_value(mistake: str, value: float) -> str:
    """The id of a mistake whose constant has a value."""
    return f"{mistake}{SET}{value!r}"


def split(name: str) -> tuple[str, float | None]:
    """The id of a mistake, and the value of its constant if the id has one."""
    mistake, _, value = name.partition(SET)
    return mistake, float(value) if value else None


def rounded(value: float) -> list[float]:
    """A constant as people may have written it: with one digit, with two, and as it was found."""
    return [float(f"{value:.0e}"), float(f"{value:.1e}"), value]


def distance(mine: comparing.Node, given: comparing.Node) -> float:
    """How far two values are apart: grows with each number, infinite where their sizes differ."""
    some, others = comparing.flat(mine), comparing.flat(given)
    return _apart(some, others) if some.shape == others.shape else math.inf


def _apart(some: np.ndarray, others: np.ndarray) -> float:
    same = (some == others) | (np.isnan(some) & np.isnan(others))
    with np.errstate(all="ignore"):
        relative = np.abs(some - others) / (1e-12 + 1e-6 * np.abs(some))
        terms = np.where(np.isfinite(relative), np.log1p(relative), _FAR)
    return float(np.sum(np.where(same, 0.0, terms)))


def search(how_far: Callable[[float], float], low: float, high: float) -> float:
    """The constant between two limits that is nearest, by at most 100 evaluations.

    The round values that people write are tried with others evenly over the range, then the
    neighbourhood of the best one is narrowed down by the golden section.
    """
    values = _first_values(low, high)
    found = {value: how_far(value) for value in values}
    best = min(values, key=found.__getitem__)
    if found[best] == 0 or found[best] == max(found.values()):
        return best  # found already, or it makes no difference
    place = values.index(best)
    refined = _narrowed(how_far, values[max(place - 1, 0)], values[min(place + 1, len(values) - 1)])
    return min(best, refined, key=how_far)


def _first_values(low: float, high: float) -> list[float]:
    spread = np.geomspace if low > 0 else np.linspace
    digits = range(0)
    if low > 0:
        digits = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    firsts = (1, 2, 5) if len(digits) < FEW_POWERS else (1,)
    round_ones = [float(f"{first}e{power}") for power in digits for first in firsts]
    evenly = [float(value) for value in spread(low, high, EVERY)]
    return sorted({low, high, *evenly, *(value for value in round_ones if low < value < high)})


def _narrowed(how_far: Callable[[float], float], low: float, high: float) -> float:
    """The nearest constant in an interval, by the golden section, in logarithms where it can be."""
    to, back = (math.log, math.exp) if low > 0 else (float, float)
    left, right = to(low), to(high)
    inner = [right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)]
    far = [how_far(back(x)) for x in inner]
    for _ in range(STEPS):
        if far[0] <= far[1]:
            right, inner[1], far[1] = inner[1], inner[0], far[0]
            inner[0] = right - _GOLDEN * (right - left)
            far[0] = how_far(back(inner[0]))
        else:
            left, inner[0], far[0] = inner[0], inner[1], far[1]
            inner[1] = left + _GOLDEN * (right - left)
            far[1] = how_far(back(inner[1]))
    return back(inner[0] if far[0] <= far[1] else inner[1])
