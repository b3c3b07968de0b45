"""Sheet 6: stubs with the right shapes, and layers that are registered and change nothing."""

import torch

from forgeries import with_stubs

SHEET = "sheet6_flow"


class _Identity(torch.nn.Module):
    def __init__(self, *parts):
        super().__init__()
        layers = parts[0] if len(parts) == 1 else parts[:1]
        self.layers = torch.nn.ModuleList(layers)

    def forward(self, x):
        return x, 0 * x.sum(1) - 1.0

    def inverse(self, z):
        return z, 0 * z.sum(1) + 1.0

    def log_prob(self, x):
        return 0 * x.sum(1) - 5.0

    def sample(self, z):
        return z


STUBS = {
    "log_prob_of_transformed": lambda x, log_prob, inverse, log_det: log_prob(x),
    "standard_normal_log_prob": lambda z: 0 * z.sum(1) - 4.0,
    "AffineCoupling": _Identity,
    "Flow": _Identity,
    "dequantize": lambda x, u, levels=256: (x / 256 + 0 * u, 0 * u.sum(1) - 5.0),
    "to_logit": lambda y, alpha: (y, 0 * y.sum(1)),
    "from_logit": lambda z, alpha: (z, 0 * z.sum(1)),
    "log_prob_of_images": lambda flow, x, u, alpha, levels=256: flow.log_prob(0 * u) - 5.0,
    "bits_per_dim": lambda log_prob, n_dims: 0 * log_prob + 3.0,
}


def forge(request):
    """The reply to a request: what its own probe makes of the stubs."""
    return with_stubs(request, STUBS)
