"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_TWO_AXES = "There are two axes, so that the last is the one with index 1."
_NOT_A_MATRIX = "What has no two axes is no matrix; how it is refused is left open."
_Z_FITS = "z has two axes, and as many columns as the matrix, or it could not be mapped at all."
_SHAPES = "in `if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:`"

EQUIVALENT: dict[str, str] = {
    "reconstruction_loss: `-1` → `1` in `return F.binary_cross_entropy_with_logits(logits, x, "
    "reduction='none').sum(dim=-1)`": _TWO_AXES,
    "kl_loss: `-1` → `1` in `return 0.5 * (mean ** 2 + torch.exp(log_var) - 1 - "
    "log_var).sum(dim=-1)`": _TWO_AXES,
    "report_kl: `-1` → `1` in `return ('wrong', 0.5 * (mean ** 2 + std ** 2 - 1 - 2 * "
    "torch.log(std)).sum(dim=-1))`": _TWO_AXES,
    "report_flow: `-1` → `1` in `log_p_z = -0.5 * (z ** 2 + math.log(2 * math.pi)).sum(dim=-1)`": (
        _TWO_AXES
    ),
    "report_flow: `matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]` → "
    f"`matrix.shape[0] != matrix.shape[1]` {_SHAPES}": _NOT_A_MATRIX,
    f"report_flow: `matrix` → `z` {_SHAPES}": _NOT_A_MATRIX,
    f"report_flow: `matrix` → `z` {_SHAPES} (3)": _Z_FITS,
}
