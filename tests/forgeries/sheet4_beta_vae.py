"""Sheet 4: stubs with the right shapes, and guesses."""

import numpy as np
import torch

from forgeries import with_stubs

SHEET = "sheet4_beta_vae"
VALUES = {
    "diverse_latents": "Latents are the answer; their pictures are made and measured by the judge."
}

WORD = {
    "generate": {
        "no gradient is kept, and no graph",
        "a model in train mode is in train mode afterwards",
        "a model in eval mode is in eval mode afterwards",
        "each module has its own mode afterwards",
        "leaves requires_grad of each parameter as it was",
        "leaves parameters and buffers as they were",
        "gradients are switched on afterwards, if they were",
        "gradients are switched off afterwards, if they were",
    }
}


def _traverse(z, dim, values):
    return z.detach().repeat(len(values), 1)


STUBS = {
    "generate": lambda model, z: torch.full((len(z), 3, 64, 64), 0.5, dtype=z.dtype),
    "latent_kl": lambda mean, log_var: mean.mean(0) + 0 * log_var.mean(0),
    "traverse": _traverse,
    "factors": {"gaze": 0, "background": 1, "smile": 2, "hair colour": 3},
    "beta_loss": lambda reconstruction, kl, beta: (reconstruction + 0 * kl).mean(),
    "mutual_information_gap": lambda codes, factors, bins=20: (
        0.3,
        np.full(sum(np.ptp(factors, axis=0) > 0), 0.3),
    ),
}


def forge(request):
    """The reply to a request: what its own probe makes of the stubs."""
    return with_stubs(request, STUBS)
