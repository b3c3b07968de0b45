"""Wrong implementations that students really write, one function each: `<item>__<mistake>`.

The docstring is the sentence the student reads. Each shows one mistake and is complete otherwise.
Where several fit one line and no other line decides, the judge names the first in this file;
a missing check of the input is a mistake of its own for every case, and so is the lack of all
checks: what a function refuses decides which of them it is.
"""

import numpy as np
from scipy.special import logsumexp, rel_entr, softmax
from scipy.stats import entropy

from reference import derivations as items
from reference.sheet1_kl import derivations
from reference.sheet1_kl import reference as right

_LOG_2PI = np.log(2 * np.pi)


# ── kl_discrete ──────────────────────────────────────────────────────────────────────────────


def kl_discrete__sign_flipped(q, p):
    """The sign of the whole divergence is flipped: it comes out negative."""
    return -right.kl_discrete(q, p)


def kl_discrete__arguments_swapped(q, p):
    """This is the divergence in the other direction: q and p are swapped."""
    return right.kl_discrete(p, q)


def kl_discrete__weighted_by_p(q, p):
    """The log ratio is averaged under p; the average belongs to q."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(p * np.log(q / p), axis=-1)


def kl_discrete__not_weighted(q, p):
    """The log ratios are added up without weighting each by its probability."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(np.log(q / p), axis=-1)


def kl_discrete__in_bits(q, p):
    """This is in bits (logarithm to base 2); nats are expected."""
    return right.kl_discrete(q, p) / np.log(2)


def kl_discrete__mean_over_outcomes(q, p):
    """The terms are averaged over the outcomes where they should be summed."""
    return right.kl_discrete(q, p) / np.shape(q)[-1]


def kl_discrete__wrong_axis(q, p):
    """The sum runs over the first axis; the distributions lie along the last."""
    q, p = right.distributions(q, p)
    return np.sum(rel_entr(q, p), axis=0)


def kl_discrete__infinite_for_all_rows(q, p):
    """One infinite row makes the whole result a single inf."""
    divergence = right.kl_discrete(q, p)
    return np.inf if np.any(np.isinf(divergence)) else divergence


def kl_discrete__infinite_where_p_is_zero(q, p):
    """Wherever p has a 0 the result is inf; where q has a 0 as well, the term is 0."""
    q, p = right.distributions(q, p)
    finite = np.sum(rel_entr(q, np.where(p > 0, p, 1.0)), axis=-1)
    return np.where(np.any(p == 0, axis=-1), np.inf, finite)


def kl_discrete__summed_over_everything(q, p):
    """The sum runs over all axes, so that a batch becomes a single number."""
    return np.sum(right.kl_discrete(q, p))


def kl_discrete__averaged_over_the_batch(q, p):
    """The divergences of a batch are averaged into one number; one for each row is expected."""
    return np.mean(right.kl_discrete(q, p))


def kl_discrete__cross_entropy(q, p):
    """This is the cross-entropy: the entropy of q is not taken off."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return -np.sum(np.where(q > 0, q * np.log(p), 0.0), axis=-1)


def kl_discrete__entropy_sign(q, p):
    """The cross-entropy is subtracted: both parts have the wrong sign somewhere; look at log p."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(np.where(q > 0, q * (np.log(q) + np.log(p)), 0.0), axis=-1)


def kl_discrete__entropy(q, p):
    """This is the entropy of q alone: p plays no part."""
    q, p = right.distributions(q, p)
    return -np.sum(rel_entr(q, np.ones_like(p)), axis=-1)


def kl_discrete__decimal_logarithm(q, p):
    """You take the logarithm to base 10; nats need np.log."""
    return right.kl_discrete(q, p) / np.log(10)


def kl_discrete__ratio_without_log(q, p):
    """The logarithm is missing: the ratio itself is averaged under q."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(np.where(q > 0, q * (q / p), 0.0), axis=-1)


def kl_discrete__log_of_the_mean_ratio(q, p):
    """The logarithm is taken after the average over q; it belongs inside."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.where(q > 0, q * (q / p), 0.0), axis=-1))


def kl_discrete__squared_differences(q, p):
    """These are squared differences of the probabilities, which is another distance."""
    q, p = right.distributions(q, p)
    return np.sum((q - p) ** 2, axis=-1)


def kl_discrete__log1p(q, p):
    """You take the logarithm of 1 plus the ratio; the ratio itself belongs there."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(np.where(q > 0, q * np.log1p(q / p), 0.0), axis=-1)


def kl_discrete__absolute_terms(q, p):
    """Each term was made positive; single terms of the sum may well be negative."""
    q, p = right.distributions(q, p)
    return np.sum(np.abs(rel_entr(q, p)), axis=-1)


def kl_discrete__symmetrised(q, p):
    """This adds (or averages) both directions; the divergence has one."""
    return 0.5 * (right.kl_discrete(q, p) + right.kl_discrete(p, q))


def kl_discrete__jensen_shannon(q, p):
    """This compares with the mixture of both: the Jensen–Shannon divergence."""
    q, p = right.distributions(q, p)
    middle = (q + p) / 2
    return 0.5 * np.sum(rel_entr(q, middle) + rel_entr(p, middle), axis=-1)


def kl_discrete__nan_at_zero(q, p):
    """A zero in q gives nan: 0 times log 0 has to be handled."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(q * np.log(q / p), axis=-1)


def kl_discrete__zeros_refused(q, p):
    """Zero probabilities are refused; they are allowed."""
    q, p = right.distributions(q, p)
    if np.any(q <= 0) or np.any(p <= 0):
        raise ValueError("probabilities must be positive")
    return np.sum(q * np.log(q / p), axis=-1)


def kl_discrete__smoothed(q, p, *, constant: (1e-15, 1e-3) = 1e-10):
    """You add {constant} to probabilities inside the logarithm: what is infinite becomes finite."""
    q, p = right.distributions(q, p)
    return np.sum(q * np.log((q + constant) / (p + constant)), axis=-1)


def kl_discrete__ratio_smoothed(q, p, *, constant: (1e-15, 1e-3) = 1e-10):
    """You add {constant} to the ratio inside the logarithm; look at an outcome with q = 0."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(q * np.log(q / p + constant), axis=-1)


def kl_discrete__only_q_smoothed(q, p, *, constant: (1e-15, 1e-3) = 1e-10):
    """You add {constant} to q inside the logarithm: leave out the outcomes with q = 0 instead."""
    q, p = right.distributions(q, p)
    with np.errstate(all="ignore"):
        return np.sum(q * np.log((q + constant) / p), axis=-1)


def kl_discrete__smoothed_coarsely(q, p):
    """The constant added to the probabilities is so large that all values change."""
    return kl_discrete__smoothed(q, p, constant=1e-3)


def kl_discrete__clipped(q, p, *, constant: (1e-15, 1e-3) = 1e-12):
    """You clip probabilities from below at {constant}: what is infinite becomes finite."""
    q, p = right.distributions(q, p)
    return np.sum(rel_entr(q, np.clip(p, constant, 1.0)), axis=-1)


def kl_discrete__tiny_taken_for_zero(q, p):
    """A very small probability is treated as if it were zero."""
    q, p = right.distributions(q, p)
    return np.sum(rel_entr(q, np.where(p < 1e-12, 0.0, p)), axis=-1)


def kl_discrete__impossible_outcomes_skipped(q, p):
    """Outcomes that p rules out are skipped, although q may allow them."""
    q, p = right.distributions(q, p)
    return np.sum(np.where(p > 0, rel_entr(q, p), 0.0), axis=-1)


def kl_discrete__infinity_refused(q, p):
    """Where p rules out what q allows an error is raised; the divergence has a value there."""
    divergence = right.kl_discrete(q, p)
    if np.any(np.isinf(divergence)):
        raise ValueError("p is zero where q is not")
    return divergence


def kl_discrete__warns_at_infinity(q, p):
    """The value is right, but Python warns of a division by zero on the way."""
    q, p = right.distributions(q, p)
    q, p = np.broadcast_arrays(q, p)
    terms = np.zeros(q.shape)
    some = q > 0
    terms[some] = q[some] * np.log(q[some] / p[some])
    return np.sum(terms, axis=-1)


def kl_discrete__equal_shapes_demanded(q, p):
    """Rows that would broadcast are refused: two arrays with as many axes need not be equal."""
    if np.ndim(q) == np.ndim(p) and np.shape(q) != np.shape(p):
        raise ValueError(f"q has shape {np.shape(q)}, p has shape {np.shape(p)}")
    return right.kl_discrete(q, p)


def kl_discrete__changes_its_argument(q, p):
    """Zeros are replaced in the array that was passed in, which changes it for the caller."""
    right.distributions(q, p)
    divergence = right.kl_discrete(q, p)
    if np.any(q == 0):
        q[q == 0] = 1e-300
    return divergence


def _unchecked(q, p):
    """The sum over whatever broadcasts."""
    with np.errstate(all="ignore"):
        terms = q * np.log(q / p)
        return np.sum(np.where(q > 0, terms, 0.0), axis=-1)


def _checked_but(q, p, *, negative=("q", "p"), sums=("q", "p"), shapes=True, tolerance=1e-6):
    """The divergence with only the named checks made."""
    q, p = np.asarray(q, float), np.asarray(p, float)
    if shapes:
        right.check_shapes(q, p)
    for name, values in (("q", q), ("p", p)):
        if name in negative:
            right.check_not_negative(name, values)
        if name in sums:
            right.check_sums(name, values, tolerance)
    return _unchecked(q, p)


def kl_discrete__nothing_checked(q, p):
    """Nothing is checked: what is no distribution is let through."""
    return _checked_but(q, p, negative="", sums="", shapes=False)


def kl_discrete__q_unchecked(q, p):
    """q is not checked, although p is: what is no distribution is let through."""
    return _checked_but(q, p, negative="p", sums="p")


def kl_discrete__p_unchecked(q, p):
    """p is not checked, although q is: what is no distribution is let through."""
    return _checked_but(q, p, negative="q", sums="q")


def kl_discrete__negative_q_let_through(q, p):
    """A negative entry in q is let through as long as the row sums to 1."""
    return _checked_but(q, p, negative="p")


def kl_discrete__negative_p_let_through(q, p):
    """A negative entry in p is let through as long as the row sums to 1."""
    return _checked_but(q, p, negative="q")


def kl_discrete__sum_of_q_unchecked(q, p):
    """A row of q that does not sum to 1 is let through."""
    return _checked_but(q, p, sums="p")


def kl_discrete__sum_of_p_unchecked(q, p):
    """A row of p that does not sum to 1 is let through."""
    return _checked_but(q, p, sums="q")


def kl_discrete__sums_checked_loosely(q, p):
    """The sums are checked, but with far too much tolerance."""
    return _checked_but(q, p, tolerance=1e-2)


def kl_discrete__sums_checked_too_strictly(q, p):
    """Sums that are off by no more than rounding are refused."""
    return _checked_but(q, p, tolerance=1e-10)


def kl_discrete__only_the_average_sum_checked(q, p):
    """Rows that are too large and too small cancel: the sums are checked all together."""
    q, p = np.asarray(q, float), np.asarray(p, float)
    right.check_shapes(q, p)
    for name, values in (("q", q), ("p", p)):
        right.check_not_negative(name, values)
        right.check_sums(name, values.mean(axis=tuple(range(values.ndim - 1))))
    return _unchecked(q, p)


def kl_discrete__sum_of_all_rows_checked(q, p):
    """The sum over all rows is checked, and a batch refused; each row has to sum to 1 by itself."""
    q, p = np.asarray(q, float), np.asarray(p, float)
    right.check_shapes(q, p)
    for name, values in (("q", q), ("p", p)):
        right.check_not_negative(name, values)
        right.check_sums(name, np.ravel(values))
    return _unchecked(q, p)


def kl_discrete__normalised_and_nothing_checked(q, p):
    """Whatever comes is normalised first, as scipy.stats.entropy does, and nothing is refused."""
    q, p = np.broadcast_arrays(np.asarray(q, float), np.asarray(p, float))
    return entropy(q, p, axis=-1)


def kl_discrete__normalised_silently(q, p):
    """Rows that do not sum to 1 are normalised silently where an error is expected."""
    q, p = np.asarray(q, float), np.asarray(p, float)
    return right.kl_discrete(q / q.sum(-1, keepdims=True), p / p.sum(-1, keepdims=True))


def kl_discrete__length_one_broadcast(q, p):
    """A last axis of length 1 is stretched to the other's length where an error is expected."""
    return _checked_but(q, p, shapes=False)


def kl_discrete__assertion(q, p):
    """Bad input raises an AssertionError (from assert); a ValueError is expected."""
    try:
        return right.kl_discrete(q, p)
    except ValueError as error:
        raise AssertionError(str(error)) from error


def kl_discrete__nan_for_bad_input(q, p):
    """Bad input gives nan where a ValueError is expected."""
    try:
        return right.kl_discrete(q, p)
    except ValueError:
        return np.nan


# ── asymmetric_pair ──────────────────────────────────────────────────────────────────────────


def asymmetric_pair__symmetric_pair():
    """One distribution is the other with its entries rearranged, and the two divergences agree."""
    return np.array([0.3, 0.7]), np.array([0.7, 0.3])


def asymmetric_pair__same_distribution_twice():
    """Both distributions are the same, and both divergences 0."""
    return np.array([0.2, 0.8]), np.array([0.2, 0.8])


def asymmetric_pair__gap_too_small():
    """The two divergences differ, but by too little."""
    return np.array([0.5, 0.5]), np.array([0.6, 0.4])


def asymmetric_pair__zero_entry():
    """A probability of 0 makes one of the divergences infinite; it has to be positive."""
    return np.array([1.0, 0.0]), np.array([0.5, 0.5])


def asymmetric_pair__negative_entry():
    """There is a negative probability."""
    return np.array([1.2, -0.2]), np.array([0.5, 0.5])


def asymmetric_pair__not_normalised():
    """These are weights, not probabilities: a distribution does not sum to 1."""
    return np.array([9.0, 1.0]), np.array([5.0, 5.0])


def asymmetric_pair__normalised_together():
    """The two rows sum to 1 together, where each has to on its own."""
    return np.array([[0.45, 0.05], [0.25, 0.25]])


def asymmetric_pair__different_lengths():
    """The two distributions have different numbers of outcomes."""
    return np.array([0.9, 0.1]), np.array([0.2, 0.3, 0.5])


def asymmetric_pair__single_outcome():
    """There is only one outcome, so that both distributions are certain of it."""
    return np.array([1.0]), np.array([1.0])


def asymmetric_pair__divergences_returned():
    """The two divergences are returned; the two distributions are expected."""
    return 0.5108, 0.3681


# ── kl_normal ────────────────────────────────────────────────────────────────────────────────


def _kl_normal_parts(mean_q, std_q, mean_p, std_p):
    """The logarithm and the quadratic term of the divergence."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    with np.errstate(all="ignore"):
        return np.log(std_p / std_q), (std_q**2 + (mean_q - mean_p) ** 2) / (2 * std_p**2)


def kl_normal__sign_flipped(mean_q, std_q, mean_p, std_p):
    """The sign of the whole divergence is flipped: it comes out negative."""
    return -right.kl_normal(mean_q, std_q, mean_p, std_p)


def kl_normal__arguments_swapped(mean_q, std_q, mean_p, std_p):
    """This is the divergence in the other direction: q and p are swapped."""
    return right.kl_normal(mean_p, std_p, mean_q, std_q)


def kl_normal__half_missing(mean_q, std_q, mean_p, std_p):
    """A factor of one half is missing from the quadratic term."""
    logarithm, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return logarithm + 2 * quadratic - 0.5


def kl_normal__half_missing_from_the_means(mean_q, std_q, mean_p, std_p):
    """The difference of the means is divided by var_p; the 2 belongs under it as well."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    divergence = right.kl_normal(mean_q, std_q, mean_p, std_p)
    return divergence + (mean_q - mean_p) ** 2 / (2 * std_p**2)


def kl_normal__half_missing_from_the_spread(mean_q, std_q, mean_p, std_p):
    """The variance of q is divided by var_p; the 2 belongs under it as well."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return right.kl_normal(mean_q, std_q, mean_p, std_p) + std_q**2 / (2 * std_p**2)


def kl_normal__doubled(mean_q, std_q, mean_p, std_p):
    """The whole divergence is twice too large: a factor of one half is missing."""
    return 2 * right.kl_normal(mean_q, std_q, mean_p, std_p)


def kl_normal__log_std_for_log_variance(mean_q, std_q, mean_p, std_p):
    """This is what you get with log σ where log σ² is meant."""
    logarithm, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return 0.5 * logarithm + quadratic - 0.5


def kl_normal__log_variance_for_log_std(mean_q, std_q, mean_p, std_p):
    """This is what you get with log σ² where log σ is meant."""
    logarithm, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return 2 * logarithm + quadratic - 0.5


def kl_normal__std_taken_for_variance(mean_q, std_q, mean_p, std_p):
    """The standard deviations are used as if they were variances."""
    right.normals(mean_q, std_q, mean_p, std_p)
    return right.kl_normal(mean_q, np.sqrt(std_q), mean_p, np.sqrt(std_p))


def kl_normal__std_not_squared(mean_q, std_q, mean_p, std_p):
    """The standard deviations are not squared in the quadratic term."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return np.log(std_p / std_q) + (std_q + (mean_q - mean_p) ** 2) / (2 * std_p) - 0.5


def kl_normal__std_of_q_not_squared(mean_q, std_q, mean_p, std_p):
    """The standard deviation of q is not squared in the quadratic term; that of p is."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return np.log(std_p / std_q) + (std_q + (mean_q - mean_p) ** 2) / (2 * std_p**2) - 0.5


def kl_normal__log_ratio_inverted(mean_q, std_q, mean_p, std_p):
    """The ratio inside the logarithm is the wrong way round."""
    logarithm, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return -logarithm + quadratic - 0.5


def kl_normal__log_missing(mean_q, std_q, mean_p, std_p):
    """The term with the logarithm is missing."""
    return _kl_normal_parts(mean_q, std_q, mean_p, std_p)[1] - 0.5


def kl_normal__constant_forgotten(mean_q, std_q, mean_p, std_p):
    """The constant at the end is forgotten: two equal normals would not get 0."""
    return sum(_kl_normal_parts(mean_q, std_q, mean_p, std_p))


def kl_normal__constant_too_large(mean_q, std_q, mean_p, std_p):
    """The constant at the end is too large: two equal normals would get less than 0."""
    return sum(_kl_normal_parts(mean_q, std_q, mean_p, std_p)) - 1


def kl_normal__difference_not_squared(mean_q, std_q, mean_p, std_p):
    """The difference of the means is not squared."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return np.log(std_p / std_q) + (std_q**2 + mean_q - mean_p) / (2 * std_p**2) - 0.5


def kl_normal__means_ignored(mean_q, std_q, mean_p, std_p):
    """The difference of the means plays no part."""
    zeros = np.zeros_like(np.asarray(mean_q, float) - np.asarray(mean_p, float))
    return right.kl_normal(zeros, std_q, zeros, std_p)


def kl_normal__divided_by_the_other_variance(mean_q, std_q, mean_p, std_p):
    """The squared difference of the means is divided by the variance of the wrong one."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    spread = std_q**2 / (2 * std_p**2)
    return np.log(std_p / std_q) + spread + (mean_q - mean_p) ** 2 / (2 * std_q**2) - 0.5


def kl_normal__in_bits(mean_q, std_q, mean_p, std_p):
    """This is in bits (logarithm to base 2); nats are expected."""
    return right.kl_normal(mean_q, std_q, mean_p, std_p) / np.log(2)


def kl_normal__summed(mean_q, std_q, mean_p, std_p):
    """The values are summed into one number; one for each entry is expected."""
    return np.sum(right.kl_normal(mean_q, std_q, mean_p, std_p))


def kl_normal__averaged(mean_q, std_q, mean_p, std_p):
    """The values are averaged into one number; one for each entry is expected."""
    return np.mean(right.kl_normal(mean_q, std_q, mean_p, std_p))


def kl_normal__smoothed(mean_q, std_q, mean_p, std_p, *, constant: (1e-12, 1e-2) = 1e-8):
    """You add {constant} to the variances, which spoils small standard deviations."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return right.kl_normal(
        mean_q, np.sqrt(std_q**2 + constant), mean_p, np.sqrt(std_p**2 + constant)
    )


def kl_normal__ratio_smoothed(mean_q, std_q, mean_p, std_p, *, constant: (1e-12, 1e-2) = 1e-3):
    """You add {constant} to the ratio inside the logarithm: no guard is needed there."""
    _, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return np.log(np.divide(std_p, std_q) + constant) + quadratic - 0.5


def kl_normal__stds_smoothed(mean_q, std_q, mean_p, std_p, *, constant: (1e-12, 1e-2) = 1e-8):
    """You add {constant} to the standard deviations, which spoils small ones."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return right.kl_normal(mean_q, std_q + constant, mean_p, std_p + constant)


def kl_normal__smoothed_in_the_logarithm(
    mean_q, std_q, mean_p, std_p, *, constant: (1e-12, 1e-2) = 1e-8
):
    """You add {constant} to the standard deviations in the logarithm, which spoils small ones."""
    _, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    logs = np.log(np.asarray(std_p) + constant) - np.log(np.asarray(std_q) + constant)
    return logs + quadratic - 0.5


def kl_normal__logarithm_in_bits(mean_q, std_q, mean_p, std_p):
    """The logarithm has base 2, and the other terms are in nats: np.log is expected."""
    logarithm, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return logarithm / np.log(2) + quadratic - 0.5


def kl_normal__logarithm_to_base_ten(mean_q, std_q, mean_p, std_p):
    """The logarithm has base 10, and the other terms are in nats: np.log is expected."""
    logarithm, quadratic = _kl_normal_parts(mean_q, std_q, mean_p, std_p)
    return logarithm / np.log(10) + quadratic - 0.5


def kl_normal__means_added(mean_q, std_q, mean_p, std_p):
    """The means are added where their difference is squared."""
    return right.kl_normal(mean_q, std_q, -np.asarray(mean_p), std_p)


def kl_normal__means_squared_apart(mean_q, std_q, mean_p, std_p):
    """The squares of the means are subtracted where the square of their difference is meant."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    squares = std_q**2 + mean_q**2 - mean_p**2
    return np.log(std_p / std_q) + squares / (2 * std_p**2) - 0.5


def kl_normal__multiplied_by_the_variance(mean_q, std_q, mean_p, std_p):
    """/ 2 * std_p**2 multiplies by the variance of p: the denominator needs brackets."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    squares = std_q**2 + (mean_q - mean_p) ** 2
    return np.log(std_p / std_q) + squares / 2 * std_p**2 - 0.5


def kl_normal__divided_by_the_std(mean_q, std_q, mean_p, std_p):
    """The squares are divided by the standard deviation of p, not by its variance."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    squares = std_q**2 + (mean_q - mean_p) ** 2
    return np.log(std_p / std_q) + squares / (2 * std_p) - 0.5


def kl_normal__divided_by_the_variance_of_q(mean_q, std_q, mean_p, std_p):
    """The squares are divided by the variance of q; that of p belongs there."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    squares = std_q**2 + (mean_q - mean_p) ** 2
    return np.log(std_p / std_q) + squares / (2 * std_q**2) - 0.5


def kl_normal__only_the_difference_divided(mean_q, std_q, mean_p, std_p):
    """Only the difference of the means is divided by 2 var_p; the variance of q has to be, too."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return np.log(std_p / std_q) + std_q**2 + (mean_q - mean_p) ** 2 / (2 * std_p**2) - 0.5


def kl_normal__half_around_all(mean_q, std_q, mean_p, std_p):
    """All is half of what it should be: log(std_p / std_q) has no half in front."""
    return 0.5 * right.kl_normal(mean_q, std_q, mean_p, std_p)


def kl_normal__constant_added(mean_q, std_q, mean_p, std_p):
    """The constant at the end has the wrong sign: 1/2 is added."""
    return sum(_kl_normal_parts(mean_q, std_q, mean_p, std_p)) + 0.5


def kl_normal__variance_of_q_missing(mean_q, std_q, mean_p, std_p):
    """The variance of q is missing from the quadratic term, which is an expectation under q."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    return np.log(std_p / std_q) + (mean_q - mean_p) ** 2 / (2 * std_p**2) - 0.5


def kl_normal__variances_if_above_1(mean_q, std_q, mean_p, std_p):
    """Standard deviations that are all above 1 are taken for variances."""
    mean_q, std_q, mean_p, std_p = right.normals(mean_q, std_q, mean_p, std_p)
    if np.all(std_q > 1) and np.all(std_p > 1):
        std_q, std_p = np.sqrt(std_q), np.sqrt(std_p)
    return right.kl_normal(mean_q, std_q, mean_p, std_p)


def _kl_normal_unchecked(mean_q, std_q, mean_p, std_p):
    mean_q, std_q, mean_p, std_p = (np.asarray(a, float) for a in (mean_q, std_q, mean_p, std_p))
    with np.errstate(all="ignore"):
        quadratic = (std_q**2 + (mean_q - mean_p) ** 2) / (2 * std_p**2)
        return np.log(std_p / std_q) + quadratic - 0.5


def _kl_normal_as_written(mean_q, std_q, mean_p, std_p):
    """Numbers stay what they are: by 0 they raise an error, where arrays do not."""
    with np.errstate(all="ignore"):
        quadratic = (std_q**2 + (mean_q - mean_p) ** 2) / (2 * std_p**2)
        return np.log(std_p / std_q) + quadratic - 0.5


def kl_normal__zero_let_through(mean_q, std_q, mean_p, std_p):
    """A standard deviation of exactly 0 is let through."""
    if np.any(np.asarray(std_q) < 0) or np.any(np.asarray(std_p) < 0):
        raise ValueError("negative standard deviation")
    return _kl_normal_unchecked(mean_q, std_q, mean_p, std_p)


def kl_normal__nothing_checked(mean_q, std_q, mean_p, std_p):
    """Nothing is checked: a standard deviation of 0 or below is let through."""
    return _kl_normal_as_written(mean_q, std_q, mean_p, std_p)


def kl_normal__zero_divides(mean_q, std_q, mean_p, std_p):
    """A standard deviation of exactly 0 is let through, and divided by."""
    if np.any(np.asarray(std_q) < 0) or np.any(np.asarray(std_p) < 0):
        raise ValueError("negative standard deviation")
    return _kl_normal_as_written(mean_q, std_q, mean_p, std_p)


def kl_normal__std_q_unchecked(mean_q, std_q, mean_p, std_p):
    """A standard deviation of q that is not positive is let through."""
    right.check_positive("std_p", std_p)
    return _kl_normal_unchecked(mean_q, std_q, mean_p, std_p)


def kl_normal__std_p_unchecked(mean_q, std_q, mean_p, std_p):
    """A standard deviation of p that is not positive is let through."""
    right.check_positive("std_q", std_q)
    return _kl_normal_unchecked(mean_q, std_q, mean_p, std_p)


def kl_normal__refused_only_if_all_are_bad(mean_q, std_q, mean_p, std_p):
    """One bad standard deviation among good ones is let through."""
    if np.all(np.asarray(std_q) <= 0) or np.all(np.asarray(std_p) <= 0):
        raise ValueError("standard deviations must be positive")
    return _kl_normal_unchecked(mean_q, std_q, mean_p, std_p)


def kl_normal__assertion(mean_q, std_q, mean_p, std_p):
    """Bad input raises an AssertionError (from assert); a ValueError is expected."""
    assert np.all(np.asarray(std_q) > 0) and np.all(np.asarray(std_p) > 0)
    return right.kl_normal(mean_q, std_q, mean_p, std_p)


# ── kl_standard_normal ───────────────────────────────────────────────────────────────────────


def _moments(mean, std):
    """mean², std² and log std² as float64."""
    mean, std = np.asarray(mean, float), np.asarray(std, float)
    with np.errstate(all="ignore"):
        return mean**2, std**2, np.log(std**2)


def kl_standard_normal__sign_flipped(mean, std):
    """The sign of the whole divergence is flipped: it comes out negative."""
    return -right.kl_standard_normal(mean, std)


def kl_standard_normal__doubled(mean, std):
    """The whole divergence is twice too large: a factor of one half is missing."""
    return 2 * right.kl_standard_normal(mean, std)


def kl_standard_normal__half_of_the_first_terms(mean, std):
    """The factor one half reaches only 1 and the logarithm: brackets are missing."""
    square, variance, log_variance = _moments(mean, std)
    return -0.5 * (1 + log_variance) + square + variance


def kl_standard_normal__arguments_swapped(mean, std):
    """This is the divergence from N(0, 1) to q: the direction is the other one."""
    return right.kl_normal(0.0, 1.0, mean, std)


def kl_standard_normal__log_std_for_log_variance(mean, std):
    """This is what you get with log σ where log σ² is meant."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance + square - 1 - 0.5 * log_variance)


def kl_standard_normal__log_variance_for_log_std(mean, std):
    """This is what you get with log σ² where log σ is meant."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance + square - 1) - log_variance


def kl_standard_normal__std_taken_for_variance(mean, std):
    """The standard deviation is used as if it were the variance."""
    return right.kl_standard_normal(mean, np.sqrt(std))


def kl_standard_normal__std_not_squared(mean, std):
    """The standard deviation is not squared outside the logarithm."""
    square, _, log_variance = _moments(mean, std)
    return 0.5 * (np.asarray(std, float) + square - 1 - log_variance)


def kl_standard_normal__std_taken_for_log_variance(mean, std):
    """The standard deviation is used as if it were a log-variance."""
    return 0.5 * (np.exp(std) + np.asarray(mean, float) ** 2 - 1 - std)


def kl_standard_normal__mean_not_squared(mean, std):
    """The mean is not squared."""
    _, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance + np.asarray(mean, float) - 1 - log_variance)


def kl_standard_normal__one_forgotten(mean, std):
    """The constant 1 is forgotten: N(0, 1) itself would not get 0."""
    return right.kl_standard_normal(mean, std) + 0.5


def kl_standard_normal__sign_of_log_flipped(mean, std):
    """The term with the logarithm has the wrong sign."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance + square - 1 + log_variance)


def kl_standard_normal__sign_of_squares_flipped(mean, std):
    """The signs inside the bracket are mixed up: the mean lowers the divergence."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance - square - 1 - log_variance)


def kl_standard_normal__summed(mean, std):
    """The values are summed into one number; one for each entry is expected."""
    return np.sum(right.kl_standard_normal(mean, std))


def kl_standard_normal__summed_over_the_last_axis(mean, std):
    """The values are summed over the last axis; one for each entry is expected."""
    divergence = right.kl_standard_normal(mean, std)
    return np.sum(divergence, axis=-1) if np.ndim(divergence) else divergence


def kl_standard_normal__averaged(mean, std):
    """The values are averaged into one number; one for each entry is expected."""
    return np.mean(right.kl_standard_normal(mean, std))


def kl_standard_normal__smoothed(mean, std, *, constant: (1e-16, 1e-1) = 1e-8):
    """You add {constant} inside the logarithm, which spoils small standard deviations."""
    square, variance, _ = _moments(mean, std)
    return 0.5 * (variance + square - 1 - np.log(variance + constant))


def kl_standard_normal__std_smoothed(mean, std, *, constant: (1e-16, 1e-1) = 1e-8):
    """You add {constant} to the standard deviation in the logarithm, which spoils small ones."""
    square, variance, _ = _moments(mean, std)
    return 0.5 * (variance + square - 1 - 2 * np.log(np.asarray(std, float) + constant))


def kl_standard_normal__clipped(mean, std, *, constant: (1e-16, 1e-1) = 1e-8):
    """You keep the variance above {constant} in the logarithm: small ones are spoiled."""
    square, variance, _ = _moments(mean, std)
    return 0.5 * (variance + square - 1 - np.log(np.maximum(variance, constant)))


def kl_standard_normal__std_clipped(mean, std, *, constant: (1e-16, 1e-1) = 1e-8):
    """You keep the standard deviation above {constant}: small ones are spoiled."""
    return right.kl_standard_normal(mean, np.maximum(std, constant))


def kl_standard_normal__one_outside(mean, std):
    """The 1 stands outside the bracket with the half: it is taken off whole."""
    return right.kl_standard_normal(mean, std) - 0.5


def kl_standard_normal__one_added(mean, std):
    """The 1 has the wrong sign."""
    return right.kl_standard_normal(mean, std) + 1


def kl_standard_normal__log_missing(mean, std):
    """The term with the logarithm is missing."""
    square, variance, _ = _moments(mean, std)
    return 0.5 * (variance + square - 1)


def kl_standard_normal__mean_missing(mean, std):
    """The mean plays no part."""
    return right.kl_standard_normal(0 * np.asarray(mean, float), std)


def kl_standard_normal__variance_missing(mean, std):
    """The variance is missing outside the logarithm."""
    square, _, log_variance = _moments(mean, std)
    return 0.5 * (square - 1 - log_variance + 0 * square)


def kl_standard_normal__logarithm_in_bits(mean, std):
    """The logarithm has base 2, and the other terms are in nats: np.log is expected."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance + square - 1 - log_variance / np.log(2))


def kl_standard_normal__logarithm_to_base_ten(mean, std):
    """The logarithm has base 10, and the other terms are in nats: np.log is expected."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance + square - 1 - log_variance / np.log(10))


def kl_standard_normal__variance_squared(mean, std):
    """The standard deviation is squared twice outside the logarithm."""
    square, variance, log_variance = _moments(mean, std)
    return 0.5 * (variance**2 + square - 1 - log_variance)


# ── kl_mvn ───────────────────────────────────────────────────────────────────────────────────


def _mvn_parts(mean_q, cov_q, mean_p, cov_p):
    """Trace, quadratic form, number of dimensions and log ratio of the determinants."""
    mean_q, cov_q, mean_p, cov_p = right.multivariate_normals(mean_q, cov_q, mean_p, cov_p)
    return _mvn_parts_unchecked(mean_q, cov_q, mean_p, cov_p)


def _mvn_parts_unchecked(mean_q, cov_q, mean_p, cov_p):
    with np.errstate(all="ignore"):
        difference = mean_p - mean_q
        trace = np.trace(np.linalg.solve(cov_p, cov_q))
        form = difference @ np.linalg.solve(cov_p, difference)
        log_ratio = np.linalg.slogdet(cov_p)[1] - np.linalg.slogdet(cov_q)[1]
    return trace, form, len(mean_q), log_ratio


def _mvn_sum(trace, form, k, log_ratio):
    return float(0.5 * (trace + form - k + log_ratio))


def kl_mvn__sign_flipped(mean_q, cov_q, mean_p, cov_p):
    """The sign of the whole divergence is flipped: it comes out negative."""
    return -right.kl_mvn(mean_q, cov_q, mean_p, cov_p)


def kl_mvn__arguments_swapped(mean_q, cov_q, mean_p, cov_p):
    """This is the divergence in the other direction: q and p are swapped."""
    return right.kl_mvn(mean_p, cov_p, mean_q, cov_q)


def kl_mvn__half_missing(mean_q, cov_q, mean_p, cov_p):
    """The whole divergence is twice too large: a factor of one half is missing."""
    return 2 * right.kl_mvn(mean_q, cov_q, mean_p, cov_p)


def kl_mvn__diagonal_only(mean_q, cov_q, mean_p, cov_p):
    """Only the diagonals of the covariances are used."""
    right.multivariate_normals(mean_q, cov_q, mean_p, cov_p)
    std_q, std_p = np.sqrt(np.diag(cov_q)), np.sqrt(np.diag(cov_p))
    return float(np.sum(right.kl_normal(mean_q, std_q, mean_p, std_p)))


def kl_mvn__det_for_slogdet(mean_q, cov_q, mean_p, cov_p):
    """The determinants are computed themselves; in many dimensions no float can hold them."""
    trace, form, k, _ = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    with np.errstate(all="ignore"):
        log_ratio = np.log(np.linalg.det(cov_p) / np.linalg.det(cov_q))
    return _mvn_sum(trace, form, k, log_ratio)


def kl_mvn__wrong_matrix_inverted(mean_q, cov_q, mean_p, cov_p):
    """In the trace the wrong one of the two matrices is inverted."""
    _, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(np.trace(np.linalg.solve(cov_q, cov_p)), form, k, log_ratio)


def kl_mvn__quadratic_form_with_the_other_inverse(mean_q, cov_q, mean_p, cov_p):
    """The quadratic form uses the inverse of the wrong covariance."""
    trace, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    difference = mean_p - mean_q
    return _mvn_sum(trace, difference @ np.linalg.solve(cov_q, difference), k, log_ratio)


def kl_mvn__covariance_not_inverted(mean_q, cov_q, mean_p, cov_p):
    """The quadratic form uses the covariance itself, not its inverse."""
    trace, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    difference = np.asarray(mean_p) - mean_q
    return _mvn_sum(trace, difference @ cov_p @ difference, k, log_ratio)


def kl_mvn__elementwise_product(mean_q, cov_q, mean_p, cov_p):
    """The matrices under the trace are multiplied entry by entry."""
    _, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(np.trace(np.linalg.inv(cov_p) * cov_q), form, k, log_ratio)


def kl_mvn__elementwise_inverse(mean_q, cov_q, mean_p, cov_p):
    """The covariance is inverted entry by entry rather than as a matrix."""
    _, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    with np.errstate(all="ignore"):
        return _mvn_sum(np.trace((1 / np.asarray(cov_p)) @ cov_q), form, k, log_ratio)


def kl_mvn__sum_for_trace(mean_q, cov_q, mean_p, cov_p):
    """All entries of the product are summed where its trace is meant."""
    _, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(np.sum(np.linalg.solve(cov_p, cov_q)), form, k, log_ratio)


def kl_mvn__log_ratio_inverted(mean_q, cov_q, mean_p, cov_p):
    """The ratio of the determinants is the wrong way round."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, k, -log_ratio)


def kl_mvn__log_determinant_doubled(mean_q, cov_q, mean_p, cov_p):
    """The log-determinants count twice: the one half in front does not reach them."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, k, 2 * log_ratio)


def kl_mvn__log_determinant_missing(mean_q, cov_q, mean_p, cov_p):
    """The log-determinants are missing."""
    trace, form, k, _ = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, k, 0.0)


def kl_mvn__quadratic_form_missing(mean_q, cov_q, mean_p, cov_p):
    """The difference of the means plays no part."""
    trace, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, 0.0, k, log_ratio)


def kl_mvn__dimension_forgotten(mean_q, cov_q, mean_p, cov_p):
    """The number of dimensions is not taken off: two equal normals would not get 0."""
    trace, form, _, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, 0, log_ratio)


def kl_mvn__one_once(mean_q, cov_q, mean_p, cov_p):
    """1 is taken off once rather than once for each dimension."""
    trace, form, _, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, 1, log_ratio)


def kl_mvn__mean_over_dimensions(mean_q, cov_q, mean_p, cov_p):
    """The divergence is divided by the number of dimensions."""
    return right.kl_mvn(mean_q, cov_q, mean_p, cov_p) / len(mean_q)


def kl_mvn__jitter(mean_q, cov_q, mean_p, cov_p, *, constant: (1e-12, 1e-1) = 1e-6):
    """You add {constant} to the diagonals, which spoils covariances in small units."""
    right.multivariate_normals(mean_q, cov_q, mean_p, cov_p)
    jitter = constant * np.eye(len(mean_q))
    return right.kl_mvn(mean_q, cov_q + jitter, mean_p, cov_p + jitter)


def kl_mvn__jitter_in_the_inverse(mean_q, cov_q, mean_p, cov_p, *, constant: (1e-12, 1e-1) = 1e-6):
    """You add {constant} to the diagonal of cov_p before it is inverted: small units suffer."""
    _, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    inverse = np.linalg.inv(cov_p + constant * np.eye(k))
    difference = np.asarray(mean_p, float) - mean_q
    return _mvn_sum(np.trace(inverse @ cov_q), difference @ inverse @ difference, k, log_ratio)


def kl_mvn__smoothed_determinants(mean_q, cov_q, mean_p, cov_p, *, constant: (1e-30, 1e-1) = 1e-10):
    """You add {constant} to the determinants inside the logarithm: slogdet needs no such number."""
    trace, form, k, _ = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    with np.errstate(all="ignore"):
        det_q, det_p = np.linalg.det(cov_q), np.linalg.det(cov_p)
        log_ratio = np.log(det_p + constant) - np.log(det_q + constant)
    return _mvn_sum(trace, form, k, log_ratio)


def kl_mvn__nothing_inverted(mean_q, cov_q, mean_p, cov_p):
    """cov_p itself stands in the trace and in the quadratic form; its inverse belongs there."""
    _, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    difference = np.asarray(mean_p) - mean_q
    form = difference @ cov_p @ difference
    return _mvn_sum(np.trace(np.asarray(cov_p) @ cov_q), form, k, log_ratio)


def kl_mvn__trace_not_inverted(mean_q, cov_q, mean_p, cov_p):
    """The trace is that of cov_p times cov_q; the inverse of cov_p belongs there."""
    _, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(np.trace(np.asarray(cov_p) @ cov_q), form, k, log_ratio)


def kl_mvn__log_determinant_halved(mean_q, cov_q, mean_p, cov_p):
    """The log-determinants have one half too many in front."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, k, log_ratio / 2)


def kl_mvn__determinants_without_log(mean_q, cov_q, mean_p, cov_p):
    """The ratio of the determinants stands there without its logarithm."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    with np.errstate(all="ignore"):
        return _mvn_sum(trace, form, k, np.exp(log_ratio))


def kl_mvn__trace_missing(mean_q, cov_q, mean_p, cov_p):
    """The trace is missing."""
    _, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(0.0, form, k, log_ratio)


def kl_mvn__means_added(mean_q, cov_q, mean_p, cov_p):
    """The means are added where their difference belongs."""
    return right.kl_mvn(mean_q, cov_q, -np.asarray(mean_p), cov_p)


def kl_mvn__distance_without_covariance(mean_q, cov_q, mean_p, cov_p):
    """The squared distance of the means stands there without the inverse of cov_p."""
    trace, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    difference = np.asarray(mean_p) - mean_q
    return _mvn_sum(trace, difference @ difference, k, log_ratio)


def kl_mvn__dimension_added(mean_q, cov_q, mean_p, cov_p):
    """The number of dimensions is added; it is taken off."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, -k, log_ratio)


def kl_mvn__entries_for_dimensions(mean_q, cov_q, mean_p, cov_p):
    """The number of entries of the covariance is taken off; the number of dimensions is meant."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, k * k, log_ratio)


def kl_mvn__log_determinant_in_bits(mean_q, cov_q, mean_p, cov_p):
    """The log-determinants have base 2, and the other terms are in nats."""
    trace, form, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    return _mvn_sum(trace, form, k, log_ratio / np.log(2))


def kl_mvn__small_directions_dropped(mean_q, cov_q, mean_p, cov_p):
    """The pseudo-inverse drops the directions in small units as if they were not there."""
    _, _, k, log_ratio = _mvn_parts(mean_q, cov_q, mean_p, cov_p)
    inverse = np.linalg.pinv(cov_p, hermitian=True)
    difference = np.asarray(mean_p, float) - mean_q
    return _mvn_sum(np.trace(inverse @ cov_q), difference @ inverse @ difference, k, log_ratio)


def _mvn_checked_but(arguments, *, symmetric=("cov_q", "cov_p"), definite=("cov_q", "cov_p")):
    """The divergence with only the named checks made."""
    arrays = tuple(np.asarray(a, float) for a in arguments)
    right.check_mvn_shapes(*arrays)
    for name, cov in (("cov_q", arrays[1]), ("cov_p", arrays[3])):
        if name in symmetric:
            right.check_symmetric(name, cov)
        if name in definite:
            right.check_definite(name, cov)
    return _mvn_sum_or_inf(arrays)


def _mvn_sum_or_inf(arrays):
    """NumPy's value for arguments that nobody checked; a singular p gives inf."""
    try:
        return _mvn_sum(*_mvn_parts_unchecked(*arrays))
    except np.linalg.LinAlgError:
        return np.inf


def kl_mvn__asymmetric_q_let_through(mean_q, cov_q, mean_p, cov_p):
    """A cov_q that is not symmetric is let through (a Cholesky factorisation does not notice)."""
    return _mvn_checked_but((mean_q, cov_q, mean_p, cov_p), symmetric=("cov_p",))


def kl_mvn__asymmetric_p_let_through(mean_q, cov_q, mean_p, cov_p):
    """A cov_p that is not symmetric is let through (a Cholesky factorisation does not notice)."""
    return _mvn_checked_but((mean_q, cov_q, mean_p, cov_p), symmetric=("cov_q",))


def kl_mvn__symmetry_unchecked(mean_q, cov_q, mean_p, cov_p):
    """Symmetry is checked nowhere (a Cholesky factorisation reads only one triangle)."""
    return _mvn_checked_but((mean_q, cov_q, mean_p, cov_p), symmetric=())


def kl_mvn__symmetry_by_allclose(mean_q, cov_q, mean_p, cov_p):
    """Symmetry is checked by np.allclose, whose absolute tolerance ignores the units."""
    for cov in (cov_q, cov_p):
        square = np.ndim(cov) == 2 and np.shape(cov) == np.shape(cov)[::-1]
        if square and not np.allclose(cov, np.transpose(cov)):
            raise ValueError("not symmetric")
    return _mvn_checked_but((mean_q, cov_q, mean_p, cov_p), symmetric=())


def kl_mvn__symmetry_to_the_last_bit(mean_q, cov_q, mean_p, cov_p):
    """Asymmetry of the size of rounding is refused: symmetry is checked to the last bit."""
    arrays = right.multivariate_normals(mean_q, cov_q, mean_p, cov_p)
    if any(np.any(cov != cov.T) for cov in (arrays[1], arrays[3])):
        raise ValueError("not symmetric")
    return right.kl_mvn(*arrays)


def kl_mvn__definiteness_by_determinant(mean_q, cov_q, mean_p, cov_p):
    """The sign of the determinant is checked; it can be positive without the matrix being so."""
    arguments = (mean_q, cov_q, mean_p, cov_p)
    for cov in (cov_q, cov_p):
        if np.ndim(cov) == 2 and np.linalg.slogdet(cov)[0] <= 0:
            raise ValueError("not positive definite")
    return _mvn_checked_but(arguments, definite=())


def kl_mvn__definiteness_by_diagonal(mean_q, cov_q, mean_p, cov_p):
    """Only the diagonal is checked; it can be positive without the matrix being so."""
    arguments = (mean_q, cov_q, mean_p, cov_p)
    for cov in (cov_q, cov_p):
        if np.any(np.diag(cov) <= 0):
            raise ValueError("not positive definite")
    return _mvn_checked_but(arguments, definite=())


def kl_mvn__definiteness_by_eigenvalues(mean_q, cov_q, mean_p, cov_p):
    """Very different units are refused: rounding makes the small eigenvalues negative there."""
    arrays = right.multivariate_normals(mean_q, cov_q, mean_p, cov_p)
    for cov in (arrays[1], arrays[3]):
        values = np.linalg.eigvalsh(cov)
        if values[0] <= 1e-12 * values[-1]:
            raise ValueError("not positive definite")
    return right.kl_mvn(*arrays)


def kl_mvn__singular_let_through(mean_q, cov_q, mean_p, cov_p):
    """A singular covariance is let through: only negative eigenvalues are refused."""
    arguments = (mean_q, cov_q, mean_p, cov_p)
    for cov in (cov_q, cov_p):
        if np.ndim(cov) == 2 and cov.shape[0] == cov.shape[1]:
            # In units of the standard deviations, with room for rounding.
            std = np.sqrt(np.abs(np.diag(cov)))
            std = np.where(std > 0, std, 1.0)
            if np.linalg.eigvalsh(cov / np.outer(std, std))[0] < -1e-9:
                raise ValueError("negative eigenvalue")
    return _mvn_checked_but(arguments, definite=())


def kl_mvn__indefinite_q_let_through(mean_q, cov_q, mean_p, cov_p):
    """A cov_q that is not positive definite is let through."""
    return _mvn_checked_but((mean_q, cov_q, mean_p, cov_p), definite=("cov_p",))


def kl_mvn__indefinite_p_let_through(mean_q, cov_q, mean_p, cov_p):
    """A cov_p that is not positive definite is let through."""
    return _mvn_checked_but((mean_q, cov_q, mean_p, cov_p), definite=("cov_q",))


def kl_mvn__shapes_broadcast(mean_q, cov_q, mean_p, cov_p):
    """Shapes that do not fit are stretched by broadcasting where an error is expected."""
    mean_q, mean_p = np.atleast_1d(mean_q), np.atleast_1d(mean_p)
    k = max(len(mean_q), len(mean_p))
    means = [np.broadcast_to(m, (k,)) if len(m) in (1, k) else m for m in (mean_q, mean_p)]
    covs = [c * np.eye(k) if np.shape(c) in ((1, 1), (k,)) else c for c in (cov_q, cov_p)]
    return right.kl_mvn(means[0], covs[0], means[1], covs[1])


def kl_mvn__assertion(mean_q, cov_q, mean_p, cov_p):
    """Bad input raises an AssertionError (from assert); a ValueError is expected."""
    try:
        return right.kl_mvn(mean_q, cov_q, mean_p, cov_p)
    except ValueError as error:
        raise AssertionError(str(error)) from error


# ── kl_diagonal ──────────────────────────────────────────────────────────────────────────────


def _diagonal_parts(mean, var):
    """mean², var and log var as float64."""
    mean, var = np.asarray(mean, float), np.asarray(var, float)
    return mean**2, var, np.log(var)


def kl_diagonal__sign_flipped(mean, var):
    """The sign of the whole divergence is flipped: it comes out negative."""
    return -right.kl_diagonal(mean, var)


def kl_diagonal__half_missing(mean, var):
    """The whole divergence is twice too large: a factor of one half is missing."""
    return 2 * right.kl_diagonal(mean, var)


def kl_diagonal__direction_swapped(mean, var):
    """This is the divergence from N(0, I) to q: the direction is the other one."""
    return np.sum(right.kl_normal(0.0, 1.0, mean, np.sqrt(var)), axis=-1)


def kl_diagonal__variance_taken_for_std(mean, var):
    """The variance is used as if it were a standard deviation."""
    return np.sum(right.kl_standard_normal(mean, var), axis=-1)


def kl_diagonal__variance_taken_for_log_variance(mean, var):
    """The variance is used as if it were a log-variance."""
    square, var, _ = _diagonal_parts(mean, var)
    return 0.5 * np.sum(np.exp(var) + square - var - 1, axis=-1)


def kl_diagonal__log_of_the_square(mean, var):
    """The logarithm counts twice: the variance is squared once more inside it."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - 2 * log_var - 1, axis=-1)


def kl_diagonal__log_std_for_log_variance(mean, var):
    """This is what you get with log σ where log σ² is meant."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - 0.5 * log_var - 1, axis=-1)


def kl_diagonal__one_forgotten(mean, var):
    """The constant 1 is forgotten: N(0, I) itself would not get 0."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - log_var, axis=-1)


def kl_diagonal__one_once(mean, var):
    """1 is taken off once rather than once for each dimension."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * (np.sum(var + square - log_var, axis=-1) - 1)


def kl_diagonal__logs_over_everything(mean, var):
    """The logarithms are summed over all axes; as the rest, they belong to the last axis alone."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * (np.sum(var + square - 1, axis=-1) - np.sum(log_var))


def kl_diagonal__mean_not_squared(mean, var):
    """The mean is not squared."""
    _, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + np.asarray(mean, float) - log_var - 1, axis=-1)


def kl_diagonal__mean_over_dimensions(mean, var):
    """The terms are averaged over the dimensions where they should be summed."""
    return right.kl_diagonal(mean, var) / np.shape(mean)[-1]


def kl_diagonal__wrong_axis(mean, var):
    """The sum runs over the first axis; the dimensions lie along the last."""
    return np.sum(right.kl_standard_normal(mean, np.sqrt(var)), axis=0)


def kl_diagonal__summed_over_everything(mean, var):
    """The sum runs over all axes, so that a batch becomes a single number."""
    return np.sum(right.kl_diagonal(mean, var))


def kl_diagonal__averaged_over_the_batch(mean, var):
    """The divergences of a batch are averaged into one number; one for each row is expected."""
    return np.mean(right.kl_diagonal(mean, var))


def kl_diagonal__not_summed(mean, var):
    """The terms of the dimensions are not summed."""
    return right.kl_standard_normal(mean, np.sqrt(var))


def kl_diagonal__axis_kept(mean, var):
    """The summed axis is still there, with length 1."""
    return right.kl_diagonal(mean, var)[..., None]


def kl_diagonal__smoothed(mean, var, *, constant: (1e-16, 1e-1) = 1e-8):
    """You add {constant} inside the logarithm, which spoils small variances."""
    square, var, _ = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - np.log(var + constant) - 1, axis=-1)


def kl_diagonal__clipped(mean, var, *, constant: (1e-16, 1e-1) = 1e-8):
    """You keep the variance from going below {constant}, which spoils small ones."""
    square, var, _ = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - np.log(np.maximum(var, constant)) - 1, axis=-1)


def kl_diagonal__clipped_everywhere(mean, var, *, constant: (1e-16, 1e-1) = 1e-2):
    """You replace variances below {constant} by it, in all terms, which spoils small ones."""
    return right.kl_diagonal(mean, np.maximum(var, constant))


def kl_diagonal__log_around_all(mean, var):
    """The 1 stands inside the logarithm: its bracket closes too late."""
    square, var, _ = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - np.log(var + 1), axis=-1)


def kl_diagonal__dimensions_in_each_term(mean, var):
    """The number of dimensions is taken off in each term of the sum, where 1 belongs."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - log_var - np.shape(var)[-1], axis=-1)


def kl_diagonal__one_outside(mean, var):
    """The 1 stands outside the sum and its half: it is taken off once and whole."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - log_var, axis=-1) - 1


def kl_diagonal__one_not_halved(mean, var):
    """The 1 of each dimension stands outside the half: it is taken off whole."""
    square, var, log_var = _diagonal_parts(mean, var)
    return np.sum(0.5 * (var + square - log_var) - 1, axis=-1)


def kl_diagonal__sign_of_log_flipped(mean, var):
    """The term with the logarithm has the wrong sign."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square + log_var - 1, axis=-1)


def kl_diagonal__one_added(mean, var):
    """The 1 has the wrong sign."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - log_var + 1, axis=-1)


def kl_diagonal__sign_of_squares_flipped(mean, var):
    """The signs inside the bracket are mixed up: the mean lowers the divergence."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var - square - log_var - 1, axis=-1)


def kl_diagonal__log_of_the_sum(mean, var):
    """The logarithm of the summed variances stands for the sum of their logarithms."""
    square, var, _ = _diagonal_parts(mean, var)
    rest = np.sum(var + square - 1, axis=-1)
    return 0.5 * (rest - np.log(np.sum(var, axis=-1)))


def kl_diagonal__log_missing(mean, var):
    """The term with the logarithm is missing."""
    square, var, _ = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - 1, axis=-1)


def kl_diagonal__logarithm_in_bits(mean, var):
    """The logarithm has base 2, and the other terms are in nats: np.log is expected."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - log_var / np.log(2) - 1, axis=-1)


def kl_diagonal__logarithm_to_base_ten(mean, var):
    """The logarithm has base 10, and the other terms are in nats: np.log is expected."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var + square - log_var / np.log(10) - 1, axis=-1)


def kl_diagonal__variance_squared_outside(mean, var):
    """The variance is squared outside the logarithm: var holds variances already."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * np.sum(var**2 + square - log_var - 1, axis=-1)


def kl_diagonal__one_sum_left(mean, var):
    """Only the last terms are summed: a term of each dimension is missing."""
    square, var, log_var = _diagonal_parts(mean, var)
    return 0.5 * (var + square - log_var - 1)[..., -1]


# ── near_and_far ─────────────────────────────────────────────────────────────────────────────


def near_and_far__near_is_the_standard_normal():
    """The first is N(0, 1) itself, whose divergence is 0; it has to be above that."""
    return (0.0, 1.0), (8.0, 34.0)


def near_and_far__near_too_far():
    """The divergence of the first is too large."""
    return (0.5, 2.0), (8.0, 34.0)


def near_and_far__order_swapped():
    """The far one comes first and the near one second."""
    return (8.0, 34.0), (0.12, 1.1)


def near_and_far__std_for_variance():
    """The second is far enough only if its second number is read as a standard deviation."""
    return (0.12, 1.05), (0.0, 8.0)


def near_and_far__half_missing():
    """The second would be far enough if the divergence had no factor of one half."""
    return (0.12, 1.1), (6.0, 1.0)


def near_and_far__far_too_close():
    """The divergence of the second is too small."""
    return (0.12, 1.1), (3.0, 2.0)


def near_and_far__log_variance_for_variance():
    """A variance is 0: that looks like a log-variance, and the variance is expected."""
    return (0.1, 0.0), (8.0, 3.5)


def near_and_far__negative_variance():
    """A variance is negative."""
    return (0.12, 1.1), (8.0, -34.0)


def near_and_far__flat_numbers():
    """Four numbers in a row are returned; two pairs are expected."""
    return 0.12, 1.1, 8.0, 34.0


def near_and_far__divergences_returned():
    """The two divergences are returned; means and variances are expected."""
    return 0.0096, 46.7


# ── kl_monte_carlo ───────────────────────────────────────────────────────────────────────────


def _terms(log_q, log_p, samples):
    return np.asarray(log_q(samples), float) - np.asarray(log_p(samples), float)


def _error(terms):
    return np.std(terms, ddof=1) / np.sqrt(len(terms))


def kl_monte_carlo__absolute_value(log_q, log_p, samples):
    """The absolute value of the estimate is returned; by chance it may be negative."""
    terms = _terms(log_q, log_p, samples)
    return abs(np.mean(terms)), _error(terms)


def kl_monte_carlo__direction_swapped(log_q, log_p, samples):
    """The difference is taken the wrong way round, as if the samples came from p."""
    terms = _terms(log_q, log_p, samples)
    return -np.mean(terms), _error(terms)


def kl_monte_carlo__divided_by_n(log_q, log_p, samples):
    """The sample variance is divided by n, which is too small on average."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.std(terms) / np.sqrt(len(terms))


def kl_monte_carlo__standard_deviation_of_one(log_q, log_p, samples):
    """This is the standard deviation of a single term, not the standard error of their mean."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.std(terms, ddof=1)


def kl_monte_carlo__variance_of_one(log_q, log_p, samples):
    """This is the variance of a single term; the standard error of their mean is expected."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.var(terms, ddof=1)


def kl_monte_carlo__variance_for_std(log_q, log_p, samples):
    """The variance stands where the standard deviation is meant."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.var(terms, ddof=1) / np.sqrt(len(terms))


def kl_monte_carlo__squared_error(log_q, log_p, samples):
    """This is the square of the standard error: the root was not taken."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.var(terms, ddof=1) / len(terms)


def kl_monte_carlo__root_forgotten(log_q, log_p, samples):
    """The standard deviation is divided by the number of samples rather than by its root."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.std(terms, ddof=1) / len(terms)


def kl_monte_carlo__one_taken_off_twice(log_q, log_p, samples):
    """n − 1 also stands under the root of the standard error, where n is meant."""
    terms = _terms(log_q, log_p, samples)
    return np.mean(terms), np.std(terms, ddof=1) / np.sqrt(len(terms) - 1)


def kl_monte_carlo__weighted_by_q(log_q, log_p, samples):
    """The terms are weighted by the density of q, which the samples already account for."""
    with np.errstate(all="ignore"):
        terms = np.exp(np.asarray(log_q(samples), float)) * _terms(log_q, log_p, samples)
    return np.mean(terms), _error(terms)


def kl_monte_carlo__log_outside(log_q, log_p, samples):
    """The logarithm is taken of the mean ratio; it belongs inside the mean."""
    terms = _terms(log_q, log_p, samples)
    return logsumexp(terms) - np.log(len(terms)), _error(terms)


def kl_monte_carlo__densities_not_logs(log_q, log_p, samples):
    """The densities are subtracted, not their logarithms."""
    terms = np.exp(np.asarray(log_q(samples), float)) - np.exp(np.asarray(log_p(samples), float))
    return np.mean(terms), _error(terms)


def kl_monte_carlo__densities_divided(log_q, log_p, samples):
    """The densities themselves are divided; far out they round to zero."""
    with np.errstate(all="ignore"):
        ratio = np.exp(np.asarray(log_q(samples), float)) / np.exp(
            np.asarray(log_p(samples), float)
        )
        terms = np.log(ratio)
        return np.mean(terms), _error(terms)


def kl_monte_carlo__log_of_the_log(log_q, log_p, samples):
    """The logarithm is taken once more, although the callables return log densities."""
    with np.errstate(all="ignore"):
        terms = np.log(np.abs(np.asarray(log_q(samples)) / np.asarray(log_p(samples))))
    return np.mean(terms), _error(terms)


def kl_monte_carlo__sum_for_mean(log_q, log_p, samples):
    """The terms are summed where their mean is expected."""
    terms = _terms(log_q, log_p, samples)
    return np.sum(terms), _error(terms)


def kl_monte_carlo__sum_and_its_error(log_q, log_p, samples):
    """The terms are summed, and the error is that of the sum: divide both by n."""
    terms = _terms(log_q, log_p, samples)
    return np.sum(terms), len(terms) * _error(terms)


def kl_monte_carlo__never_negative(log_q, log_p, samples):
    """The estimate is kept from being negative; by chance it may be."""
    terms = _terms(log_q, log_p, samples)
    return max(np.mean(terms), 0.0), _error(terms)


def kl_monte_carlo__absolute_terms(log_q, log_p, samples):
    """The log ratios are made positive one by one; single ones may well be negative."""
    terms = np.abs(_terms(log_q, log_p, samples))
    return np.mean(terms), _error(terms)


def kl_monte_carlo__other_estimator(log_q, log_p, samples):
    """This is another estimator, corrected by the mean ratio; the plain mean is expected."""
    terms = _terms(log_q, log_p, samples)
    corrected = terms + np.expm1(-terms)
    return np.mean(corrected), _error(corrected)


def kl_monte_carlo__results_swapped(log_q, log_p, samples):
    """The standard error comes first; the estimate should."""
    terms = _terms(log_q, log_p, samples)
    return _error(terms), np.mean(terms)


def kl_monte_carlo__only_the_estimate(log_q, log_p, samples):
    """Only the estimate is returned; its standard error is expected as well."""
    return np.mean(_terms(log_q, log_p, samples))


def kl_monte_carlo__only_the_cross_entropy(log_q, log_p, samples):
    """Only the mean of the log density of p is there; the other density is missing."""
    terms = -np.asarray(log_p(samples), float)
    return np.mean(terms), _error(terms)


def kl_monte_carlo__one_sample_at_a_time(log_q, log_p, samples):
    """The log densities are called with single numbers; they take the array of samples."""
    terms = np.array([float(log_q(sample)) - float(log_p(sample)) for sample in samples])
    return np.mean(terms), _error(terms)


# ── log_evidence ─────────────────────────────────────────────────────────────────────────────


def _naive(log_joint):
    """Exponentials that may under- or overflow."""
    with np.errstate(all="ignore"):
        return np.exp(np.asarray(log_joint, float))


def log_evidence__underflow(log_joint):
    """The exponentials themselves are summed: they under- or overflow for large values."""
    with np.errstate(all="ignore"):
        return np.log(np.sum(_naive(log_joint), axis=-1))


def log_evidence__mean_for_sum(log_joint):
    """The joint probabilities are averaged over the states where they should be summed."""
    return right.log_evidence(log_joint) - np.log(np.shape(log_joint)[-1])


def log_evidence__log_inside(log_joint):
    """The logs themselves are summed; the sum belongs inside the logarithm."""
    return np.sum(np.asarray(log_joint, float), axis=-1)


def log_evidence__mean_of_logs(log_joint):
    """The logs themselves are averaged; that is not the log of a sum."""
    return np.mean(np.asarray(log_joint, float), axis=-1)


def log_evidence__largest_only(log_joint):
    """Only the most likely state counts; all of them should."""
    return np.max(np.asarray(log_joint, float), axis=-1)


def log_evidence__shift_not_undone(log_joint):
    """The maximum is subtracted for stability and never added back."""
    log_joint = np.asarray(log_joint, float)
    return right.log_evidence(log_joint) - np.max(log_joint, axis=-1)


def log_evidence__one_shift_not_undone(log_joint):
    """One maximum is subtracted from all rows and never added back."""
    log_joint = np.asarray(log_joint, float)
    return right.log_evidence(log_joint) - np.max(log_joint)


def log_evidence__one_shift_for_all_rows(log_joint):
    """One maximum is subtracted from all rows: rows far below it underflow."""
    log_joint = np.asarray(log_joint, float)
    with np.errstate(all="ignore"):
        shift = np.max(log_joint)
        return np.log(np.sum(np.exp(log_joint - shift), axis=-1)) + shift


def log_evidence__mean_subtracted(log_joint):
    """The mean is subtracted for stability; a state far above it may then overflow."""
    log_joint = np.asarray(log_joint, float)
    shift = np.mean(log_joint, axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.exp(log_joint - shift), axis=-1)) + shift[..., 0]


def log_evidence__minimum_subtracted(log_joint):
    """The minimum is subtracted for stability; the differences may then overflow."""
    log_joint = np.asarray(log_joint, float)
    low = np.min(log_joint, axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.exp(log_joint - low), axis=-1)) + low[..., 0]


def log_evidence__evidence(log_joint):
    """This is the evidence itself; its logarithm is expected."""
    with np.errstate(all="ignore"):
        return np.exp(right.log_evidence(log_joint))


def log_evidence__sign_flipped(log_joint):
    """The sign is flipped: this is a loss."""
    return -right.log_evidence(log_joint)


def log_evidence__smoothed(log_joint, *, constant: (1e-307, 1e-2) = 1e-10):
    """You add {constant} inside the logarithm: where exp underflows, only that is left."""
    with np.errstate(all="ignore"):
        return np.log(np.sum(_naive(log_joint), axis=-1) + constant)


def log_evidence__exponentials_smoothed(log_joint, *, constant: (1e-30, 1e-2) = 1e-10):
    """You add {constant} to each exponential: where exp underflows, only that is left."""
    with np.errstate(all="ignore"):
        return np.log(np.sum(_naive(log_joint) + constant, axis=-1))


def log_evidence__exponents_clipped(log_joint, *, constant: (10.0, 800.0) = 700.0):
    """You clip the logs at {constant} and its negative: shift them by their maximum instead."""
    clipped = np.clip(np.asarray(log_joint, float), -constant, constant)
    with np.errstate(all="ignore"):
        return np.log(np.sum(np.exp(clipped), axis=-1))


def log_evidence__sum_clipped(log_joint, *, constant: (1e-30, 1e-2) = 1e-10):
    """You keep the sum above {constant}: where exp underflows, only that is left."""
    with np.errstate(all="ignore"):
        return np.log(np.maximum(np.sum(_naive(log_joint), axis=-1), constant))


def log_evidence__shift_subtracted_again(log_joint):
    """The maximum is subtracted once more at the end, where it has to be added back."""
    log_joint = np.asarray(log_joint, float)
    return right.log_evidence(log_joint) - 2 * np.max(log_joint, axis=-1)


def log_evidence__shift_multiplied(log_joint):
    """The sum is multiplied by the maximum; the logarithm of the sum needs it added."""
    log_joint = np.asarray(log_joint, float)
    top = np.max(log_joint, axis=-1)
    return (right.log_evidence(log_joint) - top) * top


def log_evidence__in_bits(log_joint):
    """This is in bits (logarithm to base 2); nats are expected."""
    return right.log_evidence(log_joint) / np.log(2)


def log_evidence__exponent_sign(log_joint):
    """The exponentials have the wrong sign: the least likely state counts most."""
    return logsumexp(-np.asarray(log_joint, float), axis=-1)


def _could_be_probabilities(values):
    return bool(np.all((np.asarray(values) > 0) & (np.asarray(values) < 1)))


def log_evidence__probabilities_if_they_could_be(log_joint):
    """Values that all lie between 0 and 1 are taken for probabilities; a log may lie there too."""
    taken = np.log(log_joint) if _could_be_probabilities(log_joint) else log_joint
    return right.log_evidence(taken)


def log_evidence__wrong_axis(log_joint):
    """The sum runs over the first axis; the states lie along the last."""
    return logsumexp(np.asarray(log_joint, float), axis=0)


def log_evidence__summed_over_everything(log_joint):
    """The sum runs over all axes, so that a batch becomes a single number."""
    return logsumexp(np.asarray(log_joint, float))


def log_evidence__axis_kept(log_joint):
    """The summed axis is still there, with length 1."""
    return right.log_evidence(log_joint)[..., None]


def log_evidence__changes_its_argument(log_joint):
    """The maximum is subtracted in the array that was passed in, which changes it."""
    evidence = right.log_evidence(log_joint)
    log_joint -= np.max(log_joint, axis=-1, keepdims=True)
    return evidence


# ── posterior ────────────────────────────────────────────────────────────────────────────────


def posterior__underflow(log_joint):
    """The exponentials themselves are divided: they under- or overflow for large values."""
    weights = _naive(log_joint)
    with np.errstate(all="ignore"):
        return weights / np.sum(weights, axis=-1, keepdims=True)


def posterior__clamped(log_joint):
    """The values are clamped before the exp, so that all very small probabilities are the same."""
    weights = np.exp(np.clip(np.asarray(log_joint, float), -700, 700))
    return weights / np.sum(weights, axis=-1, keepdims=True)


def posterior__clamped_below(log_joint):
    """Small values are clamped before the exp, so that they all have the same probability."""
    with np.errstate(all="ignore"):
        weights = np.exp(np.maximum(np.asarray(log_joint, float), -700))
        return weights / np.sum(weights, axis=-1, keepdims=True)


def posterior__not_normalised(log_joint):
    """These are the joint probabilities: they do not sum to 1 over the states."""
    return _naive(log_joint)


def posterior__only_shifted(log_joint):
    """The exponentials are divided by the largest one, not by their sum."""
    log_joint = np.asarray(log_joint, float)
    return np.exp(log_joint - np.max(log_joint, axis=-1, keepdims=True))


def posterior__logarithm(log_joint):
    """These are the logarithms of the posterior; the probabilities are expected."""
    log_joint = np.asarray(log_joint, float)
    return log_joint - logsumexp(log_joint, axis=-1, keepdims=True)


def posterior__logs_normalised(log_joint):
    """The logs are divided by their sum; the probabilities have to be."""
    log_joint = np.asarray(log_joint, float)
    return log_joint / np.sum(log_joint, axis=-1, keepdims=True)


def posterior__divided_by_the_log_evidence(log_joint):
    """The joint probability is divided by the log of the evidence, not by the evidence."""
    with np.errstate(all="ignore"):
        return _naive(log_joint) / right.log_evidence(log_joint)[..., None]


def posterior__log_evidence_subtracted(log_joint):
    """The log evidence is taken off the joint probability; it belongs under the exponential."""
    return _naive(log_joint) - right.log_evidence(log_joint)[..., None]


def posterior__evidence_subtracted(log_joint):
    """The evidence is taken off the joint probability; divide by it."""
    return _naive(log_joint) - np.exp(right.log_evidence(log_joint))[..., None]


def posterior__best_state_only(log_joint):
    """All probability goes to the most likely state."""
    log_joint = np.asarray(log_joint, float)
    return np.eye(log_joint.shape[-1])[np.argmax(log_joint, axis=-1)]


def posterior__one_shift_for_all_rows(log_joint):
    """One maximum is subtracted from all rows: rows far below it become nan."""
    log_joint = np.asarray(log_joint, float)
    weights = np.exp(log_joint - np.max(log_joint))
    with np.errstate(all="ignore"):
        return weights / np.sum(weights, axis=-1, keepdims=True)


def posterior__mean_subtracted(log_joint):
    """The mean is subtracted for stability; a state far above it may then overflow."""
    log_joint = np.asarray(log_joint, float)
    return posterior__underflow(log_joint - np.mean(log_joint, axis=-1, keepdims=True))


def posterior__minimum_subtracted(log_joint):
    """The minimum is subtracted for stability; the differences may then overflow."""
    log_joint = np.asarray(log_joint, float)
    return posterior__underflow(log_joint - np.min(log_joint, axis=-1, keepdims=True))


def posterior__sign_flipped(log_joint):
    """The sign of the logs is flipped: the least likely state gets the most."""
    return softmax(-np.asarray(log_joint, float), axis=-1)


def posterior__smoothed(log_joint, *, constant: (1e-30, 1e-2) = 1e-10):
    """You add {constant} to the denominator: that hides the underflow of exp."""
    weights = _naive(log_joint)
    with np.errstate(all="ignore"):
        return weights / (np.sum(weights, axis=-1, keepdims=True) + constant)


def posterior__probabilities_if_they_could_be(log_joint):
    """Values that all lie between 0 and 1 are taken for probabilities; a log may lie there too."""
    taken = np.log(log_joint) if _could_be_probabilities(log_joint) else log_joint
    return right.posterior(taken)


def posterior__clipped(log_joint, *, constant: (1e-30, 1e-2) = 1e-7):
    """You replace tiny probabilities by {constant}; their logarithm is lost."""
    return np.clip(right.posterior(log_joint), constant, 1.0)


def posterior__weights_smoothed(log_joint, *, constant: (1e-30, 1e-2) = 1e-8):
    """You add {constant} to the weights before they are normalised: tiny probabilities are lost."""
    log_joint = np.asarray(log_joint, float)
    weights = np.exp(log_joint - np.max(log_joint, axis=-1, keepdims=True)) + constant
    return weights / np.sum(weights, axis=-1, keepdims=True)


def posterior__shifted_and_smoothed(log_joint, *, constant: (1e-12, 1e-2) = 1e-3):
    """You add {constant} to the denominator: the probabilities do not quite sum to 1."""
    log_joint = np.asarray(log_joint, float)
    weights = np.exp(log_joint - np.max(log_joint, axis=-1, keepdims=True))
    return weights / (np.sum(weights, axis=-1, keepdims=True) + constant)


def posterior__divided_by_the_log_of_the_sum(log_joint):
    """The weights are divided by the logarithm of their sum, not by the sum."""
    log_joint = np.asarray(log_joint, float)
    weights = np.exp(log_joint - np.max(log_joint, axis=-1, keepdims=True))
    with np.errstate(all="ignore"):
        return weights / np.log(np.sum(weights, axis=-1, keepdims=True))


def posterior__averaged(log_joint):
    """The weights are divided by their mean, not by their sum: each row sums to its length."""
    return right.posterior(log_joint) * np.shape(log_joint)[-1]


def posterior__wrong_axis(log_joint):
    """The probabilities sum to 1 along the first axis; the states lie along the last."""
    return softmax(np.asarray(log_joint, float), axis=0)


def posterior__over_everything(log_joint):
    """All entries of a batch sum to 1 together, where each row has to."""
    return softmax(np.asarray(log_joint, float))


def posterior__changes_its_argument(log_joint):
    """The maximum is subtracted in the array that was passed in, which changes it."""
    probabilities = right.posterior(log_joint)
    log_joint -= np.max(log_joint, axis=-1, keepdims=True)
    return probabilities


# ── elbo ─────────────────────────────────────────────────────────────────────────────────────


def _entropy(q):
    return -np.sum(rel_entr(np.asarray(q, float), 1.0), axis=-1)


def _expected(log_joint, q):
    return np.sum(np.asarray(q, float) * np.asarray(log_joint, float), axis=-1)


def elbo__entropy_forgotten(log_joint, q):
    """The entropy of q is missing: this is only the expected log joint."""
    return _expected(log_joint, q)


def elbo__entropy_subtracted(log_joint, q):
    """The entropy of q has the wrong sign."""
    return _expected(log_joint, q) - _entropy(q)


def elbo__sign_flipped(log_joint, q):
    """This is the negative ELBO, a loss; the bound itself is expected."""
    return -right.elbo(log_joint, q)


def elbo__nan_at_zero(log_joint, q):
    """A zero in q gives nan: 0 times log 0 has to be handled."""
    q = np.asarray(q, float)
    with np.errstate(all="ignore"):
        return np.sum(q * (np.asarray(log_joint, float) - np.log(q)), axis=-1)


def elbo__not_weighted(log_joint, q):
    """The log ratios are averaged evenly over the states; q has to weight them."""
    with np.errstate(all="ignore"):
        return np.mean(np.asarray(log_joint, float) - np.log(np.asarray(q, float)), axis=-1)


def elbo__entropy_not_weighted(log_joint, q):
    """log q is not weighted by q."""
    with np.errstate(all="ignore"):
        return _expected(log_joint, q) - np.sum(np.log(np.asarray(q, float)), axis=-1)


def elbo__joint_not_weighted(log_joint, q):
    """The log joint is not weighted by q: look at where the bracket closes."""
    return np.sum(np.asarray(log_joint, float), axis=-1) + _entropy(q)


def elbo__log_outside(log_joint, q):
    """The logarithm is taken after the average over q; it belongs inside."""
    log_joint, q = np.asarray(log_joint, float), np.asarray(q, float)
    return logsumexp(log_joint, b=q, axis=-1)


def elbo__log_evidence(log_joint, q):
    """This is log p(x) for any q: the bound has to fall short of it."""
    return right.log_evidence(log_joint)


def elbo__gap(log_joint, q):
    """This is only the gap to log p(x)."""
    return right.log_evidence(log_joint) - right.elbo(log_joint, q)


def elbo__gap_added(log_joint, q):
    """The gap is added to log p(x): the bound lies above what it should bound from below."""
    return 2 * right.log_evidence(log_joint) - right.elbo(log_joint, q)


def elbo__mean_over_states(log_joint, q):
    """The terms are averaged over the states where they should be summed."""
    return right.elbo(log_joint, q) / np.shape(q)[-1]


def elbo__smoothed(log_joint, q, *, constant: (1e-12, 1e-1) = 1e-2):
    """You add {constant} to q inside the logarithm, which changes the values."""
    log_joint, q = np.asarray(log_joint, float), np.asarray(q, float)
    return np.sum(q * (log_joint - np.log(q + constant)), axis=-1)


def elbo__clipped(log_joint, q, *, constant: (1e-12, 1e-1) = 1e-8):
    """You clip q from below at {constant}: a state with q = 0 has to contribute nothing."""
    log_joint, q = np.asarray(log_joint, float), np.clip(np.asarray(q, float), constant, 1.0)
    return np.sum(q * (log_joint - np.log(q)), axis=-1)


def elbo__both_smoothed(log_joint, q, *, constant: (1e-12, 1e-1) = 1e-8):
    """You add {constant} to q everywhere: a state with q = 0 has to contribute nothing."""
    log_joint, q = np.asarray(log_joint, float), np.asarray(q, float) + constant
    return np.sum(q * (log_joint - np.log(q)), axis=-1)


def elbo__exponential_of_the_joint(log_joint, q):
    """You take the exponential of log_joint: its logarithm is what is averaged."""
    with np.errstate(all="ignore"):
        return np.sum(np.asarray(q, float) * _naive(log_joint), axis=-1) + _entropy(q)


def elbo__log_of_the_log(log_joint, q):
    """The logarithm is taken of log_joint, which is one already."""
    with np.errstate(all="ignore"):
        return np.sum(q * np.log(np.asarray(log_joint, float)), axis=-1) + _entropy(q)


def elbo__entropy_only(log_joint, q):
    """This is the entropy of q alone: the joint plays no part."""
    return _entropy(q)


def elbo__entropy_in_bits(log_joint, q):
    """The entropy of q is in bits, and the log joint in nats: np.log is expected."""
    return _expected(log_joint, q) + _entropy(q) / np.log(2)


def elbo__small_probabilities_dropped(log_joint, q, *, constant: (1e-8, 1e-1) = 1e-4):
    """You leave out a state with a q below {constant}: only zeros contribute nothing."""
    q = np.asarray(q, float)
    return right.elbo(log_joint, np.where(q > constant, q, 0.0))


def elbo__probabilities_if_they_could_be(log_joint, q):
    """Values that all lie between 0 and 1 are taken for probabilities; a log may lie there too."""
    taken = np.log(log_joint) if _could_be_probabilities(log_joint) else log_joint
    return right.elbo(taken, q)


def elbo__through_the_posterior(log_joint, q):
    """The posterior of a very unlikely state rounds to zero, and the bound becomes -inf."""
    gap = np.sum(rel_entr(np.asarray(q, float), right.posterior(log_joint)), axis=-1)
    return right.log_evidence(log_joint) - gap


def elbo__joint_underflow(log_joint, q):
    """The exponentials of the log joint under- or overflow; it is never needed without the log."""
    q = np.asarray(q, float)
    with np.errstate(all="ignore"):
        terms = np.where(q > 0, q * np.log(_naive(log_joint) / q), 0.0)
    return np.sum(terms, axis=-1)


def elbo__wrong_axis(log_joint, q):
    """The sum runs over the first axis; the states lie along the last."""
    log_joint, q = np.asarray(log_joint, float), np.asarray(q, float)
    return np.sum(q * log_joint - rel_entr(q, 1.0), axis=0)


def elbo__summed_over_everything(log_joint, q):
    """The sum runs over all axes, so that a batch becomes a single number."""
    return np.sum(right.elbo(log_joint, q))


def elbo__averaged_over_the_batch(log_joint, q):
    """The bounds of a batch are averaged into one number; one for each row is expected."""
    return np.mean(right.elbo(log_joint, q))


# ── elbo_linear_gaussian ─────────────────────────────────────────────────────────────────────


def _linear_parts(x, mean, std):
    """Reconstruction and KL to the prior."""
    x, mean, std = (np.asarray(a, float) for a in (x, mean, std))
    reconstruction = -0.5 * _LOG_2PI - 0.5 * ((x - mean) ** 2 + std**2)
    return reconstruction, right.kl_standard_normal(mean, std)


def elbo_linear_gaussian__kl_added(x, mean, std):
    """The KL to the prior is added to the reconstruction; it has the wrong sign."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return reconstruction + kl


def elbo_linear_gaussian__kl_outside_the_brackets(x, mean, std):
    """Only the reconstruction changed its sign: the KL stands outside the brackets of a loss."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return -reconstruction - kl


def elbo_linear_gaussian__sign_flipped(x, mean, std):
    """This is the negative ELBO, a loss; the bound itself is expected."""
    return -right.elbo_linear_gaussian(x, mean, std)


def elbo_linear_gaussian__kl_forgotten(x, mean, std):
    """This is the reconstruction alone."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return reconstruction + 0 * kl


def elbo_linear_gaussian__spread_forgotten(x, mean, std):
    """The reconstruction is taken at the mean of q; the spread of q lowers it."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return reconstruction + 0.5 * np.asarray(std, float) ** 2 - kl


def elbo_linear_gaussian__constant_forgotten(x, mean, std):
    """The constant of the normal density is missing from the reconstruction."""
    return right.elbo_linear_gaussian(x, mean, std) + 0.5 * _LOG_2PI


def elbo_linear_gaussian__constant_twice(x, mean, std):
    """The constant of the normal density counts twice: once too often, or without its half."""
    return right.elbo_linear_gaussian(x, mean, std) - 0.5 * _LOG_2PI


def elbo_linear_gaussian__half_missing_from_the_square(x, mean, std):
    """A factor of one half is missing from the squared error."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return 2 * reconstruction + 0.5 * _LOG_2PI - kl


def elbo_linear_gaussian__half_missing_from_the_kl(x, mean, std):
    """A factor of one half is missing from the KL to the prior."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return reconstruction - 2 * kl


def elbo_linear_gaussian__log_std_for_log_variance(x, mean, std):
    """This is what you get with log σ where log σ² is meant."""
    return right.elbo_linear_gaussian(x, mean, std) - 0.5 * np.log(np.asarray(std, float))


def elbo_linear_gaussian__std_taken_for_variance(x, mean, std):
    """The standard deviation is used as if it were the variance."""
    return right.elbo_linear_gaussian(x, mean, np.sqrt(std))


def elbo_linear_gaussian__gap_to_the_prior(x, mean, std):
    """The KL to the prior is taken off log p(x); the gap is another divergence."""
    x = np.asarray(x, float)
    log_p_x = -0.25 * x**2 - 0.5 * np.log(4 * np.pi)
    return log_p_x - right.kl_standard_normal(mean, std)


def elbo_linear_gaussian__kl_to_the_posterior(x, mean, std):
    """You take off the KL to the posterior of z; beside the reconstruction it is to the prior."""
    reconstruction, _ = _linear_parts(x, mean, std)
    return reconstruction - right.kl_normal(mean, std, np.asarray(x, float) / 2, np.sqrt(0.5))


def elbo_linear_gaussian__noise_of_the_marginal(x, mean, std):
    """The reconstruction has variance 2, which is that of x; given z it is 1."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return 0.5 * (reconstruction - 0.5 * np.log(8 * np.pi)) - kl


def elbo_linear_gaussian__log_evidence(x, mean, std):
    """This is log p(x) for any q: the bound has to fall short of it."""
    x, mean, std = np.broadcast_arrays(np.asarray(x, float), mean, std)
    return -0.25 * x**2 - 0.5 * np.log(4 * np.pi)


def elbo_linear_gaussian__gap_added(x, mean, std):
    """The gap is added to log p(x): the bound lies above what it should bound from below."""
    return 2 * elbo_linear_gaussian__log_evidence(x, mean, std) - right.elbo_linear_gaussian(
        x, mean, std
    )


def elbo_linear_gaussian__entropy_forgotten(x, mean, std):
    """The entropy of q is missing: this is only the expected log joint."""
    entropy = 0.5 * (1 + _LOG_2PI) + np.log(np.asarray(std, float))
    return right.elbo_linear_gaussian(x, mean, std) - entropy


def elbo_linear_gaussian__likelihood_of_the_marginal(x, mean, std):
    """The spread of q is added to the noise of x; the reconstruction is an expected log."""
    x, mean, std = (np.asarray(a, float) for a in (x, mean, std))
    total = 1 + std**2
    log_density = -0.5 * np.log(2 * np.pi * total) - (x - mean) ** 2 / (2 * total)
    return log_density - right.kl_standard_normal(mean, std)


def elbo_linear_gaussian__prior_twice_as_wide(x, mean, std):
    """The distribution of x is used where the prior of z is meant."""
    reconstruction, _ = _linear_parts(x, mean, std)
    return reconstruction - right.kl_normal(mean, std, 0.0, np.sqrt(2.0))


def elbo_linear_gaussian__summed(x, mean, std):
    """The values are summed into one number; one for each entry is expected."""
    return np.sum(right.elbo_linear_gaussian(x, mean, std))


def elbo_linear_gaussian__averaged(x, mean, std):
    """The values are averaged into one number; one for each entry is expected."""
    return np.mean(right.elbo_linear_gaussian(x, mean, std))


def elbo_linear_gaussian__smoothed(x, mean, std, *, constant: (1e-16, 1e-1) = 1e-8):
    """You add {constant} inside the logarithm, which spoils small standard deviations."""
    variance = np.asarray(std, float) ** 2
    spoiled = 0.5 * (np.log(variance + constant) - np.log(variance))
    return right.elbo_linear_gaussian(x, mean, std) + spoiled


def elbo_linear_gaussian__noise_of_q(x, mean, std):
    """The variance of q stands in the density of x, whose noise has the variance 1."""
    x, mean, std = (np.asarray(a, float) for a in (x, mean, std))
    density = -0.5 * (_LOG_2PI + 2 * np.log(std) + (x - mean) ** 2 / std**2)
    return density - right.kl_standard_normal(mean, std)


def elbo_linear_gaussian__reconstruction_forgotten(x, mean, std):
    """This is the negative KL alone: the reconstruction is missing."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return 0 * reconstruction - kl


def elbo_linear_gaussian__spread_added(x, mean, std):
    """The spread of q has the wrong sign in the reconstruction, which it lowers."""
    reconstruction, kl = _linear_parts(x, mean, std)
    return reconstruction + np.asarray(std, float) ** 2 - kl


def elbo_linear_gaussian__error_added(x, mean, std):
    """The squared error has the wrong sign: it lowers the reconstruction."""
    x, mean = np.asarray(x, float), np.asarray(mean, float)
    return right.elbo_linear_gaussian(x, mean, std) + (x - mean) ** 2


def elbo_linear_gaussian__error_not_squared(x, mean, std):
    """The error is not squared."""
    x, mean = np.asarray(x, float), np.asarray(mean, float)
    return right.elbo_linear_gaussian(x, mean, std) + 0.5 * ((x - mean) ** 2 - (x - mean))


def elbo_linear_gaussian__std_for_spread(x, mean, std):
    """The spread of q in the reconstruction is its std; its variance belongs there."""
    std = np.asarray(std, float)
    return right.elbo_linear_gaussian(x, mean, std) + 0.5 * (std**2 - std)


def elbo_linear_gaussian__one_of_the_kl_forgotten(x, mean, std):
    """The constant 1 of the KL is forgotten."""
    return right.elbo_linear_gaussian(x, mean, std) - 0.5


def elbo_linear_gaussian__spread_twice(x, mean, std):
    """The spread of q has no half in the reconstruction."""
    return right.elbo_linear_gaussian(x, mean, std) - 0.5 * np.asarray(std, float) ** 2


# ── derivations ──────────────────────────────────────────────────────────────────────────────

for _item, _kept in derivations.KEPT.items():
    for _name, _answer in items.mistakes(_item, vars(derivations)[_item], _kept).items():
        globals()[_name] = _answer
