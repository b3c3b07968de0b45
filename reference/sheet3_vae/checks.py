"""What the judge tries on each function of sheet 3: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs.
"""

import numpy as np
import torch

from reference import derivations
from reference import probes as common
from reference.lines import DIFFER, draws_nothing
from reference.sheet3_vae import probes
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
    case, target = (arrays, eps, u), probes.ancestral
    yield student.compare(target, *case, what="agrees with the formula", core=True, share=4)
    x, again = student.value(target, *case), student.value(target, *case)
    is_tensor = isinstance(x, torch.Tensor)
    yield student.holds(
        is_tensor and x.dtype.is_floating_point,
        "returns floating-point numbers",
        _dtype(x),
        mistake="booleans" if is_tensor else None,
        share=3,
    )
    same = np.array_equal(x, again)
    yield student.holds(same, "draws nothing itself", DIFFER, mistake="own_draws")
    *other, other_logits = _decoding(draw, n=8, latent=2, pixels=4)
    other.append(_away_from(draw, other_logits))
    yield student.compare(target, *other, what="takes more draws than pixels", core=True)
    singles = [array.float() for array in arrays], eps.float(), u.float()
    yield student.compare(target, *singles, what="takes float32 tensors", share=2)
    yield student.compare(
        target, *_steep(draw), what="works for logits of ±200 in float32", share=2
    )
    (A, B, c), half = arrays, torch.full_like(u, 0.5)
    zero = [A, torch.zeros_like(B), torch.zeros_like(c)]
    yield from student.compare_each(
        target,
        {
            "takes a single draw": (arrays, eps[:1], u[:1]),
            "u = 0 is below every probability": (arrays, eps, torch.zeros_like(u)),
            "a u that equals the probability gives 0": (zero, eps, half),
        },
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


def _steep(draw):
    """A decoder, draws and uniform numbers in float32, where a clipped probability shows."""
    (A, B, _), eps, _ = _decoding(draw, n=4, latent=2, pixels=5)
    signs = torch.tensor(draw.signs((5,)))
    signs[:2] = torch.tensor([1.0, -1.0])
    u = _uniform(draw, 0.01, 0.99, (4, 5))
    u[0] = torch.where(signs > 0, 0.999, 0.001)
    steep = [array.float() for array in (A, torch.zeros_like(B), 200 * signs)]
    return steep, eps.float(), u.float()


def _dtype(value):
    return f"Its dtype is {getattr(value, 'dtype', type(value).__name__)}."


def _normal(draw, shape, scale=1.0):
    return torch.tensor(draw.normal(shape, scale))


def _uniform(draw, low, high, shape):
    return torch.tensor(draw.between(low, high, shape))


# ── log_likelihood ───────────────────────────────────────────────────────────────────────────

# At -1000, where float32 adds up to 1e-4: a forgotten log 2 is 70 times what is allowed.
FINE = {"rtol": 1e-5, "atol": 1e-4}


def log_likelihood(student, draw):
    name = "log_likelihood"
    values = -3 + 2 * _normal(draw, (7, 4))
    low = values - 1000
    yield student.compare(name, values, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, values[:3], what="takes fewer samples than images", core=True)
    yield from student.same_for(
        name,
        values,
        float32="takes float32",
        one_row="takes a single sample",
        shapes={"takes a single image": (values[:, :1],)},
    )
    # In float32, exp(x - y) is 0 where x is 104 below y, and infinite where it is 89 above.
    images = values.float() + torch.tensor([-1100.0, -850.0, -990.0, -860.0])
    samples = values.float() + torch.linspace(-1000, -600, 7)[draw.permutation(7), None]
    for given, what, share in (
        (low, "works near -1000", 4),
        (low.float(), "works near -1000 in float32", 4),
        (images, "works where some images are far more likely than others", 3),
        (samples, "works where some samples fit far better than others", 2),
    ):
        yield student.compare(name, given, what=what, share=share, **FINE)
    signs = {"takes values above 0": (values.abs() + 0.1,), "takes values below 0": (low / 250,)}
    yield from student.compare_each(name, signs)
    for given, what in ((values, ""), (low, " near -1000")):
        yield _gradient(
            student,
            name,
            {"log_p_x_given_z": given},
            _normal(draw, (4,)),
            f"has the gradient of the formula{what}",
            share=2,
        )


def _gradient(student, name, arguments, direction, what, wanted=None, share=1.0):
    """A line on the gradients with respect to the wanted arguments, the first if none are given."""
    wanted = wanted or [next(iter(arguments))]
    return student.compare(
        common.gradients, name, arguments, wanted, direction, what=what, share=share
    )


def _gradient_lines(student, name, arguments, wanted, direction, share):
    """A line for the gradient with respect to each wanted argument, and one for float32."""
    for key in wanted:
        what = f"has the gradient of the formula with respect to {key}"
        yield _gradient(student, name, arguments, direction, what, [key], share)
    singles = {key: value.float() for key, value in arguments.items()}
    what = f"has the gradient{'s' * (len(wanted) > 1)} in float32"
    one_sign = direction.abs().float()  # so that nothing cancels in what float32 adds up
    yield _gradient(student, name, singles, one_sign, what, wanted, share / 2)


# ── reparametrize, reparametrize_by_quantile, base_density ───────────────────────────────────


def reparametrize(student, draw):
    name, shape = "reparametrize", (5, 3)
    mean, eps = _normal(draw, shape), _normal(draw, shape)
    # within ±1.5: what large and small variances cost has lines of its own
    log_var = _normal(draw, shape).clamp(-1.5, 1.5)
    case = [mean, log_var, eps]
    sizes = (torch.tensor([-8.0, 8.0, -7.5]) * torch.ones(shape)).double()
    yield student.compare(name, *case, what="agrees with the formula", core=True, share=4)
    turned = {"takes more latents than images": (mean.T, log_var.T, eps.T)}
    core = {"core": True}
    yield from student.same_for(name, *case, float32="takes float32", shapes=turned, options=core)
    yield from student.same_for(name, *case, one_row="takes a batch of one")
    yield student.compare(name, mean, sizes, eps, what="works for log variances of ±8", share=2)
    cases = {what: (mean, lv, eps) for what, lv in _of_one_sign(log_var).items()}
    yield from student.compare_each(name, cases)
    # beside a mean of size 1, no one would see what a small standard deviation is
    tiny, what = (torch.zeros_like(mean), 0.1 * log_var - 14, eps), "works for tiny variances"
    yield student.compare(name, *tiny, what=what, atol=1e-9)
    yield draws_nothing(student, name, case, "own_noise")
    arguments = dict(zip(("mean", "log_var", "eps"), case, strict=True))
    direction = _normal(draw, shape)
    yield from _gradient_lines(student, name, arguments, ["mean", "log_var"], direction, share=8)


def reparametrize_by_quantile(student, draw):
    name = "exponential_from_uniform"
    u, rate = _uniform(draw, 0.02, 0.98, (6,)), torch.tensor(draw.between(1.5, 4.0))
    slow = torch.tensor(draw.between(0.2, 0.6))
    ends = torch.tensor([0.0, 1e-4, 1 - 1e-4, 1 - 2**-24], dtype=torch.float64)
    for given, what, core, share in (
        ((u, rate), "agrees with the formula", True, 4),
        ((u, slow), "takes a rate below 1", True, 1),
        ((ends, rate), "works from u = 0 to nearly 1", False, 3),
        ((ends.float(), rate.float()), "works from u = 0 to nearly 1 in float32", False, 2),
        ((u, float(rate)), "takes a float as rate", False, 2),
    ):
        yield student.compare(name, *given, what=what, core=core, share=share)
    one = {"float32": "takes float32", "one_row": "takes a single number"}
    yield from student.same_for(name, u, rate, **one)
    yield draws_nothing(student, name, [u, rate], "own_draws")
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
        case, what = ([kind], numbers, where), f"works for {what}"
        yield student.compare(probes.base_density, *case, what=what, core=core, share=share)
    yield from student.same_for(
        probes.base_density,
        ["cubic"],
        numbers,
        eps,
        float32="takes float32",
        shapes={
            "takes a single number": (["cubic"], numbers, eps[:1]),
            "two densities stay apart": (["cubic", "reflected"], numbers, eps),
        },
    )
    yield student.compare(
        probes.base_density_gradient,
        "cubic",
        numbers,
        eps,
        _normal(draw, (6,)),
        what="the gradient reaches eps, and what p and g are made of",
        share=2,
    )


# ── score_function_gradient, pathwise_gradient ───────────────────────────────────────────────


def score_function_gradient(student, draw):
    yield from _estimator_lines(student, draw, "score_function_gradient")


def pathwise_gradient(student, draw):
    name, eps = "pathwise_gradient", _normal(draw, (6,))
    yield from _estimator_lines(student, draw, name)
    f = torch.tensor([0.5, draw.between(10.0, 14.0), 1.0], dtype=torch.float64)
    what = "works for a function that bends quickly"
    yield student.compare(probes.estimates, name, f, 0.7, 0.6, eps, what=what, atol=1e-4)


def _estimator_lines(student, draw, name):
    mean, std = draw.between(0.3, 1.5), draw.between(0.5, 0.8)
    wide, eps = draw.between(1.3, 2.5), _normal(draw, (6,))
    single, core, twice, four = eps.float(), {"core": True}, {"share": 2}, {"share": 4}
    for given, what, options in (
        ((mean, std, eps), "agrees with the formula", core | {"share": 5}),
        ((-mean, wide, eps), "takes a std above 1 and a negative mean", core | twice),
        ((mean, std, eps, "tensors"), "takes 0-d tensors as mean and std", four),
        (
            (mean, std, eps, "leaves"),
            "takes 0-d tensors that ask for gradients as mean and std",
            four,
        ),
        ((mean, std, single), "takes float32 noise with floats", twice),
        ((mean, std, single, "float32 leaves"), "takes float32 noise with 0-d tensors", twice),
        ((mean, std, eps[:1]), "takes a single sample", {}),
        # A float that becomes a float32 tensor on the way costs 1e-7, and is divided by std.
        ((mean, 0.05 * std, eps), "works for a small std", {"atol": 1e-2}),
    ):
        f = _uniform(draw, 0.5, 1.5, (3,)).to(given[2].dtype)
        yield student.compare(
            probes.estimates, name, f, *given, what=what, **{"atol": 1e-4} | options
        )


# ── reconstruction_loss, kl_loss ─────────────────────────────────────────────────────────────


def reconstruction_loss(student, draw):
    name, shape = "reconstruction_loss", (5, 7)
    # not beyond 2: what far logits cost has lines of its own, which are not core ones
    logits, x = case = _normal(draw, shape, 1.5).clamp(min=-2.0, max=2.0), _binary(draw, shape)
    yield student.compare(name, *case, what="agrees with the formula", core=True, share=4)
    narrow = {"takes more images than pixels": (logits[:, :3], x[:, :3])}
    core = {"core": True}
    yield from student.same_for(name, *case, float32="takes float32", shapes=narrow, options=core)
    yield from student.same_for(name, *case, one_row="takes a batch of one")
    arguments = {"logits": logits, "x": x}
    yield from _gradient_lines(student, name, arguments, ["logits"], _normal(draw, (5,)), share=6)
    for dtype, words in ((torch.float64, ""), (torch.float32, " in float32")):
        steep = (200 * torch.tensor(draw.signs(shape))).to(dtype)
        there = {"logits": steep, "x": x.to(dtype)}
        what = f"works for logits of ±200{words}"
        yield student.compare(name, *there.values(), what=what, share=4)
        what = f"has the gradient of the formula there{words}"
        yield _gradient(student, name, there, _normal(draw, (5,)).to(dtype), what, share=2)
    certain = 200 * (2 * x - 1)
    yield student.compare(name, certain, x, what="right certainties cost nothing")
    cases = {
        "takes logits between 0 and 1": (torch.sigmoid(logits), x),
        "takes logits that are all positive": (logits.abs() + 1, x),
        "takes logits that are all negative": (-logits.abs(), x),
        "takes images that are all black": (logits, torch.zeros_like(x)),
        "takes images that are all white": (logits, torch.ones_like(x)),
    }
    yield from student.compare_each(name, cases)
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
    # not below -1: what small variances cost has a line of its own, which is not a core one
    mean, log_var = case = _normal(draw, shape, 1.5), _normal(draw, shape).clamp(min=-1.0)
    zeros = torch.zeros(shape)
    sizes = torch.tensor([-8.0, 8.0, -7.5]).double() + 0.1 * log_var
    yield student.compare(name, *case, what="agrees with the formula", core=True, share=4)
    turned = {"takes more latents than images": (mean.T, log_var.T)}
    core = {"core": True}
    yield from student.same_for(name, *case, float32="takes float32", shapes=turned, options=core)
    shapes = {
        "takes a single latent dimension": (mean[:, :1], log_var[:, :1]),
        "is 0 where q is the prior": (zeros, zeros),
    }
    yield from student.same_for(name, *case, one_row="takes a batch of one", shapes=shapes)
    cases = {
        "takes log variances of 0": (mean, zeros.double()),
        "works for log variances of ±8": (mean, sizes),
    }
    yield from student.compare_each(name, cases, share=2)
    # a row for each size: in one sum, the large ones would hide what the small ones cost
    sizes = torch.tensor([[-14.0], [-8.0], [-11.0], [5.0], [8.0]]).double() + 0.1 * log_var
    what = "works where all variances of an image are tiny, or large"
    yield student.compare(name, mean, sizes, what=what, share=2)
    cases = {what: (mean, lv) for what, lv in _of_one_sign(log_var).items()}
    yield from student.compare_each(name, cases)
    yield draws_nothing(student, name, [mean, log_var], "sampled")
    arguments = {"mean": mean, "log_var": log_var}
    direction = _normal(draw, (5,))
    yield from _gradient_lines(student, name, arguments, list(arguments), direction, share=6)


def _of_one_sign(log_var):
    """Log variances that nobody can tell from variances or standard deviations, and others."""
    return {
        "takes log variances that are all positive": log_var.abs() + 0.1,
        "takes log variances that are all negative": -log_var.abs() - 0.1,
    }


# ── manifold_grid ────────────────────────────────────────────────────────────────────────────


def manifold_grid(student, draw):
    name, n = "manifold_grid", draw.integers(4, 8)
    yield student.compare(name, n, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, draw.integers(9, 13), what="takes another n", core=True)
    grid = student.value(name, n)
    dtype = getattr(grid, "dtype", None)
    yield student.holds(
        dtype == torch.float32,
        "is float32",
        _dtype(grid),
        mistake="float64" if dtype == torch.float64 else None,
        share=3,
    )
    yield draws_nothing(student, name, [n], "random")
    cases = {"n = 1 gives the origin": (1,), "takes n = 2": (2,), "takes n = 60": (60,)}
    yield from student.compare_each(name, cases)


# ── a student's report ───────────────────────────────────────────────────────────────────────


def report_likelihood(student, draw):
    values = -3 + 2 * _normal(draw, (7, 4))
    cases = {
        "": [values],
        " in float32": [values.float()],
        " for fewer samples than images": [values[:3]],
        " near -1000": [values - 1000],
        " near -1000 in float32": [values.float() - 1000],
        " for images that differ by far": [values - 500 * torch.arange(4)],
    }
    yield from _report_lines(student, "report_likelihood", "wrong", cases, **FINE)


def report_kl(student, draw):
    # not below 1/2: what small ones cost has a line of its own, which is not a core one
    mean, std = _normal(draw, (5, 3), 1.5), _uniform(draw, 0.5, 2.5, (5, 3))
    cases = {
        "": [mean, std],
        " in float32": [mean.float(), std.float()],
        " for more latents than images": [mean.T, std.T],
    }
    yield from _report_lines(student, "report_kl", "right", cases)
    of_one_size = torch.tensor([[1e-3], [0.03], [0.3], [5.0], [50.0]]).double() * std
    cases = {
        "where all std of an image are tiny, or large": of_one_size,
        "for std that are all above 1": 1 + std,
        "for std that are all below 1": 0.3 * std,
    }
    named = {f"the value {what}": ("report_kl", [mean, std]) for what, std in cases.items()}
    yield from student.compare_each(probes.value, named)


def report_gap(student, draw):
    x, offset = _normal(draw, (5,), 2.0), draw.normal()
    slope, std = draw.between(0.5, 2.0), draw.between(0.5, 2.0)
    name, numbers, both = "report_gap", [slope, offset, std], probes.mean_and_std
    cases = {
        "": [x, *numbers],
        " for a slope below 0": [x, -slope, offset, std],
        " for a small std": [x, slope, offset, 0.1 * std],
        " for 0-d tensors": [x, *map(torch.tensor, numbers)],
        " in float32": [x.float(), *numbers],
    }
    yield from _report_lines(student, name, "wrong", cases, target=both)
    flat = [x, 0.0, offset, std]
    yield student.compare(both, name, flat, what="the value for a slope of 0")
    what = "both parts of the value have the shape of x"
    yield student.compare(probes.value, name, [x, *numbers], what=what)


def report_loss(student, draw):
    log_p, kl = -90 + 5 * _normal(draw, (5,)), _uniform(draw, 10.0, 30.0, (5,))
    cases = {
        "": [log_p, kl],
        " in float32": [log_p.float(), kl.float()],
        " for fewer images": [log_p[:3], kl[:3]],
    }
    yield from _report_lines(student, "report_loss", "right", cases)


def report_game(student, draw):
    real, fake = _uniform(draw, 0.3, 0.95, (5,)), _uniform(draw, 0.05, 0.7, (5,))
    half = torch.full((3,), 0.5, dtype=torch.float64)
    cases = {
        "": [real, fake],
        " where D is 1/2 throughout": [half, half],
        " in float32": [real.float(), fake.float()],
    }
    yield from _report_lines(student, "report_game", "right", cases)


def report_flow(student, draw):
    name, z, matrix = "report_flow", _normal(draw, (6, 3)), _invertible(draw, 3)
    flipped = matrix.clone()
    flipped[0] *= -1
    cases = {
        "": [z, matrix],
        " for a matrix whose determinant has the other sign": [z, flipped],
        " in four dimensions": [_normal(draw, (3, 4)), _invertible(draw, 4)],
        " for a map that stretches": [z, 3 * matrix],
        " in float32": [z.float(), matrix.float()],
    }
    yield from _report_lines(student, name, "wrong", cases, share=3)
    small = [z, 1e-5 * matrix]
    yield student.compare(probes.value, name, small, what="a small determinant is not 0")
    row, column = matrix.clone(), matrix.clone()
    row[draw.integers(0, 3)] = 0
    column[:, draw.integers(0, 3)] = 0
    twice = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64)
    bad = {
        "more outputs than inputs": (z, _normal(draw, (4, 3))),
        "fewer outputs than inputs": (_normal(draw, (6, 4)), _normal(draw, (3, 4))),
        "a row of zeros": (z, row),
        "a column of zeros": (z, column),
        "a row that is twice another": (z[:, :2], twice),
    }
    bad = {f"refuses a matrix with {what}": case for what, case in bad.items()}
    yield from student.raises_each(ValueError, name, bad)


def _report_lines(student, name, verdict, cases, target=probes.value, share=1, **tolerance):
    """The verdict on the first inputs, and the value for each case, by the words for it."""
    arguments = next(iter(cases.values()))
    what, condition = "the verdict on the statement", _says(verdict)
    yield student.meets(condition, probes.verdict, name, arguments, what=what, share=share)
    named = {f"the value{what}": (name, arguments) for what, arguments in cases.items()}
    yield from student.compare_each(target, named, core=True, share=2, **tolerance)


def _says(verdict):
    """A condition: the text is that verdict, in whatever letters."""

    def problem(text):
        said = str(text).strip().lower()
        if said not in ("right", "wrong"):
            return f'The verdict is "right" or "wrong", not {said[:40]!r}.'
        return "" if said == verdict else "Think again about the statement."

    return problem


def _invertible(draw, n):
    """A full matrix whose determinant is well away from 1, with either sign."""
    left, right = (np.linalg.qr(draw.normal((n, n)))[0] for _ in range(2))
    return torch.tensor(left * draw.between(1.3, 2.5, (n,)) @ right)


# ── importance_bound_derivation ──────────────────────────────────────────────────────────────────


def importance_bound_derivation(student, draw):
    yield from derivations.lines(student, draw, "importance_bound_derivation")


# ── score_function_derivation, pathwise_derivation ───────────────────────────────────────────────


def score_function_derivation(student, draw):
    yield from derivations.lines(student, draw, "score_function_derivation")


def pathwise_derivation(student, draw):
    yield from derivations.lines(student, draw, "pathwise_derivation")
