"""What a line contains: the forms in which a derivation starts, ends, and which steps it shows.

A form is a function of `Facts`, so that it is recognised by value and by the functions in it, never
by spelling. Tables put their forms together from these.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeGuard

import numpy as np

from derivations.evaluator.evaluation import INDICES, Evaluation
from derivations.evaluator.settings import Settings
from derivations.evaluator.values import RTOL, Values, agree, evaluate
from derivations.expressions import (
    Binder,
    Call,
    Density,
    Expectation,
    Gaussian,
    Integral,
    Inverse,
    Name,
    Node,
    Number,
    Problem,
    Product,
    Series,
    Sum,
    children,
    exchanged,
    walk,
)
from derivations.reader.parsing import tree_of

Form = Callable[["Facts"], bool]


class Facts:
    """A right line of a derivation, as forms see it.

    tree, values: the line; groups: the settings.
    """

    def __init__(self, tree: Node, values: Values, groups: Sequence[Settings]):
        self.tree, self.values, self.groups = tree, values, groups
        self.by_jensen = False  # whether the line before leads here by Jensen's inequality

    @cached_property
    def nodes(self) -> list[Node]:
        return list(walk(self.tree))

    @cached_property
    def binders(self) -> list[Binder]:
        """The outermost integrals, expectations and sums."""
        return list(_outermost(self.tree))

    def count(self, *kinds: type) -> int:
        return sum(isinstance(node, kinds) for node in self.nodes)

    def contribution(self, parts: Sequence[Node]) -> Values:
        """How much the line's value changes when these parts are 0; nan if it is undefined then."""
        nothing = {id(part): 0.0 for part in parts}
        try:
            without = evaluate(self.tree, self.groups, scaled=nothing)
        except Problem:  # a part inside a logarithm, or below a fraction
            return [np.full_like(values, np.nan) for values in self.values]
        return [a - b for a, b in zip(self.values, without, strict=True)]

    def depends_on(self, parts: Sequence[Node]) -> bool:
        """Whether the line's value changes without these parts; False for no parts."""
        nothing = [np.zeros_like(values) for values in self.values]
        return bool(parts) and not agree(self.contribution(parts), nothing)

    def like(self, latex: str) -> list[Binder]:
        """The outermost binders whose terms are a multiple of those of the given one."""
        pattern = _binder(latex)
        wanted = [Evaluation(settings).terms(pattern) for settings in self.groups]
        alike = [node for node in self.binders if _adds(node) == _adds(pattern)]
        return [node for node in alike if self._is_multiple(node, wanted)]

    def _is_multiple(self, node: Binder, wanted: Values) -> bool:
        try:
            terms = [Evaluation(settings).terms(node) for settings in self.groups]
        except Problem:
            return False
        return all(map(_proportional, terms, wanted))

    def constant(self, node: Binder) -> bool:
        """Whether the integrand of an integral or expectation does not depend on its variable."""
        unit = _binder(r"\mathbb{E}_q[1]")
        wanted = [Evaluation(settings).terms(unit) for settings in self.groups]
        return self._is_multiple(node, wanted)

    def whole(self) -> list[Binder]:
        """The outermost binders that hold the line's whole value."""
        return [b for b in self.binders if agree(self.contribution([b]), self.values)]


def is_logarithm(node: Node) -> TypeGuard[Call]:
    return isinstance(node, Call) and node.function == "log"


def _binder(latex: str) -> Binder:
    """The integral, expectation or sum that a table gives."""
    tree = tree_of(latex)
    if not isinstance(tree, Binder):
        raise TypeError(f"{latex} is no integral, expectation or sum")
    return tree


def _outermost(tree: Node) -> Iterator[Binder]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binder):
            yield node
        else:
            waiting += children(node)


def _adds(node: Binder) -> str:
    """What a binder adds over: "variable", or for an index the kind of the series."""
    return node.kind if isinstance(node, Series) and node.index in INDICES else "variable"


def _proportional(terms: np.ndarray, wanted: np.ndarray) -> bool:
    if terms.shape != wanted.shape:
        return False
    ratio = (terms * wanted).sum(1, keepdims=True) / (wanted * wanted).sum(1, keepdims=True)
    size = np.abs(terms).max(1, keepdims=True)
    return bool(np.all(size > 0) and np.all(np.abs(terms - ratio * wanted) <= RTOL * size))


def moved_inside(facts: Facts) -> Iterator[Values]:
    """The line's values if one of its logarithms moves into the expectation that it is taken of."""
    for node in facts.nodes:
        for moved in _moved(node, facts.groups) if is_logarithm(node) else ():
            try:
                yield evaluate(exchanged(facts.tree, node, moved), facts.groups)
            except Problem:
                continue


def _moved(logarithm: Call, groups: Sequence[Settings]) -> Iterator[Node]:
    """E[log f] for log E[f], log c E[f] and log of an integral with a density as its weight."""
    factors = _factors(logarithm.argument)
    for i, mean in enumerate(factors):
        others = (*factors[:i], *factors[i + 1 :])
        if isinstance(mean, Expectation):
            yield replace(mean, body=_log_of((*others, *_factors(mean.body)), mean.position))
        if isinstance(mean, Integral) or (isinstance(mean, Series) and mean.kind == "sum"):
            inside = _factors(mean.body)
            for k, weight in enumerate(inside):
                if isinstance(weight, (Density, Gaussian)) and _is_one(mean, weight, groups):
                    rest = (*others, *inside[:k], *inside[k + 1 :])
                    body = (weight, _log_of(rest, mean.position))
                    yield replace(mean, body=Product(mean.position, body))


def _log_of(factors: Sequence[Node], position: int) -> Node:
    return Call(position, "log", Product(position, (Number(position, 1.0), *factors)))


def _is_one(mean: Integral | Series, weight: Node, groups: Sequence[Settings]) -> bool:
    """Whether a weight integrates to 1."""
    try:
        total = evaluate(replace(mean, body=weight), groups)
    except Problem:
        return False
    return agree(total, [np.ones_like(values) for values in total])


def _factors(node: Node) -> tuple[Node, ...]:
    """The factors of a product, of those in it, and of what they are divided by."""
    if isinstance(node, Product):
        return tuple(factor for part in node.factors for factor in _factors(part))
    if isinstance(node, Inverse) and isinstance(node.operand, Product):
        return tuple(Inverse(node.position, factor) for factor in _factors(node.operand))
    return (node,)


# --- forms


def has(*kinds: type) -> Form:
    """The line contains a node of one of these kinds."""
    return lambda facts: facts.count(*kinds) > 0


def exactly(number: int, *kinds: type) -> Form:
    return lambda facts: facts.count(*kinds) == number


def calls(*functions: str) -> Form:
    """The line contains one of these functions."""
    return lambda facts: any(isinstance(n, Call) and n.function in functions for n in facts.nodes)


def names(*keys: str) -> Form:
    return lambda facts: any(isinstance(n, Name) and n.key in keys for n in facts.nodes)


def density(variables: str, given: str = "") -> Form:
    """The line contains the density p of these variables given those."""
    return lambda facts: any(_is_p(node, variables, given) for node in facts.nodes)


def _is_p(node: Node, variables: str, given: str) -> bool:
    return (
        isinstance(node, Density)
        and node.letter == "p"
        and {v[0] for v in node.variables} == set(variables)
        and {v[0] for v in node.given} == set(given)
    )


def every(*forms: Form) -> Form:
    return lambda facts: all(form(facts) for form in forms)


def either(*forms: Form) -> Form:
    return lambda facts: any(form(facts) for form in forms)


def without(*forms: Form) -> Form:
    return lambda facts: not any(form(facts) for form in forms)


def open_logarithm(facts: Facts) -> bool:
    """A logarithm of something that depends on the bound variable, such as a density."""
    bound = {"x", "y", "z", "t", "u", "v", "w", "s"} | {
        node.variable.rstrip("'") for node in facts.nodes if isinstance(node, Integral)
    }
    return any(
        isinstance(part, (Density, Gaussian))
        or (isinstance(part, Name) and part.key.rstrip("'") in bound)
        for node in facts.nodes
        if is_logarithm(node)
        for part in walk(node.argument)
    )


def stands_alone(latex: str, adding: Sequence[str]) -> Form:
    """A multiple of this integral, expectation or sum is a term of the line.

    adding: what it may contribute to the line's value; so a term that is subtracted again, or
    multiplied by 0, does not count.
    """

    def form(facts: Facts) -> bool:
        found = facts.like(latex)
        if not found:
            return False
        contribution = facts.contribution(found)
        return any(agree(contribution, evaluate(tree_of(a), facts.groups)) for a in adding)

    return form


def in_one(form: Form) -> Form:
    """One integral or expectation holds the whole line, and contains this form."""
    return lambda facts: any(
        form(Facts(node, facts.values, facts.groups)) for node in facts.whole()
    )


def working_integral(facts: Facts) -> bool:
    """An integral or expectation with an integrand that varies, which changes the line's value."""
    working = [b for b in facts.binders if not isinstance(b, Series) and not facts.constant(b)]
    return any(facts.depends_on([binder]) for binder in working)


def adds(chosen: Callable[[Node], bool]) -> Form:
    """The line has parts of this kind, and its value changes without them."""

    def form(facts: Facts) -> bool:
        return facts.depends_on([node for node in facts.nodes if chosen(node)])

    return form


def result_as_a_term(facts: Facts) -> bool:
    """One term of the line has the line's whole value: the others do nothing."""
    terms = facts.tree.terms if isinstance(facts.tree, Sum) else ()
    return any(agree(facts.contribution([term]), facts.values) for term in terms)


def equals(latex: str) -> Form:
    """The line has this value."""
    return lambda facts: agree(facts.values, evaluate(tree_of(latex), facts.groups))


def by_jensen(facts: Facts) -> bool:
    """The logarithm has moved inside between the line before and this one."""
    return facts.by_jensen


def moves_to(latex: str) -> Form:
    """The line is a logarithm of an expectation; with the logarithm inside, it has this value."""
    return lambda facts: any(
        agree(values, evaluate(tree_of(latex), facts.groups)) for values in moved_inside(facts)
    )


def is_logarithm_of_ratio(node: Node) -> bool:
    """A logarithm of a fraction with a name in it."""
    return (
        is_logarithm(node)
        and isinstance(node.argument, Product)
        and any(isinstance(factor, Inverse) for factor in node.argument.factors)
        and any(isinstance(part, Name) for part in walk(node.argument))
    )


def is_logarithm_of_name(node: Node) -> bool:
    """A logarithm of nothing but a name, without a power."""
    return is_logarithm(node) and isinstance(node.argument, Name)


def is_normalising_constant(node: Node) -> bool:
    r"""A logarithm with \pi in it, as the density of a normal distribution has."""
    return is_logarithm(node) and any(
        isinstance(part, Name) and part.key == r"\pi" for part in walk(node.argument)
    )
