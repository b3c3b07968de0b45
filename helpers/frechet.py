"""The Fréchet distance: how far two sets of points are apart, by their means and covariances.

Between the features that a classifier sees in real and in generated images it is the usual measure
of what a generator draws (Heusel et al. 2017, arXiv:1706.08500, with another classifier: numbers of
different classifiers cannot be compared).
"""

import numpy as np
from numpy.typing import ArrayLike


def frechet_distance(points: ArrayLike, others: ArrayLike) -> float:
    """The squared Fréchet distance of two sets of points, (n, d) and (m, d), at least two each.

    Each set counts as a normal distribution with its mean and its covariance (divided by n - 1).
    Two sets from one distribution are not at distance 0: the fewer points, the farther apart they
    are. So compare sets of the same sizes.
    Raises ValueError: shapes that do not fit, fewer than two points, numbers that are not finite.
    """
    points, others = (np.asarray(x, dtype=np.float64) for x in (points, others))
    for x in (points, others):
        if x.ndim != 2 or len(x) < 2 or x.shape[1] != points.shape[-1]:
            raise ValueError(
                f"(n, d) and (m, d) with n, m > 1 are asked, not {points.shape}, {others.shape}"
            )
        if not np.isfinite(x).all():
            raise ValueError("some of the numbers are nan or infinite")
    return frechet_of_normals(points.mean(axis=0), _cov(points), others.mean(axis=0), _cov(others))


def frechet_of_normals(
    mean: np.ndarray, cov: np.ndarray, other_mean: np.ndarray, other_cov: np.ndarray
) -> float:
    """The squared Fréchet distance of two normal distributions, means (d,), covariances (d, d):

    |m - m'|^2 + tr(C) + tr(C') - 2 tr((C^½ C' C^½)^½) (Dowson and Landau 1982).

    The trace of the root is the sum of C^½ C'^½'s singular values: so no covariance has to be
    invertible, and no root of a matrix that is not symmetric is taken, which may come out complex.
    """
    product = _root(cov) @ _root(other_cov)
    shift = np.sum((mean - other_mean) ** 2)
    distance = shift + np.trace(cov) + np.trace(other_cov) - 2 * np.linalg.norm(product, "nuc")
    return max(float(distance), 0.0)  # rounding may leave equal ones at -1e-13


def _cov(points: np.ndarray) -> np.ndarray:
    return np.atleast_2d(np.cov(points, rowvar=False))


def _root(cov: np.ndarray) -> np.ndarray:
    """The symmetric root of a covariance; eigenvalues that rounding made negative count as 0."""
    values, vectors = np.linalg.eigh(cov)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
