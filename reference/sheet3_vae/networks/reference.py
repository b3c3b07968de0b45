"""Reference implementations of the networks and their training, by other routes than the solution.

The parts of the loss stand here once more, under the students' names, because a check may put
others in their place.
"""

import math

import torch
from torch import nn
from torch.distributions import Independent, Normal

__all__ = ["Encoder", "Decoder", "negative_elbo", "train_epoch", "importance_bound"]


class Encoder(nn.Module):
    """`(batch, n_pixels)` → `(mean, log_var)`, `(batch, n_latent)` each; bare matrices."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.inner = nn.Parameter(_matrix(n_pixels, n_hidden))
        self.outer = nn.Parameter(_matrix(n_hidden, 2 * n_latent))

    def forward(self, x):
        both = _layers(x, self.inner, self.outer)
        return both.tensor_split(2, dim=-1)


class Decoder(nn.Module):
    """`(batch, n_latent)` → logits `(batch, n_pixels)`, made like the encoder."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.inner = nn.Parameter(_matrix(n_latent, n_hidden))
        self.outer = nn.Parameter(_matrix(n_hidden, n_pixels))

    def forward(self, z):
        return _layers(z, self.inner, self.outer)


def _matrix(n_in, n_out):
    """Weights, with the biases as the last row."""
    scale = torch.full((n_in + 1, 1), n_in**-0.5)
    scale[-1] = 0.0
    return scale * torch.randn(n_in + 1, n_out)


def _layers(x, inner, outer):
    hidden = torch.tanh(x @ inner[:-1] + inner[-1])
    return hidden @ outer[:-1] + outer[-1]


def reparametrize(mean, log_var, eps):
    """z = mean + std · eps."""
    return torch.addcmul(mean, (0.5 * log_var).exp(), eps)


def reconstruction_loss(logits, x):
    """−log p(x|z) of pixels in {0, 1}, summed over the last axis."""
    return nn.functional.softplus((1 - 2 * x) * logits).sum(-1)


def kl_loss(mean, log_var):
    """KL(N(mean, var) ‖ N(0, I)), summed over the last axis."""
    return 0.5 * (mean**2 + torch.expm1(log_var) - log_var).sum(-1)


def negative_elbo(encoder, decoder, x, eps):
    """`(loss, reconstruction, kl)`, 0-d: means over the batch."""
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    both = torch.stack([reconstruction_loss(logits, x), kl_loss(mean, log_var)])
    reconstruction, kl = torch.einsum("pb->p", both) / len(x)
    return reconstruction + kl, reconstruction, kl


def train_epoch(encoder, decoder, batches, optimizer, generator):
    """One step for each batch; the mean loss of an image before the step on its batch."""
    losses = []
    for x in batches:
        mean, _ = encoder(x)
        eps = torch.empty_like(mean, requires_grad=False).normal_(generator=generator)
        loss, *_ = negative_elbo(encoder, decoder, x, eps)
        moved = [p for group in optimizer.param_groups for p in group["params"]]
        for p, gradient in zip(moved, torch.autograd.grad(loss, moved), strict=True):
            p.grad = gradient
        optimizer.step()
        losses += [loss.item()] * len(x)
    return math.fsum(losses) / len(losses)


def importance_bound(encoder, decoder, x, eps):
    """eps `(k, batch, latent)` → `(batch,)`: log of the mean over k of p(x, z) / q(z|x)."""
    mean, log_var = encoder(x)
    z = reparametrize(mean, log_var, eps)
    prior = Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)
    posterior = Independent(Normal(mean, (0.5 * log_var).exp()), 1)
    log_weights = prior.log_prob(z) - posterior.log_prob(z) - reconstruction_loss(decoder(z), x)
    return torch.logsumexp(log_weights, dim=0) - math.log(len(eps))
