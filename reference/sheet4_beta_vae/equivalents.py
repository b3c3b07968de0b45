"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_COUNTS = "An entropy is that of the counts' shares: a common factor of the counts changes nothing."
_SAME_FOR_ALL = (
    "The entropy of the factor is the same for all latents: it is gone from the gap of two of them."
)
_TOLD = (
    "in `told = sorted((entropy(t.sum(axis=0)) + entropy(t.sum(axis=1)) "
    "- entropy(t) for t in ta...`"
)

EQUIVALENT: dict[str, str] = {
    "mutual_information_gap: `np.log(p)` → `np.log2(p)` in `return -(p * np.log(p)).sum()`": (
        "Numerator and denominator are both in bits then: their ratio is the same."
    ),
    "mutual_information_gap: `1` → `2` in `tables = [np.histogram2d(z, values, "
    "(bins, values.max() + 1))[0] for z in codes.T]`": (
        "With one column more than there are values, each value still has one of its own."
    ),
    "mutual_information_gap: `entropy(t.sum(axis=0)) + entropy(t.sum(axis=1))` → "
    f"`entropy(t.sum(axis=1))` {_TOLD}": _SAME_FOR_ALL,
    f"mutual_information_gap: `t.sum(axis=0)` → `t.sum()` {_TOLD}": _SAME_FOR_ALL,
    f"mutual_information_gap: `t.sum(axis=0)` → `t.mean(axis=0)` {_TOLD}": _COUNTS,
    f"mutual_information_gap: `t.sum(axis=1)` → `t.mean(axis=1)` {_TOLD}": _COUNTS,
}
