"""Reference implementations of sheet 3, each by another route than the solution in the notebook.

Never given to students, and never sent to the process that runs their code.
"""

import functools
import math

import torch
from scipy.stats import norm
from torch.distributions import Bernoulli, Exponential, Normal, kl_divergence

from reference.sheet3_vae.derivations import (  # noqa: F401
    importance_bound_derivation,
    pathwise_derivation,
    score_function_derivation,
)
from reference.sheet3_vae.networks.reference import (  # noqa: F401
    Decoder,
    Encoder,
    importance_bound,
    negative_elbo,
    train_epoch,
)

# ── sampling and the likelihood ──────────────────────────────────────────────────────────────


def ancestral_sample(decoder, eps, u):
    """Pictures of 0 and 1, `(n, pixels)`, from draws of the prior and of the unit interval.

    The comparison is made between log-odds, without a sigmoid.
    """
    logits = decoder(eps)
    return torch.where(torch.logit(u.double()) < logits, 1.0, 0.0).to(logits.dtype)


def log_likelihood(log_p_x_given_z):
    """log p(x_n) estimated with samples of the prior, `(samples, batch)` → `(batch,)`, in nats.

    The sum over samples is taken by twos, each the logarithm of a sum of two exponentials.
    """
    rows = log_p_x_given_z.double()
    return functools.reduce(torch.logaddexp, rows) - math.log(len(rows))


# ── the reparametrisation ────────────────────────────────────────────────────────────────────


def reparametrize(mean, log_var, eps):
    """A draw from N(mean, exp(log_var)), `(batch, latent)`, made of standard normal noise."""
    return torch.addcmul(mean.double(), torch.exp(log_var.double()).sqrt(), eps.double())


def exponential_from_uniform(u, rate):
    """The quantile function of Exponential(rate), `u` in [0, 1)."""
    return Exponential(torch.as_tensor(rate).double()).icdf(u.double())


def base_density_from(p, g, dg):
    """The density of ε where g(ε) has the density p, as a function of ε."""

    def density(eps):
        return torch.abs(torch.mul(dg(eps), p(g(eps))))

    return density


# ── two estimators of a gradient ─────────────────────────────────────────────────────────────


def score_function_gradient(f, mean, std, eps):
    """f(x) ∇ log q(x) for every sample, `(n, 2)`, by differentiating torch's own log density."""
    mean, std = _numbers(mean, std)
    x = mean + std * eps.double()

    def log_q(mean, std):
        return Normal(mean, std, validate_args=False).log_prob(x)

    scores = torch.autograd.functional.jacobian(log_q, (mean, std))
    return f(x).detach()[:, None] * torch.stack(scores, dim=1)


def pathwise_gradient(f, mean, std, eps):
    """The derivatives of f(mean + std·eps), `(n, 2)`, as if each sample had a mean of its own."""
    each = [one.expand(eps.shape).clone().requires_grad_() for one in _numbers(mean, std)]
    values = f(each[0] + each[1] * eps.double())
    return torch.stack(torch.autograd.grad(values.sum(), each), dim=1)


def _numbers(*values):
    """Python numbers or 0-d tensors as float64 tensors of their own."""
    return [torch.as_tensor(value).detach().double() for value in values]


# ── the loss ─────────────────────────────────────────────────────────────────────────────────


def reconstruction_loss(logits, x):
    """−log p(x|z) under independent Bernoulli pixels, `(batch, pixels)` twice → `(batch,)`."""
    return -Bernoulli(logits=logits.double()).log_prob(x.double()).sum(dim=1)


def kl_loss(mean, log_var):
    """KL(N(mean, diag exp(log_var)) ‖ N(0, I)), `(batch, latent)` twice → `(batch,)`, in nats."""
    q = Normal(mean.double(), torch.exp(log_var.double() / 2))
    return kl_divergence(q, Normal(torch.zeros_like(q.mean), 1.0)).sum(dim=1)


# ── the manifold ─────────────────────────────────────────────────────────────────────────────


def manifold_grid(n):
    """The standard normal's quantiles at (i − ½)/n on both axes, `(n·n, 2)`, float32."""
    quantiles = [float(norm.ppf((i - 0.5) / n)) for i in range(1, n + 1)]
    return torch.tensor([[one, other] for one in quantiles for other in quantiles])


# ── a student's report ───────────────────────────────────────────────────────────────────────


def report_likelihood(log_p_x_given_z):
    """The statement's verdict, and log p of the data set as estimated with samples of the prior."""
    return "wrong", log_likelihood(log_p_x_given_z).sum()


def report_kl(mean, std):
    """The statement's verdict, and KL(N(mean, std²) ‖ N(0, I)), `(batch,)`."""
    return "right", kl_loss(mean, 2 * torch.log(std))


def report_gap(x, slope, offset, std):
    """The statement's verdict, and the posterior's mean and standard deviation at every x.

    For z ~ N(0, 1) and x|z ~ N(slope·z + offset, std²); by the regression of z on x.
    """
    slope, offset, std = _numbers(slope, offset, std)
    total = slope**2 + std**2  # the variance of x
    gain = slope / total  # the covariance of x and z over it
    left = 1 - gain * slope
    return "wrong", (gain * (x.double() - offset), torch.sqrt(left) * torch.ones_like(x))


def report_loss(log_p_x_given_z, kl):
    """The statement's verdict, and the loss as it is, a 0-d tensor."""
    return "right", torch.mean(kl.double()) - torch.mean(log_p_x_given_z.double())


def report_game(d_real, d_fake):
    """The statement's verdict, and the value of the game, a 0-d tensor."""
    real, fake = (Bernoulli(probs=d.double()) for d in (d_real, d_fake))
    none = torch.zeros_like(fake.probs)
    return "right", (real.log_prob(none + 1) + fake.log_prob(none)).mean()


def report_flow(z, matrix):
    """The statement's verdict, and log p(x) at x = z @ matrix.T for z ~ N(0, I), `(batch,)`.

    ValueError where the matrix has no inverse.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a square matrix is needed, not one of shape {tuple(matrix.shape)}")
    sizes = torch.linalg.svdvals(matrix.double())
    if sizes[-1] <= 1e-14 * sizes[0]:
        raise ValueError("the matrix has no inverse")
    return "wrong", Normal(0.0, 1.0).log_prob(z.double()).sum(dim=1) - sizes.log().sum()
