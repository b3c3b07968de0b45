"""Reasons that sheet 3 gives, measured: .venv/bin/python -m benchmarks.vae_reasons

Short trainings with the notebook's own cells, a row for each seed: which gradient trains the
encoder; how far an epoch's mean loss lags behind; what becomes of codes without the KL term; how
much of a pixel's chance comes back in a reconstruction; and, with two latents, what wider proposals
find.
"""

import argparse
import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import nn

from benchmarks.vae import notebook

SHORT, LONG = 2, 5  # epochs
ROW = "{:34}" + "{:>10}" * 5


def score_loss(
    names: dict,
    encoder: nn.Module,
    decoder: nn.Module,
    x: torch.Tensor,
    eps: torch.Tensor,
    baseline: bool,
) -> torch.Tensor:
    """A loss whose gradient in the encoder is the score function's; the decoder's is as usual."""
    mean, log_var = encoder(x)
    z = names["reparametrize"](mean, log_var, eps).detach()
    cost = names["reconstruction_loss"](decoder(z), x)
    log_q = -0.5 * ((z - mean) ** 2 / log_var.exp() + log_var).sum(dim=1)
    weight = cost.detach() - (cost.detach().mean() if baseline else 0)
    return (cost + weight * log_q + names["kl_loss"](mean, log_var)).mean()


def without_kl(
    names: dict, encoder: nn.Module, decoder: nn.Module, x: torch.Tensor, eps: torch.Tensor
) -> torch.Tensor:
    """The reconstruction alone."""
    return names["negative_elbo"](encoder, decoder, x, eps)[1]


def path_loss(
    names: dict, encoder: nn.Module, decoder: nn.Module, x: torch.Tensor, eps: torch.Tensor
) -> torch.Tensor:
    """The sheet's loss, differentiated along the path."""
    return names["negative_elbo"](encoder, decoder, x, eps)[0]


def trained(
    names: dict, loss: Callable, seed: int, epochs: int, n_latent: int = 32
) -> Iterator[tuple]:
    """Networks after some epochs: yields (encoder, decoder, mean loss of the epoch) after each."""
    torch.manual_seed(seed)
    encoder = names["Encoder"](784, 500, n_latent)
    decoder = names["Decoder"](n_latent, 500, 784)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    generator = torch.Generator().manual_seed(seed)
    batches = names["Batches"](names["train_images"], 128, generator)
    for _ in range(epochs):
        total, count = 0.0, 0
        for x in batches:
            eps = torch.randn(len(x), n_latent, generator=generator)
            value = loss(names, encoder, decoder, x, eps)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total, count = total + value.item() * len(x), count + len(x)
        yield encoder, decoder, total / count


@torch.no_grad()
def held_out_loss(
    names: dict, encoder: nn.Module, decoder: nn.Module, images: torch.Tensor
) -> float:
    """The negative ELBO of images, from one code each."""
    eps = names["normal"](len(images), encoder(images[:1])[0].shape[1], seed=2)
    return float(names["negative_elbo"](encoder, decoder, images, eps)[0])


@torch.no_grad()
def chance_kept(names: dict, encoder: nn.Module, decoder: nn.Module) -> float:
    """How much of the difference of two binarisations of an image its reconstructions have."""
    grey, drawn = names["test_images"], []
    for seed in (21, 22):
        x = names["binarise"](grey, torch.Generator().manual_seed(seed))
        drawn.append((x, torch.sigmoid(decoder(encoder(x)[0]))))
    (x, p), (y, r) = drawn
    return float(((x - y) * (p - r)).sum() / ((x - y) ** 2).sum())


@torch.no_grad()
def wider(
    names: dict, encoder: nn.Module, decoder: nn.Module, factor: float, k: int = 1000
) -> float:
    """The importance-weighted bound where the encoder's std is `factor` times as large."""

    def wide(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_var = encoder(x)
        return mean, log_var + 2 * math.log(factor)

    images = names["held_out"][:100]
    eps = names["normal"](k, len(images), 2, seed=8)
    return float(names["importance_bound"](wide, decoder, images, eps).mean())


def gradients(names: dict, seed: int) -> list[float]:
    """The held-out loss after SHORT epochs: by the path, by the score, by it with a baseline."""
    ways: list[Callable] = [
        path_loss,
        partial(score_loss, baseline=False),
        partial(score_loss, baseline=True),
    ]
    ends = [list(trained(names, way, seed, SHORT))[-1] for way in ways]
    return [held_out_loss(names, *end[:2], names["held_out"]) for end in ends]


def first_epoch(names: dict, seed: int) -> list[float]:
    """After one epoch: its mean loss, that of training images then, that of held-out images."""
    encoder, decoder, mean_loss = next(trained(names, path_loss, seed, 1))
    images = names["binarise"](names["train_images"][:10_000], torch.Generator().manual_seed(0))
    sets = images, names["held_out"]
    return [mean_loss, *(held_out_loss(names, encoder, decoder, some) for some in sets)]


@torch.no_grad()
def code_spread(names: dict, encoder: nn.Module) -> list[float]:
    """Over held-out images: the median std of q, and the spread of its mean, over the latents."""
    mean, log_var = encoder(names["held_out"])
    return [float((log_var / 2).exp().median()), float(mean.std(dim=0).median())]


def spreads(names: dict, seed: int) -> list[float]:
    """Std of q and spread of its means after LONG epochs without the KL term, and with it."""
    ends = [list(trained(names, loss, seed, LONG))[-1] for loss in (without_kl, path_loss)]
    return [value for end in ends for value in code_spread(names, end[0])]


def kept(names: dict, seed: int) -> list[float]:
    """The share of a pixel's chance that comes back, after LONG epochs."""
    *_, (encoder, decoder, _) = trained(names, path_loss, seed, LONG)
    return [chance_kept(names, encoder, decoder)]


def proposals(names: dict, seed: int) -> list[float]:
    """With two latents: the bound of 1,000 codes, std of q times 1, 2 and 4; 10,000 of p(z)."""
    *_, (encoder, decoder, _) = trained(names, path_loss, seed, LONG, n_latent=2)
    bounds = [wider(names, encoder, decoder, factor) for factor in (1, 2, 4)]
    with torch.no_grad():
        logits = decoder(names["normal"](10_000, 2, seed=9))
        images = names["held_out"][:100]
        soft = torch.nn.functional.softplus(logits).sum(dim=1, keepdim=True)
        prior = names["log_likelihood"](logits @ images.T - soft).mean()
    return [*bounds, float(prior)]


QUESTIONS = {
    "path, score, with baseline": gradients,
    "epoch's mean, training, held out": first_epoch,
    "no KL: std, means; with KL": spreads,
    "chance kept": kept,
    "2 latents: std x 1, 2, 4; prior": proposals,
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--only", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    options = parser.parse_args()
    names = notebook()
    names["normal"] = lambda *shape, seed: torch.randn(
        shape, generator=torch.Generator().manual_seed(seed)
    )
    for question in options.only:
        for seed in options.seeds:
            values = [f"{value:.3f}" for value in QUESTIONS[question](names, seed)]
            print(ROW.format(question, seed, *values, *[""] * (4 - len(values))), flush=True)
