"""What runs beside the student's functions of sheet 1; sent whole, see docs/adding_a_sheet.md."""

import numpy as np


def two_arrays(functions):
    """What asymmetric_pair returns, each part as an array where it can be one."""
    pair = functions["asymmetric_pair"]()
    if isinstance(pair, (str, bytes, dict)):
        return "not a pair"
    try:
        return [_as_array(part) for part in pair]
    except TypeError:
        return "not a pair"


def _as_array(part):
    try:
        array = np.asarray(part)
        return array if array.dtype.kind in "iuf" else np.asarray(part, dtype=float)
    except (TypeError, ValueError):
        return "not numbers"


def in_many_dimensions(functions, mean_q, std_q, mean_p, std_p):
    """kl_mvn, the large covariances built where they are used, with waves as correlations."""
    k = len(std_q)
    distance = np.subtract.outer(np.arange(k), np.arange(k))
    cov_q = np.outer(std_q, std_q) * (0.7 * np.eye(k) + 0.3 * np.cos(0.1 * distance))
    cov_p = np.outer(std_p, std_p) * (0.6 * np.eye(k) + 0.4 * np.cos(0.3 * distance))
    return functions["kl_mvn"](mean_q, cov_q, mean_p, cov_p)


def two_pairs(functions):
    """What near_and_far returns, as one array of numbers where it can be one."""
    try:
        array = np.array(functions["near_and_far"]())
        if array.dtype.kind in "USc":
            return "not numbers"
        return array if array.dtype.kind in "iuf" else array.astype(float)
    except (TypeError, ValueError):
        return "not numbers"


def _mixture(x):
    """Two normals side by side; the components need an axis of their own."""
    apart = x[:, None] - np.array([-1.0, 1.5])
    return np.log(np.mean(np.exp(-0.5 * apart**2) / np.sqrt(2 * np.pi), axis=1))


FAMILIES = {
    "normal": lambda x: -0.5 * x**2 - 0.5 * np.log(2 * np.pi),
    "laplace": lambda x: -np.abs(x) - np.log(2),
    "exponential": lambda x: -x,
    "mixture": _mixture,
}


def estimate(functions, parameters_q, parameters_p, samples):
    """The estimate of kl_monte_carlo for two densities given as (family, location, scale)."""

    def log_density(family, location, scale):
        return lambda x: FAMILIES[family]((x - location) / scale) - np.log(scale)

    densities = log_density(*parameters_q), log_density(*parameters_p)
    return functions["kl_monte_carlo"](*densities, samples)
