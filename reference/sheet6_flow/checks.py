"""What the judge tries on each function of sheet 6: one generator of report lines per item.

Nothing here is an identity: networks and layers have random parameters, every layer's
log-determinant differs from 0, and the reference's is that of the map's own Jacobian. Names that
begin with an underscore build the inputs.
"""

from functools import partial

import numpy as np
import torch

from reference import derivations
from reference.sheet6_flow import probes

# ── change_of_variables ──────────────────────────────────────────────────────────────────────


def change_of_variables(student, draw):
    numbers = torch.tensor(draw.between(0.5, 1.6, (4,)))
    numbers[2] = draw.between(0.3, 0.7)  # below 1, so that a logarithm is negative
    # Not so far out that sinh leaves densities that are too small for a float, or a float32.
    x, plane = _uniform(draw, -1.5, 1.5, (5,)), _uniform(draw, -0.5, 0.5, (4, 3))
    matrix = _invertible(draw, 3)
    for kind, where, words, share in (
        ("stretched", x, "map that stretches and shifts", 2),
        ("sinh", x, "map that is no straight line", 3),
        ("logarithm", torch.exp(x), "map whose inverse is the logarithm", 2),
        ("matrix", plane, "matrix in three dimensions", 2),
        ("bent matrix", plane, "bent map in three dimensions", 3),
    ):
        case, what = (kind, numbers, matrix, where), f"works for a {words}"
        yield student.compare(probes.transformed, *case, what=what, core=True, share=share)
    flipped = matrix * torch.tensor([[-1.0], [1.0], [1.0]])
    far = _normal(draw, (4, 3)) + 60 * torch.tensor(draw.signs((4, 3)))
    cases = {
        "works for a map that falls": ("falling", numbers, matrix, x),
        "works for a determinant of the other sign": ("bent matrix", numbers, flipped, plane),
        "works where the density is too small for a float": ("matrix", numbers, matrix, far),
    }
    yield from student.compare_each(probes.transformed, cases, share=2)
    few, one, three = _normal(draw, (3, 3)), _invertible(draw, 1), "in three dimensions"
    singles = numbers.float(), matrix.float()
    cases = {
        "takes float32": ("sinh", *singles, x.float()),
        f"takes float32 {three}": ("bent matrix", *singles, plane.float()),
        "takes a single number": ("sinh", numbers, matrix, x[:1]),
        f"takes a single point {three}": ("bent matrix", numbers, matrix, plane[:1]),
        "takes as many points as dimensions": ("bent matrix", numbers, matrix, few),
        "takes points of one dimension": ("bent matrix", numbers, one, _normal(draw, (4, 1))),
        "works there in float32": ("matrix", *singles, far.float()),
    }
    yield from student.compare_each(probes.transformed, cases)
    what = "the gradient reaches x and the functions' parameters"
    cases = {
        f"{what} on a line": ("sinh", numbers, matrix, x, _normal(draw, (5,))),
        f"{what} {three}": ("bent matrix", numbers, matrix, plane, _normal(draw, (4,))),
    }
    yield from student.compare_each(probes.transformed, cases, share=3)


def _normal(draw, shape, scale=1.0):
    return torch.tensor(draw.normal(shape, scale))


def _uniform(draw, low, high, shape):
    return torch.tensor(draw.between(low, high, shape))


def _invertible(draw, n):
    """A full matrix whose determinant is well away from 1, with either sign."""
    left, right = (np.linalg.qr(draw.normal((n, n)))[0] for _ in range(2))
    return torch.tensor(left * draw.between(1.3, 2.2, (n,)) @ right)


# ── standard_normal_log_prob ─────────────────────────────────────────────────────────────────


def standard_normal_log_prob(student, draw):
    name, z = "standard_normal_log_prob", _normal(draw, (5, 3), 1.5)
    yield student.compare(name, z, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, z.T, what="takes more dimensions than points", core=True)
    cases = {
        "takes as many points as dimensions": (z[:3],),
        "takes a single point": (z[:1],),
        "takes points of one dimension": (z[:, :1],),
        "is right at the mode": (torch.zeros(4, 3),),
        "takes points with positive coordinates": (z.abs(),),
        "takes points with negative coordinates": (-z.abs(),),
    }
    yield from student.compare_each(name, cases)
    cases = {
        "takes float32": (z.float(),),
        "works far away from 0": (z + 40 * torch.tensor(draw.signs((5, 3))),),
    }
    yield from student.compare_each(name, cases, share=2)
    large, what = _normal(draw, (3, 784)).float(), "works in 784 dimensions, in float32"
    # 784 terms, added one after the other, are known to 784 times the rounding of one, 6e-8.
    yield student.compare(name, large, what=what, share=2, rtol=5e-4)
    case, what = (name, [z], _normal(draw, (5,))), "the gradient reaches z"
    yield student.compare(probes.slopes, *case, what=what, share=3)


# ── AffineCoupling ───────────────────────────────────────────────────────────────────────────

WAYS = ("forward", "inverse")


def AffineCoupling(student, draw):
    case = _coupled_both_ways(draw, [1, 0, 1, 1, 0], batch=4)
    log_det = "log_det is log |det| of its Jacobian"
    points = {
        "forward": "z agrees with the formula",
        "inverse": "x agrees with the formula, at any z",
    }
    for way, words in points.items():
        cases = {f"{way}: {words}": (*case, way, 0), f"{way}: {log_det}": (*case, way, 1)}
        yield from student.compare_each(probes.coupled, cases, core=True, share=3, of=way)
    amount = draw.between(0.3, 0.6)
    what = "the network is registered: its parameters are the layer's"
    probe = probes.coupled_after_a_change
    yield student.compare(probe, *case, amount, what=what, core=True, share=2)
    what, probe = "nothing but the network learns", probes.coupled_after_others_learned
    yield student.compare(probe, *case, amount, what=what, share=2)
    directions = [_normal(draw, tuple(case[2].shape)), _normal(draw, (len(case[2]),))]
    for way, share in zip(WAYS, (3, 2), strict=True):
        what = f"{way}: the gradients reach the points and the network's parameters"
        asked = *case, way, directions
        options = {"core": way == "forward", "share": share, "of": way}
        yield student.compare(probes.coupled_gradients, *asked, what=what, **options)
    what = "inverse takes its network's output at z, not from the last call of forward"
    yield student.compare(probes.inverse_later, *case, what=what, share=2)
    what = "its state_dict fits another layer of the same kind"
    yield student.compare(probes.twin, *case, what=what)
    yield from _masks(student, draw)
    steep = _coupled(draw, [0, 1, 0, 1], batch=5, s=8.0, t=25.0)
    what = "inverse undoes forward for s near ±8"
    yield student.compare(probes.round_trip, *steep, what=what)
    single = [array.float() for array in case[0]], case[1].float(), case[2].float()
    for way in WAYS:
        cases = {
            f"{way}: s near ±8 and t near ±25 are taken as they are": (*steep, way),
            f"takes float32, {way}": (*single, way),
        }
        yield from student.compare_each(probes.coupled, cases, of=way)


def _masks(student, draw):
    """Lines on masks of all kinds, and on sizes."""
    single = [0] * 5
    single[draw.integers(0, 5)] = 1
    others = [1 - bit for bit in single]
    for bits, batch, what in (
        ([0, 1, 0, 1, 0, 1], 4, "an alternating mask"),
        ([1, 1, 0, 0], 3, "a mask that is one half"),
        (single, 3, "a mask with a single 1"),
        (others, 6, "a mask with a single 0"),
        ([1, 1, 1], 4, "a mask of ones, which changes nothing"),
        ([0, 0, 0], 4, "a mask of zeros, which hides everything"),
        ([0, 1, 1], 1, "a batch of one"),
        ([0, 1, 1], 3, "as many points as dimensions"),
        ([1, 0], 5, "points of two dimensions"),
        ([0], 3, "points of one dimension"),
    ):
        case = _coupled(draw, bits, batch)
        for way in WAYS:
            yield student.compare(probes.coupled, *case, way, what=f"{way} with {what}", of=way)
    arrays, mask, x = _coupled(draw, [1, 0] * 60, 3, s=0.5)
    arrays[3][:120] += 2.0
    case = [array.float() for array in arrays], mask.float(), x.float()
    what = "works for a determinant above 1e38"
    yield student.compare(probes.coupled, *case, "forward", 1, what=what, of="forward")


def _coupled_both_ways(draw, bits, batch):
    """As `_coupled`, with log-scales that are clearly of both signs at what the mask leaves."""
    while True:
        arrays, mask, x = _coupled(draw, bits, batch)
        with torch.no_grad():
            s = probes.Net(arrays)(mask * x)[0][:, mask == 0]
        if s.min() < -0.3 and s.max() > 0.3:
            return arrays, mask, x


def _coupled(draw, bits, batch, s=1.2, t=1.5):
    """A network's arrays, a mask, and points, all float64: the layer is far from an identity.

    s, t: the sizes of the network's log-scales and shifts, at the masked entries too.
    """
    d, hidden = len(bits), 6
    spread = np.repeat([s, t], d)
    arrays = [
        draw.normal((d, hidden), 1.2 / np.sqrt(d)),
        draw.normal((hidden,)),
        draw.normal((hidden, 2 * d)) * spread / np.sqrt(hidden),
        0.7 * draw.between(0.5, 1.0, (2 * d,)) * draw.signs((2 * d,)) * spread,
    ]
    mask = torch.tensor(bits, dtype=torch.float64)
    return [torch.tensor(array) for array in arrays], mask, _normal(draw, (batch, d), 1.3)


# ── Flow ─────────────────────────────────────────────────────────────────────────────────────

BASE = {"standard_normal_log_prob": probes.standard_normal_log_prob}


def Flow(student, draw):
    """What is wrong with the student's standard_normal_log_prob costs nothing here.

    It is replaced, unless the flow is right with it as it is: it may undo what that function did.
    """
    name = "standard_normal_log_prob"
    z, far, direction = _normal(draw, (4, 3)), _normal(draw, (2, 5)) + 30, _normal(draw, (4,))
    tried = (z,), (far,), (far.float(),), (z, direction)
    probe = probes.slopes_or_none
    if all(student.compare(probe, name, *given, what=name).passed for given in tried):
        yield from _flow_lines(student, draw, {})
        return
    case = probes.flowed_or_none, _layers(draw, 3), z, "log_prob"
    if student.compare(*case, what=name).passed:
        found = list(_flow_lines(student, draw, {}))
        if all(line.passed for line in found):
            yield from found
            return
    yield from _flow_lines(student, draw, BASE)


def _flow_lines(student, draw, instead):
    case = layers, x = _layers(draw, 4), _normal(draw, (5, 4))

    def line(what, probe, *more, **options):
        return student.compare(probe, *case, *more, what=what, instead=instead, **options)

    core = {"core": True, "share": 3}
    for asked, method, what in (
        ("z", "forward", "forward: z went through all layers, in order"),
        ("log_det of z", "forward", "forward: log_det is log |det| of the whole map"),
        ("x", "inverse", "inverse: x went back through all layers"),
        ("log_det of x", "inverse", "inverse: log_det is log |det| of the way back"),
        ("log_prob", "log_prob", "log_prob agrees with the change of variables"),
    ):
        yield line(what, probes.flowed, asked, **core, of=method)
    sampled = line("sample takes z back to x", probes.flowed, "sample", **core, of="sample")
    yield _or_drawn(student, sampled, case, instead)
    amount, probe = draw.between(0.1, 0.2), probes.flowed_after_a_change
    what = "the layers are registered: their parameters are the flow's"
    yield line(what, probe, amount, "parameters", core=True)
    reach = "reach the points and every layer's parameters"
    what, direction = f"the gradient of log_prob {reach}", [_normal(draw, (5,))]
    what = what.replace("reach the", "reaches the")
    options = {"core": True, "share": 2, "of": "log_prob"}
    yield line(what, probes.flow_gradients, "log_prob", direction, **options)
    directions = [_normal(draw, (5, 4)), _normal(draw, (5,))]
    what = f"the gradients of inverse {reach}"
    yield line(what, probes.flow_gradients, "inverse", directions, of="inverse")
    what = "the layers themselves are among its modules()"
    yield line(what, probe, amount, "layers")
    what = "the second call of each method gives what the first one did"
    yield line(what, probes.flowed_again, share=3)
    yield line("is a layer itself: a flow of flows works", probes.nested)
    for kind in ("tuple", "ModuleList"):
        yield line(f"takes layers in a {kind}", probes.flowed, "all", kind)
    cases = _other_flows(draw, layers, x)
    yield from student.compare_each(probes.flowed, cases, instead=instead)
    single = [[kind, array if kind == "turn" else array.float()] for kind, array in layers]
    cases = {"takes float32": (single, x.float(), "all")}
    yield from student.compare_each(probes.flowed, cases, share=2, instead=instead)


def _other_flows(draw, layers, x):
    """Other layers and points, by what they show."""
    two = [["shift", _normal(draw, (2,))], ["dense", _invertible(draw, 2)]]
    wide = [["scale", _uniform(draw, 1.6, 2.0, (30,)).float()] for _ in range(2)]
    points, beyond = _normal(draw, (3, 30)).float(), "works for a determinant beyond 1e±38"
    return {
        "takes a single point": (layers, x[:1], "all"),
        "takes as many points as dimensions": (layers, _normal(draw, (4, 4)), "all"),
        "takes a single layer": (layers[:1], x, "all"),
        "takes points of one dimension": (_layers(draw, 1), _normal(draw, (4, 1)), "all"),
        "takes two layers": (two, _normal(draw, (3, 2)), "all"),
        "log_prob is right far away from 0": (layers, 20 * x, "log_prob"),
        "sample is right far away from 0": (layers, 20 * x, "sample"),
        f"log_det of z: {beyond}": (wide, points, "log_det of z"),
        f"log_det of x: {beyond}": (wide, points, "log_det of x"),
    }


_DIFFER = "Two calls with the same arguments give different results."


def _all_alike(results):
    """Whether several calls returned the same, whatever that is."""
    return isinstance(results, list) and len({str(one) for one in results}) == 1


def _or_drawn(student, line, case, instead):
    """A line on sample, which names the mistake if two calls differ."""
    if "values differ" not in line.message:
        return line
    if _all_alike(student.value(probes.two_samples, *case, instead=instead)):
        return line
    return student.holds(False, line.what, _DIFFER, "sample_draws", line.share, core=True)


def _layers(draw, d):
    """Kinds and arrays of seven layers for points of d dimensions; no two of them commute."""
    scale = draw.between(0.3, 0.8, (d,)) * draw.signs((d,))
    return [
        ["scale", torch.tensor(scale + 0.2)],
        ["coupling", _normal(draw, (d, 2 * d), 0.6)],
        ["dense", _invertible(draw, d)],
        ["bend", _uniform(draw, 0.4, 0.9, (d,))],
        ["turn", torch.tensor(np.roll(np.arange(d), draw.integers(1, max(d, 2))))],
        ["shift", _normal(draw, (d,))],
        ["scale", _uniform(draw, 0.1, 0.6, (d,))],
    ]


# ── dequantize ───────────────────────────────────────────────────────────────────────────────


def dequantize(student, draw):
    name = "dequantize"

    def integers(shape, levels, dtype=torch.int64):
        x = draw.integers(0, levels, shape)
        x[0, :2] = 0, levels - 1
        return torch.tensor(x).to(dtype)

    x, u = integers((5, 3), 256), _uniform(draw, 0.05, 0.95, (5, 3))
    yield student.compare(name, x, u, what="agrees with the formula", core=True, share=4)
    few = integers((5, 3), 17), u, 17
    yield student.compare(name, *few, what="takes 17 levels", core=True, share=2)
    wide = integers((3, 5), 256), u.reshape(3, 5)
    yield student.compare(name, *wide, what="takes more pixels than images", core=True)
    yield student.holds(
        _all_alike(student.value(probes.called_twice, x, u)),
        "draws nothing itself",
        _DIFFER,
        mistake="own_noise",
    )
    few = integers((5, 3), 2), u
    yield student.compare(probes.by_keyword, *few, what="takes levels=2 by name")
    for dtype in (torch.uint8, torch.int16, torch.int32):
        case = integers((5, 3), 256, dtype), u.float(), 256
        what, share = f"takes integers of {dtype} with float32 noise", 1 + (dtype == torch.uint8)
        yield student.compare(name, *case, what=what, share=share)
    many = integers((2, 784), 256, torch.uint8), _uniform(draw, 0.0, 1.0, (2, 784)).float()
    cases = {
        "takes a single image": (x[:1], u[:1]),
        "takes as many images as pixels": (x[:3], u[:3]),
        "takes a single pixel": (x[:, :1], u[:, :1]),
        "u = 0 gives the lower ends": (x, torch.zeros(5, 3)),
        "takes images of 784 pixels": many,
    }
    yield from student.compare_each(name, cases)


# ── to_logit and from_logit ──────────────────────────────────────────────────────────────────


def to_logit(student, draw):
    y, z = _uniform(draw, 0.02, 0.98, (5, 3)), _uniform(draw, -2.5, 2.5, (5, 3))
    yield from _one_way(student, draw, "to_logit", y)
    yield from _one_way(student, draw, "from_logit", z)
    ends = y.clone()
    ends[0], ends[1] = 0.0, 1 - 1e-8
    yield student.compare("to_logit", ends, 1e-6, what="to_logit works near 0 and 1", share=2)
    ends = torch.tensor(draw.signs((4, 3))) * _uniform(draw, 9.0, 12.0, (4, 3))
    far = torch.tensor(draw.signs((4, 3))) * _uniform(draw, 29.0, 31.0, (4, 3))
    cases = {
        "from_logit takes values between 0 and 1": (torch.sigmoid(z), 0.05),
        "from_logit takes values that are all negative": (-z.abs(), 0.05),
        "from_logit works near 0 and 1": (ends, 1e-6),
        "from_logit works at ±30": (far, 0.05),
        "from_logit works at ±30 in float32": (far.float(), 0.05),
    }
    yield from student.compare_each("from_logit", cases, share=2)
    what = "from_logit undoes to_logit, log-determinant included"
    yield student.compare(probes.there_and_back, y, 0.05, what=what)


def _one_way(student, draw, name, points):
    """Lines on one of the two functions."""
    formula = f"{name} agrees with the formula, alpha ="
    yield student.compare(name, points, 0.05, what=f"{formula} 0.05", core=True, share=4)
    what = f"{name} takes more pixels than images"
    yield student.compare(name, points.T, 0.02, what=what, core=True)
    cases = {
        f"{formula} 1e-6": (points, 1e-6),
        f"{formula} 0.2": (points, 0.2),
        f"{name} takes float32": (points.float(), 0.05),
        f"{name} takes images of 784 pixels": (
            points.flatten().repeat(2, 53)[:, :784].float(),
            0.05,
        ),
    }
    yield from student.compare_each(name, cases, share=2)
    cases = {
        f"{name} takes a single image": (points[:1], 0.05),
        f"{name} takes a single pixel": (points[:, :1], 0.05),
        f"{name} takes as many images as pixels": (points[:3], 0.05),
    }
    yield from student.compare_each(name, cases)
    through = f"{name}: a gradient passes through the"
    cases = {
        f"{through} values": (name, [points, 0.05], _normal(draw, (5, 3)), 0),
        f"{through} log-determinant": (name, [points, 0.05], _normal(draw, (5,)), 1),
    }
    yield from student.compare_each(probes.slopes, cases)


# ── log_prob_of_images ───────────────────────────────────────────────────────────────────────

PIECES = {"dequantize": probes.dequantize, "to_logit": probes.to_logit}


def log_prob_of_images(student, draw):
    """What is wrong with the student's dequantize and to_logit costs nothing here.

    They are replaced, unless the item is right only with them as they are.
    """
    found = list(_image_lines(student, draw, PIECES))
    if not all(line.passed for line in found):
        own = student.compare(
            probes.density_or_none, *_image(draw, (5, 3)), draw.between(0.002, 0.01), what="own"
        )
        if own.passed:
            yield from _image_lines(student, draw, {})
            return
    yield from found


def _image(draw, shape, levels=256, dtype=torch.int64):
    """The arrays of a density of logits, images of integers, and noise."""
    x = torch.tensor(draw.integers(0, levels, shape)).to(dtype)
    arrays = [_normal(draw, shape[1:]), _normal(draw, shape[1:], 0.3)]
    return arrays, x, _uniform(draw, 0.05, 0.95, shape)


def _image_lines(student, draw, instead):
    image = partial(_image, draw)

    def lines(cases, **options):
        name = probes.density_of_images
        return student.compare_each(name, cases, instead=instead, **options)

    case, alpha = image((5, 3)), draw.between(0.002, 0.01)
    yield from lines({"agrees with the formula": (*case, alpha)}, core=True, share=4)
    cases = {
        "takes more pixels than images": (*image((3, 5)), alpha),
        "takes 17 levels": (*image((5, 3), 17), alpha, 17),
        "takes another alpha": (*case, draw.between(0.1, 0.2)),
    }
    yield from lines(cases, core=True, share=2)
    draws = student.value(probes.density_of_images_twice, *case, alpha, instead=instead)
    what = "draws nothing itself"
    yield student.holds(_all_alike(draws), what, _DIFFER, mistake="own_noise")
    probe, direction = probes.slopes_of_the_density, _normal(draw, (5,))
    what = "the gradient reaches the flow's parameters"
    options = {"what": what, "core": True, "share": 3, "instead": instead}
    yield student.compare(probe, *case, alpha, direction, **options)
    what = "takes levels=3 by name"
    probe, few = probes.density_of_images_by_name, image((5, 3), 3)
    yield student.compare(probe, *few, alpha, what=what, instead=instead)
    arrays, x, u = image((2, 784), dtype=torch.uint8)
    single = [array.float() for array in arrays]
    cases = {
        "takes a single image": (*image((1, 3)), alpha),
        "takes a single pixel": (*image((4, 1)), alpha),
        "takes as many images as pixels": (*image((3, 3)), alpha),
        "takes images of 784 pixels, uint8 with float32 noise": (single, x, u.float(), alpha),
    }
    yield from lines(cases)


# ── bits_per_dim ─────────────────────────────────────────────────────────────────────────────


def bits_per_dim(student, draw):
    name, n = "bits_per_dim", draw.integers(50, 90)
    log_prob, grid = -n * _uniform(draw, 0.8, 4.0, (5,)), -n * _uniform(draw, 0.8, 4.0, (3, 4))
    yield student.compare(name, log_prob, n, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, grid, n, what="takes two axes", core=True)
    mean = log_prob.mean()
    cases = {"takes a single number": (mean, n), "takes a positive log_prob": (-log_prob, n)}
    yield from student.compare_each(name, cases, share=2)
    cases = {
        "takes a batch of one": (log_prob[:1], n),
        "takes three axes": (grid.reshape(2, 3, 2), n),
        "takes float32 and 784 dimensions": (log_prob.float(), 784),
        "takes a single dimension": (log_prob, 1),
        "takes as many images as dimensions": (log_prob[:3], 3),
    }
    yield from student.compare_each(name, cases)
    cases = {
        "the gradient reaches log_prob": (name, [log_prob, n], _normal(draw, (5,))),
        "the gradient reaches a single number": (name, [mean, n], _normal(draw, ())),
    }
    yield from student.compare_each(probes.slopes, cases)


# ── coupling_density_derivation ──────────────────────────────────────────────────────────────────


def coupling_density_derivation(student, draw):
    yield from derivations.lines(student, draw, "coupling_density_derivation")
