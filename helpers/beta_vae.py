"""The β-VAE of sheet 4: its architecture, and the two checkpoints that the course has trained.

Higgins et al., β-VAE: Learning basic visual concepts with a constrained variational framework,
ICLR 2017; the layers are those of Burgess et al., Understanding disentangling in β-VAE, 2018.
How the checkpoints were trained, and what they reach: docs/beta_vae.md.
"""

import json
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn

from helpers.checkpoints import Checkpoints
from helpers.checkpoints import WeightsError as WeightsError  # what load raises

LATENTS = 32
CHANNELS = (32, 32, 64, 64)  # of the convolutions for pictures of 64 × 64
FOLDER = Path(__file__).resolve().parent / "weights"
LIST = "beta_vae.json"  # in that folder: what was trained, and the checksums
SWEEP = "beta_vae_sweep.json"  # in that folder, too
ADVICE = "Take helpers/weights again from the course, or train it yourself: make weights."


def convolutions(n_out: int, channels: tuple[int, ...] = CHANNELS) -> nn.Sequential:
    """The layers from images (n, 3, side, side) to n_out numbers each, (n, n_out).

    channels: of the convolutions; each halves the side, and the last one leaves 4: with the usual
    four, images have a side of 64.
    """
    layers: list[nn.Module] = []
    for before, after in pairwise((3, *channels)):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.ReLU()]
    layers += [nn.Flatten(), nn.Linear(channels[-1] * 4 * 4, 256), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(256, n_out))


class Encoder(nn.Module):
    """Images (n, 3, side, side) in [0, 1] → (mean, log_var) of q(z | x), (n, 32) each."""

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.layers = convolutions(2 * LATENTS, channels)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_var = self.layers(images).chunk(2, dim=1)
        return mean, log_var


class Decoder(nn.Module):
    """Latents (n, 32) → logits of the images (n, 3, side, side); their sigmoid is the picture.

    The mirror image of `convolutions`: each transposed convolution doubles the side, from 4 on.
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        first = channels[-1]
        layers: list[nn.Module] = [nn.Linear(LATENTS, 256), nn.ReLU()]
        layers += [nn.Linear(256, first * 4 * 4), nn.ReLU(), nn.Unflatten(1, (first, 4, 4))]
        for before, after in pairwise((*channels[::-1], 3)):
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])  # the last one gives logits

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z)


class BetaVAE(nn.Module):
    """An encoder and a decoder; what joins them, the noise, is an argument.

    channels: as in `convolutions`.
    """

    def __init__(self, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.encoder = Encoder(channels)
        self.decoder = Decoder(channels)

    def forward(self, images: Tensor, eps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Images (n, 3, side, side) and noise (n, 32) from N(0, I) → (logits, mean, log_var)."""
        mean, log_var = self.encoder(images)
        return self.decoder(mean + torch.exp(log_var / 2) * eps), mean, log_var


def names(folder: Path = FOLDER) -> list[str]:
    """The checkpoints there are: "vae", trained with β = 1, and "beta_vae", with a larger β."""
    return Checkpoints(folder, LIST, ADVICE).names()


def load(name: str, folder: Path = FOLDER) -> BetaVAE:
    """A trained model in eval mode, after its file's SHA-256 has been compared with the list's.

    Raises ValueError: no checkpoint has this name. Raises WeightsError: the file or the list is
    missing, cannot be read, or is damaged.
    """
    return Checkpoints(folder, LIST, ADVICE).fill(BetaVAE(), name)


def about(name: str, folder: Path = FOLDER) -> dict:
    """What the list says of a checkpoint: beta, steps, batch, sha256, and what was measured."""
    return Checkpoints(folder, LIST, ADVICE).about(name)


def sweep(folder: Path = FOLDER) -> list[dict]:
    """What was measured on small models of several β and seeds while they were trained.

    A dict for each model and measurement, with beta, seed, step, mig (from means), mig_of_draws,
    kl (nats an image) and active (latents). Made by `make sweep`; see docs/beta_vae.md.
    """
    return json.loads((folder / SWEEP).read_bytes())["runs"]
