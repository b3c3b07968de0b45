"""Reference implementations of sheet 6, each by another route than the solution in the notebook.

Log-determinants are not added up: they are `slogdet` of the Jacobian of the map itself. Never given
to students, and never sent to the process that runs their code.
"""

import functools

import torch
from torch import nn
from torch.distributions import MultivariateNormal
from torch.distributions.transforms import AffineTransform, ComposeTransform, SigmoidTransform

from reference.sheet6_flow.derivations import coupling_density_derivation  # noqa: F401

# ── densities ────────────────────────────────────────────────────────────────────────────────


def log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse):
    """log p(x), `(n,)`, from the log-density of z = inverse(x); one point after another."""
    points = x.split(1)
    parts = [torch.cat([log_prob_z(inverse(p)), log_abs_det_inverse(p)]) for p in points]
    return torch.stack(parts).sum(dim=1)


def standard_normal_log_prob(z):
    """log N(z; 0, I), `(batch, d)` → `(batch,)`, in nats, from torch's own distribution."""
    z = z.double()
    return MultivariateNormal(z.new_zeros(z.shape[1]), torch.eye(z.shape[1]).to(z)).log_prob(z)


# ── layers ───────────────────────────────────────────────────────────────────────────────────


class AffineCoupling(nn.Module):
    """x·exp(s) + t where the mask is 0; with the log-determinant of the map's own Jacobian."""

    def __init__(self, net, mask):
        super().__init__()
        self.net = net
        self.register_buffer("passes", mask.bool())

    def forward(self, x):
        return _with_log_det(self._there, x)

    def inverse(self, z):
        return _with_log_det(self._back, z)

    def _there(self, x):
        s, t = self.net(torch.where(self.passes, x, 0.0))
        return torch.where(self.passes, x, torch.addcmul(t, x, torch.exp(s)))

    def _back(self, z):
        s, t = self.net(torch.where(self.passes, z, 0.0))
        return torch.where(self.passes, z, torch.div(z - t, torch.exp(s)))


class Flow(nn.Module):
    """Layers one after the other, taken as a single map."""

    def __init__(self, layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return _with_log_det(lambda x: functools.reduce(_point, self.layers, x), x)

    def inverse(self, z):
        return _with_log_det(self.sample, z)

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return standard_normal_log_prob(z) + log_det

    def sample(self, z):
        backwards = [layer.inverse for layer in self.layers][::-1]
        return functools.reduce(_point, backwards, z)


def _point(x, layer):
    return layer(x)[0]


def _with_log_det(function, x):
    """function(x) and log|det| of its Jacobian at every row of x, `(batch, d)` → `(batch,)`."""
    jacobian = torch.autograd.functional.jacobian(
        lambda rows: function(rows).sum(dim=0), x, create_graph=torch.is_grad_enabled()
    )
    return function(x), torch.linalg.slogdet(jacobian.transpose(0, 1)).logabsdet


# ── pictures ─────────────────────────────────────────────────────────────────────────────────


def dequantize(x_int, u, levels=256):
    """Integers 0 … levels − 1 with noise in [0, 1), over levels; with the log-determinant."""
    y = (x_int.double() + u.double()).div(levels)
    cell = torch.full(x_int.shape, 1 / levels, dtype=torch.float64)
    return y, torch.log(cell).sum(dim=1)


def to_logit(y, alpha):
    """logit(α + (1 − 2α)·y) and its log-determinant, by torch's transforms."""
    y = y.double()
    z = _squeezed(alpha).inv(y)
    return z, -_squeezed(alpha).log_abs_det_jacobian(z, y).sum(dim=1)


def from_logit(z, alpha):
    """The y with to_logit(y) = z, and the log-determinant of that map."""
    z = z.double()
    y = _squeezed(alpha)(z)
    return y, _squeezed(alpha).log_abs_det_jacobian(z, y).sum(dim=1)


def _squeezed(alpha):
    """The transform from log-odds to y."""
    scale = 1 / (1 - 2 * alpha)
    parts = [SigmoidTransform(), AffineTransform(-alpha * scale, scale)]
    return ComposeTransform(parts)


def log_prob_of_images(flow, x_int, u, alpha, levels=256):
    """log p(x + u) in nats, `(batch,)`: one map from x + u to the flow's logits, and its slopes."""
    with torch.enable_grad():
        noisy = (x_int.double() + u.double()).requires_grad_()
        logits = _squeezed(alpha).inv(noisy / levels)
        (slopes,) = torch.autograd.grad(logits.sum(), noisy)
    return flow.log_prob(logits.detach()).double() + torch.log(slopes).sum(dim=1)


def bits_per_dim(log_prob, n_dims):
    """−log2 p(x) for each of n_dims dimensions, of the shape of log_prob (nats)."""
    nats = -log_prob.double() / n_dims
    return nats / torch.log(torch.full_like(nats, 2.0))
