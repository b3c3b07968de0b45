"""Right solutions in unusual styles, one function each: `<item>__<style>`.

The judge takes them all. Each keeps the whole contract, bad input included, each in its own way.
"""
# ruff: noqa: E501 (derivations are typed as students type them)

import math
import statistics
from fractions import Fraction
from functools import reduce

import numpy as np
import scipy.linalg
import scipy.special
import scipy.stats
import torch
from torch import distributions as td

# ── kl_discrete ──────────────────────────────────────────────────────────────────────────────


def kl_discrete__python_loops(q, p):
    """Loops over rows and entries, in Python floats."""
    shape = np.broadcast_shapes(np.shape(q)[:-1], np.shape(p)[:-1])
    if np.shape(q)[-1] != np.shape(p)[-1]:
        raise ValueError("different numbers of outcomes")
    q = np.broadcast_to(q, (*shape, np.shape(q)[-1]))
    p = np.broadcast_to(p, (*shape, np.shape(p)[-1]))
    result = np.empty(shape)
    for index in np.ndindex(*shape):
        result[index] = _kl_of_two_lists(q[index].tolist(), p[index].tolist())
    return result


def _kl_of_two_lists(q, p):
    for name, row in (("q", q), ("p", p)):
        if min(row) < 0:
            raise ValueError(f"{name} has a negative entry")
        if abs(math.fsum(row) - 1) > 1e-6:
            raise ValueError(f"{name} does not sum to 1")
    total = 0.0
    for a, b in zip(q, p, strict=True):
        if a > 0 and b == 0:
            return math.inf
        if a > 0:
            total += a * math.log(a / b)
    return total


def _refuse_bad_distributions(q, p):
    if q.shape[-1] != p.shape[-1]:
        raise ValueError("last axes differ")
    if (q < 0).any() or (p < 0).any():
        raise ValueError("negative probability")
    if (abs(q.sum(-1) - 1) > 1e-6).any() or (abs(p.sum(-1) - 1) > 1e-6).any():
        raise ValueError("a row does not sum to 1")


def kl_discrete__scipy_rel_entr(q, p):
    """scipy.special.rel_entr."""
    _refuse_bad_distributions(q, p)
    return scipy.special.rel_entr(q, p).sum(axis=-1)


def kl_discrete__scipy_kl_div(q, p):
    """scipy.special.kl_div, whose extra terms cancel in the sum."""
    _refuse_bad_distributions(q, p)
    return np.sum(scipy.special.kl_div(q, p), axis=-1)


def kl_discrete__scipy_entropy(q, p):
    """scipy.stats.entropy of two arguments."""
    _refuse_bad_distributions(q, p)
    return scipy.stats.entropy(*np.broadcast_arrays(q, p), axis=-1)


def kl_discrete__cross_entropy_less_entropy(q, p):
    """Cross-entropy less entropy, with xlogy for the zeros."""
    _refuse_bad_distributions(q, p)
    xlogy = scipy.special.xlogy
    return np.sum(xlogy(q, q), axis=-1) - np.sum(xlogy(q, p), axis=-1)


def kl_discrete__where(q, p):
    """np.where around a formula that may divide by zero, with the warnings silenced."""
    _refuse_bad_distributions(q, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(q > 0, q * (np.log(q) - np.log(p)), 0.0).sum(-1)


def kl_discrete__masked_logarithm(q, p):
    """Ufuncs with `where=` and `out=`, and inf put in afterwards."""
    _refuse_bad_distributions(q, p)
    q, p = np.broadcast_arrays(q, p)
    both = (q > 0) & (p > 0)
    ratio = np.divide(q, p, where=both, out=np.ones(q.shape))
    total = np.einsum("...k,...k->...", q, np.log(ratio))
    return np.where(np.any((q > 0) & (p == 0), axis=-1), np.inf, total)


def kl_discrete__torch_categorical(q, p):
    """torch.distributions.kl_divergence of two Categoricals."""
    _refuse_bad_distributions(q, p)
    both = [td.Categorical(probs=torch.tensor(a, dtype=torch.float64)) for a in (q, p)]
    shape = np.broadcast_shapes(*(tuple(d.batch_shape) for d in both))
    return td.kl_divergence(*(d.expand(shape) for d in both)).numpy()


def kl_discrete__vectorized(q, p):
    """np.vectorize over rows with a signature."""
    _refuse_bad_distributions(q, p)
    return np.vectorize(_kl_of_two_lists_of, signature="(k),(k)->()")(q, p)


def _kl_of_two_lists_of(q, p):
    terms = (a * math.log(a / b) if b else math.inf for a, b in zip(q, p, strict=True) if a)
    return sum(terms)


def kl_discrete__recursive(q, p):
    """Recursion over the leading axes."""
    if q.ndim == p.ndim == 1:
        return np.float64(_kl_of_two_lists(list(q), list(p)) if len(q) == len(p) else _fail())
    shape = np.broadcast_shapes(q.shape[:-1], p.shape[:-1])
    q = np.broadcast_to(q, shape + q.shape[-1:])
    p = np.broadcast_to(p, shape + p.shape[-1:])
    return np.stack([kl_discrete__recursive(a, b) for a, b in zip(q, p, strict=True)])


def _fail():
    raise ValueError("q and p differ in length")


def kl_discrete__float32(q, p):
    """Everything but the checks in float32."""
    _refuse_bad_distributions(np.asarray(q, np.float64), np.asarray(p, np.float64))
    q, p = np.broadcast_arrays(np.float32(q), np.float32(p))
    terms = np.zeros(q.shape, np.float32)
    terms[q > 0] = q[q > 0] * np.log(q[q > 0])
    with np.errstate(divide="ignore"):
        terms[q > 0] -= q[q > 0] * np.log(p[q > 0])
    return terms.sum(axis=-1)


# ── asymmetric_pair ──────────────────────────────────────────────────────────────────────────


def asymmetric_pair__plain_lists():
    """A tuple of two lists."""
    return [0.1, 0.9], [0.5, 0.5]


def asymmetric_pair__one_array():
    """One array of two rows."""
    return np.array([[0.8, 0.1, 0.1], [0.1, 0.3, 0.6]])


def asymmetric_pair__list_of_tuples():
    """A list of two tuples, with a tiny probability."""
    return [(1 - 1e-9, 1e-9), (0.5, 0.5)]


def asymmetric_pair__random():
    """Many outcomes, drawn at random."""
    generator = np.random.default_rng(0)
    weights = generator.exponential(size=(2, 50)) ** [[1], [3]] + 1e-3
    return tuple(weights / weights.sum(axis=1, keepdims=True))


def asymmetric_pair__float32():
    """float32, from softmax."""
    logits = np.array([[3, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]], np.float32)
    q, p = scipy.special.softmax(logits, axis=1)
    return q, p


def asymmetric_pair__torch():
    """torch tensors."""
    return torch.tensor([0.05, 0.95]), torch.tensor([0.6, 0.4])


def asymmetric_pair__fractions():
    """Exact fractions."""
    return [Fraction(1, 10), Fraction(9, 10)], [Fraction(1, 2), Fraction(1, 2)]


def asymmetric_pair__mapped():
    """A list built by a comprehension over weights."""
    return [np.array(w) / sum(w) for w in ([1, 1, 98], [1, 1, 1])]


# ── kl_normal ────────────────────────────────────────────────────────────────────────────────


def kl_normal__with_variances(mean_q, std_q, mean_p, std_p):
    """In terms of the variances."""
    if not (np.all(np.greater(std_q, 0)) and np.all(np.greater(std_p, 0))):
        raise ValueError("standard deviations must be positive")
    var_q, var_p = np.square(std_q), np.square(std_p)
    ratio = var_q / var_p
    return (ratio - np.log(ratio) - 1 + np.subtract(mean_q, mean_p) ** 2 / var_p) / 2


def kl_normal__loops(mean_q, std_q, mean_p, std_p):
    """A loop over np.broadcast, in Python floats."""
    entries = np.broadcast(mean_q, std_q, mean_p, std_p)
    values = [_kl_of_two_normals(*map(float, entry)) for entry in entries]
    return np.reshape(values, entries.shape)


def _kl_of_two_normals(m, s, n, t):
    if s <= 0 or t <= 0:
        raise ValueError("standard deviations must be positive")
    return math.log(t) - math.log(s) + ((s / t) ** 2 + ((m - n) / t) ** 2 - 1) / 2


def kl_normal__vectorize(mean_q, std_q, mean_p, std_p):
    """np.vectorize of a function of numbers."""
    return np.vectorize(_kl_of_two_normals, otypes=[float])(mean_q, std_q, mean_p, std_p)


def kl_normal__torch(mean_q, std_q, mean_p, std_p):
    """torch.distributions, whose own validation is a ValueError."""
    tensors = [torch.as_tensor(a, dtype=torch.float64) for a in (mean_q, std_q, mean_p, std_p)]
    q, p = td.Normal(*tensors[:2]), td.Normal(*tensors[2:])
    return td.kl_divergence(q, p).numpy()


def kl_normal__expm1(mean_q, std_q, mean_p, std_p):
    """expm1 of the log ratio, exact for nearly equal normals."""
    for std in (std_q, std_p):
        if np.min(std) <= 0:
            raise ValueError("a standard deviation is not positive")
    log_ratio = 2 * (np.log(std_q) - np.log(std_p))
    distance = (np.asarray(mean_q) - mean_p) / std_p
    return 0.5 * (np.expm1(log_ratio) - log_ratio + distance * distance)


def kl_normal__float32(mean_q, std_q, mean_p, std_p):
    """Everything in float32."""
    m, s, n, t = (np.asarray(a, np.float32) for a in (mean_q, std_q, mean_p, std_p))
    if np.any(s <= 0) or np.any(t <= 0):
        raise ValueError("std <= 0")
    return np.log(t / s) + np.float32(0.5) * ((s / t) ** 2 + ((m - n) / t) ** 2 - 1)


def kl_normal__quadrature(mean_q, std_q, mean_p, std_p):
    """Gauss–Hermite quadrature of the definition."""
    m, s, n, t = np.broadcast_arrays(mean_q, std_q, mean_p, std_p)
    if (s <= 0).any() or (t <= 0).any():
        raise ValueError("std <= 0")
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    x = m[..., None] + s[..., None] * nodes
    log_ratio = scipy.stats.norm.logpdf(x, m[..., None], s[..., None])
    log_ratio = log_ratio - scipy.stats.norm.logpdf(x, n[..., None], t[..., None])
    return log_ratio @ (weights / weights.sum())


# ── kl_standard_normal ───────────────────────────────────────────────────────────────────────


def kl_standard_normal__seed_formula(mean, std):
    """The formula with one factor in front."""
    return -0.5 * (1 + np.log(np.square(std)) - np.square(mean) - np.square(std))


def kl_standard_normal__loops(mean, std):
    """A list comprehension over the entries."""
    flat = zip(np.ravel(mean).tolist(), np.ravel(std).tolist(), strict=True)
    values = [(m * m + s * s - 1) / 2 - math.log(s) for m, s in flat]
    return np.array(values).reshape(np.shape(mean))


def kl_standard_normal__torch(mean, std):
    """torch.distributions."""
    q = td.Normal(torch.as_tensor(mean).double(), torch.as_tensor(std).double())
    return td.kl_divergence(q, td.Normal(0.0, 1.0)).numpy()


def kl_standard_normal__float32(mean, std):
    """Everything in float32."""
    mean, std = np.float32(mean), np.float32(std)
    return (mean**2 + std**2 - 1) / 2 - np.log(std)


def kl_standard_normal__entropies(mean, std):
    """Cross-entropy less entropy, from scipy.stats."""
    second_moment = np.asarray(mean) ** 2 + np.asarray(std) ** 2
    return 0.5 * np.log(2 * np.pi) + second_moment / 2 - scipy.stats.norm.entropy(mean, std)


def kl_standard_normal__reduce(mean, std):
    """A fold over the terms."""
    terms = (np.multiply(mean, mean), np.multiply(std, std), -2 * np.log(std), -1)
    return reduce(np.add, terms) / 2


# ── kl_mvn ───────────────────────────────────────────────────────────────────────────────────


def _refuse_bad_normals(mean_q, cov_q, mean_p, cov_p):
    """One by one, with a Cholesky factorisation for definiteness."""
    k = len(mean_q)
    if mean_q.shape != (k,) or mean_p.shape != (k,):
        raise ValueError("means")
    for cov in (cov_q, cov_p):
        if cov.shape != (k, k):
            raise ValueError("covariances")
        if (np.diagonal(cov) <= 0).any():
            raise ValueError("a variance is not positive")
        deviation = np.sqrt(np.diagonal(cov))
        if (np.abs(cov - cov.T) / deviation / deviation[:, None] > 1e-8).any():
            raise ValueError("not symmetric")
        np.linalg.cholesky(cov)  # a LinAlgError is a ValueError


def kl_mvn__inverse_and_slogdet(mean_q, cov_q, mean_p, cov_p):
    """The textbook formula with an explicit inverse and slogdet."""
    _refuse_bad_normals(mean_q, cov_q, mean_p, cov_p)
    inverse = np.linalg.inv(cov_p)
    difference = mean_p - mean_q
    trace = np.einsum("ij,ji->", inverse, cov_q)
    logs = np.linalg.slogdet(cov_p).logabsdet - np.linalg.slogdet(cov_q).logabsdet
    return 0.5 * (trace + difference @ inverse @ difference - len(mean_q) + logs)


def kl_mvn__solve(mean_q, cov_q, mean_p, cov_p):
    """np.linalg.solve for both terms at once."""
    _refuse_bad_normals(mean_q, cov_q, mean_p, cov_p)
    difference = (mean_p - mean_q)[:, None]
    solved = np.linalg.solve(cov_p, cov_q + difference * difference.T)
    sign, log_q = np.linalg.slogdet(cov_q)
    sign, log_p = np.linalg.slogdet(cov_p)
    return np.asarray((np.trace(solved) - mean_q.size + log_p - log_q) / 2)


def kl_mvn__cho_solve(mean_q, cov_q, mean_p, cov_p):
    """scipy's Cholesky solver."""
    _refuse_bad_normals(mean_q, cov_q, mean_p, cov_p)
    factor = scipy.linalg.cho_factor(cov_p, lower=True)
    lower_q = scipy.linalg.cholesky(cov_q, lower=True)
    difference = mean_q - mean_p
    trace = np.sum(scipy.linalg.cho_solve(factor, cov_q).diagonal())
    form = difference @ scipy.linalg.cho_solve(factor, difference)
    logs = np.log(factor[0].diagonal() / lower_q.diagonal()).sum()
    return float((trace + form - len(difference)) / 2 + logs)


def kl_mvn__correlations(mean_q, cov_q, mean_p, cov_p):
    """Rescaled to correlations of p, then eigenvalues, as whoever distrusts units would do."""
    if not mean_q.shape == mean_p.shape == (len(mean_q),):
        raise ValueError("means")
    scaled = []
    for cov in (cov_q, cov_p):
        if cov.shape != (len(mean_q), len(mean_q)) or not np.all(np.diag(cov) > 0):
            raise ValueError("not a covariance")
        std = np.sqrt(np.diag(cov))
        correlation = cov / np.outer(std, std)
        if np.max(np.abs(correlation - correlation.T)) > 1e-8:
            raise ValueError("not symmetric")
        if np.linalg.eigvalsh(correlation).min() < 1e-10:
            raise ValueError("not positive definite")
        scaled.append((std, correlation))
    (std_q, corr_q), (std_p, corr_p) = scaled
    relative = corr_q * np.outer(std_q / std_p, std_q / std_p)
    distance = (mean_q - mean_p) / std_p
    values, vectors = np.linalg.eigh(corr_p)
    trace = np.sum(np.einsum("ji,jk,ki->i", vectors, relative, vectors) / values)
    form = np.sum((vectors.T @ distance) ** 2 / values)
    logs = np.log(values).sum() - np.log(np.linalg.eigvalsh(corr_q)).sum()
    logs += 2 * np.sum(np.log(std_p) - np.log(std_q))
    return 0.5 * (trace + form + logs - len(distance))


def kl_mvn__torch(mean_q, cov_q, mean_p, cov_p):
    """torch.distributions after checks of its own."""
    _refuse_bad_normals(mean_q, cov_q, mean_p, cov_p)
    # The covariance constraint of torch knows no units, so the factors go in.
    tensors = [torch.tensor(np.asarray(a, float)) for a in (mean_q, cov_q, mean_p, cov_p)]
    q = td.MultivariateNormal(tensors[0], scale_tril=torch.linalg.cholesky(tensors[1]))
    p = td.MultivariateNormal(tensors[2], scale_tril=torch.linalg.cholesky(tensors[3]))
    return td.kl_divergence(q, p).item()


def kl_mvn__forward_substitution(mean_q, cov_q, mean_p, cov_p):
    """A loop over Cholesky rows: the whitened difference by forward substitution."""
    _refuse_bad_normals(mean_q, cov_q, mean_p, cov_p)
    factor_q, factor_p = np.linalg.cholesky(cov_q), np.linalg.cholesky(cov_p)
    targets = np.c_[factor_q, mean_q - mean_p]
    rows, total = np.zeros_like(targets), 0.0
    for i, diagonal in enumerate(np.diag(factor_p)):
        rows[i] = (targets[i] - factor_p[i, :i] @ rows[:i]) / diagonal
        total += (rows[i] @ rows[i] - 1) / 2 + math.log(diagonal / factor_q[i, i])
    return total


def kl_mvn__float32(mean_q, cov_q, mean_p, cov_p):
    """Everything but the checks in float32; a Cholesky factor does not mind the units."""
    _refuse_bad_normals(*(np.asarray(a, float) for a in (mean_q, cov_q, mean_p, cov_p)))
    mean_q, cov_q, mean_p, cov_p = (np.float32(a) for a in (mean_q, cov_q, mean_p, cov_p))
    lower_q, lower_p = np.linalg.cholesky(cov_q), np.linalg.cholesky(cov_p)
    both = np.hstack([lower_q, (mean_q - mean_p)[:, None]])
    white = scipy.linalg.solve_triangular(lower_p, both, lower=True)
    logs = np.log(np.diag(lower_p)).sum() - np.log(np.diag(lower_q)).sum()
    return np.float32(0.5) * ((white**2).sum() - len(mean_q)) + logs


def kl_mvn__try_except(mean_q, cov_q, mean_p, cov_p):
    """One try around all checks, then norms of whitened matrices."""
    try:
        k = mean_q.size
        shapes_fit = (mean_q + mean_p).shape == (k,) == mean_p.shape
        if not (shapes_fit and cov_q.shape == cov_p.shape == (k, k)):
            raise TypeError("shapes")
        for cov in (cov_q, cov_p):
            bound = 1e-8 * np.sqrt(np.outer(np.diag(cov), np.diag(cov)).clip(0))
            if not (np.abs(cov - cov.T) <= bound).all():
                raise TypeError("symmetry")
        factors = [np.linalg.cholesky(cov) for cov in (cov_q, cov_p)]
    except Exception as error:
        raise ValueError(f"not two normals: {error}") from error
    log_q, log_p = (np.log(factor.diagonal()).sum() for factor in factors)
    root = np.linalg.solve(factors[1], factors[0])
    distance = np.linalg.solve(factors[1], mean_p - mean_q)
    return (np.linalg.norm(root) ** 2 + np.linalg.norm(distance) ** 2 - k) / 2 + log_p - log_q


# ── kl_diagonal ──────────────────────────────────────────────────────────────────────────────


def kl_diagonal__one_line(mean, var):
    """One line of NumPy."""
    return 0.5 * (var + mean**2 - np.log(var) - 1).sum(axis=-1)


def kl_diagonal__einsum(mean, var):
    """einsum for the sums, the constant from the shape."""
    squares = np.einsum("...k,...k->...", mean, mean)
    return (squares + np.einsum("...k->...", var - np.log(var)) - mean.shape[-1]) / 2


def kl_diagonal__loops(mean, var):
    """Loops over rows and dimensions, in Python floats."""
    result = np.zeros(mean.shape[:-1])
    for index in np.ndindex(*mean.shape[:-1]):
        for m, v in zip(mean[index].tolist(), var[index].tolist(), strict=True):
            result[index] += (v + m * m - math.log(v) - 1) / 2
    return result


def kl_diagonal__torch(mean, var):
    """torch.distributions.Independent."""
    mean, std = torch.tensor(mean).double(), torch.tensor(var).double().sqrt()
    q = td.Independent(td.Normal(mean, std), 1)
    p = td.Independent(td.Normal(torch.zeros_like(mean), torch.ones_like(std)), 1)
    return td.kl_divergence(q, p).numpy()


def kl_diagonal__log1p(mean, var):
    """log1p, exact for variances near 1; not for those near 0, where it would round."""
    logs = np.where(var > 0.5, np.log1p(var - 1), np.log(var))
    terms = mean * mean + (var - 1) - logs
    return np.add.reduce(terms, axis=terms.ndim - 1) / 2


def kl_diagonal__float32(mean, var):
    """Everything in float32."""
    mean, var = mean.astype("f4"), var.astype("f4")
    return np.float32(0.5) * np.sum(mean**2 + var - np.log(var) - 1, axis=-1)


def kl_diagonal__apply_along_axis(mean, var):
    """np.apply_along_axis over mean and variance side by side."""

    def of_row(row):
        m, v = np.split(row, 2)
        return (m @ m + v.sum() - np.log(v).sum() - len(m)) / 2

    return np.apply_along_axis(of_row, -1, np.concatenate([mean, var], axis=-1))


# ── near_and_far ─────────────────────────────────────────────────────────────────────────────


def near_and_far__seed():
    """The pair of the published report."""
    return (0.12, 1.1), (8, 34)


def near_and_far__lists():
    """Lists of whole numbers and floats."""
    return [[0, 0.9], [-10, 1]]


def near_and_far__array():
    """One array, with a tiny variance far away."""
    return np.array([[0.0, 1.01], [0.0, 1e-30]])


def near_and_far__very_near():
    """So near that the divergence rounds to zero."""
    return (1e-9, 1.0), (100.0, 1.0)


def near_and_far__wide():
    """Far by its width alone, in float32."""
    return tuple(map(tuple, np.array([[-0.2, 1.2], [0.0, 70.0]], np.float32)))


def near_and_far__torch():
    """torch tensors of shape ()."""
    return tuple((torch.tensor(m), torch.tensor(v)) for m, v in ((0.1, 1.0), (9.0, 2.0)))


# ── kl_monte_carlo ───────────────────────────────────────────────────────────────────────────


def kl_monte_carlo__ddof(log_q, log_p, samples):
    """np.std with ddof."""
    terms = log_q(samples) - log_p(samples)
    return terms.mean(), terms.std(ddof=1) / np.sqrt(terms.size)


def kl_monte_carlo__scipy_sem(log_q, log_p, samples):
    """scipy.stats.sem, in an array of two."""
    terms = np.subtract(log_q(samples), log_p(samples))
    return np.array([np.average(terms), scipy.stats.sem(terms)])


def kl_monte_carlo__statistics(log_q, log_p, samples):
    """The statistics module, in a list."""
    terms = [float(a) - float(b) for a, b in zip(log_q(samples), log_p(samples), strict=True)]
    return [statistics.fmean(terms), statistics.stdev(terms) / len(terms) ** 0.5]


def kl_monte_carlo__running(log_q, log_p, samples):
    """Welford's running mean and sum of squares."""
    mean = squares = 0.0
    for count, term in enumerate((log_q(samples) - log_p(samples)).tolist(), 1):
        step = term - mean
        mean += step / count
        squares += step * (term - mean)
    return mean, math.sqrt(squares / (count - 1) / count)


def kl_monte_carlo__torch(log_q, log_p, samples):
    """torch's mean and std."""
    terms = torch.tensor(np.asarray(log_q(samples) - log_p(samples)))
    return terms.mean().item(), (terms.std() / len(terms) ** 0.5).item()


def kl_monte_carlo__covariance(log_q, log_p, samples):
    """The variance from the covariance of both log densities."""
    logs = np.stack([log_q(samples), log_p(samples)])
    cov = np.cov(logs)
    mean_q, mean_p = logs.mean(axis=1)
    variance = cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
    return mean_q - mean_p, np.sqrt(variance / samples.shape[0])


def kl_monte_carlo__float32(log_q, log_p, samples):
    """float32 from the log ratio on."""
    terms = np.float32(log_q(samples) - log_p(samples))
    centred = terms - terms.mean()
    n = len(samples)
    return terms.mean(), np.sqrt(centred @ centred / np.float32(n * (n - 1)))


def kl_monte_carlo__arrays_of_one(log_q, log_p, samples):
    """One sample at a time, each in an array of length 1."""
    terms = [(log_q(part) - log_p(part))[0] for part in np.split(samples, len(samples))]
    return np.mean(terms), np.sqrt(np.var(terms) / (len(terms) - 1))


# ── log_evidence ─────────────────────────────────────────────────────────────────────────────


def log_evidence__scipy(log_joint):
    """scipy.special.logsumexp."""
    return scipy.special.logsumexp(log_joint, axis=-1)


def log_evidence__maximum(log_joint):
    """The maximum of each row taken out and added back."""
    top = log_joint.max(axis=-1, keepdims=True)
    return np.squeeze(top, -1) + np.log(np.exp(log_joint - top).sum(axis=-1))


def log_evidence__logaddexp(log_joint):
    """np.logaddexp, two states at a time."""
    return np.logaddexp.reduce(log_joint, axis=-1)


def log_evidence__fold(log_joint):
    """A fold over the states, with log1p."""

    def add(a, b):
        return np.maximum(a, b) + np.log1p(np.exp(-np.abs(a - b)))

    return reduce(add, np.moveaxis(log_joint, -1, 0))


def log_evidence__loops(log_joint):
    """Rows in Python floats."""
    flat = log_joint.reshape(-1, log_joint.shape[-1]).tolist()
    values = [max(r) + math.log(math.fsum(math.exp(x - max(r)) for x in r)) for r in flat]
    return np.array(values).reshape(log_joint.shape[:-1])


def log_evidence__torch(log_joint):
    """torch.logsumexp."""
    return torch.logsumexp(torch.tensor(log_joint), dim=-1).numpy()


def log_evidence__float32(log_joint):
    """Everything in float32."""
    log_joint = log_joint.astype(np.float32)
    top = log_joint.max(-1)
    return top + np.log(np.sum(np.exp(log_joint - top[..., np.newaxis]), -1))


# ── posterior ────────────────────────────────────────────────────────────────────────────────


def posterior__scipy(log_joint):
    """scipy.special.softmax."""
    return scipy.special.softmax(log_joint, axis=-1)


def posterior__log_evidence(log_joint):
    """The log evidence taken off, then exponentials."""
    return np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=-1)[..., None])


def posterior__pairwise(log_joint):
    """From all pairwise differences, without a maximum."""
    with np.errstate(over="ignore"):
        return 1 / np.exp(log_joint[..., None, :] - log_joint[..., :, None]).sum(-1)


def posterior__loops(log_joint):
    """Rows in Python floats."""
    result = np.empty(log_joint.shape)
    for index in np.ndindex(*log_joint.shape[:-1]):
        row = log_joint[index].tolist()
        weights = [math.exp(x - max(row)) for x in row]
        result[index] = [w / sum(weights) for w in weights]
    return result


def posterior__torch(log_joint):
    """The probabilities of a torch Categorical."""
    return td.Categorical(logits=torch.tensor(log_joint)).probs.numpy()


def posterior__float32(log_joint):
    """Everything in float32."""
    log_joint = np.array(log_joint, dtype=np.float32)
    log_joint -= log_joint.max(axis=-1, keepdims=True)
    np.exp(log_joint, out=log_joint)
    return log_joint / log_joint.sum(axis=-1, keepdims=True)


# ── elbo ─────────────────────────────────────────────────────────────────────────────────────


def elbo__where(log_joint, q):
    """np.where with a stand-in for the zeros."""
    safe = np.where(q > 0, q, 1.0)
    return np.sum(q * (log_joint - np.log(safe)), axis=-1)


def elbo__xlogy(log_joint, q):
    """scipy's xlogy."""
    return (q * log_joint - scipy.special.xlogy(q, q)).sum(-1)


def elbo__entropy(log_joint, q):
    """Expected log joint plus scipy.stats.entropy."""
    return np.einsum("...z,...z->...", q, log_joint) + scipy.stats.entropy(q, axis=-1)


def elbo__gap(log_joint, q):
    """log p(x) less the divergence from q to the posterior, in logs."""
    log_p_x = scipy.special.logsumexp(log_joint, axis=-1, keepdims=True)
    log_posterior = log_joint - log_p_x
    gap = np.nansum(np.where(q > 0, q * (np.log(q + (q == 0)) - log_posterior), 0), axis=-1)
    return log_p_x[..., 0] - gap


def elbo__loops(log_joint, q):
    """Rows in Python floats, zeros skipped."""
    rows = zip(
        np.reshape(log_joint, (-1, q.shape[-1])), np.reshape(q, (-1, q.shape[-1])), strict=True
    )
    values = [
        sum(b * (a - math.log(b)) for a, b in zip(*pair, strict=True) if b > 0) for pair in rows
    ]
    return np.array(values, dtype=float).reshape(q.shape[:-1])


def elbo__torch(log_joint, q):
    """torch.special.entr."""
    log_joint, q = torch.tensor(log_joint).double(), torch.tensor(q).double()
    return (q * log_joint + torch.special.entr(q)).sum(-1).numpy()


def elbo__float32(log_joint, q):
    """Everything in float32."""
    log_joint, q = np.float32(log_joint), np.float32(q)
    logs = np.log(q, where=q > 0, out=np.zeros_like(q))
    return np.sum(q * (log_joint - logs), axis=-1)


# ── elbo_linear_gaussian ─────────────────────────────────────────────────────────────────────


def elbo_linear_gaussian__reconstruction_less_kl(x, mean, std):
    """Reconstruction less KL, as on the sheet."""
    reconstruction = -0.5 * np.log(2 * np.pi) - 0.5 * (np.subtract(x, mean) ** 2 + np.square(std))
    return reconstruction - 0.5 * (np.square(std) + np.square(mean) - 2 * np.log(std) - 1)


def elbo_linear_gaussian__joint_and_entropy(x, mean, std):
    """Expected log joint plus the entropy of q, from scipy.stats."""
    x, mean, std = np.broadcast_arrays(x, mean, std)
    norm = scipy.stats.norm
    at_the_mean = norm.logpdf(x, mean) + norm.logpdf(mean)
    return at_the_mean - std.astype(float) ** 2 + norm.entropy(scale=std)


def elbo_linear_gaussian__loops(x, mean, std):
    """np.vectorize of a function of numbers."""

    def one(x, m, s):
        return -math.log(math.tau) / 2 - (x - m) ** 2 / 2 - m * m / 2 - s * s + 0.5 + math.log(s)

    return np.vectorize(one, otypes=[float])(x, mean, std)


def elbo_linear_gaussian__quadrature(x, mean, std):
    """Gauss–Hermite quadrature of the definition."""
    x, mean, std = np.broadcast_arrays(x, mean, std)
    nodes, weights = np.polynomial.hermite.hermgauss(8)
    z = mean[..., None] + math.sqrt(2) * std[..., None] * nodes
    log = scipy.stats.norm.logpdf
    inside = log(x[..., None], z) + log(z) - log(z, mean[..., None], std[..., None])
    return inside @ weights / math.sqrt(math.pi)


def elbo_linear_gaussian__torch(x, mean, std):
    """torch.distributions for the KL and the log density."""
    x, mean, std = (torch.as_tensor(a).double() for a in (x, mean, std))
    kl = td.kl_divergence(td.Normal(mean, std), td.Normal(0.0, 1.0))
    return (td.Normal(mean, 1.0).log_prob(x) - std**2 / 2 - kl).numpy()


def elbo_linear_gaussian__completed_square(x, mean, std):
    """log p(x) less the gap, both written out."""
    x, mean, std = (np.asarray(a, dtype=float) for a in (x, mean, std))
    log_p_x = scipy.stats.norm(0, math.sqrt(2)).logpdf(x)
    gap = std**2 + (mean - x / 2) ** 2 - 0.5 - np.log(std) - 0.5 * np.log(2)
    return log_p_x - gap


def elbo_linear_gaussian__float32(x, mean, std):
    """Everything in float32."""
    x, mean, std = (np.asarray(a, np.float32) for a in (x, mean, std))
    constant = np.float32(0.5 - 0.5 * np.log(2 * np.pi))
    return constant - std**2 + np.log(std) - 0.5 * ((x - mean) ** 2 + mean**2)


# ── derivations ──────────────────────────────────────────────────────────────────────────────


def kl_normal_derivation__densities_written_out():
    """Both densities written out inside the logarithms, exp with brackets."""
    return r"""
D_{KL}(q \| p)
= \int q(x) \log \frac{q(x)}{p(x)} dx
= \int q(x) \log\left( \frac{ \frac{1}{\sqrt{2\pi\sigma_1^2}} \exp\left[-\frac{(x-\mu_1)^2}{2\sigma_1^2}\right] }{ \frac{1}{\sqrt{2\pi\sigma_2^2}} \exp\left[-\frac{(x-\mu_2)^2}{2\sigma_2^2}\right] } \right) dx
= \int q(x) \left[ \log\frac{\sigma_2}{\sigma_1} - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \frac{(x-\mu_2)^2}{2\sigma_2^2} \right] dx
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \int q(x) (x-\mu_1)^2 dx + \frac{1}{2\sigma_2^2} \int q(x) (x-\mu_2)^2 dx
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \sigma_1^2 + \frac{1}{2\sigma_2^2} \int q(x) (x-\mu_2)^2 dx
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2} \left[ \sigma_1^2 + (\mu_1-\mu_2)^2 \right]
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
"""


def kl_normal_derivation__starts_with_the_integral():
    """No symbol, no leading =, a sum of integrals."""
    return r"""
\int q(x) \log \frac{q(x)}{p(x)} dx
\int q(x) \log q(x) dx - \int q(x) \log p(x) dx
-\frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2} \int (x-\mu_1)^2 q(x) dx + \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2} \int (x-\mu_2)^2 q(x) dx
-\frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2} \cdot \sigma_1^2 + \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2} \cdot (\sigma_1^2 + (\mu_1-\mu_2)^2)
\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
"""


def kl_normal_derivation__second_moment_about_zero():
    """E[x^2] as the hint of the sheet has it, the square expanded."""
    return r"""
KL(q \| p) = \int q(x) \log \frac{q(x)}{p(x)} dx
= \mathbb{E}_{q}[\log q(x)] - \mathbb{E}_{q}[\log p(x)]
= \log \frac{\sigma_2}{\sigma_1} - \frac{\mathbb{E}_{q}[(x-\mu_1)^2]}{2\sigma_1^2} + \frac{\mathbb{E}_{q}[(x-\mu_2)^2]}{2\sigma_2^2}
= \log \frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2}{2\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2 - 2 x \mu_2 + \mu_2^2]}{2\sigma_2^2}
= \log \frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\mathbb{E}_{q}[x^2] - 2 \mu_2 \mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2}
= \log \frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\sigma_1^2 + \mu_1^2 - 2 \mu_2 \mu_1 + \mu_2^2}{2\sigma_2^2}
= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
"""


def kl_normal_derivation__base_e_and_ln():
    """ln and powers of e, densities in both places."""
    return r"""
D_{KL}(q \| p) = \int q(x) \ln \frac{q(x)}{p(x)} dx
= \int \frac{1}{\sigma_1\sqrt{2\pi}} e^{-\frac{(x-\mu_1)^2}{2\sigma_1^2}} \ln \frac{\sigma_2 e^{-\frac{(x-\mu_1)^2}{2\sigma_1^2}}}{\sigma_1 e^{-\frac{(x-\mu_2)^2}{2\sigma_2^2}}} dx
= \int \frac{1}{\sigma_1\sqrt{2\pi}} e^{-\frac{(x-\mu_1)^2}{2\sigma_1^2}} \left( \ln\frac{\sigma_2}{\sigma_1} - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \frac{(x-\mu_2)^2}{2\sigma_2^2} \right) dx
= \ln\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \int \frac{1}{\sigma_1\sqrt{2\pi}} e^{-\frac{(x-\mu_1)^2}{2\sigma_1^2}} (x-\mu_1)^2 dx + \frac{1}{2\sigma_2^2} \int \frac{1}{\sigma_1\sqrt{2\pi}} e^{-\frac{(x-\mu_1)^2}{2\sigma_1^2}} (x-\mu_2)^2 dx
= \ln\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \sigma_1^2 + \frac{1}{2\sigma_2^2} \left( \sigma_1^2 + (\mu_1-\mu_2)^2 \right)
= \ln\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
"""


def kl_standard_normal_derivation__formula_first():
    """The general formula alone as the first line."""
    return r"""
\log \frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
\frac{1}{2} \log \frac{1}{\sigma^2} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
\frac{1}{2} ( -\log \sigma^2 + \sigma^2 + \mu^2 - 1 )
-\frac{1}{2} ( 1 + \log \sigma^2 - \mu^2 - \sigma^2 )
"""


def kl_standard_normal_derivation__density_family():
    """The densities as f with indices, exp with square brackets."""
    return r"""
D_{KL}\left(q \parallel p\right)
= \int q(x) \log\left( \frac{ \frac{1}{\sqrt{2\pi\sigma^2}} \exp\left[-\frac{(x-\mu)^2}{2\sigma^2}\right] }{ \frac{1}{\sqrt{2\pi}} \exp\left[-\frac{x^2}{2}\right] } \right) dx
= \int q(x) \left( \log\frac{1}{\sigma} - \frac{(x-\mu)^2}{2\sigma^2} + \frac{x^2}{2} \right) dx
= -\log\sigma - \frac{1}{2\sigma^2} \int q(x) (x-\mu)^2 dx + \frac{1}{2} \int q(x) x^2 dx
= -\log\sigma - \frac{\sigma^2}{2\sigma^2} + \frac{\sigma^2 + \mu^2}{2}
= -\log\sigma - \frac{1}{2} + \frac{\sigma^2 + \mu^2}{2}
= -\frac{1}{2} \left( 1 + \log(\sigma^2) - \mu^2 - \sigma^2 \right)
"""


def kl_standard_normal_derivation__general_names():
    """The general formula with its own names, then put in."""
    return r"""
KL(q \| p) = \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu-0)^2}{2 \cdot 1^2} - \frac{1}{2}
= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\frac{1}{2} \left( 1 + \log\sigma^2 - \mu^2 - \sigma^2 \right)
"""


def kl_standard_normal_derivation__factor_before_density():
    """f(x) q(x) in this order, q written out under the integral."""
    return r"""
KL(q \| p) = \int \ln\frac{q(x)}{p(x)} q(x) dx
= \int \left( \ln q(x) - \ln p(x) \right) \frac{1}{\sqrt{2\pi}\sigma} e^{-\frac{1}{2} \left(\frac{x-\mu}{\sigma}\right)^2} dx
= \int \left( \frac{x^2}{2} - \frac{(x-\mu)^2}{2\sigma^2} - \ln\sigma \right) \frac{1}{\sqrt{2\pi}\sigma} e^{-\frac{1}{2} \left(\frac{x-\mu}{\sigma}\right)^2} dx
= \frac{1}{2} \int x^2 q(x) dx - \frac{1}{2\sigma^2} \int (x-\mu)^2 q(x) dx - \ln\sigma
= \frac{1}{2} (\mu^2 + \sigma^2) - \frac{1}{2\sigma^2} \sigma^2 - \ln\sigma
= \frac{\mu^2}{2} + \frac{\sigma^2}{2} - \frac{1}{2} - \frac{1}{2} \ln\sigma^2
= -\frac{1}{2} \left( 1 + \ln\sigma^2 - \mu^2 - \sigma^2 \right)
"""


def kl_diagonal_derivation__as_the_sheet_types_it():
    """Bold letters, tr as text, braces, normals inside the KL."""
    return r"""
KL(\mathcal{N}(\boldsymbol{\mu}, \boldsymbol{\Sigma}) \parallel \mathcal{N}(\mathbf{0}, \mathbf{I})) = \frac{1}{2} \left\{ \text{tr}(\mathbf{I}^{-1} \boldsymbol{\Sigma}) + (\mathbf{0} - \boldsymbol{\mu})^\top \mathbf{I}^{-1} (\mathbf{0} - \boldsymbol{\mu}) - k + \log \frac{\det \mathbf{I}}{\det \boldsymbol{\Sigma}} \right\}
= \frac{1}{2} \left\{ \text{tr}(\boldsymbol{\Sigma}) + \boldsymbol{\mu}^\top \boldsymbol{\mu} - k + \log \frac{1}{\det \boldsymbol{\Sigma}} \right\}
= \frac{1}{2} \left\{ \sum_{i=1}^k \sigma_i^2 + \sum_{i=1}^k \mu_i^2 - k - \log \det \boldsymbol{\Sigma} \right\}
= \frac{1}{2} \left\{ \sum_{i=1}^k \sigma_i^2 + \sum_{i=1}^k \mu_i^2 - \sum_{i=1}^k 1 - \sum_{i=1}^k \log(\sigma_i^2) \right\}
= \frac{1}{2} \sum_{i=1}^k (\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1)
"""


def kl_diagonal_derivation__determinant_first():
    """One replacement a line, the determinant first."""
    return r"""
D_{KL}(q \| p)
= \frac{1}{2} \left( \ln\frac{\det(I)}{\det(\Sigma)} + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k \right)
= \frac{1}{2} \left( \ln\frac{1}{\prod_{i=1}^{k} \sigma_i^2} + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k \right)
= \frac{1}{2} \left( -\sum_{i=1}^{k} \ln\sigma_i^2 + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k \right)
= \frac{1}{2} \left( -\sum_{i=1}^{k} \ln\sigma_i^2 + \mathrm{tr}(\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k \right)
= \frac{1}{2} \left( -\sum_{i=1}^{k} \ln\sigma_i^2 + \sum_{i=1}^{k} \sigma_i^2 + (0-\mu)^\top I^{-1} (0-\mu) - k \right)
= \frac{1}{2} \left( -\sum_{i=1}^{k} \ln\sigma_i^2 + \sum_{i=1}^{k} \sigma_i^2 + (-\mu)^\top (-\mu) - k \right)
= \frac{1}{2} \left( -\sum_{i=1}^{k} \ln\sigma_i^2 + \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k \right)
= \frac{1}{2} \left( -\sum_{i=1}^{k} \ln\sigma_i^2 + \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - \sum_{i=1}^{k} 1 \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \ln\sigma_i^2 - 1 \right)
"""


def kl_diagonal_derivation__diag_written_out():
    """The covariance as diag of its entries."""
    return r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k + \log\frac{\det I}{\det\Sigma} \right)
= \frac{1}{2} \left( \mathrm{tr}(\mathrm{diag}(\sigma_1^2, \ldots, \sigma_k^2)) + \mu^\top\mu - k - \log\det(\mathrm{diag}(\sigma_1^2, \ldots, \sigma_k^2)) \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 \right)
= \frac{1}{2} \sum_{i=1}^{k} ( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 )
"""


def kl_diagonal_derivation__twice_the_logarithm():
    """The log-determinant as twice the sum of log sigma."""
    return r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - 2 \sum_{i=1}^{k} \log\sigma_i \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - 1 - 2 \log\sigma_i \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)
"""


def elbo_gap_derivation__parametrised_densities():
    """q_phi, p_theta, bold letters, F for the bound."""
    return r"""
\log p_\theta(\mathbf{x}) - \mathcal{F} = \log p_\theta(\mathbf{x}) \int q_\phi(\mathbf{z}|\mathbf{x}) d\mathbf{z} - \mathcal{F}
= \int q_\phi(\mathbf{z}|\mathbf{x}) \log p_\theta(\mathbf{x}) d\mathbf{z} - \int q_\phi(\mathbf{z}|\mathbf{x}) \log p_\theta(\mathbf{x}|\mathbf{z}) d\mathbf{z} + \int q_\phi(\mathbf{z}|\mathbf{x}) \log\frac{q_\phi(\mathbf{z}|\mathbf{x})}{p(\mathbf{z})} d\mathbf{z}
= \int q_\phi(\mathbf{z}|\mathbf{x}) \left( \log p_\theta(\mathbf{x}) - \log p_\theta(\mathbf{x}|\mathbf{z}) + \log\frac{q_\phi(\mathbf{z}|\mathbf{x})}{p(\mathbf{z})} \right) d\mathbf{z}
= \int q_\phi(\mathbf{z}|\mathbf{x}) \log\frac{p_\theta(\mathbf{x}) q_\phi(\mathbf{z}|\mathbf{x})}{p_\theta(\mathbf{x}|\mathbf{z}) p(\mathbf{z})} d\mathbf{z}
= \int q_\phi(\mathbf{z}|\mathbf{x}) \log\frac{q_\phi(\mathbf{z}|\mathbf{x})}{p_\theta(\mathbf{z}|\mathbf{x})} d\mathbf{z}
= D_{KL}(q_\phi(\mathbf{z}|\mathbf{x}) \| p_\theta(\mathbf{z}|\mathbf{x}))
"""


def elbo_gap_derivation__density_behind_the_logarithm():
    """The bound with its own symbol, q behind the logarithm."""
    return r"""
-\mathcal{L}_{p,q}^{\mathsf{ELBO}}(x) + \log p(x) = -\int \big(\log p(x,z) - \log q(z|x)\big) q(z|x) \,\mathrm{d}z + \log p(x) \int q(z|x) \,\mathrm{d}z
= \int \big(\log p(x) - \log p(x,z) + \log q(z|x)\big) q(z|x) \,\mathrm{d}z
= \int \log\frac{q(z|x)}{p(z|x)} q(z|x) \,\mathrm{d}z
= D_{\mathsf{KL}}\left(q(z|x) \parallel p(z|x)\right)
"""


def elbo_gap_derivation__bars_as_mid():
    """No leading =, mid and ln."""
    return r"""
\ln p(x) - ELBO
\ln p(x) \int q(z \mid x) dz - \int q(z \mid x) \ln\frac{p(x, z)}{q(z \mid x)} dz
\int q(z \mid x) \ln p(x) dz - \int q(z \mid x) \ln\frac{p(x, z)}{q(z \mid x)} dz
\int q(z \mid x) \left( \ln p(x) - \ln\frac{p(x, z)}{q(z \mid x)} \right) dz
\int q(z \mid x) \ln\frac{p(x) q(z \mid x)}{p(x, z)} dz
\int q(z \mid x) \ln\frac{q(z \mid x)}{p(z \mid x)} dz
D_{KL}(q(z \mid x) \parallel p(z \mid x))
"""


def elbo_gap_derivation__four_integrals():
    """Split into four integrals, then gathered."""
    return r"""
\log p(x) - ELBO = \log p(x) \int q(z|x) dz - \left( \int q(z|x) \log p(x|z) dz + \int q(z|x) \log p(z) dz - \int q(z|x) \log q(z|x) dz \right)
= \int q(z|x) \log p(x) dz - \int q(z|x) \log p(x|z) dz - \int q(z|x) \log p(z) dz + \int q(z|x) \log q(z|x) dz
= \int q(z|x) \left( \log p(x) - \log p(x|z) - \log p(z) + \log q(z|x) \right) dz
= \int q(z|x) \left( \log q(z|x) - \log\frac{p(x|z) p(z)}{p(x)} \right) dz
= \int q(z|x) \left( \log q(z|x) - \log p(z|x) \right) dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= KL(q(z|x) \| p(z|x))
"""


def elbo_split_derivation__own_symbols():
    """The bound with its own symbol and divergence first."""
    return r"""
\mathcal{L}_{p,q}^{\mathsf{ELBO}}(x) = \int \big(\log p(x,z) - \log q(z|x)\big) q(z|x) \,\mathrm{d}z
= \int \big(\log p(x|z) + \log p(z) - \log q(z|x)\big) q(z|x) \,\mathrm{d}z
= -\int \log\frac{q(z|x)}{p(z)} q(z|x) \,\mathrm{d}z + \int \log p(x|z) q(z|x) \,\mathrm{d}z
= -D_{\mathsf{KL}}\left(q(z|x) \parallel p(z)\right) + \mathbb{E}_{q(z|x)}[\log p(x|z)]
"""


def elbo_split_derivation__starts_with_the_integral():
    """No symbol, no leading =."""
    return r"""
\int q(z) \log \frac{p(x, z)}{q(z)} dz
\int q(z) ( \log p(x, z) - \log q(z) ) dz
\int q(z) ( \log p(x|z) + \log p(z) - \log q(z) ) dz
\int q(z) \log p(x|z) dz + \int q(z) ( \log p(z) - \log q(z) ) dz
\mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log \frac{q(z)}{p(z)} dz
\mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))
"""


def elbo_split_derivation__several_on_a_row():
    """Several = on one row, slashes."""
    return r"""
ELBO = \int q(z) \log(p(x,z)/q(z)) dz = \int q(z) \log(p(x|z) p(z)/q(z)) dz = \int q(z) \log p(x|z) dz - \int q(z) \log(q(z)/p(z)) dz = \mathbb{E}_{q}\left[\log p(x|z)\right] - KL\left(q(z) \| p(z)\right)
"""


def elbo_split_derivation__every_rule_a_line():
    """Each rule of the logarithm on a line of its own."""
    return r"""
ELBO
= \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz
= \int q(z|x) \left( \log p(x,z) - \log q(z|x) \right) dz
= \int q(z|x) \left( \log\left( p(x|z) p(z) \right) - \log q(z|x) \right) dz
= \int q(z|x) \left( \log p(x|z) + \log p(z) - \log q(z|x) \right) dz
= \int \left( q(z|x) \log p(x|z) + q(z|x) \left( \log p(z) - \log q(z|x) \right) \right) dz
= \int q(z|x) \log p(x|z) dz + \int q(z|x) \left( \log p(z) - \log q(z|x) \right) dz
= \int q(z|x) \log p(x|z) dz - \int q(z|x) \left( \log q(z|x) - \log p(z) \right) dz
= \int q(z|x) \log p(x|z) dz - \int q(z|x) \log\frac{q(z|x)}{p(z)} dz
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \int q(z|x) \log\frac{q(z|x)}{p(z)} dz
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - KL(q(z|x) \| p(z))
"""


def elbo_jensen_derivation__backwards():
    """From the bound up to the evidence."""
    return r"""
ELBO = \mathbb{E}_q[\log p(x,z) - \log q(z)]
= \mathbb{E}_q\left[\log \frac{p(x,z)}{q(z)}\right]
\le \log \mathbb{E}_q\left[\frac{p(x,z)}{q(z)}\right]
= \log \int p(x,z) dz
= \log p(x)
"""


def elbo_jensen_derivation__sums_on_one_row():
    """Sums over z, several relations on a row, the definition at the end."""
    return r"""
\log p(x) = \log \sum_z p(x, z) = \log \sum_z q(z) \frac{p(x, z)}{q(z)}
\geq \sum_z q(z) \log \frac{p(x, z)}{q(z)} = \sum_z q(z) (\log p(x, z) - \log q(z))
"""


def elbo_jensen_derivation__named_above_the_sign():
    """Jensen's name above the sign, prior times likelihood, the two terms at the end."""
    return r"""
\ln p_\theta(x) &= \ln \int p_\theta(x | z) \, p_\theta(z) \, dz \\
&= \ln \mathbb{E}_{q_\phi(z|x)} \left[ \frac{p_\theta(x|z) \, p_\theta(z)}{q_\phi(z|x)} \right] \\
&\overset{\text{Jensen}}{\geq} \mathbb{E}_{q_\phi(z|x)} \left[ \ln \frac{p_\theta(x|z) \, p_\theta(z)}{q_\phi(z|x)} \right] \\
&= \mathbb{E}_{q_\phi(z|x)}[\ln p_\theta(x|z)] - D_{KL}(q_\phi(z|x) \| p_\theta(z))
"""


def elbo_jensen_derivation__two_chains():
    """One chain of equalities, and a second that goes on from its last line."""
    return r"""
\log p(x) = \log \int p(x,z) dz = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\log \mathbb{E}_q[\frac{p(x,z)}{q(z)}] \ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}] = ELBO
"""
