"""Reference implementations of sheet 4, each by another route than the solution in the notebook.

Never given to students, and never sent to the process that runs their code.
"""

import copy
import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from scipy.special import rel_entr
from scipy.stats import entropy
from torch.distributions import Normal, kl_divergence

from reference.sheet4_beta_vae import truth

# ── pictures ─────────────────────────────────────────────────────────────────────────────────


def generate(model, z):
    """Pictures `(n, 3, 64, 64)` in [0, 1] of latents `(n, 32)`; a copy of the decoder makes them.

    The logistic function is taken as half a tangent hyperbolic, around one half.
    """
    decoder = copy.deepcopy(model.decoder).eval().requires_grad_(False)
    return torch.add(torch.tanh(decoder(z.detach()) / 2) / 2, 0.5)


def diverse_latents():
    """Ten latents `(10, 32)` far from one another: corners of a cube in the eight most active.

    Each corner after the first is the one whose picture is farthest from all pictures before.
    """
    corners = torch.tensor(list(itertools.product([-3.5, 3.5], repeat=8)))
    z = torch.zeros(len(corners), 32)
    z[:, truth.measured().kl.argsort()[-8:].copy()] = corners
    pictures = torch.from_numpy(truth.decode(z)).flatten(start_dim=1)
    distances = torch.cdist(pictures, pictures)
    chosen = [0]
    while len(chosen) < 10:
        chosen.append(int(distances[chosen].amin(dim=0).argmax()))
    return z[chosen]


# ── latents ──────────────────────────────────────────────────────────────────────────────────


def latent_kl(mean, log_var):
    """KL(N(mean, exp(log_var)) ‖ N(0, 1)) of each latent, averaged over images, `(32,)`."""
    q = Normal(mean.double(), torch.exp(log_var.double() / 2))
    each = kl_divergence(q, Normal(torch.zeros_like(q.mean), 1.0))
    return torch.einsum("nd->d", each) / len(each)


def traverse(z, dim, values):
    """Copies of z, `(m, 32)`, in each of which the latent dim has another one of the values."""
    values = torch.as_tensor(values, dtype=z.dtype)
    here = torch.arange(len(z)) == dim
    return torch.where(here, values[:, None], z)


class _Measured(Mapping):
    """For each factor that some latent tells, the best latent; measured when asked."""

    def __getitem__(self, name: str) -> int:
        return truth.best_latents()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(truth.best_latents())

    def __len__(self) -> int:
        return len(truth.best_latents())


factors: Mapping[str, int] = _Measured()


# ── β and disentanglement ────────────────────────────────────────────────────────────────────


def beta_loss(reconstruction, kl, beta):
    """The batch mean of reconstruction + β·kl, as the product of one matrix and two weights."""
    both = torch.stack([reconstruction, kl]).double()
    return both.mean(dim=1) @ torch.tensor([1.0, float(beta)], dtype=torch.float64)


def mutual_information_gap(codes, factors, bins=20):
    """`(mig, per_factor)`; the information as a divergence of the joint table from independence.

    One histogram of a latent for each value of a factor.
    """
    gaps = []
    for factor in factors.T:
        chosen = [factor == value for value in np.unique(factor)]
        if len(chosen) > 1:
            tells = sorted(_information(code.astype(np.float64), chosen, bins) for code in codes.T)
            gaps.append((tells[-1] - tells[-2]) / entropy([one.sum() for one in chosen]))
    return float(np.mean(gaps)), np.array(gaps)


def _information(code, chosen, bins):
    edges = np.linspace(code.min(), code.max(), bins + 1)
    if edges[0] == edges[-1]:
        return 0.0
    table = np.stack([np.histogram(code[one], edges)[0] for one in chosen]) / len(code)
    independent = np.outer(table.sum(axis=1), table.sum(axis=0))
    return float(rel_entr(table, independent).sum())
