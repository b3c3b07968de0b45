"""Densities in the plane: a mixture to be learned, and what is known of it by quadrature."""

import math
from collections.abc import Callable

import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

REACH, POINTS = 7.0, 561  # the mixture has less than 1e-12 of its mass further out

LogDensity = Callable[[torch.Tensor], torch.Tensor]


def three_lobes() -> MixtureSameFamily:
    """Three normal distributions of equal weight around 0, each stretched and turned by 120°."""
    angles = 2 * math.pi / 3 * torch.arange(3)
    means = 1.4 * torch.stack([angles.cos(), angles.sin()], dim=1)
    turned = angles + 0.6
    along = torch.stack([turned.cos(), turned.sin()], dim=1)
    across = torch.stack([-turned.sin(), turned.cos()], dim=1)
    covariances = 0.8**2 * _outer(along) + 0.35**2 * _outer(across)
    return MixtureSameFamily(Categorical(torch.ones(3)), MultivariateNormal(means, covariances))


def _outer(vectors: torch.Tensor) -> torch.Tensor:
    return vectors[:, :, None] * vectors[:, None, :]


def grid(reach: float = REACH, points: int = POINTS) -> tuple[torch.Tensor, torch.Tensor]:
    """Places in the plane: one axis ``(points,)`` from -reach to reach, and all ``(points², 2)``.

    In the places the first coordinate changes faster; values there, reshaped to
    ``(points, points)``, are an image whose rows belong to the second coordinate.
    """
    axis = torch.linspace(-reach, reach, points)
    second, first = torch.meshgrid(axis, axis, indexing="ij")
    return axis, torch.stack([first.flatten(), second.flatten()], dim=1)


def entropy(log_density: LogDensity) -> float:
    """The entropy in nats of a smooth density that is 0 outside of the grid, by quadrature.

    log_density: (n, 2) -> (n,), in nats. The sum over an even grid converges faster than any power
    of its spacing.
    """
    density, log_density, cell = _on_grid(log_density)
    return float(-(density * log_density).sum() * cell)


def lowest_loss_with_one_mask(log_density: LogDensity) -> float:
    """The lowest mean of -log p in nats of a coupling flow that leaves the first coordinate alone.

    Its base is N(0, I). All its layers together scale and shift the second coordinate, by amounts
    that depend on the first: at best to mean 0 and variance 1 for each value of the first.
    """
    density, _, cell = _on_grid(log_density)
    axis, _ = grid()
    axis, step = axis.double(), math.sqrt(cell)
    density = density.reshape(POINTS, POINTS)
    first = density.sum(dim=0) * step  # the density of the first coordinate
    means = (density * axis[:, None]).sum(dim=0) * step / first
    variances = (density * (axis[:, None] - means) ** 2).sum(dim=0) * step / first
    kept = 0.5 * (axis**2 + math.log(2 * math.pi))
    changed = 0.5 * torch.log(2 * math.pi * math.e * variances)
    return float((first * (kept + changed)).sum() * step)


def _on_grid(log_density: LogDensity) -> tuple[torch.Tensor, torch.Tensor, float]:
    _, places = grid()
    with torch.no_grad():
        values = log_density(places).double()
    return values.exp(), values, (2 * REACH / (POINTS - 1)) ** 2
