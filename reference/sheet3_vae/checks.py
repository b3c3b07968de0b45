"""What the judge tries on each function of sheet 3: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs, or are probes that run beside the student's
functions.
"""

import numpy as np
import torch

from reference.sheet3_vae.networks.checks import (  # noqa: F401
    Decoder,
    Encoder,
    importance_bound,
    negative_elbo,
    train_epoch,
)

# ── ancestral_sample ─────────────────────────────────────────────────────────────────────────


def ancestral_sample(student, draw):
    arrays, eps, logits = _decoding(draw, n=5, latent=3, pixels=7)
    u = _away_from(draw, logits)
    yield student.compare(
        _ancestral, arrays, eps, u, what="agrees with the formula", core=True, share=4
    )
    x = student.value(_ancestral, arrays, eps, u)
    is_tensor = isinstance(x, torch.Tensor)
    yield student.holds(
        is_tensor and x.dtype.is_floating_point,
        "returns floating-point numbers",
        _dtype(x),
        mistake="booleans" if is_tensor else None,
        share=3,
    )
    yield student.holds(
        student.value(_ancestral, arrays, eps, u, True),
        "draws nothing itself",
        _DIFFER,
        mistake="own_draws",
    )
    single = [array.float() for array in arrays]
    yield student.compare(
        _ancestral, single, eps.float(), u.float(), what="takes float32 tensors", share=2
    )
    yield student.compare(_ancestral, arrays, eps[:1], u[:1], what="takes a single draw")
    other = _decoding(draw, n=8, latent=2, pixels=4)
    yield student.compare(
        _ancestral,
        *other[:2],
        _away_from(draw, other[2]),
        what="takes more draws than pixels",
        core=True,
    )
    yield from _ancestral_edges(student, draw)


def _ancestral_edges(student, draw):
    arrays, eps, logits = _decoding(draw, n=4, latent=2, pixels=5)
    yield student.compare(
        _ancestral,
        arrays,
        eps,
        torch.zeros_like(logits),
        what="u = 0 is below every probability",
    )
    A, B, c = arrays
    zero = [A, torch.zeros_like(B), torch.zeros_like(c)]
    yield student.compare(
        _ancestral,
        zero,
        eps,
        torch.full_like(logits, 0.5),
        what="a u that equals the probability gives 0",
    )
    signs = torch.tensor(draw.signs((5,)))
    signs[:2] = torch.tensor([1.0, -1.0])
    steep = [array.float() for array in (A, torch.zeros_like(B), 200 * signs)]
    u = _uniform(draw, 0.01, 0.99, (4, 5))
    u[0] = torch.where(signs > 0, 0.999, 0.001)  # a probability that was clipped shows
    yield student.compare(
        _ancestral,
        steep,
        eps.float(),
        u.float(),
        what="works for logits of ±200 in float32",
        share=2,
    )


def _decoding(draw, n, latent, pixels):
    """The arrays of a decoder with one hidden layer, draws of the prior, and their logits."""
    A, B = _normal(draw, (latent, 6)), _normal(draw, (6, pixels), 1.5)
    c, eps = _normal(draw, (pixels,)), _normal(draw, (n, latent))
    return [A, B, c], eps, torch.tanh(eps @ A) @ B + c


def _away_from(draw, logits):
    """Uniform numbers that no rounding carries to the other side of a probability."""
    u = _uniform(draw, 0.0, 1.0, tuple(logits.shape))
    probabilities = torch.sigmoid(logits)
    close = (u - probabilities).abs() < 1e-3
    return torch.where(close, (u + 0.5) % 1.0, u)


def _ancestral(functions, decoder, eps, u, repeated=False):
    """The pictures from a decoder made of arrays; or, if repeated, whether two calls agree."""
    import torch

    class Layers(torch.nn.Module):
        def __init__(self, A, B, c):
            super().__init__()
            self.A, self.B, self.c = map(torch.nn.Parameter, (A, B, c))

        def forward(self, z):
            return torch.tanh(z @ self.A) @ self.B + self.c

    first = functions["ancestral_sample"](Layers(*decoder), eps, u)
    if not repeated:
        return first
    return torch.equal(first, functions["ancestral_sample"](Layers(*decoder), eps, u))


def _dtype(value):
    return f"Its dtype is {getattr(value, 'dtype', type(value).__name__)}."


_DIFFER = "Two calls with the same arguments give different results."


def _draws_nothing(student, name, arguments, mistake):
    """Whether two calls give the same: for what students compute with random numbers anyway."""
    return student.holds(
        student.value(_same_twice, name, arguments),
        "draws nothing itself",
        _DIFFER,
        mistake=mistake,
    )


def _same_twice(functions, name, arguments):
    """Whether two calls with the same arguments return the same numbers."""
    import numpy as np
    import torch

    def call():
        copies = [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]
        result = functions[name](*copies)
        return np.asarray(result.detach() if isinstance(result, torch.Tensor) else result)

    return bool(np.array_equal(call(), call(), equal_nan=True))


def _normal(draw, shape, scale=1.0):
    return torch.tensor(draw.normal(shape, scale))


def _uniform(draw, low, high, shape):
    return torch.tensor(draw.between(low, high, shape))


# ── log_likelihood ───────────────────────────────────────────────────────────────────────────


def log_likelihood(student, draw):
    name = "log_likelihood"
    values = -3 + 2 * _normal(draw, (7, 4))
    yield student.compare(name, values, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, values.float(), what="takes float32")
    yield student.compare(name, values[:3], what="takes fewer samples than images", core=True)
    yield student.compare(name, values[:1], what="takes a single sample")
    yield student.compare(name, values[:, :1], what="takes a single image")
    low = values - 1000
    fine = {"rtol": 2e-6, "atol": 1e-4}  # 5e-5 of 1000 would be more than a forgotten log 2
    yield student.compare(name, low, what="works near -1000", share=4, **fine)
    yield student.compare(name, low.float(), what="works near -1000 in float32", share=4, **fine)
    # In float32, exp(x - y) is 0 where x is 104 below y, and infinite where it is 89 above.
    images = torch.tensor([-1100.0, -850.0, -990.0, -860.0])
    yield student.compare(
        name,
        values.float() + images,
        what="works where some images are far more likely than others",
        share=3,
        **fine,
    )
    samples = torch.linspace(-1000, -600, 7)[draw.permutation(7), None]
    yield student.compare(
        name,
        values.float() + samples,
        what="works where some samples fit far better than others",
        share=2,
        **fine,
    )
    for shift, what in ((0, ""), (1000, " near -1000")):
        yield student.compare(
            _gradients,
            name,
            {"log_p_x_given_z": values - shift},
            ["log_p_x_given_z"],
            _normal(draw, (4,)),
            what=f"has the gradient of the formula{what}",
            share=2,
        )


def _gradients(functions, name, arguments, wanted, direction):
    """Of the result's product with a direction, with respect to the wanted arguments."""
    import torch

    arguments = {key: value.clone() for key, value in arguments.items()}
    leaves = [arguments[key].requires_grad_() for key in wanted]
    result = functions[name](*arguments.values())
    if not isinstance(result, torch.Tensor):
        raise TypeError(f"a {type(result).__name__} is returned, through which no gradient goes")
    if not result.requires_grad:
        raise ValueError(f"no gradient reaches {' or '.join(wanted)}")
    product = (result * direction).sum()
    found = torch.autograd.grad(product, leaves, allow_unused=True)
    for key, gradient in zip(wanted, found, strict=True):
        if gradient is None:
            raise ValueError(f"no gradient reaches {key}")
    return dict(zip(wanted, found, strict=True))


# ── reparametrize, reparametrize_by_quantile, base_density ───────────────────────────────────


def reparametrize(student, draw):
    name, shape = "reparametrize", (5, 3)
    mean, log_var, eps = (_normal(draw, shape) for _ in range(3))
    yield student.compare(
        name, mean, log_var, eps, what="agrees with the formula", core=True, share=4
    )
    singles = [one.float() for one in (mean, log_var, eps)]
    yield student.compare(name, *singles, what="takes float32", core=True)
    yield student.compare(name, mean[:1], log_var[:1], eps[:1], what="takes a batch of one")
    yield student.compare(
        name, mean.T, log_var.T, eps.T, what="takes more latents than images", core=True
    )
    sizes = torch.tensor([-8.0, 8.0, -7.5]) * torch.ones(shape)
    yield student.compare(
        name, mean, sizes.double(), eps, what="works for log variances of ±8", share=2
    )
    yield _draws_nothing(student, name, [mean, log_var, eps], "own_noise")
    arguments = {"mean": mean, "log_var": log_var, "eps": eps}
    direction = _normal(draw, shape)
    yield from _gradient_lines(student, name, arguments, ["mean", "log_var"], direction, share=8)


def _gradient_lines(student, name, arguments, wanted, direction, share):
    """A line for the gradient with respect to each wanted argument, and one for float32."""
    for key in wanted:
        yield student.compare(
            _gradients,
            name,
            arguments,
            [key],
            direction,
            what=f"has the gradient of the formula with respect to {key}",
            share=share,
        )
    yield student.compare(
        _gradients,
        name,
        {key: value.float() for key, value in arguments.items()},
        wanted,
        direction.float(),
        what=f"has the gradient{'s' * (len(wanted) > 1)} in float32",
        share=share / 2,
    )


def reparametrize_by_quantile(student, draw):
    name = "exponential_from_uniform"
    u, rate = _uniform(draw, 0.02, 0.98, (6,)), torch.tensor(draw.between(1.5, 4.0))
    slow = torch.tensor(draw.between(0.2, 0.6))
    yield student.compare(name, u, rate, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, u, slow, what="takes a rate below 1", core=True)
    yield student.compare(name, u.float(), rate.float(), what="takes float32")
    yield student.compare(name, u[:1], rate, what="takes a single number")
    ends = torch.tensor([0.0, 1e-4, 1 - 1e-4, 1 - 2**-24], dtype=torch.float64)
    yield student.compare(name, ends, rate, what="works from u = 0 to nearly 1", share=3)
    yield student.compare(
        name, ends.float(), rate.float(), what="works from u = 0 to nearly 1 in float32", share=2
    )
    yield student.compare(name, u, float(rate), what="takes a float as rate", share=2)
    yield _draws_nothing(student, name, [u, rate], "own_draws")
    arguments = {"u": u, "rate": slow}
    yield from _gradient_lines(student, name, arguments, ["rate"], _normal(draw, (6,)), share=12)


def base_density(student, draw):
    eps, inside = _normal(draw, (6,)), _uniform(draw, 0.05, 0.95, (6,))
    numbers = _uniform(draw, 0.5, 2.0, (3,))
    for kind, where, what, core, share in (
        ("stretched", eps, "a map that stretches and shifts", True, 2),
        ("reflected", eps, "a map that falls", False, 5),
        ("exponential", eps, "the exponential function", True, 2),
        ("falling exponential", eps, "an exponential function that falls", False, 5),
        ("quantile", inside, "a quantile function, whose base density is 1", True, 2),
        ("cubic", eps, "a cubic map", True, 2),
        ("uniform", 3 * eps, "places where the density of x is 0", False, 1),
    ):
        yield student.compare(
            _base_density, [kind], numbers, where, what=f"works for {what}", core=core, share=share
        )
    yield student.compare(
        _base_density, ["cubic"], numbers.float(), eps.float(), what="takes float32"
    )
    yield student.compare(_base_density, ["cubic"], numbers, eps[:1], what="takes a single number")
    yield student.compare(
        _base_density, ["cubic", "reflected"], numbers, eps, what="two densities stay apart"
    )
    yield student.compare(
        _base_density,
        ["cubic"],
        numbers,
        eps,
        _normal(draw, (6,)),
        what="the gradient reaches eps, and what p and g are made of",
        share=2,
    )


def _base_density(functions, kinds, numbers, eps, direction=None):
    """The base densities for some kinds of p and g, all made before the first is asked.

    With a direction, the gradient of the first one's product with it.
    """
    import math

    import torch

    if direction is not None:
        numbers, eps = numbers.clone().requires_grad_(), eps.clone().requires_grad_()
    mean, std, rate = numbers

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

    known = {
        "stretched": (normal, lambda e: mean + rate * e, lambda e: rate + 0 * e),
        "reflected": (normal, lambda e: mean - rate * e, lambda e: -rate + 0 * e),
        "exponential": (log_normal, rising, lambda e: rate * rising(e)),
        "falling exponential": (log_normal, falling, lambda e: -rate * falling(e)),
        "quantile": (exponential, lambda e: -torch.log1p(-e) / rate, lambda e: 1 / rate / (1 - e)),
        "cubic": (normal, lambda e: e + rate * e**3, lambda e: 1 + 3 * rate * e**2),
        "uniform": (uniform, lambda e: mean + e, lambda e: 1 + 0 * e),
    }
    densities = [functions["base_density_from"](*known[kind]) for kind in kinds]
    results = [density(eps) for density in densities]
    if direction is None:
        return results
    return torch.autograd.grad((results[0] * direction).sum(), (eps, numbers))


# ── score_function_gradient, pathwise_gradient ───────────────────────────────────────────────


def score_function_gradient(student, draw):
    yield from _estimator_lines(student, draw, "score_function_gradient")


def pathwise_gradient(student, draw):
    yield from _estimator_lines(student, draw, "pathwise_gradient")


def _estimator_lines(student, draw, name):
    mean, std = draw.between(0.3, 1.5), draw.between(0.5, 0.8)
    eps = _normal(draw, (6,))

    def line(mean, std, eps, what, kind="floats", atol=1e-4, **options):
        f = _uniform(draw, 0.5, 1.5, (3,)).to(eps.dtype)
        return student.compare(
            _estimates, name, f, mean, std, eps, kind, what=what, atol=atol, **options
        )

    yield line(mean, std, eps, "agrees with the formula", core=True, share=5)
    wide = draw.between(1.3, 2.5)
    yield line(-mean, wide, eps, "takes a std above 1 and a negative mean", core=True, share=2)
    for kind, what in (
        ("tensors", "0-d tensors"),
        ("leaves", "0-d tensors that ask for gradients"),
    ):
        yield line(mean, std, eps, f"takes {what} as mean and std", kind, share=4)
    single = eps.float()
    yield line(mean, std, single, "takes float32 noise with floats", share=2)
    yield line(mean, std, single, "takes float32 noise with 0-d tensors", "float32 leaves", share=2)
    yield line(mean, std, eps[:1], "takes a single sample")
    # A float that becomes a float32 tensor on the way costs 1e-7 of it, and that is divided by std.
    yield line(mean, 0.05 * std, eps, "works for a small std", atol=1e-2)


def _estimates(functions, name, f, mean, std, eps, kind):
    """The estimates for a function given by three numbers.

    kind: what mean and std are: floats, tensors, leaves (which ask for gradients), float32 leaves.
    """
    import torch

    square, wave, slope = f

    def values(x):
        return square * x**2 + torch.sin(wave * x) + slope * x

    if kind != "floats":
        dtype = torch.float32 if "float32" in kind else torch.float64
        leaf = "leaves" in kind
        mean, std = (torch.tensor(one, dtype=dtype, requires_grad=leaf) for one in (mean, std))
    return functions[name](values, mean, std, eps)


# ── reconstruction_loss, kl_loss ─────────────────────────────────────────────────────────────


def reconstruction_loss(student, draw):
    name, shape = "reconstruction_loss", (5, 7)
    logits, x = _normal(draw, shape, 2.0), _binary(draw, shape)
    yield student.compare(name, logits, x, what="agrees with the formula", core=True, share=4)
    singles = logits.float(), x.float()
    yield student.compare(name, *singles, what="takes float32", core=True)
    yield student.compare(name, logits[:1], x[:1], what="takes a batch of one")
    yield student.compare(
        name, logits[:, :3], x[:, :3], what="takes more images than pixels", core=True
    )
    arguments = {"logits": logits, "x": x}
    yield from _gradient_lines(student, name, arguments, ["logits"], _normal(draw, (5,)), share=6)
    for dtype, words in ((torch.float64, ""), (torch.float32, " in float32")):
        steep = (200 * torch.tensor(draw.signs(shape))).to(dtype)
        other = x.to(dtype)
        yield student.compare(name, steep, other, what=f"works for logits of ±200{words}", share=4)
        yield student.compare(
            _gradients,
            name,
            {"logits": steep, "x": other},
            ["logits"],
            _normal(draw, (5,)).to(dtype),
            what=f"has the gradient of the formula there{words}",
            share=2,
        )
    certain = 200 * (2 * x - 1)
    yield student.compare(name, certain, x, what="right certainties cost nothing")
    one = certain.clone()
    one[draw.integers(0, 5), draw.integers(0, 7)] *= -1
    yield student.compare(name, one, x, what="a single wrong certainty costs 200 nats", share=2)


def _binary(draw, shape):
    """0.0 and 1.0, both of them in every row."""
    x = torch.tensor(draw.integers(0, 2, shape)).double()
    x[:, :2] = torch.tensor([1.0, 0.0])
    return x


def kl_loss(student, draw):
    name, shape = "kl_loss", (5, 3)
    mean, log_var = _normal(draw, shape, 1.5), _normal(draw, shape)
    yield student.compare(name, mean, log_var, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, mean.float(), log_var.float(), what="takes float32", core=True)
    yield student.compare(name, mean[:1], log_var[:1], what="takes a batch of one")
    yield student.compare(name, mean.T, log_var.T, what="takes more latents than images", core=True)
    yield student.compare(name, mean[:, :1], log_var[:, :1], what="takes a single latent dimension")
    zeros = torch.zeros(shape)
    yield student.compare(name, mean, zeros.double(), what="takes log variances of 0", share=2)
    yield student.compare(name, zeros, zeros, what="is 0 where q is the prior")
    sizes = torch.tensor([-8.0, 8.0, -7.5]).double() + 0.1 * log_var
    yield student.compare(name, mean, sizes, what="works for log variances of ±8", share=2)
    yield _draws_nothing(student, name, [mean, log_var], "sampled")
    arguments = {"mean": mean, "log_var": log_var}
    direction = _normal(draw, (5,))
    yield from _gradient_lines(student, name, arguments, list(arguments), direction, share=6)


# ── manifold_grid ────────────────────────────────────────────────────────────────────────────


def manifold_grid(student, draw):
    n = draw.integers(4, 8)
    yield student.compare("manifold_grid", n, what="agrees with the formula", core=True, share=4)
    yield student.compare("manifold_grid", draw.integers(9, 13), what="takes another n", core=True)
    grid = student.value("manifold_grid", n)
    yield student.holds(
        getattr(grid, "dtype", None) == torch.float32,
        "is float32",
        _dtype(grid),
        mistake="float64" if getattr(grid, "dtype", None) == torch.float64 else None,
        share=3,
    )
    yield _draws_nothing(student, "manifold_grid", [n], "random")
    yield student.compare("manifold_grid", 1, what="n = 1 gives the origin")
    yield student.compare("manifold_grid", 2, what="takes n = 2")
    yield student.compare("manifold_grid", 20, what="takes n = 20")


# ── a student's report ───────────────────────────────────────────────────────────────────────


def report_likelihood(student, draw):
    values = -3 + 2 * _normal(draw, (7, 4))
    fine = {"rtol": 2e-6, "atol": 1e-4}
    yield from _report_lines(student, "report_likelihood", "wrong", [values], **fine)
    for one, what in (
        (values.float(), "the value in float32"),
        (values[:3], "the value for fewer samples than images"),
        (values - 1000, "the value near -1000"),
        (values.float() - 1000, "the value near -1000 in float32"),
        (values - 500 * torch.arange(4), "the value for images that differ by far"),
    ):
        yield _value_line(student, "report_likelihood", [one], what, **fine)


def report_kl(student, draw):
    mean, std = _normal(draw, (5, 3), 1.5), _uniform(draw, 0.3, 2.5, (5, 3))
    yield from _report_lines(student, "report_kl", "wrong", [mean, std])
    for one, what in (
        ([mean.float(), std.float()], "the value in float32"),
        ([mean.T, std.T], "the value for more latents than images"),
    ):
        yield _value_line(student, "report_kl", one, what)


def report_gap(student, draw):
    x, offset = _normal(draw, (5,), 2.0), draw.normal()
    slope, std = draw.between(0.5, 2.0), draw.between(0.5, 2.0)
    name, numbers = "report_gap", [slope, offset, std]
    yield from _report_lines(student, name, "wrong", [x, *numbers], target=_mean_and_std)
    for one, what in (
        ([x, -slope, offset, std], "the value for a slope below 0"),
        ([x, slope, offset, 0.1 * std], "the value for a small std"),
        ([x, *map(torch.tensor, numbers)], "the value for 0-d tensors"),
        ([x.float(), *numbers], "the value in float32"),
    ):
        yield _value_line(student, name, one, what, target=_mean_and_std)
    flat = [x, 0.0, offset, std]
    yield student.compare(_mean_and_std, name, flat, what="the value for a slope of 0")
    yield student.compare(
        _value, name, [x, *numbers], what="both parts of the value have the shape of x"
    )


def report_loss(student, draw):
    log_p, kl = -90 + 5 * _normal(draw, (5,)), _uniform(draw, 10.0, 30.0, (5,))
    yield from _report_lines(student, "report_loss", "wrong", [log_p, kl])
    yield _value_line(student, "report_loss", [log_p.float(), kl.float()], "the value in float32")
    yield _value_line(student, "report_loss", [log_p[:3], kl[:3]], "the value for fewer images")


def report_game(student, draw):
    real, fake = _uniform(draw, 0.3, 0.95, (5,)), _uniform(draw, 0.05, 0.7, (5,))
    yield from _report_lines(student, "report_game", "right", [real, fake])
    half = torch.full((3,), 0.5, dtype=torch.float64)
    yield _value_line(student, "report_game", [half, half], "the value where D is 1/2 throughout")
    yield _value_line(student, "report_game", [real.float(), fake.float()], "the value in float32")


def report_flow(student, draw):
    name = "report_flow"
    z, matrix = _normal(draw, (6, 3)), _invertible(draw, 3)
    yield from _report_lines(student, name, "wrong", [z, matrix], share=3)
    flipped = matrix.clone()
    flipped[0] *= -1
    four = _normal(draw, (3, 4)), _invertible(draw, 4)
    for one, what in (
        ([z, flipped], "the value for a matrix whose determinant has the other sign"),
        ([*four], "the value in four dimensions"),
        ([z, 3 * matrix], "the value for a map that stretches"),
        ([z.float(), matrix.float()], "the value in float32"),
    ):
        yield _value_line(student, name, one, what)
    small = [z, 1e-5 * matrix]
    yield student.compare(_value, name, small, what="a small determinant is not 0")
    tall, wide = _normal(draw, (4, 3)), _normal(draw, (3, 4))
    row, column = matrix.clone(), matrix.clone()
    row[draw.integers(0, 3)] = 0
    column[:, draw.integers(0, 3)] = 0
    twice = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64)
    for points, bad, what in (
        (z, tall, "more outputs than inputs"),
        (_normal(draw, (6, 4)), wide, "fewer outputs than inputs"),
        (z, row, "a row of zeros"),
        (z, column, "a column of zeros"),
        (z[:, :2], twice, "a row that is twice another"),
    ):
        yield student.raises(ValueError, name, points, bad, what=f"refuses a matrix with {what}")


def _report_lines(student, name, verdict, arguments, target=None, share=1, **tolerance):
    """The verdict, and the value on the first inputs."""
    yield student.meets(
        _says(verdict), _verdict, name, arguments, what="the verdict on the statement", share=share
    )
    yield _value_line(student, name, arguments, "the value", target, **tolerance)


def _value_line(student, name, arguments, what, target=None, **tolerance):
    target = target or _value
    return student.compare(target, name, arguments, what=what, core=True, **tolerance)


def _says(verdict):
    """A condition: the text is that verdict, in whatever letters."""

    def problem(text):
        said = text.strip().lower()
        if said not in ("right", "wrong"):
            return f'The verdict is "right" or "wrong", not {said[:40]!r}.'
        return "" if said == verdict else "Think again about the statement."

    return problem


def _verdict(functions, name, arguments):
    """The first of the two values that are returned."""
    result = functions[name](*arguments)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise TypeError(f"{name} returns a pair (verdict, value)")
    if not isinstance(result[0], str):
        raise TypeError("the verdict is a text")
    return result[0]


def _value(functions, name, arguments):
    """The second."""
    result = functions[name](*arguments)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise TypeError(f"{name} returns a pair (verdict, value)")
    return result[1]


def _mean_and_std(functions, name, arguments):
    """The two parts of a value, each brought to the shape of the first argument."""
    import torch

    result = functions[name](*arguments)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise TypeError(f"{name} returns a pair (verdict, value)")
    mean, std = result[1]
    shape = arguments[0].shape
    return [torch.broadcast_to(torch.as_tensor(part), shape) for part in (mean, std)]


def _invertible(draw, n):
    """A full matrix whose determinant is well away from 1, with either sign."""
    left, right = (np.linalg.qr(draw.normal((n, n)))[0] for _ in range(2))
    return torch.tensor(left * draw.between(1.3, 2.5, (n,)) @ right)
