"""What the judge tries on each function of sheet 1: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs; what runs beside the student's functions is in
`probes`.
"""

import numpy as np

from reference import derivations
from reference.sheet1_kl import probes

# A tiny probability or scale for "small is not zero": far below any smoothing constant in use,
# yet above the machine precision of float64.
_TINY = 1e-14


def kl_discrete(student, draw):
    name, (q, p) = "kl_discrete", _pair_of(draw, (4, 5))
    yield student.compare(name, q, p, what="agrees with the definition", core=True, share=6)
    more, one_more = draw.probabilities((2, 3, 6)), draw.probabilities((2, 3, 6))
    wide_q, wide_p = _distributions(draw, (5, 1, 4)), _distributions(draw, (3, 4))
    shapes = {
        "sums over the last axis only, with two leading axes": (more, one_more),
        "leading axes broadcast, (5, 1) against (3,)": (wide_q, wide_p),
        "leading axes of length 1 broadcast, (5, 1) against (1, 3)": (wide_q, wide_p[None]),
        "one distribution against several broadcasts": (wide_q[0, 0], wide_p),
    }
    single, one_row = "takes a single pair of distributions", "a batch of one keeps its axis"
    yield from student.same_for(name, q, p, single=single, one_row=one_row, shapes=shapes)
    yield from student.same_for(name, q, p, float32="takes float32 arrays")
    yield from _discrete_zeros(student, draw)
    yield from _discrete_sums(student, draw)
    yield from student.raises_each(ValueError, name, _discrete_refusals(draw))


def _distributions(draw, shape):
    """Distributions less even than the plain draw, so that direction and weights matter."""
    sharp = draw.probabilities(shape) ** 1.5
    return sharp / sharp.sum(axis=-1, keepdims=True)


def _pair_of(draw, shape):
    return _distributions(draw, shape), _distributions(draw, shape)


def _discrete_zeros(student, draw):
    name, (q, p) = "kl_discrete", _pair_of(draw, (3, 4))
    what = "a zero in q contributes nothing"
    yield student.compare(name, _with_zero(q, 1), p, what=what, share=14)
    what = "a zero in q and p at the same place contributes nothing"
    yield student.compare(name, _with_zero(q, 2), _with_zero(p, 2), what=what, share=6)
    impossible = np.stack([p[0], _with_zero(p[1], 0), p[2]])
    what = "inf, without a warning, in just the row where p rules out what q allows"
    yield student.compare(name, q, impossible, what=what, quiet=True, share=2)
    what = "inf for a single pair"
    yield student.compare(name, q[0], _with_zero(p[0], 3), what=what, quiet=True)
    rare = float(draw.between(3e-7, 6e-7))
    rarely = np.array([rare, 1 - rare]), np.array([0.0, 1.0])
    cases = {
        "inf also where q allows what p rules out only rarely": rarely,
        "a tiny probability in p is not taken for zero": (q, _with_zero(p, 2, _TINY)),
    }
    yield from student.compare_each(name, cases)


def _with_zero(rows, column, left=0.0):
    """The rows with one entry moved to its neighbour, except for what is left."""
    rows = rows.copy()
    rows[..., column - 1] += rows[..., column] - left
    rows[..., column] = left
    return rows


def _discrete_sums(student, draw):
    q, p = _pair_of(draw, (3, 4))
    cases = {}
    for size, what in ((1e-8, "by rounding"), (5e-7, "by less than the tolerance")):
        offset = size * draw.signs((3,))
        cases[f"accepts sums that are off {what}"] = _off_by(q, offset), _off_by(p, -offset)
    yield from student.compare_each("kl_discrete", cases)


def _off_by(rows, offset):
    """The rows with their sums changed by the offset, in the largest entry."""
    rows = rows.copy()
    np.put_along_axis(
        rows, rows.argmax(-1)[..., None], rows.max(-1)[..., None] + np.c_[offset], axis=-1
    )
    return rows


def _discrete_refusals(draw):
    q, p = _pair_of(draw, (3, 4))
    last, cancelling = np.array([0.0, 0.0, 1.0]), np.array([0.2, -0.2, 0.0])
    slightly_q, slightly_p = _off_by(q, 1e-3 * last), _off_by(p, -1e-3 * last)
    return _refusals(
        {
            "a negative entry in q, though the row sums to 1": (_with_negative(q), p),
            "a negative entry in p, though the row sums to 1": (q, _with_negative(p)),
            "one row of q, among good ones, whose sum is slightly off": (slightly_q, p),
            "one row of p, among good ones, whose sum is slightly off": (q, slightly_p),
            "a sum that is off by more than the tolerance, if little": (_off_by(q, 2e-5 * last), p),
            "rows of q too large and too small by the same amount": (_off_by(q, cancelling), p),
            "rows of p too large and too small by the same amount": (q, _off_by(p, cancelling)),
            "counts in q that were not normalised": (7.0 * q[0], p[0]),
            "counts in p that were not normalised": (q[0], 7.0 * p[0]),
            "last axes of different length": (q, _distributions(draw, (3, 5))),
            "a last axis of length 1 against a longer one": (np.ones((3, 1)), p),
            "leading shapes that do not broadcast": (q, _distributions(draw, (2, 4))),
        }
    )


def _refusals(cases):
    return {f"refuses {what}": arguments for what, arguments in cases.items()}


def _with_negative(rows):
    """One negative entry in the last row, its sum kept."""
    rows = rows.copy()
    rows[-1, 0] += 2 * rows[-1, 1]
    rows[-1, 1] *= -1
    return rows


def asymmetric_pair(student, draw):
    q, p, problem = _pair(student.value(probes.two_arrays))
    what = "returns two distributions of one length"
    yield student.holds(problem is None, what, *(problem or ("", None)), core=True)
    if problem is not None:
        return
    low, sums = min(q.min(), p.min()), np.array([q.sum(), p.sum()])
    normalised = bool(np.all(np.abs(sums - 1) <= 1e-6))
    forward = backward = np.nan
    if low > 0 and normalised:
        forward, backward = np.sum(q * np.log(q / p)), np.sum(p * np.log(p / q))
    what = "every probability is greater than 0"
    otherwise = "There are probabilities that are not greater than 0."
    yield student.holds(bool(low > 0), what, otherwise, _entry_mistake(low), core=True)
    otherwise = "The probabilities of a distribution do not sum to 1."
    yield student.holds(normalised, "both sum to 1", otherwise, _sum_mistake(sums), core=True)
    what = "the two directions differ by more than 0.1"
    otherwise = "There is no pair of positive distributions to compare."
    if np.isfinite(forward):
        otherwise = f"They are {forward:.4f} and {backward:.4f} nats."
    holds, mistake = bool(abs(forward - backward) > 0.1), _gap_mistake(q, p, forward, backward)
    yield student.holds(holds, what, otherwise, mistake, share=3, core=True)


def _pair(parts):
    """(q, p, None), or (None, None, (message, mistake)) when the parts are not a pair."""
    if not isinstance(parts, (list, tuple)) or len(parts) != 2:
        return None, None, ("Two distributions are expected: q and p.", None)
    if any(isinstance(part, str) for part in parts):
        return None, None, ("A distribution is an array of numbers.", None)
    q, p = (np.asarray(part, float) for part in parts)
    if q.ndim == p.ndim == 0:
        return None, None, (None, "divergences_returned")
    if q.ndim != 1 or p.ndim != 1:
        return None, None, (f"Each has one axis; yours have shapes {q.shape} and {p.shape}.", None)
    if len(q) != len(p):
        return None, None, (None, "different_lengths")
    if len(q) < 2:
        return None, None, (None, "single_outcome")
    return q, p, None


def _entry_mistake(low):
    if low == 0:
        return "zero_entry"
    return "negative_entry" if low < 0 else None


def _sum_mistake(sums):
    if abs(sums.sum() - 1) <= 1e-6:
        return "normalised_together"
    return "not_normalised" if np.any(np.abs(sums - 1) > 1e-6) else None


def _gap_mistake(q, p, forward, backward):
    if not abs(forward - backward) <= 0.1:
        return None
    if np.allclose(q, p, atol=1e-9):
        return "same_distribution_twice"
    if np.allclose(np.sort(q), np.sort(p)) and abs(forward - backward) < 1e-9:
        return "symmetric_pair"
    return "gap_too_small"


def kl_normal(student, draw):
    name = "kl_normal"
    mean_q, std_q, mean_p, std_p = case = _normals(draw, (5, 3))
    yield student.compare(name, *case, what="agrees with the integral", core=True, share=5)
    broadcast = mean_q[:, :1], std_q[0], mean_p[0], std_p[:, :1]
    shapes = {
        "takes whole numbers": _whole_normals(draw),
        "all four broadcast, (5, 1) against (3,)": broadcast,
        "an array against plain numbers": (mean_q, std_q, float(mean_p[0, 0]), 1.5),
    }
    yield from student.same_for(name, *case, numbers="takes plain numbers", shapes=shapes)
    close = np.array([0.0, 0.0, 1e-3])
    near = mean_q[0], std_q[0], mean_q[0] + close, std_q[0] * (1 + close)
    shapes = {
        "arrays of length 1 give an array of length 1": [a[:1, 0] for a in case],
        "whole means with other standard deviations": (0, std_q[0], 0, std_p[0]),
        "q and p that agree, or nearly": near,
        "works for large standard deviations": (20 * mean_q, 300 * std_q, mean_p, std_p),
        "works for very small standard deviations": [1e-7 * a for a in case],
        "standard deviations that are all above 1": (mean_q, 1 + std_q, mean_p, 1 + std_p),
        "standard deviations that are all below 1": (mean_q, 0.3 * std_q, mean_p, 0.3 * std_p),
    }
    yield from student.same_for(name, *case, float32="takes float32 arrays", shapes=shapes)
    yield from student.raises_each(ValueError, name, _normal_refusals(*case))


def _normals(draw, shape):
    mean_q, mean_p = draw.normal(shape), draw.normal(shape)
    return mean_q, draw.between(0.4, 2.5, shape), mean_p, draw.between(0.4, 2.5, shape)


def _whole_normals(draw):
    """Python ints; the means and the standard deviations always differ."""
    shift = int(draw.integers(1, 4))
    return -shift, 1, shift, 1 + shift


def _normal_refusals(mean_q, std_q, mean_p, std_p):
    negative = _one_entry(std_p, -0.5)
    return _refusals(
        {
            "std_q = 0": (0.3, 0.0, -0.4, 1.2),
            "std_p = 0": (0.3, 1.2, -0.4, 0.0),
            "a negative std_q": (0.3, -0.8, -0.4, 1.2),
            "a negative std_p": (0.3, 1.2, -0.4, -0.8),
            "both negative": (0.3, -0.8, -0.4, -1.2),
            "a single 0 in an array std_q": (mean_q, _one_entry(std_q, 0.0), mean_p, std_p),
            "a single negative entry in an array std_p": (mean_q, std_q, mean_p, negative),
        }
    )


def _one_entry(array, value):
    """The array with one entry, neither the first nor the last, replaced."""
    array = array.copy()
    array[2, 1] = value
    return array


def kl_standard_normal(student, draw):
    name = "kl_standard_normal"
    mean, std = case = _mean_and_spread(draw, (5, 3), 0.4, 2.5)
    yield student.compare(name, *case, what="agrees with the integral", core=True, share=4)
    whole = int(draw.integers(2, 5))
    near = np.array([0.0, 1e-3, mean[0, 0]]), np.array([1.0, 1.0, std[0, 0]])
    cases = {
        "takes plain numbers": (float(draw.between(0.5, 1.5)), float(std[0, 0])),
        "takes whole numbers": (whole, whole + 1),
        "one value for each entry, with three axes": _mean_and_spread(draw, (2, 3, 4), 0.4, 2.5),
    }
    yield from student.compare_each(name, cases)
    shapes = {
        "works for very small standard deviations": (mean, 1e-8 * std),
        "works for large means and standard deviations": (20 * mean, 30 * std),
        "standard deviations that are all above 1": (mean, 1 + std),
        "arrays of length 1 stay arrays": (mean[:1, 0], std[:1, 0]),
        "a whole mean with another standard deviation": (whole, 0.5 + whole),
        "a q that is the standard normal, or nearly": near,
    }
    yield from student.same_for(name, *case, float32="takes float32 arrays", shapes=shapes)


def kl_mvn(student, draw):
    name = "kl_mvn"
    q, p = _mvn(draw, 4), _mvn(draw, 4)
    yield student.compare(name, *q, *p, what="agrees with the integral", core=True, share=8)
    cases = {
        "two dimensions": (*_mvn(draw, 2), *_mvn(draw, 2)),
        "against the standard normal": (*q, np.zeros(4), np.eye(4)),
        "one dimension": (*_mvn(draw, 1), *_mvn(draw, 1)),
    }
    yield from student.compare_each(name, cases)
    yield from student.same_for(name, *q, *p, float32="takes float32 arrays")
    yield from _mvn_large(student, draw)
    yield from _mvn_units(student, draw)
    yield from _mvn_asymmetry(student, draw)
    yield from student.raises_each(ValueError, name, _mvn_not_definite(draw))
    yield from student.raises_each(ValueError, name, _mvn_shapes(draw))


def _mvn(draw, k):
    """A mean and a full covariance, symmetric to the last bit."""
    cov = draw.covariance(k)
    return draw.normal((k,)), (cov + cov.T) / 2


def _mvn_large(student, draw):
    """Determinants around 1e-1000 and 1e+1000: no float holds them, nor their square roots."""
    k = 200
    small = draw.between(0.002, 0.004, (k,))
    large = draw.between(200.0, 400.0, (k,))
    shuffle = draw.permutation(k)
    pairs = {
        "both determinants too small for a float": (small, small[shuffle]),
        "both determinants too large for a float": (large, large[shuffle]),
        "200 dimensions, q much narrower than p": (small, large),
        "200 dimensions, q much wider than p": (large, small),
    }
    cases = {
        what: (std_q * draw.normal((k,)), std_q, std_q * draw.normal((k,)), std_p)
        for what, (std_q, std_p) in pairs.items()
    }
    # elimination in plain Python loops takes long, and is right
    yield from student.compare_each(probes.in_many_dimensions, cases, share=6, seconds=60)


def _mvn_units(student, draw):
    """Standard deviations from 1e-7 to 1e7 in one covariance, in any order."""
    name, units = "kl_mvn", (10.0 ** np.linspace(-7, 7, 5))[draw.permutation(5)]
    mean_q, cov_q, mean_p, cov_p = case = _mvn_in_units(draw, units)
    what = "very different units in one covariance"
    yield student.compare(name, *case, what=what, share=4)
    yield from student.compare_each(name, _one_covariance_in_units(draw, units), share=2)
    between = _skewed(cov_q, np.argmax(units), np.argmin(units), 1e-12)
    what = "accepts rounding-size asymmetry between large and small units"
    yield student.compare(name, mean_q, between, mean_p, cov_p, what=what)
    # So many small units around large ones that rounding turns some eigenvalue negative.
    many = np.repeat([1e-7, 1e7, 1e-7], [16, 8, 16])
    what = "many quantities in small units beside large ones"
    yield student.compare(name, *_mvn_in_units(draw, many), what=what, share=2)
    uncorrelated = _skewed(np.diag(np.diag(cov_q)), *np.argsort(units)[-2:], 1e-12)
    what = "accepts rounding-size asymmetry in large units"
    yield student.compare(name, mean_q, uncorrelated, mean_p, cov_p, what=what)


def _mvn_in_units(draw, units):
    """The arguments of a divergence between quantities in some units."""
    k = len(units)
    std_q, std_p = units * draw.between(0.7, 1.4, (k,)), units * draw.between(0.7, 1.4, (k,))
    cov_q, cov_p = _in_units(draw, std_q), _in_units(draw, std_p)
    return units * draw.normal((k,)), cov_q, units * draw.normal((k,)), cov_p


def _one_covariance_in_units(draw, units):
    """The other on one scale, the widest or the narrowest: the divergence stays moderate."""
    k = len(units)
    in_units, wide, narrow = (
        _in_units(draw, scale * draw.between(0.7, 1.4, (k,)))
        for scale in (units, units.max(), units.min())
    )
    zero = np.zeros(k)
    return {
        "very different units in cov_q alone": (zero, in_units, zero, wide),
        "very different units in cov_p alone": (zero, narrow, zero, in_units),
    }


def _in_units(draw, std):
    """A full covariance with these standard deviations."""
    cov = draw.covariance(len(std))
    scale = std / np.sqrt(np.diag(cov))
    cov = cov * np.outer(scale, scale)
    return (cov + cov.T) / 2


def _skewed(cov, row, column, size):
    """The covariance with one entry moved by `size`, in units of the two standard deviations."""
    cov = cov.copy()
    cov[row, column] += size * np.sqrt(cov[row, row] * cov[column, column])
    return cov


def _mvn_asymmetry(student, draw):
    (mean_q, cov_q), (mean_p, cov_p) = _mvn(draw, 4), _mvn(draw, 4)

    def arguments(cov_q, cov_p):
        return mean_q, cov_q, mean_p, cov_p

    sizes = {"rounding-size asymmetry": 1e-12, "asymmetry just within the tolerance": 0.85e-8}
    accepted = {
        f"accepts {what}": arguments(_skewed(cov_q, 0, 2, size), _skewed(cov_p, 3, 1, -size))
        for what, size in sizes.items()
    }
    yield from student.compare_each("kl_mvn", accepted)
    # All correlations are 1/2: next to a large entry a small asymmetry is easily overlooked.
    std = draw.between(0.5, 2.0, (4,))
    related = np.outer(std, std) * (0.5 + 0.5 * np.eye(4))
    units = np.array([1.0, 1e-5, 1.0, 1e-5])
    small_q, small_p = cov_q * np.outer(units, units), cov_p * np.outer(units, units)
    refused = {
        "cov_q that is plainly not symmetric": (_skewed(cov_q, 0, 2, 0.1), cov_p),
        "cov_p that is plainly not symmetric": (cov_q, _skewed(cov_p, 2, 0, 0.1)),
        "an asymmetry that is small but not rounding": (_skewed(related, 3, 1, 1e-6), cov_p),
        "an asymmetry of cov_q just above the tolerance": (_skewed(cov_q, 0, 2, 1.2e-8), cov_p),
        "an asymmetry of cov_p just above the tolerance": (cov_q, _skewed(cov_p, 0, 2, 1.2e-8)),
        "an asymmetry of cov_q between small units": (_skewed(small_q, 1, 3, 0.1), small_p),
        "an asymmetry of cov_p between small units": (small_q, _skewed(small_p, 3, 1, 0.1)),
    }
    cases = {what: arguments(*both) for what, both in refused.items()}
    yield from student.raises_each(ValueError, "kl_mvn", _refusals(cases))


def _mvn_not_definite(draw):
    (mean_q, cov_q), (mean_p, cov_p) = _mvn(draw, 4), _mvn(draw, 4)
    # Two such blocks: the determinant and the diagonal are positive, the matrix is indefinite.
    blocks = np.kron(np.eye(2), [[1.0, 2.0], [2.0, 1.0]])
    one_block = np.eye(4)
    one_block[:2, :2] = blocks[:2, :2]
    no_variance = np.diag([1.5, 0.0, 0.5, 2.0])
    # Two coordinates that are one and the same.
    singular = np.eye(4)
    singular[2:, 2:] = 1.0
    cases = {
        "an indefinite cov_q with a positive diagonal": (one_block, cov_p),
        "an indefinite cov_p with a positive diagonal": (cov_q, one_block),
        "an indefinite cov_q with a positive determinant": (blocks, cov_p),
        "an indefinite cov_p with a positive determinant": (cov_q, blocks),
        "a negative definite cov_q": (-cov_q, cov_p),
        "a negative definite cov_p": (cov_q, -cov_p),
        "cov_q without variance in one direction": (no_variance, cov_p),
        "cov_p of two identical coordinates": (cov_q, singular),
    }
    return _refusals({what: (mean_q, one, mean_p, two) for what, (one, two) in cases.items()})


def _mvn_shapes(draw):
    (mean_q, cov_q), (mean_p, cov_p) = _mvn(draw, 4), _mvn(draw, 4)
    other_mean, other_cov = _mvn(draw, 3)
    return _refusals(
        {
            "q and p of different dimension": (mean_q, cov_q, other_mean, other_cov),
            "a mean that does not fit its covariance": (mean_q, cov_q, other_mean, cov_p),
            "a covariance that does not fit its mean": (mean_q, other_cov, mean_p, cov_p),
            "a mean of length 1 in several dimensions": (mean_q, cov_q, np.ones(1), cov_p),
            "a covariance of size 1 in several dimensions": (mean_q, cov_q, mean_p, np.eye(1)),
            "a covariance that is not square": (mean_q, cov_q[:, :3], mean_p, cov_p),
            "variances in place of a covariance": (mean_q, np.diag(cov_q), mean_p, cov_p),
        }
    )


def kl_diagonal(student, draw):
    name = "kl_diagonal"
    mean, var = case = _mean_and_spread(draw, (5, 3))
    yield student.compare(name, *case, what="agrees with the integral", core=True, share=4)
    shapes = {
        "sums over the last axis only, with two leading axes": _mean_and_spread(draw, (2, 3, 4)),
        "one dimension": (mean[:, :1], var[:, :1]),
        "many dimensions": _mean_and_spread(draw, (3, 50)),
    }
    single = "a single mean and variance vector"
    yield from student.same_for(name, *case, single=single, shapes=shapes)
    small = _mean_and_spread(draw, (2, 400), 0.005, 0.02)
    standard = np.array([[0.0], [1.0], [0.0]]) * mean[:3], np.ones((3, 3))
    shapes = {
        "works for very small variances": (mean, 1e-16 * var),
        "variances that are all above 1": (mean, 1 + var),
        "right where the product of all variances is too small for a float": small,
        "a batch of one keeps its axis": (mean[:1], var[:1]),
        "rows that are the standard normal": standard,
    }
    yield from student.same_for(name, *case, float32="takes float32 arrays", shapes=shapes)


def _mean_and_spread(draw, shape, low=0.3, high=3.0):
    """Means, and variances or standard deviations between two numbers."""
    return draw.normal(shape), draw.between(low, high, shape)


def near_and_far(student, draw):
    pairs = student.value(probes.two_pairs)
    shaped = _is_two_pairs(pairs)
    near, far = pairs.reshape(2, 2).astype(float) if shaped else np.full((2, 2), np.nan)
    near_kl, far_kl = _to_standard(*near), _to_standard(*far)
    what = "returns two pairs of mean and variance"
    otherwise = "Two pairs of numbers are expected: ((mean, var), (mean, var))."
    yield student.holds(shaped, what, otherwise, _pairs_mistake(pairs), core=True)
    if not shaped:
        return
    what, otherwise = "both variances are positive", "A variance is not greater than 0."
    holds, mistake = bool(near[1] > 0 and far[1] > 0), _variance_mistake(near, far)
    yield student.holds(holds, what, otherwise, mistake, core=True)
    what, otherwise = "the first is close to N(0, 1)", "The first is too far from N(0, 1)."
    mistake = _near_mistake(near, far, near_kl)
    yield student.holds(bool(near_kl < 0.05), what, otherwise, mistake, core=True)
    # Exactly equal, not "KL is 0": a pair very close by has a KL that rounds to 0.
    holds, mistake = tuple(near) != (0.0, 1.0), "near_is_the_standard_normal"
    what, otherwise = "the first is not N(0, 1) itself", "The first has no divergence from N(0, 1)."
    yield student.holds(holds, what, otherwise, mistake, core=True)
    what, otherwise = "the second is far from N(0, 1)", "The second is not far enough from N(0, 1)."
    mistake = _far_mistake(near, far, far_kl)
    yield student.holds(bool(far_kl > 25), what, otherwise, mistake, core=True)


def _to_standard(mean, var):
    """KL(N(mean, var)‖N(0, 1)), nan where the variance is not positive."""
    return 0.5 * (mean**2 + (var - 1) - np.log(var)) if var > 0 else np.nan


def _is_two_pairs(pairs):
    """Whether these are two by two finite numbers."""
    if not isinstance(pairs, np.ndarray) or pairs.shape[:2] != (2, 2) or pairs.size != 4:
        return False
    return bool(np.all(np.isfinite(pairs)))


def _pairs_mistake(pairs):
    shape = pairs.shape if isinstance(pairs, np.ndarray) else None
    return {(4,): "flat_numbers", (2,): "divergences_returned"}.get(shape)


def _variance_mistake(near, far):
    if near[1] < 0 or far[1] < 0:
        return "negative_variance"
    return "log_variance_for_variance" if near[1] == 0 or far[1] == 0 else None


def _near_mistake(near, far, near_kl):
    if near_kl > 25 and _to_standard(*far) < 0.05:
        return "order_swapped"
    return "near_too_far" if near_kl >= 0.05 else None


def _far_mistake(near, far, far_kl):
    if _to_standard(*near) > 25 and far_kl < 0.05:
        return "order_swapped"
    if far_kl <= 25 and _to_standard(far[0], far[1] ** 2) > 25:
        return "std_for_variance"
    if far_kl > 12.5:
        return "half_missing"
    return "far_too_close" if far_kl <= 25 else None


def kl_monte_carlo(student, draw):
    normals, location, scale = _two_normals(draw)
    case = *normals, location + scale * draw.normal((37,))
    few = location + scale * draw.between(-0.7, 0.7, (3,))
    estimate, float32 = probes.estimate, "takes float32 samples"
    yield student.compare(estimate, *case, what="agrees on normals", core=True, share=6)
    yield student.compare(estimate, *normals, few, what="right with very few samples", share=2)
    yield from student.same_for(estimate, *case, float32=float32, shapes=_other_densities(draw))


def _two_normals(draw):
    """Two normals so far apart that the estimate is not negative by chance; q's parameters."""
    location, scale = float(draw.normal()), float(draw.between(0.8, 1.2))
    other = location + float(draw.signs((1,))[0] * draw.between(2.5, 3.5))
    parameters = ("normal", location, scale), ("normal", other, float(draw.between(0.9, 1.3)))
    return parameters, location, scale


def _other_densities(draw):
    between, normal = draw.between, ("normal", 0.0, 1.0)
    scale, location, shift = between(0.3, 0.5), draw.normal(), between(0.5, 1.5)
    exponential = [("exponential", 0.0, wide) for wide in (scale, between(2.0, 4.0))]
    mixture, laplace = (
        ("mixture", location, 1.0),
        ("laplace", location + between(3.0, 5.0), between(0.6, 1.0)),
    )
    two_hills = location + draw.generator.choice([-1.0, 1.5], 50) + draw.normal((50,))
    near, far = ("normal", shift, 1.0), ("normal", 40.0, 1.0)
    above = draw.generator.exponential(scale, 60)
    return {
        "log densities that are not normals": (*exponential, above),
        "calls the log densities on the array of samples": (mixture, laplace, two_hills),
        "an estimate may be negative by chance": (normal, near, shift + between(0.2, 1.0, (12,))),
        "works where p is as good as zero": (normal, far, draw.normal((30,))),
    }


def log_evidence(student, draw):
    yield from _of_log_joints(student, draw, "log_evidence", _tight)


def posterior(student, draw):
    yield from _of_log_joints(student, draw, "posterior", lambda log_joint: 5e-5)
    unlikely = draw.normal((3, 4)) + np.array([0.0, -20.0, 0.0, -30.0])
    what = "right where a state has a tiny probability"
    yield student.compare("posterior", unlikely, what=what, atol=1e-18)


def _of_log_joints(student, draw, name, rtol):
    what = "agrees with the definition"
    yield student.compare(name, draw.normal((4, 5)), what=what, core=True, share=4)
    for inputs, what, share in _log_joints(draw):
        yield student.compare(name, inputs, what=what, share=share, rtol=rtol(inputs))


def _log_joints(draw):
    """Inputs for all functions of the discrete latent, each with what it tries and its share.

    Those near ±1000 are numbers of float32, so that a right answer in float32 does not round them:
    that alone would change a probability by 3e-5.
    """
    offset = draw.between(900.0, 1100.0)
    normal = draw.normal
    apart = normal((4, 5)) + offset * np.array([[-1.0], [0.0], [1.0], [-1.0]])
    wide = normal((3, 4)) + np.array([0.0, 0.0, -offset, 0.0])
    peaked = normal((3, 6)) - offset * np.array([1.0, 1.0, 0.0, 1.0, 1.0, 1.0])
    return (
        (normal((6,)), "takes a single vector", 1),
        (normal((2, 3, 4)), "two leading axes", 1),
        (normal((1, 5)), "a batch of one keeps its axis", 1),
        (normal((3, 4)).astype(np.float32), "takes float32 arrays", 1),
        (draw.between(0.02, 0.98, (3, 4)), "takes values between 0 and 1", 1),
        (-draw.between(0.1, 3.0, (3, 4)), "takes values that are all below 0", 1),
        (_short(normal((3, 4)) - offset), "stable around -1000", 4),
        (_short(normal((3, 4)) + offset), "stable around +1000", 4),
        (_short(apart), "stable when the rows are of very different size", 1),
        (_short(wide), "stable when one state is far less likely than the others", 1),
        (_short(peaked), "stable when one state is far more likely than the others", 1),
    )


def _short(numbers):
    """The same, in float64, as float32 has them."""
    return numbers.astype(np.float32).astype(float)


def _tight(log_joint):
    """A relative tolerance that means 4e-3 in absolute terms around 1000.

    What float32 adds up there is known to 2e-4.
    """
    return 4e-6 if np.max(np.abs(log_joint)) > 100 else 5e-5


def elbo(student, draw):
    name, log_joint, q = "elbo", draw.normal((4, 5)), _distributions(draw, (4, 5))
    yield student.compare(name, log_joint, q, what="agrees with the definition", core=True, share=6)
    without = _with_zero(q, 2)
    yield student.compare(name, log_joint, without, what="q may contain zeros", share=6)
    certain = np.eye(5)[draw.permutation(5)[:4]]
    yield student.compare(name, log_joint, certain, what="q may be certain of one state", share=2)
    remote = log_joint + np.array([0.0, 0.0, -1e5, 0.0, 0.0])
    weights = np.exp(log_joint)
    exact = weights / weights.sum(axis=-1, keepdims=True)
    rarely = _with_zero(q, 2, float(draw.between(2e-5, 5e-5)))
    cases = {
        "a state with q = 0 contributes nothing, however unlikely x is with it": (remote, without),
        "a state counts however small its q is": (log_joint, rarely),
        "equals the log evidence when q is the posterior": (log_joint, exact),
    }
    yield from student.compare_each(name, cases)
    for log_joint, what, _ in _log_joints(draw):
        q = _distributions(draw, log_joint.shape).astype(log_joint.dtype)
        yield student.compare(name, log_joint, q, what=what, rtol=_tight(log_joint))


def elbo_linear_gaussian(student, draw):
    name = "elbo_linear_gaussian"
    x, mean = draw.normal((5, 3), 1.5), draw.normal((5, 3))
    std = draw.between(0.3, 2.0, (5, 3))
    case = x, mean, std
    yield student.compare(name, *case, what="agrees with the integral", core=True, share=5)
    shift = int(draw.integers(1, 4))
    grid = float(x[0, 0]), mean[:, :1], std[0]
    shapes = {
        "takes whole numbers": (shift, -1, 1 + shift),
        "the arguments broadcast, (5, 1) against (3,)": (x[:, :1], mean[0], std[0]),
        "one x against a grid of means and stds": grid,
    }
    yield from student.same_for(name, *case, numbers="takes plain numbers", shapes=shapes)
    shapes = {
        "equals the log evidence when q is the posterior": (x, x / 2, 0.5**0.5),
        "works for very small standard deviations": (x, mean, 1e-8 * std),
        "standard deviations that are all above 1": (x, mean, 1 + std),
    }
    yield from student.same_for(name, *case, float32="takes float32 arrays", shapes=shapes)


def kl_normal_derivation(student, draw):
    yield from derivations.lines(student, draw, "kl_normal_derivation")


def kl_standard_normal_derivation(student, draw):
    yield from derivations.lines(student, draw, "kl_standard_normal_derivation")


def kl_diagonal_derivation(student, draw):
    yield from derivations.lines(student, draw, "kl_diagonal_derivation")


def elbo_gap_derivation(student, draw):
    yield from derivations.lines(student, draw, "elbo_gap_derivation")


def elbo_split_derivation(student, draw):
    yield from derivations.lines(student, draw, "elbo_split_derivation")


def elbo_jensen_derivation(student, draw):
    yield from derivations.lines(student, draw, "elbo_jensen_derivation")
