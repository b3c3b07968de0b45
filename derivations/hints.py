"""Where one small change would make a wrong line right: a sign, a factor, an exponent, an index.

A hint gives the kind of the change and its place; the student finds out what belongs there.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derivations import expressions as ex
from derivations.evaluator.settings import Settings
from derivations.evaluator.values import Values, agree, evaluate
from derivations.expressions import Node, Problem, exchanged, walk

SECONDS = 0.5
QUICK = 3  # settings at which a change is tried first

SIGN, FACTOR = "a sign", "a factor 2 or 1/2"
EXPONENT, INDEX = "an exponent", "an index"
SQUARE = "a square (is this a standard deviation, or a variance?)"
FRACTION, DENSITY = "a fraction (is it upside down?)", "a density"
ORDER = "the order of the two distributions"
REACH = "what the logarithm applies to: without brackets, only the next factor"
DERIVATIVE = "what the derivative applies to: without brackets, only the next factor"
QUOTIENT = "what the / divides by: without brackets, only the next factor"


@dataclass(frozen=True)
class Hint:
    """The kind of thing to look at, and where it is in the row."""

    kind: str
    position: int


def find_hint(tree: Node, wanted: Values, groups: Sequence[Settings]) -> Hint | None:
    """The first single change that gives the line the wanted values; None if no change does."""
    few = [settings.first(QUICK) for settings in groups]
    few_wanted = [values[:QUICK] for values in wanted]
    deadline = time.thread_time() + SECONDS
    for hint, changed in _changes(tree):
        if time.thread_time() > deadline:
            return None
        if _gives(changed, few_wanted, few) and _gives(changed, wanted, groups):
            return hint
    return None


def _gives(tree: Node, wanted: Values, groups: Sequence[Settings]) -> bool:
    try:
        return agree(evaluate(tree, groups), wanted)
    except Problem:
        return False


def _changes(tree: Node) -> Iterator[tuple[Hint, Node]]:
    yield from _logarithms_everywhere(tree)
    nodes = list(walk(tree))
    exponents = {id(node.exponent) for node in nodes if isinstance(node, ex.Power)}
    for kinds in (_reach, _signs, _squares, _indices, _densities, _fractions, _factors):
        for node in nodes:
            if id(node) in exponents:
                continue
            for kind, new in kinds(node):
                yield Hint(kind, node.position), exchanged(tree, node, new)


def _logarithms_everywhere(tree: Node) -> Iterator[tuple[Hint, Node]]:
    """The tree in which every logarithm applies to all that follows it in its term."""
    changed = tree
    places = []
    for node in reversed(list(walk(tree))):
        taken = [new for kind, new in _reach(node) if kind == REACH]
        if taken:
            changed = exchanged(changed, node, taken[0])
            places.append(node.position)
    if places:
        yield Hint(REACH, min(places)), changed


def _reach(node: Node) -> Iterator[tuple[str, Node]]:
    if not isinstance(node, ex.Product):
        return
    for i, factor in enumerate(node.factors[:-1]):
        rest = node.factors[i + 1 :]
        if isinstance(factor, ex.Call) and factor.function == "log":
            argument = ex.Product(factor.position, (factor.argument, *rest))
            taken = replace(factor, argument=argument)
            yield REACH, replace(node, factors=(*node.factors[:i], taken))
        if isinstance(factor, ex.Derivative):
            body = ex.Product(factor.position, (factor.body, *rest))
            yield DERIVATIVE, replace(node, factors=(*node.factors[:i], replace(factor, body=body)))
        if isinstance(factor, ex.Inverse):
            below = replace(factor, operand=ex.Product(factor.position, (factor.operand, *rest)))
            yield QUOTIENT, replace(node, factors=(*node.factors[:i], below))


def _signs(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, ex.Negative):
        yield SIGN, node.operand
    if isinstance(node, ex.Sum):
        for i, term in enumerate(node.terms):
            if not isinstance(term, ex.Negative):
                flipped = ex.Negative(term.position, term)
                yield SIGN, replace(node, terms=(*node.terms[:i], flipped, *node.terms[i + 1 :]))
    if isinstance(node, (ex.Product, ex.Integral)):
        yield SIGN, ex.Negative(node.position, node)


def _squares(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, ex.Power) and isinstance(node.exponent, ex.Number):
        yield EXPONENT, node.base
        if node.exponent.value != 2:
            yield EXPONENT, replace(node, exponent=ex.Number(node.position, 2.0))
    elif isinstance(node, (ex.Name, ex.Sum)):
        yield SQUARE, ex.Power(node.position, node, ex.Number(node.position, 2.0))


def _indices(node: Node) -> Iterator[tuple[str, Node]]:
    other = {"1": "2", "2": "1"}
    if isinstance(node, ex.Name) and node.key[-2:-1] == "_" and node.key[-1] in other:
        yield INDEX, replace(node, key=node.key[:-1] + other[node.key[-1]])


def _densities(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, ex.Divergence):
        yield ORDER, replace(node, first=node.second, second=node.first)
    if isinstance(node, ex.Density):
        letter = "p" if node.letter == "q" else "q"
        yield DENSITY, replace(node, letter=letter)
        if node.letter == "p" and set(node.variables) | set(node.given) <= {"x", "z"}:
            for of, given in (("xz", ""), ("x", "z"), ("z", ""), ("x", ""), ("z", "x")):
                yield DENSITY, replace(node, variables=tuple(of), given=tuple(given))


def _fractions(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, ex.Product) and any(isinstance(f, ex.Inverse) for f in node.factors):
        turned = (
            f.operand if isinstance(f, ex.Inverse) else ex.Inverse(f.position, f)
            for f in node.factors
        )
        yield FRACTION, replace(node, factors=tuple(turned))


def _factors(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, ex.Inverse):
        return
    two = ex.Number(node.position, 2.0)
    for factor in (two, ex.Inverse(node.position, two)):
        yield FACTOR, ex.Product(node.position, (factor, node))
