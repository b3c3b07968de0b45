"""The settings at which a derivation's lines are compared: random parameters, all at once.

A setting gives each name of the derivation a value. Array are drawn with two decimals, so that a
counterexample can be read and checked by hand. Arrays hold one entry per setting along their first
axis; `evaluation` puts the axes of bound variables behind it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from math import comb
from typing import Any, ClassVar, Protocol

import numpy as np

from derivations.evaluator.arrays import AXES, Array
from derivations.expressions import Density, Expectation, Name, Node, Problem, Variance, walk

SETTINGS = 24
TAILS = 8.0  # standard deviations an integration grid reaches to: the rest weighs 1e-15
STEPS_PER_DEVIATION = 2.2  # the trapezoidal rule is then right to 1e-30 for a normal density
NO_INTEGRALS = "this derivation has no integrals or expectations"
NOISE = (r"\varepsilon", r"\epsilon", r"\xi", r"\eta")  # names of what N(0, 1) draws
LABELS_OF_A_NORMAL = (
    r"\mu",
    *(rf"\mu,{space}\sigma{power}" for space in ("", " ") for power in ("", "^2")),
)
# What a gradient is by where its name is left open; "" is one that is not written.
OPEN_PARAMETERS = ("", r"\theta", r"\phi", r"\varphi", r"\psi", r"\lambda", r"\vartheta")
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
    letters: ClassVar[Collection[str]] = ("p", "q")  # of the densities, with their labels
    sums: ClassVar[bool] = False  # whether the variable takes a few values only
    parameter: ClassVar[str | None] = None  # what gradients are by; None where there are none

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

    def usual_variable(self, node: Expectation | Variance) -> str | None:
        """What an expectation that names no variable runs over."""
        return self.variable

    def weight(self, node: Expectation | Variance, variable: str) -> Node:
        """The distribution under which an expectation is taken; q where it names none."""
        return node.distribution or Density(node.position, "q")

    def parameter_of(self, name: str) -> str:
        """The name that a derivative is by, however it is written."""
        return name

    def sample(self, points: dict[str, Array]) -> Array | None:
        """The usual variable as a function of bound noise; None if there is no such noise."""
        return None

    def function(self, name: str, argument: Array, order: int) -> Array | None:
        """A derivative of a function at an argument; None if there is no such function."""
        return None

    def derivative_order(self, name: str) -> int | None:
        """How many primes a function without an argument has; None for any other name."""
        return None

    def elbo(self) -> Array | None:
        """The evidence lower bound, (settings,); None if the derivation has none."""
        return None

    def best_discriminator(self) -> Array | None:
        """The best answers of a discriminator, (settings, n); None if the derivation has none."""
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


@dataclass(frozen=True)
class NormalSample(Normals):
    r"""A sample x = \mu + \sigma \varepsilon of q, its noise from N(0, 1), and any smooth f.

    A density of noise is the standard normal one, and any other density that of the sample, with
    whichever letter: some write p for that of x and q for that of the noise, as sheet 3 does.
    f(x) = (a + b x + c x^2) sin(w x + d); coefficients: (s, 5), the numbers a, b, c, w, d.
    """

    coefficients: Array = field(kw_only=True)

    letters: ClassVar = tuple(
        letter + label
        for letter in "pq"
        for label in ("", "_x", "_0", *(f"_{name}" for name in (*NOISE, *LABELS_OF_A_NORMAL)))
    )
    parameter: ClassVar = r"\mu"

    def parameters(self, density: Density) -> tuple[Array, Array]:
        if density.given or len(density.variables) > 1:
            raise Problem(f"the density {density.letter} has one variable here", density.position)
        of_noise = density.variables and density.variables[0].rstrip("'") in NOISE
        mean, std = self.moments("p" if of_noise else "q")
        return mean, std**2

    def usual_variable(self, node: Expectation | Variance) -> str | None:
        """The noise, where it stands in the expectation."""
        names = [part.key for part in walk(node.body) if isinstance(part, Name)]
        return next((name for name in names if name in NOISE), self.variable)

    def weight(self, node: Expectation | Variance, variable: str) -> Node:
        distribution = super().weight(node, variable)
        if isinstance(distribution, Density) and not distribution.variables:
            return replace(distribution, variables=(variable,))
        return distribution

    def parameter_of(self, name: str) -> str:
        return self.parameter if name in OPEN_PARAMETERS else name

    def sample(self, points: dict[str, Array]) -> Array | None:
        noise = next((points[name] for name in NOISE if name in points), None)
        return None if noise is None else self.function("g", noise, 0)

    def function(self, name: str, argument: Array, order: int) -> Array | None:
        r"""A derivative of f, or of the map g from noise to the sample."""
        wide = (slice(None),) + (None,) * (argument.ndim - 1)
        if name == "g":
            mean, std = self.moments("q")
            if order:
                return (std if order == 1 else 0 * std)[wide]
            return mean[wide] + std[wide] * argument
        a, b, c, w, d = (column[wide] for column in self.coefficients.T)
        polynomial = (a + b * argument + c * argument**2, b + 2 * c * argument, 2 * c)
        terms = (
            comb(order, k)
            * w ** (order - k)
            * np.sin(w * argument + d + (order - k) * np.pi / 2)
            * polynomial[k]
            for k in range(min(order, 2) + 1)
        )
        return sum(terms, np.zeros_like(argument))

    def derivative_order(self, name: str) -> int | None:
        return name.count("'") if name.rstrip("'") == "f" else None

    def describe(self, setting: int, used: set[str]) -> dict[str, str]:
        a, b, c, w, d = map(_decimal, self.coefficients[setting])
        f = rf"({a} + {b} x + {c} x^2) \sin({w} x + {d})".replace("+ -", "- ")
        return super().describe(setting, used) | {"f(x)": f}


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
    sums: ClassVar = True

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
        if not _is_code(variable):
            raise Problem(DISCRETE_X, position)
        n = self.prior.shape[1]
        return np.tile(np.arange(n), (self.count, 1)), np.ones((self.count, n))

    def table(self, density: Density) -> Array:
        """The values of a density over z, (s, n); (s, 1) if it does not depend on z."""
        letter = density.letter
        of, given = (
            frozenset("z" if _is_code(v) else v for v in part)
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
        latent = [v for v in (*density.variables, *density.given) if _is_code(v)]
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
        return looked_up(table, points[latent[0]])

    def elbo(self) -> Array:
        return np.sum(self.q * (np.log(self.joint) - np.log(self.q)), axis=1)

    def divergence_table(self, density: Density) -> Array:
        table = self.table(density)
        if density.variables and not all(map(_is_code, density.variables)):
            raise Problem("this is not a distribution of z", density.position)
        return table

    def describe(self, setting: int, used: set[str]) -> dict[str, str]:
        tables = {"p(z)": self.prior, r"p(x \mid z)": self.likelihood, "q(z)": self.q}
        n = self.prior.shape[1]
        values = rf"z = {', '.join(str(i + 1) for i in range(n))}"
        return {f"{name}": f"{_listed(table[setting])}" for name, table in tables.items()} | {
            "": values
        }


def _is_code(variable: str) -> bool:
    """Whether this is the latent variable, primed or numbered."""
    return variable.rstrip("'").partition("_")[0] == "z"


@dataclass(frozen=True)
class ManyCodes(DiscreteLatent):
    """A discrete joint model, and k independent codes z_1, ..., z_k from q; k is `dimension`.

    An expectation without a variable is one over all of them, and z is the first.
    """

    def outcomes(self) -> Array:
        """The values of the codes at each of their joint outcomes, (n^k, k)."""
        n, k = self.q.shape[1], self.dimension or 1
        return np.stack(np.meshgrid(*[np.arange(n)] * k, indexing="ij"), -1).reshape(-1, k)


def looked_up(table: Array, index: Array) -> Array:
    """The entries of a table (settings, n) at an index with any axes behind the settings."""
    rows = index.reshape(len(table), -1).astype(int)
    return np.take_along_axis(table, rows, axis=1).reshape(index.shape)


@dataclass(frozen=True)
class DataAndModel(Settings):
    """The distributions of data and model over n outcomes x, as tables (s, n).

    z is noise whose outcome is turned into that of the model: an expectation over it is one under
    the model's distribution.
    """

    data: Array = field(kw_only=True)
    model: Array = field(kw_only=True)

    DATA: ClassVar = ("p_data", "p_d", "p_{data}", "p_r")
    MODEL: ClassVar = ("p_model", "p_g", "p_G", "p_m", "p_z")
    letters: ClassVar = (*DATA, *MODEL)
    sums: ClassVar = True

    def grid(self, variable: str, position: int) -> tuple[Array, Array]:
        if variable.rstrip("'") not in ("x", "z"):
            raise Problem("integrals and expectations run over x or z here", position)
        n = self.data.shape[1]
        return np.tile(np.arange(n), (self.count, 1)), np.ones((self.count, n))

    def divergence_table(self, density: Density) -> Array:
        if density.letter not in self.letters:
            words = r"the distributions here are p_{data} and p_{model}"
            raise Problem(words, density.position)
        variable = {"z"} if density.letter == "p_z" else {"x"}
        if density.given or set(density.variables) - variable:
            raise Problem(f"this is not the density {density.letter} here", density.position)
        return self.data if density.letter in self.DATA else self.model

    def log_density(self, density: Density, points: dict[str, Array]) -> Array:
        table = self.divergence_table(density)
        usual = "z" if density.letter == "p_z" else "x"
        variable = density.variables[0] if density.variables else usual
        if variable not in points:
            words = f"the variable {variable} is known only inside an integral or an expectation"
            raise Problem(words, density.position)
        return np.log(looked_up(table, points[variable]))

    def best_discriminator(self) -> Array:
        return self.data / (self.data + self.model)

    def describe(self, setting: int, used: set[str]) -> dict[str, str]:
        tables = {r"p_{\mathrm{data}}": self.data, r"p_{\mathrm{model}}": self.model}
        return {name: _listed(table[setting]) for name, table in tables.items()}


@dataclass(frozen=True)
class CouplingLayer(Settings):
    """A coupling layer at one x: its halves pass, and are scaled and shifted.

    p(x) is the density of x, p_z that of z, the standard normal one.
    """

    letters: ClassVar = ("p", "p_x", "p_X", "p_z", "p_Z")

    def log_density(self, density: Density, points: dict[str, Array]) -> Array:
        variables = density.variables or (("z",) if density.letter in ("p_z", "p_Z") else ())
        of_x = density.letter in ("p", "p_x", "p_X") and variables == ("x",)
        if density.given or not (
            of_x or (density.letter != "p_x" and variables in (("z",), ("x",)))
        ):
            raise Problem("the densities here are p(x) and p_z(z)", density.position)
        values = self.names["log p(x)"] if of_x else self.base(self.names[variables[0]][..., 0])
        return values.reshape(-1, *(1,) * (AXES - 1))

    @staticmethod
    def base(z: Array) -> Array:
        """The log-density of the standard normal distribution, (s, d) to (s,)."""
        return log_normal(z, np.zeros(1), np.ones(1)).sum(axis=-1)

    def describe(self, setting: int, used: set[str]) -> dict[str, str]:
        return {name: _listed(self.names[name][setting]) for name in ("x_A", "x_B", "s", "t")}


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


def normal_sample(generator: np.random.Generator, count: int = SETTINGS) -> list[NormalSample]:
    r"""q = N(\mu, \sigma^2), noise of its own, and a function f that is another one each time."""
    names = {
        r"\mu": _between(generator, -1, 1, count),
        r"\sigma": _between(generator, 0.5, 2, count),
    }
    coefficients = _between(generator, -2, 2, (count, 5))
    coefficients[:, 3] = _between(generator, 0.5, 1.5, count)
    return [
        NormalSample(
            names,
            tuple((name,) for name in names),
            "x",
            q=(r"\mu", r"\sigma"),
            p=(0.0, 1.0),
            coefficients=coefficients,
        )
    ]


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


def many_codes(generator: np.random.Generator, count: int = SETTINGS) -> list[ManyCodes]:
    """Any discrete joint model: two and three codes that take three and two values."""
    found = []
    for n, k in ((3, 2), (2, 3)):
        half = -(-count // 2)
        prior, q = _distribution(generator, half, n), _distribution(generator, half, n)
        likelihood = _between(generator, 0.05, 0.95, (half, n))
        names = {"k": np.full(half, float(k))}
        given = ManyCodes(names, (), "z", prior=prior, likelihood=likelihood, q=q, dimension=k)
        found.append(given)
    return found


def data_and_model(generator: np.random.Generator, count: int = SETTINGS) -> list[DataAndModel]:
    """Any two distributions over three and over five outcomes."""
    found = []
    for n in (3, 5):
        half = -(-count // 2)
        data, model = _distribution(generator, half, n), _distribution(generator, half, n)
        best = data / (data + model)
        value = np.sum(data * np.log(best) + model * np.log1p(-best), axis=1)
        found.append(DataAndModel({"V": value}, (), "x", data=data, model=model))
    return found


def coupling_layer(generator: np.random.Generator, count: int = SETTINGS) -> list[CouplingLayer]:
    """Layers whose halves have two entries each, and as many as three or four."""
    found = []
    for k in (2, int(generator.integers(3, 5))):
        n = -(-count // 2)
        passed, changed, scale, shift = (_between(generator, -1, 1, (n, k)) for _ in range(4))
        across = _between(generator, -1, 1, (n, k, k))
        moved = changed * np.exp(scale) + shift
        stretch = np.exp(scale)[..., None] * np.eye(k)
        identity, nothing = np.broadcast_to(np.eye(k), (n, k, k)), np.zeros((n, k, k))
        whole = np.block([[identity, nothing], [across, stretch]])
        x, z = np.concatenate([passed, changed], -1), np.concatenate([passed, moved], -1)
        columns = {"x": x, "z": z, "x_A": passed, "x_B": changed, "z_A": passed, "z_B": moved}
        names = {name: values[..., None] for name, values in columns.items()}
        names |= {"s": scale[..., None], "t": shift[..., None], "I": identity}
        names |= {"k": np.full(n, float(k)), "d": np.full(n, 2.0 * k)}
        names |= _derivatives(whole, "z", "x") | _derivatives(np.linalg.inv(whole), "x", "z")
        names |= {"J": whole, "log p(x)": CouplingLayer.base(z) + scale.sum(-1)}
        found.append(CouplingLayer(names, (), elements={"s": scale, "t": shift}, dimension=k))
    return found


def _derivatives(whole: Array, upper: str, lower: str) -> dict[str, Array]:
    """A Jacobian matrix and its four blocks, by the names of the vectors."""
    k = whole.shape[-1] // 2
    halves = {"A": slice(0, k), "B": slice(k, None)}
    blocks = {
        f"{upper}_{row} by {lower}_{column}": whole[:, halves[row], halves[column]]
        for row in halves
        for column in halves
    }
    return blocks | {f"{upper} by {lower}": whole}


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
