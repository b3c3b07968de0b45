"""What two mistakes at once give, worked out from the values of each: no bank holds all pairs.

Where no known mistake explains a student's values, a pair may: two that change different terms of
a sum, whose deviations add up, or one whose result is then multiplied, summed, averaged or so. What
is named this way gives the student's values on all core lines, as a single mistake has to.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.judging import comparing
from grader.running import agent

JOIN, TWISTED = "+", "~"  # between the ids of two mistakes; before the id of a twist
Node = dict
Numbers = list[np.ndarray]


@dataclass(frozen=True)
class Twist:
    """Something that is done to a result afterwards.

    function: of the numbers of one value;
    sentence: what the student reads.
    """

    function: Callable[[np.ndarray], np.ndarray]
    sentence: str


TWISTS = {
    "negated": Twist(np.negative, "The sign of the result is the other way round."),
    "halved": Twist(lambda a: a / 2, "The result is half of what it should be."),
    "doubled": Twist(lambda a: 2 * a, "The result is twice what it should be."),
    "summed": Twist(
        np.sum, "All values are summed to one number, where one for each row is expected."
    ),
    "averaged": Twist(
        np.mean, "All values are averaged to one number, where one for each row is expected."
    ),
    "bits": Twist(lambda a: a / math.log(2), "The logarithm is to the base 2, not to e."),
}


def pairs(mistakes: list[str]) -> Iterator[str]:
    """The ids of what may explain values that no known mistake explains, the simplest first."""
    yield from (TWISTED + twist for twist in TWISTS)
    yield from (name + JOIN + TWISTED + twist for name in mistakes for twist in TWISTS)
    yield from map(JOIN.join, combinations(mistakes, 2))


def is_single(name: str) -> bool:
    """Whether an id is that of one known mistake."""
    return JOIN not in name and TWISTED not in name


def parts(pair: str) -> list[str]:
    """The mistakes in an id, without a twist."""
    return [part for part in pair.split(JOIN) if not part.startswith(TWISTED)]


def sentence(pair: str, sentence_of: Callable[[str], str]) -> str:
    """What the student reads of a pair; sentence_of: the sentence of a known mistake."""
    words = [
        TWISTS[part.removeprefix(TWISTED)].sentence
        if part.startswith(TWISTED)
        else sentence_of(part)
        for part in pair.split(JOIN)
    ]
    if len(words) == 1:
        return words[0]
    first, second = (text.strip().rstrip(".") for text in words)
    return f"Two things at once: {_in_a_sentence(first)}; {_in_a_sentence(second)}."


def either(sentences: list[str]) -> str:
    """What the student reads of one mistake, or of two that explain the same."""
    if len(sentences) == 1:
        return sentences[0]
    first, second = (_in_a_sentence(text.strip().rstrip(".")) for text in sentences)
    return f"Either {first}; or {second}."


def _in_a_sentence(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


@dataclass(frozen=True)
class Case:
    """One call that went wrong.

    mine: what the student's code returned;
    right: what the reference returns;
    known: what each mistake returns, without those that raise something;
    agree: whether two values are the same.
    """

    mine: Node
    right: Node
    known: Mapping[str, Node]
    agree: Callable[[Node, Node], bool]

    def explained_by(self, candidates: Iterable[str]) -> list[str]:
        """Those that give what the student's code returned."""
        mine, right = numbers(self.mine), numbers(self.right)
        if mine is None or right is None:
            return []
        known = {name: found for name, node in self.known.items() if (found := numbers(node))}
        return [pair for pair in candidates if self._gives(pair, mine, right, known)]

    def changed_by(self, mistake: str) -> bool:
        """Whether a mistake matters here."""
        return mistake in self.known and not self.agree(self.right, self.known[mistake])

    def _gives(
        self, pair: str, mine: Numbers, right: Numbers, known: Mapping[str, Numbers]
    ) -> bool:
        given = _given(pair, right, known)
        if given is None or not _nearly(given, mine):
            return False
        node = _like(self.right, iter(given))
        return self.agree(self.mine, node) and not self.agree(self.right, node)


def value(pair: str, right: Node, known: Mapping[str, Node]) -> Node | None:
    """The value that a pair gives where the reference and its mistakes give these."""
    expected = numbers(right)
    if expected is None:
        return None
    found = {name: some for name, node in known.items() if (some := numbers(node))}
    given = _given(pair, expected, found)
    return None if given is None else _like(right, iter(given))


def _given(pair: str, right: Numbers, known: Mapping[str, Numbers]) -> Numbers | None:
    """The numbers that a pair gives, None where that cannot be worked out."""
    values = [known.get(name) for name in parts(pair)]
    with np.errstate(all="ignore"):  # infinite values are values too
        if TWISTED in pair:
            function = TWISTS[pair.rpartition(TWISTED)[2]].function
            values = values or [right]
            return None if values[0] is None else [np.asarray(function(a)) for a in values[0]]
        first, second = values
        if first is None or second is None:
            return None
        if not _shapes(first) == _shapes(second) == _shapes(right):
            return None
        return [_both(a, b, c) for a, b, c in zip(first, second, right, strict=True)]


def _both(one: np.ndarray, other: np.ndarray, right: np.ndarray) -> np.ndarray:
    """An array with both mistakes: their deviations add up, unless one multiplies everything.

    A mistake that makes `factor` times the result of all (0, -1, a forgotten half) does so to what
    the other one makes: it changes no term by itself.
    """
    for first, second in ((one, other), (other, one)):
        factor = _factor(first, right)
        if factor is not None:
            return factor * second
    return one + other - right


def _factor(array: np.ndarray, right: np.ndarray) -> float | None:
    """By what all numbers are multiplied; None if they are not, or are the same, or one number.

    A sign, a forgotten half, a sum for a mean: a whole number, or 1 over one.
    """
    size = np.sum(right * right)
    if right.size < 2 or not 0 < size < np.inf or np.ptp(right) < 1e-6 * size**0.5:
        return None
    factor = float(np.sum(array * right) / size)
    if abs(factor - 1) < 1e-9 or not np.allclose(array, factor * right, 1e-6, 1e-12):
        return None
    whole = factor if abs(factor) >= 1 or abs(factor) < 1e-9 else 1 / factor
    return factor if abs(whole - round(whole)) < 1e-6 else None


def _shapes(arrays: Numbers) -> list[tuple[int, ...]]:
    return [array.shape for array in arrays]


def _nearly(some: Numbers, others: Numbers) -> bool:
    """Whether the first numbers of two values are about the same: most pairs end here."""
    if _shapes(some) != _shapes(others):
        return False
    beginnings = zip((a.ravel()[:8] for a in some), (b.ravel()[:8] for b in others), strict=True)
    return all(np.allclose(a, b, 1e-2, 1e-3, equal_nan=True) for a, b in beginnings)


def numbers(node: Node) -> Numbers | None:
    """The arrays in a value, in order; None where it holds something else, or nothing."""
    if node["t"] in ("tuple", "list"):
        found = [numbers(part) for part in node["v"]]
        return None if not all(found) else [array for part in found for array in part or []]
    if node["t"] not in ("array", "float", "int"):
        return None
    array = comparing.as_array(node)
    return [array.astype(float)] if array.dtype.kind in "fiu" else None


def _like(node: Node, arrays: Iterator[np.ndarray]) -> Node:
    """A value of the same form with other numbers."""
    if node["t"] in ("tuple", "list"):
        return {"t": node["t"], "v": [_like(part, arrays) for part in node["v"]]}
    array = next(arrays)
    if not array.shape:
        return agent.encode(float(array))
    return agent.encode(array) | {"kind": node["kind"]}
