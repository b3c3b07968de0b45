"""Sheet 1: stubs with the right shapes, and guesses."""

import numpy as np

from forgeries import with_stubs

SHEET = "sheet1_kl"
TEXT = "The text is the answer; the judge reads and checks it."
VALUES = {
    "asymmetric_pair": "The two distributions are the answer; the judge compares them.",
    "near_and_far": "The four numbers are the answer; the judge computes the divergences.",
    **dict.fromkeys(
        (
            "kl_normal_derivation",
            "kl_standard_normal_derivation",
            "kl_diagonal_derivation",
            "elbo_gap_derivation",
            "elbo_split_derivation",
        ),
        TEXT,
    ),
}


def _refusing(function):
    """Refuses what is plainly bad, as whoever has read the checks knows to do."""

    def stub(*args):
        arrays = [np.asarray(a, float) for a in args]
        if any((a < 0).any() or (a == 0).all() for a in arrays[1::2]):
            raise ValueError("refused")
        return function(*arrays)

    return stub


def _discrete(q, p):
    if abs(q.sum(-1) - 1).max() > 1e-6 or abs(p.sum(-1) - 1).max() > 1e-6 or q.min() < 0:
        raise ValueError("refused")
    return np.where(((p == 0) & (q > 0)).any(-1), np.inf, 0.1 + 0 * (q + p).sum(-1))


STUBS = {
    "kl_discrete": lambda q, p: _discrete(np.asarray(q, float), np.asarray(p, float)),
    "kl_normal": _refusing(lambda m, s, n, t: 0.5 + 0 * (m + s + n + t)),
    "kl_standard_normal": _refusing(lambda m, s: 0.5 + 0 * (m + s)),
    "kl_mvn": _refusing(lambda m, c, n, d: 0.5 * np.trace(np.linalg.solve(d, c))),
    "kl_diagonal": lambda m, v: 0.5 + 0 * (np.asarray(m) + v).sum(-1),
    "kl_monte_carlo": lambda log_q, log_p, x: (4.0, 4.0 / len(x) ** 0.5),
    "log_evidence": lambda a: np.max(a, axis=-1),
    "posterior": lambda a: np.eye(np.shape(a)[-1])[np.argmax(a, axis=-1)],
    "elbo": lambda a, q: np.max(a, axis=-1) - 1.0,
    "elbo_linear_gaussian": lambda x, m, s: -2 + 0 * (np.asarray(x) + m + s),
}


def forge(request):
    """The reply to a request: what its own probe makes of the stubs."""
    return with_stubs(request, STUBS)
