"""Sheet 6's references hold what the formulas stand for: torch's transforms, integrals, Jacobians.

The checks compare students' functions with these; so these are compared with something else.
"""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch import nn
from torch.distributions import Laplace, LogNormal, Normal, TransformedDistribution, transforms

from reference.sheet6_flow import reference as right


def numbers(*shape, seed=0):
    """Normal numbers in float64."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Halves(nn.Module):
    """A small network for coupling layers; its outputs depend on every input."""

    def __init__(self, d, seed=0):
        super().__init__()
        self.weights = nn.Parameter(0.5 * numbers(d, 2 * d, seed=seed))
        self.offsets = nn.Parameter(0.5 * numbers(2 * d, seed=seed + 1))

    def forward(self, h):
        s, t = torch.tanh(h @ self.weights + self.offsets).chunk(2, dim=-1)
        return s, t


def coupling(bits, seed=0):
    return right.AffineCoupling(Halves(len(bits), seed), torch.tensor(bits).double())


def finite_differences(function, x, h=1e-6):
    """log |det| of the Jacobian at each row, without any autograd."""
    results = []
    for row in x:
        step = h * torch.eye(len(row), dtype=x.dtype)
        columns = (function(row + step) - function(row - step)) / (2 * h)
        results.append(torch.linalg.slogdet(columns)[1])
    return torch.stack(results)


# ── densities ────────────────────────────────────────────────────────────────────────────────


def test_the_exponential_of_a_normal_variable_is_log_normal():
    x = torch.exp(numbers(7))
    found = right.log_prob_of_transformed(
        x, Normal(0.3, 1.7).log_prob, torch.log, lambda x: -torch.log(x)
    )
    assert torch.allclose(found, LogNormal(0.3, 1.7).log_prob(x))


def test_a_transformed_density_is_that_of_torchs_transformed_distribution():
    x = torch.sigmoid(2 * numbers(6, 3))
    squashed = TransformedDistribution(Laplace(0.2, 0.8), [transforms.SigmoidTransform()])
    found = right.log_prob_of_transformed(
        x,
        lambda z: Laplace(0.2, 0.8).log_prob(z).sum(1),
        torch.logit,
        lambda x: -(torch.log(x) + torch.log1p(-x)).sum(1),
    )
    assert torch.allclose(found, squashed.log_prob(x).sum(dim=1))


def test_a_transformed_density_integrates_to_1():
    def density(x):
        x = torch.tensor([x], dtype=torch.float64)
        log_p = right.log_prob_of_transformed(
            x, Normal(0.4, 0.6).log_prob, torch.sinh, lambda x: torch.log(torch.cosh(x))
        )
        return math.exp(log_p)

    assert integrate.quad(density, -6, 6)[0] == pytest.approx(1)


def test_the_standard_normal_density_is_scipys():
    z = numbers(5, 4)
    expected = stats.multivariate_normal(np.zeros(4)).logpdf(z)
    assert np.allclose(right.standard_normal_log_prob(z), expected)
    assert right.standard_normal_log_prob(torch.zeros(1, 2)).item() == pytest.approx(
        -math.log(2 * math.pi)
    )


# ── layers ───────────────────────────────────────────────────────────────────────────────────

MASKS = [[1, 0], [0, 1, 0, 1], [1, 1, 0, 0, 0], [1, 1, 1], [0, 0, 0], [0]]


@pytest.mark.parametrize("bits", MASKS)
def test_a_coupling_layer_is_the_formula_entry_by_entry(bits):
    layer, x = coupling(bits), numbers(4, len(bits), seed=5)
    z, log_det = layer(x)
    for row, image, volume in zip(x, z, log_det.tolist(), strict=True):
        seen = torch.tensor([value * bit for value, bit in zip(row, bits, strict=True)])
        s, t = (part.tolist() for part in layer.net(seen.double()))
        expected = [
            value if bit else value * math.exp(s[i]) + t[i]
            for i, (value, bit) in enumerate(zip(row.tolist(), bits, strict=True))
        ]
        assert image.tolist() == pytest.approx(expected)
        free = sum(s[i] for i, bit in enumerate(bits) if not bit)
        assert volume == pytest.approx(free)


@pytest.mark.parametrize("bits", MASKS)
def test_a_coupling_layers_log_determinants_are_those_of_finite_differences(bits):
    layer, points = coupling(bits), numbers(3, len(bits), seed=5)
    for function in (layer, layer.inverse):
        _, log_det = function(points)
        expected = finite_differences(lambda rows, f=function: f(rows)[0], points)
        assert torch.allclose(log_det, expected, atol=1e-6)


def mixed_flow(d=3):
    """Two coupling layers, which change different halves."""
    bits = [i % 2 for i in range(d)]
    return right.Flow([coupling(bits), coupling([1 - bit for bit in bits], seed=7)])


@pytest.mark.parametrize("made", [lambda: coupling([1, 0, 0]), mixed_flow])
def test_the_way_there_and_back_ends_where_it_began(made):
    flow, x = made(), numbers(5, 3, seed=3)
    z, there = flow(x)
    again, back = flow.inverse(z)
    assert torch.allclose(again, x) and torch.allclose(there, -back) and there.abs().min() > 1e-3


def test_a_flow_goes_through_its_layers_in_order_and_adds_up_what_they_say():
    flow, x = mixed_flow(), numbers(5, 3, seed=3)
    first, second = flow.layers
    middle, one = first(x)
    z, other = second(middle)
    assert torch.allclose(flow(x)[0], z) and torch.allclose(flow(x)[1], one + other)
    expected = stats.multivariate_normal(np.zeros(3)).logpdf(z.detach())
    assert np.allclose(flow.log_prob(x).detach(), expected + (one + other).detach().numpy())
    assert torch.allclose(flow.sample(z), x)


def test_a_flows_density_integrates_to_1():
    flow = mixed_flow(2)
    axis = torch.linspace(-15, 15, 401, dtype=torch.float64)
    with torch.no_grad():
        density = flow.log_prob(torch.cartesian_prod(axis, axis)).exp()
    assert density.sum().item() * float(axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-4)


def test_gradients_of_layers_agree_with_finite_differences():
    layer = coupling([1, 0, 0])
    x = numbers(2, 3).requires_grad_()
    assert torch.autograd.gradcheck(layer, x)
    assert torch.autograd.gradcheck(layer.inverse, x)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────


def test_dequantised_integers_return_when_they_are_rounded_down():
    x, u = torch.arange(34).reshape(2, 17) % 17, torch.rand(2, 17)
    y, log_det = right.dequantize(x, u, 17)
    assert torch.equal((y * 17).floor().long(), x) and y.min() >= 0 and y.max() < 1
    assert log_det.tolist() == pytest.approx([-17 * math.log(17)] * 2)
    expected = transforms.AffineTransform(0.0, 1 / 17, event_dim=1)
    assert torch.allclose(log_det.float(), expected.log_abs_det_jacobian(x + u, y))


def test_a_uniform_pixel_of_256_levels_costs_8_bits():
    _, log_det = right.dequantize(torch.zeros(3, 5, dtype=torch.uint8), torch.rand(3, 5))
    assert torch.allclose(log_det, torch.tensor(-5 * 8 * math.log(2), dtype=torch.float64))
    # y uniform on [0, 1] has density 1: all there is comes from the division
    assert right.bits_per_dim(log_det, 5).tolist() == pytest.approx([8.0] * 3)


@pytest.mark.parametrize("alpha", [0.2, 0.05, 1e-6])
def test_the_logit_is_scipys_and_its_log_determinant_that_of_finite_differences(alpha):
    y = torch.sigmoid(numbers(4, 3))
    z, log_det = right.to_logit(y, alpha)
    p = stats.uniform(alpha, 1 - 2 * alpha).ppf(y)
    assert np.allclose(z, stats.logistic.ppf(p))
    expected = finite_differences(lambda rows: right.to_logit(rows, alpha)[0], y)
    assert torch.allclose(log_det, expected, atol=1e-6)
    again, back = right.from_logit(z, alpha)
    assert torch.allclose(again, y) and torch.allclose(back, -log_det)
    expected = finite_differences(lambda rows: right.from_logit(rows, alpha)[0], z)
    assert torch.allclose(back, expected, atol=1e-6)


def test_the_logits_references_are_finite_where_a_float_ends():
    z, log_det = right.to_logit(torch.tensor([[0.0, 1.0]]), 1e-6)
    assert z.tolist()[0] == pytest.approx([-13.815510, 13.815510]) and log_det.isfinite().all()
    y, log_det = right.from_logit(torch.tensor([[-50.0, 50.0]]), 1e-6)
    assert y.tolist()[0] == pytest.approx([0, 1], abs=2e-6)
    assert log_det.item() == pytest.approx(-100)


class Logistic(nn.Module):
    """A density of logits under which numbers between 0 and 1 are uniform."""

    def log_prob(self, x):
        return torch.from_numpy(stats.logistic.logpdf(x)).sum(dim=1)


def test_images_whose_levels_are_equally_likely_cost_the_logarithm_of_their_number():
    x, u = torch.tensor([[0, 16, 5], [3, 3, 9]]), torch.rand(2, 3)
    found = right.log_prob_of_images(Logistic(), x, u, 1e-9, 17)
    assert found.tolist() == pytest.approx([-3 * math.log(17)] * 2, abs=1e-5)


def test_bits_per_dimension_are_what_a_code_of_that_length_needs():
    assert right.bits_per_dim(torch.tensor([[-64 * math.log(16)]]), 64).tolist() == [
        [pytest.approx(4)]
    ]
    assert right.bits_per_dim(torch.tensor(0.0), 7).shape == ()
