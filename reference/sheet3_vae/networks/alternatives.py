"""Right networks and trainings in unusual styles; see the folder above for the rest."""
# ruff: noqa: N801 (a class is named <item>__<style>)

import copy
import functools
import itertools
import math
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import distributions, nn
from torch.nn.utils import parametrizations

from reference.sheet3_vae.networks.reference import (
    kl_loss,
    negative_elbo,
    reconstruction_loss,
    reparametrize,
)

# ── Encoder ──────────────────────────────────────────────────────────────────────────────────


class Encoder__sequential_chunked(nn.Module):
    """A single nn.Sequential, whose output is cut into two."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(n_pixels, n_hidden), nn.ReLU(), nn.Linear(n_hidden, 2 * n_latent)
        )

    def forward(self, x):
        mean, log_var = self.net(x).chunk(2, dim=1)
        return mean, log_var


class Encoder__module_list(nn.Module):
    """Three hidden layers in a ModuleList; the two heads in a ModuleDict."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        widths = [n_pixels, n_hidden, n_hidden, n_hidden]
        self.layers = nn.ModuleList(itertools.starmap(nn.Linear, itertools.pairwise(widths)))
        heads = {name: nn.Linear(n_hidden, n_latent) for name in ("mean", "log_var")}
        self.heads = nn.ModuleDict(heads)

    def forward(self, x):
        for layer in self.layers:
            x = F.gelu(layer(x))
        return [self.heads["mean"](x), self.heads["log_var"](x)]


class Encoder__bare_parameters(nn.Module):
    """Matrices as nn.Parameter, products by einsum."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.W = nn.Parameter(torch.randn(n_pixels, n_hidden) / math.sqrt(n_pixels))
        self.b = nn.Parameter(torch.zeros(n_hidden))
        self.V = nn.Parameter(torch.randn(2, n_hidden, n_latent) / math.sqrt(n_hidden))
        self.c = nn.Parameter(torch.zeros(2, 1, n_latent))

    def forward(self, x):
        h = torch.tanh(torch.einsum("bi,ij->bj", x, self.W) + self.b)
        return torch.unbind(torch.einsum("bi,pij->pbj", h, self.V) + self.c)


class Encoder__two_networks(nn.Module):
    """A network of its own for each output."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()

        def network():
            layers = [("in", nn.Linear(n_pixels, n_hidden)), ("act", nn.ELU())]
            return nn.Sequential(OrderedDict([*layers, ("out", nn.Linear(n_hidden, n_latent))]))

        self.mean, self.log_var = network(), network()

    def forward(self, x):
        return self.mean(x), self.log_var(x)


class Encoder__residual(nn.Module):
    """A residual block with layer normalisation, which looks at one row at a time."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.enter = nn.Linear(n_pixels, n_hidden)
        self.norm = nn.LayerNorm(n_hidden)
        self.block = nn.Linear(n_hidden, n_hidden, bias=False)
        self.leave = nn.Linear(n_hidden, n_latent * 2)

    def forward(self, x):
        h = self.enter(2 * x - 1)
        h = h + F.silu(self.block(self.norm(h)))
        return torch.split(self.leave(h), self.leave.out_features // 2, dim=-1)


class Encoder__wide_tanh(nn.Module):
    """log_var through a tanh that is wide enough, started at small variances."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.hidden, self.mean = nn.Linear(n_pixels, n_hidden), nn.Linear(n_hidden, n_latent)
        self.spread = nn.Linear(n_hidden, n_latent)
        nn.init.orthogonal_(self.hidden.weight)
        nn.init.constant_(self.spread.bias, -1.0)

    def forward(self, x):
        h = F.leaky_relu(self.hidden(x), 0.2)
        return self.mean(h), 16 * torch.tanh(self.spread(h) / 16)


class Encoder__log_of_softplus(nn.Module):
    """A standard deviation first, and then its logarithm."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(n_pixels, n_hidden), nn.Softplus())
        self.head = nn.Linear(n_hidden, 2 * n_latent)
        self.n_latent = n_latent

    def forward(self, x):
        both = self.head(self.trunk(x))
        std = F.softplus(both[:, self.n_latent :]) + 1e-4
        return both[:, : self.n_latent], 2 * std.log()


class Encoder__thresholded(nn.Module):
    """Grey pixels are made black or white first."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.hidden, self.both = nn.Linear(n_pixels, n_hidden), nn.Linear(n_hidden, 2 * n_latent)

    def forward(self, x):
        h = torch.relu(self.hidden((x > 0.5).to(x.dtype)))
        return self.both(h).tensor_split(2, dim=1)


class Encoder__clamped_wide(nn.Module):
    """log_var clamped far out, against overflow."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.fc1 = nn.Linear(n_pixels, n_hidden)
        self.fc21, self.fc22 = (nn.Linear(n_hidden, n_latent) for _ in range(2))

    def forward(self, x):
        h1 = F.relu(self.fc1(x.view(x.size(0), -1)))
        return self.fc21(h1), torch.clamp(self.fc22(h1), min=-20, max=20)


class Encoder__convolution(nn.Module):
    """A convolution over the pixels in a row, n_hidden channels, then the mean over places."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.places = nn.Parameter(torch.randn(n_pixels))
        self.conv = nn.Conv1d(2, n_hidden, kernel_size=3, padding=1)
        self.head = nn.Conv1d(n_hidden, 2 * n_latent, kernel_size=1)

    def forward(self, x):
        channels = torch.stack([x, self.places.expand_as(x)], dim=1)
        h = F.mish(self.conv(channels)).mean(dim=2, keepdim=True)
        return self.head(h).squeeze(2).tensor_split(2, dim=1)


class Encoder__lazy(nn.Module):
    """Lazy layers, made with their width alone."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.hidden = nn.Sequential(nn.LazyLinear(n_hidden), nn.Sigmoid())
        self.outputs = nn.LazyLinear(2 * n_latent)

    def forward(self, x):
        return self.outputs(self.hidden(x)).unflatten(1, (2, -1)).unbind(1)


class _Moments(NamedTuple):
    mean: torch.Tensor
    log_var: torch.Tensor


class Encoder__named_tuple(nn.Module):
    """A named tuple, weight normalisation, a bilinear layer, image by image."""

    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.hidden = parametrizations.weight_norm(nn.Linear(n_pixels, n_hidden))
        self.heads = nn.Bilinear(n_hidden, n_hidden, 2 * n_latent)

    def one(self, pixels):
        h = torch.sin(self.hidden(pixels))
        return self.heads(h, h).reshape(2, -1)

    def forward(self, x):
        both = torch.stack([self.one(row) for row in x])
        return _Moments(both[:, 0], both[:, 1])


class _Base(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.build(*sizes)
        self.apply(self._start)

    @staticmethod
    def _start(module):
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)


class Encoder__inherited(_Base):
    """A base class of one's own that starts the weights; heads added with add_module."""

    def build(self, n_pixels, n_hidden, n_latent):
        self.add_module("hidden", nn.Linear(n_pixels, n_hidden))
        self.add_module("mean", nn.Linear(n_hidden, n_latent))
        self.add_module("log_var", nn.Linear(n_hidden, n_latent))

    def forward(self, x):
        hidden = self.hidden(x).relu()
        return self.mean(hidden), self.log_var(hidden)


# ── Decoder ──────────────────────────────────────────────────────────────────────────────────


class Decoder__sequential(nn.Sequential):
    """A subclass of nn.Sequential, without a forward of its own."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__(nn.Linear(n_latent, n_hidden), nn.Tanh(), nn.Linear(n_hidden, n_pixels))


class Decoder__module_list(nn.Module):
    """Three hidden layers in a loop; the last layer starts at 0."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        widths = [n_latent] + 3 * [n_hidden] + [n_pixels]
        pairs = zip(widths, widths[1:], strict=False)
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairs])
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, z):
        *hidden, last = self.layers
        for layer in hidden:
            z = F.selu(layer(z))
        return last(z)


class Decoder__bare_parameters(nn.Module):
    """A ParameterList of matrices, products with @."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        shapes = [(n_latent, n_hidden), (n_hidden,), (n_hidden, n_pixels), (n_pixels,)]
        self.weights = nn.ParameterList([0.3 * torch.randn(shape) for shape in shapes])

    def forward(self, z):
        W, b, V, c = self.weights
        return torch.relu(z @ W + b) @ V + c


class Decoder__functional(nn.Module):
    """Layers called through torch.func, with F.linear."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.register_parameter("W", nn.Parameter(torch.empty(n_hidden, n_latent)))
        self.register_parameter("b", nn.Parameter(torch.zeros(n_hidden)))
        nn.init.kaiming_uniform_(self.W, a=math.sqrt(5))
        self.out = nn.Linear(n_hidden, n_pixels)

    def forward(self, z):
        hidden = F.softplus(F.linear(z, self.W, self.b))
        return torch.func.functional_call(self.out, dict(self.out.named_parameters()), (hidden,))


class Decoder__residual(nn.Module):
    """A residual block, and a direct way from z to the logits."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.enter = nn.Linear(n_latent, n_hidden)
        self.block = nn.Sequential(
            nn.LayerNorm(n_hidden), nn.GELU(), nn.Linear(n_hidden, n_hidden), nn.SiLU()
        )
        self.leave = nn.Linear(n_hidden, n_pixels)
        self.direct = nn.Linear(n_latent, n_pixels, bias=False)

    def forward(self, z):
        h = self.enter(z)
        return self.leave(h + self.block(h)) + self.direct(z)


class Decoder__convolution(nn.Module):
    """A hidden layer, then a convolution over the pixels in a row."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.hidden = nn.Linear(n_latent, n_hidden)
        self.spread = nn.Linear(n_hidden, 2 * n_pixels)
        self.conv = nn.Conv1d(2, 1, 3, padding=1)

    def forward(self, z):
        h = F.elu(self.hidden(z))
        return self.conv(self.spread(h).unflatten(-1, (2, -1))).flatten(1)


class Decoder__lazy(nn.Module):
    """Lazy layers, made with their width alone."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.hidden, self.out = nn.LazyLinear(n_hidden), nn.LazyLinear(n_pixels)

    def forward(self, z):
        return self.out(torch.sigmoid(self.hidden(z)))


class Decoder__row_by_row(nn.Module):
    """One latent vector after another, with vmap."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.first, self.second = nn.Linear(n_latent, n_hidden), nn.Linear(n_hidden, n_pixels)

    def forward(self, z):
        return torch.func.vmap(lambda row: self.second(torch.cos(self.first(row))))(z)


class Decoder__gated(nn.Module):
    """A gated hidden layer (GLU), which takes twice the width."""

    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(n_latent, 2 * n_hidden), nn.GLU(dim=-1), nn.Linear(n_hidden, n_pixels)
        )

    def forward(self, z):
        return self.net.forward(z)


# ── negative_elbo ────────────────────────────────────────────────────────────────────────────


def negative_elbo__distributions(encoder, decoder, x, eps):
    """torch.distributions with Independent and kl_divergence."""
    mean, log_var = encoder(x)
    std = torch.exp(0.5 * log_var)
    posterior = distributions.Independent(distributions.Normal(mean, std), 1)
    standard = distributions.Normal(torch.zeros_like(mean), torch.ones_like(std))
    prior = distributions.Independent(standard, 1)
    pixels = distributions.Bernoulli(logits=decoder(mean + std * eps))
    reconstruction = -distributions.Independent(pixels, 1).log_prob(x).mean()
    kl = distributions.kl_divergence(posterior, prior).mean()
    return reconstruction + kl, reconstruction, kl


def negative_elbo__binary_cross_entropy(encoder, decoder, x, eps):
    """torch's own loss, summed over everything and divided by the batch."""
    mean, log_var = encoder(x)
    logits = decoder(torch.addcmul(mean, log_var.mul(0.5).exp(), eps))
    recon = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[0]
    kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) / x.shape[0]
    return recon + kld, recon, kld


def negative_elbo__image_by_image(encoder, decoder, x, eps):
    """One image after another, without a batch axis."""
    reconstructions, kls = [], []
    for pixels, noise in zip(x, eps, strict=True):
        mean, log_var = encoder(pixels)
        reconstructions.append(
            reconstruction_loss(decoder(reparametrize(mean, log_var, noise)), pixels)
        )
        kls.append(kl_loss(mean, log_var))
    reconstruction, kl = sum(reconstructions) / len(x), sum(kls) / len(x)
    return reconstruction + kl, reconstruction, kl


def negative_elbo__einsum(encoder, decoder, x, eps):
    """Both terms by einsum, with log_sigmoid for pixels of either colour."""
    mean, log_var = encoder(x)
    std = torch.sqrt(torch.exp(log_var))
    logits = decoder(mean + torch.einsum("bi,bi->bi", std, eps))
    n = len(x)
    white = torch.einsum("bi,bi->", x, F.logsigmoid(logits))
    black = torch.einsum("bi,bi->", 1 - x, F.logsigmoid(-logits))
    squares = torch.einsum("bi,bi->", mean, mean) + torch.einsum("bi,bi->", std, std)
    kl = (squares - torch.einsum("bi->", log_var + 1)) / (2 * n)
    reconstruction = -(white + black) / n
    return torch.add(reconstruction, kl), reconstruction, kl


def negative_elbo__multivariate_normal(encoder, decoder, x, eps):
    """Matrices with the variances on their diagonals."""
    mean, log_var = encoder(x)
    factor = torch.diag_embed((log_var / 2).exp())
    z = mean + (factor @ eps.unsqueeze(-1)).squeeze(-1)
    posterior = distributions.MultivariateNormal(mean, scale_tril=factor)
    identity = torch.eye(mean.shape[-1], dtype=mean.dtype)
    prior = distributions.MultivariateNormal(torch.zeros_like(mean[0]), identity)
    kl = distributions.kl_divergence(posterior, prior).mean()
    rec = torch.logaddexp(torch.zeros((), dtype=x.dtype), (1 - 2 * x) * decoder(z)).sum(-1).mean()
    return rec + kl, rec, kl


def negative_elbo__vmap(encoder, decoder, x, eps):
    """A function of one image under vmap, the three results from one stack."""

    def terms(pixels, noise):
        mean, log_var = encoder(pixels)
        logits = decoder(mean + torch.exp(0.5 * log_var) * noise)
        cost = F.softplus(logits).sum() - logits @ pixels
        return torch.stack([cost, kl_loss(mean, log_var)])

    both = torch.vmap(terms)(x, eps).mean(dim=0)
    return both.sum(), both[0], both[1]


def negative_elbo__stacked(encoder, decoder, x, eps):
    """One tensor of three numbers, which unpacks like a tuple."""
    parts = _terms_of_images(encoder, decoder, x, eps)
    return torch.stack([parts.sum(dim=0), *parts]).mean(dim=1)


def _terms_of_images(encoder, decoder, x, eps):
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    return torch.stack([reconstruction_loss(logits, x), kl_loss(mean, log_var)])


def negative_elbo__scaled_noise(encoder, decoder, x, eps):
    """The encoder asked twice; powers of two and of e."""
    mean, log_std = encoder(x)[0], encoder(x)[1].div(2)
    z = torch.lerp(mean, mean + eps, torch.exp(log_std))
    logits = decoder(z)
    per_pixel = torch.clamp(logits, min=0) - logits * x + torch.log1p(torch.exp(-logits.abs()))
    reconstruction = torch.mean(torch.sum(per_pixel, -1), 0)
    kl = torch.mean(torch.sum((mean.square() + torch.exp(2 * log_std) - 1) / 2 - log_std, -1), 0)
    return [reconstruction + kl, reconstruction, kl]


# ── train_epoch ──────────────────────────────────────────────────────────────────────────────


def train_epoch__randn_of_mean(encoder, decoder, batches, optimizer, generator):
    """Noise of the mean's shape, gradients set to 0 rather than to None."""
    encoder.train()
    decoder.train()
    seen = summed = 0
    for x in batches:
        with torch.no_grad():
            shape = encoder(x)[0].shape
        eps = torch.randn(shape, generator=generator)
        loss, *_ = negative_elbo(encoder, decoder, x, eps)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        summed += loss.detach() * x.shape[0]
        seen += x.shape[0]
    return float(summed / seen)


def train_epoch__filled(encoder, decoder, batches, optimizer, generator):
    """An empty tensor filled in place; a NumPy average with weights."""
    losses, sizes = [], []
    for x in list(batches):
        latent = encoder(x[:1])[0].numel()
        eps = torch.empty(x.size(0), latent).normal_(mean=0, std=1, generator=generator)
        loss = negative_elbo(encoder, decoder, x, eps)[0]
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        sizes.append(len(x))
    return float(np.average(losses, weights=sizes))


def train_epoch__closure(encoder, decoder, batches, optimizer, generator):
    """optimizer.step with a closure, as LBFGS needs it."""

    def step(x, eps):
        def closure():
            optimizer.zero_grad()
            loss, _, _ = negative_elbo(encoder, decoder, x, eps)
            loss.backward()
            return loss

        return optimizer.step(closure).item()

    pairs = []
    for x in batches:
        mean, _ = encoder(x)
        eps = torch.randn(*mean.shape, generator=generator, dtype=mean.dtype)
        pairs.append((step(x, eps), len(x)))
    total = sum(loss * n for loss, n in pairs)
    return total / sum(n for _, n in pairs)


def train_epoch__noise_image_by_image(encoder, decoder, batches, optimizer, generator):
    """A draw for each image by itself; the batches' losses kept as tensors."""
    parts = []
    for batch in batches:
        optimizer.zero_grad()
        mean, _ = encoder(batch)
        draws = [torch.randn(mean.shape[1], generator=generator) for _ in range(len(batch))]
        loss, _, _ = negative_elbo(encoder, decoder, batch, torch.stack(draws))
        loss.backward()
        optimizer.step()
        parts.append(loss.detach().repeat(len(batch)))
    return torch.cat(parts).mean().item()


def train_epoch__inlined(encoder, decoder, batches, optimizer, generator):
    """The loss written out in the loop, per image."""
    costs = []
    for x in batches:
        mean, log_var = encoder(x)
        z = mean + log_var.mul(0.5).exp() * torch.randn(mean.size(), generator=generator)
        cost = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="none").sum(dim=1)
        cost = cost - 0.5 * (1 + log_var - mean**2 - log_var.exp()).sum(dim=1)
        optimizer.zero_grad()
        cost.mean().backward()
        optimizer.step()
        costs.extend(cost.tolist())
    return sum(costs) / len(costs)


def train_epoch__normal(encoder, decoder, batches, optimizer, generator):
    """torch.normal, gradients by autograd.grad, a running mean."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    average, count = 0.0, 0
    for x in batches:
        mean = encoder(x)[0].detach()
        eps = torch.normal(torch.zeros_like(mean), 1.0, generator=generator)
        loss = negative_elbo(encoder, decoder, x, eps)[0]
        for p, g in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            p.grad = g
        optimizer.step()
        count += len(x)
        average += (loss.item() - average) * len(x) / count
    return average


def train_epoch__seeds_drawn(encoder, decoder, batches, optimizer, generator):
    """Seeds from the generator for generators of one's own, one for each batch."""

    def losses():
        for x in batches:
            seed = torch.randint(2**62, (), generator=generator).item()
            latent = encoder(x)[0].shape[-1]
            eps = torch.randn(len(x), latent, generator=torch.Generator().manual_seed(seed))
            loss, _, _ = negative_elbo(encoder, decoder, x, eps)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item(), len(x)

    weighted = functools.reduce(
        lambda sums, one: (sums[0] + one[0] * one[1], sums[1] + one[1]), losses(), (0.0, 0)
    )
    return weighted[0] / weighted[1]


def train_epoch__quantiles(encoder, decoder, batches, optimizer, generator):
    """Uniform draws and the normal quantile function; one draw of float64 for the batch."""
    total = n = 0
    for x in batches:
        with torch.inference_mode():
            latent = encoder(x)[1].shape[1]
        u = torch.rand(len(x), latent, generator=generator, dtype=torch.float64)
        eps = torch.special.ndtri(u.clamp(1e-12, 1 - 1e-12)).float()
        loss = negative_elbo(encoder=encoder, decoder=decoder, x=x, eps=eps)[0]
        for network in (encoder, decoder):
            network.zero_grad()
        loss.backward()
        optimizer.step()
        total, n = total + float(loss) * len(x), n + len(x)
    return total / n


def train_epoch__summed(encoder, decoder, batches, optimizer, generator):
    """Sums over the batch, divided for the gradient; parts of the loss called one by one."""
    total, images = 0.0, 0
    for x in batches:
        mean, log_var = encoder(x)
        eps = torch.randn(mean.shape, generator=generator)
        z = reparametrize(mean, log_var, eps)
        summed = (reconstruction_loss(decoder(z), x) + kl_loss(mean, log_var)).sum()
        optimizer.zero_grad()
        (summed / len(x)).backward()
        optimizer.step()
        total += summed.item()
        images += len(x)
    return total / images


# ── importance_bound ─────────────────────────────────────────────────────────────────────────


def importance_bound__distributions(encoder, decoder, x, eps):
    """torch.distributions for all three densities."""
    mean, log_var = encoder(x)
    posterior = distributions.Normal(mean, torch.exp(0.5 * log_var))
    z = posterior.mean + posterior.stddev * eps
    log_w = distributions.Bernoulli(logits=decoder(z)).log_prob(x).sum(-1)
    log_w = log_w + distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_w = log_w - posterior.log_prob(z).sum(-1)
    return log_w.logsumexp(0) - torch.tensor(float(len(eps))).log()


def importance_bound__sample_by_sample(encoder, decoder, x, eps):
    """A loop over the samples, added up with logaddexp."""
    mean, log_var = encoder(x)
    total = None
    for noise in eps:
        z = reparametrize(mean, log_var, noise)
        log_w = -reconstruction_loss(decoder(z), x)
        log_w = log_w + 0.5 * (noise**2 - z**2 + log_var).sum(dim=1)
        total = log_w if total is None else torch.logaddexp(total, log_w)
    return total - math.log(eps.shape[0])


def importance_bound__largest_taken_out(encoder, decoder, x, eps):
    """The largest log weight taken out by hand, the mean of what is left."""
    mean, log_var = encoder(x)
    std = torch.exp(log_var / 2)
    z = mean[None] + std[None] * eps
    logits = decoder(z)
    log_p = x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)
    log_w = log_p.sum(-1) - (z.square() / 2 - eps.square() / 2 - std.log()).sum(-1)
    largest = log_w.max(dim=0, keepdim=True).values.detach()
    return (largest + (log_w - largest).exp().mean(dim=0, keepdim=True).log()).squeeze(0)


def importance_bound__image_by_image(encoder, decoder, x, eps):
    """A loop over the images."""
    bounds = []
    for i in range(len(x)):
        mean, log_var = (part.squeeze(0) for part in encoder(x[i : i + 1]))
        z = torch.addcmul(mean, torch.exp(0.5 * log_var), eps[:, i])
        log_p = -F.binary_cross_entropy_with_logits(
            decoder(z), x[i].expand(len(z), -1), reduction="none"
        ).sum(dim=1)
        log_ratio = 0.5 * (eps[:, i] ** 2 - z**2 + log_var).sum(dim=1)
        bounds.append(torch.logsumexp(log_p + log_ratio, 0) - math.log(len(z)))
    return torch.stack(bounds)


def importance_bound__flattened(encoder, decoder, x, eps):
    """All samples as one large batch, images repeated."""
    k, batch, latent = eps.shape
    repeated = x.repeat(k, 1)
    mean, log_var = encoder(repeated)
    z = reparametrize(mean, log_var, eps.reshape(k * batch, latent))
    log_w = -reconstruction_loss(decoder(z), repeated)
    log_w = log_w - 0.5 * torch.einsum("bi,bi->b", z, z)
    scaled = (z - mean) / torch.exp(0.5 * log_var)
    log_w = log_w + 0.5 * torch.einsum("bi,bi->b", scaled, scaled) + 0.5 * log_var.sum(1)
    log_w = log_w.reshape(k, batch)
    return (log_w - torch.log_softmax(log_w, dim=0))[0] - math.log(k)


def importance_bound__vmap(encoder, decoder, x, eps):
    """vmap over the samples, with normalising constants."""
    mean, log_var = encoder(x)
    constant = math.log(2 * math.pi)

    def normal(value, mean, log_var):
        return -0.5 * ((value - mean) ** 2 / log_var.exp() + log_var + constant).sum(-1)

    def weight(noise):
        z = mean + (log_var / 2).exp() * noise
        likelihood = -F.softplus((1 - 2 * x) * decoder(z)).sum(-1)
        prior = normal(z, torch.zeros_like(z), torch.zeros_like(z))
        return likelihood + prior - normal(z, mean, log_var)

    return torch.logsumexp(torch.vmap(weight)(eps), dim=0) - np.log(len(eps))


def importance_bound__cumulative(encoder, decoder, x, eps):
    """The last of a cumulative sum, in float64."""
    mean, log_var = (part.double() for part in encoder(x))
    z = mean + torch.exp(log_var / 2) * eps.double()
    logits = decoder(z.to(x.dtype)).double()
    images = distributions.Independent(distributions.Bernoulli(logits=logits), 1)
    log_w = images.log_prob(x.double().expand_as(logits))
    log_w = log_w + 0.5 * (eps.double() ** 2 - z**2 + log_var).sum(-1)
    return torch.logcumsumexp(log_w - math.log(len(eps)), dim=0)[-1].to(x.dtype)


def importance_bound__mixture(encoder, decoder, x, eps):
    """Helper functions inside, images last, a copy of the noise."""
    noise = copy.copy(eps).movedim(0, 1)
    mean, log_var = (part.unsqueeze(1) for part in encoder(x))
    z = mean + torch.exp(0.5 * log_var) * noise

    def gaussian(energy, log_scale):
        return -(0.5 * energy + log_scale).sum(dim=-1)

    pixels = x.unsqueeze(1)
    logits = decoder(z)
    log_p = (pixels * logits - F.softplus(logits)).sum(dim=-1)
    log_w = log_p + gaussian(z**2, torch.zeros(())) - gaussian(noise**2, 0.5 * log_var)
    return torch.logsumexp(log_w, dim=-1) - math.log(log_w.shape[-1])


__all__ = [name for name in list(globals()) if "__" in name and name[0] != "_"]
