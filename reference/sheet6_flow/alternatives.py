"""Right solutions in unusual styles: `<item>__<style>`, or `to_logit__from_logit__<style>`.

The judge takes them all. Each keeps the whole contract in its own way.
"""
# ruff: noqa: N801 (a class is named <item>__<style>)

import functools
import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import distributions, nn
from torch.distributions import transforms

from reference import derivations as items
from reference.sheet6_flow import derivations

# ── change_of_variables ──────────────────────────────────────────────────────────────────────


def change_of_variables__in_steps(x, log_prob_z, inverse, log_abs_det_inverse):
    """One name for each quantity."""
    z = inverse(x)
    base = log_prob_z(z)
    volume = log_abs_det_inverse(x)
    return torch.add(base, volume)


def change_of_variables__point_by_point(x, log_prob_z, inverse, log_abs_det_inverse):
    """One point after another, each as a batch of one."""
    batches = [x[i : i + 1] for i in range(len(x))]
    return torch.cat([log_prob_z(inverse(b)) + log_abs_det_inverse(b) for b in batches])


def change_of_variables__stacked(x, log_prob_z, inverse, log_abs_det_inverse):
    """Both terms in the rows of a matrix, whose columns are summed."""
    return torch.stack((log_abs_det_inverse(x), log_prob_z(inverse(x)))).sum(0)


def change_of_variables__subtracted_from(x, log_prob_z, inverse, log_abs_det_inverse):
    """The log-determinant of the way there is the negative one; that is subtracted."""
    log_det_there = -log_abs_det_inverse(x)
    return log_prob_z(inverse(x.clone())) - log_det_there


def change_of_variables__composed(x, log_prob_z, inverse, log_abs_det_inverse):
    """Functions made of functions."""

    def pulled_back(f):
        return lambda y: f(inverse(y))

    return sum(f(x) for f in (pulled_back(log_prob_z), log_abs_det_inverse))


# ── standard_normal_log_prob ─────────────────────────────────────────────────────────────────


def standard_normal_log_prob__normal(z):
    """torch's normal distribution, dimension by dimension."""
    return distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)


def standard_normal_log_prob__independent(z):
    """torch's normal distribution with the dimensions declared to be one event."""
    base = distributions.Normal(torch.zeros_like(z[0]), torch.ones_like(z[0]))
    return distributions.Independent(base, 1).log_prob(z)


def standard_normal_log_prob__einsum(z):
    """The squared length as an inner product."""
    return -0.5 * torch.einsum("bd,bd->b", z, z) - z.size(1) * math.log(math.sqrt(2 * math.pi))


def standard_normal_log_prob__norm(z):
    """The squared length by its name."""
    n = z.shape[-1]
    return -(torch.linalg.vector_norm(z, dim=1).square() + n * np.log(2 * np.pi)) / 2


def standard_normal_log_prob__loop(z):
    """One dimension after another."""
    total = 0.0
    for column in z.unbind(dim=1):
        total = total - column**2 / 2 - 0.9189385332046727
    return total


def standard_normal_log_prob__point_by_point(z):
    """One point after another, without a batch axis."""
    return torch.stack([-0.5 * (row @ row + len(row) * math.log(math.tau)) for row in z])


def standard_normal_log_prob__nll_loss(z):
    """torch's loss for normal distributions, with a variance of 1."""
    each = F.gaussian_nll_loss(
        torch.zeros_like(z), z, torch.ones_like(z), full=True, reduction="none"
    )
    return -each.sum(dim=1)


# ── AffineCoupling ───────────────────────────────────────────────────────────────────────────


class AffineCoupling__convex(nn.Module):
    """mask · x + (1 − mask) · (…), the way it stands in papers."""

    def __init__(self, net, mask):
        super().__init__()
        self.net, self.mask = net, mask

    def forward(self, x):
        s, t = self.net(self.mask * x)
        z = self.mask * x + (1 - self.mask) * (x * s.exp() + t)
        return z, ((1 - self.mask) * s).sum(1)

    def inverse(self, z):
        s, t = self.net(self.mask * z)
        x = self.mask * z + (1 - self.mask) * (z - t) / s.exp()
        return x, -((1 - self.mask) * s).sum(1)


class AffineCoupling__where(nn.Module):
    """A mask of booleans, and torch.where."""

    def __init__(self, net, mask):
        super().__init__()
        self.network = net
        self.register_buffer("keep", mask > 0.5)

    def forward(self, x):
        log_scale, shift = self._scale_and_shift(x)
        return torch.where(self.keep, x, x * torch.exp(log_scale) + shift), log_scale.sum(-1)

    def inverse(self, z):
        log_scale, shift = self._scale_and_shift(z)
        return torch.where(self.keep, z, (z - shift) * torch.exp(-log_scale)), -log_scale.sum(-1)

    def _scale_and_shift(self, known):
        s, t = self.network(torch.where(self.keep, known, torch.zeros_like(known)))
        return s.masked_fill(self.keep, 0.0), t


class AffineCoupling__indexed(nn.Module):
    """Only the columns that change are computed, and put where they belong."""

    def __init__(self, net, mask):
        super().__init__()
        self.net = net
        self.mask = nn.Parameter(mask, requires_grad=False)

    def forward(self, x):
        free = self.mask == 0
        s, t = self.net(x * self.mask)
        z = x.clone()
        z[:, free] = x[:, free] * s[:, free].exp() + t[:, free]
        return z, s[:, free].sum(dim=1)

    def inverse(self, z):
        free = self.mask == 0
        s, t = self.net(z * self.mask)
        x = z.clone()
        x[:, free] = (z[:, free] - t[:, free]).div(s[:, free].exp())
        return x, s[:, free].sum(dim=1).neg()


class AffineCoupling__forward_asked_back(nn.Module):
    """inverse asks forward for the log-determinant at x."""

    def __init__(self, net, mask):
        super().__init__()
        self.net = net
        self.register_buffer("mask", mask, persistent=False)
        self.register_buffer("free", 1 - mask)

    def forward(self, x):
        s, t = (part * self.free for part in self.net(x * self.mask))
        return torch.addcmul(t, x, s.exp()), s @ torch.ones_like(self.free)

    def inverse(self, z):
        s, t = (part * self.free for part in self.net(z * self.mask))
        x = torch.mul(z - t, torch.exp(-s))
        return x, -self(x)[1]


class AffineCoupling__point_by_point(nn.Module):
    """One point after another, the network too."""

    def __init__(self, net, mask):
        super().__init__()
        self.parts = nn.ModuleList([net])
        self.mask = mask

    def forward(self, x):
        return self._each(x, lambda x, s, t: s.exp() * x + t, 1)

    def inverse(self, z):
        return self._each(z, lambda z, s, t: (z - t) / s.exp(), -1)

    def _each(self, points, change, sign):
        images, log_dets = [], []
        for point in points:
            s, t = self.parts[0](point * self.mask)
            s = s * (1 - self.mask)
            images.append(change(point, s, t * (1 - self.mask)))
            log_dets.append(sign * s.sum())
        return torch.stack(images), torch.stack(log_dets)


class AffineCoupling__slogdet(nn.Module):
    """The log-determinant of the Jacobian itself, by autograd."""

    def __init__(self, net, mask):
        super().__init__()
        self.add_module("net", net)
        self.mask = mask

    def forward(self, x):
        return self._with_log_det(lambda x, s, t: x * torch.exp(s) + t, x)

    def inverse(self, z):
        return self._with_log_det(lambda z, s, t: (z - t) * torch.exp(-s), z)

    def _with_log_det(self, change, points):
        def moved(rows):
            s, t = self.net(rows * self.mask)
            changed = change(rows, s, t)
            return changed.where(self.mask == 0, rows)

        jacobian = torch.autograd.functional.jacobian(
            lambda rows: moved(rows).sum(0), points, create_graph=True
        )
        return moved(points), torch.linalg.slogdet(jacobian.movedim(1, 0))[1]


class AffineCoupling__one_method(nn.Module):
    """Both directions in one method; a list of two comes back."""

    def __init__(self, net, mask):
        super().__init__()
        self.net, self.passes, self.changes = net, mask.clone(), 1.0 - mask

    def forward(self, x, undo=False):
        s, t = self.net(x * self.passes)
        s, t = s * self.changes, t * self.changes
        if undo:
            return [(x - t) / torch.exp(s), torch.sum(-s, 1)]
        return [torch.exp(s) * x + t, torch.sum(s, 1)]

    def inverse(self, z):
        return self.forward(z, undo=True)


# ── Flow ─────────────────────────────────────────────────────────────────────────────────────


def standard_normal_log_prob(z):
    """What the notebook defines above."""
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(dim=-1)


class Flow__usual(nn.Module):
    """A ModuleList, and the notebook's log-density."""

    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        total = 0
        for layer in self.layers:
            x, log_det = layer(x)
            total += log_det
        return x, total

    def inverse(self, z):
        total = 0
        for layer in self.layers[::-1]:
            z, log_det = layer.inverse(z)
            total += log_det
        return z, total

    def log_prob(self, x):
        z, log_det = self(x)
        return standard_normal_log_prob(z) + log_det

    def sample(self, z):
        x, _ = self.inverse(z)
        return x


class Flow__sequential(nn.Sequential):
    """A Sequential of its own kind."""

    def __init__(self, layers):
        super().__init__(*layers)

    def forward(self, x):
        log_dets = []
        for layer in self:
            x, log_det = layer(x)
            log_dets.append(log_det)
        return x, torch.stack(log_dets).sum(dim=0)

    def inverse(self, z):
        log_dets = []
        for number in range(len(self) - 1, -1, -1):
            z, log_det = self[number].inverse(z)
            log_dets.append(log_det)
        return z, torch.stack(log_dets).sum(dim=0)

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return distributions.Normal(0, 1).log_prob(z).sum(dim=1) + log_det

    @torch.no_grad()
    def sample(self, z):
        return self.inverse(z)[0]


class Flow__reduced(nn.Module):
    """Both ways as a reduction over methods."""

    def __init__(self, layers):
        super().__init__()
        for number, layer in enumerate(layers):
            self.add_module(f"layer{number}", layer)

    def forward(self, x):
        return self._through(self.children(), x)

    def inverse(self, z):
        return self._through([layer.inverse for layer in reversed(list(self.children()))], z)

    @staticmethod
    def _through(steps, points):
        def step(state, layer):
            points, log_det = layer(state[0])
            return points, state[1] + log_det

        return functools.reduce(step, steps, (points, points.new_zeros(len(points))))

    def log_prob(self, x):
        z, log_det = self.forward(x)
        d = z.shape[1]
        base = distributions.MultivariateNormal(z.new_zeros(d), torch.eye(d, dtype=z.dtype))
        return base.log_prob(z) + log_det

    def sample(self, z):
        for layer in [*self.children()][::-1]:
            z = layer.inverse(z)[0]
        return z


class Flow__recursive(nn.Module):
    """The first layer, and a flow of the others."""

    def __init__(self, layers):
        super().__init__()
        first, *others = layers
        self.first = first
        self.others = Flow__recursive(others) if others else None

    def forward(self, x):
        z, log_det = self.first(x)
        if self.others is None:
            return z, log_det
        z, more = self.others(z)
        return z, log_det + more

    def inverse(self, z):
        log_det = 0.0
        if self.others is not None:
            z, log_det = self.others.inverse(z)
        x, more = self.first.inverse(z)
        return x, log_det + more

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return log_det - (z.square() + math.log(2 * math.pi)).sum(-1) / 2

    def sample(self, z):
        return self.inverse(z)[0]


class Flow__through_the_inverse(nn.Module):
    """inverse takes its log-determinant from forward, at x; everything in a list of two."""

    def __init__(self, layers):
        super().__init__()
        self.net = nn.ModuleList()
        self.net.extend(layers)

    def forward(self, x):
        steps = list(itertools.accumulate(self.net, lambda s, layer: layer(s[0]), initial=(x, 0)))
        return [steps[-1][0], torch.stack([log_det for _, log_det in steps[1:]], dim=1).sum(1)]

    def inverse(self, z):
        x = self.sample(z)
        return [x, torch.neg(self.forward(x)[1])]

    def log_prob(self, x):
        z, log_det = self.forward(x)
        return -0.5 * (z * z).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi) + log_det

    def sample(self, z):
        for layer in reversed(self.net):
            z, _ = layer.inverse(z)
        return z


# ── dequantize ───────────────────────────────────────────────────────────────────────────────


def dequantize__full(x_int, u, levels=256):
    """The log-determinant as a tensor that is filled with one number."""
    batch, d = x_int.shape
    return (x_int.float() + u) / levels, u.new_full((batch,), -d * math.log(levels))


def dequantize__summed(x_int, u, levels=256):
    """Every pixel's log-derivative, summed."""
    y = x_int / levels + u / levels
    return y, torch.log(torch.full_like(y, 1.0 / levels)).sum(dim=-1)


def dequantize__image_by_image(x_int, u, levels=256):
    """One image after another."""
    images = [(row.to(noise.dtype) + noise) / levels for row, noise in zip(x_int, u, strict=True)]
    log_dets = [-float(np.log(levels)) * len(row) for row in x_int]
    return torch.stack(images), torch.tensor(log_dets)


def dequantize__numpy(x_int, u, levels=256):
    """NumPy, and back to torch."""
    y = (x_int.numpy().astype(np.float64) + u.numpy()) / levels
    volume = np.full(len(y), y.shape[1] * np.log(1 / levels))
    return torch.from_numpy(y), torch.from_numpy(volume)


def dequantize__transform(x_int, u, levels: int = 256):
    """torch's affine transform, which knows its own log-determinant."""
    scaling = transforms.AffineTransform(0.0, 1 / levels, event_dim=1)
    noisy = torch.add(x_int, u)
    y = scaling(noisy)
    return y, scaling.log_abs_det_jacobian(noisy, y)


# ── to_logit and from_logit ──────────────────────────────────────────────────────────────────


def to_logit__softplus(y, alpha):
    """torch's logit; the log-determinant from z."""
    z = torch.logit(alpha + (1 - 2 * alpha) * y)
    log_det = F.softplus(z) + F.softplus(-z) + math.log1p(-2 * alpha)
    return z, log_det.sum(dim=1)


def to_logit__ratio(y, alpha):
    """The logarithm of the odds; the derivative written as a fraction."""
    p = alpha * (1 - y) + (1 - alpha) * y
    z = torch.log(p / (1 - p))
    return z, torch.log((1 - 2 * alpha) / (p * (1 - p))).sum(-1)


def to_logit__area_tangent(y, alpha):
    """The logit as twice an inverse hyperbolic tangent."""
    centred = (1 - 2 * alpha) * (2 * y - 1)
    z = 2 * torch.atanh(centred)
    slopes = 4 * (1 - 2 * alpha) / (1 - centred**2)
    return z, slopes.log().sum(dim=-1)


def to_logit__autograd(y, alpha):
    """The derivative of every pixel by autograd."""
    inner = y if y.requires_grad else y.clone().requires_grad_()
    z = torch.special.logit(alpha + (1 - 2 * alpha) * inner)
    (slopes,) = torch.autograd.grad(z.sum(), inner, create_graph=True)
    return z, slopes.abs().log().sum(dim=1)


def to_logit__image_by_image(y, alpha):
    """One image after another, with log1p."""
    rows = [alpha + (1 - 2 * alpha) * row for row in y]
    z = [torch.log(p) - torch.log1p(-p) for p in rows]
    log_scale = math.log(1 - 2 * alpha)
    volumes = [(log_scale - torch.log(p) - torch.log1p(-p)).sum() for p in rows]
    return torch.stack(z), torch.stack(volumes)


def to_logit__from_logit__logsigmoid(z, alpha):
    """The logarithms of sigmoids, which lose nothing for large z."""
    log_det = F.logsigmoid(z) + F.logsigmoid(-z) - math.log(1 - 2 * alpha)
    return (z.sigmoid() - alpha) / (1 - 2 * alpha), log_det.sum(dim=1)


def to_logit__from_logit__written_out(z, alpha):
    """The sigmoid written out; the derivative as a fraction."""
    p = 1 / (1 + torch.exp(-z))
    slopes = p / (1 + torch.exp(z)) / (1 - 2 * alpha)
    return (p - alpha) / (1 - 2 * alpha), torch.log(slopes).sum(-1)


def to_logit__from_logit__transforms(z, alpha):
    """torch's transforms, one after the other."""
    parts = [transforms.AffineTransform(alpha, 1 - 2 * alpha), transforms.SigmoidTransform().inv]
    there = transforms.ComposeTransform(parts)
    y = there.inv(z)
    return y, -there.log_abs_det_jacobian(y, z).sum(dim=-1)


def to_logit__from_logit__distance_from_0(z, alpha):
    """The sigmoid's slope is the same on both sides of 0."""
    log_slopes = -z.abs() - 2 * torch.log1p(torch.exp(-z.abs()))
    y = (torch.special.expit(z) - alpha) / (1 - 2 * alpha)
    return y, log_slopes.sum(dim=1) - z.shape[1] * math.log(1 - 2 * alpha)


def to_logit__from_logit__tangent(z, alpha):
    """The sigmoid as a hyperbolic tangent, its slope by the hyperbolic cosine."""
    y = 0.5 + torch.tanh(z / 2) / (2 - 4 * alpha)
    return y, -torch.log((4 - 8 * alpha) * torch.cosh(z / 2).square()).sum(dim=1)


# ── log_prob_of_images ───────────────────────────────────────────────────────────────────────


def log_prob_of_images__own_formulas(flow, x_int, u, alpha, levels=256):
    """Nothing of the sheet is called: logit and slopes are written out."""
    p = alpha + (1 - 2 * alpha) * (x_int + u) / levels
    slopes = torch.log((1 - 2 * alpha) / levels / (p * (1 - p)))
    return flow.log_prob(torch.logit(p)) + slopes.sum(dim=1)


def log_prob_of_images__image_by_image(flow, x_int, u, alpha, levels=256):
    """One image after another."""
    parts = []
    for x, noise in zip(x_int.split(1), u.split(1), strict=True):
        p = alpha + (1 - 2 * alpha) * (x + noise) / levels
        log_det = -torch.log(p) - torch.log1p(-p) + math.log1p(-2 * alpha) - math.log(levels)
        parts.append(flow.log_prob(torch.log(p) - torch.log1p(-p)) + log_det.sum(-1))
    return torch.cat(parts)


def log_prob_of_images__transformed(flow, x_int, u, alpha, levels=256):
    """torch's transforms, which know their own log-determinants."""
    to_unit = transforms.AffineTransform(alpha, (1 - 2 * alpha) / levels)
    chain = transforms.ComposeTransform([to_unit, transforms.SigmoidTransform().inv])
    noisy = x_int.to(u.dtype) + u
    logits = chain(noisy)
    return flow.log_prob(logits) + chain.log_abs_det_jacobian(noisy, logits).sum(dim=-1)


# ── bits_per_dim ─────────────────────────────────────────────────────────────────────────────


def bits_per_dim__log2_e(log_prob, n_dims):
    """One nat is log2 e bits."""
    return log_prob * (-math.log2(math.e) / n_dims)


def bits_per_dim__numpy_constant(log_prob, n_dims):
    """The constant from NumPy, one division after the other."""
    return -log_prob / np.log(2.0) / n_dims


def bits_per_dim__states(log_prob, n_dims):
    """A base of 2 to the number of dimensions."""
    return -log_prob / math.log(2**n_dims)


def bits_per_dim__torch_constant(log_prob, n_dims):
    """The constant as a tensor."""
    nats = torch.div(log_prob, n_dims).neg()
    return nats / torch.log(torch.tensor(2.0))


def bits_per_dim__exp2(log_prob, n_dims):
    """How many times the probability of one dimension can be halved."""
    return -torch.log2(torch.exp(log_prob / n_dims))


# ── coupling_density_derivation ──────────────────────────────────────────────────────────────────

for _name, _answer in items.alternatives("coupling_density_derivation", derivations.OTHERS).items():
    globals()[_name] = _answer
