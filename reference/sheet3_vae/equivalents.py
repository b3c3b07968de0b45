"""Machine-made mutants of the solution that no check catches, and why each is right all the same.

The keys are as `python -m grader audit` prints them. A reason may also be that the contract leaves
the difference open, so that a check which told the two apart would refuse right answers.
"""

_TWO_AXES = "There are two axes, so that the last is the one with index 1."
_NOT_A_MATRIX = "What has no two axes is no matrix; how it is refused is left open."
_Z_FITS = "z has two axes, and as many columns as the matrix, or it could not be mapped at all."
_ONE_LAYER_LESS = "One hidden layer with a non-linearity is asked; the solution has two of each."
_HEADS = "What the two heads become is decided by training; neither is the mean before."
_EITHER_OUTPUT = (
    "Mean and log_var have the same number of latents, for any number of images (none too)."
)
_EITHER_LETTER = "Sheet 3 calls the density of x both q and p; that of noise is known by its name."
_SYMMETRIC = "Noise is symmetric: mu - sigma epsilon is distributed as x, too, with slope 1 in mu."
_SHAPES = "in `if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:`"

EQUIVALENT: dict[str, str] = {
    "reconstruction_loss: `-1` → `1` in `return F.binary_cross_entropy_with_logits(logits, x, "
    "reduction='none').sum(dim=-1)`": _TWO_AXES,
    "kl_loss: `-1` → `1` in `return 0.5 * (mean ** 2 + torch.exp(log_var) - 1 - "
    "log_var).sum(dim=-1)`": _TWO_AXES,
    "report_kl: `-1` → `1` in `return ('right', 0.5 * (mean ** 2 + std ** 2 - 1 - 2 * "
    "torch.log(std)).sum(dim=-1))`": _TWO_AXES,
    "report_flow: `-1` → `1` in `log_p_z = -0.5 * (z ** 2 + math.log(2 * math.pi)).sum(dim=-1)`": (
        _TWO_AXES
    ),
    "report_flow: `matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]` → "
    f"`matrix.shape[0] != matrix.shape[1]` {_SHAPES}": _NOT_A_MATRIX,
    f"report_flow: `matrix` → `z` {_SHAPES}": _NOT_A_MATRIX,
    f"report_flow: `matrix` → `z` {_SHAPES} (3)": _Z_FITS,
    "Encoder: `(self.mean(hidden), self.log_var(hidden))` → "
    "`(self.log_var(hidden), self.mean(hidden))` in "
    "`return (self.mean(hidden), self.log_var(hidden))`": _HEADS,
    "train_epoch: `(0.0, 0)` → `(0, 0.0)` in `total, count = (0.0, 0)`": "Zero is zero.",
    "train_epoch: `1` → `2` in `latent = encoder(x[:1])[0].shape[1]`": _EITHER_OUTPUT,
    "train_epoch: `1` → `0` in `latent = encoder(x[:1])[0].shape[1]`": _EITHER_OUTPUT,
    "train_epoch: `0` → `1` in `latent = encoder(x[:1])[0].shape[1]`": _EITHER_OUTPUT,
    "train_epoch: `0` → `-1` in `latent = encoder(x[:1])[0].shape[1]`": _EITHER_OUTPUT,
    "importance_bound: `-1` → `1` in "
    "`log_prior_ratio = 0.5 * (noise ** 2 + log_var - z ** 2).sum(dim=-1)`": _TWO_AXES,
}

# In the bodies of the networks, two hidden layers one after the other.
for _item, _first in (
    ("Encoder", "nn.Linear(n_pixels, n_hidden)"),
    ("Decoder", "nn.Linear(n_latent, n_hidden)"),
):
    _second = "nn.Linear(n_hidden, n_hidden)"
    for _changed in (
        f"nn.SiLU(), {_first}, {_second}, ...",
        f"{_first}, {_second}, nn.SiLU())",
        f"{_first}, nn.SiLU(), nn.SiLU())",
        f"{_first}, nn.SiLU(), {_second})",
    ):
        EQUIVALENT[
            f"{_item}: `nn.Sequential({_first}, nn.SiLU(), {_second}, ...` → "
            f"`nn.Sequential({_changed}` in "
            f"`self.body = nn.Sequential({_first}, nn.SiLU(), nn.Linear(n_hidden,...`"
        ] = _ONE_LAYER_LESS

for _line, _near in (
    (1, r"…abla_\mu \mathbb{E}_q[f(x)]"),
    (2, r"&= \nabla_\mu \int q(x) f(x) \, dx \\"),
    (3, r"&= \int \nabla_\mu q(x) f(x) \, dx \\"),
    (4, r"&= \int q(x) \nabla_\mu \log …"),
    (4, r"…(x) \nabla_\mu \log q(x) f(x) \, dx \\"),
    (5, r"&= \mathbb{E}_q[f(x) \nabla_\mu \lo…"),
    (5, r"…(x) \nabla_\mu \log q(x)]"),
):
    EQUIVALENT[f"score_function_derivation: line {_line}: `q` → `p` in `{_near}`"] = _EITHER_LETTER
EQUIVALENT[r"pathwise_derivation: line 1: `q` → `p` in `…abla_\mu \mathbb{E}_q[f(x)]`"] = (
    _EITHER_LETTER
)
for _line, _near in (
    (2, r"…}_\varepsilon[f(\mu + \sigma \varepsilon)…"),
    (3, r"…on[\nabla_\mu f(\mu + \sigma \varepsilon)…"),
    (4, r"…_\varepsilon[f'(\mu + \sigma \varepsilon)…"),
    (4, r"… \, \nabla_\mu (\mu + \sigma \varepsilon)…"),
    (5, r"…_\varepsilon[f'(\mu + \sigma \varepsilon)…"),
):
    EQUIVALENT[f"pathwise_derivation: line {_line}: `+` → `-` in `{_near}`"] = _SYMMETRIC
