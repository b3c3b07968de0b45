"""Where one small change would make a wrong line right: a sign, a factor, an exponent, an index.

The kind of the change and its place help a student to find the slip in their own line; what to put
there stays theirs.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helpers.derivations.expressions import (
    Call,
    Density,
    Divergence,
    Integral,
    Inverse,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Problem,
    Product,
    Sum,
    exchanged,
    walk,
)
from helpers.derivations.forms import Values, agree, evaluate
from helpers.derivations.settings import Settings

SECONDS = 0.5
QUICK = 3  # settings at which a change is tried before it is believed

SIGN, FACTOR = "a sign", "a factor 2 or 1/2"
EXPONENT, INDEX = "an exponent", "an index"
SQUARE = "a square (is this a standard deviation, or a variance?)"
FRACTION, DENSITY = "a fraction (is it upside down?)", "a density"
ORDER = "the order of the two distributions"
REACH = "what the logarithm takes: the next factor only, where it has no brackets"
QUOTIENT = "what stands below the /: the next factor only, where it has no brackets"


@dataclass(frozen=True)
class Hint:
    """What kind of thing to look at, and where in the row."""

    kind: str
    position: int


def find_hint(tree: Node, wanted: Values, groups: Sequence[Settings]) -> Hint | None:
    """The first single change that gives the line the values wanted; None if no such one does."""
    few = [settings.first(QUICK) for settings in groups]
    few_wanted = [values[:QUICK] for values in wanted]
    deadline = time.monotonic() + SECONDS
    for hint, changed in _changes(tree):
        if time.monotonic() > deadline:
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
    exponents = {id(node.exponent) for node in nodes if isinstance(node, Power)}
    for kinds in (_reach, _signs, _squares, _indices, _densities, _fractions, _factors):
        for node in nodes:
            if id(node) in exponents:
                continue
            for kind, new in kinds(node):
                yield Hint(kind, node.position), exchanged(tree, node, new)


def _logarithms_everywhere(tree: Node) -> Iterator[tuple[Hint, Node]]:
    """The tree in which every logarithm takes all that follows it in its term."""
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
    if not isinstance(node, Product):
        return
    for i, factor in enumerate(node.factors[:-1]):
        rest = node.factors[i + 1 :]
        if isinstance(factor, Call) and factor.function == "log":
            argument = Product(factor.position, (factor.argument, *rest))
            taken = replace(factor, argument=argument)
            yield REACH, replace(node, factors=(*node.factors[:i], taken))
        if isinstance(factor, Inverse):
            below = replace(factor, operand=Product(factor.position, (factor.operand, *rest)))
            yield QUOTIENT, replace(node, factors=(*node.factors[:i], below))


def _signs(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Negative):
        yield SIGN, node.operand
    if isinstance(node, Sum):
        for i, term in enumerate(node.terms):
            if not isinstance(term, Negative):
                flipped = Negative(term.position, term)
                yield SIGN, replace(node, terms=(*node.terms[:i], flipped, *node.terms[i + 1 :]))
    if isinstance(node, (Product, Integral)):
        yield SIGN, Negative(node.position, node)


def _squares(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Power) and isinstance(node.exponent, Number):
        yield EXPONENT, node.base
        if node.exponent.value != 2:
            yield EXPONENT, replace(node, exponent=Number(node.position, 2.0))
    elif isinstance(node, (Name, Sum)):
        yield SQUARE, Power(node.position, node, Number(node.position, 2.0))


def _indices(node: Node) -> Iterator[tuple[str, Node]]:
    other = {"1": "2", "2": "1"}
    if isinstance(node, Name) and node.key[-2:-1] == "_" and node.key[-1] in other:
        yield INDEX, replace(node, key=node.key[:-1] + other[node.key[-1]])


def _densities(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Divergence):
        yield ORDER, replace(node, first=node.second, second=node.first)
    if isinstance(node, Density):
        letter = "p" if node.letter == "q" else "q"
        yield DENSITY, replace(node, letter=letter)
        if node.letter == "p" and set(node.variables) | set(node.given) <= {"x", "z"}:
            for of, given in (("xz", ""), ("x", "z"), ("z", ""), ("x", ""), ("z", "x")):
                yield DENSITY, replace(node, variables=tuple(of), given=tuple(given))


def _fractions(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Product) and any(isinstance(f, Inverse) for f in node.factors):
        turned = (
            f.operand if isinstance(f, Inverse) else Inverse(f.position, f) for f in node.factors
        )
        yield FRACTION, replace(node, factors=tuple(turned))


def _factors(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Inverse):
        return
    two = Number(node.position, 2.0)
    for factor in (two, Inverse(node.position, two)):
        yield FACTOR, Product(node.position, (factor, node))
