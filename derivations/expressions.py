"""What a line of a derivation says: a tree of small frozen nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeGuard


class Problem(Exception):
    """Why a line cannot be read or evaluated: words for the student, and the place in the row."""

    def __init__(self, message: str, position: int | None = None):
        super().__init__(message)
        self.message, self.position = message, position


@dataclass(frozen=True, eq=False)
class Node:
    """A part of an expression; position: where it starts in its row of LaTeX."""

    position: int = field(repr=False)


@dataclass(frozen=True, eq=False)
class Number(Node):
    value: float


@dataclass(frozen=True, eq=False)
class Name(Node):
    r"""A name with its subscript, as `\mu_1`."""

    key: str


@dataclass(frozen=True, eq=False)
class Negative(Node):
    operand: Node


@dataclass(frozen=True, eq=False)
class Sum(Node):
    """Terms; a subtracted one is a Negative, whose position is that of its sign."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Product(Node):
    """Factors; a divisor is an Inverse."""

    factors: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Inverse(Node):
    operand: Node


@dataclass(frozen=True, eq=False)
class Power(Node):
    base: Node
    exponent: Node


@dataclass(frozen=True, eq=False)
class Transposed(Node):
    base: Node


@dataclass(frozen=True, eq=False)
class Call(Node):
    r"""One of log, exp, sqrt, tr, det, bars (|A|), norm, diag.

    reach: "bare two" for `\log 2`, and "long" for `\log 2\pi\sigma^2`, which is read as everybody
    writes it: the logarithm takes 2, \pi and the names behind them; "bare mean" and "mean" likewise
    for `\log \frac{1}{k} \sum_i a_i`. Otherwise "".
    """

    function: str
    argument: Node
    reach: str = field(default="", repr=False)


@dataclass(frozen=True, eq=False)
class ListedDiagonal(Node):
    r"""diag(a_1, \dots, a_k): the entries that are written out; the last one has the index k."""

    entries: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Density(Node):
    """p or q, of variables given others; () for both where only the letter stands.

    letter: with its label, as in p_z, unless that is a parameter.
    """

    letter: str
    variables: tuple[str, ...] = ()
    given: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Gaussian(Node):
    """A normal density with mean and (co)variance, at an argument if one is given."""

    argument: Node | None
    mean: Node
    variance: Node


@dataclass(frozen=True, eq=False)
class Divergence(Node):
    """KL(first || second)."""

    first: Node
    second: Node


@dataclass(frozen=True, eq=False)
class JensenShannon(Node):
    """JS(first || second)."""

    first: Node
    second: Node


@dataclass(frozen=True, eq=False)
class Elbo(Node):
    pass


@dataclass(frozen=True, eq=False)
class Discriminator(Node):
    """The best discriminator D*, at a variable."""

    variable: str


@dataclass(frozen=True, eq=False)
class Jacobian(Node):
    """The derivatives of a vector or number by another one, by their names."""

    upper: str
    lower: str


@dataclass(frozen=True, eq=False)
class Derivative(Node):
    r"""The derivative of an expression by a name; "" where none is written, as in `\nabla f`.

    reach: "open" while the factors behind it belong to it, too; "ended" behind the first that may
    depend on the name; "short" if such a factor follows; "" where brackets say what it applies to.
    """

    by: str
    body: Node
    reach: str = field(default="", repr=False)


@dataclass(frozen=True, eq=False)
class Applied(Node):
    """A function, by its name, at an argument; order: how many times it is differentiated."""

    function: str
    argument: Node
    order: int = 0


@dataclass(frozen=True, eq=False)
class Replaced(Node):
    """An expression in which a variable has a value."""

    body: Node
    variable: str
    argument: Node


@dataclass(frozen=True, eq=False)
class Elementwise(Node):
    """The product of two vectors, entry by entry."""

    first: Node
    second: Node


@dataclass(frozen=True, eq=False)
class Expectation(Node):
    """E under a distribution (None: q) of a variable (None: the usual one)."""

    distribution: Node | None
    variable: str | None
    body: Node


@dataclass(frozen=True, eq=False)
class Variance(Node):
    distribution: Node | None
    variable: str | None
    body: Node


@dataclass(frozen=True, eq=False)
class Integral(Node):
    variable: str
    body: Node


@dataclass(frozen=True, eq=False)
class Series(Node):
    """A sum or product over an index."""

    kind: str
    index: str
    body: Node


Binder = Integral | Expectation | Variance | Series  # what binds a variable or an index


def children(node: Node) -> list[Node]:
    """The nodes directly below a node."""
    below: list[Node] = []
    for entry in fields(node):
        value = getattr(node, entry.name)
        below += [v for v in (value if isinstance(value, tuple) else (value,)) if is_node(v)]
    return below


def is_node(value: object) -> TypeGuard[Node]:
    return isinstance(value, Node)


def walk(node: Node) -> Iterator[Node]:
    """All nodes of a tree, without recursion."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def depth(node: Node) -> int:
    """The length of the longest way down a tree, without recursion."""
    level, count = [node], 0
    while level:
        level, count = [child for node in level for child in children(node)], count + 1
    return count


def exchanged(tree: Node, old: Node, new: Node) -> Node:
    """The tree with one of its nodes replaced; the other nodes are not copied."""
    if tree is old:
        return new
    changes: dict[str, Any] = {}
    for entry in fields(tree):
        value = getattr(tree, entry.name)
        if isinstance(value, tuple):
            parts = tuple(exchanged(v, old, new) if is_node(v) else v for v in value)
            if any(part is not v for part, v in zip(parts, value, strict=True)):
                changes[entry.name] = parts
        elif is_node(value):
            part = exchanged(value, old, new)
            if part is not value:
                changes[entry.name] = part
    return replace(tree, **changes) if changes else tree
