"""The settings at which a derivation's lines are compared: random parameters, all at once.

A setting gives each name of the derivation a value. Array are drawn with two decimals, so that a
counterexample can be read and checked by hand. Arrays hold one entry per setting along their first
axis; `evaluation` puts the axes of bound variables behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

import numpy as np

from derivations.evaluator.arrays import AXES, Array
from derivations.expressions import Density, Problem

SETTINGS = 24
TAILS = 8.0  # standard deviations an integration grid reaches to: the rest weighs 1e-15
STEPS_PER_DEVIATION = 2.2  # the trapezoidal rule is then right to 1e-30 for a normal density
NO_INTEGRALS = "this derivation has no integrals or expectations"
DISCRETE_X = "the observation x is fixed in this derivation: integrals and expectations run over z"


@dataclass(frozen=True)
class Settings:
    """Values for the names of a derivation, at many settings at once.

    names: arrays of shape (settings, …): (s,) a number, (s, k) an element for each index i,
    (s, k, k) or (s, k, 1) a matrix or column; shown: what a counterexample lists, in order, each by
    its possible spellings.
    """

    names: dict[str, Array]
    shown: tuple[tuple[str, ...], ...]
    variable: str | None = None  # what expectations and integrals run over by default
    elements: dict[str, Array] = field(default_factory=dict)  # `\mu_i` by its base, (s, k)
    dimension: int | None = None

    @property
    def count(self) -> int:
        return len(next(iter(self.names.values()))) if self.names else 0

    def first(self, count: int) -> "Settings":
        """The first few of these settings, for a quick look."""
        cut: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                cut[entry.name] = value[:count]
            elif isinstance(value, dict):
                cut[entry.name] = {name: values[:count] for name, values in value.items()}
        return replace(self, **cut)

    def grid(self, variable: str, position: int) -> tuple[Array, Array]:
        """Points and weights (settings, n) over which a bound variable runs."""
        raise Problem(NO_INTEGRALS, position)

    def log_density(self, density: Density, points: dict[str, Array]) -> Array:
        """The log of p or q at bound variables, given by name as broadcastable arrays."""
        raise Problem(f"there is no density {density.letter} in this derivation", density.position)

    def divergence_table(self, density: Density) -> Array | None:
        """The values of a distribution of the latent, (settings, n); None if it is not a table."""
        return None

    def elbo(self) -> Array | None:
        """The evidence lower bound, (settings,); None if the derivation has none."""
        return None

    def parameters(self, density: Density) -> tuple[Array, Array] | None:
        """Mean and variance of q or p, shaped as in `names`; None if they are not normal."""
        return None

    def describe(self, setting: int, used: set[str]) -> dict[str, str]:
        """The values at one setting by name; of several spellings, one in `used` is taken."""
        shown = {}
        for spellings in self.shown:
            name = next((spelling for spelling in spellings if spelling in used), spellings[0])
            values = self.elements[name] if name in self.elements else self.names[name]
            value = values[setting]
            shown[name] = _decimal(value) if np.ndim(value) == 0 else _listed(value)
        return shown


@dataclass(frozen=True)
class Normals(Settings):
    """q and p are univariate normal densities; x, or any other letter, runs over the reals.

    q, p: names of mean and standard deviation; a number stands for itself.
    """

    q: tuple = (r"\mu_1", r"\sigma_1")
    p: tuple = (r"\mu_2", r"\sigma_2")

    def moments(self, letter: str) -> tuple[Array, Array]:
        """Mean and standard deviation of q or p, (settings,) each."""
        pair = self.q if letter == "q" else self.p
        mean, std = (self.names[v] if isinstance(v, str) else np.full(self.count, v) for v in pair)
        return mean, std

    def parameters(self, density: Density) -> tuple[Array, Array]:
        if density.given or len(density.variables) > 1:
            raise Problem(f"the density {density.letter} has one variable here", density.position)
        mean, std = self.moments(density.letter)
        return mean, std**2

    def grid(self, variable: str, position: int) -> tuple[Array, Array]:
        standard = np.zeros(self.count), np.ones(self.count)  # for substitutions
        moments = [self.moments("q"), self.moments("p"), standard]
        low = np.min([mean - TAILS * std for mean, std in moments], axis=0)
        high = np.max([mean + TAILS * std for mean, std in moments], axis=0)
        narrowest = np.min([std for _, std in moments], axis=0)
        n = int(np.ceil(np.max((high - low) / narrowest) * STEPS_PER_DEVIATION)) + 1
        points = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, n)
        return points, np.repeat((high - low)[:, None] / (n - 1), n, axis=1)

    def log_density(self, density: Density, points: dict[str, Array]) -> Array:
        mean, variance = self.parameters(density)
        variable = density.variables[0] if density.variables else self.variable
        if variable not in points:
            raise Problem(
                f"the variable {variable} is known only inside an integral or an expectation",
                density.position,
            )
        x = points[variable]
        wide = (slice(None),) + (None,) * (x.ndim - 1)
        return log_normal(x, mean[wide], variance[wide])


def log_normal(x: Array, mean: Array, variance: Array) -> Array:
    """log N(x; mean, variance)."""
    return -0.5 * np.log(2 * np.pi * variance) - (x - mean) ** 2 / (2 * variance)


@dataclass(frozen=True)
class DiagonalNormal(Settings):
    r"""q = N(\mu, \Sigma) with Sigma = diag(sigma_i^2), p = N(0, I), in k dimensions."""

    def parameters(self, density: Density) -> tuple[Array, Array]:
        if density.variables or density.given:
            raise Problem("this derivation has no densities of a variable", density.position)
        if density.letter == "q":
            return self.names[r"\mu"], self.names[r"\Sigma"]
        return np.zeros_like(self.names[r"\mu"]), self.names["I"]


@dataclass(frozen=True)
class DiscreteLatent(Settings):
    """A latent z with n values and one fixed x: prior, likelihood and q as tables (s, n)."""

    prior: Array = field(kw_only=True)
    likelihood: Array = field(kw_only=True)
    q: Array = field(kw_only=True)

    @property
    def joint(self) -> Array:
        return self.prior * self.likelihood

    @property
    def evidence(self) -> Array:
        return self.joint.sum(axis=1, keepdims=True)

    @property
    def count(self) -> int:
        return len(self.prior)

    def grid(self, variable: str, position: int) -> tuple[Array, Array]:
        if variable.rstrip("'") != "z":
            raise Problem(DISCRETE_X, position)
        n = self.prior.shape[1]
        return np.tile(np.arange(n), (self.count, 1)), np.ones((self.count, n))

    def table(self, density: Density) -> Array:
        """The values of a density over z, (s, n); (s, 1) if it does not depend on z."""
        letter = density.letter
        of, given = (
            frozenset("z" if v.rstrip("'") == "z" else v for v in part)
            for part in (density.variables, density.given)
        )
        known = {
            ("q", frozenset("z"), frozenset()): self.q,
            ("q", frozenset("z"), frozenset("x")): self.q,
            ("p", frozenset("xz"), frozenset()): self.joint,
            ("p", frozenset("x"), frozenset("z")): self.likelihood,
            ("p", frozenset("z"), frozenset()): self.prior,
            ("p", frozenset("x"), frozenset()): self.evidence,
            ("p", frozenset("z"), frozenset("x")): self.joint / self.evidence,
        }
        if letter == "q" and not (of or given):
            return self.q
        once = len(of) + len(given) == len(density.variables) + len(density.given)
        if not once or (letter, of, given) not in known:
            raise Problem(
                "the densities here are p(x, z), p(x | z), p(z), p(x), p(z | x), q(z) and q(z | x)",
                density.position,
            )
        return known[letter, of, given]

    def log_density(self, density: Density, points: dict[str, Array]) -> Array:
        table = np.log(self.table(density))
        latent = [v for v in (*density.variables, *density.given) if v.rstrip("'") == "z"]
        if not (density.variables or density.given):
            latent = ["z"]
        if not latent:
            shape = next(iter(points.values())).ndim if points else AXES
            return table.reshape(self.count, *(1,) * (shape - 1))
        if latent[0] not in points:
            raise Problem(
                f"the variable {latent[0]} is known only inside an integral or an expectation",
                density.position,
            )
        index = points[latent[0]]
        return np.take_along_axis(
            table.reshape(self.count, -1), index.reshape(self.count, -1).astype(int), axis=1
        ).reshape(index.shape)

    def elbo(self) -> Array:
        return np.sum(self.q * (np.log(self.joint) - np.log(self.q)), axis=1)

    def divergence_table(self, density: Density) -> Array:
        table = self.table(density)
        if density.variables and {v.rstrip("'") for v in density.variables} != {"z"}:
            raise Problem("this is not a distribution of z", density.position)
        return table

    def describe(self, setting: int, used: set[str]) -> dict[str, str]:
        tables = {"p(z)": self.prior, r"p(x \mid z)": self.likelihood, "q(z)": self.q}
        n = self.prior.shape[1]
        values = rf"z = {', '.join(str(i + 1) for i in range(n))}"
        return {f"{name}": f"{_listed(table[setting])}" for name, table in tables.items()} | {
            "": values
        }


# --- random settings


class Draw(Protocol):
    """Draws at least `count` settings, in groups: one for each dimension, for example."""

    def __call__(
        self, generator: np.random.Generator, count: int = SETTINGS
    ) -> Sequence[Settings]: ...


def two_normals(generator: np.random.Generator, count: int = SETTINGS) -> list[Normals]:
    r"""q = N(\mu_1, \sigma_1^2) and p = N(\mu_2, \sigma_2^2); deviations differ up to fourfold."""
    names = {
        r"\mu_1": _between(generator, -1, 1, count),
        r"\sigma_1": _between(generator, 0.5, 2, count),
        r"\mu_2": _between(generator, -1, 1, count),
        r"\sigma_2": _between(generator, 0.5, 2, count),
    }
    return [Normals(names, tuple((name,) for name in names), "x")]


def normal_and_standard(generator: np.random.Generator, count: int = SETTINGS) -> list[Normals]:
    r"""q = N(\mu, \sigma^2) and p = N(0, 1), also by the names of the general formula."""
    mean, std = _between(generator, -1, 1, count), _between(generator, 0.5, 2, count)
    names = {
        r"\mu": mean,
        r"\sigma": std,
        r"\mu_1": mean,
        r"\sigma_1": std,
        r"\mu_2": np.zeros(count),
        r"\sigma_2": np.ones(count),
    }
    shown = ((r"\mu", r"\mu_1"), (r"\sigma", r"\sigma_1"))
    return [Normals(names, shown, "x", q=(r"\mu", r"\sigma"), p=(0.0, 1.0))]


def diagonal_normal(generator: np.random.Generator, count: int = SETTINGS) -> list[DiagonalNormal]:
    """In two dimensions and in two other numbers of them; some covariances are nearly singular."""
    found = []
    for k in (2, *generator.choice(np.arange(3, 10), 2, replace=False)):
        n = -(-count // 3)
        mean, std = _between(generator, -2, 2, (n, k)), _between(generator, 0.5, 2, (n, k))
        std[: n // 4, 0] = _between(generator, 0.01, 0.05, n // 4)
        identity = np.broadcast_to(np.eye(k), (n, k, k))
        names = {
            r"\mu": mean[..., None],
            r"\Sigma": std[..., None] ** 2 * np.eye(k),
            r"\sigma": std[..., None],
            "I": identity,
            "I_k": identity,
            "k": np.full(n, float(k)),
        }
        elements = {r"\mu": mean, r"\sigma": std}
        shown = (("k",), (r"\mu",), (r"\sigma",))
        found.append(DiagonalNormal(names, shown, elements=elements, dimension=int(k)))
    return found


def discrete_latent(generator: np.random.Generator, count: int = SETTINGS) -> list[DiscreteLatent]:
    """Any discrete joint model: tables of p(z), p(x | z) and q(z | x) for three and five z."""
    found = []
    for n in (3, 5):
        half = -(-count // 2)
        prior = _distribution(generator, half, n)
        likelihood = _between(generator, 0.05, 0.95, (half, n))
        q = _distribution(generator, half, n)
        found.append(DiscreteLatent({}, (), "z", prior=prior, likelihood=likelihood, q=q))
    return found


def _between(
    generator: np.random.Generator, low: float, high: float, shape: int | tuple[int, ...]
) -> Array:
    """Uniform numbers with two decimals; none is 0, and hardly any two are equal."""
    drawn = np.round(generator.uniform(low, high, shape), 2)
    return np.where(drawn == 0, high / 10, drawn)


def _distribution(generator: np.random.Generator, count: int, n: int) -> Array:
    """Distributions in hundredths, every entry at least 0.03."""
    drawn = [
        generator.multinomial(100 - 3 * n, row) for row in generator.dirichlet(np.ones(n), count)
    ]
    return (np.array(drawn) + 3) / 100


def _decimal(value: float) -> str:
    return f"{value:.4g}"


def _listed(values: Array) -> str:
    return f"({', '.join(_decimal(v) for v in np.ravel(values))})"
