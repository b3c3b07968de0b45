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
from derivations.evaluator.settings import (
    NO_INTEGRALS,
    NOISE,
    ManyCodes,
    Settings,
    log_normal,
    looked_up,
)
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
    walk,
)

LINE_SECONDS = 2.0
MAX_SIZE = 8_000_000
CONSTANTS = {r"\pi": np.pi, "e": np.e}
INDICES = set("ijlmn")
STEP = 1e-40  # of complex-step derivatives: its square is far below all rounding


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
        self.settings = self._real_settings = settings
        self._scaled = scaled or {}
        self._deadline = deadline or time.thread_time() + LINE_SECONDS
        self._bound: dict[str, Array] = {}
        self._depth = 0
        self._indices: dict[str, int] = {}
        self._differentiating = False

    def numbers(self, tree: Node) -> Array:
        """The values of a tree, (settings,). Raises Problem where it has none."""
        self._check_densities(tree)
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

    def _check_densities(self, tree: Node) -> None:
        for node in walk(tree):
            if isinstance(node, Density) and node.letter not in self.settings.letters:
                raise Problem(f"there is no density {node.letter} here", node.position)

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
        if (sample := self._sample(key)) is not None:
            return sample
        if (order := settings.derivative_order(key)) is not None:  # f for f(x)
            argument = Name(node.position, settings.variable or "")
            return self._applied(Applied(node.position, key.rstrip("'"), argument, order))
        if key in CONSTANTS:
            return np.full((1,) * AXES, CONSTANTS[key])
        base, _, subscript = key.rpartition("_")
        if base == r"\Sigma" and len(subscript) == 2 and subscript[0] == subscript[1]:
            element = Name(node.position, rf"\sigma_{subscript[0]}")
            return (
                self._name(element) ** 2 if r"\sigma" in settings.elements else self._unknown(node)
            )
        if base == "w" and isinstance(settings, ManyCodes) and subscript:
            code = f"z_{subscript}"
            joint = Density(node.position, "p", ("x", code))
            return np.exp(
                self._log_density(joint) - self._log_density(Density(node.position, "q", (code,)))
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
        if node.key in [*letters, *NOISE, "x", "y", "z", "t", "u"]:
            words = f"the variable {node.key} is known only inside an integral or an expectation"
            if settings.parameter is not None and node.key == settings.variable:
                words += r"; over noise it is \mu + \sigma \varepsilon, without a row that says so"
            raise Problem(words, node.position)
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
        if isinstance(node.base, Name) and node.base.key == "e":
            return self._exp(node.exponent)
        base, exponent = self.value(node.base), as_number(self.value(node.exponent), node.exponent)
        if not is_matrix(base):
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
        if function == "exp":
            return self._exp(node.argument)
        value = self.value(node.argument)
        if function == "sqrt":
            return np.sqrt(as_number(value, node.argument))
        if function in ("norm", "bars") and not is_matrix(value):
            return np.where(value.real < 0, -value, value)  # may be on its way to a derivative
        if function == "norm":
            return np.sqrt(without_matrix_axes(np.sum(value * value, axis=(-1, -2))))
        if not is_matrix(value):
            return value  # trace and determinant of a number
        if value.shape[-1] != value.shape[-2]:
            raise Problem("this needs a square matrix", node.position)
        return np.trace(value, axis1=-2, axis2=-1) if function == "tr" else np.linalg.det(value)

    def _exp(self, node: Node) -> Array:
        """The exponential of a number, or of each entry of a vector."""
        value = self.value(node)
        is_column = is_matrix(value) and value.shape[-1] == 1
        return np.exp(value if is_column else as_number(value, node))

    def _elementwise(self, node: Elementwise) -> Array:
        one, other = self.value(node.first), self.value(node.second)
        if not (is_matrix(one) and is_matrix(other)) or one.shape[-2:] != other.shape[-2:]:
            raise Problem("two vectors of one length are expected on both sides", node.position)
        return one * other

    def _jacobian(self, node: Jacobian) -> Array:
        found = self.settings.names.get(f"{node.upper} by {node.lower}")
        if found is None and self.settings.parameter is not None:
            return self._derivative(
                Derivative(node.position, node.lower, Name(node.position, node.upper))
            )
        if found is None:
            words = f"there is no derivative of {node.upper} by {node.lower} here"
            raise Problem(words, node.position)
        return wide(found)

    # --- derivatives, and functions that may have one

    def _derivative(self, node: Derivative) -> Array:
        """By a complex step: exact to rounding, as everything here is analytic."""
        if self.settings.parameter is None:
            raise Problem("this derivation has no derivatives", node.position)
        if self._differentiating:
            raise Problem("a derivative inside another one cannot be evaluated", node.position)
        here = as_number(self.value(node.body), node.body)
        by = self.settings.parameter_of(node.by)
        with self._shifted(by, node.position):
            there = as_number(self.value(node.body), node.body)
        return np.where(np.isfinite(here), there.imag / STEP, np.nan)

    @contextmanager
    def _shifted(self, name: str, position: int) -> Iterator[None]:
        """Moves a parameter or a bound variable by a small imaginary step."""
        settings, bound = self.settings, self._bound
        point = self._bound.get(name, self._sample(name))
        if point is not None:
            self._bound = bound | {name: point + 1j * STEP}
        elif name in settings.names:
            moved = settings.names[name] + 1j * STEP
            self.settings = replace(settings, names=settings.names | {name: moved})
        else:
            raise Problem(f"there is no {name} here to differentiate by", position)
        self._differentiating = True
        try:
            yield
        finally:
            self.settings, self._bound, self._differentiating = settings, bound, False

    def _sample(self, name: str) -> Array | None:
        """The sample x as a function of the noise, where that is bound and x is not."""
        if name != self.settings.variable or name in self._bound:
            return None
        return self.settings.sample(self._bound)

    def _applied(self, node: Applied) -> Array:
        argument = as_number(self.value(node.argument), node.argument)
        value = self.settings.function(node.function, argument, node.order)
        if value is None:
            raise Problem(f"there is no function {node.function} here", node.position)
        return value

    def _replaced(self, node: Replaced) -> Array:
        if node.variable in self.settings.names or node.variable in CONSTANTS:
            raise Problem(
                f"{node.variable} keeps its value here: only x may get one", node.position
            )
        argument, outer = self.value(node.argument), self._bound
        self._bound = outer | {node.variable: argument}
        try:
            return self.value(node.body)
        finally:
            self._bound = outer

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
        if isinstance(node, Power) and isinstance(node.base, Name) and node.base.key != "e":
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
        points = self._bound
        for name in (*node.variables, *node.given):
            if "_" in name and name not in points:
                points = points | {name: self._code(name, node)}
        sample = self._sample(self.settings.variable or "")
        if sample is not None:
            points = points | {self.settings.variable or "": sample}
        return self.settings.log_density(node, points)

    def _code(self, name: str, node: Node) -> Array:
        """The values of one of the codes z_1, ..., z_k, at their joint outcomes."""
        base, _, subscript = name.partition("_")
        codes = self._bound.get(f"{base}_*")
        if codes is None:
            words = f"the variable {name} is known only inside an expectation over it"
            raise Problem(words, node.position)
        if subscript in self._indices:
            return np.swapaxes(codes, -1, 1 + self._indices[subscript])[..., 0]
        k = codes.shape[-1]
        number = {"1": 1, "2": 2, "k": k}.get(subscript)
        if number is None:
            raise Problem(f"the index {subscript} belongs to no sum", node.position)
        return codes[..., number - 1]

    def _gaussian(self, node: Gaussian) -> Array:
        return np.exp(self._log_gaussian(node))

    def _log_gaussian(self, node: Gaussian) -> Array:
        if node.argument is None:
            raise Problem("a normal density needs its variable: \\mathcal{N}(x; …)", node.position)
        argument, mean = self.value(node.argument), self.value(node.mean)
        if is_matrix(argument) and argument.shape[-2] > 1:
            return self._log_standard(node, argument, mean)
        variance = as_number(self.value(node.variance), node.variance)
        mean = as_number(mean, node.mean)
        return log_normal(as_number(argument, node.argument), mean, variance)

    def _log_standard(self, node: Gaussian, argument: Array, mean: Array) -> Array:
        """The log-density of N(mean, I) at a vector; I has the size of the vector."""
        if not (isinstance(node.variance, Name) and node.variance.key == "I"):
            raise Problem("the covariance of a vector is I here", node.variance.position)
        shifted = added(argument, -mean, node)
        return log_normal(shifted[..., 0], np.zeros(1), np.ones(1)).sum(axis=-1)

    def _discriminator(self, node: Discriminator) -> Array:
        table = self.settings.best_discriminator()
        if table is None:
            raise Problem("this derivation has no discriminator", node.position)
        if node.variable not in self._bound:
            words = f"the variable {node.variable} is known only inside an integral or expectation"
            raise Problem(words, node.position)
        return looked_up(table, self._bound[node.variable])

    def _elbo(self, node: Elbo) -> Array:
        bound = self.settings.elbo()
        if bound is None:
            raise Problem("this derivation has no ELBO", node.position)
        return wide(bound)

    def _divergence(self, node: Divergence) -> Array:
        first, second = self._table(node.first), self._table(node.second)
        if first is not None and second is not None:
            return wide(_divergence_of_tables(first, second))
        (m1, v1), (m2, v2) = (self._moments(d) for d in (node.first, node.second))
        if not is_matrix(v1):
            return 0.5 * (np.log(v2 / v1) + (v1 + (m1 - m2) ** 2) / v2 - 1)
        inverse, shift = np.linalg.inv(v2), m2 - m1
        quadratic = (np.swapaxes(shift, -1, -2) @ inverse @ shift)[..., 0, 0]
        trace = np.trace(inverse @ v1, axis1=-2, axis2=-1)
        log_dets = np.linalg.slogdet(v2)[1] - np.linalg.slogdet(v1)[1]
        return 0.5 * (trace + quadratic - v1.shape[-1] + log_dets)

    def _jensenshannon(self, node: JensenShannon) -> Array:
        first, second = self._table(node.first), self._table(node.second)
        if first is None or second is None:
            raise Problem("this divergence is not known here", node.position)
        middle = (first + second) / 2
        both = _divergence_of_tables(first, middle) + _divergence_of_tables(second, middle)
        return wide(both / 2)

    def _table(self, distribution: Node) -> Array | None:
        """The probabilities of a distribution, (settings, n); None for a normal one."""
        if isinstance(distribution, Density):
            return self.settings.divergence_table(distribution)
        if isinstance(distribution, Gaussian) or self.settings.best_discriminator() is None:
            return None
        position = distribution.position
        with self._variable(self.settings.variable or "", distribution) as (axis, weights):
            values = as_number(self.value(distribution), distribution)
            table = np.broadcast_to(values, np.broadcast_shapes(values.shape, weights.shape))
        if axis != 1 or not np.allclose(table.sum(axis=axis), 1):
            raise Problem("this is not a distribution: does it sum to 1?", position)
        return table[:, :, 0, 0]

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
                    "this integral over the reals does not converge: check whether a density has "
                    "been lost, a bracket closes too early, or a / or a logarithm needs brackets",
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
        return self.settings.sums and index == self.settings.variable

    @contextmanager
    def _weighted(self, node: Expectation | Variance) -> Iterator[tuple[int, Array]]:
        """Binds the variable of an expectation; the weights are those of its distribution."""
        variable = node.variable or _variable_of(node.distribution)
        if isinstance(self.settings, ManyCodes) and variable in (None, "z_*"):
            with self._all_codes(node) as bound:
                yield bound
            return
        variable = variable or self.settings.usual_variable(node)
        if variable is None:
            raise Problem(NO_INTEGRALS, node.position)
        with self._variable(variable, node) as (axis, weights):
            yield axis, weights * np.exp(self._log_weight(node, variable))

    @contextmanager
    def _all_codes(self, node: Expectation | Variance) -> Iterator[tuple[int, Array]]:
        """Binds z_1, ..., z_k at once: their joint outcomes lie on one axis."""
        settings = self.settings
        assert isinstance(settings, ManyCodes)
        axis, outcomes = self._free_axis(node), settings.outcomes()
        shape = [1] * AXES
        shape[axis] = len(outcomes)
        codes = np.broadcast_to(
            outcomes.reshape(*shape, outcomes.shape[1]),
            (settings.count, *shape[1:], outcomes.shape[1]),
        )
        outer = self._bound
        self._bound = outer | {"z_*": codes, "z": codes[..., 0]}
        distribution = _of_z(node.distribution or Density(node.position, "q"))
        try:
            each = [
                settings.log_density(distribution, {"z": codes[..., j]})
                for j in range(outcomes.shape[1])
            ]
            yield axis, np.exp(sum(each[1:], each[0]))
        finally:
            self._bound = outer
            self._depth -= 1

    def _log_weight(self, node: Expectation | Variance, variable: str) -> Array:
        distribution = self.settings.weight(node, variable)
        if isinstance(distribution, Gaussian):
            mean, variance = self._moments(distribution)
            return log_normal(self._bound[variable], mean, variance)
        if not isinstance(distribution, Density):
            raise Problem("a distribution is expected here", node.position)
        if not distribution.variables:
            points = self._bound | {self.settings.variable or variable: self._bound[variable]}
            return self.settings.log_density(distribution, points)
        self.settings.divergence_table(distribution)  # a Problem if it is not one of the latent
        points = self._bound
        if "_" in variable:  # z_i drawn from q(z)
            points = points | {distribution.variables[0]: points[variable]}
        return self.settings.log_density(distribution, points)

    @contextmanager
    def _variable(self, name: str, node: Node) -> Iterator[tuple[int, Array]]:
        """Binds a variable to a grid on an axis of its own."""
        if self.settings.variable is None:
            raise Problem(NO_INTEGRALS, node.position)
        if name in self.settings.names or name in CONSTANTS:
            raise Problem(
                f"{name} is a parameter here: you cannot integrate over it", node.position
            )
        points, weights = self._real_settings.grid(name, node.position)
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


def _divergence_of_tables(first: Array, second: Array) -> Array:
    return np.sum(first * (np.log(first) - np.log(second)), axis=1)


def _of_z(distribution: Node) -> Density:
    """A distribution of the codes as one of z."""
    if not isinstance(distribution, Density):
        raise Problem("a distribution is expected here", distribution.position)
    return replace(distribution, variables=("z",), given=distribution.given)


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
