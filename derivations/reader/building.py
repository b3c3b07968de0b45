"""How the parser's tree becomes the tree of a line: a method for each rule of the grammar."""

import re
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from lark import Token, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from derivations.expressions import (
    Applied,
    Binder,
    Call,
    Density,
    Derivative,
    Discriminator,
    Divergence,
    Elbo,
    Elementwise,
    Expectation,
    Gaussian,
    Integral,
    Inverse,
    Jacobian,
    JensenShannon,
    ListedDiagonal,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Problem,
    Product,
    Replaced,
    Series,
    Sum,
    Transposed,
    Variance,
    is_node,
    walk,
)

PARAMETERS = {r"\theta", r"\phi", r"\varphi", r"\psi", r"\lambda", r"\vartheta"}
PARAMETER_LABELS = PARAMETERS | {"*"}
# The subscripts and superscripts that the name of the bound may have: no numbers.
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
AMBIGUOUS = "a power here is ambiguous"
UNSEEN = "these braces are invisible on the page: write brackets ( ) around the sum"


@dataclass(frozen=True, eq=False)
class _Differential(Node):
    variable: str


@dataclass(frozen=True, eq=False)
class _Braced(Node):
    """Something in braces of TeX: they group what the page shows side by side."""

    content: Node


@dataclass(frozen=True)
class _Term:
    """Factors that are not a product yet: an integral looks for its differential among them."""

    factors: tuple[Node, ...]


_Part = Node | _Term
_Found = list[Any]  # what the parts of a rule have become: nodes, terms, tokens, tuples
_Script = tuple[str, Any, int]  # "sub", "sup", "top" or "prime", its content, its position
_Arguments = tuple[tuple[str, ...], tuple[str, ...]]  # the variables of a density, and those given


@v_args(meta=True)
class Builder(Transformer_NonRecursive):
    """Builds the nodes from the parser's tree; each method is a rule of the grammar."""

    def side(self, meta: Meta, found: _Found) -> Node:
        return _finished(found[0])

    # --- sums, terms, factors

    def sum(self, meta: Meta, found: _Found) -> Node:
        terms: list[Node] = []
        negative, sign_at = False, 0
        for part in found:
            if isinstance(part, Token):
                negative, sign_at = part == "-", part.start_pos or 0
                continue
            node = _alone(part) if len(found) > 1 else _finished(part)
            terms.append(Negative(sign_at, node) if negative else node)
            negative = False
        return terms[0] if len(terms) == 1 else Sum(meta.start_pos, tuple(terms))

    def plus(self, meta: Meta, found: _Found) -> Token:
        return Token("SIGN", "+", start_pos=found[0].start_pos)

    def minus(self, meta: Meta, found: _Found) -> Token:
        return Token("SIGN", "-", start_pos=found[0].start_pos)

    def negated(self, meta: Meta, found: _Found) -> Node:
        return Negative(found[0].start_pos, _alone(found[1]))

    def positive(self, meta: Meta, found: _Found) -> Node:
        return _finished(found[1])

    def negated_body(self, meta: Meta, found: _Found) -> _Term:
        body = _as_term(found[1])
        return _Term((Number(found[0].start_pos, -1.0), *body.factors))

    def term(self, meta: Meta, found: _Found) -> _Term:
        found = _with_big(_logarithm_of_mean(found))
        factors = [
            f for part in found if not isinstance(part, Token) for f in _as_term(part).factors
        ]
        return _Term(tuple(map(_beside_others, factors) if len(factors) > 1 else factors))

    def factors(self, meta: Meta, found: _Found) -> _Term:
        *earlier, before = _as_term(found[0]).factors
        if len(found) == 3 and (longer := _longer_derivative(before, found[2])):
            return self.term(meta, [*earlier, *longer])
        return self.term(meta, found)

    def juxtaposed(self, meta: Meta, found: _Found) -> _Term:
        *earlier, before = _as_term(found[0]).factors
        factor = found[1]
        if (parts := _longer_derivative(before, factor)) is not None:
            return self.term(meta, [*earlier, *parts])
        if (longer := _longer_logarithm(before, factor)) is not None:
            return self.term(meta, [*earlier, longer])
        if isinstance(before, Number) and isinstance(factor, Number):
            raise Problem("write \\cdot between two numbers", factor.position)
        for one, other in ((before, factor), (factor, before)):
            if isinstance(one, _Braced) and isinstance(other, Density) or _is_bare(one, other):
                raise Problem(
                    r"write densities as q(x), without braces around a part", meta.start_pos
                )
        return self.term(meta, found)

    def times_negative(self, meta: Meta, found: _Found) -> _Term:
        before, _, sign, factor = found
        return self.term(meta, [before, Negative(sign.start_pos, _beside_others(factor))])

    def elementwise(self, meta: Meta, found: _Found) -> _Term:
        before, _, factor = found
        *earlier, last = _as_term(before).factors
        first, second = _beside_others(last), _beside_others(factor)
        return self.term(meta, [*earlier, Elementwise(first.position, first, second)])

    def divided(self, meta: Meta, found: _Found) -> _Term:
        before, sign, divisor = found[0], found[1], _beside_others(found[2])
        if isinstance(divisor, _Differential):
            raise Problem("you cannot divide by a differential", divisor.position)
        return _Term((*_as_term(before).factors, Inverse(sign.start_pos, divisor)))

    def scripted(self, meta: Meta, found: _Found) -> Node:
        node, *scripts = found
        node = _beside_others(node)
        above = [position for kind, _, position in scripts if kind in ("sup", "top")]
        if len(above) > 1:
            raise Problem("a second exponent: put braces around what it belongs to", above[1])
        for kind, content, position in scripts:
            node = _with_script(node, kind, content, position)
        return node

    def subscript(self, meta: Meta, found: _Found) -> _Script:
        return "sub", "".join(_spelt(part) for part in found[1:]), meta.start_pos

    def power(self, meta: Meta, found: _Found) -> _Script:
        content = found[1]
        if isinstance(content, Token):
            content = (
                self.number(meta, [content]) if content.isdigit() else self.name(meta, [content])
            )
        return "sup", content, meta.start_pos

    def power_fraction(self, meta: Meta, found: _Found) -> _Script:
        return "sup", self.fraction(meta, found[1:]), meta.start_pos

    def transposed(self, meta: Meta, found: _Found) -> _Script:
        return "top", None, meta.start_pos

    def primed(self, meta: Meta, found: _Found) -> _Script:
        return "prime", "'", meta.start_pos

    def differential(self, meta: Meta, found: _Found) -> _Differential:
        letters = found[0].rstrip("'")
        primes = len(found[0]) - len(letters)
        name = letters.rstrip("} \t").removesuffix("}")
        greek = name.rpartition("\\")
        variable = (
            f"\\{greek[2]}" if greek[2].isalpha() and greek[2] in _GREEK_VARIABLES else name[-1]
        )
        return _Differential(found[0].start_pos, variable + "'" * primes)

    # --- what takes the rest of its term

    def integral(self, meta: Meta, found: _Found) -> _Term:
        *limits, body = found[1:]
        factors = _as_term(body).factors
        start = found[0].start_pos
        differentials = [factor for factor in factors if isinstance(factor, _Differential)]
        if not differentials:
            raise Problem(
                "this integral has no differential (dx): it ends at the next + or -, so put a "
                "sum that is integrated as a whole in brackets",
                start,
            )
        place, variable = factors.index(differentials[0]), differentials[0].variable
        inside, rest = factors[:place], factors[place + 1 :]
        if place == 0:  # as in `\int dx f`
            inside, rest = rest, ()
        integrand = _alone(_Term(inside or (Number(start, 1.0),)))
        self._check_limits(limits, variable, start)
        return _Term((Integral(start, variable, integrand), *rest))

    def bound(self, meta: Meta, found: _Found) -> str:
        return "".join(str(part) if isinstance(part, Token) else "?" for part in found)

    def _check_limits(self, limits: list[str], variable: str, position: int) -> None:
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

    def series(self, meta: Meta, found: _Found) -> _Term:
        kind, index, body = found
        node = Series(
            kind.start_pos, "sum" if kind.type == "SUM" else "product", index, _alone(body)
        )
        return _Term((node,))

    def index_limits(self, meta: Meta, found: _Found) -> str:
        return self._limits(meta, [part for part in found if part not in ("_", "^")])

    def limits_index(self, meta: Meta, found: _Found) -> str:
        upper, *lower = [part for part in found if part not in ("_", "^")]
        return self._limits(meta, [*lower, upper])

    def _limits(self, meta: Meta, parts: list[Token]) -> str:
        index, *limits = parts
        starts = [part for part in limits if part.type == "NUMBER"]
        ends = [part for part in limits if part.type != "NUMBER"]
        if any(part != "1" for part in starts) or any(part != "k" for part in ends):
            raise Problem(f"sums and products here run from {index} = 1 to k", meta.start_pos)
        return str(index)

    def expectation_of_term(self, meta: Meta, found: _Found) -> _Term:
        distribution, variable = found[1] if len(found) == 3 else (None, None)
        body = _alone(found[-1])
        return _Term((Expectation(found[0].start_pos, distribution, variable, body),))

    def function_of_big(self, meta: Meta, found: _Found) -> _Term:
        big, *rest = found[1].factors
        return _Term((self.function(meta, [found[0], big]), *rest))

    # --- brackets and functions

    def group(self, meta: Meta, found: _Found) -> Node:
        node = next(part for part in found if is_node(part))
        return replace(node, reach="") if isinstance(node, Derivative) else node

    underbraced = group

    def braced(self, meta: Meta, found: _Found) -> _Braced:
        return _Braced(found[0].position, found[0])

    def bars(self, meta: Meta, found: _Found) -> Node:
        return Call(meta.start_pos, "bars", found[1])

    def norm(self, meta: Meta, found: _Found) -> Node:
        return Call(meta.start_pos, "norm", found[1])

    def function(self, meta: Meta, found: _Found) -> Node:
        word, argument = found[0], _beside_others(found[1])
        names = {"LOG": "log", "EXP": "exp", "TRACE": "tr", "DET": "det"}
        if isinstance(argument, _Differential):
            raise Problem(f"{word} needs an argument before the differential", word.start_pos)
        if word.type == "EXP" and isinstance(argument, Power):
            raise Problem(rf"{AMBIGUOUS}: write (\exp(a))^2, or \exp(2a)", word.start_pos)
        two = word.type == "LOG" and isinstance(argument, Number) and argument.value == 2
        bare = two and meta.end_pos == argument.position + 1  # no bracket or brace ends behind it
        reach = "bare two" if bare else ""
        if word.type == "LOG" and _is_fraction_of_k(argument):
            reach = "bare mean"
        return Call(word.start_pos, names[word.type], argument, reach)

    def root(self, meta: Meta, found: _Found) -> Node:
        return Call(found[0].start_pos, "sqrt", _beside_others(found[1]))

    def fraction(self, meta: Meta, found: _Found) -> Node:
        word, (upper, lower) = found[0], map(_beside_others, found[1:])
        return Product(word.start_pos, (upper, Inverse(lower.position, lower)))

    def wrapped(self, meta: Meta, found: _Found) -> Node:
        return self.braced(meta, found[1:])

    def two_readings(self, meta: Meta, found: _Found) -> NoReturn:
        position = found[0].start_pos
        raise Problem(f"{AMBIGUOUS}: write E[(…)^2], or (E[…])^2", position)

    def diagonal(self, meta: Meta, found: _Found) -> Node:
        return Call(found[0].start_pos, "diag", found[1])

    def listed_diagonal(self, meta: Meta, found: _Found) -> Node:
        word, *entries = [part for part in found if is_node(part) or part.type == "DIAG"]
        return ListedDiagonal(word.start_pos, tuple(entries))

    # --- names and numbers

    def number(self, meta: Meta, found: _Found) -> Node:
        if len(found[0]) > 15:
            raise Problem("this number has too many digits", found[0].start_pos)
        return Number(found[0].start_pos, float(found[0]))

    def name(self, meta: Meta, found: _Found) -> Node:
        return Name(found[0].start_pos, str(found[0]))

    def euler(self, meta: Meta, found: _Found) -> Node:
        return Name(found[0].start_pos, "e")

    def infinity(self, meta: Meta, found: _Found) -> NoReturn:
        raise Problem("infinity is allowed only in the limits of an integral", found[0].start_pos)

    # --- distributions and what is taken under them

    def density(self, meta: Meta, found: _Found) -> Node:
        token, *more = found
        letter = token.rstrip("} \t\n")[-1].lower()
        labels = [_label(part) for part in more if isinstance(part, Token)]
        letter += "".join(f"_{label}" for label in labels if label not in PARAMETER_LABELS)
        variables, given = next((part for part in more if isinstance(part, tuple)), ((), ()))
        return Density(token.start_pos, letter, variables, given)

    def arguments(self, meta: Meta, found: _Found) -> _Arguments:
        """The variables of a density and those it is given; parameters after a ; are dropped."""
        parts: list[list[Any]] = [[]]
        for part in found:
            if isinstance(part, Token):
                parts.append([part])
            else:
                parts[-1].append(part)
        variables, *others = parts
        given: list[str] = []
        for separator, *names in others:
            if separator.type == "BAR":
                given += names
            elif not set(names) <= PARAMETERS:
                raise Problem("only parameters such as \\theta may follow a ;", separator.start_pos)
        if sum(separator.type == "BAR" for separator, *_ in others) > 1:
            raise Problem("a density has only one bar: p(x | z)", meta.start_pos)
        return tuple(variables), tuple(name for name in given if name not in PARAMETERS)

    def variable(self, meta: Meta, found: _Found) -> str:
        letters = [part for part in found if part.type == "SYMBOL"]
        if not letters and found[0] != r"\cdot":
            raise Problem(f"{found[0]} is not a variable", meta.start_pos)
        primes = "".join("'" for part in found if part.type == "PRIMES")
        return str(letters[0]) + primes if letters else "z"

    def numbered(self, meta: Meta, found: _Found) -> str:
        letter, _, *subscript = found
        return f"{letter}_{''.join(_spelt(part) for part in subscript)}"

    def codes(self, meta: Meta, found: _Found) -> str:
        r"""The independent variables z_1, \dots, z_k of an expectation, as their common letter."""
        names = [part for part in found if not _is_token(part)]
        letter = found[0][0]
        listed = names and names[0] == f"{letter}_1" and names[-1] == f"{letter}_k"
        ranged = not names and found[2:] == ["1", "k"]
        if not (listed or ranged) or any(name[0] != letter for name in names):
            words = rf"{letter}_1, \dots, {letter}_k"
            raise Problem(f"the variables here are {words}", meta.start_pos)
        return f"{letter}_*"

    def normal(self, meta: Meta, found: _Found) -> Node:
        parts = [part for part in found if is_node(part)]
        argument = parts[0] if len(parts) == 3 else None
        return Gaussian(found[0].start_pos, argument, *parts[-2:])

    def numbered_normal(self, meta: Meta, found: _Found) -> Node:
        letters = {"1": "q", "2": "p"}
        if _label(found[1]) not in letters:
            raise Problem("the normal distributions are N_1 and N_2 here", found[0].start_pos)
        return Density(found[0].start_pos, letters[_label(found[1])])

    def family(self, meta: Meta, found: _Found) -> Node:
        word, _, mean, std, *arguments = found
        position = word.start_pos
        argument = Name(position, arguments[0][0][0]) if arguments else None
        return Gaussian(position, argument, mean, Power(position, std, Number(position, 2.0)))

    def kl(self, meta: Meta, found: _Found) -> Node:
        first, second = [part for part in found if is_node(part)]
        return Divergence(found[0].start_pos, first, second)

    def js(self, meta: Meta, found: _Found) -> Node:
        first, second = [part for part in found if is_node(part)]
        return JensenShannon(found[0].start_pos, first, second)

    def game(self, meta: Meta, found: _Found) -> Node:
        return Name(found[0].start_pos, "V")

    def discriminator(self, meta: Meta, found: _Found) -> Node:
        return Discriminator(found[0].start_pos, "z" if "G" in found[0].split("(", 1)[1] else "x")

    # --- derivatives, and functions that may have one

    def derivative_as_fraction(self, meta: Meta, found: _Found) -> Node:
        word, _, upper, _, lower = found
        if isinstance(upper, Name):
            return Jacobian(word.start_pos, upper.key, lower)
        return Derivative(word.start_pos, lower, upper)

    def operator(self, meta: Meta, found: _Found) -> tuple[str, int]:
        names = [p for p in found if not _is_token(p) or p.type == "SYMBOL"]
        return (str(names[0]) if names else "", meta.start_pos)

    def derivative(self, meta: Meta, found: _Found) -> Node:
        (by, position), body = found[0], _beside_others(found[1])
        if isinstance(body, _Differential):
            raise Problem("a function or density is expected before the differential", position)
        if isinstance(body, Applied) and not by:
            return replace(body, order=body.order + 1)
        if isinstance(body, Replaced) and body.variable == by:
            return replace(body, body=Derivative(position, by, body.body))
        if not _may_depend(body, by):
            return Derivative(position, by, body, "open")
        bracketed = isinstance(body, (Sum, Negative))
        return Derivative(position, by, body, "" if bracketed else "ended")

    def derivative_of_big(self, meta: Meta, found: _Found) -> _Term:
        big, *rest = found[1].factors
        return _Term((self.derivative(meta, [found[0], big]), *rest))

    def applied(self, meta: Meta, found: _Found) -> Node:
        word, *primes, argument = found
        order = 1 if word.type == "SLOPE" else 0
        order += sum(p.count("'") or 1 for p in primes)
        letter = word[0] if word.type == "FUNCTION" else re.findall(r"[fg](?=\s*\})", word)[0]
        return Applied(word.start_pos, letter, argument, order)

    def replaced(self, meta: Meta, found: _Found) -> Node:
        body, bar, variable, argument = found
        return Replaced(bar.start_pos, _beside_others(body), str(variable), argument)

    def partial(self, meta: Meta, found: _Found) -> str:
        name, *scripts = [part for part in found if getattr(part, "type", "") != "WRAP"]
        if any(kind != "sub" for kind, *_ in scripts):
            words = r"derivatives are by a name, as in \frac{\partial}{\partial \mu}"
            raise Problem(words, meta.start_pos)
        return "_".join([str(name), *(content for _, content, _ in scripts)])

    def elbo(self, meta: Meta, found: _Found) -> Node:
        for label in found[1:]:
            if label.type == "LABEL" and not BOUND_LABEL.fullmatch(label):
                raise Problem("the name of the bound cannot have this label", label.start_pos)
        return Elbo(found[0].start_pos)

    def under(self, meta: Meta, found: _Found) -> tuple[Node | None, str | None]:
        distribution = next((part for part in found if is_node(part)), None)
        variable = next((p for p in found if isinstance(p, str) and not isinstance(p, Token)), None)
        if variable is not None and variable.rstrip("'").partition("_")[0] not in BOUND_VARIABLES:
            raise Problem(f"there is no distribution {variable} here", meta.start_pos)
        return distribution, variable

    def expectation(self, meta: Meta, found: _Found) -> Expectation:
        return Expectation(*self._taken(found))

    def variance(self, meta: Meta, found: _Found) -> Variance:
        return Variance(*self._taken(found))

    def _taken(self, found: _Found) -> tuple[int, Node | None, str | None, Node]:
        distribution, variable = next((p for p in found if isinstance(p, tuple)), (None, None))
        body = next(part for part in found if is_node(part))
        return found[0].start_pos, distribution, variable, body


_GREEK_VARIABLES = {"epsilon", "varepsilon", "xi", "eta", "zeta", "tau", "theta", "omega"}


def _as_term(part: _Part) -> _Term:
    return part if isinstance(part, _Term) else _Term((part,))


def _finished(part: _Part) -> Node:
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


def _alone(part: _Part) -> Node:
    """A term as a node; braces around a sum would be needed there, but are invisible."""
    factors = _as_term(part).factors
    return _finished(_Term(tuple(map(_beside_others, factors))))


def _beside_others(factor: Node) -> Node:
    """A factor that has neighbours; braces around a sum would be invisible there."""
    if not isinstance(factor, _Braced):
        return factor
    if isinstance(factor.content, (Sum, Negative)):
        raise Problem(UNSEEN, factor.position)
    return factor.content


def _longer_logarithm(before: Node, factor: Node) -> Node | None:
    r"""The logarithm of `\log 2\pi` and of the names behind it; None for any other two factors."""
    base = factor.base if isinstance(factor, Power) else factor
    if not isinstance(before, Call) or not before.reach or not isinstance(base, Name):
        return None
    if before.reach == "bare two" and base.key != r"\pi":
        return None
    taken = before.argument.factors if isinstance(before.argument, Product) else (before.argument,)
    argument = Product(before.argument.position, (*taken, factor))
    return replace(before, argument=argument, reach="long")


def _is_fraction_of_k(node: Node) -> bool:
    r"""Whether this is `\frac{1}{k}` without brackets: then it begins before its numerator."""
    if not isinstance(node, Product) or len(node.factors) != 2:
        return False
    above, below = node.factors
    divisor = below.operand if isinstance(below, Inverse) else None
    named = isinstance(divisor, Name) and divisor.key == "k"
    return isinstance(above, Number) and named and node.position < above.position


def _logarithm_of_mean(found: _Found) -> _Found:
    r"""`\log \frac{1}{k} \sum_i a_i` is the logarithm of the mean, as everybody writes it."""
    if len(found) != 2 or not all(isinstance(part, _Term) for part in found):
        return found
    (*earlier, before), (mean, *later) = found[0].factors, found[1].factors
    if not (isinstance(before, Call) and before.reach == "bare mean" and isinstance(mean, Series)):
        return found
    argument = Product(before.argument.position, (before.argument, mean))
    return [_Term((*earlier, replace(before, argument=argument, reach="mean"), *later))]


def _longer_derivative(before: Node, factor: Node) -> list[Node] | None:
    r"""A derivative with a factor behind it, as everybody reads them; None for other factors.

    It applies to the factors up to the first that may depend on its name: `\nabla_\mu f(x) q(x)` is
    the derivative of the product, and in `\nabla_\mu q(x) f(x)` it is that of q alone.
    """
    if not isinstance(before, Derivative) or isinstance(factor, _Differential):
        return None
    depends = _may_depend(factor, before.by)
    if before.reach == "ended" and depends:
        return [replace(before, reach="short"), factor]
    if before.reach != "open":
        return None
    taken = before.body.factors if isinstance(before.body, Product) else (before.body,)
    body = Product(before.body.position, (*taken, _beside_others(factor)))
    return [replace(before, body=body, reach="ended" if depends else "open")]


def _may_depend(node: Node, by: str) -> bool:
    """Whether the value of an expression may depend on a name: it is safe to say so."""
    names = {r"\mu", r"\sigma"} if by == "" or by in PARAMETERS else {by}
    if isinstance(node, Name) and node.key == "x":
        return True  # the sample may be a function of the parameters
    return any(
        isinstance(part, (Density, Gaussian, Binder, Divergence, Derivative, Jacobian, Elbo))
        or (isinstance(part, Name) and part.key in names)
        or (isinstance(part, Applied) and part.function == "g")
        for part in walk(node)
    )


def _with_big(found: _Found) -> _Found:
    r"""A derivative reaches over constants to an integral or sum: `\nabla_\mu c \int q f dx`."""
    terms = [part for part in found if isinstance(part, _Term)]
    if len(terms) != 2:
        return found
    (*earlier, before), (big, *later) = terms[0].factors, terms[1].factors
    longer = _longer_derivative(before, big)
    return found if longer is None else [_Term((*earlier, *longer, *later))]


def _is_bare(one: Node, other: Node) -> bool:
    return isinstance(one, Density) and not one.variables and isinstance(other, _Braced)


def _with_script(node: Node, kind: str, content: Any, position: int) -> Node:
    if kind in ("sub", "prime"):
        if isinstance(node, Name):
            return replace(node, key=f"{node.key}_{content}" if kind == "sub" else f"{node.key}'")
        if isinstance(node, Power) and isinstance(node.base, Name) and kind == "sub":
            return replace(node, base=_with_script(node.base, kind, content, position))
        if isinstance(node, Call) and node.function == "norm" and content == "2":
            return node
        raise Problem("only a name can have a subscript", position)
    if isinstance(node, _Differential):
        raise Problem("a differential cannot have a power", position)
    if kind == "top":
        return Transposed(node.position, node)
    return Power(node.position, node, content)


def _spelt(part: object) -> str:
    if isinstance(part, _Braced):
        part = part.content
    if isinstance(part, Number):
        return f"{part.value:g}"
    return part.key if isinstance(part, Name) else str(part)


def _label(token: str) -> str:
    """A label without its braces and its font."""
    bare = token[1:].strip().removeprefix("{").removesuffix("}").strip()
    font = re.fullmatch(r"\\(?:mathrm|text|textrm|mathsf|mathit|operatorname)\s*\{([^{}]*)\}", bare)
    return font[1].strip() if font else bare


def _is_token(part: str) -> bool:
    return isinstance(part, Token)
