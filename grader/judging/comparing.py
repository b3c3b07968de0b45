"""Two values, the student's and the reference's: do they agree, and if not, where first?

Both come as nodes (see `agent.encode`), so that the frameworks they belong to are known.
"""

import math
from typing import Any

import numpy as np

from grader.running import agent

Node = dict

_SCALARS = ("float", "int", "bool")
_NAMES = {"numpy": "NumPy array", "torch": "torch tensor", "tensorflow": "TensorFlow tensor"}


def difference(student: Node, reference: Node, rtol: float, atol: float) -> str | None:
    """None where the values agree; else one sentence for the student."""
    if reference["t"] in ("tuple", "list"):
        return _sequence(student, reference, rtol, atol)
    if reference["t"] == "dict":
        return _dictionary(student, reference, rtol, atol)
    if reference["t"] in ("none", "str"):
        if student["t"] != reference["t"]:
            return f"It returns {describe(student)}, not {describe(reference)}."
        return None if student.get("v") == reference.get("v") else "It is another string."
    return _numbers(student, reference, rtol, atol)


def margin(student: Node, reference: Node, rtol: float, atol: float) -> float:
    """How often the largest deviation of two values that agree goes into its tolerance."""
    mine, theirs = flat(student), flat(reference)
    with np.errstate(invalid="ignore"):
        deviation = np.abs(mine - theirs)
    tolerance = atol + rtol * np.abs(theirs)
    differ = deviation > 0  # not where both are infinite, or nan
    return float(np.min(tolerance[differ] / deviation[differ], initial=math.inf))


def relative(student: Node, reference: Node) -> float:
    """The largest deviation of a number, relative to the right one; infinite where it has no like.

    Where both are the same, or infinite alike, nothing deviates.
    """
    if _form(student) != _form(reference):
        return math.inf
    mine, theirs = flat(student), flat(reference)
    if mine.dtype.kind == "c" or not mine.size:
        return math.inf
    with np.errstate(all="ignore"):
        deviation = np.abs(mine - theirs) / np.abs(theirs)
    deviation[(mine == theirs) | (np.isnan(mine) & np.isnan(theirs))] = 0.0
    return float(np.max(np.nan_to_num(deviation, nan=math.inf, posinf=math.inf)))


def _form(node: Node) -> object:
    """Of what parts a value is, without the numbers in them."""
    match node["t"]:
        case "list" | "tuple":
            return [_form(part) for part in node["v"]]
        case "dict":
            return sorted((repr(key), _form(part)) for key, part in node["v"])
        case "none" | "str":
            return repr(node.get("v"))
    return list(node.get("shape", ()))


def flat(node: Node) -> np.ndarray:
    """All numbers of a value, in a row."""
    match node["t"]:
        case "none" | "str":
            return np.empty(0)
        case "dict":
            parts = [part for _, part in sorted(node["v"], key=lambda pair: repr(pair[0]))]
        case "list" | "tuple":
            parts = node["v"]
        case _:
            numbers = as_array(node).ravel()
            return numbers if numbers.dtype.kind == "c" else numbers.astype(float)
    return np.concatenate([np.empty(0), *map(flat, parts)])


def describe(node: Node) -> str:
    """What a value is, in words."""
    match node["t"]:
        case "none":
            return "None (is there a return statement?)"
        case "array":
            name = _NAMES.get(node["kind"], node["kind"])
            return f"a {name} of shape {tuple(node['shape'])}" if node["shape"] else "a number"
        case "list" | "tuple":
            return f"a {node['t']} of {len(node['v'])}"
        case "dict":
            return "a dictionary"
        case "str":
            return "a string"
    return "a number"


def _sequence(student: Node, reference: Node, rtol: float, atol: float) -> str | None:
    wanted = len(reference["v"])
    items = student["v"] if student["t"] in ("tuple", "list") else _rows(student)
    if items is None or len(items) != wanted:
        return f"It returns {describe(student)}, but {wanted} values were expected."
    for number, (mine, theirs) in enumerate(zip(items, reference["v"], strict=True), 1):
        found = difference(mine, theirs, rtol, atol)
        if found:
            return f"Value {number} of {wanted}: {found}"
    return None


def _rows(node: Node) -> list[Node] | None:
    """An array taken as the sequence of its rows: `np.array([a, b])` returns two values too.

    Each row is of the array's own framework: that of a torch tensor is a torch tensor.
    """
    if node["t"] != "array" or not node["shape"]:
        return None
    return [agent.encode(row) | {"kind": node["kind"]} for row in as_array(node)]


def _dictionary(student: Node, reference: Node, rtol: float, atol: float) -> str | None:
    if student["t"] != "dict":
        return f"It returns {describe(student)}, but a dictionary was expected."
    mine, theirs = dict(student["v"]), dict(reference["v"])
    if mine.keys() != theirs.keys():
        return f"It has the keys {sorted(mine)}, but {sorted(theirs)} were expected."
    for key in theirs:
        found = difference(mine[key], theirs[key], rtol, atol)
        if found:
            return f"Under {key!r}: {found}"
    return None


def _numbers(student: Node, reference: Node, rtol: float, atol: float) -> str | None:
    shape = tuple(reference.get("shape", ()))
    expected = "a single number" if shape == () else f"{describe(reference)}"
    if student["t"] not in (*_SCALARS, "array"):
        return f"It returns {describe(student)}, but {expected} was expected."
    if shape and (student["t"] != "array" or student["kind"] != reference["kind"]):
        return f"It returns {describe(student)}, but {expected} was expected."
    if tuple(student.get("shape", ())) != shape:
        return f"It returns {describe(student)}, but {expected} was expected."
    mine, theirs = as_array(student), as_array(reference)
    if mine.dtype.kind == "c" and theirs.dtype.kind != "c":
        return "It returns complex numbers."
    return _values(mine, theirs, rtol, atol)


def as_array(node: Node) -> np.ndarray:
    """The numbers of a node, whatever framework they came from, as a NumPy array."""
    value = agent.decode(node | {"kind": "numpy"})
    return np.asarray(value)


def _values(mine: np.ndarray, theirs: np.ndarray, rtol: float, atol: float) -> str | None:
    close = np.isclose(mine, theirs, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return None
    unexpected_nan = np.isnan(mine) & ~np.isnan(theirs)
    shown = unexpected_nan if unexpected_nan.any() else ~close
    where = tuple(int(i) for i in np.argwhere(shown)[0])
    place = f" at index {list(where)}" if where else ""
    if unexpected_nan.any():
        return f"It returns nan{place}."
    values = f"yours {_show(mine[where])}, expected {_show(theirs[where])}."
    if not where:
        return f"It differs: {values}"
    return f"{np.count_nonzero(~close)} of {close.size} values differ; first{place}: {values}"


def _show(number: Any) -> str:
    return f"{float(number):.6g}" if math.isfinite(abs(number)) else str(float(number.real))
