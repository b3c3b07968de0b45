"""What runs beside a student's functions: a decoder, densities, functions to be averaged."""

import math

import torch
from torch import nn


class Layers(nn.Module):
    """A decoder with one hidden layer."""

    def __init__(self, A, B, c):
        super().__init__()
        self.A, self.B, self.c = map(nn.Parameter, (A, B, c))

    def forward(self, z):
        return torch.tanh(z @ self.A) @ self.B + self.c


def ancestral(functions, decoder, eps, u):
    """The pictures from a decoder made of arrays."""
    return functions["ancestral_sample"](Layers(*decoder), eps, u)


def base_density(functions, kinds, numbers, eps):
    """The base densities for some kinds of p and g, all made before the first is used."""
    known = _densities_and_maps(*numbers)
    densities = [functions["base_density_from"](*known[kind]) for kind in kinds]
    return [density(eps) for density in densities]


def base_density_gradient(functions, kind, numbers, eps, direction):
    """The gradient of a base density's product with a direction, for eps and the numbers."""
    numbers, eps = numbers.clone().requires_grad_(), eps.clone().requires_grad_()
    (result,) = base_density(functions, [kind], numbers, eps)
    return torch.autograd.grad((result * direction).sum(), (eps, numbers))


def _densities_and_maps(mean, std, rate):
    """p, g and the derivative of g, by what they are."""

    def normal(x):
        return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))

    def log_normal(x):
        return normal(torch.log(x)) / x

    def exponential(x):
        return torch.where(x >= 0, rate * torch.exp(-rate * x), 0.0)

    def uniform(x):
        return torch.where((x > 0) & (x < rate), 1 / rate, 0.0)

    def rising(e):
        return torch.exp(rate * e)

    def falling(e):
        return torch.exp(-rate * e)

    return {
        "stretched": (normal, lambda e: mean + rate * e, lambda e: rate + 0 * e),
        "reflected": (normal, lambda e: mean - rate * e, lambda e: -rate + 0 * e),
        "exponential": (log_normal, rising, lambda e: rate * rising(e)),
        "falling exponential": (log_normal, falling, lambda e: -rate * falling(e)),
        "quantile": (exponential, lambda e: -torch.log1p(-e) / rate, lambda e: 1 / rate / (1 - e)),
        "cubic": (normal, lambda e: e + rate * e**3, lambda e: 1 + 3 * rate * e**2),
        "uniform": (uniform, lambda e: mean + e, lambda e: 1 + 0 * e),
    }


def estimates(functions, name, f, mean, std, eps, kind="floats"):
    """The estimates for a function given by three numbers.

    kind: what mean and std are: floats, tensors, leaves (which ask for gradients), float32 leaves.
    """
    square, wave, slope = f

    def values(x):
        return square * x**2 + torch.sin(wave * x) + slope * x

    if kind != "floats":
        dtype = torch.float32 if "float32" in kind else torch.float64
        leaf = "leaves" in kind
        mean, std = (torch.tensor(one, dtype=dtype, requires_grad=leaf) for one in (mean, std))
    return functions[name](values, mean, std, eps)


def verdict(functions, name, arguments):
    """The first of the two values that are returned."""
    first, _ = _pair(functions, name, arguments)
    if not isinstance(first, str):
        raise TypeError("the verdict is a text")
    return first


def value(functions, name, arguments):
    """The second."""
    return _pair(functions, name, arguments)[1]


def mean_and_std(functions, name, arguments):
    """The two parts of a value, each brought to the shape of the first argument."""
    shape = arguments[0].shape
    mean, std = value(functions, name, arguments)
    return [torch.broadcast_to(torch.as_tensor(part), shape) for part in (mean, std)]


def _pair(functions, name, arguments):
    result = functions[name](*arguments)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise TypeError(f"{name} returns a pair (verdict, value)")
    return result
