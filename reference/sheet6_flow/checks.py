"""What the judge tries on each function of sheet 6: one generator of report lines per item.

Nothing here is an identity: networks and layers have random parameters, every layer's
log-determinant differs from 0, and the reference's is that of the map's own Jacobian. Names that
begin with an underscore build the inputs, or are probes that run beside the student's functions.
"""

import numpy as np
import torch

# ── change_of_variables ──────────────────────────────────────────────────────────────────────


def change_of_variables(student, draw):
    numbers = torch.tensor(draw.between(0.5, 1.6, (4,)))
    numbers[2] = draw.between(0.3, 0.7)  # below 1, so that a logarithm is negative
    x, plane = _normal(draw, (5,)), _normal(draw, (4, 3))
    matrix = _invertible(draw, 3)
    for kind, where, what, share in (
        ("stretched", x, "works for a map that stretches and shifts", 2),
        ("sinh", x, "works for a map that is no straight line", 3),
        ("logarithm", torch.exp(x), "works for a map whose inverse is the logarithm", 2),
        ("matrix", plane, "works for a matrix in three dimensions", 2),
        ("bent matrix", plane, "works for a bent map in three dimensions", 3),
    ):
        yield student.compare(
            _transformed, kind, numbers, matrix, where, what=what, core=True, share=share
        )

    def line(kind, where, what, share=1, numbers=numbers, matrix=matrix, direction=None):
        return student.compare(
            _transformed, kind, numbers, matrix, where, direction, what=what, share=share
        )

    yield line("falling", x, "works for a map that falls", 2)
    flipped = matrix.clone()
    flipped[0] *= -1
    yield line("bent matrix", plane, "works for a determinant of the other sign", 2, matrix=flipped)
    singles = {"numbers": numbers.float(), "matrix": matrix.float()}
    yield line("sinh", x.float(), "takes float32", **singles)
    yield line("bent matrix", plane.float(), "takes float32 in three dimensions", **singles)
    yield line("sinh", x[:1], "takes a single number")
    yield line("bent matrix", plane[:1], "takes a single point in three dimensions")
    yield line("bent matrix", _normal(draw, (3, 3)), "takes as many points as dimensions")
    one = _invertible(draw, 1)
    yield line("bent matrix", _normal(draw, (4, 1)), "takes points of one dimension", matrix=one)
    far = _normal(draw, (4, 3)) + 60 * torch.tensor(draw.signs((4, 3)))
    yield line("matrix", far, "works where the density is too small for a float", 2)
    yield line("matrix", far.float(), "works there in float32", **singles)
    for kind, where in (("sinh", x), ("bent matrix", plane)):
        place = "on a line" if kind == "sinh" else "in three dimensions"
        yield line(
            kind,
            where,
            f"the gradient reaches x and the functions' parameters {place}",
            3,
            direction=_normal(draw, (len(where),)),
        )


def _transformed(functions, kind, numbers, matrix, x, direction=None):
    """log p(x) where x is the image of a random z; with a direction, its product's gradient."""
    import math

    import torch

    if direction is not None:
        numbers, matrix, x = (one.clone().requires_grad_() for one in (numbers, matrix, x))
    mean, spread, slope, bend = numbers

    def log_prob_z(z):
        each = -0.5 * ((z - mean) / spread) ** 2 - torch.log(spread) - 0.5 * math.log(2 * math.pi)
        return each if z.ndim == 1 else each.sum(dim=1)

    def bent(x):
        return torch.sinh(bend * x)

    def log_bent(x):
        return torch.log(bend * torch.cosh(bend * x))

    def log_det(x):
        return torch.linalg.slogdet(matrix)[1].expand(len(x))

    inverse, log_abs_det = {
        "stretched": (lambda x: (x - mean) * slope, lambda x: torch.log(slope).expand_as(x)),
        "falling": (lambda x: -bent(x), log_bent),
        "sinh": (bent, log_bent),
        "logarithm": (torch.log, lambda x: -torch.log(x)),
        "matrix": (lambda x: x @ matrix.T, log_det),
        "bent matrix": (lambda x: bent(x) @ matrix.T, lambda x: log_bent(x).sum(1) + log_det(x)),
    }[kind]
    result = functions["log_prob_of_transformed"](x, log_prob_z, inverse, log_abs_det)
    if direction is None:
        return result
    if not isinstance(result, torch.Tensor) or not result.requires_grad:
        raise ValueError("no gradient reaches x or the functions' parameters")
    wanted = [numbers, x] if x.ndim == 1 else [numbers, matrix, x]
    found = torch.autograd.grad((result * direction).sum(), wanted, allow_unused=True)
    if any(gradient is None for gradient in found):
        raise ValueError("a gradient is missing: that of x, or that of the functions' parameters")
    return found


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
    yield student.compare(name, z[:3], what="takes as many points as dimensions")
    yield student.compare(name, z.float(), what="takes float32", share=2)
    yield student.compare(name, z[:1], what="takes a single point")
    yield student.compare(name, z[:, :1], what="takes points of one dimension")
    yield student.compare(name, torch.zeros(4, 3), what="is right at the mode")
    far = z + 40 * torch.tensor(draw.signs((5, 3)))
    yield student.compare(name, far, what="works far away from 0", share=2)
    many = _normal(draw, (3, 784)).float()
    yield student.compare(name, many, what="works in 784 dimensions, in float32", share=2)
    yield student.compare(
        _slopes, name, [z], _normal(draw, (5,)), what="the gradient reaches z", share=3
    )


def _slopes(functions, name, arguments, direction, part=None):
    """The gradient of the result's product with a direction, with respect to the first argument.

    part: which of several results is meant.
    """
    import torch

    first = arguments[0].clone().requires_grad_()
    result = functions[name](first, *arguments[1:])
    result = result if part is None else result[part]
    if not isinstance(result, torch.Tensor) or not result.requires_grad:
        raise ValueError("no gradient reaches the first argument")
    return torch.autograd.grad((result * direction).sum(), first)[0]


# ── AffineCoupling ───────────────────────────────────────────────────────────────────────────


def AffineCoupling(student, draw):
    arrays, mask, x = _coupled(draw, [1, 0, 1, 1, 0], batch=4)
    case = arrays, mask, x
    words = {
        "z": "forward: z agrees with the formula",
        "log_det of z": "forward: log_det is log |det| of its Jacobian",
        "x": "inverse: x agrees with the formula, at any z",
        "log_det of x": "inverse: log_det is log |det| of its Jacobian",
    }
    for asked, what in words.items():
        yield student.compare(_coupling, *case, {"asked": asked}, what=what, core=True, share=3)
    yield student.meets(
        _none_missing,
        _coupling,
        *case,
        {"asked": "strangers"},
        what="the network is registered: its parameters are the layer's",
        core=True,
        share=2,
    )
    yield student.meets(
        _none_learns,
        _coupling,
        *case,
        {"asked": "learners"},
        what="nothing but the network learns",
        share=2,
    )
    directions = [_normal(draw, tuple(x.shape)), _normal(draw, (len(x),))]
    for way in ("forward", "inverse"):
        yield student.compare(
            _coupling,
            *case,
            {"asked": f"gradients of {way}", "directions": directions},
            what=f"{way}: the gradients reach the points and the network's parameters",
            core=way == "forward",
            share=3 if way == "forward" else 2,
        )
    yield student.compare(
        _coupling,
        *case,
        {"asked": "inverse later"},
        what="inverse takes its network's output at z, not from the last call of forward",
        share=2,
    )
    yield student.compare(
        _coupling,
        *case,
        {"asked": "twin"},
        what="its state_dict fits another layer of the same kind",
    )
    yield from _masks(student, draw)
    steep = _coupled(draw, [0, 1, 0, 1], batch=5, s=8.0, t=25.0)
    yield student.compare(
        _coupling, *steep, {"asked": "round trip"}, what="inverse undoes forward for s near ±8"
    )
    for way in ("forward", "inverse"):
        what = f"{way}: s near ±8 and t near ±25 are taken as they are"
        yield student.compare(_coupling, *steep, {"asked": way}, what=what)
    single = [array.float() for array in arrays], mask.float(), x.float()
    for way in ("forward", "inverse"):
        yield student.compare(_coupling, *single, {"asked": way}, what=f"takes float32, {way}")


def _none_missing(count):
    """A condition: nothing is missing among the parameters."""
    words = f"{count} of the tensors that should learn are not among its parameters()."
    return words if count else ""


def _all_known(count):
    """A condition: every layer is among the modules."""
    words = (
        f"{count} of its layers are not among its modules(): train(), eval() and to() miss them."
    )
    return words if count else ""


def _none_learns(count):
    """A condition: no gradient reaches parameters that are not the network's."""
    words = f"A gradient reaches {count} more of its parameters() than the network has."
    return words if count else ""


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
        for way in ("forward", "inverse"):
            yield student.compare(_coupling, *case, {"asked": way}, what=f"{way} with {what}")
    bits = [1, 0] * 60
    arrays, mask, x = _coupled(draw, bits, 3, s=0.5)
    arrays[3][:120] += 2.0
    case = [array.float() for array in arrays], mask.float(), x.float()
    yield student.compare(
        _coupling, *case, {"asked": "log_det of z"}, what="works for a determinant above 1e38"
    )


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


def _coupling(functions, arrays, mask, points, settings):
    """What a coupling layer with a network of the check's own makes of points.

    settings["asked"]: "forward" or "inverse" (both parts of a result), one of the parts, ...
    """
    import torch

    class Net(torch.nn.Module):
        """Two layers, along the last axis; the outputs depend on every input."""

        def __init__(self, arrays):
            super().__init__()
            self.arrays = torch.nn.ParameterList([array.clone() for array in arrays])

        def forward(self, h):
            inner, offset, outer, more = self.arrays
            s, t = (torch.tanh(h @ inner + offset) @ outer + more).chunk(2, dim=-1)
            return s, t

    def made(arrays):
        net = Net(arrays)
        layer = functions["AffineCoupling"](net, mask)
        if not isinstance(layer, torch.nn.Module):
            words = f"AffineCoupling(…) is of type {type(layer).__name__}; an nn.Module is asked"
            raise TypeError(words)
        return net, layer

    def both(way, points):
        result = layer(points) if way == "forward" else layer.inverse(points)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            words = "(z, log_det)" if way == "forward" else "(x, log_det)"
            raise TypeError(f"{way} returns a {type(result).__name__} where {words} is asked")
        return result

    net, layer = made(arrays)
    asked = settings["asked"]
    if asked in ("forward", "inverse"):
        return both(asked, points)
    if asked in ("z", "log_det of z"):
        return both("forward", points)[asked != "z"]
    if asked in ("x", "log_det of x"):
        return both("inverse", points)[asked != "x"]
    if asked == "round trip":
        z, there = both("forward", points)
        x, back = both("inverse", z)
        return x, there + back
    if asked == "inverse later":
        both("forward", points.flip(0) + 1)
        return both("inverse", points)
    if asked == "strangers":
        found = {id(parameter) for parameter in layer.parameters()}
        return len([p for p in net.parameters() if id(p) not in found])
    if asked == "learners":
        inner = {id(parameter) for parameter in net.parameters()}
        others = [p for p in layer.parameters() if p.requires_grad and id(p) not in inner]
        total = sum(part.sum() for part in both("forward", points))
        if not others or not total.requires_grad:
            return 0
        found = torch.autograd.grad(total, others, allow_unused=True)
        return len([gradient for gradient in found if gradient is not None])
    if asked == "twin":
        first, (_, layer) = layer, made([torch.zeros_like(array) for array in arrays])
        layer.load_state_dict(first.state_dict())
        return {way: both(way, points) for way in ("forward", "inverse")}

    points = points.clone().requires_grad_()
    pairs = zip(both(asked.split()[-1], points), settings["directions"], strict=True)
    total = sum((part * direction).sum() for part, direction in pairs)
    if not total.requires_grad:
        raise ValueError("no gradient passes")
    leaves = {"points": points} | dict(net.named_parameters())
    found = torch.autograd.grad(total, list(leaves.values()), allow_unused=True)
    if any(gradient is None for gradient in found):
        raise ValueError("no gradient reaches the points, or some of the network's parameters")
    return dict(zip(leaves, found, strict=True))


# ── Flow ─────────────────────────────────────────────────────────────────────────────────────


def Flow(student, draw):
    """What is wrong with the student's standard_normal_log_prob costs nothing here.

    It is replaced, unless the flow is right with it as it is: it may undo what that function did.
    """
    name = "standard_normal_log_prob"
    z, far, direction = _normal(draw, (4, 3)), _normal(draw, (2, 5)) + 30, _normal(draw, (4,))
    tried = [z], [far], [far.float()], [z, direction]
    if all(student.compare(_caught, name, *given, what=name).passed for given in tried):
        yield from _flow_lines(student, draw, {"stand_in": False})
        return
    asked = {"asked": "log_prob", "catch": True}
    if student.compare(_flow, _layers(draw, 3), z, asked, what=name).passed:
        found = list(_flow_lines(student, draw, {"stand_in": False}))
        if all(line.passed for line in found):
            yield from found
            return
    yield from _flow_lines(student, draw, {"stand_in": True})


_DIFFER = "Two calls with the same arguments give different results."


def _caught(functions, name, z, direction=None):
    """What a function returns; None where it fails, or changes its argument.

    With a direction, the gradient of the result's product with it.
    """
    import torch

    given = z.clone().requires_grad_(direction is not None)
    try:
        result = functions[name](given)
        if direction is not None:
            result = torch.autograd.grad((result * direction).sum(), given)[0]
    except Exception:
        return None
    return result if torch.equal(given, z) else None


def _flow_lines(student, draw, settings):
    layers, x = _layers(draw, 4), _normal(draw, (5, 4))

    def line(asked, what, layers=layers, x=x, core=False, share=1, **more):
        asked = settings | {"asked": asked} | more
        return student.compare(_flow, layers, x, asked, what=what, core=core, share=share)

    yield line("z", "forward: z went through all layers, in order", core=True, share=3)
    yield line("log_det of z", "forward: log_det is log |det| of the whole map", core=True, share=3)
    yield line("x", "inverse: x went back through all layers", core=True, share=3)
    yield line("log_det of x", "inverse: log_det is log |det| of the way back", core=True, share=3)
    yield line("log_prob", "log_prob agrees with the change of variables", core=True, share=3)
    sampled = line("sample", "sample takes z back to x", core=True, share=3)
    if "values differ" in sampled.message:
        same = student.value(_flow, layers, x, settings | {"asked": "two samples"})
        if not same:
            sampled = student.holds(False, sampled.what, _DIFFER, "sample_draws", 3, core=True)
    yield sampled
    yield student.meets(
        _none_missing,
        _flow,
        layers,
        x,
        settings | {"asked": "strangers"},
        what="the layers are registered: their parameters are the flow's",
        core=True,
    )
    yield line(
        "gradients",
        "the gradient of log_prob reaches the points and every layer's parameters",
        core=True,
        share=2,
        direction=_normal(draw, (5,)),
    )
    yield line(
        "gradients of inverse",
        "the gradients of inverse reach the points and every layer's parameters",
        directions=[_normal(draw, (5, 4)), _normal(draw, (5,))],
    )
    yield student.meets(
        _all_known,
        _flow,
        layers,
        x,
        settings | {"asked": "unknown"},
        what="the layers themselves are among its modules()",
    )
    yield line("again", "the second call of each method gives what the first one did", share=3)
    for kind in ("tuple", "ModuleList"):
        yield line("all", f"takes layers in a {kind}", container=kind)
    yield line("nested", "is a layer itself: a flow of flows works")
    yield line("all", "takes a single point", x=x[:1])
    yield line("all", "takes as many points as dimensions", x=_normal(draw, (4, 4)))
    yield line("all", "takes a single layer", layers=layers[:1])
    yield line("all", "takes points of one dimension", _layers(draw, 1), _normal(draw, (4, 1)))
    two = [["shift", _normal(draw, (2,))], ["dense", _invertible(draw, 2)]]
    yield line("all", "takes two layers", two, _normal(draw, (3, 2)))
    single = [[kind, array if kind == "turn" else array.float()] for kind, array in layers]
    yield line("all", "takes float32", layers=single, x=x.float(), share=2)
    yield line("log_prob", "log_prob is right far away from 0", x=20 * x)
    yield line("sample", "sample is right far away from 0", x=20 * x)
    wide = [["scale", _uniform(draw, 1.6, 2.0, (30,)).float()] for _ in range(2)]
    points = _normal(draw, (3, 30)).float()
    for asked in ("log_det of z", "log_det of x"):
        what = f"{asked}: works for a determinant beyond 1e±38"
        yield line(asked, what, layers=wide, x=points)


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


def _flow(functions, layers, points, settings):
    """What a flow makes of points, with layers of the check's own: [kind, array] each.

    settings: asked: what to return; container: what the layers come in, a list if not given;
    stand_in: whether the student's log-density is replaced; catch: None where something fails.
    """
    import inspect
    import math

    import torch

    class Layer(torch.nn.Module):
        def __init__(self, array):
            super().__init__()
            self.array = torch.nn.Parameter(array.clone())

        def forward(self, x):
            z, log_det = self.there(x)
            return z, log_det + torch.zeros_like(x[..., 0])

        def inverse(self, z):
            x = self.back(z)
            return x, -self.forward(x)[1]

    class Scale(Layer):
        def there(self, x):
            return x * torch.exp(self.array), self.array.sum()

        def back(self, z):
            return z * torch.exp(-self.array)

    class Shift(Layer):
        def there(self, x):
            return x + self.array, 0.0

        def back(self, z):
            return z - self.array

    class Dense(Layer):
        def there(self, x):
            return x @ self.array.T, torch.linalg.slogdet(self.array)[1]

        def back(self, z):
            return z @ torch.linalg.inv(self.array).T

    class Bend(Layer):
        """Stretched where it is positive."""

        def there(self, x):
            logs = torch.where(x > 0, self.array, 0.0)
            return x * torch.exp(logs), logs.sum(-1)

        def back(self, z):
            return z * torch.exp(-torch.where(z > 0, self.array, 0.0))

    class Coupling(Layer):
        """The first half goes unchanged and decides about the others."""

        def half(self, x):
            rest = torch.arange(x.shape[-1]) >= x.shape[-1] // 2
            s, t = (torch.where(rest, 0.0, x) @ self.array + self.array[0]).chunk(2, dim=-1)
            return torch.where(rest, torch.tanh(s), 0.0), torch.where(rest, t, 0.0)

        def there(self, x):
            s, t = self.half(x)
            return x * torch.exp(s) + t, s.sum(-1)

        def back(self, z):
            s, t = self.half(z)
            return (z - t) * torch.exp(-s)

    class Turn(torch.nn.Module):
        """Another order of the dimensions, without parameters."""

        def __init__(self, order):
            super().__init__()
            self.order = order

        def forward(self, x):
            return x[..., self.order], torch.zeros_like(x[..., 0])

        def inverse(self, z):
            return z[..., torch.argsort(self.order)], torch.zeros_like(z[..., 0])

    def standard_normal_log_prob(z):
        return -0.5 * (z**2 + math.log(2 * math.pi)).sum(dim=-1)

    def flow_of(parts):
        flow = functions["Flow"](parts)
        if not isinstance(flow, torch.nn.Module):
            raise TypeError(f"Flow(…) is of type {type(flow).__name__}; an nn.Module is asked")
        return flow

    def part(flow, asked, points):
        if asked in ("log_prob", "sample"):
            return getattr(flow, asked)(points)
        way = "forward" if asked.endswith("z") else "inverse"
        result = flow(points) if way == "forward" else flow.inverse(points)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            raise TypeError(f"{way} returns a {type(result).__name__} where two values are asked")
        return result[asked.startswith("log_det")]

    def all_of(flow, points):
        names = ["z", "log_det of z", "x", "log_det of x", "log_prob", "sample"]
        return {name: part(flow, name, points) for name in names}

    def answer():
        known = {k.__name__.lower(): k for k in (Scale, Shift, Dense, Bend, Coupling, Turn)}
        parts = [known[kind](array) for kind, array in layers]
        asked = settings["asked"]
        if asked == "nested":
            return all_of(flow_of([flow_of(parts[:3]), flow_of(parts[3:])]), points)
        containers = {"tuple": tuple, "ModuleList": torch.nn.ModuleList}
        flow = flow_of(containers.get(settings.get("container"), list)(parts))
        if asked == "all":
            return all_of(flow, points)
        if asked == "two samples":
            return str(flow.sample(points)) == str(flow_of(parts).sample(points))
        if asked == "again":
            all_of(flow, points.flip(0) + 1)
            return all_of(flow, points)
        inner = dict(torch.nn.ModuleList(parts).named_parameters())
        if asked == "strangers":
            found = {id(parameter) for parameter in flow.parameters()}
            return len([p for p in inner.values() if id(p) not in found])
        if asked == "unknown":
            modules = {id(module) for module in flow.modules()}
            return len([layer for layer in parts if id(layer) not in modules])
        if not asked.startswith("gradients"):
            return part(flow, asked, points)
        leaves = {"points": points.clone().requires_grad_()} | inner
        if asked == "gradients":
            pairs = [(flow.log_prob(leaves["points"]), settings["direction"])]
        else:
            pairs = zip(flow.inverse(leaves["points"]), settings["directions"], strict=True)
        total = sum((result * direction).sum() for result, direction in pairs)
        if not isinstance(total, torch.Tensor) or not total.requires_grad:
            raise ValueError("no gradient passes")
        found = torch.autograd.grad(total, list(leaves.values()), allow_unused=True)
        if any(gradient is None for gradient in found):
            raise ValueError("no gradient reaches the points, or some layer's parameters")
        return dict(zip(leaves, found, strict=True))

    name, missing = "standard_normal_log_prob", object()
    log_prob = inspect.unwrap(getattr(functions["Flow"], "log_prob", len))
    world = getattr(log_prob, "__globals__", {})
    before = world.get(name, missing)
    if settings.get("stand_in"):
        world[name] = standard_normal_log_prob
    try:
        return answer()
    except Exception:
        if settings.get("catch"):
            return None
        raise
    finally:
        if before is not missing:
            world[name] = before
        elif settings.get("stand_in"):
            world.pop(name, None)


# ── dequantize ───────────────────────────────────────────────────────────────────────────────


def dequantize(student, draw):
    name = "dequantize"

    def integers(shape, levels, dtype=torch.int64):
        x = draw.integers(0, levels, shape)
        x[0, :2] = 0, levels - 1
        return torch.tensor(x).to(dtype)

    x, u = integers((5, 3), 256), _uniform(draw, 0.05, 0.95, (5, 3))
    yield student.compare(name, x, u, what="agrees with the formula", core=True, share=4)
    yield student.compare(
        name, integers((5, 3), 17), u, 17, what="takes 17 levels", core=True, share=2
    )
    yield student.compare(
        name,
        integers((3, 5), 256),
        u.reshape(3, 5),
        what="takes more pixels than images",
        core=True,
    )
    yield student.holds(
        student.value(_same_twice, x, u),
        "draws nothing itself",
        _DIFFER,
        mistake="own_noise",
    )
    yield student.compare(_by_keyword, integers((5, 3), 2), u, what="takes levels=2 by name")
    for dtype in (torch.uint8, torch.int16, torch.int32):
        yield student.compare(
            name,
            integers((5, 3), 256, dtype),
            u.float(),
            256,
            what=f"takes integers of {dtype} with float32 noise",
            share=2 if dtype == torch.uint8 else 1,
        )
    yield student.compare(name, x[:1], u[:1], what="takes a single image")
    yield student.compare(name, x[:3], u[:3], what="takes as many images as pixels")
    yield student.compare(name, x[:, :1], u[:, :1], what="takes a single pixel")
    yield student.compare(name, x, torch.zeros(5, 3), what="u = 0 gives the lower ends")
    many = integers((2, 784), 256, torch.uint8), _uniform(draw, 0.0, 1.0, (2, 784)).float()
    yield student.compare(name, *many, what="takes images of 784 pixels")


def _same_twice(functions, x_int, u):
    """Whether two calls return the same numbers."""
    dequantize = functions["dequantize"]
    first = dequantize(x_int.clone(), u.clone())  # copies: a change in place is another mistake
    return str(first) == str(dequantize(x_int, u))


def _by_keyword(functions, x_int, u):
    """For two levels."""
    return functions["dequantize"](x_int, u, levels=2)


# ── to_logit and from_logit ──────────────────────────────────────────────────────────────────


def to_logit(student, draw):
    y, z = _uniform(draw, 0.02, 0.98, (5, 3)), _uniform(draw, -2.5, 2.5, (5, 3))
    alphas = {"alpha = 0.05": 0.05, "alpha = 1e-6": 1e-6, "alpha = 0.2": 0.2}
    for name, points in (("to_logit", y), ("from_logit", z)):
        for words, alpha in alphas.items():
            core = alpha == 0.05
            what = f"{name} agrees with the formula, {words}"
            yield student.compare(name, points, alpha, what=what, core=core, share=4 if core else 2)
        yield student.compare(
            name, points.T, 0.02, what=f"{name} takes more pixels than images", core=True
        )
        one = {"a single image": points[:1], "a single pixel": points[:, :1]}
        for words, few in (one | {"as many images as pixels": points[:3]}).items():
            yield student.compare(name, few, 0.05, what=f"{name} takes {words}")
        yield student.compare(name, points.float(), 0.05, what=f"{name} takes float32", share=2)
        many = points.flatten().repeat(2, 53)[:, :784].float()
        yield student.compare(name, many, 0.05, what=f"{name} takes images of 784 pixels", share=2)
        for part, words in enumerate(("values", "log-determinant")):
            direction = _normal(draw, (5, 3) if part == 0 else (5,))
            yield student.compare(
                _slopes,
                name,
                [points, 0.05],
                direction,
                part,
                what=f"{name}: a gradient passes through the {words}",
            )
    ends = y.clone()
    ends[0], ends[1] = 0.0, 1 - 1e-8
    yield student.compare("to_logit", ends, 1e-6, what="to_logit works near 0 and 1", share=2)
    ends = torch.tensor(draw.signs((4, 3))) * _uniform(draw, 9.0, 12.0, (4, 3))
    yield student.compare("from_logit", ends, 1e-6, what="from_logit works near 0 and 1", share=2)
    far = torch.tensor(draw.signs((4, 3))) * _uniform(draw, 29.0, 31.0, (4, 3))
    for dtype, words in ((torch.float64, ""), (torch.float32, " in float32")):
        yield student.compare(
            "from_logit", far.to(dtype), 0.05, what=f"from_logit works at ±30{words}", share=2
        )
    yield student.compare(
        _there_and_back, y, 0.05, what="from_logit undoes to_logit, log-determinant included"
    )


def _there_and_back(functions, y, alpha):
    """y again, and the sum of the log-determinants."""
    z, there = functions["to_logit"](y, alpha)
    y, back = functions["from_logit"](z, alpha)
    return y, there + back


# ── bits_per_dim ─────────────────────────────────────────────────────────────────────────────


def bits_per_dim(student, draw):
    name, n = "bits_per_dim", draw.integers(50, 90)
    log_prob = -n * _uniform(draw, 0.8, 4.0, (5,))
    yield student.compare(name, log_prob, n, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, log_prob.mean(), n, what="takes a single number", share=2)
    yield student.compare(name, log_prob[:1], n, what="takes a batch of one")
    grid = -n * _uniform(draw, 0.8, 4.0, (3, 4))
    yield student.compare(name, grid, n, what="takes two axes", core=True)
    yield student.compare(name, grid.reshape(2, 3, 2), n, what="takes three axes")
    yield student.compare(name, log_prob.float(), 784, what="takes float32 and 784 dimensions")
    yield student.compare(name, log_prob, 1, what="takes a single dimension")
    yield student.compare(name, log_prob[:3], 3, what="takes as many images as dimensions")
    yield student.compare(name, -log_prob, n, what="takes a positive log_prob", share=2)
    yield student.compare(
        _slopes, name, [log_prob, n], _normal(draw, (5,)), what="the gradient reaches log_prob"
    )
    one = [log_prob.mean(), n], _normal(draw, ())
    yield student.compare(_slopes, name, *one, what="the gradient reaches a single number")
