r"""The value of an expression at all settings at once.

Numbers and matrices are arrays as in `arrays`, in float64. Logarithms of products, powers,
exponentials and densities are taken term by term, so that a density far out in a tail does not
underflow to log 0.
"""

import difflib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import reduce
from typing import Any

import numpy as np

from derivations.evaluator.arrays import (
    AXES,
    Array,
    added,
    as_number,
    is_matrix,
    times,
    wide,
    without_matrix_axes,
)
from derivations.evaluator.settings import NO_INTEGRALS, Settings, log_normal
from derivations.expressions import (
    Binder,
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

LINE_SECONDS = 2.0
MAX_SIZE = 8_000_000
CONSTANTS = {r"\pi": np.pi, "e": np.e}
INDICES = set("ijlmn")


class Evaluation:
    """Evaluates trees at one group of settings.

    scaled: factors for the values of some nodes, by `id`: with 0, one sees what a part contributes.
    """

    def __init__(
        self,
        settings: Settings,
        scaled: dict[int, float] | None = None,
        deadline: float | None = None,
    ):
        self.settings = settings
        self._scaled = scaled or {}
        self._deadline = deadline or time.thread_time() + LINE_SECONDS
        self._bound: dict[str, Array] = {}
        self._depth = 0
        self._indices: dict[str, int] = {}

    def numbers(self, tree: Node) -> Array:
        """The values of a tree, (settings,). Raises Problem where it has none."""
        with np.errstate(all="ignore"):
            value = as_number(self.value(tree), tree)
        if value.shape[1:] != (1,) * (AXES - 1):
            raise Problem("a variable here belongs to no integral or sum", tree.position)
        value = np.broadcast_to(value.reshape(len(value)), (self.settings.count,))
        if not np.all(np.isfinite(value)):
            raise Problem(
                "this is not defined everywhere: a logarithm or root of a negative number, or a "
                "division by 0",
                tree.position,
            )
        return value

    def value(self, node: Node) -> Array:
        """A number or a matrix, with an axis for each variable in scope."""
        if time.thread_time() > self._deadline:
            raise Problem(
                f"this line takes more than {LINE_SECONDS:g} s to evaluate", node.position
            )
        try:
            value = getattr(self, f"_{type(node).__name__.lower()}")(node)
        except np.linalg.LinAlgError:
            raise Problem("a matrix here has no inverse", node.position) from None
        except ValueError:  # NumPy raises it for shapes that do not match
            raise Problem(
                "the shapes of these vectors and matrices do not match", node.position
            ) from None
        if id(node) in self._scaled:
            value = value * self._scaled[id(node)]
        return value

    def terms(self, node: Binder) -> Array:
        """The terms of an integral, expectation or sum, times their weights, (settings, n)."""
        with np.errstate(all="ignore"):
            terms, _ = self._terms(node)
        if terms.shape[2:] != (1,) * (AXES - 2):
            raise Problem("a variable here belongs to no integral or sum", node.position)
        return np.broadcast_to(terms, (self.settings.count, *terms.shape[1:]))[..., 0, 0]

    # --- names and numbers

    def _number(self, node: Number) -> Array:
        return np.full((1,) * AXES, node.value)

    def _name(self, node: Name) -> Array:
        settings, key = self.settings, node.key
        if key in self._bound:
            return self._bound[key]
        if key in settings.names:
            return wide(settings.names[key])
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

    def _element(self, node: Name, values: Array, subscript: str) -> Array:
        if subscript in self._indices:
            shape = [len(values)] + [1] * (AXES - 1)
            shape[1 + self._indices[subscript]] = values.shape[1]
            return values.reshape(shape)
        if subscript == "k":
            return wide(values[:, -1])
        if subscript in ("1", "2"):
            return wide(values[:, int(subscript) - 1])
        if subscript in INDICES:
            raise Problem(f"the index {subscript} belongs to no sum", node.position)
        return self._unknown(node)

    def _unknown(self, node: Name) -> Array:
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
            hint = f"; its names are {', '.join(known)}"
        raise Problem(f"there is no name {node.key} in this derivation{hint}", node.position)

    # --- arithmetic

    def _negative(self, node: Negative) -> Array:
        return -self.value(node.operand)

    def _sum(self, node: Sum) -> Array:
        total = self.value(node.terms[0])
        for term in node.terms[1:]:
            total = added(total, self.value(term), term)
        return total

    def _product(self, node: Product) -> Array:
        result = self.value(node.factors[0])
        for factor in node.factors[1:]:
            result = times(result, self.value(factor), factor)
        return result

    def _inverse(self, node: Inverse) -> Array:
        value = self.value(node.operand)
        if is_matrix(value):
            raise Problem("you cannot divide by a vector or matrix", node.position)
        return 1.0 / value

    def _power(self, node: Power) -> Array:
        base, exponent = self.value(node.base), as_number(self.value(node.exponent), node.exponent)
        if not is_matrix(base):
            if isinstance(node.base, Name) and node.base.key == "e":
                return np.exp(exponent)
            return np.power(base, exponent)
        if np.all(exponent == -1) and base.shape[-1] == base.shape[-2]:
            return np.linalg.inv(base)
        if np.all(exponent == 2) and base.shape[-1] == 1:
            raise Problem(r"a vector has no square: write \mu^\top \mu", node.position)
        square = base.shape[-1] == base.shape[-2]
        if square and np.all(exponent == exponent.flat[0]) and exponent.flat[0] in (1, 2, 3):
            return np.linalg.matrix_power(base, int(exponent.flat[0]))
        raise Problem("only square matrices have powers here: -1, 1, 2 and 3", node.position)

    def _transposed(self, node: Transposed) -> Array:
        value = self.value(node.base)
        return np.swapaxes(value, -1, -2) if is_matrix(value) else value

    # --- functions

    def _call(self, node: Call) -> Array:
        function = node.function
        if function == "log":
            return self._log(node.argument)
        if function == "diag":
            return self._diagonal(node.argument)
        value = self.value(node.argument)
        if function in ("exp", "sqrt"):
            return (np.exp if function == "exp" else np.sqrt)(as_number(value, node.argument))
        if function == "norm":
            return (
                np.sqrt(without_matrix_axes(np.sum(value * value, axis=(-1, -2))))
                if is_matrix(value)
                else abs(value)
            )
        if function == "bars" and not is_matrix(value):
            return np.abs(value)
        if not is_matrix(value):
            return value  # trace and determinant of a number
        if value.shape[-1] != value.shape[-2]:
            raise Problem("this needs a square matrix", node.position)
        return np.trace(value, axis1=-2, axis2=-1) if function == "tr" else np.linalg.det(value)

    def _log(self, node: Node) -> Array:
        with np.errstate(all="ignore"):
            parts = self._log_by_parts(node)
            if parts is not None and np.all(np.isfinite(parts)):
                return parts
            return np.log(as_number(self.value(node), node))

    def _log_by_parts(self, node: Node) -> Array | None:
        """The logarithm without the value of its argument; None if its form does not allow that."""
        if any(id(part) in self._scaled or _stays_whole(part) for part in walk(node)):
            return None
        match node:
            case Density():
                return self._log_density(node)
            case Gaussian(argument=argument) if argument is not None:
                return self._log_gaussian(node)
            case Call(function="exp", argument=argument):
                return as_number(self.value(argument), node)
            case Power(base=Name(key="e"), exponent=exponent):
                return as_number(self.value(exponent), node)
            case Call(function="sqrt", argument=argument):
                return 0.5 * self._log(argument)
            case Power(base=base, exponent=exponent):
                return as_number(self.value(exponent), node) * self._log(base)
            case Inverse():
                return -self._log(node.operand)
            case Product():
                return reduce(np.add, map(self._log, node.factors))
        return None

    def _diagonal(self, node: Node) -> Array:
        vector, exponent = node, None
        if isinstance(node, Power) and isinstance(node.base, Name):
            vector, exponent = node.base, node.exponent
        value = self.value(vector)
        if not (is_matrix(value) and value.shape[-1] == 1):
            raise Problem(r"diag takes a vector, or \sigma_1^2, \dots, \sigma_k^2", node.position)
        if exponent is not None:
            value = value ** self.value(exponent)[..., None, None]
        return value * np.eye(value.shape[-2])

    def _listeddiagonal(self, node: ListedDiagonal) -> Array:
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

    def _density(self, node: Density) -> Array:
        return np.exp(self._log_density(node))

    def _log_density(self, node: Density) -> Array:
        return self.settings.log_density(node, self._bound)

    def _gaussian(self, node: Gaussian) -> Array:
        return np.exp(self._log_gaussian(node))

    def _log_gaussian(self, node: Gaussian) -> Array:
        if node.argument is None:
            raise Problem("a normal density needs its variable: \\mathcal{N}(x; …)", node.position)
        parts = (node.argument, node.mean, node.variance)
        return log_normal(*(as_number(self.value(part), part) for part in parts))

    def _elbo(self, node: Elbo) -> Array:
        bound = self.settings.elbo()
        if bound is None:
            raise Problem("this derivation has no ELBO", node.position)
        return wide(bound)

    def _divergence(self, node: Divergence) -> Array:
        first, second = self._table(node.first), self._table(node.second)
        if first is not None and second is not None:
            return wide(np.sum(first * (np.log(first) - np.log(second)), axis=1))
        (m1, v1), (m2, v2) = (self._moments(d) for d in (node.first, node.second))
        if not is_matrix(v1):
            return 0.5 * (np.log(v2 / v1) + (v1 + (m1 - m2) ** 2) / v2 - 1)
        inverse, shift = np.linalg.inv(v2), m2 - m1
        quadratic = (np.swapaxes(shift, -1, -2) @ inverse @ shift)[..., 0, 0]
        trace = np.trace(inverse @ v1, axis1=-2, axis2=-1)
        log_dets = np.linalg.slogdet(v2)[1] - np.linalg.slogdet(v1)[1]
        return 0.5 * (trace + quadratic - v1.shape[-1] + log_dets)

    def _table(self, distribution: Node) -> Array | None:
        if isinstance(distribution, Density):
            return self.settings.divergence_table(distribution)
        return None

    def _moments(self, node: Node) -> tuple[Array, Array]:
        """Mean and variance of a distribution inside a KL: numbers, or column and matrix."""
        if isinstance(node, Density):
            found = self.settings.parameters(node)
            if found is None:
                raise Problem("this distribution is not known here", node.position)
            return wide(found[0]), wide(found[1])
        if not isinstance(node, Gaussian):
            raise Problem("a distribution is expected here", node.position)
        mean, variance = self.value(node.mean), self.value(node.variance)
        if is_matrix(variance):
            if variance.shape[-1] != variance.shape[-2]:
                raise Problem(r"the covariance is a square matrix: \Sigma or I", node.position)
            mean = added(mean, np.zeros((*variance.shape[:-1], 1)), node)
        elif is_matrix(mean) or self.settings.dimension is not None:
            raise Problem(r"the covariance is a matrix here: \Sigma or I", node.position)
        return mean, variance

    # --- what binds a variable

    def _integral(self, node: Integral | Expectation | Variance) -> Array:
        terms, axis = self._terms(node)
        if terms.shape[axis] > 20:  # a grid over the reals: nothing may be left at its ends
            others = tuple(range(1, AXES))
            ends = np.take(np.abs(terms), [0, -1], axis=axis).max(axis=others)
            if np.any(ends > 1e-9 * np.abs(terms).max(axis=others)):
                raise Problem(
                    "this integral over the reals does not converge: check whether a bracket "
                    "closes too early, or whether a / or a logarithm needs brackets",
                    node.position,
                )
        return terms.sum(axis=axis, keepdims=True)

    _expectation = _variance = _integral

    def _series(self, node: Series) -> Array:
        terms, axis = self._terms(node)
        return (terms.sum if node.kind == "sum" else terms.prod)(axis=axis, keepdims=True)

    def _terms(self, node: Binder) -> tuple[Array, int]:
        """The terms (or factors) times their weights, and the axis they lie along."""
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
                    terms = self._body(node)
                shape = list(terms.shape)
                shape[axis] = self.settings.dimension
                return np.broadcast_to(terms, shape), axis
            case Series(index=index, kind="sum") if self._sums_over(index):
                with self._variable(index, node) as (axis, weights):
                    return self._body(node) * weights, axis
            case Series(kind=kind, index=index):
                raise Problem(f"this derivation has no {kind}s over {index}", node.position)

    def _body(self, node: Binder) -> Array:
        return as_number(self.value(node.body), node.body)

    def _sums_over(self, index: str) -> bool:
        """Whether a variable takes only a few values, so that its integral is a sum."""
        table = self.settings.divergence_table(Density(0, "q"))
        return table is not None and index == self.settings.variable

    @contextmanager
    def _weighted(self, node: Expectation | Variance) -> Iterator[tuple[int, Array]]:
        """Binds the variable of an expectation; the weights are those of its distribution."""
        variable = node.variable or _variable_of(node.distribution) or self.settings.variable
        if variable is None:
            raise Problem(NO_INTEGRALS, node.position)
        with self._variable(variable, node) as (axis, weights):
            yield axis, weights * np.exp(self._log_weight(node, variable))

    def _log_weight(self, node: Expectation | Variance, variable: str) -> Array:
        distribution = node.distribution or Density(node.position, "q")
        if isinstance(distribution, Gaussian):
            mean, variance = self._moments(distribution)
            return log_normal(self._bound[variable], mean, variance)
        if not isinstance(distribution, Density):
            raise Problem("a distribution is expected here", node.position)
        if not distribution.variables:
            points = self._bound | {self.settings.variable or variable: self._bound[variable]}
            return self.settings.log_density(distribution, points)
        self.settings.divergence_table(distribution)  # a Problem if it is not one of the latent
        return self.settings.log_density(distribution, self._bound)

    @contextmanager
    def _variable(self, name: str, node: Node) -> Iterator[tuple[int, Array]]:
        """Binds a variable to a grid on an axis of its own."""
        if self.settings.variable is None:
            raise Problem(NO_INTEGRALS, node.position)
        if name in self.settings.names or name in CONSTANTS:
            raise Problem(
                f"{name} is a parameter here: you cannot integrate over it", node.position
            )
        points, weights = self.settings.grid(name, node.position)
        others = np.prod([bound[0].size for bound in self._bound.values()], initial=1)
        if points.size * others > MAX_SIZE:
            raise Problem("too many integrals inside each other", node.position)
        axis = self._free_axis(node)
        shape = [1] * AXES
        shape[0], shape[axis] = points.shape
        outer = self._bound
        self._bound = outer | {name: points.reshape(shape)}  # hides an outer one of that name
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
    """The tree with one subscript of its names replaced by another."""
    if isinstance(node, Name) and node.key.endswith(f"_{old}"):
        return replace(node, key=node.key.removesuffix(old) + new)
    changes: dict[str, Any] = {
        f.name: _with_subscript(getattr(node, f.name), old, new)
        for f in fields(node)
        if isinstance(getattr(node, f.name), Node)
    }
    return replace(node, **changes)


def _same(one: Node, other: Node) -> bool:
    """Whether two small trees are the same, wherever they stand."""
    if type(one) is not type(other):
        return False
    for f in fields(one):
        if f.name == "position":
            continue
        a, b = getattr(one, f.name), getattr(other, f.name)
        if not (_same(a, b) if isinstance(a, Node) else a == b):
            return False
    return True
