"""Reads the factors of a face off its picture, sharp or as blurred as a decoder paints it.

A small regressor, trained on pictures that the renderer draws and on nothing that a VAE made: so
what a decoder paints is measured by somebody who does not know it. docs/beta_vae.md says how well.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from helpers import beta_vae, faces
from helpers.checkpoints import Checkpoints

ADVICE = "Take reference/sheet4_beta_vae again from the course, or train the reader: make reader."
FILES = Checkpoints(Path(__file__).resolve().parent, "reader.json", ADVICE)
AT_ONCE = 256  # pictures read together
FEWEST = 10  # pictures from which a spread is told
# A factor varies from this standard deviation of its places as they are read. It is half of what
# equally likely places have (1/√12 = 0.29), and three times what errors of reading make of a
# constant factor in 999 of 1,000 sets of ten (0.05 at most, sharp or spoilt; docs/beta_vae.md).
SPREAD = 0.15


class Reader(nn.Module):
    """Pictures (n, 3, 64, 64) in [0, 1] → the places of their factors, (n, 10), not clipped."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = beta_vae.convolutions(len(faces.FACTORS))

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images - 0.5)


def read(images: Tensor) -> np.ndarray:
    """The factors of pictures (n, 3, 64, 64) in [0, 1], float32 (n, 10) in [0, 1].

    A factor's place between its lowest value (0) and its highest (1), in the order of
    faces.FACTORS. Raises ValueError: another shape, or values that are no picture's.
    Raises WeightsError: the reader's weights are missing or damaged.
    """
    images = torch.as_tensor(images).detach().float()
    side = faces.SIDE
    if images.ndim != 4 or images.shape[1:] != (3, side, side):
        raise ValueError(f"pictures have the shape (n, 3, {side}, {side}), not {(*images.shape,)}")
    if not torch.all((images >= 0) & (images <= 1)):
        raise ValueError("pictures have values from 0 to 1")
    reader = _reader()
    with torch.inference_mode():
        places = [reader(part).clamp(0, 1) for part in images.split(AT_ONCE)]
    return torch.cat(places).numpy()


def varying(images: Tensor) -> list[str]:
    """The names of the factors that clearly vary over n ≥ 10 pictures (n, 3, 64, 64) in [0, 1].

    Those whose places, as they are read, have a standard deviation above SPREAD, in the order of
    faces.FACTORS. Measured on 1,000 sets of ten rendered pictures in which 0 to 3 factors vary:
    exactly those are named in 98 to 100 of 100 sets. Of ten pictures that beta_vae decodes from the
    prior it names eight or more, of ten along a pure latent one (docs/beta_vae.md); where a model
    paints two factors with one latent, both count. Raises ValueError: fewer pictures than ten, or
    what read refuses.
    """
    if len(images) < FEWEST:
        raise ValueError(f"whether a factor varies is told from {FEWEST} pictures or more")
    spread = read(images).std(axis=0)
    return [name for name, s in zip(faces.NAMES, spread, strict=True) if s > SPREAD]


@cache
def _reader() -> Reader:
    return FILES.fill(Reader(), "reader")
