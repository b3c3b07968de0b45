"""What sheet 6's notebook rests on: the mixture in the plane and what is known of it, stand-ins."""

import math

import numpy as np
import pytest
import torch

from helpers import figures, plane, training
from helpers.checks import close
from helpers.standins import BentLayer, LinearPair


def gaussian(covariance: list, mean: tuple = (0.0, 0.0)):
    """A normal distribution in the plane."""
    return torch.distributions.MultivariateNormal(torch.tensor(mean), torch.tensor(covariance))


def test_the_entropy_of_a_normal_distribution_is_the_one_of_the_formula():
    tilted = gaussian([[1.3, 0.4], [0.4, 0.6]], (0.5, -0.2))
    assert plane.entropy(tilted.log_prob) == pytest.approx(float(tilted.entropy()), abs=1e-4)


def test_the_mixtures_entropy_agrees_with_a_million_samples():
    torch.manual_seed(0)
    mixture = plane.three_lobes()
    surprises = -mixture.log_prob(mixture.sample((1_000_000,)))
    error = float(surprises.std()) / 1000
    assert abs(float(surprises.mean()) - plane.entropy(mixture.log_prob)) < 5 * error < 0.006


def test_the_grid_holds_the_mixture_and_its_rows_are_the_second_coordinate():
    axis, places = plane.grid()
    density = plane.three_lobes().log_prob(places).double().exp()
    assert float(density.sum()) * (14 / 560) ** 2 == pytest.approx(1, abs=1e-5)
    assert axis[0] == -7 and axis[-1] == 7
    assert places[1, 0] > places[0, 0] and places[1, 1] == places[0, 1]


@pytest.mark.parametrize("correlation", [0.0, 0.7, -0.9])
def test_one_mask_is_no_loss_where_the_first_coordinate_is_a_standard_normal_one(correlation):
    joint = gaussian([[1.0, correlation], [correlation, 1.0]])
    lowest = plane.lowest_loss_with_one_mask(joint.log_prob)
    assert lowest == pytest.approx(float(joint.entropy()), abs=1e-4)


def test_one_mask_costs_the_divergence_of_the_first_coordinate_from_a_standard_normal_one():
    joint = gaussian([[2.0, 0.0], [0.0, 0.3]], (0.5, 1.0))
    divergence = 0.5 * (2.0 + 0.25 - 1 - math.log(2.0))
    lowest = plane.lowest_loss_with_one_mask(joint.log_prob)
    assert lowest == pytest.approx(float(joint.entropy()) + divergence, abs=1e-4)


def test_one_mask_is_a_loss_for_the_mixture():
    log_density = plane.three_lobes().log_prob
    assert plane.lowest_loss_with_one_mask(log_density) > plane.entropy(log_density) + 0.2


def jacobians(function, batch: torch.Tensor) -> torch.Tensor:
    """The Jacobian matrix of a function of batches, for each row: (batch, d, d)."""
    return torch.stack(
        [torch.autograd.functional.jacobian(lambda r: function(r[None])[0][0], r) for r in batch]
    )


@pytest.mark.parametrize("slope", [0.7, -0.5])
def test_a_bent_layers_log_dets_are_those_of_its_jacobian_matrices(slope):
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    layer = BentLayer(slope, 0.3)
    z, log_det = layer(x)
    back, log_det_back = layer.inverse(z)
    assert close(back, x.numpy()) and log_det.shape == (4,)
    for function, batch, found in ((layer, x, log_det), (layer.inverse, z.detach(), log_det_back)):
        assert close(found, torch.linalg.slogdet(jacobians(function, batch))[1])


def test_a_linear_pair_has_no_entry_that_is_0_or_stays_the_same():
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    for part in LinearPair()(x):
        assert part.shape == x.shape and (part != 0).all() and (part[0] != part[1]).all()
    s, t = LinearPair()(torch.eye(3))
    assert close(s - LinearPair().offsets, (0.5 - t).detach().numpy().T)


def test_the_bar_shows_what_it_is_told_to(monkeypatch, capsys):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    shown = "bits {:.1f} and {:.1f}".format
    training.train_epochs("mine", lambda b: float(len(list(b))), [1, 2], lambda: 7.0, 1, shown)
    assert "bits 2.0 and 7.0" in capsys.readouterr().out


def test_a_density_is_drawn_with_the_first_coordinate_to_the_right():
    figure, (panel,) = figures.panels()
    axis, places = plane.grid(reach=3.0, points=61)
    values = torch.exp(gaussian([[0.1, 0.0], [0.0, 0.1]], (2.0, 0.0)).log_prob(places))
    figures.density(panel, axis, values.reshape(61, 61), float(values.max()))
    (filled,) = panel.collections
    corners = np.concatenate([path.vertices for path in filled.get_paths()])
    assert corners[:, 0].min() > 0.5 and abs(corners[:, 1]).max() < 1.5
    figures.plt.close(figure)
