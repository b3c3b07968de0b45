"""What the trained model's latents tell of the factors that its pictures were drawn from.

Measured once in a process, on pictures that are always the same, so that the same answer gets the
same verdict whenever it is judged.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from helpers import beta_vae, faces
from reference.sheet4_beta_vae import metrics

PICTURES = 1_500
SEED = 40_921
AT_ONCE = 100  # pictures that go through a network together
ACTIVE = 0.05  # nats: a latent whose KL to the prior is below is not in use, as the notebook says
FOUND = 0.2  # nats: less than that, and a latent does not tell a factor
# Of what the best latent tells of a factor. The notebook says 80 %; the rest is left to chance, for
# who measures on other pictures finds other numbers.
NEARLY = 0.75


@dataclass(frozen=True)
class Measured:
    """kl: (latents,), nats. information: (latents, factors), nats, 0 for a latent out of use.

    Of the two estimates, from the means of q(z | x) and from draws of it, the larger one counts in
    relation to its own maximum: people use the one as well as the other. share: (latents,
    factors), what a latent tells of a factor over what the best latent tells.
    """

    kl: np.ndarray
    information: np.ndarray
    share: np.ndarray


@cache
def model() -> beta_vae.BetaVAE:
    """The checkpoint that the sheet is about."""
    return beta_vae.load("beta_vae")


@cache
def measured(name: str = "beta_vae", seed: int = SEED, pictures: int = PICTURES) -> Measured:
    """What the latents of a checkpoint tell of pictures drawn with a seed."""
    images, factors = faces.sample(pictures, seed=seed)
    mean, log_var = encode(images, name)
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).mean(axis=0)
    noise = np.random.default_rng(seed).standard_normal(mean.shape)
    tables = [
        metrics.mutual_information(codes, factors) * (kl >= ACTIVE)[:, None]
        for codes in (mean, mean + np.exp(log_var / 2) * noise)
    ]
    share = np.maximum(*(table / table.max(axis=0).clip(min=1e-12) for table in tables))
    return Measured(kl, np.maximum(*tables), share)


def encode(images: np.ndarray, name: str = "beta_vae") -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 3, 64, 64) → mean and log_var of q(z | x), float64 (n, 32) each."""
    encoder = model().encoder if name == "beta_vae" else beta_vae.load(name).encoder
    with torch.inference_mode():
        parts = [encoder(part) for part in torch.from_numpy(images).split(AT_ONCE)]
    mean, log_var = (torch.cat(side).double().numpy() for side in zip(*parts, strict=True))
    return mean, log_var


def decode(z: np.ndarray) -> np.ndarray:
    """Latents (n, 32) → pictures float32 (n, 3, 64, 64) in [0, 1]."""
    with torch.inference_mode():
        parts = torch.from_numpy(np.asarray(z, np.float32)).split(AT_ONCE)
        return torch.cat([torch.sigmoid(model().decoder(part)) for part in parts]).numpy()


def best_latents() -> dict[str, int]:
    """For each factor that some latent tells, the latent that tells most of it."""
    information, share = measured().information, measured().share
    return {
        name: int(share[:, k].argmax())
        for k, name in enumerate(faces.NAMES)
        if information[:, k].max() >= FOUND
    }
