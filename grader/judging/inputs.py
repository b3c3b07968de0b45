"""Fresh inputs for the checks, reproducible for anyone who knows the seed.

Nothing drawn here is degenerate: means and scales are both random, probabilities stay away from 0,
covariances are full and have unequal scales.
"""

import hashlib

import numpy as np

Shape = tuple[int, ...]


def seed_for(secret: str, *names: str) -> int:
    """The seed of one grading: the same for the same secret and names, else unpredictable."""
    words = "\0".join((secret, *names)).encode()
    return int.from_bytes(hashlib.sha256(words).digest()[:8], "little")


class Draw:
    """Random inputs from one seed. Everything is float64 unless a method says otherwise."""

    def __init__(self, seed: int):
        self.generator = np.random.default_rng(seed)

    def normal(self, shape: Shape = (), scale: float = 1.0) -> np.ndarray | float:
        """Normal numbers with mean 0 and the given standard deviation."""
        return self.generator.normal(scale=scale, size=shape or None)

    def between(self, low: float, high: float, shape: Shape = ()) -> np.ndarray | float:
        """Uniform numbers in [low, high)."""
        return self.generator.uniform(low, high, size=shape or None)

    def integers(self, low: int, high: int, shape: Shape = ()) -> np.ndarray | int:
        """Uniform integers, low included, high not."""
        drawn = self.generator.integers(low, high, size=shape or None)
        return drawn if shape else int(drawn)

    def signs(self, shape: Shape) -> np.ndarray:
        """Each -1.0 or 1.0."""
        return self.generator.choice([-1.0, 1.0], size=shape)

    def permutation(self, n: int) -> np.ndarray:
        """The integers 0 … n-1 in random order."""
        return self.generator.permutation(n)

    def probabilities(self, shape: Shape) -> np.ndarray:
        """Distributions along the last axis, every entry at least 0.02 (up to 25 entries)."""
        k = shape[-1]
        raw = self.generator.dirichlet(np.ones(k), size=shape[:-1] or None)
        return 0.02 + (1 - 0.02 * k) * raw

    def covariance(self, k: int) -> np.ndarray:
        """A full (k, k) covariance with standard deviations from 0.5 to 2."""
        factor = self.generator.normal(size=(k, 3 * k))
        correlated = factor @ factor.T / (3 * k)
        scale = self.between(0.5, 2.0, (k,)) / np.sqrt(np.diag(correlated))
        return correlated * scale[:, None] * scale
