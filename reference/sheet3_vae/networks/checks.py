"""What the judge tries on the networks and their training; see the folder above for the rest.

A student's network may look as it likes: it is filled with parameters of the check's own, and what
it then puts out is looked at. The functions get networks of the check's own.
"""

from dataclasses import dataclass

import numpy as np
import torch

from reference import randomness
from reference.sheet3_vae.networks import mistakes
from reference.sheet3_vae.networks import reference as right

# ── Encoder, Decoder ─────────────────────────────────────────────────────────────────────────


def Encoder(student, draw):
    sizes = [draw.integers(11, 15), draw.integers(17, 23), draw.integers(4, 7)]
    fits = yield from _shapes(student, draw, "Encoder", sizes)
    if not fits:
        return
    seen = _looked_at(student, draw, "Encoder", sizes)
    yield from _is_deep(student, "Encoder", seen)
    mean, log_var = seen["ranges"]
    free = log_var["low"] <= -7.99 and log_var["high"] >= 7.99
    yield student.holds(
        free,
        "log_var takes any value between -8 and 8",
        f"With large parameters it lies between {log_var['low']:.3g} and {log_var['high']:.3g}.",
        mistake=_kind_of_range("log_var", log_var),
        core=True,
        share=3,
    )
    free_mean = mean["low"] <= -2.99 and mean["high"] >= 2.99
    yield student.holds(
        free_mean,
        "the mean takes any value",
        f"With large parameters it lies between {mean['low']:.3g} and {mean['high']:.3g}.",
        mistake=_kind_of_range("mean", mean),
        core=True,
        share=3,
    )
    if free and free_mean:
        yield student.holds(
            seen["rank"] == 2 * sizes[2],
            "mean and log_var are moved independently, in every dimension",
            "However the parameters change, some of its outputs only change together.",
            mistake=_kind_of_rank(seen),
            core=True,
            share=2,
        )
    yield from _is_sound(student, "Encoder", sizes, seen)


def Decoder(student, draw):
    sizes = [draw.integers(4, 7), draw.integers(17, 23), draw.integers(11, 15)]
    fits = yield from _shapes(student, draw, "Decoder", sizes)
    if not fits:
        return
    seen = _looked_at(student, draw, "Decoder", sizes)
    yield from _is_deep(student, "Decoder", seen)
    (logits,) = seen["ranges"]
    free = logits["low"] <= -500 and logits["high"] >= 500
    yield student.holds(
        free,
        "the logits are unbounded",
        f"With large parameters they lie between {logits['low']:.3g} and {logits['high']:.3g}.",
        mistake=_kind_of_range("logits", logits),
        core=True,
        share=3,
    )
    if free:
        yield student.holds(
            seen["rank"] == sizes[2],
            "every pixel has a logit of its own",
            "However the parameters change, some of the logits only change together.",
            mistake="one_logit_for_all_pixels" if seen["alike"][0] < TINY else None,
            core=True,
            share=2,
        )
    yield from _is_sound(student, "Decoder", sizes, seen)


def _shapes(student, draw, name, sizes):
    """Lines on what a new network returns; whether it can be looked at further."""
    fits = True
    for others, batch, what, core in (
        (sizes, 6, "returns what it should for a batch", True),
        (sizes, 1, "takes a single row", False),
        (_other_sizes(draw), 3, "has any sizes that are asked", True),
        (_single_latent(draw, name), 2, "has a latent of 1 if asked", False),
    ):
        x = _rows(draw, name, batch, others[0])
        line = student.compare(_new, name, others, x, what=what, core=core)
        yield line
        fits &= line.passed or not core
    return fits


def _other_sizes(draw):
    """Three different sizes in another order than usual: the hidden layer is the smallest."""
    return [draw.integers(8, 11), draw.integers(5, 8), draw.integers(12, 15)]


def _single_latent(draw, name):
    sizes = [draw.integers(7, 10), draw.integers(3, 6), 1]
    return sizes if name == "Encoder" else sizes[::-1]


def _rows(draw, name, batch, n):
    """Binary images for the encoder, normal latents for the decoder."""
    if name == "Encoder":
        return torch.from_numpy(draw.integers(0, 2, (batch, n)).astype(np.float32))
    return torch.from_numpy(draw.normal((batch, n)).astype(np.float32))


def _new(functions, name, sizes, x):
    """What a new network puts out, but for the values; it must be of the type of x."""
    import torch

    network = functions[name](*sizes)
    if not isinstance(network, torch.nn.Module):
        raise TypeError(f"{name}(…) is of type {type(network).__name__}; an nn.Module is asked")
    output = network(x)
    several = name == "Encoder" and isinstance(output, (tuple, list))
    for part in output if several else [output]:
        if not isinstance(part, torch.Tensor):
            raise TypeError(f"forward returns a {type(part).__name__} where a tensor is asked")
        if part.dtype != torch.float32:
            raise TypeError(f"forward returns a tensor of {part.dtype} for one of {x.dtype}")
    return tuple(map(torch.zeros_like, output)) if several else torch.zeros_like(output)


def _looked_at(student, draw, name, sizes):
    """What `_look` measures, for inputs that show it."""
    rows = _rows(draw, name, 10, sizes[0])
    corners = _rows(draw, name, 4 * 6, sizes[0]).reshape(4, 6, sizes[0])
    if name == "Encoder":  # binary too: a and b have no pixel in common, c is both, d is black
        corners[1] *= 1 - corners[0]
        corners[2], corners[3] = corners[0] + corners[1], 0.0
    else:
        corners[3] = corners[0] + corners[1] - corners[2]
    return student.value(_look, name, sizes, rows, corners, draw.integers(0, 2**31))


def _look(functions, name, sizes, rows, corners, seed):
    """A network filled with parameters of the check's own: what it puts out, as numbers.

    corners: (4, n, size) with corners[0] + corners[1] = corners[2] + corners[3].
    """
    import torch

    def outputs(network, x):
        found = network(x)
        return [found] if name == "Decoder" else list(found)

    def made():
        network = functions[name](*sizes)
        outputs(network, rows)  # a lazy layer has its parameters only after the first batch
        return network

    def fill(network, scale, seed):
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for p in network.parameters():
                width = p.shape[-1] if p.dim() > 1 else 2
                p.copy_(torch.randn(p.shape, generator=generator) * scale * 1.5 / width**0.5)

    def distance(one, other):
        parts = zip(one, other, strict=True)
        return max(float((a - b).abs().max() / b.abs().max().clamp(min=1e-3)) for a, b in parts)

    def leaves(tensors):
        """All tensors from which a gradient is asked on the way to some others."""
        waiting, done, found = [t.grad_fn for t in tensors], set(), {}
        while waiting:
            node = waiting.pop()
            if node is None or node in done:
                continue
            done.add(node)
            waiting += [following for following, _ in node.next_functions]
            if hasattr(node, "variable"):
                found[id(node.variable)] = node.variable
        return found

    network = made()
    own = {id(p): p for p in network.parameters()}
    fill(network, 1.0, seed)
    once = outputs(network, rows)
    reached = leaves(once)
    shapes = [list(p.shape) for i, p in own.items() if i in reached]

    # How the outputs move with the parameters: one gradient for each column of each output.
    weights = torch.randn(len(rows), 1, generator=torch.Generator().manual_seed(seed))
    gradients = []
    for part in once:
        for column in (weights * part).sum(0):
            inner = [p for i, p in own.items() if i in reached]
            if not column.requires_grad or not inner:
                gradients.append(torch.zeros(1, 1).expand(1, sum(p.numel() for p in inner))[0])
                continue
            moves = torch.autograd.grad(column, inner, retain_graph=True, allow_unused=True)
            pairs = zip(moves, inner, strict=True)
            flat = [(torch.zeros_like(p) if g is None else g).flatten() for g, p in pairs]
            gradients.append(torch.cat(flat))
    matrix = torch.stack(gradients).double()
    matrix = matrix / matrix.norm(dim=1, keepdim=True).clamp(min=1e-12)

    # Does a parameter that no gradient reaches have an influence all the same?
    still = 0
    with torch.no_grad():
        for i, p in own.items():
            if i not in reached:
                before = p.clone()
                p.add_(1 + p.abs())
                still += distance(outputs(network, rows), once) > 1e-4
                p.copy_(before)

    def single(i):
        try:
            found = outputs(network, rows[i : i + 1])
        except ValueError:  # what batch normalisation says to a single row
            return float("inf")
        if any(part.dim() < 2 for part in found):
            return 0.0  # the axis of the batch is gone, which is another matter
        return distance([part[0] for part in found], [part[i] for part in once])

    with torch.no_grad():
        again = distance(outputs(network, rows), once)
        network.eval()
        calm = distance(outputs(network, rows), outputs(network, rows))
        network.train()
        outputs(network, rows.flip(0)[:4])
        later = distance(outputs(network, rows), once)
        by_row = max(single(0), single(4))
        # Halfway between two settings of the parameters: are the outputs halfway as well?
        points, found = [], []
        for number in (1, 2):
            fill(network, 1.0, seed + number)
            points.append([p.clone() for p in network.parameters()])
            found.append(outputs(network, rows))
        for p, *ends in zip(network.parameters(), *points, strict=True):
            p.copy_(sum(ends) / 2)
        middle = zip(*found, outputs(network, rows), strict=True)
        curved = max(float((a + b - 2 * m).abs().max() / a.abs().max()) for a, b, m in middle)
        fill(network, 1.0, seed)

        twin = made()
        twin.load_state_dict(network.state_dict())
        copied = distance(outputs(twin, rows), once)
        four = [outputs(network, x) for x in corners]
        bends = [
            float((a + b - c - d).abs().max() / torch.stack([a, b, c, d]).abs().max().clamp(1e-6))
            for a, b, c, d in zip(*four, strict=True)
        ]
        follows = [float(part.std(dim=0).max()) for part in once]
        alike = [float((part - part[:, :1]).abs().max()) for part in once]
        sums = [float((part.sum(dim=1) - 1).abs().max()) for part in once]
        zeros = [float((part == 0).double().mean()) for part in once]
        binary = [bool(((part == 0) | (part == 1)).all()) for part in once]
        extremes = [[] for _ in once]
        for number, scale in enumerate((1.0, 3.0, 10.0, 10.0, 100.0, 100.0, 1000.0, 1000.0)):
            fill(network, scale, seed + number)
            for found, part in zip(extremes, outputs(network, rows), strict=True):
                found.append(part.flatten())
        ranges = []
        for values, *more in zip(map(torch.cat, extremes), zeros, binary, sums, strict=True):
            finite = values[values.isfinite()]
            low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
            ranges.append(
                {
                    "low": float(low),
                    "high": float(high),
                    "overflows": bool((values == float("inf")).any()),
                    "zeros": more[0],
                    "binary": more[1],
                    "sums": more[2],  # how far from 1 those of rows are
                }
            )
    return {
        "shapes": shapes,
        "strangers": len(set(reached) - set(own)),
        "fixed": len([i for i, p in own.items() if not p.requires_grad]),
        "still": still,
        "rank": int(torch.linalg.matrix_rank(matrix, atol=1e-5)),
        "same": len(once) == 2 and distance(once[:1], once[1:]) < 1e-6,
        "again": again,
        "calm": calm,
        "later": later,
        "by_row": by_row,
        "copied": copied,
        "curved": curved,
        "bends": bends,
        "follows": follows,
        "alike": alike,
        "ranges": ranges,
    }


TINY = 1e-4  # relative: float32 is far below, and whatever is looked for far above


def _is_deep(student, name, seen):
    """Lines on what the network is made of."""
    steady = seen["again"] < TINY
    yield student.holds(
        not seen["strangers"] and (not steady or (seen["copied"] < TINY and seen["curved"] > 1e-3)),
        "everything that it computes with is among its parameters",
        f"{seen['strangers']} of the tensors it computes with are not in parameters()."
        if seen["strangers"]
        else "",
        mistake=_kind_of_stranger(name, seen),
        core=True,
        share=3,
    )
    ignored = [part < TINY for part in seen["follows"]]
    yield student.holds(
        not ignored[0] and seen["bends"][0] > 1e-3,
        "there is a non-linearity between input and output",
        mistake="input_ignored" if ignored[0] else "linear",
        core=True,
        share=3,
    )
    if name == "Encoder" and not ignored[0]:
        found = seen["ranges"][1]
        kind = _kind_of_range("log_var", found) if found["low"] >= 0 else None
        yield student.holds(
            not ignored[1],
            "log_var is another one for each image",
            mistake=kind or "log_var_for_all_images",
            core=True,
            share=2,
        )


def _kind_of_stranger(name, seen):
    """The mistake behind numbers that are not among the parameters."""
    if not seen["strangers"]:
        fixed = seen["copied"] < TINY and f"{name}__fixed_features" in vars(mistakes)
        return "fixed_features" if fixed else "not_parameters"
    new = seen["again"] >= TINY and f"{name}__new_layer_on_every_call" in vars(mistakes)
    return "new_layer_on_every_call" if new else "not_registered"


def _is_sound(student, name, sizes, seen):
    """Lines on the rest of the contract."""
    n_hidden = sizes[1]
    yield student.holds(
        any(n_hidden in shape for shape in seen["shapes"]),
        "there is a hidden layer of width n_hidden",
        f"With n_hidden = {n_hidden} the parameters in use have the shapes {seen['shapes']}.",
        mistake="width_ignored",
        share=8,
    )
    steady = seen["again"] < TINY
    sampled = "sample_returned" if name == "Encoder" else "samples_on_logits"
    yield student.holds(
        steady or seen["strangers"] > 0,
        "gives the same for the same input, twice",
        mistake="dropout" if seen["calm"] < TINY else sampled,
        core=True,
        share=2,
    )
    yield student.holds(
        not steady or (seen["by_row"] < TINY and seen["later"] < TINY),
        "each row is computed by itself, whatever else is in the batch",
        mistake="batch_norm",
        core=True,
        share=2,
    )
    yield student.holds(
        not steady or seen["still"] == 0,
        "a gradient reaches every parameter",
        mistake="frozen" if seen["fixed"] else "detached",
        core=True,
        share=2,
    )


def _kind_of_range(part, found):
    """The mistake that the values of an output show, if it is a known one."""
    low, high = found["low"], found["high"]
    if low == high:
        return None
    if low >= 0:
        kind = "sigmoid" if high <= 1 else "relu" if found["zeros"] > 0.02 else "softplus"
        kind = "exponential" if found["overflows"] else kind
        kind = "softmax" if kind == "sigmoid" and found["sums"] < TINY else kind
        kind = "samples" if found["binary"] else kind
    elif high <= 0:
        kind = "logarithm"
    else:
        kind = "tanh" if max(-low, high) <= 1 else "clamped"
    name = f"{kind}_on_{part}"
    item = "Decoder" if part == "logits" else "Encoder"
    return name if f"{item}__{name}" in vars(mistakes) else None


def _kind_of_rank(seen):
    if seen["same"]:
        return "one_head"
    if seen["alike"][1] < TINY:
        return "one_log_var_for_all_dimensions"
    return None


# ── negative_elbo ────────────────────────────────────────────────────────────────────────────

PARTS = ["reparametrize", "reconstruction_loss", "kl_loss"]


def negative_elbo(student, draw):
    yield from _with_stand_ins(student, draw, "negative_elbo", _elbo_lines, PARTS)


def _elbo_lines(student, draw, stand_ins):
    case = _case(draw, [9, 8, 3], batch=5)
    settings = {"stand_ins": stand_ins}
    yield from _values_and_gradients(student, "negative_elbo", case, settings, core=True, share=4)
    yield _uses_the_noise(student, "negative_elbo", case, settings)
    yield student.meets(
        _adds_up,
        _beside,
        "negative_elbo",
        *case,
        settings,
        what="loss = reconstruction + kl",
        share=2,
    )
    yield student.compare(
        _beside,
        "negative_elbo",
        *case,
        settings | {"report": "gradients of all"},
        what="reconstruction and kl have gradients of their own",
        share=2,
    )
    for sizes, batch, more, what in (
        ([7, 4], 4, {}, "networks without a hidden layer"),
        ([12, 9, 6, 2], 3, {"activation": "relu"}, "deeper networks"),
        ([5, 7, 1], 2, {"activation": "sin"}, "a latent of 1"),
        ([9, 8, 3], 1, {}, "a single image"),
        ([3, 8, 6], 12, {}, "more latent dimensions than pixels"),
    ):
        other = _case(draw, sizes, batch)
        yield from _values_and_gradients(student, "negative_elbo", other, settings | more, what)
    certain = _case(draw, [9, 8, 3], batch=4)
    certain[0]["decoder"][-1] += torch.tensor([60.0, -60.0, 0.0]).repeat(3)
    yield from _values_and_gradients(student, "negative_elbo", certain, settings, "logits of ±60")
    yield from _double(student, "negative_elbo", case, settings)
    yield _leaves_networks_alone(student, "negative_elbo", case, settings)


def _values_and_gradients(student, name, case, settings, what="", core=False, share=1.0):
    """Lines on what a function returns, and on its gradient with respect to all parameters."""
    for report, words in (
        ("result", "agrees with the formula"),
        ("gradients", "the gradient reaches all parameters, and is right"),
    ):
        if what:
            words = f"{what}: {'the gradient' if report == 'gradients' else 'the value'}"
        yield student.compare(
            _beside, name, *case, settings | {"report": report}, what=words, core=core, share=share
        )


def _uses_the_noise(student, name, case, settings):
    """A line: what is drawn is passed, so that two calls agree."""
    two = student.value(_beside, name, *case, settings | {"report": "two calls"})
    return student.holds(
        two[0] == two[1],
        "gives the same for the same noise",
        mistake="own_noise",
        core=True,
    )


def _double(student, name, case, settings):
    yield student.compare(_beside, name, *_doubled(case), settings, what="takes float64")


def _doubled(case):
    """The same in float64."""
    weights, x, eps = case
    doubled = {part: [array.double() for array in arrays] for part, arrays in weights.items()}
    return doubled, x.double(), eps.double()


def _leaves_networks_alone(student, name, case, settings):
    return student.compare(
        _beside,
        name,
        *case,
        settings | {"report": "networks"},
        what="leaves the networks as they are: no step, no gradient stored",
    )


def _adds_up(result):
    """A condition: the first of three numbers is the sum of the others, to float32's rounding."""
    try:
        loss, reconstruction, kl = (float(part) for part in result)
    except (TypeError, ValueError, RuntimeError):
        return "Three numbers are asked."
    off = abs(loss - (reconstruction + kl))
    if off <= 1e-5 * (abs(reconstruction) + abs(kl)):
        return ""
    return f"loss = {loss:.6g}, reconstruction + kl = {reconstruction + kl:.6g}."


def _case(draw, sizes, batch, samples=None, scale=1.0):
    """Weights for an encoder and a decoder with given sizes, images, and noise.

    samples: how many draws of noise for each image; an axis more than without.
    """
    latent = sizes[-1]
    weights = {
        "encoder": _weights(draw, [*sizes[:-1], 2 * latent], scale),
        "decoder": _weights(draw, sizes[::-1], scale),
    }
    x = draw.integers(0, 2, (batch, sizes[0]))
    leading = (batch,) if samples is None else (samples, batch)
    return weights, _floats(x), _floats(draw.normal((*leading, latent)))


def _weights(draw, sizes, scale):
    """W and b of each layer, one after another; the outputs are neither small nor large."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    arrays = []
    for n_in, n_out in pairs:
        spread = scale * 1.2 / np.sqrt(n_in)
        arrays += [draw.normal((n_in, n_out), spread), draw.normal((n_out,), 0.5 * scale)]
    return [_floats(array) for array in arrays]


def _floats(array):
    return torch.from_numpy(np.asarray(array, np.float32))


def _with_stand_ins(student, draw, name, lines, parts):
    """The lines on a function that may use other functions of the student's.

    Those that do not keep their own contract are replaced, so that what is wrong with them costs
    nothing here. Unless the function is right with them as they are: it may undo what they did.
    """
    cases = _case(draw, [6, 5, 2], batch=4), _extreme_case(draw)
    wrong = [part for part in parts if not all(_agrees(student, part, case) for case in cases)]
    used = []
    if wrong:
        case, more = _usual_case(draw, name)
        asked = more | {"stand_ins": wrong, "report": "called"}
        used = student.value(_beside, name, *case, asked)
        if used and _agrees(student, name, case, more):
            found = list(lines(student, draw, []))
            if all(line.passed for line in found):
                yield from found
                return
    yield from lines(student, draw, used)


def _usual_case(draw, name):
    """Inputs for a function, and the settings that they need."""
    if name == "train_epoch":
        settings = {"optimizer": "SGD", "learning_rate": 0.05, "report": "parameters"}
        return _training(draw, [4, 3]), settings
    return _case(draw, [6, 5, 2], 3, samples=3 if name == "importance_bound" else None), {}


def _extreme_case(draw):
    """A standard deviation near 1e-13 beside a usual one, and logits near ±100."""
    case = _certain(_case(draw, [6, 5, 2], batch=4), 50.0)
    case[0]["encoder"][-1][2] -= 60.0
    return case


def _certain(case, factor):
    """The same with a decoder whose parameters, and so its logits, are that much larger."""
    weights, x, eps = case
    return weights | {"decoder": [factor * array for array in weights["decoder"]]}, x, eps


def _agrees(student, name, case, settings=None):
    """Whether a function is right for some inputs, and its gradient too; it may fail."""
    asked = [settings] if settings else [{"report": "result"}, {"report": "gradients"}]
    return all(
        student.compare(_beside, name, *case, one | {"catch": True}, what=name).passed
        for one in asked
    )


def _beside(functions, name, weights, x, eps, settings):
    """What a function makes of networks of the check's own.

    settings: report: "result" (if not given), "gradients" of its sum, "gradients of all" that it
    returns, "networks" or "parameters" as it leaves them, the "noise" that the decoder got, or
    both, the "kind" of its result, the words for the results of "two calls", or the stand-ins that
    it "called"; stand_ins: names of functions that are replaced while it runs; activation; catch:
    None where it fails, or changes an argument.
    To train, x is a list of batches: optimizer, learning_rate, epochs, seed; once: the batches are
    a generator.
    """
    import types

    import torch

    activation = getattr(torch, settings.get("activation", "tanh"))

    class Network(torch.nn.Module):
        """Fully connected layers, along the last axis."""

        def __init__(self, arrays):
            super().__init__()
            self.arrays = torch.nn.ParameterList([array.clone() for array in arrays])
            self.seen = []

        def forward(self, x):
            self.seen.append(x.detach().reshape(-1, x.shape[-1]))
            for number in range(0, len(self.arrays), 2):
                x = activation(x) if number else x
                x = x @ self.arrays[number] + self.arrays[number + 1]
            return x

    class TwoHeads(Network):
        def forward(self, x):
            mean, log_var = super().forward(x).chunk(2, dim=-1)
            return mean, log_var

    # Stand-ins. What z is stands in the notebook; the others are no loss of the sheet.
    def reparametrize(mean, log_var, eps):
        return mean + torch.exp(log_var / 2) * eps

    def reconstruction_loss(logits, x):
        return (torch.cosh(logits / 8) * (logits - 3 * x) ** 2).sum(dim=-1)

    def kl_loss(mean, log_var):
        return (mean**4 + torch.sigmoid(log_var) + 0.2 * log_var).sum(dim=-1)

    def negative_elbo(encoder, decoder, x, eps):
        mean, log_var = encoder(x)
        logits = decoder(reparametrize(mean, log_var, eps))
        parts = reconstruction_loss(logits, x).mean(), kl_loss(mean, log_var).mean()
        return sum(parts), *parts

    others = [reparametrize, reconstruction_loss, kl_loss, negative_elbo]
    called = set()

    def noted(function):
        def stand_in(*args, **options):
            called.add(function.__name__)
            return function(*args, **options)

        return stand_in

    def with_stand_ins(function):
        """The function, and its helpers, with others in the place of some names."""
        if not isinstance(function, types.FunctionType):
            return function
        world = dict(function.__globals__)

        def moved(f):
            inside = (f.__code__, world, f.__name__, f.__defaults__, f.__closure__)
            copy = types.FunctionType(*inside)
            copy.__kwdefaults__ = f.__kwdefaults__
            return copy

        for key, value in function.__globals__.items():
            helper = isinstance(value, types.FunctionType)
            if helper and value.__globals__ is function.__globals__:
                world[key] = moved(value)
        replaced = settings.get("stand_ins", [])
        world.update({f.__name__: noted(f) for f in others if f.__name__ in replaced})
        return moved(function)

    encoder, decoder = TwoHeads(weights["encoder"]), Network(weights["decoder"])
    parameters = {
        f"{part} {'Wb'[i % 2]}{i // 2 + 1}": p
        for part, network in (("encoder", encoder), ("decoder", decoder))
        for i, p in enumerate(network.arrays)
    }
    report = settings.get("report", "result")

    def result():
        function = with_stand_ins(functions[name]) if settings.get("stand_ins") else functions[name]
        if name == "reparametrize":
            return function(*encoder(x), eps)
        if name == "reconstruction_loss":
            return function(decoder(eps), x)
        if name == "kl_loss":
            return function(*encoder(x))
        if name == "train_epoch":
            return trained(function)
        return function(encoder, decoder, x, eps)

    def trained(train_epoch):
        """What each epoch returned; x is a list of batches."""
        rate = settings["learning_rate"]
        groups = [
            {"params": list(encoder.parameters()), "lr": rate},
            {"params": list(decoder.parameters()), "lr": 0.6 * rate},
        ]
        options = {"eps": 1e-3} if settings["optimizer"] == "Adam" else {}
        optimizer = getattr(torch.optim, settings["optimizer"])(groups, **options)
        generator = torch.Generator().manual_seed(settings.get("seed", 1))
        losses = []
        for _ in range(settings.get("epochs", 1)):
            batches = (batch for batch in x) if settings.get("once") else x
            losses.append(train_epoch(encoder, decoder, batches, optimizer, generator))
        return losses if len(losses) > 1 else losses[0]

    def gradients(part):
        if not isinstance(part, torch.Tensor):
            words = f"what it returns is a {type(part).__name__}, through which no gradient goes"
            raise TypeError(words)
        inside = list(parameters.values())
        found = torch.autograd.grad(part.sum(), inside, retain_graph=True, allow_unused=True)
        pairs = zip(parameters.items(), found, strict=True)
        return {key: torch.zeros_like(p) if g is None else g for (key, p), g in pairs}

    def changed(before, after):
        pairs = zip(before, after, strict=True)
        return any(torch.is_tensor(one) and not torch.equal(one, other) for one, other in pairs)

    try:
        if settings.get("catch"):
            given = x, eps
            x, eps = [part.clone() if torch.is_tensor(part) else part for part in given]
        returned = result()
        if settings.get("catch") and changed(given, (x, eps)):
            return None
        if report == "gradients":
            return gradients(returned[0] if name == "negative_elbo" else returned)
        if report == "gradients of all":
            return [gradients(part) for part in returned]
        if report == "two calls":
            return str(returned), str(result())
        if report == "parameters":
            return parameters
        if report == "noise":
            return torch.cat(decoder.seen)
        if report == "noise and parameters":
            return torch.cat(decoder.seen), parameters
        if report == "kind":
            return "float" if isinstance(returned, float) else type(returned).__name__
        if report == "networks":
            return {
                key: [p, None if p.grad is None else "a gradient"] for key, p in parameters.items()
            }
        return sorted(called) if report == "called" else returned
    except Exception:
        if report == "called":
            return sorted(called)
        if settings.get("catch"):
            return None
        raise


# ── importance_bound ─────────────────────────────────────────────────────────────────────────


def importance_bound(student, draw):
    yield from _with_stand_ins(student, draw, "importance_bound", _importance_lines, PARTS)


def _importance_lines(student, draw, stand_ins):
    name, settings = "importance_bound", {"stand_ins": stand_ins}
    case = _case(draw, [9, 8, 3], batch=4, samples=6)
    yield from _values_and_gradients(student, name, case, settings, core=True, share=3)
    yield _uses_the_noise(student, name, case, settings)
    one = _case(draw, [8, 6, 2], batch=5, samples=1)
    yield student.compare(
        _beside, name, *one, settings, what="k = 1 gives the one-sample ELBO", core=True, share=3
    )
    far = _certain(_case(draw, [500, 6, 3], batch=3, samples=5), 5.0)
    yield student.compare(
        _beside, name, *far, settings, what="is right where the ELBO is near -1000", share=4
    )
    yield student.compare(
        _beside,
        name,
        *_doubled(far),  # in float32 log weights near -1000 are known to 1e-4 only
        settings | {"report": "gradients"},
        what="so is its gradient, in float64",
        share=2,
        rtol=1e-3,
        atol=1e-3,
    )
    for sizes, batch, samples, more, what in (
        ([6, 3], 5, 3, {}, "networks without a hidden layer"),
        ([10, 9, 6, 2], 3, 4, {"activation": "relu"}, "deeper networks"),
        ([5, 7, 1], 3, 4, {"activation": "sin"}, "a latent of 1"),
        ([9, 8, 3], 1, 5, {}, "a single image"),
        ([9, 8, 3], 3, 3, {}, "as many samples as images and dimensions"),
        ([4, 5, 2], 2, 300, {}, "many samples"),
    ):
        other = _case(draw, sizes, batch, samples)
        yield student.compare(_beside, name, *other, settings | more, what=what)
    yield from _double(student, name, case, settings)
    yield _leaves_networks_alone(student, name, case, settings)


# ── train_epoch ──────────────────────────────────────────────────────────────────────────────


def train_epoch(student, draw):
    yield from _with_stand_ins(
        student, draw, "train_epoch", _epoch_lines, [*PARTS, "negative_elbo"]
    )


def _epoch_lines(student, draw, stand_ins):
    name, case = "train_epoch", _training(draw, [5, 5, 2])
    sgd = {
        "optimizer": "SGD",
        "learning_rate": draw.between(0.04, 0.06),
        "stand_ins": stand_ins,
    }
    right = True
    for report, what in (
        ("result", "returns the mean loss of an image before the step on its batch"),
        ("parameters", "each batch moves the parameters once, along its mean loss"),
    ):
        line = student.compare(
            _beside, name, *case, sgd | {"report": report}, what=what, core=True, share=3
        )
        yield line
        right &= line.passed
    adam = sgd | {"optimizer": "Adam", "learning_rate": 0.01, "epochs": 2}
    for report, what in (("result", "the losses"), ("parameters", "the parameters")):
        yield student.compare(
            _beside,
            name,
            *case,
            adam | {"report": report},
            what=f"two epochs with one Adam: {what}",
            share=2,
        )
    yield student.meets(
        _is_float,
        _beside,
        name,
        *case,
        sgd | {"report": "kind"},
        what="returns a Python float",
        share=2,
    )
    yield student.compare(
        _beside, name, *case, sgd | {"once": True}, what="takes batches that come one by one"
    )
    for sizes, what in (([4, 4, 1], "a last batch of one image"), ([6], "a single batch")):
        yield student.compare(_beside, name, *_training(draw, sizes), sgd, what=f"takes {what}")
    if right:
        yield from _noise(student, draw, _noise_world(draw), stand_ins)
        if not stand_ins:
            yield from _learns(student, draw)


def _is_float(kind):
    return "" if kind == "float" else f"It is of type {kind}."


def _training(draw, batch_sizes):
    """Weights, batches of unlike images, and an encoder whose noise is too small to matter.

    With a log variance near -60 the loss is the same whatever noise is drawn.
    """
    weights, _, _ = _case(draw, [7, 6, 2], 1)
    weights["encoder"][-1][2:] -= 60.0
    weights["decoder"][-1][:] -= 1.0
    white = np.linspace(0.1, 0.9, len(batch_sizes))
    batches = [
        _floats(draw.between(0, 1, (size, 7)) < p)
        for size, p in zip(batch_sizes, white, strict=True)
    ]
    return weights, batches, None


@dataclass(frozen=True)
class NoiseWorld:
    """Training that shows the noise: whatever the image, z = mean + std · eps, (latent,) each.

    A learning rate of 0 keeps it so.
    """

    case: tuple
    mean: np.ndarray
    std: np.ndarray
    settings: dict
    epochs: int = 2

    def eps(self, z):
        return (z.numpy().astype(float) - self.mean) / self.std

    @property
    def sizes(self):
        return [len(batch) for batch in self.case[1]]


def _noise_world(draw, sizes=(40, 40, 20), latent=32, learning_rate=0.0, epochs=2):
    weights, x, _ = _case(draw, [3, latent], sum(sizes))
    mean, log_var = draw.between(-1, 1, (latent,)), draw.between(-1, 1, (latent,))
    weights["encoder"] = [torch.zeros(3, 2 * latent), _floats(np.concatenate([mean, log_var]))]
    seed = draw.integers(0, 2**31)
    settings = {"optimizer": "SGD", "learning_rate": learning_rate, "epochs": epochs, "seed": seed}
    case = weights, list(x.split(sizes)), None
    return NoiseWorld(case, mean, np.exp(log_var / 2), settings | {"report": "noise"}, epochs)


def _distinct(z):
    """How many of the rows are different."""
    return len(np.unique(z.numpy(), axis=0))


def _is_standard(eps):
    return (
        randomness.mean_is(eps, 0.0, 1.0)
        and randomness.variance_is(eps, 1.0)
        and randomness.is_normal(eps)
    )


def _noise(student, draw, world, stand_ins):
    """Lines on the noise that the decoder got."""
    settings = world.settings | {"stand_ins": stand_ins}
    z = student.value(_beside, "train_epoch", *world.case, settings)
    wanted = world.epochs * sum(world.sizes)
    found = _distinct(z)
    kinds = {
        1: "no_noise",
        world.epochs * len(world.sizes): "one_noise_for_all",
        max(world.sizes): "same_noise_in_every_batch",
        sum(world.sizes): "same_noise_in_every_epoch",
    }
    yield student.holds(
        found >= wanted,
        "every image of every batch and epoch has noise of its own",
        f"{world.epochs} epochs over {sum(world.sizes)} images in {len(world.sizes)} batches ask "
        f"for {wanted} draws; there are {found} different ones.",
        mistake=kinds.get(found),
        core=True,
        share=3,
    )
    if found < wanted:
        return
    eps = world.eps(z)
    apart = bool(np.ptp(eps, axis=1).min() > 1e-3)
    yield student.holds(
        apart,
        "every latent dimension has its own, too",
        mistake="one_number_for_all_dimensions",
        core=True,
        share=2,
    )
    if not apart:
        return
    yield student.holds(
        _is_standard(eps),
        "z = mean + std · eps with standard normal noise",
        f"(z - mean) / std has mean {eps.mean():.3g} and standard deviation {eps.std():.3g}.",
        mistake="uniform_noise"
        if np.all((eps > -1e-4) & (eps < 1 + 1e-4))
        else "std_is_variance"
        if _is_standard(eps / world.std)
        else None,
        core=True,
        share=2,
    )
    if not _is_standard(eps):
        return
    directions = eps / np.linalg.norm(eps, axis=1, keepdims=True)
    alike = np.abs(directions @ directions.T)[np.triu_indices(len(eps), 1)]
    yield student.holds(
        bool(alike.max() < 0.999),  # in 32 dimensions, independent draws never come near that
        "no image has another one's noise turned round or stretched",
        mistake="mirrored_noise",
    )
    again = student.value(_beside, "train_epoch", *world.case, settings)
    yield student.holds(
        z.shape == again.shape and np.allclose(z, again),
        "the noise comes from the generator: the same state gives the same",
        mistake="another_generator",
        share=2,
    )
    other = settings | {"seed": settings["seed"] + 1}
    another = student.value(_beside, "train_epoch", *world.case, other)
    yield student.holds(
        z.shape != another.shape or not np.allclose(z, another),
        "a generator in another state gives other noise",
        share=2,
    )
    yield from _through_the_noise(student, draw, stand_ins)


def _through_the_noise(student, draw, stand_ins):
    """A line: the step on one batch is that of the loss with the noise that was drawn."""
    rate = 0.05
    world = _noise_world(draw, sizes=(6,), latent=3, learning_rate=rate, epochs=1)
    settings = world.settings | {"stand_ins": stand_ins, "report": "noise and parameters"}
    z, parameters = student.value(_beside, "train_epoch", *world.case, settings)
    if len(z) != 6:
        return  # the decoder was asked more than once for an image
    weights, (x,), _ = world.case
    inner = PARTS if "negative_elbo" in stand_ins else stand_ins
    gradients = _beside(
        vars(right),
        "negative_elbo",
        weights,
        x,
        _floats(world.eps(z)),
        {"report": "gradients", "stand_ins": inner},
    )
    before = [*weights["encoder"], *weights["decoder"]]
    wrong = [
        key
        for (key, g), old in zip(gradients.items(), before, strict=True)
        if not np.allclose(
            parameters[key], old - rate * (0.6 if "decoder" in key else 1) * g, 1e-4, 1e-5
        )
    ]
    yield student.holds(
        not wrong,
        "the gradient takes the way through the noise too",
        f"With the noise that was drawn, the step of {' and '.join(wrong)} is another one.",
        mistake="sample_detached" if wrong and "encoder" in wrong[0] else None,
        core=True,
        share=2,
    )


# A small world: an image is one of two, each the other's negative, with the same probability. The
# bound cannot go below the entropy, log 2; a linear encoder and a linear decoder with one latent
# dimension end near 1.8 nats here, from 5.5 (600 trials: 1.5 to 2.2).
PIXELS, EPOCHS = 8, 25


def _learns(student, draw):
    """A line: training lowers the bound from guessing nearly to what is known to be possible."""
    one = draw.integers(0, 2, (PIXELS,))
    x = _floats([one, 1 - one] * 16)
    weights, _, _ = _case(draw, [PIXELS, 1], 1, scale=0.5)
    settings = {"optimizer": "Adam", "learning_rate": 0.2, "epochs": EPOCHS}
    losses = student.value(_beside, "train_epoch", weights, list(x.split(16)), None, settings)
    first, last = float(losses[0]), float(np.mean([float(loss) for loss in losses[-3:]]))
    guess, entropy = PIXELS * np.log(2), np.log(2)
    yield student.holds(
        first > guess / 2 and entropy < last < entropy + 2.5,
        "lowers the bound to what is known to be possible in a small world",
        f"After {EPOCHS} epochs the loss is {last:.3g} nats; it began at {first:.3g}, and the "
        f"entropy of the images is {entropy:.3g}.",
        share=2,
    )
