"""Sheet 3's references hold what the formulas stand for: integrals, finite differences, bounds.

The checks compare students' functions with these; so these are compared with something else.
"""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from reference.sheet3_vae import reference as right


def numbers(*shape, seed=0):
    """Normal numbers in float64 that gradients can be taken of."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)


IMAGES = (numbers(4, 6, seed=9) > 0).double()
U = torch.linspace(0.1, 0.9, 4)
RATE = torch.tensor(1.7, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (right.log_likelihood, [numbers(5, 3)]),
        (right.reparametrize, [numbers(4, 3), numbers(4, 3, seed=1), numbers(4, 3, seed=2)]),
        (lambda rate: right.exponential_from_uniform(U, rate), [RATE]),
        (lambda logits: right.reconstruction_loss(logits, IMAGES), [numbers(4, 6)]),
        (right.kl_loss, [numbers(4, 3), numbers(4, 3, seed=1)]),
    ],
)
def test_gradients_agree_with_finite_differences(function, arguments):
    assert torch.autograd.gradcheck(function, arguments)


def test_the_log_likelihood_is_that_of_the_mean_of_the_likelihoods():
    values = numbers(6, 4).detach()
    expected = np.log(np.exp(values.numpy()).mean(axis=0))
    assert np.allclose(right.log_likelihood(values), expected)
    assert np.allclose(right.log_likelihood(values - 1000) + 1000, expected)


def test_quantiles_of_the_exponential_distribution_are_those_of_scipy():
    u = torch.tensor([0.0, 0.3, 0.99])
    assert np.allclose(
        right.exponential_from_uniform(u, 2.5), stats.expon(scale=0.4).ppf(u), atol=1e-6
    )


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_base_density_integrates_to_1_and_is_never_negative(sign):
    def p(x):
        return torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)

    density = right.base_density_from(
        p, lambda e: sign * (e + e**3), lambda e: sign * (1 + 3 * e**2)
    )
    total, _ = integrate.quad(
        lambda e: float(density(torch.tensor([e], dtype=torch.float64))), -5, 5
    )
    assert total == pytest.approx(1)


@pytest.mark.parametrize("name", ["score_function_gradient", "pathwise_gradient"])
def test_the_mean_of_the_estimates_is_the_gradient_of_the_expectation(name):
    """By Gauss–Hermite quadrature: E[x² + sin x] = mean² + std² + sin(mean) exp(−std²/2)."""
    mean, std = 0.6, 1.5
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    estimates = getattr(right, name)(
        lambda x: x**2 + torch.sin(x), mean, std, torch.from_numpy(nodes)
    )
    found = weights / weights.sum() @ estimates.numpy()
    damped = math.exp(-(std**2) / 2)
    assert found == pytest.approx(
        [2 * mean + math.cos(mean) * damped, 2 * std - std * math.sin(mean) * damped]
    )


def test_the_reconstruction_is_the_negative_logarithm_of_the_images_probability():
    logits = numbers(4, 6).detach()
    p = torch.sigmoid(logits)
    probability = torch.where(IMAGES == 1, p, 1 - p).prod(dim=1)
    assert torch.allclose(right.reconstruction_loss(logits, IMAGES), -torch.log(probability))
    wrong_certainty = right.reconstruction_loss(torch.full((1, 3), 200.0), torch.zeros(1, 3))
    assert wrong_certainty.item() == pytest.approx(600)


def test_the_divergence_is_the_integral_and_0_for_the_prior():
    mean, std = 0.7, 0.4

    def integrand(z):
        q = stats.norm(mean, std)
        return q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z))

    expected, _ = integrate.quad(integrand, -4, 5)
    found = right.kl_loss(torch.tensor([[mean]]), 2 * torch.log(torch.tensor([[std]])))
    assert found.item() == pytest.approx(expected, rel=1e-5)
    assert right.report_kl(torch.tensor([[mean]]), torch.tensor([[std]]))[1].item() == (
        pytest.approx(expected, rel=1e-5)
    )
    assert right.kl_loss(torch.zeros(2, 3), torch.zeros(2, 3)).tolist() == [0, 0]


def test_each_cell_of_the_manifold_grid_has_the_same_probability():
    grid = right.manifold_grid(4)
    assert grid.shape == (16, 2) and grid.dtype == torch.float32
    expected = [[(r + 0.5) / 4, (c + 0.5) / 4] for r in range(4) for c in range(4)]
    assert np.allclose(stats.norm.cdf(grid), expected)


def test_with_the_reports_q_the_bound_is_log_p():
    x, slope, offset, std = torch.tensor([0.3, -1.0, 2.0]), -1.5, 0.2, 0.7
    verdict, (mean, spread) = right.report_gap(x, slope, offset, std)
    assert verdict == "wrong"
    log_p = stats.norm(offset, math.hypot(slope, std)).logpdf(x)
    for z in (-1.0, 0.4):  # the posterior makes p(x, z)/q(z) the same at every z
        joint = stats.norm.logpdf(z) + stats.norm(slope * z + offset, std).logpdf(x)
        assert joint - stats.norm(mean, spread).logpdf(z) == pytest.approx(log_p)


def test_the_game_is_worth_minus_log_4_where_nothing_can_be_told_apart():
    verdict, value = right.report_game(torch.full((3,), 0.5), torch.full((3,), 0.5))
    assert verdict == "right" and value.item() == pytest.approx(-math.log(4))


def test_the_flow_has_the_density_of_the_multivariate_normal_distribution():
    matrix, z = numbers(3, 3).detach(), numbers(5, 3, seed=1).detach()
    verdict, log_p = right.report_flow(z, matrix)
    expected = stats.multivariate_normal(np.zeros(3), matrix @ matrix.T).logpdf(z @ matrix.T)
    assert verdict == "wrong" and np.allclose(log_p, expected)
    for bad in (matrix[:2], matrix[:, :2], matrix * torch.tensor([1.0, 0, 1])):
        with pytest.raises(ValueError, match="matrix"):
            right.report_flow(z[:, : bad.shape[1]], bad)
