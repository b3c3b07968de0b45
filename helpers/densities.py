"""Densities that figures and checks draw from."""

import numpy as np
from numpy.typing import ArrayLike


def log_normal(x: ArrayLike, mean: ArrayLike, std: ArrayLike) -> np.ndarray:
    """Log density in nats of N(mean, std**2) at x; the three broadcast."""
    standardised = (np.asarray(x) - np.asarray(mean)) / np.asarray(std)
    return -0.5 * standardised**2 - np.log(std) - 0.5 * np.log(2 * np.pi)


def discretised_normal(outcomes: ArrayLike, mean: ArrayLike, std: ArrayLike) -> np.ndarray:
    """Probabilities on the outcomes ``(k,)`` in proportion to a normal density there.

    ``mean`` and ``std`` broadcast to a shape ``(...)``; the result is ``(..., k)`` and sums to 1
    along its last axis. Outcomes far from the mean may get exactly 0.
    """
    mean, std = np.broadcast_arrays(mean, std)
    log_weights = log_normal(outcomes, mean[..., None], std[..., None])
    weights = np.exp(log_weights - log_weights.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
