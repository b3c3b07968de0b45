"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_ANY_CANDIDATES = "Any codes may be tried; enough of these are far apart as well."
_NEVER_EQUAL = "No two pictures have exactly that distance."
_BITS = "The gap and the factor's entropy are both in bits then, and their ratio is the same."
_SAME_FOR_ALL = (
    "The entropy of the factor is the same for all latents: it is gone from the gap of two of them."
)
_CANDIDATES = "in `z = torch.empty(500, 32).uniform_(-4, 4)`"
_TOLD = (
    "in `told = sorted((entropy(t.sum(axis=0)) + entropy(t.sum(axis=1)) "
    "- entropy(t) for t in ta...`"
)

EQUIVALENT: dict[str, str] = {
    f"diverse_latents: `500` → `501` {_CANDIDATES}": _ANY_CANDIDATES,
    f"diverse_latents: `500` → `499` {_CANDIDATES}": _ANY_CANDIDATES,
    f"diverse_latents: `4` → `3` {_CANDIDATES}": _ANY_CANDIDATES,
    f"diverse_latents: `4` → `3` {_CANDIDATES} (2)": _ANY_CANDIDATES,
    "diverse_latents: `row[chosen] > 0.27` → `row[chosen] >= 0.27` in "
    "`if (row[chosen] > 0.27).all():`": _NEVER_EQUAL,
    "mutual_information_gap: `np.log(p)` → `np.log2(p)` in `return -(p * np.log(p)).sum()`": _BITS,
    "mutual_information_gap: `entropy(t.sum(axis=0)) + entropy(t.sum(axis=1))` → "
    f"`entropy(t.sum(axis=1))` {_TOLD}": _SAME_FOR_ALL,
    f"mutual_information_gap: `t.sum(axis=0)` → `t.sum()` {_TOLD}": _SAME_FOR_ALL,
    f"mutual_information_gap: `t.sum(axis=0)` → `t.mean(axis=0)` {_TOLD}": _SAME_FOR_ALL,
}
