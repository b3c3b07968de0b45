"""Networks for the image flows of sheet 6: convolutions, their masks, and their trained weights.

They take the place of ``net`` and ``mask`` in a coupling layer; the layers are the student's. The
weights are made by `make conv_flow`, and lie in ``helpers/weights`` with a list of their checksums.
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from helpers.checkpoints import Checkpoints, WeightsError

NAME = "conv_flow"
DATA = "MNIST"  # what the weights are trained on
WEIGHTS = Checkpoints(
    Path(__file__).parent / "weights",
    f"{NAME}.json",
    "Fetch helpers/weights again, or make it by `make conv_flow`.",
)
SIDE = 28  # pixels, of the images that the trained weights are for
FINE, COARSE = (2, 24), (4, 48)  # what a network sees at once: blocks of so many pixels, channels


class Rescale(nn.Module):
    """In the place of a network: an s and a t for each pixel, the same for all images."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.s, self.t = nn.Parameter(torch.zeros(d)), nn.Parameter(torch.zeros(d))

    def fit(self, x: torch.Tensor) -> "Rescale":
        """Give each column of x, (batch, d), mean 0 and variance 1 where all entries change."""
        std = x.std(dim=0)
        with torch.no_grad():
            self.s.copy_(-torch.log(std))
            self.t.copy_(-x.mean(dim=0) / std)
        return self

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (batch, d). Returns: s and t, (batch, d) each."""
        return self.s.expand_as(x), self.t.expand_as(x)


class ConvNet(nn.Module):
    """Four convolutions over an image of blocks: (batch, d) -> (s, t), s within ±2; it starts at 0.

    A block of block by block pixels becomes block² channels, so that a kernel of 3 by 3 blocks sees
    far with little work. d is a square number whose root is divisible by block.
    """

    def __init__(self, block: int, channels: int) -> None:
        super().__init__()
        self.block = block
        widths = [block**2, channels, channels, channels]
        parts = [
            part
            for a, b in zip(widths[:-1], widths[1:], strict=True)
            for part in (nn.Conv2d(a, b, kernel_size=3, padding=1), nn.SiLU())
        ]
        self.body = nn.Sequential(*parts)
        self.last = nn.Conv2d(channels, 2 * block**2, kernel_size=3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (batch, d). Returns: s and t, (batch, d) each."""
        side = math.isqrt(x.shape[1])
        blocks = F.pixel_unshuffle(x.reshape(-1, 1, side, side), self.block)
        out = F.pixel_shuffle(self.last(self.body(blocks)), self.block)  # (batch, 2, side, side)
        s, t = out.flatten(start_dim=2).unbind(dim=1)
        return 2 * torch.tanh(s / 2), t


def chessboard(side: int, size: int = 1) -> torch.Tensor:
    """A mask (side * side,) of zeros and ones, like a chessboard of fields of size by size."""
    row = torch.arange(side) // size
    return ((row[:, None] + row) % 2).float().flatten()


def rows(side: int) -> torch.Tensor:
    """A mask (side * side,): every other row of pixels is 1."""
    return (torch.arange(side)[:, None] % 2).float().expand(side, side).flatten()


def conv_couplings() -> tuple[nn.ModuleList, list[torch.Tensor]]:
    """Nine networks, untrained, and a mask for each, in the order from data to noise.

    The first rescales all pixels; the others alternate between a mask and its opposite.
    """
    pairs = [(FINE, chessboard(SIDE)), (FINE, rows(SIDE)), (COARSE, chessboard(SIDE, 2))]
    pairs.append(pairs[0])
    nets, masks = nn.ModuleList([Rescale(SIDE**2)]), [torch.zeros(SIDE**2)]
    for kind, mask in pairs:
        nets.extend([ConvNet(*kind), ConvNet(*kind)])
        masks += [mask, 1 - mask]
    return nets.to(memory_format=torch.channels_last), masks  # a fifth quicker on a processor


def trained(data_name: str = DATA) -> list[tuple[nn.Module, torch.Tensor]]:
    """The trained networks and their masks, in the order from data to noise.

    data_name: the name of the digits at hand. Raises WeightsError, which says why: these are other
    digits than the trained ones, or the file is missing or damaged.
    """
    if data_name != DATA:
        raise WeightsError(f"The trained networks are for {DATA}, and these are {data_name}.")
    nets, masks = conv_couplings()
    return list(zip(WEIGHTS.fill(nets, NAME), masks, strict=True))
