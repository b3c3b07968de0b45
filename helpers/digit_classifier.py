"""A small network that recognises handwritten digits: a judge of what generators draw.

Trained by the project on MNIST's training images (`make classifier`); the weights are in
``helpers/weights``, their checksum, settings and accuracy in ``digit_classifier.json`` there.
It is a network of PyTorch and takes NumPy arrays, so that a notebook of any framework can use it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from helpers.checkpoints import Checkpoints

NAME = "digit_classifier"
WEIGHTS = Checkpoints(
    Path(__file__).parent / "weights",
    f"{NAME}.json",
    "Fetch helpers/weights again, or make it by `make classifier`.",
)
N_FEATURES = 64
AT_ONCE = 1000  # images; more take more memory and no less time


class DigitClassifier(nn.Module):
    """Two convolutions, each followed by a maximum over 2 by 2 pixels, and two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 16, kernel_size=3, padding=1)
        self.second = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.third = nn.Linear(32 * 7 * 7, N_FEATURES)
        self.last = nn.Linear(N_FEATURES, 10)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """images: (batch, 1, 28, 28) in [0, 1]. Returns: (batch, 64), what the last layer sees."""
        hidden = F.silu(F.max_pool2d(self.first(images), 2))  # (batch, 16, 14, 14)
        hidden = F.silu(F.max_pool2d(self.second(hidden), 2))  # (batch, 32, 7, 7)
        return F.silu(self.third(hidden.flatten(start_dim=1)))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """images: (batch, 1, 28, 28) in [0, 1]. Returns: logits, shape (batch, 10)."""
        return self.last(self.features(images))


@dataclass(frozen=True)
class Seen:
    """What the classifier sees in images: features (n, 64), and the digits it reads, int64 (n,)."""

    features: np.ndarray
    digits: np.ndarray


def look(images: np.ndarray) -> Seen:
    """What the trained classifier sees in images.

    images: (n, 784), (n, 28, 28) or (n, 28, 28, 1), in [0, 1], 0 is paper and 1 is ink: images in
    [-1, 1] have to be brought there first. Features are float64, for sums over many images.
    Raises ValueError: another shape, or values outside of [0, 1].
    """
    images = np.asarray(images, dtype=np.float32)
    if images.shape[1:] not in ((784,), (28, 28), (28, 28, 1)):
        raise ValueError(f"28 by 28 pixels are asked, the images have shape {images.shape}")
    if not ((images >= 0) & (images <= 1)).all():
        raise ValueError("pixels between 0 and 1 are asked; from [-1, 1] it is (x + 1) / 2")
    model, pixels = _trained(), torch.from_numpy(images.reshape(-1, 1, 28, 28).copy())
    with torch.no_grad():
        features = [model.features(some) for some in pixels.split(AT_ONCE)]
        digits = [model.last(some).argmax(dim=1) for some in features]
    return Seen(torch.cat(features).double().numpy(), torch.cat(digits).numpy())


@cache
def _trained() -> DigitClassifier:
    return WEIGHTS.fill(DigitClassifier(), NAME)
