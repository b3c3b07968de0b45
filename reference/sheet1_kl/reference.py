"""The instructors' implementations of sheet 1, in float64.

Each takes another route than the formula on the sheet where there is one, so that a slip in
the one is not repeated in the other.
"""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import entr, logsumexp, rel_entr, softmax

from reference.sheet1_kl.derivations import (
    elbo_gap_derivation,
    elbo_jensen_derivation,
    elbo_split_derivation,
    kl_diagonal_derivation,
    kl_normal_derivation,
    kl_standard_normal_derivation,
)

__all__ = [
    "elbo_gap_derivation",
    "elbo_jensen_derivation",
    "elbo_split_derivation",
    "kl_diagonal_derivation",
    "kl_normal_derivation",
    "kl_standard_normal_derivation",
]

SUM_TOLERANCE = 1e-6
ASYMMETRY_TOLERANCE = 1e-8


def kl_discrete(q, p):
    """KL(q‖p) of distributions along the last axis, `(..., k)` and `(..., k)` → `(...)`, in nats.

    Raises ValueError for negative entries, sums other than 1, and shapes that do not fit.
    """
    q, p = distributions(q, p)
    return np.sum(rel_entr(q, p), axis=-1)


def asymmetric_pair():
    """Two distributions (q, p) whose divergence depends on the direction."""
    return np.array([0.98, 0.02]), np.array([0.5, 0.5])


def kl_normal(mean_q, std_q, mean_p, std_p):
    """KL(q‖p) of univariate normals, elementwise with broadcasting, in nats.

    log q − log p is a quadratic, and the two-point Gauss–Hermite rule (mean ± std) integrates
    quadratics exactly. Raises ValueError for a standard deviation that is not positive.
    """
    mean_q, std_q, mean_p, std_p = normals(mean_q, std_q, mean_p, std_p)
    distance = (mean_q - mean_p) / std_p
    ratio = std_q / std_p
    points = (distance + ratio, distance - ratio)
    log_p = np.mean([-0.5 * point**2 for point in points], axis=0) - np.log(std_p)
    log_q = -0.5 - np.log(std_q)
    return log_q - log_p


def kl_standard_normal(mean, std):
    """KL(N(mean, std²)‖N(0, 1)), elementwise, in nats."""
    return kl_normal(mean, std, 0.0, 1.0)


def kl_mvn(mean_q, cov_q, mean_p, cov_p):
    """KL(q‖p) of multivariate normals, `(k,)` and `(k, k)` → float, in nats.

    Whitening by the Cholesky factor of p turns trace and quadratic form into one sum of squares.
    Raises ValueError for shapes that do not fit and for a matrix that is not a covariance.
    """
    mean_q, cov_q, mean_p, cov_p = multivariate_normals(mean_q, cov_q, mean_p, cov_p)
    factor_q, factor_p = cholesky(cov_q), cholesky(cov_p)
    columns = np.column_stack([factor_q, mean_q - mean_p])
    whitened = solve_triangular(factor_p, columns, lower=True)
    log_ratio = np.log(np.diag(factor_p)) - np.log(np.diag(factor_q))
    return float(0.5 * np.sum(whitened**2) - 0.5 * len(mean_q) + np.sum(log_ratio))


def kl_diagonal(mean, var):
    """KL(N(mean, diag(var))‖N(0, I)), `(..., k)` → `(...)`, summed over the last axis, in nats."""
    return np.sum(kl_standard_normal(mean, np.sqrt(np.asarray(var, float))), axis=-1)


def near_and_far():
    """(mean, var) of a normal close to N(0, 1) and of one far from it."""
    return (0.12, 1.1), (8.0, 34.0)


def kl_monte_carlo(log_q, log_p, samples):
    """(estimate, standard_error) of KL(q‖p) from `(n,)` samples of q, in nats."""
    terms = np.asarray(log_q(samples), float) - np.asarray(log_p(samples), float)
    n = len(terms)
    # Half the mean squared difference of all ordered pairs is the unbiased sample variance.
    variance = np.sum((terms[:, None] - terms[None, :]) ** 2) / (2 * n * (n - 1))
    return float(np.mean(terms)), float(np.sqrt(variance / n))


def log_evidence(log_joint):
    """log p(x) from log p(x, z), `(..., z)` → `(...)`."""
    return logsumexp(np.asarray(log_joint, float), axis=-1)


def posterior(log_joint):
    """p(z|x) from log p(x, z), `(..., z)` → `(..., z)`."""
    return softmax(np.asarray(log_joint, float), axis=-1)


def elbo(log_joint, q):
    """E_q[log p(x, z)] plus the entropy of q, `(..., z)` and `(..., z)` → `(...)`."""
    log_joint, q = np.asarray(log_joint, float), np.asarray(q, float)
    return np.sum(q * log_joint + entr(q), axis=-1)


def elbo_linear_gaussian(x, mean, std):
    """The ELBO of z ~ N(0, 1), x|z ~ N(z, 1) with q = N(mean, std²), elementwise.

    Computed as log p(x) less the gap to the posterior, x ~ N(0, 2) and z|x ~ N(x/2, 1/2).
    """
    x = np.asarray(x, float)
    log_p_x = -0.25 * x**2 - 0.5 * np.log(4 * np.pi)
    return log_p_x - kl_normal(mean, std, x / 2, np.sqrt(0.5))


# What the items call bad input. `mistakes.py` and `alternatives.py` share these.


def distributions(q, p):
    """q and p as float64, or a ValueError that says what is wrong with them."""
    q, p = np.asarray(q, float), np.asarray(p, float)
    check_shapes(q, p)
    for name, values in (("q", q), ("p", p)):
        check_not_negative(name, values)
        check_sums(name, values)
    return q, p


def check_shapes(q, p):
    """Raises ValueError unless the last axes have one length and the leading ones broadcast."""
    if q.ndim == 0 or p.ndim == 0 or q.shape[-1] != p.shape[-1]:
        raise ValueError(f"q and p need a last axis of one length, got {q.shape} and {p.shape}")
    np.broadcast_shapes(q.shape, p.shape)


def check_not_negative(name, values):
    """Raises ValueError for a negative probability."""
    if np.any(values < 0):
        raise ValueError(f"{name} has a negative probability: {values.min()}")


def check_sums(name, values, tolerance=SUM_TOLERANCE):
    """Raises ValueError for a row that does not sum to 1."""
    sums = values.sum(axis=-1)
    if not np.all(np.abs(sums - 1) <= tolerance):
        raise ValueError(f"a row of {name} does not sum to 1: {sums}")


def normals(mean_q, std_q, mean_p, std_p):
    """The four as float64, or a ValueError for a standard deviation that is not positive."""
    for name, std in (("std_q", std_q), ("std_p", std_p)):
        check_positive(name, std)
    return tuple(np.asarray(a, float) for a in (mean_q, std_q, mean_p, std_p))


def check_positive(name, values):
    """Raises ValueError unless all values are above 0."""
    if not np.all(np.asarray(values) > 0):
        raise ValueError(f"{name} must be positive, got {values}")


def multivariate_normals(mean_q, cov_q, mean_p, cov_p):
    """The four as float64, or a ValueError that says what is wrong with them."""
    arrays = tuple(np.asarray(a, float) for a in (mean_q, cov_q, mean_p, cov_p))
    check_mvn_shapes(*arrays)
    for name, cov in (("cov_q", arrays[1]), ("cov_p", arrays[3])):
        check_symmetric(name, cov)
        check_definite(name, cov)
    return arrays


def check_mvn_shapes(mean_q, cov_q, mean_p, cov_p):
    """Raises ValueError unless the shapes are (k,), (k, k), (k,), (k, k)."""
    k = mean_q.shape[-1] if mean_q.ndim else 0
    shapes = [a.shape for a in (mean_q, cov_q, mean_p, cov_p)]
    if shapes != [(k,), (k, k), (k,), (k, k)]:
        raise ValueError(f"expected shapes (k,), (k, k), (k,), (k, k), got {shapes}")


def check_symmetric(name, cov):
    """Raises ValueError for an asymmetry that rounding does not explain, whatever the units."""
    std = np.sqrt(np.abs(np.diag(cov)))
    if np.any(np.abs(cov - cov.T) > ASYMMETRY_TOLERANCE * np.outer(std, std)):
        raise ValueError(f"{name} is not symmetric")


def check_definite(name, cov):
    """Raises ValueError unless the matrix has a Cholesky factor."""
    try:
        cholesky(cov)
    except np.linalg.LinAlgError as error:
        raise ValueError(f"{name} is not positive definite") from error


def cholesky(cov):
    """The lower Cholesky factor; it is as exact in mixed units as in equal ones."""
    return np.linalg.cholesky(cov)
