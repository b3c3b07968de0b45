"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_EITHER_ORDER = "Both are looked at with the same test; the order changes nothing."
_SQUARED = "The difference is squared right away, so its sign does not matter."
_EDGE = "They differ only where the two sides are equal to the last bit, which rounding decides."
_ALSO_RIGHT = "Another example that has what is asked for."
_UNUSED = "This number stands where q = 0 and is multiplied by that 0."
_POWER_OF_ONE = "Every power of 1 is 1."
_IDENTITY = "The identity is its own inverse."

EQUIVALENT: dict[str, str] = {
    "kl_discrete: `(q, p)` → `(p, q)` in `for rows in (q, p):`": _EITHER_ORDER,
    "kl_discrete: `np.abs(rows.sum(axis=-1) - 1) <= 1e-06` → "
    "`np.abs(rows.sum(axis=-1) - 1) < 1e-06` in `if not (np.all(rows >= 0) and "
    "np.all(np.abs(rows.sum(axis=-1) - 1) <= 1e-06)):`": _EDGE,
    "kl_discrete: `rows.sum(axis=-1) - 1` → `1 - rows.sum(axis=-1)` in `if not (np.all(rows >= 0) "
    "and np.all(np.abs(rows.sum(axis=-1) - 1) <= 1e-06)):`": "The absolute value follows.",
    "kl_discrete: `1e-06` → `2e-06` in `if not (np.all(rows >= 0) and "
    "np.all(np.abs(rows.sum(axis=-1) - 1) <= 1e-06)):`": "Left open on purpose: the usual "
    "np.allclose(sums, 1, atol=1e-6) adds its own relative 1e-5 and would be refused.",
    "kl_discrete: `q` → `p` in `terms = np.zeros(q.shape)`": "q and p have been broadcast to one "
    "shape in the line before.",
    "asymmetric_pair: `(np.array([0.9, 0.08, 0.02]), np.array([0.3, 0.3, 0.4]))` → "
    "`(np.array([0.3, 0.3, 0.4]), np.array([0.9, 0.08, 0.02]))` in `return (np.array([0.9, 0.08, "
    "0.02]), np.array([0.3, 0.3, 0.4]))`": _ALSO_RIGHT,
    "kl_normal: `np.subtract(mean_q, mean_p)` → `np.subtract(mean_p, mean_q)` in `shift = "
    "np.square(np.subtract(mean_q, mean_p))`": _SQUARED,
    "kl_mvn: `mean_q` → `mean_p` in `k = mean_q.size`": "Where the sizes differ, the next line "
    "refuses both.",
    "kl_mvn: `mean_q.shape != (k,) or mean_p.shape != (k,) or covs.shape != (2, k, k)` → "
    "`mean_p.shape != (k,)` in `if mean_q.shape != (k,) or mean_p.shape != (k,) or covs.shape != "
    "(2, k, k):`": "For every shape that does not fit, NumPy itself raises a ValueError further "
    "down; a column (k, 1) as mean, where it would not, is left open.",
    "kl_mvn: `mean_q` → `mean_p` in `if mean_q.shape != (k,) or mean_p.shape != (k,) or "
    "covs.shape != (2, k, k):`": "k is the size of mean_q: only a mean of its size in another "
    "shape, a column (k, 1), would get through, and that is left open.",
    "kl_mvn: `covs - covs.transpose(0, 2, 1)` → `covs.transpose(0, 2, 1) - covs` in `skew = (covs "
    "- covs.transpose(0, 2, 1)) ** 2`": _SQUARED,
    "kl_mvn: `skew <= 1e-16 * var * var.transpose(0, 2, 1)` → `skew < 1e-16 * var * "
    "var.transpose(0, 2, 1)` in `if not (np.all(var > 0) and np.all(skew <= 1e-16 * var * "
    "var.transpose(0, 2, 1))):`": _EDGE,
    "kl_mvn: `np.sqrt(var)` → `np.square(var)` in `std = np.sqrt(var)`": "The scaling only keeps "
    "numbers in range and is undone afterwards; any positive scale of the units will do.",
    "kl_mvn: `np.sqrt(var)` → `var` in `std = np.sqrt(var)`": "The scaling only keeps numbers in "
    "range and is undone afterwards; any positive scale of the units will do.",
    "kl_mvn: `(root_q, mean_q - mean_p)` → `(mean_q - mean_p, root_q)` in `white = "
    "np.linalg.solve(root_p / std[1], np.c_[root_q, mean_q - mean_p] / std[1])`": "All columns of "
    "the solution are squared and summed, in whatever order.",
    "kl_mvn: `mean_q - mean_p` → `mean_p - mean_q` in `white = np.linalg.solve(root_p / std[1], "
    "np.c_[root_q, mean_q - mean_p] / std[1])`": _SQUARED,
    "near_and_far: `0.2` → `0.1` in `return ((0.2, 1.1), (7.0, 4.0))`": _ALSO_RIGHT,
    "near_and_far: `7.0` → `14.0` in `return ((0.2, 1.1), (7.0, 4.0))`": _ALSO_RIGHT,
    "near_and_far: `4.0` → `8.0` in `return ((0.2, 1.1), (7.0, 4.0))`": _ALSO_RIGHT,
    "log_evidence: `0` → `-1` in `return top[..., 0] + np.log(np.sum(np.exp(log_joint - top), "
    "axis=-1))`": "The axis was kept with length 1: its first entry is its last.",
    "elbo: `1.0` → `2.0` in `log_q = np.log(np.where(np.asarray(q) > 0, q, 1.0))`": _UNUSED,
    "elbo: `1.0` → `0.5` in `log_q = np.log(np.where(np.asarray(q) > 0, q, 1.0))`": _UNUSED,
    "elbo_linear_gaussian: `np.subtract(x, mean)` → `np.subtract(mean, x)` in `log_likelihood = "
    "-0.5 * (np.log(2 * np.pi) + np.square(np.subtract(x, mean)) + var)`": _SQUARED,
    "kl_standard_normal_derivation: line 2: `-` → `+` in `…rac{\\sigma^2 + (\\mu - 0)^2}{2 \\cdot "
    "1^2} …`": "Adding 0 is subtracting 0.",
    "kl_standard_normal_derivation: line 2: `^2` → `^3` in `…mu - 0)^2}{2 \\cdot 1^2} - "
    "\\frac{1}{2} \\\\`": _POWER_OF_ONE,
    "kl_standard_normal_derivation: line 2: `^2` → `(left out)` in `…mu - 0)^2}{2 \\cdot 1^2} - "
    "\\frac{1}{2} \\\\`": _POWER_OF_ONE,
    "kl_diagonal_derivation: line 2: `^{-1}` → `(left out)` in `…left\\{ \\mathrm{tr}(I^{-1} "
    "\\Sigma) + (0 - \\mu)…`": _IDENTITY,
    "kl_diagonal_derivation: line 2: `^{-1}` → `(left out)` in `…) + (0 - \\mu)^\\top I^{-1} "
    "(0 - \\mu) - k`": _IDENTITY,
    "elbo_gap_derivation: line 2: `q` → `p` in `&= \\log p(x) \\int q(z | x) \\, dz - \\int…`": (
        "The posterior integrates to 1 as q does."
    ),
}
