"""What runs beside the functions and layers of sheet 6; it is sent whole.

Every probe returns values that the check compares with the reference's. Whether parameters are
registered, or learn, shows in what a layer returns after they were changed.
"""

import math

import torch

# ── functions ────────────────────────────────────────────────────────────────────────────────


def transformed(functions, kind, numbers, matrix, x, direction=None):
    """log p(x) where x is the image of a random z; with a direction, its product's gradient."""
    if direction is not None:
        numbers, matrix, x = (one.clone().requires_grad_() for one in (numbers, matrix, x))
    arguments = log_prob_under(numbers), *inverse_map(kind, numbers, matrix)
    result = functions["log_prob_of_transformed"](x, *arguments)
    if direction is None:
        return result
    return gradients([result], [direction], [numbers, x] if x.ndim == 1 else [numbers, matrix, x])


def log_prob_under(numbers):
    """The log-density of normal numbers, all of one mean and spread."""
    mean, spread = numbers[:2]

    def log_prob_z(z):
        each = -0.5 * ((z - mean) / spread) ** 2 - torch.log(spread) - 0.5 * math.log(2 * math.pi)
        return each if z.ndim == 1 else each.sum(dim=1)

    return log_prob_z


def inverse_map(kind, numbers, matrix):
    """The way from x to z, and log |det| of its Jacobian."""
    mean, _, slope, bend = numbers

    def bent(x):
        return torch.sinh(bend * x)

    def log_bent(x):
        return torch.log(bend * torch.cosh(bend * x))

    def log_det(x):
        return torch.linalg.slogdet(matrix)[1].expand(len(x))

    return {
        "stretched": (lambda x: (x - mean) * slope, lambda x: torch.log(slope).expand_as(x)),
        "falling": (lambda x: -bent(x), log_bent),
        "sinh": (bent, log_bent),
        "logarithm": (torch.log, lambda x: -torch.log(x)),
        "matrix": (lambda x: x @ matrix.T, log_det),
        "bent matrix": (lambda x: bent(x) @ matrix.T, lambda x: log_bent(x).sum(1) + log_det(x)),
    }[kind]


def gradients(results, directions, leaves):
    """The gradients of the results' products with directions, each for one of the leaves."""
    pairs = zip(results, directions, strict=True)
    total = sum((result * direction).sum() for result, direction in pairs)
    if not isinstance(total, torch.Tensor) or not total.requires_grad:
        raise ValueError("no gradient passes")
    found = torch.autograd.grad(total, leaves, allow_unused=True)
    if any(gradient is None for gradient in found):
        raise ValueError("a gradient is missing: that of the points, or that of some parameters")
    return found


def slopes(functions, name, arguments, direction, part=None):
    """The gradient of the result's product with a direction, for the first argument.

    part: which of several results is meant.
    """
    first = arguments[0].clone().requires_grad_()
    result = functions[name](first, *arguments[1:])
    return gradients([result if part is None else result[part]], [direction], [first])[0]


def slopes_or_none(functions, name, z, direction=None):
    """What a function returns, or its slopes; None where it fails or changes its argument.

    It gets a copy, so that such a change is not counted against the item that is judged.
    """
    copy = z.clone()
    try:
        if direction is not None:
            return slopes(functions, name, [copy], direction)
        result = functions[name](copy)
    except Exception:
        return None
    return result if torch.equal(copy, z) else None


def called_twice(functions, x_int, u):
    """What two calls return; each gets copies, as a change in place is another mistake."""
    return [functions["dequantize"](x_int.clone(), u.clone()) for _ in range(2)]


def by_keyword(functions, x_int, u):
    """For two levels."""
    return functions["dequantize"](x_int, u, levels=2)


def density_of_images(functions, arrays, x_int, u, *more):
    """What the item returns under a density of logits."""
    return functions["log_prob_of_images"](Density(arrays), x_int, u, *more)


def density_of_images_twice(functions, arrays, x_int, u, alpha):
    """What two calls of it return."""
    flow = Density(arrays)
    return [functions["log_prob_of_images"](flow, x_int.clone(), u, alpha) for _ in range(2)]


def density_or_none(functions, arrays, x_int, u, alpha):
    """What the item returns; None where it fails."""
    try:
        return functions["log_prob_of_images"](Density(arrays), x_int, u, alpha)
    except Exception:
        return None


def density_of_images_by_name(functions, arrays, x_int, u, alpha):
    """For three levels."""
    return functions["log_prob_of_images"](Density(arrays), x_int, u, alpha, levels=3)


def slopes_of_the_density(functions, arrays, x_int, u, alpha, direction):
    """The gradients for the parameters of the density of logits."""
    flow = Density(arrays)
    result = functions["log_prob_of_images"](flow, x_int, u, alpha)
    return gradients([result], [direction], list(flow.parameters()))


def there_and_back(functions, y, alpha):
    """y again, and the sum of the log-determinants."""
    z, there = functions["to_logit"](y, alpha)
    y, back = functions["from_logit"](z, alpha)
    return y, there + back


# ── layers ───────────────────────────────────────────────────────────────────────────────────


class Net(torch.nn.Module):
    """Two layers, along the last axis; the outputs depend on every input."""

    def __init__(self, arrays):
        super().__init__()
        self.arrays = torch.nn.ParameterList([array.clone() for array in arrays])

    def forward(self, h):
        inner, offset, outer, more = self.arrays
        s, t = (torch.tanh(h @ inner + offset) @ outer + more).chunk(2, dim=-1)
        return s, t


class Density(torch.nn.Module):
    """In the place of a flow: a density of logits that depends on the pixel."""

    def __init__(self, arrays):
        super().__init__()
        self.arrays = torch.nn.ParameterList([array.clone() for array in arrays])

    def log_prob(self, x):
        mean, slope = self.arrays
        return -(0.1 * (x - mean) ** 2 + slope * x).sum(dim=1)


def module_of(functions, name, *arguments):
    """An object of a student's class."""
    made = functions[name](*arguments)
    if not isinstance(made, torch.nn.Module):
        raise TypeError(f"{name}(…) is of type {type(made).__name__}; an nn.Module is expected")
    return made


def both(layer, way, points):
    """The points and the log-determinant that a layer returns, one way or the other."""
    result = layer(points) if way == "forward" else layer.inverse(points)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        words = "(z, log_det)" if way == "forward" else "(x, log_det)"
        raise TypeError(f"{way} returns a {type(result).__name__} where {words} is expected")
    return result


def move(parameters, amount):
    """Change parameters in their places."""
    with torch.no_grad():
        for parameter in parameters:
            parameter.add_(amount)


def among(parameters, known):
    """Those parameters that are among others, and those that are not."""
    ids, parameters = {id(one) for one in known}, list(parameters)
    return [p for p in parameters if id(p) in ids], [p for p in parameters if id(p) not in ids]


def coupled(functions, arrays, mask, points, way, part=None):
    """What a coupling layer makes of points: both results, or one part."""
    result = both(module_of(functions, "AffineCoupling", Net(arrays), mask), way, points)
    return result if part is None else result[part]


def round_trip(functions, arrays, mask, points):
    """The points again, and the sum of the log-determinants."""
    layer = module_of(functions, "AffineCoupling", Net(arrays), mask)
    z, there = both(layer, "forward", points)
    x, back = both(layer, "inverse", z)
    return x, there + back


def inverse_later(functions, arrays, mask, points):
    """The inverse after other points went forward."""
    layer = module_of(functions, "AffineCoupling", Net(arrays), mask)
    both(layer, "forward", points.flip(0) + 1)
    return both(layer, "inverse", points)


def coupled_after_a_change(functions, arrays, mask, points, amount):
    """The same after the network's parameters were changed, as far as the layer has them."""
    net = Net(arrays)
    layer = module_of(functions, "AffineCoupling", net, mask)
    move(among(layer.parameters(), net.parameters())[0], amount)
    return both(layer, "forward", points)


def coupled_after_others_learned(functions, arrays, mask, points, amount):
    """The same after a change of all that learns and is not the network's."""
    net = Net(arrays)
    layer = module_of(functions, "AffineCoupling", net, mask)
    others = [p for p in among(layer.parameters(), net.parameters())[1] if p.requires_grad]
    total = sum(part.sum() for part in both(layer, "forward", points))
    if others and total.requires_grad:
        found = torch.autograd.grad(total, others, allow_unused=True)
        learn = [p for p, slope in zip(others, found, strict=True) if slope is not None]
        move(learn, amount)
    return both(layer, "forward", points)


def twin(functions, arrays, mask, points):
    """What another layer makes of points with the state of the first one."""
    nets = Net(arrays), Net([torch.zeros_like(array) for array in arrays])
    first, second = (module_of(functions, "AffineCoupling", net, mask) for net in nets)
    second.load_state_dict(first.state_dict())
    return {way: both(second, way, points) for way in ("forward", "inverse")}


def coupled_gradients(functions, arrays, mask, points, way, directions):
    """The gradients of both results for the points and the network's parameters."""
    net, points = Net(arrays), points.clone().requires_grad_()
    result = both(module_of(functions, "AffineCoupling", net, mask), way, points)
    return gradients(result, directions, [points, *net.parameters()])


# ── flows ────────────────────────────────────────────────────────────────────────────────────


class Layer(torch.nn.Module):
    """An invertible map with an array of parameters."""

    def __init__(self, array):
        super().__init__()
        self.array = torch.nn.Parameter(array.clone())

    def forward(self, x):
        z, log_det = self.there(x)
        return z, log_det + torch.zeros_like(x[..., 0])

    def inverse(self, z):
        x = self.back(z)
        return x, -self.forward(x)[1]

    def change(self, amount):
        """Another map of the same kind."""
        move([self.array], amount)


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

    def change(self, amount):
        """Another order."""
        self.order = self.order.flip(0)


KINDS = {kind.__name__.lower(): kind for kind in (Scale, Shift, Dense, Bend, Coupling, Turn)}
CONTAINERS = {"list": list, "tuple": tuple, "ModuleList": torch.nn.ModuleList}


def standard_normal_log_prob(z):
    """A stand-in."""
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(dim=-1)


def dequantize(x_int, u, levels=256):
    """A stand-in."""
    y = (x_int + u) / levels
    return y, y.new_full((len(y),), -y.shape[1] * math.log(levels))


def to_logit(y, alpha):
    """A stand-in."""
    p = alpha + (1 - 2 * alpha) * y
    slopes = math.log(1 - 2 * alpha) - torch.log(p) - torch.log1p(-p)
    return torch.log(p) - torch.log1p(-p), slopes.sum(dim=1)


def parts_of(layers):
    """Layers of the check's own from [kind, array] each."""
    return [KINDS[kind](array) for kind, array in layers]


def result_of(flow, asked, points):
    """One result of a flow, or all of them by their names.

    x comes from the second call of inverse: on a line the log-determinants of most layers are the
    same everywhere, so that x alone shows whether the first call has changed their order.
    """
    if asked == "all":
        names = ["z", "log_det of z", "log_det of x", "x", "log_prob", "sample"]
        return {name: result_of(flow, name, points) for name in names}
    if asked in ("log_prob", "sample"):
        return getattr(flow, asked)(points)
    way = "forward" if asked.endswith("z") else "inverse"
    return both(flow, way, points)[asked.startswith("log_det")]


def flowed(functions, layers, points, asked, container="list"):
    """What a flow makes of points."""
    flow = module_of(functions, "Flow", CONTAINERS[container](parts_of(layers)))
    return result_of(flow, asked, points)


def flowed_or_none(functions, layers, points, asked):
    """The same, for a copy of the points; None where it fails."""
    try:
        return flowed(functions, layers, points.clone(), asked)
    except Exception:
        return None


def nested(functions, layers, points):
    """The results of a flow of two flows."""
    parts = parts_of(layers)
    inner = [module_of(functions, "Flow", some) for some in (parts[:3], parts[3:])]
    return result_of(module_of(functions, "Flow", inner), "all", points)


def flowed_again(functions, layers, points):
    """The results of second calls."""
    flow = module_of(functions, "Flow", parts_of(layers))
    result_of(flow, "all", points.flip(0) + 1)
    return result_of(flow, "all", points)


def two_samples(functions, layers, points):
    """The samples of two flows that are the same."""
    parts = parts_of(layers)
    return [module_of(functions, "Flow", parts).sample(points) for _ in range(2)]


def flowed_after_a_change(functions, layers, points, amount, what):
    """A result after a change of the layers that the flow has, or of their parameters."""
    parts = parts_of(layers)
    flow = module_of(functions, "Flow", parts)
    if what == "layers":
        for module in among(flow.modules(), parts)[0]:
            module.change(amount)
    else:
        inner = torch.nn.ModuleList(parts).parameters()
        move(among(flow.parameters(), inner)[0], amount)
    return both(flow, "forward", points)


def flow_gradients(functions, layers, points, asked, directions):
    """The gradients of log_prob, or of inverse, for the points and the layers' parameters."""
    parts, points = parts_of(layers), points.clone().requires_grad_()
    flow = module_of(functions, "Flow", parts)
    results = [flow.log_prob(points)] if asked == "log_prob" else flow.inverse(points)
    return gradients(results, directions, [points, *torch.nn.ModuleList(parts).parameters()])
