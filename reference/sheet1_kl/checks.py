"""What the judge tries on each function of sheet 1: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs, or are probes that run beside the student's
functions.
"""

import numpy as np

from derivations import check_derivation

# A tiny probability or scale for "small is not zero": far below any smoothing constant in use,
# yet above the machine precision of float64.
_TINY = 1e-14


def kl_discrete(student, draw):
    q, p = _distributions(draw, (4, 5)), _distributions(draw, (4, 5))
    name = "kl_discrete"
    yield student.compare(name, q, p, what="agrees with the definition", core=True, share=6)
    yield student.compare(name, q[0], p[0], what="takes a single pair of distributions")
    yield student.compare(name, q[:1], p[:1], what="a batch of one keeps its axis")
    yield student.compare(
        name,
        draw.probabilities((2, 3, 6)),
        draw.probabilities((2, 3, 6)),
        what="sums over the last axis only, with two leading axes",
    )
    yield from _discrete_broadcasting(student, draw)
    yield student.compare(
        name, q.astype(np.float32), p.astype(np.float32), what="takes float32 arrays"
    )
    yield from _discrete_zeros(student, draw)
    yield from _discrete_sums(student, draw)
    yield from _discrete_refusals(student, draw)


def _distributions(draw, shape):
    """Distributions less even than the plain draw, so that direction and weights matter."""
    sharp = draw.probabilities(shape) ** 1.5
    return sharp / sharp.sum(axis=-1, keepdims=True)


def _discrete_broadcasting(student, draw):
    q, p = _distributions(draw, (5, 1, 4)), _distributions(draw, (3, 4))
    yield student.compare("kl_discrete", q, p, what="leading axes broadcast, (5, 1) against (3,)")
    yield student.compare(
        "kl_discrete", q[0, 0], p, what="one distribution against several broadcasts"
    )


def _discrete_zeros(student, draw):
    q, p = _distributions(draw, (3, 4)), _distributions(draw, (3, 4))
    yield student.compare(
        "kl_discrete", _with_zero(q, 1), p, what="a zero in q contributes nothing", share=14
    )
    yield student.compare(
        "kl_discrete",
        _with_zero(q, 2),
        _with_zero(p, 2),
        what="a zero in q and p at the same place contributes nothing",
        share=6,
    )
    one_impossible = p.copy()
    one_impossible[1] = _with_zero(p[1], 0)
    yield student.compare(
        "kl_discrete",
        q,
        one_impossible,
        what="inf, without a warning, in just the row where p rules out what q allows",
        quiet=True,
        share=2,
    )
    yield student.compare(
        "kl_discrete", q[0], _with_zero(p[0], 3), what="inf for a single pair", quiet=True
    )
    rare = float(draw.between(3e-7, 6e-7))
    yield student.compare(
        "kl_discrete",
        np.array([rare, 1 - rare]),
        np.array([0.0, 1.0]),
        what="inf also where q allows what p rules out only rarely",
    )
    yield student.compare(
        "kl_discrete", q, _with_tiny(p), what="a tiny probability in p is not taken for zero"
    )


def _with_zero(rows, column):
    """The rows with one entry moved to its neighbour."""
    rows = rows.copy()
    rows[..., column - 1] += rows[..., column]
    rows[..., column] = 0.0
    return rows


def _with_tiny(rows):
    rows = _with_zero(rows, 2)
    rows[..., 2] = _TINY
    return rows


def _discrete_sums(student, draw):
    q, p = _distributions(draw, (3, 4)), _distributions(draw, (3, 4))
    for size, what in ((1e-8, "by rounding"), (5e-7, "by less than the tolerance")):
        offset = size * draw.signs((3,))
        yield student.compare(
            "kl_discrete",
            _off_by(q, offset),
            _off_by(p, -offset),
            what=f"accepts sums that are off {what}",
        )


def _off_by(rows, offset):
    """The rows with their sums changed by the offset, in the largest entry."""
    rows = rows.copy()
    np.put_along_axis(
        rows, rows.argmax(-1)[..., None], rows.max(-1)[..., None] + np.c_[offset], axis=-1
    )
    return rows


def _discrete_refusals(student, draw):
    q, p = _distributions(draw, (3, 4)), _distributions(draw, (3, 4))
    last = np.array([0.0, 0.0, 1.0])
    cancelling = np.array([0.2, -0.2, 0.0])
    one = np.ones((3, 1))
    cases = (
        (_with_negative(q), p, "a negative entry in q, though the row sums to 1"),
        (q, _with_negative(p), "a negative entry in p, though the row sums to 1"),
        (_off_by(q, 1e-3 * last), p, "one row of q, among good ones, whose sum is slightly off"),
        (q, _off_by(p, -1e-3 * last), "one row of p, among good ones, whose sum is slightly off"),
        (_off_by(q, 2e-5 * last), p, "a sum that is off by more than the tolerance, if little"),
        (_off_by(q, cancelling), p, "rows of q too large and too small by the same amount"),
        (q, _off_by(p, cancelling), "rows of p too large and too small by the same amount"),
        (7.0 * q[0], p[0], "counts in q that were not normalised"),
        (q[0], 7.0 * p[0], "counts in p that were not normalised"),
        (q, _distributions(draw, (3, 5)), "last axes of different length"),
        (one, p, "a last axis of length 1 against a longer one"),
        (q, _distributions(draw, (2, 4)), "leading shapes that do not broadcast"),
    )
    for bad_q, bad_p, what in cases:
        yield student.raises(ValueError, "kl_discrete", bad_q, bad_p, what=f"refuses {what}")


def _with_negative(rows):
    """One negative entry in the last row, its sum kept."""
    rows = rows.copy()
    rows[-1, 0] += 2 * rows[-1, 1]
    rows[-1, 1] *= -1
    return rows


def asymmetric_pair(student, draw):
    q, p, problem = _pair(student.value(_two_arrays))
    yield student.holds(
        problem is None,
        "returns two distributions of one length",
        *_said(problem),
        core=True,
    )
    if problem is not None:
        return
    low = min(q.min(), p.min())
    yield student.holds(
        bool(low > 0),
        "every probability is greater than 0",
        "There are probabilities that are not greater than 0.",
        mistake=_entry_mistake(low),
        core=True,
    )
    sums = np.array([q.sum(), p.sum()])
    normalised = bool(np.all(np.abs(sums - 1) <= 1e-6))
    yield student.holds(
        normalised,
        "both sum to 1",
        "The probabilities of a distribution do not sum to 1.",
        mistake=_sum_mistake(sums),
        core=True,
    )
    comparable = low > 0 and normalised
    forward, backward = _both_directions(q, p) if comparable else (np.nan, np.nan)
    yield student.holds(
        bool(abs(forward - backward) > 0.1),
        "the two directions differ by more than 0.1",
        "There is no pair of positive distributions to compare.",
        mistake=_gap_mistake(q, p, forward, backward),
        core=True,
        share=3,
    )


def _two_arrays(functions):
    """What the student's function returns, each part as an array where it can be one."""
    import numpy as np

    def as_array(part):
        try:
            array = np.asarray(part)
            return array if array.dtype.kind in "iuf" else np.asarray(part, dtype=float)
        except (TypeError, ValueError):
            return "not numbers"

    pair = functions["asymmetric_pair"]()
    if isinstance(pair, (str, bytes, dict)):
        return "not a pair"
    try:
        return [as_array(part) for part in pair]
    except TypeError:
        return "not a pair"


def _pair(parts):
    """(q, p, None), or (None, None, (message, mistake)) when the parts are not a pair."""
    if not isinstance(parts, (list, tuple)) or len(parts) != 2:
        return None, None, ("Two distributions are asked: q and p.", None)
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


def _said(problem):
    """The arguments `otherwise` and `mistake` of `holds`."""
    return problem or ("", None)


def _entry_mistake(low):
    if low == 0:
        return "zero_entry"
    return "negative_entry" if low < 0 else None


def _sum_mistake(sums):
    if abs(sums.sum() - 1) <= 1e-6:
        return "normalised_together"
    return "not_normalised" if np.any(np.abs(sums - 1) > 1e-6) else None


def _both_directions(q, p):
    return np.sum(q * np.log(q / p)), np.sum(p * np.log(p / q))


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
    mean_q, std_q, mean_p, std_p = _normals(draw, (5, 3))
    yield student.compare(
        name, mean_q, std_q, mean_p, std_p, what="agrees with the integral", core=True, share=5
    )
    numbers = [float(a[0, 0]) for a in (mean_q, std_q, mean_p, std_p)]
    yield student.compare(name, *numbers, what="takes plain numbers")
    yield student.compare(name, *_whole_normals(draw), what="takes whole numbers")
    yield student.compare(
        name,
        mean_q[:, :1],
        std_q[0],
        mean_p[0],
        std_p[:, :1],
        what="all four broadcast, (5, 1) against (3,)",
    )
    yield student.compare(
        name, mean_q, std_q, float(mean_p[0, 0]), 1.5, what="an array against plain numbers"
    )
    singles = [a.astype(np.float32) for a in (mean_q, std_q, mean_p, std_p)]
    yield student.compare(name, *singles, what="takes float32 arrays")
    one = [a[:1, 0] for a in (mean_q, std_q, mean_p, std_p)]
    yield student.compare(name, *one, what="arrays of length 1 give an array of length 1")
    yield student.compare(
        name, 0, std_q[0], 0, std_p[0], what="whole means with other standard deviations"
    )
    close = np.array([0.0, 0.0, 1e-3])
    yield student.compare(
        name,
        mean_q[0],
        std_q[0],
        mean_q[0] + close,
        std_q[0] * (1 + close),
        what="q and p that agree, or nearly",
    )
    yield student.compare(
        name, 20 * mean_q, 300 * std_q, mean_p, std_p, what="works for large standard deviations"
    )
    scale = 1e-7
    yield student.compare(
        name,
        scale * mean_q,
        scale * std_q,
        scale * mean_p,
        scale * std_p,
        what="works for very small standard deviations",
    )
    yield from _normal_refusals(student, mean_q, std_q, mean_p, std_p)


def _normals(draw, shape):
    mean_q, mean_p = draw.normal(shape), draw.normal(shape)
    return mean_q, draw.between(0.4, 2.5, shape), mean_p, draw.between(0.4, 2.5, shape)


def _whole_normals(draw):
    """Python ints; the means and the standard deviations always differ."""
    shift = int(draw.integers(1, 4))
    return -shift, 1, shift, 1 + shift


def _normal_refusals(student, mean_q, std_q, mean_p, std_p):
    yield student.raises(ValueError, "kl_normal", 0.3, 0.0, -0.4, 1.2, what="refuses std_q = 0")
    yield student.raises(ValueError, "kl_normal", 0.3, 1.2, -0.4, 0.0, what="refuses std_p = 0")
    yield student.raises(
        ValueError, "kl_normal", 0.3, -0.8, -0.4, 1.2, what="refuses a negative std_q"
    )
    yield student.raises(
        ValueError, "kl_normal", 0.3, 1.2, -0.4, -0.8, what="refuses a negative std_p"
    )
    yield student.raises(
        ValueError, "kl_normal", 0.3, -0.8, -0.4, -1.2, what="refuses both negative"
    )
    yield student.raises(
        ValueError,
        "kl_normal",
        mean_q,
        _one_entry(std_q, 0.0),
        mean_p,
        std_p,
        what="refuses a single 0 in an array std_q",
    )
    yield student.raises(
        ValueError,
        "kl_normal",
        mean_q,
        std_q,
        mean_p,
        _one_entry(std_p, -0.5),
        what="refuses a single negative entry in an array std_p",
    )


def _one_entry(array, value):
    """The array with one entry, neither the first nor the last, replaced."""
    array = array.copy()
    array[2, 1] = value
    return array


def kl_standard_normal(student, draw):
    name = "kl_standard_normal"
    mean, std = draw.normal((5, 3)), draw.between(0.4, 2.5, (5, 3))
    yield student.compare(name, mean, std, what="agrees with the integral", core=True, share=4)
    number = float(draw.between(0.5, 1.5))
    yield student.compare(name, number, float(std[0, 0]), what="takes plain numbers")
    whole = int(draw.integers(2, 5))
    yield student.compare(name, whole, whole + 1, what="takes whole numbers")
    yield student.compare(
        name,
        draw.normal((2, 3, 4)),
        draw.between(0.4, 2.5, (2, 3, 4)),
        what="one value for each entry, with three axes",
    )
    yield student.compare(
        name, mean.astype(np.float32), std.astype(np.float32), what="takes float32 arrays"
    )
    yield student.compare(name, mean, 1e-8 * std, what="works for very small standard deviations")
    yield student.compare(
        name, 20 * mean, 30 * std, what="works for large means and standard deviations"
    )
    yield student.compare(name, mean[:1, 0], std[:1, 0], what="arrays of length 1 stay arrays")
    yield student.compare(
        name, whole, 0.5 + whole, what="a whole mean with another standard deviation"
    )
    yield student.compare(
        name,
        np.array([0.0, 1e-3, mean[0, 0]]),
        np.array([1.0, 1.0, std[0, 0]]),
        what="a q that is the standard normal, or nearly",
    )


def kl_mvn(student, draw):
    name = "kl_mvn"
    q, p = _mvn(draw, 4), _mvn(draw, 4)
    yield student.compare(name, *q, *p, what="agrees with the integral", core=True, share=8)
    small_q, small_p = _mvn(draw, 2), _mvn(draw, 2)
    yield student.compare(name, *small_q, *small_p, what="two dimensions")
    yield student.compare(name, *q, np.zeros(4), np.eye(4), what="against the standard normal")
    one_q, one_p = _mvn(draw, 1), _mvn(draw, 1)
    yield student.compare(name, *one_q, *one_p, what="one dimension")
    singles = [_float32(a) for a in (*q, *p)]
    yield student.compare(name, *singles, what="takes float32 arrays")
    yield from _mvn_large(student, draw)
    yield from _mvn_units(student, draw)
    yield from _mvn_asymmetry(student, draw)
    yield from _mvn_not_definite(student, draw)
    yield from _mvn_shapes(student, draw)


def _mvn(draw, k):
    """A mean and a full covariance, symmetric to the last bit."""
    cov = draw.covariance(k)
    return draw.normal((k,)), (cov + cov.T) / 2


def _float32(array):
    """The array in float32, a covariance still exactly symmetric."""
    single = array.astype(np.float32)
    return single if single.ndim == 1 else (single + single.T) / 2


def _mvn_large(student, draw):
    """Determinants around 1e-1000 and 1e+1000, which no float holds."""
    k = 400
    small = draw.between(0.002, 0.004, (k,))
    large = draw.between(200.0, 400.0, (k,))
    shuffle = draw.permutation(k)
    for std_q, std_p, what in (
        (small, small[shuffle], "both determinants too small for a float"),
        (large, large[shuffle], "both determinants too large for a float"),
        (small, large, "400 dimensions, q much narrower than p"),
        (large, small, "400 dimensions, q much wider than p"),
    ):
        yield student.compare(
            _in_many_dimensions,
            std_q * draw.normal((k,)),
            std_q,
            std_q * draw.normal((k,)),
            std_p,
            what=what,
            share=6,
            seconds=60,  # elimination in plain Python loops takes long, and is right
        )


def _in_many_dimensions(functions, mean_q, std_q, mean_p, std_p):
    """Builds the large covariances where they are used, with waves as correlations."""
    import numpy as np

    k = len(std_q)
    distance = np.subtract.outer(np.arange(k), np.arange(k))
    cov_q = np.outer(std_q, std_q) * (0.7 * np.eye(k) + 0.3 * np.cos(0.1 * distance))
    cov_p = np.outer(std_p, std_p) * (0.6 * np.eye(k) + 0.4 * np.cos(0.3 * distance))
    return functions["kl_mvn"](mean_q, cov_q, mean_p, cov_p)


def _mvn_units(student, draw):
    """Standard deviations from 1e-7 to 1e7 in one covariance, in any order."""
    k = 5
    units = (10.0 ** np.linspace(-7, 7, k))[draw.permutation(k)]
    std_q, std_p = units * draw.between(0.7, 1.4, (k,)), units * draw.between(0.7, 1.4, (k,))
    cov_q, cov_p = _in_units(draw, std_q), _in_units(draw, std_p)
    mean_q, mean_p = units * draw.normal((k,)), units * draw.normal((k,))
    yield student.compare(
        "kl_mvn",
        mean_q,
        cov_q,
        mean_p,
        cov_p,
        what="very different units in one covariance",
        share=4,
    )
    yield from _one_covariance_in_units(student, draw, units)
    yield student.compare(
        "kl_mvn",
        mean_q,
        _skewed(cov_q, np.argmax(units), np.argmin(units), 1e-12),
        mean_p,
        cov_p,
        what="accepts rounding-size asymmetry between large and small units",
    )
    yield _many_units(student, draw)
    largest = np.argsort(units)[-2:]
    uncorrelated = np.diag(std_q**2)
    yield student.compare(
        "kl_mvn",
        mean_q,
        _skewed(uncorrelated, *largest, 1e-12),
        mean_p,
        cov_p,
        what="accepts rounding-size asymmetry in large units",
    )


def _one_covariance_in_units(student, draw, units):
    """The other on one scale, the widest or the narrowest: the divergence stays moderate."""
    k = len(units)
    in_units = _in_units(draw, units * draw.between(0.7, 1.4, (k,)))
    wide = _in_units(draw, units.max() * draw.between(0.7, 1.4, (k,)))
    narrow = _in_units(draw, units.min() * draw.between(0.7, 1.4, (k,)))
    zero = np.zeros(k)
    yield student.compare(
        "kl_mvn", zero, in_units, zero, wide, what="very different units in cov_q alone", share=2
    )
    yield student.compare(
        "kl_mvn", zero, narrow, zero, in_units, what="very different units in cov_p alone", share=2
    )


def _many_units(student, draw):
    """So many small units around large ones that rounding turns some eigenvalue negative."""
    units = np.repeat([1e-7, 1e7, 1e-7], [16, 8, 16])
    k = len(units)
    std_q, std_p = units * draw.between(0.7, 1.4, (k,)), units * draw.between(0.7, 1.4, (k,))
    return student.compare(
        "kl_mvn",
        units * draw.normal((k,)),
        _in_units(draw, std_q),
        units * draw.normal((k,)),
        _in_units(draw, std_p),
        what="many quantities in small units beside large ones",
        share=2,
    )


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
    for size, what in (
        (1e-12, "accepts rounding-size asymmetry"),
        (0.85e-8, "accepts asymmetry just within the tolerance"),
    ):
        skewed_q, skewed_p = _skewed(cov_q, 0, 2, size), _skewed(cov_p, 3, 1, -size)
        yield student.compare("kl_mvn", mean_q, skewed_q, mean_p, skewed_p, what=what)
    # All correlations are 1/2: next to a large entry a small asymmetry is easily overlooked.
    std = draw.between(0.5, 2.0, (4,))
    related = np.outer(std, std) * (0.5 + 0.5 * np.eye(4))
    units = np.array([1.0, 1e-5, 1.0, 1e-5])
    small_q = cov_q * np.outer(units, units)
    small_p = cov_p * np.outer(units, units)
    cases = (
        (_skewed(cov_q, 0, 2, 0.1), cov_p, "cov_q that is plainly not symmetric"),
        (cov_q, _skewed(cov_p, 2, 0, 0.1), "cov_p that is plainly not symmetric"),
        (_skewed(related, 3, 1, 1e-6), cov_p, "an asymmetry that is small but not rounding"),
        (_skewed(cov_q, 0, 2, 1.2e-8), cov_p, "an asymmetry of cov_q just above the tolerance"),
        (cov_q, _skewed(cov_p, 0, 2, 1.2e-8), "an asymmetry of cov_p just above the tolerance"),
        (_skewed(small_q, 1, 3, 0.1), small_p, "an asymmetry of cov_q between small units"),
        (small_q, _skewed(small_p, 3, 1, 0.1), "an asymmetry of cov_p between small units"),
    )
    for bad_q, bad_p, what in cases:
        yield student.raises(
            ValueError, "kl_mvn", mean_q, bad_q, mean_p, bad_p, what=f"refuses {what}"
        )


def _mvn_not_definite(student, draw):
    (mean_q, cov_q), (mean_p, cov_p) = _mvn(draw, 4), _mvn(draw, 4)
    # Two such blocks: the determinant and the diagonal are positive, the matrix is indefinite.
    blocks = np.kron(np.eye(2), [[1.0, 2.0], [2.0, 1.0]])
    one_block = np.eye(4)
    one_block[:2, :2] = blocks[:2, :2]
    no_variance = np.diag([1.5, 0.0, 0.5, 2.0])
    # Two coordinates that are one and the same.
    singular = np.eye(4)
    singular[2:, 2:] = 1.0
    cases = (
        (one_block, cov_p, "an indefinite cov_q with a positive diagonal"),
        (cov_q, one_block, "an indefinite cov_p with a positive diagonal"),
        (blocks, cov_p, "an indefinite cov_q with a positive determinant"),
        (cov_q, blocks, "an indefinite cov_p with a positive determinant"),
        (-cov_q, cov_p, "a negative definite cov_q"),
        (cov_q, -cov_p, "a negative definite cov_p"),
        (no_variance, cov_p, "cov_q without variance in one direction"),
        (cov_q, singular, "cov_p of two identical coordinates"),
    )
    for bad_q, bad_p, what in cases:
        yield student.raises(
            ValueError, "kl_mvn", mean_q, bad_q, mean_p, bad_p, what=f"refuses {what}"
        )


def _mvn_shapes(student, draw):
    (mean_q, cov_q), (mean_p, cov_p) = _mvn(draw, 4), _mvn(draw, 4)
    other_mean, other_cov = _mvn(draw, 3)
    one = np.ones(1)
    cases = (
        ((mean_q, cov_q, other_mean, other_cov), "q and p of different dimension"),
        ((mean_q, cov_q, other_mean, cov_p), "a mean that does not fit its covariance"),
        ((mean_q, other_cov, mean_p, cov_p), "a covariance that does not fit its mean"),
        ((mean_q, cov_q, one, cov_p), "a mean of length 1 in several dimensions"),
        ((mean_q, cov_q, mean_p, np.eye(1)), "a covariance of size 1 in several dimensions"),
        ((mean_q, cov_q[:, :3], mean_p, cov_p), "a covariance that is not square"),
        ((mean_q, np.diag(cov_q), mean_p, cov_p), "variances in place of a covariance"),
    )
    for arguments, what in cases:
        yield student.raises(ValueError, "kl_mvn", *arguments, what=f"refuses {what}")


def kl_diagonal(student, draw):
    name = "kl_diagonal"
    mean, var = draw.normal((5, 3)), draw.between(0.3, 3.0, (5, 3))
    yield student.compare(name, mean, var, what="agrees with the integral", core=True, share=4)
    yield student.compare(name, mean[0], var[0], what="a single mean and variance vector")
    yield student.compare(
        name,
        draw.normal((2, 3, 4)),
        draw.between(0.3, 3.0, (2, 3, 4)),
        what="sums over the last axis only, with two leading axes",
    )
    yield student.compare(name, mean[:, :1], var[:, :1], what="one dimension")
    yield student.compare(
        name, draw.normal((3, 50)), draw.between(0.3, 3.0, (3, 50)), what="many dimensions"
    )
    yield student.compare(
        name, mean.astype(np.float32), var.astype(np.float32), what="takes float32 arrays"
    )
    yield student.compare(name, mean, 1e-16 * var, what="works for very small variances")
    yield student.compare(
        name,
        draw.normal((2, 400)),
        draw.between(0.005, 0.02, (2, 400)),
        what="right where the product of all variances is too small for a float",
    )
    yield student.compare(name, mean[:1], var[:1], what="a batch of one keeps its axis")
    standard = np.array([[0.0], [1.0], [0.0]]) * mean[:3], np.ones((3, 3))
    yield student.compare(name, *standard, what="rows that are the standard normal")


def near_and_far(student, draw):
    pairs = student.value(_two_pairs)
    shaped = _is_two_pairs(pairs)
    near, far = pairs.reshape(2, 2).astype(float) if shaped else np.full((2, 2), np.nan)
    yield student.holds(
        shaped,
        "returns two pairs of mean and variance",
        "Two pairs of numbers are asked: ((mean, var), (mean, var)).",
        mistake=_pairs_mistake(pairs),
        core=True,
    )
    if not shaped:
        return
    yield student.holds(
        bool(near[1] > 0 and far[1] > 0),
        "both variances are positive",
        "A variance is not greater than 0.",
        mistake=_variance_mistake(near, far),
        core=True,
    )
    near_kl, far_kl = _to_standard(*near), _to_standard(*far)
    yield student.holds(
        bool(near_kl < 0.05),
        "the first is close to N(0, 1)",
        "The first is too far from N(0, 1).",
        mistake=_near_mistake(near, far, near_kl),
        core=True,
    )
    # Exactly equal, not "KL is 0": a pair very close by has a KL that rounds to 0.
    yield student.holds(
        bool(tuple(near) != (0.0, 1.0)),
        "the first is not N(0, 1) itself",
        "The first has no divergence from N(0, 1).",
        mistake="near_is_the_standard_normal",
        core=True,
    )
    yield student.holds(
        bool(far_kl > 25),
        "the second is far from N(0, 1)",
        "The second is not far enough from N(0, 1).",
        mistake=_far_mistake(near, far, far_kl),
        core=True,
    )


def _two_pairs(functions):
    """What the student's function returns, as one array of numbers where it can be one."""
    import numpy as np

    try:
        array = np.array(functions["near_and_far"]())
        if array.dtype.kind in "USc":
            return "not numbers"
        return array if array.dtype.kind in "iuf" else array.astype(float)
    except (TypeError, ValueError):
        return "not numbers"


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
    samples = location + scale * draw.normal((37,))
    few = location + scale * draw.between(-0.7, 0.7, (3,))
    yield student.compare(
        _estimate, *normals, samples, what="agrees on normals", core=True, share=6
    )
    yield student.compare(_estimate, *normals, few, what="right with very few samples", share=2)
    yield student.compare(
        _estimate, *normals, samples.astype(np.float32), what="takes float32 samples"
    )
    yield from _other_densities(student, draw)
    shift = float(draw.between(0.5, 1.5))
    yield student.compare(
        _estimate,
        ("normal", 0.0, 1.0),
        ("normal", shift, 1.0),
        shift + draw.between(0.2, 1.0, (12,)),
        what="an estimate may be negative by chance",
    )
    yield student.compare(
        _estimate,
        ("normal", 0.0, 1.0),
        ("normal", 40.0, 1.0),
        draw.normal((30,)),
        what="works where p is as good as zero",
    )


def _two_normals(draw):
    """Two normals so far apart that the estimate is not negative by chance; q's parameters."""
    location, scale = float(draw.normal()), float(draw.between(0.8, 1.2))
    other = location + float(draw.signs((1,))[0] * draw.between(2.5, 3.5))
    parameters = ("normal", location, scale), ("normal", other, float(draw.between(0.9, 1.3)))
    return parameters, location, scale


def _other_densities(student, draw):
    scale = float(draw.between(0.3, 0.5))
    yield student.compare(
        _estimate,
        ("exponential", 0.0, scale),
        ("exponential", 0.0, float(draw.between(2.0, 4.0))),
        draw.generator.exponential(scale, 60),
        what="log densities that are not normals",
    )
    location = float(draw.normal())
    components = draw.generator.choice([-1.0, 1.5], 50)
    yield student.compare(
        _estimate,
        ("mixture", location, 1.0),
        ("laplace", location + float(draw.between(3.0, 5.0)), float(draw.between(0.6, 1.0))),
        location + components + draw.normal((50,)),
        what="calls the log densities on the array of samples",
    )


def _estimate(functions, parameters_q, parameters_p, samples):
    """The student's estimate for two densities given as (family, location, scale)."""
    import numpy as np

    def mixture(x):
        # Two normals side by side; the components need an axis of their own.
        apart = x[:, None] - np.array([-1.0, 1.5])
        return np.log(np.mean(np.exp(-0.5 * apart**2) / np.sqrt(2 * np.pi), axis=1))

    families = {
        "normal": lambda x: -0.5 * x**2 - 0.5 * np.log(2 * np.pi),
        "laplace": lambda x: -np.abs(x) - np.log(2),
        "exponential": lambda x: -x,
        "mixture": mixture,
    }

    def log_density(parameters):
        family, location, scale = parameters
        return lambda x: families[family]((x - location) / scale) - np.log(scale)

    return functions["kl_monte_carlo"](
        log_density(parameters_q), log_density(parameters_p), samples
    )


def log_evidence(student, draw):
    name = "log_evidence"
    yield student.compare(
        name, draw.normal((4, 5)), what="agrees with the definition", core=True, share=4
    )
    for log_joint, what, share in _log_joints(draw):
        yield student.compare(name, log_joint, what=what, share=share, rtol=_tight(log_joint))


def posterior(student, draw):
    name = "posterior"
    yield student.compare(
        name, draw.normal((4, 5)), what="agrees with the definition", core=True, share=4
    )
    for log_joint, what, share in _log_joints(draw):
        yield student.compare(name, log_joint, what=what, share=share)


def _log_joints(draw):
    """Inputs for all functions of the discrete latent, each with what it tries and its share."""
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
        (normal((3, 4)) - offset, "stable around -1000", 4),
        (normal((3, 4)) + offset, "stable around +1000", 4),
        (apart, "stable when the rows are of very different size", 1),
        (wide, "stable when one state is far less likely than the others", 1),
        (peaked, "stable when one state is far more likely than the others", 1),
    )


def _tight(log_joint):
    """A relative tolerance that means about 1e-3 in absolute terms, also around 1000."""
    return 1e-6 if np.max(np.abs(log_joint)) > 100 else 5e-5


def elbo(student, draw):
    log_joint, q = draw.normal((4, 5)), _distributions(draw, (4, 5))
    yield student.compare(
        "elbo", log_joint, q, what="agrees with the definition", core=True, share=6
    )
    yield student.compare("elbo", log_joint, _with_zero(q, 2), what="q may contain zeros", share=6)
    certain = np.eye(5)[draw.permutation(5)[:4]]
    yield student.compare("elbo", log_joint, certain, what="q may be certain of one state", share=2)
    remote = log_joint + np.array([0.0, 0.0, -1e5, 0.0, 0.0])
    yield student.compare(
        "elbo",
        remote,
        _with_zero(q, 2),
        what="a state with q = 0 contributes nothing, however unlikely x is with it",
    )
    weights = np.exp(log_joint)
    exact = weights / weights.sum(axis=-1, keepdims=True)
    yield student.compare(
        "elbo", log_joint, exact, what="equals the log evidence when q is the posterior"
    )
    for log_joint, what, _ in _log_joints(draw):
        q = _distributions(draw, log_joint.shape).astype(log_joint.dtype)
        yield student.compare("elbo", log_joint, q, what=what, rtol=_tight(log_joint))


def elbo_linear_gaussian(student, draw):
    name = "elbo_linear_gaussian"
    x, mean = draw.normal((5, 3), 1.5), draw.normal((5, 3))
    std = draw.between(0.3, 2.0, (5, 3))
    yield student.compare(name, x, mean, std, what="agrees with the integral", core=True, share=5)
    numbers = [float(a[0, 0]) for a in (x, mean, std)]
    yield student.compare(name, *numbers, what="takes plain numbers")
    shift = int(draw.integers(1, 4))
    yield student.compare(name, shift, -1, 1 + shift, what="takes whole numbers")
    yield student.compare(
        name, x[:, :1], mean[0], std[0], what="the arguments broadcast, (5, 1) against (3,)"
    )
    yield student.compare(
        name, float(x[0, 0]), mean[:, :1], std[0], what="one x against a grid of means and stds"
    )
    yield student.compare(
        name, *(a.astype(np.float32) for a in (x, mean, std)), what="takes float32 arrays"
    )
    yield student.compare(
        name, x, x / 2, 0.5**0.5, what="equals the log evidence when q is the posterior"
    )
    yield student.compare(
        name, x, mean, 1e-8 * std, what="works for very small standard deviations"
    )


def kl_normal_derivation(student, draw):
    yield from _derivation(student, draw, "kl_normal_derivation")


def kl_standard_normal_derivation(student, draw):
    yield from _derivation(student, draw, "kl_standard_normal_derivation")


def kl_diagonal_derivation(student, draw):
    yield from _derivation(student, draw, "kl_diagonal_derivation")


def elbo_gap_derivation(student, draw):
    yield from _derivation(student, draw, "elbo_gap_derivation")


def elbo_split_derivation(student, draw):
    yield from _derivation(student, draw, "elbo_split_derivation")


def _derivation(student, draw, item):
    """A report line, with its share, for each thing the derivation must show."""
    verdict = check_derivation(item, student.text(item), draw.generator)
    if verdict.problem:
        yield student.holds(False, "can be read as a derivation", verdict.problem, core=True)
    for requirement in verdict.requirements:
        message = requirement.message
        if requirement is verdict.requirements[-1]:
            message = verdict.account or message
        yield student.holds(
            requirement.met, requirement.words, message, requirement.slip, share=requirement.share
        )
