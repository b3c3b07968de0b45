"""Models of a line or two that stand in for a student's networks in PyTorch, in visible checks."""

import torch
from torch import nn


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
