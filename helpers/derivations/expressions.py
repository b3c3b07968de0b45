"""What a line of a derivation says: a tree of small frozen nodes, and how the parser builds it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

from lark import Token, v_args
from lark.visitors import Transformer_NonRecursive

PARAMETERS = {r"\theta", r"\phi", r"\varphi", r"\psi", r"\lambda", r"\vartheta"}
PARAMETER_LABELS = PARAMETERS | {"*"}
# What may stand below or above the name of the bound: names and separators, no numbers.
BOUND_LABEL = re.compile(
    r"(?:_|\^(?=\W*(?:\\\w+\W*)?(?:ELBO|\*|\\(?:theta|phi)\b)))\s*"
    r"(?:[a-zA-Z*,;|(){}\s]|\\(?:theta|phi|varphi|psi|lambda|vartheta|mid|text|textrm|mathrm|mathsf"
    r"|mathbf|operatorname)(?![a-zA-Z]))*"
)
BOUND_VARIABLES = set("xyztuvws") | {
    r"\epsilon",
    r"\varepsilon",
    r"\xi",
    r"\eta",
    r"\zeta",
    r"\tau",
}
TWO_READINGS = "a power here has two readings"
UNSEEN = "these braces are not seen on the page: write brackets ( ) round the sum"


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
    """Terms with the positions of the signs in front of them; a subtracted one is a Negative."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Product(Node):
    """Factors; an Inverse among them is divided by."""

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
    """One of log, exp, sqrt, tr, det, bars (|A|), norm, diag."""

    function: str
    argument: Node


@dataclass(frozen=True, eq=False)
class ListedDiagonal(Node):
    r"""diag(a_1, \dots, a_k), by the entries that are written: the last one has the index k."""

    entries: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Density(Node):
    """p or q, of variables given others; () for both where only the letter stands."""

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
class Elbo(Node):
    pass


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


@dataclass(frozen=True, eq=False)
class _Differential(Node):
    variable: str


@dataclass(frozen=True, eq=False)
class _Braced(Node):
    """What stood in braces of TeX: they bind together what the page shows side by side."""

    content: Node


@dataclass(frozen=True)
class _Term:
    """Factors on their way to a product: integrals still look for their differential here."""

    factors: tuple[Node, ...]


def children(node: Node) -> list[Node]:
    """The nodes right below a node."""
    below = []
    for entry in fields(node):
        value = getattr(node, entry.name)
        below += [v for v in (value if isinstance(value, tuple) else (value,)) if is_node(v)]
    return below


def is_node(value: object) -> bool:
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
    """The tree with one of its nodes exchanged for another; what lies beside it stays as it is."""
    if tree is old:
        return new
    changes = {}
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


@v_args(meta=True)
class Builder(Transformer_NonRecursive):
    """Builds the nodes from the parser's tree; each method is a rule of the grammar."""

    def side(self, meta, found):
        return _finished(found[0])

    # --- sums, terms, factors

    def sum(self, meta, found):
        terms, negative, sign_at = [], False, 0
        for part in found:
            if isinstance(part, Token):
                negative, sign_at = part == "-", part.start_pos
                continue
            node = _alone(part) if len(found) > 1 else _finished(part)
            terms.append(Negative(sign_at, node) if negative else node)
            negative = False
        return terms[0] if len(terms) == 1 else Sum(meta.start_pos, tuple(terms))

    def plus(self, meta, found):
        return Token("SIGN", "+", start_pos=found[0].start_pos)

    def minus(self, meta, found):
        return Token("SIGN", "-", start_pos=found[0].start_pos)

    def negated(self, meta, found):
        return Negative(found[0].start_pos, _alone(found[1]))

    def positive(self, meta, found):
        return _finished(found[1])

    def negated_body(self, meta, found):
        body = _as_term(found[1])
        return _Term((Number(found[0].start_pos, -1.0), *body.factors))

    def term(self, meta, found):
        factors = [
            f for part in found if not isinstance(part, Token) for f in _as_term(part).factors
        ]
        return _Term(tuple(map(_beside_others, factors) if len(factors) > 1 else factors))

    def factors(self, meta, found):
        return self.term(meta, found)

    def juxtaposed(self, meta, found):
        before, factor = _as_term(found[0]).factors[-1], found[1]
        if isinstance(before, Number) and isinstance(factor, Number):
            raise Problem("two numbers side by side are read as one: write \\cdot", factor.position)
        for one, other in ((before, factor), (factor, before)):
            if isinstance(one, _Braced) and isinstance(other, Density) or _is_bare(one, other):
                raise Problem(
                    r"write densities as q(x), without braces round a part", meta.start_pos
                )
        return self.term(meta, found)

    def times_negative(self, meta, found):
        before, _, sign, factor = found
        return self.term(meta, [before, Negative(sign.start_pos, _beside_others(factor))])

    def divided(self, meta, found):
        before, sign, divisor = found[0], found[1], _beside_others(found[2])
        if isinstance(divisor, _Differential):
            raise Problem("one cannot divide by a differential", divisor.position)
        return _Term((*_as_term(before).factors, Inverse(sign.start_pos, divisor)))

    def scripted(self, meta, found):
        node, *scripts = found
        node = _beside_others(node)
        above = [position for kind, _, position in scripts if kind in ("sup", "top")]
        if len(above) > 1:
            raise Problem("a second exponent: put braces round what it belongs to", above[1])
        for kind, content, position in scripts:
            node = _with_script(node, kind, content, position)
        return node

    def subscript(self, meta, found):
        return "sub", "".join(_spelt(part) for part in found[1:]), meta.start_pos

    def power(self, meta, found):
        content = found[1]
        if isinstance(content, Token):
            content = (
                self.number(meta, [content]) if content.isdigit() else self.name(meta, [content])
            )
        return "sup", content, meta.start_pos

    def power_fraction(self, meta, found):
        return "sup", self.fraction(meta, found[1:]), meta.start_pos

    def transposed(self, meta, found):
        return "top", None, meta.start_pos

    def primed(self, meta, found):
        return "prime", "'", meta.start_pos

    def differential(self, meta, found):
        letters = found[0].rstrip("'")
        primes = len(found[0]) - len(letters)
        name = letters.rstrip("} \t").removesuffix("}")
        greek = name.rpartition("\\")
        variable = (
            f"\\{greek[2]}" if greek[2].isalpha() and greek[2] in _GREEK_VARIABLES else name[-1]
        )
        return _Differential(found[0].start_pos, variable + "'" * primes)

    # --- what takes the rest of its term

    def integral(self, meta, found):
        *limits, body = found[1:]
        factors = _as_term(body).factors
        places = [i for i, f in enumerate(factors) if isinstance(f, _Differential)]
        start = found[0].start_pos
        if not places:
            raise Problem(
                "this integral has no differential (dx): it reaches to the next + or -, so put a "
                "sum that is integrated as a whole in brackets",
                start,
            )
        place = places[0]
        body, rest = factors[:place], factors[place + 1 :]
        if place == 0:
            body, rest = rest, ()
        if not body:
            body = (Number(start, 1.0),)
        inner = _alone(_Term(body))
        self._check_limits(limits, factors[place].variable, start)
        return _Term((Integral(start, factors[place].variable, inner), *rest))

    def bound(self, meta, found):
        return "".join(str(part) if isinstance(part, Token) else "?" for part in found)

    def _check_limits(self, limits, variable, position):
        """Integrals run over all values: no limits, infinite ones, or the name of the variable."""
        spelt = [limit.replace(" ", "").replace("{", "").replace("}", "") for limit in limits]
        infinite = sorted(limit.replace("+", "") for limit in spelt)
        everywhere = ["^\\infty", "_-\\infty"]
        named = (
            rf"_{variable}",
            r"_\R",
            *(
                rf"_\{font}{letter}"
                for font in ("mathbb", "mathcal")
                for letter in ("R", variable.upper())
            ),
        )
        if spelt and infinite != everywhere and not (len(spelt) == 1 and spelt[0] in named):
            raise Problem("integrals here run over all values: leave the limits out", position)

    def series(self, meta, found):
        kind, index, body = found
        node = Series(
            kind.start_pos, "sum" if kind.type == "SUM" else "product", index, _alone(body)
        )
        return _Term((node,))

    def index_limits(self, meta, found):
        return self._limits(meta, [part for part in found if part not in ("_", "^")])

    def limits_index(self, meta, found):
        upper, *lower = [part for part in found if part not in ("_", "^")]
        return self._limits(meta, [*lower, upper])

    def _limits(self, meta, parts):
        index, *limits = parts
        starts = [part for part in limits if part.type == "NUMBER"]
        ends = [part for part in limits if part.type != "NUMBER"]
        if any(part != "1" for part in starts) or any(part != "k" for part in ends):
            raise Problem(f"sums and products here run from {index} = 1 to k", meta.start_pos)
        return str(index)

    def expectation_of_term(self, meta, found):
        distribution, variable = found[1] if len(found) == 3 else (None, None)
        body = _alone(found[-1])
        return _Term((Expectation(found[0].start_pos, distribution, variable, body),))

    def function_of_big(self, meta, found):
        big, *rest = found[1].factors
        return _Term((self.function(meta, [found[0], big]), *rest))

    # --- brackets and functions

    def group(self, meta, found):
        return next(part for part in found if is_node(part))

    underbraced = group

    def braced(self, meta, found):
        return _Braced(found[0].position, found[0])

    def bars(self, meta, found):
        return Call(meta.start_pos, "bars", found[1])

    def norm(self, meta, found):
        return Call(meta.start_pos, "norm", found[1])

    def function(self, meta, found):
        word, argument = found[0], _beside_others(found[1])
        names = {"LOG": "log", "EXP": "exp", "TRACE": "tr", "DET": "det"}
        if isinstance(argument, _Differential):
            raise Problem(f"{word} needs an argument before the differential", word.start_pos)
        if word.type == "EXP" and isinstance(argument, Power):
            raise Problem(rf"{TWO_READINGS}: write (\exp(a))^2, or \exp(2a)", word.start_pos)
        return Call(word.start_pos, names[word.type], argument)

    def root(self, meta, found):
        return Call(found[0].start_pos, "sqrt", _beside_others(found[1]))

    def fraction(self, meta, found):
        word, upper, lower = found[0], *map(_beside_others, found[1:])
        return Product(word.start_pos, (upper, Inverse(lower.position, lower)))

    def wrapped(self, meta, found):
        return self.braced(meta, found[1:])

    def two_readings(self, meta, found):
        position = found[0].start_pos
        raise Problem(f"{TWO_READINGS}: write E[(…)^2], or (E[…])^2", position)

    def diagonal(self, meta, found):
        return Call(found[0].start_pos, "diag", found[1])

    def listed_diagonal(self, meta, found):
        word, *entries = [part for part in found if is_node(part) or part.type == "DIAG"]
        return ListedDiagonal(word.start_pos, tuple(entries))

    # --- names and numbers

    def number(self, meta, found):
        if len(found[0]) > 15:
            raise Problem("this number has too many digits", found[0].start_pos)
        return Number(found[0].start_pos, float(found[0]))

    def name(self, meta, found):
        return Name(found[0].start_pos, str(found[0]))

    def euler(self, meta, found):
        return Name(found[0].start_pos, "e")

    def infinity(self, meta, found):
        raise Problem("infinity may stand in the limits of an integral only", found[0].start_pos)

    # --- distributions and what is taken under them

    def density(self, meta, found):
        token, *more = found
        letter = token.rstrip("} \t\n")[-1]
        labels = [part for part in more if isinstance(part, Token)]
        if any(_label(part) not in PARAMETER_LABELS for part in labels):
            raise Problem(f"there is no density {letter}{labels[0]} here", token.start_pos)
        variables, given = next((part for part in more if isinstance(part, tuple)), ((), ()))
        return Density(token.start_pos, letter.lower(), variables, given)

    def arguments(self, meta, found):
        """The variables of a density and those it is given; parameters behind a ; are dropped."""
        parts = [[]]
        for part in found:
            if isinstance(part, Token):
                parts.append([part])
            else:
                parts[-1].append(part)
        variables, *others = parts
        given = []
        for separator, *names in others:
            if separator.type == "BAR":
                given += names
            elif not set(names) <= PARAMETERS:
                raise Problem(
                    "behind a ; only parameters such as \\theta stand", separator.start_pos
                )
        if sum(separator.type == "BAR" for separator, *_ in others) > 1:
            raise Problem("one bar is enough: p(x | z)", meta.start_pos)
        return tuple(variables), tuple(name for name in given if name not in PARAMETERS)

    def variable(self, meta, found):
        letters = [part for part in found if part.type == "SYMBOL"]
        if not letters and found[0] != r"\cdot":
            raise Problem(f"{found[0]} is no variable", meta.start_pos)
        primes = "".join("'" for part in found if part.type == "PRIMES")
        return str(letters[0]) + primes if letters else "z"

    def normal(self, meta, found):
        parts = [part for part in found if is_node(part)]
        argument = parts[0] if len(parts) == 3 else None
        return Gaussian(found[0].start_pos, argument, *parts[-2:])

    def numbered_normal(self, meta, found):
        letters = {"1": "q", "2": "p"}
        if _label(found[1]) not in letters:
            raise Problem("the normal distributions are N_1 and N_2 here", found[0].start_pos)
        return Density(found[0].start_pos, letters[_label(found[1])])

    def family(self, meta, found):
        word, _, mean, std, *arguments = found
        position = word.start_pos
        argument = Name(position, arguments[0][0][0]) if arguments else None
        return Gaussian(position, argument, mean, Power(position, std, Number(position, 2.0)))

    def kl(self, meta, found):
        first, second = [part for part in found if is_node(part)]
        return Divergence(found[0].start_pos, first, second)

    def elbo(self, meta, found):
        for label in found[1:]:
            if label.type == "LABEL" and not BOUND_LABEL.fullmatch(label):
                raise Problem("this does not belong to a name of the bound", label.start_pos)
        return Elbo(found[0].start_pos)

    def under(self, meta, found):
        distribution = next((part for part in found if is_node(part)), None)
        variable = next((p for p in found if isinstance(p, str) and not isinstance(p, Token)), None)
        if variable is not None and variable.rstrip("'") not in BOUND_VARIABLES:
            raise Problem(f"there is no distribution {variable} here", meta.start_pos)
        return distribution, variable

    def expectation(self, meta, found):
        return self._taken(Expectation, found)

    def variance(self, meta, found):
        return self._taken(Variance, found)

    def _taken(self, kind, found):
        under = next((part for part in found if isinstance(part, tuple)), (None, None))
        body = next(part for part in found if is_node(part))
        return kind(found[0].start_pos, *under, body)


_GREEK_VARIABLES = {"epsilon", "varepsilon", "xi", "eta", "zeta", "tau", "theta", "omega"}


def _as_term(part) -> _Term:
    return part if isinstance(part, _Term) else _Term((part,))


def _finished(part) -> Node:
    """A term as a node; no differential may be left over."""
    if not isinstance(part, _Term):
        part = _Term((part,))
    for factor in part.factors:
        if isinstance(factor, _Differential):
            raise Problem(
                f"the differential d{factor.variable} belongs to no integral", factor.position
            )
    if len(part.factors) == 1:
        factor = part.factors[0]
        return factor.content if isinstance(factor, _Braced) else factor
    return Product(part.factors[0].position, part.factors)


def _alone(part) -> Node:
    """A term as a node where braces round a sum would be needed, but are not seen."""
    factors = _as_term(part).factors
    return _finished(_Term(tuple(map(_beside_others, factors))))


def _beside_others(factor: Node) -> Node:
    """A factor that has neighbours: braces round a sum would not be seen."""
    if not isinstance(factor, _Braced):
        return factor
    if isinstance(factor.content, (Sum, Negative)):
        raise Problem(UNSEEN, factor.position)
    return factor.content


def _is_bare(one: Node, other: Node) -> bool:
    return isinstance(one, Density) and not one.variables and isinstance(other, _Braced)


def _with_script(node: Node, kind: str, content, position: int) -> Node:
    if kind in ("sub", "prime"):
        if isinstance(node, Name):
            return replace(node, key=f"{node.key}_{content}" if kind == "sub" else f"{node.key}'")
        if isinstance(node, Power) and isinstance(node.base, Name) and kind == "sub":
            return replace(node, base=_with_script(node.base, kind, content, position))
        if isinstance(node, Call) and node.function == "norm" and content == "2":
            return node
        raise Problem("only a name takes a subscript", position)
    if isinstance(node, _Differential):
        raise Problem("a differential has no power", position)
    if kind == "top":
        return Transposed(node.position, node)
    return Power(node.position, node, content)


def _spelt(part) -> str:
    if isinstance(part, _Braced):
        part = part.content
    if isinstance(part, Number):
        return f"{part.value:g}"
    return part.key if isinstance(part, Name) else str(part)


def _label(token: str) -> str:
    return token[1:].strip().removeprefix("{").removesuffix("}").strip()
