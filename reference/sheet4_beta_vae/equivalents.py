"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_DRAW = "Any codes may be tried; enough of these are far apart as well."
_SCALE = "Distances are only compared with one another: their scale changes nothing."
_ANY_FIRST = "Any picture may be the first; the others are chosen far from it."
_AT_LEAST = "At least ten pictures are expected, and eleven are far enough apart as well."
_FACTORS = (15, 11, 5, 13, 25, 28)
_ENTRIES = (
    "in `factors = {'background': 15, 'hair colour': 11, 'hair length': 5, 'face width': 13, "
    "'he...`"
)
_BITS = "The gap and the factor's entropy are both in bits then, and their ratio is the same."
_SAME_FOR_ALL = (
    "The entropy of the factor is the same for all latents: it is gone from the gap of two of them."
)
_FORGIVEN = "A wrong entry costs nothing beside four right ones, and the solution has six."
_DRAWN = "in `z = (1.2 * torch.randn(400, 32)).clamp(-2.5, 2.5)`"
_DIFFERENCE = "in `difference = torch.cdist(pictures, pictures) / math.sqrt(pictures.shape[1])`"
_BEGUN = "in `chosen = [int(difference.amax(dim=1).argmax())]`"
_UNTIL = "in `while len(chosen) < 10:`"
_TOLD = (
    "in `told = sorted((entropy(t.sum(axis=0)) + entropy(t.sum(axis=1)) "
    "- entropy(t) for t in ta...`"
)

EQUIVALENT: dict[str, str] = {
    f"diverse_latents: `1.2 * torch.randn(400, 32)` → `1.2 / torch.randn(400, 32)` {_DRAWN}": _DRAW,
    f"diverse_latents: `1.2 * torch.randn(400, 32)` → `torch.randn(400, 32)` {_DRAWN}": _DRAW,
    f"diverse_latents: `1.2` → `2.4` {_DRAWN}": _DRAW,
    f"diverse_latents: `400` → `401` {_DRAWN}": _DRAW,
    f"diverse_latents: `400` → `399` {_DRAWN}": _DRAW,
    f"diverse_latents: `2.5` → `5.0` {_DRAWN}": _DRAW,
    f"diverse_latents: `2.5` → `1.25` {_DRAWN}": _DRAW,
    f"diverse_latents: `2.5` → `5.0` {_DRAWN} (2)": _DRAW,
    f"diverse_latents: `2.5` → `1.25` {_DRAWN} (2)": _DRAW,
    "diverse_latents: `torch.cdist(pictures, pictures) / math.sqrt(pictures.shape[1])` → "
    f"`torch.cdist(pictures, pictures) * math.sqrt(pictures.shape[1])` {_DIFFERENCE}": _SCALE,
    "diverse_latents: `torch.cdist(pictures, pictures) / math.sqrt(pictures.shape[1])` → "
    f"`torch.cdist(pictures, pictures)` {_DIFFERENCE}": _SCALE,
    f"diverse_latents: `math.sqrt(pictures.shape[1])` → `pictures.shape[1]` {_DIFFERENCE}": _SCALE,
    f"diverse_latents: `1` → `0` {_DIFFERENCE}": _SCALE,
    f"diverse_latents: `difference.amax(dim=1)` → `difference.amax()` {_BEGUN}": _ANY_FIRST,
    f"diverse_latents: `1` → `0` {_BEGUN}": _ANY_FIRST,
    f"diverse_latents: `len(chosen) < 10` → `len(chosen) <= 10` {_UNTIL}": _AT_LEAST,
    f"diverse_latents: `10` → `11` {_UNTIL}": _AT_LEAST,
    "mutual_information_gap: `np.log(p)` → `np.log2(p)` in `return -(p * np.log(p)).sum()`": _BITS,
    "mutual_information_gap: `entropy(t.sum(axis=0)) + entropy(t.sum(axis=1))` → "
    f"`entropy(t.sum(axis=1))` {_TOLD}": _SAME_FOR_ALL,
    f"mutual_information_gap: `t.sum(axis=0)` → `t.sum()` {_TOLD}": _SAME_FOR_ALL,
    f"mutual_information_gap: `t.sum(axis=0)` → `t.mean(axis=0)` {_TOLD}": _SAME_FOR_ALL,
} | {
    f"factors: `{latent}` → `{other}` {_ENTRIES}": _FORGIVEN
    for latent in _FACTORS
    for other in (latent - 1, latent + 1)
}
