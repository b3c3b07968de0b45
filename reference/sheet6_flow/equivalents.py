"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them.
"""

_TWO_AXES = "There are two axes, so that the last is the one with index 1."
_STATEMENTS = {
    "standard_normal_log_prob": ("return -0.5 * (z ** 2 + math.log(2 * math.pi)).sum(dim=-1)",),
    "AffineCoupling": (
        "return (x * torch.exp(s) + t, s.sum(dim=-1))",
        "return ((z - t) * torch.exp(-s), -s.sum(dim=-1))",
    ),
    "dequantize": ("return (y, y.new_full((len(y),), -y.shape[-1] * math.log(levels)))",),
    "to_logit": ("return (log_p - log_q, (math.log(1 - 2 * alpha) - log_p - log_q).sum(dim=-1))",),
    "to_logit: from_logit": ("return (y, (log_slope - math.log(1 - 2 * alpha)).sum(dim=-1))",),
}

EQUIVALENT: dict[str, str] = {
    f"{item}: `-1` → `1` in `{statement}`": _TWO_AXES
    for item, statements in _STATEMENTS.items()
    for statement in statements
}
EQUIVALENT |= {
    "coupling_density_derivation: line 4: `\\frac{\\partial z_A}{\\partial x_A}` → "
    "`\\frac{\\partial x_A}{\\partial z_A}` in `… + \\log \\left| \\det \\frac{\\partial "
    "z_A}{\\partial x_A} \\cdot`": "The half that passes has the derivative I both ways.",
    "log_prob_of_images: `dequantize(x_int, u, levels)` → `dequantize(u, x_int, levels)` in "
    "`y, to_unit = dequantize(x_int, u, levels)`": "The sum of both is the same.",
}
