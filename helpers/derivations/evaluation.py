r"""The value of an expression at all settings at once.

A number is an array with the axes (settings, a, b, c): a, b and c belong to the variables that
integrals, expectations and sums bind, in the order of their nesting. A matrix has two axes more.
Everything is float64. Logarithms of products, powers, exponentials and densities are taken term by
term, so that a density far out in a tail does not underflow to log 0.
"""

import difflib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace

import numpy as np

from helpers.derivations.expressions import (
    Call,
    Density,
    Divergence,
    Elbo,
    Expectation,
    Gaussian,
    Integral,
    Inverse,
    ListedDiagonal,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Problem,
    Product,
    Series,
    Sum,
    Transposed,
    Variance,
    walk,
)
from helpers.derivations.settings import AXES, Settings, log_normal

LINE_SECONDS = 2.0
MAX_SIZE = 8_000_000
CONSTANTS = {r"\pi": np.pi, "e": np.e}
INDICES = set("ijlmn")


class Evaluation:
    """Evaluates trees at one group of settings.

    scaled: nodes whose value is multiplied, by id; it tells what a part contributes to a line.
    """

    def __init__(
        self,
        settings: Settings,
        scaled: dict[int, float] | None = None,
        deadline: float | None = None,
    ):
        self.settings = settings
        self._scaled = scaled or {}
        self._deadline = deadline or time.monotonic() + LINE_SECONDS
        self._bound: dict[str, np.ndarray] = {}
        self._depth = 0
        self._indices: dict[str, int] = {}

    def numbers(self, tree: Node) -> np.ndarray:
        """The values of a tree, (settings,). Raises Problem where it has none."""
        with np.errstate(all="ignore"):
            value = _number(self.value(tree), tree)
        if value.shape[1:] != (1,) * (AXES - 1):
            raise Problem("a variable is left over that no integral or sum binds", tree.position)
        value = np.broadcast_to(value.reshape(len(value)), (self.settings.count,))
        if not np.all(np.isfinite(value)):
            raise Problem(
                "this is not defined everywhere: a logarithm or root of a negative number, or a "
                "division by 0",
                tree.position,
            )
        return value

    def value(self, node: Node) -> np.ndarray:
        """A number or a matrix, with an axis for each variable in scope."""
        if time.monotonic() > self._deadline:
            raise Problem(
                f"this line takes more than {LINE_SECONDS:g} s to evaluate", node.position
            )
        try:
            value = getattr(self, f"_{type(node).__name__.lower()}")(node)
        except np.linalg.LinAlgError:
            raise Problem("a matrix here has no inverse", node.position) from None
        except ValueError:  # NumPy's word for shapes that do not fit
            raise Problem(
                "the shapes of these vectors and matrices do not fit", node.position
            ) from None
        if id(node) in self._scaled:
            value = value * self._scaled[id(node)]
        return value

    def terms(self, node: Node) -> np.ndarray:
        """What an integral, expectation or sum adds up, (settings, n), weights included."""
        with np.errstate(all="ignore"):
            terms, _ = self._terms(node)
        if terms.shape[2:] != (1,) * (AXES - 2):
            raise Problem("a variable is left over", node.position)
        return np.broadcast_to(terms, (self.settings.count, *terms.shape[1:]))[..., 0, 0]

    # --- names and numbers

    def _number(self, node: Number) -> np.ndarray:
        return np.full((1,) * AXES, node.value)

    def _name(self, node: Name) -> np.ndarray:
        settings, key = self.settings, node.key
        if key in self._bound:
            return self._bound[key]
        if key in settings.names:
            return _wide(settings.names[key])
        if key in CONSTANTS:
            return np.full((1,) * AXES, CONSTANTS[key])
        base, _, subscript = key.rpartition("_")
        if base == r"\Sigma" and len(subscript) == 2 and subscript[0] == subscript[1]:
            element = Name(node.position, rf"\sigma_{subscript[0]}")
            return (
                self._name(element) ** 2 if r"\sigma" in settings.elements else self._unknown(node)
            )
        if base in settings.elements:
            return self._element(node, settings.elements[base], subscript)
        return self._unknown(node)

    def _element(self, node: Name, values: np.ndarray, subscript: str) -> np.ndarray:
        if subscript in self._indices:
            shape = [len(values)] + [1] * (AXES - 1)
            shape[1 + self._indices[subscript]] = values.shape[1]
            return values.reshape(shape)
        if subscript == "k":
            return _wide(values[:, -1])
        if subscript in ("1", "2"):
            return _wide(values[:, int(subscript) - 1])
        if subscript in INDICES:
            raise Problem(f"the index {subscript} belongs to no sum", node.position)
        return self._unknown(node)

    def _unknown(self, node: Name) -> np.ndarray:
        settings = self.settings
        known = [*settings.names, *(f"{base}_i" for base in settings.elements)]
        letters = [settings.variable] if settings.variable else []
        if node.key in [*letters, "x", "y", "z", "t", "u"]:
            raise Problem(
                f"the variable {node.key} is known only inside an integral or an expectation",
                node.position,
            )
        near = difflib.get_close_matches(node.key, known, 2, 0.5)
        hint = f": did you mean {' or '.join(near)}?" if near else ""
        if known and not near:
            hint = f"; known are {', '.join(known)}"
        raise Problem(f"there is no name {node.key} in this derivation{hint}", node.position)

    # --- arithmetic

    def _negative(self, node: Negative) -> np.ndarray:
        return -self.value(node.operand)

    def _sum(self, node: Sum) -> np.ndarray:
        total = self.value(node.terms[0])
        for term in node.terms[1:]:
            total = _added(total, self.value(term), term)
        return total

    def _product(self, node: Product) -> np.ndarray:
        result = None
        for factor in node.factors:
            value = self.value(factor)
            result = value if result is None else _times(result, value, factor)
        return result

    def _inverse(self, node: Inverse) -> np.ndarray:
        value = self.value(node.operand)
        if _is_matrix(value):
            raise Problem("one cannot divide by a vector or matrix", node.position)
        return 1.0 / value

    def _power(self, node: Power) -> np.ndarray:
        base, exponent = self.value(node.base), _number(self.value(node.exponent), node.exponent)
        if not _is_matrix(base):
            if isinstance(node.base, Name) and node.base.key == "e":
                return np.exp(exponent)
            return np.power(base, exponent)
        if np.all(exponent == -1) and base.shape[-1] == base.shape[-2]:
            return np.linalg.inv(base)
        if np.all(exponent == 2) and base.shape[-1] == 1:
            raise Problem(r"the square of a vector: write \mu^\top \mu", node.position)
        square = base.shape[-1] == base.shape[-2]
        if square and np.all(exponent == exponent.flat[0]) and exponent.flat[0] in (1, 2, 3):
            return np.linalg.matrix_power(base, int(exponent.flat[0]))
        raise Problem("this power of a vector or matrix is not known here", node.position)

    def _transposed(self, node: Transposed) -> np.ndarray:
        value = self.value(node.base)
        return np.swapaxes(value, -1, -2) if _is_matrix(value) else value

    # --- functions

    def _call(self, node: Call) -> np.ndarray:
        function = node.function
        if function == "log":
            return self._log(node.argument)
        if function == "diag":
            return self._diagonal(node.argument)
        value = self.value(node.argument)
        if function in ("exp", "sqrt"):
            return (np.exp if function == "exp" else np.sqrt)(_number(value, node.argument))
        if function == "norm":
            return (
                np.sqrt(_cut(np.sum(value * value, axis=(-1, -2))))
                if _is_matrix(value)
                else abs(value)
            )
        if function == "bars" and not _is_matrix(value):
            return np.abs(value)
        if not _is_matrix(value):
            return value  # trace and determinant of a number
        if value.shape[-1] != value.shape[-2]:
            raise Problem("this needs a square matrix", node.position)
        return np.trace(value, axis1=-2, axis2=-1) if function == "tr" else np.linalg.det(value)

    def _log(self, node: Node) -> np.ndarray:
        with np.errstate(all="ignore"):
            parts = self._log_by_parts(node)
            if parts is not None and np.all(np.isfinite(parts)):
                return parts
            return np.log(_number(self.value(node), node))

    def _log_by_parts(self, node: Node) -> np.ndarray | None:
        """The logarithm without taking the argument's value, where its form allows that."""
        if any(id(part) in self._scaled or _stays_whole(part) for part in walk(node)):
            return None
        match node:
            case Density():
                return self._log_density(node)
            case Gaussian(argument=argument) if argument is not None:
                return self._log_gaussian(node)
            case Call(function="exp"):
                return _number(self.value(node.argument), node)
            case Power(base=Name(key="e")):
                return _number(self.value(node.exponent), node)
            case Call(function="sqrt"):
                return 0.5 * self._log(node.argument)
            case Power():
                return _number(self.value(node.exponent), node) * self._log(node.base)
            case Inverse():
                return -self._log(node.operand)
            case Product():
                return sum(self._log(factor) for factor in node.factors)
        return None

    def _diagonal(self, node: Node) -> np.ndarray:
        squared = isinstance(node, Power) and isinstance(node.base, Name)
        value = self.value(node.base if squared else node)
        if not (_is_matrix(value) and value.shape[-1] == 1):
            raise Problem(r"diag takes a vector, or \sigma_1^2, \dots, \sigma_k^2", node.position)
        if squared:
            value = value ** self.value(node.exponent)[..., None, None]
        return value * np.eye(value.shape[-2])

    def _listeddiagonal(self, node: ListedDiagonal) -> np.ndarray:
        k = self.settings.dimension
        general = _with_subscript(node.entries[0], "1", "i")
        indices = ["1", "2", "3"][: len(node.entries) - 1] + ["k"]
        entries = zip(node.entries, indices, strict=False)
        if k is None or not all(_same(_with_subscript(e, i, "i"), general) for e, i in entries):
            raise Problem("the entries of diag run from index 1 to index k", node.position)
        with self._index("i", node) as axis:
            values = np.broadcast_to(
                self.value(general),
                (self.settings.count, *(k if a == axis else 1 for a in range(1, AXES))),
            )
        return values.reshape(self.settings.count, *(1,) * (AXES - 1), k, 1) * np.eye(k)

    # --- densities

    def _density(self, node: Density) -> np.ndarray:
        return np.exp(self._log_density(node))

    def _log_density(self, node: Density) -> np.ndarray:
        return self.settings.log_density(node, self._bound)

    def _gaussian(self, node: Gaussian) -> np.ndarray:
        return np.exp(self._log_gaussian(node))

    def _log_gaussian(self, node: Gaussian) -> np.ndarray:
        if node.argument is None:
            raise Problem("as a density it needs its variable: \\mathcal{N}(x; …)", node.position)
        parts = (node.argument, node.mean, node.variance)
        return log_normal(*(_number(self.value(part), part) for part in parts))

    def _elbo(self, node: Elbo) -> np.ndarray:
        table = self.settings.divergence_table(Density(node.position, "q"))
        if table is None:
            raise Problem("this derivation has no ELBO", node.position)
        joint = self.settings.joint
        return _wide(np.sum(table * (np.log(joint) - np.log(table)), axis=1))

    def _divergence(self, node: Divergence) -> np.ndarray:
        tables = [
            self.settings.divergence_table(d) if isinstance(d, Density) else None
            for d in (node.first, node.second)
        ]
        if tables[0] is not None and tables[1] is not None:
            first, second = tables
            return _wide(np.sum(first * (np.log(first) - np.log(second)), axis=1))
        (m1, v1), (m2, v2) = (self._moments(d) for d in (node.first, node.second))
        if not _is_matrix(v1):
            return 0.5 * (np.log(v2 / v1) + (v1 + (m1 - m2) ** 2) / v2 - 1)
        inverse, shift = np.linalg.inv(v2), m2 - m1
        quadratic = (np.swapaxes(shift, -1, -2) @ inverse @ shift)[..., 0, 0]
        trace = np.trace(inverse @ v1, axis1=-2, axis2=-1)
        log_dets = np.linalg.slogdet(v2)[1] - np.linalg.slogdet(v1)[1]
        return 0.5 * (trace + quadratic - v1.shape[-1] + log_dets)

    def _moments(self, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of a distribution inside a KL: numbers, or column and matrix."""
        if isinstance(node, Density):
            found = self.settings.parameters(node)
            if found is None:
                raise Problem("this distribution is not known here", node.position)
            return tuple(_wide(value) for value in found)
        if not isinstance(node, Gaussian):
            raise Problem("a distribution is expected here", node.position)
        mean, variance = self.value(node.mean), self.value(node.variance)
        if _is_matrix(variance):
            if variance.shape[-1] != variance.shape[-2]:
                raise Problem(r"the covariance is a square matrix: \Sigma or I", node.position)
            mean = _added(mean, np.zeros((*variance.shape[:-1], 1)), node)
        elif _is_matrix(mean) or self.settings.dimension is not None:
            raise Problem(r"the covariance is a matrix here: \Sigma or I", node.position)
        return mean, variance

    # --- what binds a variable

    def _integral(self, node: Integral | Expectation | Variance) -> np.ndarray:
        terms, axis = self._terms(node)
        if terms.shape[axis] > 20:  # a grid over the reals: nothing may be left at its ends
            others = tuple(range(1, AXES))
            ends = np.take(np.abs(terms), [0, -1], axis=axis).max(axis=others)
            if np.any(ends > 1e-9 * np.abs(terms).max(axis=others)):
                raise Problem(
                    "this cannot be integrated over the reals, for it does not vanish far out: "
                    "does a bracket close too early, or a / or a logarithm take too little",
                    node.position,
                )
        return terms.sum(axis=axis, keepdims=True)

    _expectation = _variance = _integral

    def _series(self, node: Series) -> np.ndarray:
        terms, axis = self._terms(node)
        return (terms.sum if node.kind == "sum" else terms.prod)(axis=axis, keepdims=True)

    def _terms(self, node: Node) -> tuple[np.ndarray, int]:
        """What is added up (or multiplied), weights included, and the axis it lies along."""
        match node:
            case Integral():
                with self._variable(node.variable, node) as (axis, weights):
                    return self._body(node) * weights, axis
            case Expectation():
                with self._weighted(node) as (axis, weights):
                    return self._body(node) * weights, axis
            case Variance(position, distribution, variable, body):
                mean = self._integral(Expectation(position, distribution, variable, body))
                with self._weighted(node) as (axis, weights):
                    return (self._body(node) - mean) ** 2 * weights, axis
            case Series(index=index) if index in INDICES and self.settings.dimension is not None:
                with self._index(index, node) as axis:
                    body = self._body(node)
                shape = list(body.shape)
                shape[axis] = self.settings.dimension
                return np.broadcast_to(body, shape), axis
            case Series(index=index, kind="sum") if self._sums_over(index):
                with self._variable(index, node) as (axis, weights):
                    return self._body(node) * weights, axis
        raise Problem(f"this derivation has no {node.kind}s over {node.index}", node.position)

    def _body(self, node: Node) -> np.ndarray:
        return _number(self.value(node.body), node.body)

    def _sums_over(self, index: str) -> bool:
        """Whether a variable takes a few values only, so that its integral is a sum."""
        table = self.settings.divergence_table(Density(0, "q"))
        return table is not None and index == self.settings.variable

    @contextmanager
    def _weighted(self, node: Expectation | Variance) -> Iterator[tuple[int, np.ndarray]]:
        """Binds the variable of an expectation; the weights are those of its distribution."""
        variable = node.variable or _variable_of(node.distribution) or self.settings.variable
        with self._variable(variable, node) as (axis, weights):
            yield axis, weights * np.exp(self._log_weight(node, variable))

    def _log_weight(self, node: Expectation | Variance, variable: str) -> np.ndarray:
        distribution = node.distribution or Density(node.position, "q")
        if isinstance(distribution, Gaussian):
            mean, variance = self._moments(distribution)
            return log_normal(self._bound[variable], mean, variance)
        if not isinstance(distribution, Density):
            raise Problem("a distribution is expected here", node.position)
        if not distribution.variables:
            points = self._bound | {self.settings.variable: self._bound[variable]}
            return self.settings.log_density(distribution, points)
        self.settings.divergence_table(distribution)  # a Problem, if it is none of the latent
        return self.settings.log_density(distribution, self._bound)

    @contextmanager
    def _variable(self, name: str, node: Node) -> Iterator[tuple[int, np.ndarray]]:
        """Binds a variable to a grid on an axis of its own."""
        if self.settings.variable is None:
            raise Problem("this derivation has no integrals or expectations", node.position)
        if name in self.settings.names or name in CONSTANTS:
            raise Problem(
                f"{name} is a parameter here and cannot be integrated over", node.position
            )
        points, weights = self.settings.grid(name, node.position)
        others = np.prod([bound[0].size for bound in self._bound.values()], initial=1)
        if points.size * others > MAX_SIZE:
            raise Problem("too many integrals inside each other", node.position)
        axis = self._free_axis(node)
        shape = [1] * AXES
        shape[0], shape[axis] = points.shape
        outer = self._bound
        self._bound = outer | {name: points.reshape(shape)}  # the inner one counts
        try:
            yield axis, weights.reshape(shape)
        finally:
            self._bound = outer
            self._depth -= 1

    @contextmanager
    def _index(self, name: str, node: Node) -> Iterator[int]:
        """Binds the index of a sum to an axis of its own."""
        if name in self._indices:
            raise Problem(f"the index {name} is used by two sums inside each other", node.position)
        axis = self._free_axis(node)
        self._indices[name] = axis - 1
        try:
            yield axis
        finally:
            del self._indices[name]
            self._depth -= 1

    def _free_axis(self, node: Node) -> int:
        if self._depth + 1 >= AXES:
            raise Problem("too many integrals or sums inside each other", node.position)
        self._depth += 1
        return self._depth


def _is_matrix(value: np.ndarray) -> bool:
    return value.ndim == AXES + 2


def _wide(values: np.ndarray) -> np.ndarray:
    """Values by setting with the axes of a number, or of a matrix."""
    return values.reshape(len(values), *(1,) * (AXES - 1), *values.shape[1:])


def _cut(values: np.ndarray) -> np.ndarray:
    return values.reshape(values.shape[:AXES])


def _number(value: np.ndarray, node: Node) -> np.ndarray:
    """A number, also where it comes as a matrix of one row and one column."""
    if not _is_matrix(value):
        return value
    if value.shape[-2:] == (1, 1):
        return value[..., 0, 0]
    raise Problem("a number is expected here, not a vector or matrix", node.position)


def _added(one: np.ndarray, other: np.ndarray, node: Node) -> np.ndarray:
    if _is_matrix(one) == _is_matrix(other):
        if _is_matrix(one) and one.shape[-2:] != other.shape[-2:]:
            raise Problem("the shapes of what is added here do not fit", node.position)
        return one + other
    matrix, number = (one, other) if _is_matrix(one) else (other, one)
    if matrix.shape[-2:] == (1, 1):
        return matrix[..., 0, 0] + number
    if np.all(number == 0):
        return matrix  # 0 is the zero vector and the zero matrix too
    raise Problem("a number and a vector or matrix are added here", node.position)


def _times(one: np.ndarray, other: np.ndarray, node: Node) -> np.ndarray:
    if not _is_matrix(one) and not _is_matrix(other):
        return one * other
    if not (_is_matrix(one) and _is_matrix(other)):
        matrix, number = (one, other) if _is_matrix(one) else (other, one)
        return matrix * number[..., None, None]
    if one.shape[-2:] == (1, 1):
        return one[..., 0, 0][..., None, None] * other
    if other.shape[-2:] == (1, 1) and one.shape[-1] != 1:
        return one * other
    if one.shape[-1] != other.shape[-2]:
        raise Problem(r"the shapes of these factors do not fit: is a ^\top missing?", node.position)
    return one @ other


def _stays_whole(node: Node) -> bool:
    """Whether an argument of a logarithm with such a part is evaluated as it stands.

    Matrices have no logarithm by parts; logarithms inside each other would be evaluated twice at
    each level.
    """
    return isinstance(node, (Transposed, Call, ListedDiagonal)) and not (
        isinstance(node, Call) and node.function in ("exp", "sqrt")
    )


def _variable_of(distribution: Node | None) -> str | None:
    """The variable a distribution is written with, as x in q(x)."""
    if isinstance(distribution, Density) and len(distribution.variables) == 1:
        return distribution.variables[0]
    return None


def _with_subscript(node: Node, old: str, new: str) -> Node:
    """The tree with one subscript of its names written as another."""
    if isinstance(node, Name) and node.key.endswith(f"_{old}"):
        return replace(node, key=node.key.removesuffix(old) + new)
    changes = {
        f.name: _with_subscript(getattr(node, f.name), old, new)
        for f in fields(node)
        if isinstance(getattr(node, f.name), Node)
    }
    return replace(node, **changes)


def _same(one: Node, other: Node) -> bool:
    """Whether two small trees are written alike."""
    if type(one) is not type(other):
        return False
    for f in fields(one):
        if f.name == "position":
            continue
        a, b = getattr(one, f.name), getattr(other, f.name)
        if not (_same(a, b) if isinstance(a, Node) else a == b):
            return False
    return True
