"""Does an array look like independent draws from a distribution? Tests that right draws pass.

How often right draws fail one of them; where a number of draws is named, with that many or more:

- `mean_is`: 2 exp(-6.5²/2) = 1.3e-9. The average of n draws lies within 6.5 standard errors;
  normal, uniform and symmetric truncated normal draws are sub-Gaussian with their own variance.
- `variance_is`: 2e-9 for normal draws, by the χ² distribution of the sum of squares. The other two
  have shorter tails (kurtosis 1.8 to 3), so that their sums of squares scatter less.
- `is_normal`: 1e-9, the Dvoretzky–Kiefer–Wolfowitz inequality, P(sup |F_n − F| > ε) ≤ 2 exp(−2nε²).
- `has_usual_tails`: the standard error of the kurtosis is at most √(24/20,000) = 0.035, so that
  1.5 … 3.4 leaves 8 of them below uniform draws and 11 above normal ones (1e-15); by a single huge
  draw, a normal one would have to exceed 9 standard deviations (4e-15 for 20,000).
- `rows_and_columns_differ`: 4e-9, twice `variance_is`, for averages of draws are nearly normal.
- `unrelated`: 8e-11. The correlation of n independent pairs has the standard error 1/√n.
"""

import numpy as np
from scipy.stats import chi2, norm

STANDARD_ERRORS = 6.5
RARE = 1e-9


def mean_is(values, mean, variance):
    """Whether the average is what it should be."""
    return abs(np.mean(values) - mean) <= STANDARD_ERRORS * np.sqrt(variance / values.size)


def variance_is(values, variance, mean=0.0):
    """Whether the mean square around a known mean is what it should be."""
    low, high = variance * chi2.ppf([RARE, 1 - RARE], values.size) / values.size
    return low <= np.mean((values - mean) ** 2) <= high


def is_normal(values):
    """Whether the values are distributed like N(0, 1): the Kolmogorov–Smirnov distance."""
    n = values.size
    levels = norm.cdf(np.sort(values, axis=None))
    steps = np.arange(n + 1) / n
    distance = max(np.max(steps[1:] - levels), np.max(levels - steps[:-1]))
    return distance <= np.sqrt(np.log(2 / RARE) / (2 * n))


def has_usual_tails(values):
    """Whether the kurtosis is that of a uniform or normal distribution, or in between."""
    squares = (values - np.mean(values)) ** 2
    return 1.5 * np.mean(squares) ** 2 <= np.mean(squares**2) <= 3.4 * np.mean(squares) ** 2


def rows_and_columns_differ(values):
    """Whether the averages of rows and of columns scatter as those of independent draws do."""
    values = values - np.mean(values)
    variance = np.mean(values**2)
    return all(
        variance_is(np.mean(values, axis=axis), variance / values.shape[axis]) for axis in (0, 1)
    )


def unrelated(one, other):
    """Whether two arrays of one shape have no correlation."""
    one, other = one - np.mean(one), other - np.mean(other)
    sizes = np.sqrt(np.mean(one**2) * np.mean(other**2))
    return abs(np.mean(one * other)) <= sizes * STANDARD_ERRORS / np.sqrt(one.size)
