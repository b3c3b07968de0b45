"""Models of a line or two that stand in for networks in PyTorch, in visible checks."""

import torch
from torch import nn


class LinearEncoder(nn.Module):
    """mean = x @ slopes and log_var = 0.3 - mean, for images of four pixels and two latents."""

    def __init__(self) -> None:
        super().__init__()
        slopes = [[0.5, -0.3], [0.2, 0.4], [-0.6, 0.1], [0.3, 0.7]]
        self.slopes = nn.Parameter(torch.tensor(slopes))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (..., 4). Returns: mean and log_var, each (..., 2)."""
        mean = x.to(self.slopes.dtype) @ self.slopes
        return mean, 0.3 - mean


class LinearDecoder(nn.Module):
    """logits = z @ slopes, for two latents and images of four pixels."""

    def __init__(self) -> None:
        super().__init__()
        slopes = [[1.2, -0.7, 0.4, -2.0], [0.3, 0.9, -1.5, 0.8]]
        self.slopes = nn.Parameter(torch.tensor(slopes))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """z: (..., 2). Returns: logits, shape (..., 4)."""
        return z.to(self.slopes.dtype) @ self.slopes


class LinearPair(nn.Module):
    """The pair (s, t) for three dimensions, each a linear map of all three plus numbers."""

    def __init__(self) -> None:
        super().__init__()
        slopes = [[0.3, -0.5, 0.2], [0.4, 0.1, -0.6], [-0.2, 0.7, 0.5]]
        self.slopes = nn.Parameter(torch.tensor(slopes))
        self.offsets = nn.Parameter(torch.tensor([0.1, -0.3, 0.2]))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (..., 3). Returns: s = x @ slopes + offsets and t = 0.5 - x @ slopes.T."""
        x = x.to(self.slopes.dtype)
        return x @ self.slopes + self.offsets, 0.5 - x @ self.slopes.T


class BentLayer(nn.Module):
    """A layer of a flow, z = sinh(slope x + shift) in each dimension; slope is not 0."""

    def __init__(self, slope: float, shift: float):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))
        self.shift = nn.Parameter(torch.tensor(shift))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (..., d). Returns: z of the same shape and log |det dz/dx|, shape (...)."""
        bent = self.slope * x + self.shift
        return bent.sinh(), (self.slope.abs().log() + bent.cosh().log()).sum(dim=-1)

    def inverse(self, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """z: (..., d). Returns: x of the same shape and log |det dx/dz|, shape (...)."""
        x = (z.asinh() - self.shift) / self.slope
        return x, -self.forward(x)[1]


class StandardNormal(nn.Module):
    """An encoder whose codes all have the distribution N(0, I), so that its KL term is 0."""

    def __init__(self, n_latent: int):
        super().__init__()
        self.n_latent = n_latent

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (..., pixels). Returns: mean and log_var, zeros of shape (..., n_latent)."""
        zeros = x.new_zeros((*x.shape[:-1], self.n_latent))
        return zeros, zeros.clone()


class FixedLogits(nn.Module):
    """A decoder that has the same logits for every code, and remembers the codes in ``seen``."""

    def __init__(self, n_pixels: int, value: float):
        super().__init__()
        self.logits = nn.Parameter(torch.full((n_pixels,), value))
        self.seen: list[torch.Tensor] = []

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """z: (..., latent). Returns: the logits, shape (..., n_pixels), whatever z is."""
        self.seen.append(z.detach().reshape(-1, z.shape[-1]))
        return self.logits.expand(*z.shape[:-1], -1)


class ThreeColours(nn.Module):
    """A model of pictures of one colour: the logits of red, green and blue are latents 0, 1 and 2.

    Its decoder has a dropout, which shows in train mode, and a layer that is frozen in eval mode.
    Its encoder is not there to be called.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Identity()
        self.encoder.forward = self._refuse
        self.decoder = nn.Sequential(_FirstThree(), nn.Dropout(0.5), nn.Identity().eval())

    def forward(self, *arguments: torch.Tensor) -> torch.Tensor:
        return self._refuse(*arguments)

    def _refuse(self, *arguments: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("only model.decoder is asked for")


class _FirstThree(nn.Module):
    """Codes (n, 32) to logits (n, 3, 64, 64), times a parameter that is 1."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return (self.scale * z[:, :3, None, None]).expand(-1, 3, 64, 64)
