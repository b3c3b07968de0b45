"""What the judge tries on each answer to sheet 4: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs, or are probes that run beside the student's
functions.
"""

from dataclasses import replace

import numpy as np
import torch

from helpers import beta_vae, faces
from reference.sheet4_beta_vae import reader, truth

# ── generate ─────────────────────────────────────────────────────────────────────────────────

AT_REST = {"mode": "eval"}  # the model as `beta_vae.load` gives it


def generate(student, draw):
    weights, z = _decoder(draw), _latents(draw, 5)
    formula = student.compare(
        _generated, weights, z, AT_REST, what="agrees with the formula", core=True, share=4
    )
    yield formula
    if not (formula.passed or "It raises" in formula.message):
        again = AT_REST | {"report": "again"}
        yield student.holds(
            student.value(_generated, weights, z, again),
            "gives the same for the same latents, twice",
            mistake="draws",
        )
    yield student.meets(
        _in_the_unit_interval,
        _generated,
        weights,
        z,
        AT_REST,
        what="the values lie between 0 and 1",
        core=True,
    )
    for n, settings, what in (
        (1, {}, "takes a single latent"),
        (0, {}, "takes no latent at all, n = 0"),
        (150, {}, "takes many latents"),
        (4, {"scale": 60.0}, "works for large logits"),
        (4, {"double": True}, "takes float64"),
        (4, {"grad mode": False}, "works where gradients are switched off"),
        (4, {"asks": True}, "takes latents that a gradient is asked of"),
    ):
        yield student.compare(
            _generated, _decoder(draw), _latents(draw, n), AT_REST | settings, what=what
        )
    in_train = student.compare(
        _generated,
        weights,
        z,
        {"mode": "train"},
        what="decodes in eval mode where the model comes in train mode",
        share=4,
    )
    if formula.passed and not in_train.passed:
        in_train = replace(in_train, mistake="as_it_comes")
    yield in_train
    mixed = student.compare(
        _generated,
        _decoder(draw),
        _latents(draw, 6),
        {"mode": "mixed", "flags": _flags(draw)},
        what="decodes in eval mode where only some modules come in train mode",
        share=2,
    )
    if in_train.passed and not mixed.passed:
        mixed = replace(mixed, mistake="asked_the_model")
    yield mixed
    yield from _leaves_the_model(student, draw)


def _leaves_the_model(student, draw):
    """Lines on what is there after the call."""
    lines = [
        ("asks", {"mode": "eval"}, "no gradient is kept, and no graph", 4),
        ("modes", {"mode": "train"}, "a model in train mode is in train mode afterwards", 3),
        ("modes", {"mode": "eval"}, "a model in eval mode is in eval mode afterwards", 2),
        ("modes", {"mode": "mixed"}, "each module has its own mode afterwards", 2),
        ("frozen", {"mode": "train"}, "leaves requires_grad of each parameter as it was", 2),
        ("contents", {"mode": "train"}, "leaves parameters and buffers as they were", 2),
        ("grad mode", {"mode": "eval"}, "gradients are switched on afterwards, if they were", 2),
        (
            "grad mode",
            {"mode": "eval", "grad mode": False},
            "gradients are switched off afterwards, if they were",
            1,
        ),
    ]
    for seen, settings, what, share in lines:
        settings = settings | {"report": seen, "flags": _flags(draw), "asks": True}
        yield student.meets(
            _nothing_changed,
            _generated,
            _decoder(draw),
            _latents(draw, 3),
            settings,
            what=what,
            share=share,
        )


def _decoder(draw):
    """The weights of a small decoder, and the running mean and variance of its normalisation."""
    arrays = [
        draw.normal((32, 12), 0.3),
        draw.normal((12,)),  # running mean
        draw.between(0.3, 3.0, (12,)),  # running variance
        draw.normal((12, 3 * 8 * 8), 0.5),
        draw.normal((3 * 8 * 8,)),
    ]
    return [torch.tensor(array, dtype=torch.float32) for array in arrays]


def _latents(draw, n):
    return torch.tensor(draw.normal((n, 32)) if n else np.zeros((0, 32)), dtype=torch.float32)


def _flags(draw):
    """Modes of a model and what it is made of: the model's own differs from most of the others.

    At least one part of the encoder and one of the decoder is in each mode.
    """
    own = bool(draw.integers(0, 2))
    rest = [not own, own, not own, not own, own]
    return [own, *[rest[i] for i in draw.permutation(len(rest))]]


def _generated(functions, weights, z, settings):
    """What a function makes of a model of the check's own, or what it leaves of that model.

    settings: mode: "eval", "train", or "mixed": then by flags; scale of the logits; double; asks:
    the latents ask for a gradient; grad mode: False where gradients are switched off; report: what
    is looked at, the pictures if not given.
    """
    import torch
    from torch import nn

    class Noise(nn.Module):
        """In train mode, noise on what passes."""

        def forward(self, x):
            return x + torch.randn_like(x) if self.training else x

    class Enlarge(nn.Module):
        """(n, 3, 8, 8) → (n, 3, 64, 64), logits of any size."""

        def forward(self, x):
            return settings.get("scale", 1.0) * x.repeat_interleave(8, 2).repeat_interleave(8, 3)

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(12), nn.Dropout(0.5))

        def forward(self, images):
            raise RuntimeError("the encoder has nothing to do here: only latents are given")

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            first, norm, last = nn.Linear(32, 12), nn.BatchNorm1d(12), nn.Linear(12, 3 * 8 * 8)
            with torch.no_grad():
                first.weight.copy_(weights[0].T)
                norm.running_mean.copy_(weights[1])
                norm.running_var.copy_(weights[2])
                last.weight.copy_(weights[3].T)
                last.bias.copy_(weights[4])
                first.bias.copy_(weights[1] / 2)
            self.layers = nn.Sequential(
                first, norm, Noise(), nn.Tanh(), nn.Dropout(0.3), last
            ).append(nn.Unflatten(1, (3, 8, 8)))
            self.layers.append(Enlarge())

        def forward(self, z):
            return self.layers(z)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = Encoder(), Decoder()

        def forward(self, images, eps):
            mean, log_var = self.encoder(images)
            return self.decoder(mean + torch.exp(log_var / 2) * eps), mean, log_var

    model = Model()
    modules = dict(model.named_modules())
    if settings["mode"] == "eval":
        model.eval()
    if settings["mode"] == "mixed":
        layers = model.decoder.layers
        parts = [model, model.decoder, layers[1], layers[2], layers[4], model.encoder.layers[1]]
        for part, flag in zip(parts, settings["flags"], strict=True):
            part.training = flag
    parameters = dict(model.named_parameters())
    for number, p in enumerate(parameters.values()):
        p.requires_grad_(number % 3 != 1)
    if settings.get("double"):
        model, z = model.double(), z.double()
    if settings.get("asks"):
        z = z.clone().requires_grad_()

    modes = {name: module.training for name, module in modules.items()}
    frozen = {name: not p.requires_grad for name, p in parameters.items()}
    contents = {name: t.clone() for name, t in model.state_dict().items()}

    def plain(module):
        """Its settings, a dropout's share say, and how many hooks it has."""
        kinds = bool, int, float, str
        found = {k: v for k, v in vars(module).items() if isinstance(v, kinds) and k != "training"}
        hooks = len(module._forward_hooks) + len(module._forward_pre_hooks)
        return found | {"number of hooks": hooks, "forward": "forward" in vars(module)}

    plainly = {name: plain(module) for name, module in modules.items()}
    on = settings.get("grad mode", True)
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(on)
    try:
        images = functions["generate"](model, z)
        on_after = torch.is_grad_enabled()
        more = functions["generate"](model, z) if settings.get("report") == "again" else None
    finally:
        torch.set_grad_enabled(before)

    report = settings.get("report")
    if report == "again":
        return images is None or torch.equal(torch.as_tensor(images), torch.as_tensor(more))
    if report is None:
        is_large = isinstance(images, torch.Tensor) and images.shape == (150, 3, 64, 64)
        return images[:, :, ::8, 4::8] if is_large else images
    changed = []
    if report == "asks":
        kept = [name for name, p in parameters.items() if p.grad is not None]
        changed = [f"the gradient stored in {name}" for name in kept]
        if z.grad is not None:
            changed.append("the gradient stored in z")
        if getattr(images, "requires_grad", False):
            graph = " and the graph that made them" if images.grad_fn is not None else ""
            changed.append(f"the pictures have requires_grad = True{graph}")
    elif report == "modes":
        now = dict(model.named_modules())
        for name, mode in modes.items():
            if name not in now or now[name] is not modules[name]:
                changed.append(f"{name or 'the model'} is another module")
            elif now[name].training != mode:
                changed.append(f"{name or 'the model'} is in {'eval' if mode else 'train'} mode")
        changed += [f"{name} is new" for name in now if name not in modules]
    elif report == "frozen":
        now = dict(model.named_parameters())
        for name, was in frozen.items():
            if name not in now or now[name].requires_grad == was:
                changed.append(f"{name} has requires_grad = {was}")
    elif report == "contents":
        now = model.state_dict()
        for name, was in contents.items():
            if name not in now or now[name].dtype != was.dtype or not torch.equal(now[name], was):
                changed.append(f"{name} is another")
        for name, was in plainly.items():
            now = plain(modules[name])
            changed += [
                f"{k} of {name or 'the model'} is another" for k in now if now[k] != was.get(k)
            ]
    elif on_after != on:
        changed.append(f"torch.is_grad_enabled() is {on_after}")
    return "; ".join(changed[:3]) + (f"; {len(changed) - 3} more" if len(changed) > 3 else "")


def _nothing_changed(words):
    """A condition: what is different after the call, in the student's words, is nothing."""
    return f"Afterwards: {words}." if words else ""


def _in_the_unit_interval(images):
    values = np.asarray(images, np.float64)
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        return f"They run from {values.min():.3g} to {values.max():.3g}."
    return ""


# ── diverse_latents ──────────────────────────────────────────────────────────────────────────

FAR_APART = 0.25  # root mean square difference of values; 60 % of all random pairs reach it
LOOKED_AT = 400  # of more latents, these first ones


def diverse_latents(student, draw):
    z = student.value(_latents_found, False, True)
    lines = _diverse_lines(student, z)
    if not lines or not all(line.passed for line in lines):
        again = _diverse_lines(student, student.value(_latents_found, True, True))
        if _earned(again) > _earned(lines):
            lines = again
    # Where there is nothing, the call itself says why.
    yield from lines or _lines_on(student, student.value("diverse_latents"))


def _latents_found(functions, stand_in, catch):
    """The student's latents; None where there are none, if caught.

    stand_in: a right `generate` takes the place of the student's, which costs nothing here.
    """
    import torch

    def generate(model, z):
        modes = [(module, module.training) for module in model.modules()]
        model.eval()
        with torch.no_grad():
            pictures = torch.sigmoid(model.decoder(z))
        for module, mode in modes:
            module.training = mode
        return pictures

    function = functions["diverse_latents"]
    world = getattr(function, "__globals__", functions.namespace)
    theirs = world.get("generate")
    before = torch.is_grad_enabled()
    if stand_in and theirs is not None:
        world["generate"] = generate
    try:
        return function()
    except Exception:
        if not catch:
            raise
        return None
    finally:
        torch.set_grad_enabled(before)
        if stand_in and theirs is not None:
            world["generate"] = theirs


def _earned(lines):
    """The share of the points, as the judge will count it."""
    if any(line.core and not line.passed for line in lines):
        return 0.0
    return sum(line.share for line in lines if line.passed)


def _diverse_lines(student, z):
    """Lines on some latents; none if there are none."""
    return [] if z is None else list(_lines_on(student, z))


def _lines_on(student, z):
    values, problem = _as_latents(z)
    yield student.holds(
        not problem, "returns finite numbers of shape (n, 32)", problem, _kind(values), core=True
    )
    if problem:
        return
    yield student.holds(
        isinstance(z, torch.Tensor),
        "returns a torch tensor",
        f"It is a {type(z).__module__}.{type(z).__name__}.",
        mistake="array",
    )
    yield student.holds(
        len(values) >= 10,
        "there are at least ten latents",
        f"There are {len(values)}.",
        mistake="too_few",
        share=4,
    )
    largest = float(np.abs(values).max())
    yield student.holds(
        largest <= 4 + 1e-6,
        "every entry lies within -4 and 4",
        f"The largest has the size {largest:.3g}.",
        mistake="too_far_out",
        share=4,
    )
    pictures = truth.decode(values[:LOOKED_AT])
    distance, one, other = _closest(pictures)
    yield student.holds(
        distance >= FAR_APART - 1e-5,
        "any two pictures differ clearly",
        f"The closest two, {one} and {other}, differ by {distance:.3f}; "
        f"at least {FAR_APART} is asked.",
        mistake=_kind_of_closeness(values[:LOOKED_AT], distance),
        share=5,
    )
    varying = _varying(pictures)
    yield student.holds(
        len(varying) >= 3,
        "at least three visual factors vary",
        f"Read from the pictures, what varies clearly is: {', '.join(varying) or 'nothing'}.",
        mistake=_kind_of_sameness(values[:LOOKED_AT]),
        core=True,
        share=3,
    )


def _as_latents(z):
    """The latents as float64, or None, and what is wrong with them."""
    if z is None:
        return None, "It returns None: is there a return statement?"
    try:
        values = np.asarray(z, np.float64)
    except (TypeError, ValueError):
        return None, "These are no numbers in rows and columns."
    if values.ndim != 2 or values.shape[1] != 32 or not len(values):
        return values, f"The shape is {values.shape}."
    if not np.isfinite(values).all():
        return values, "Not all of them are finite."
    return values, ""


def _kind(values):
    """The mistake that a wrong shape shows."""
    if values is None:
        return None
    if values.shape[-1:] == (32,):
        return "single" if values.ndim == 1 else "not_finite" if values.ndim == 2 else None
    if values.ndim == 2 and len(values) == 32:
        return "transposed"
    return "pictures" if values.ndim == 4 else None


def _closest(pictures):
    """The smallest distance of two pictures, and their numbers; infinite for a single one."""
    flat = torch.from_numpy(pictures).flatten(start_dim=1).double()
    distances = torch.cdist(flat, flat, compute_mode="donot_use_mm_for_euclid_dist")
    distances = distances.fill_diagonal_(torch.inf) / flat.shape[1] ** 0.5
    one, other = divmod(int(distances.argmin()), len(flat))
    return float(distances[one, other]), one, other


def _kind_of_closeness(values, distance):
    if np.ptp(values, axis=0).max() < 1e-6:
        return "all_the_same"
    kind = _kind_of_sameness(values)
    if kind:
        return kind
    if distance < 1e-3:
        return "one_twice"
    return "prior" if 0.8 < values.std() < 1.2 else "close_together"


def _kind_of_sameness(values):
    moving = np.ptp(values, axis=0) > 1e-3
    if not moving.any():
        return "all_the_same"
    if not moving[truth.measured().kl >= truth.ACTIVE].any():
        return "inactive_latents"
    return "one_latent" if moving.sum() == 1 else None


def _varying(pictures):
    """The names of the factors that vary; fewer than ten pictures are looked at several times."""
    times = -(-reader.FEWEST // len(pictures))
    return reader.varying(torch.from_numpy(np.tile(pictures, (times, 1, 1, 1))))


# ── latent_kl ────────────────────────────────────────────────────────────────────────────────


def latent_kl(student, draw):
    name, shape = "latent_kl", (5, 32)
    mean, log_var = _normal(draw, shape, 1.5), _normal(draw, shape)
    yield student.compare(name, mean, log_var, what="agrees with the formula", core=True, share=4)
    yield student.compare(name, mean.float(), log_var.float(), what="takes float32", core=True)
    more = _normal(draw, (40, 32), 1.5), _normal(draw, (40, 32))
    yield student.compare(name, *more, what="takes more images than latents", core=True)
    yield student.compare(name, mean[:1], log_var[:1], what="takes a batch of one")
    zeros = torch.zeros(shape)
    yield student.compare(name, mean, zeros.double(), what="takes log variances of 0", share=2)
    idle = torch.tensor(draw.integers(0, 2, (32,)) == 0)
    yield student.compare(
        name,
        (mean * ~idle).float(),
        (log_var * ~idle).float(),
        what="is 0 for latents that equal the prior, and only for them",
        share=2,
    )
    sizes = torch.tensor([-8.0, 8.0] * 16).double() + 0.1 * log_var
    yield student.compare(name, mean, sizes, what="works for log variances of ±8", share=2)
    yield _draws_nothing(student, name, [mean, log_var], "sampled")
    arguments, direction = {"mean": mean, "log_var": log_var}, _normal(draw, (32,))
    yield _gradient_line(student, name, arguments, list(arguments), direction)


def _gradient_line(student, name, arguments, wanted, direction):
    return student.compare(
        _gradients,
        name,
        arguments,
        wanted,
        direction,
        what="has the gradient of the formula",
        share=2,
    )


def _gradients(functions, name, arguments, wanted, direction):
    """Of the result's product with a direction, with respect to the wanted arguments."""
    import torch

    # Gradients on, whatever another function of the student's has left behind.
    with torch.enable_grad():
        arguments = {
            key: value.clone() if isinstance(value, torch.Tensor) else value
            for key, value in arguments.items()
        }
        leaves = [arguments[key].requires_grad_() for key in wanted]
        result = functions[name](*arguments.values())
        if not isinstance(result, torch.Tensor):
            raise TypeError(
                f"a {type(result).__name__} is returned, through which no gradient goes"
            )
        if not result.requires_grad:
            raise ValueError(f"no gradient reaches {' or '.join(wanted)}")
        product = (result * direction).sum()
        found = torch.autograd.grad(product, leaves, allow_unused=True)
    for key, gradient in zip(wanted, found, strict=True):
        if gradient is None:
            raise ValueError(f"no gradient reaches {key}")
    return dict(zip(wanted, found, strict=True))


def _draws_nothing(student, name, arguments, mistake):
    """A line: two calls give the same; for what students compute with random numbers anyway."""
    return student.holds(
        student.value(_same_twice, name, arguments),
        "draws nothing itself",
        "Two calls with the same arguments give different results.",
        mistake=mistake,
    )


def _same_twice(functions, name, arguments):
    """Whether two calls with the same arguments return the same numbers."""
    import torch

    def call():
        copies = [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]
        return torch.as_tensor(functions[name](*copies)).detach()

    try:
        one, other = call(), call()
    except Exception:  # which another line tells
        return True
    return one.shape == other.shape and torch.allclose(one, other, equal_nan=True)


def _normal(draw, shape, scale=1.0):
    return torch.tensor(draw.normal(shape, scale))


# ── traverse ─────────────────────────────────────────────────────────────────────────────────


def traverse(student, draw):
    name = "traverse"
    z, values = _normal(draw, (32,)), _normal(draw, (7,), 2.0)
    dim = draw.integers(3, 29)
    formula = student.compare(
        name, z, dim, values, what="agrees with the formula", core=True, share=4
    )
    yield formula
    if not formula.passed:
        yield _draws_nothing(student, name, [z, dim, values], "new_base")
    as_list = [draw.between(-3, 3) for _ in range(5)]
    yield student.compare(
        name, z.float(), draw.integers(1, 31), as_list, what="takes a list, and float32", core=True
    )
    many = _normal(draw, (40,), 2.0)
    yield student.compare(name, z, dim, many, what="takes more values than latents", core=True)
    yield student.compare(name, z, 0, values, what="takes the first latent")
    yield student.compare(name, z, 31, values, what="takes the last latent")
    yield student.compare(name, z, dim, values[:1], what="takes a single value")
    yield student.compare(name, z, dim, [1.5], what="takes a list of one")
    whole = [int(i) for i in draw.permutation(7) - 3]
    yield student.compare(name, z.float(), dim, whole, what="takes a list of integers")
    yield student.compare(
        name, z.float(), dim, torch.tensor(whole), what="takes a tensor of integers"
    )
    yield student.compare(
        name, torch.round(3 * z).float(), dim, values.float(), what="takes a z of whole numbers"
    )
    for given, kind in ((as_list, "a list"), (values.float(), "a tensor")):
        line = student.meets(
            _is_float32,
            name,
            z.float(),
            dim,
            given,
            what=f"returns float32 for a z in float32 and {kind}",
        )
        yield line if "float64" not in line.message else replace(line, mistake="float64")
    yield student.compare(
        _traversed_twice, z, dim, values, what="a second call starts from the same z", share=2
    )
    yield student.compare(
        _traversed_with_gradient, z, dim, values, what="takes a z that a gradient is asked of"
    )


def _is_float32(rows):
    """A condition: what a decoder of float32 takes."""
    dtype = getattr(rows, "dtype", type(rows).__name__)
    return "" if dtype == torch.float32 else f"The dtype is {dtype}."


def _traversed_twice(functions, z, dim, values):
    """The rows for another latent, after a call; and z as it is then."""
    first = functions["traverse"](z, dim, values)
    kept = first.clone()
    second = functions["traverse"](z, (dim + 7) % 32, values[:4])
    return kept, second, z


def _traversed_with_gradient(functions, z, dim, values):
    return functions["traverse"](z.clone().requires_grad_(), dim, values)


# ── factors ──────────────────────────────────────────────────────────────────────────────────

ASKED = 4  # entries


def factors(student, draw):
    found = student.constant("factors")
    is_dict = isinstance(found, dict)
    yield student.holds(
        is_dict,
        "is a dictionary",
        f"It is of type {type(found).__name__}.",
        mistake=_kind_of_answer(found),
        core=True,
        share=0,
    )
    if not is_dict:
        return
    problems = {name: _problem(name, latent, found) for name, latent in found.items()}
    if found and all(words for words, _ in problems.values()):
        problems = _all_alike(found) or problems
    for name, (words, mistake) in problems.items():
        shown = " ".join(name.split())[:40]
        yield student.holds(not words, f"{shown!r} has a latent that tells it", words, mistake)
    missing = max(ASKED - len(found), 0)
    yield student.holds(
        not missing,
        "there are at least four entries",
        f"There {'is' if len(found) == 1 else 'are'} {len(found)}.",
        mistake="too_few" if found else "none",
        share=missing,
    )


def _kind_of_answer(found):
    if isinstance(found, (list, tuple)):
        return "list_of_pairs" if found and isinstance(found[0], (list, tuple)) else "list"
    return None


def _problem(name, latent, found):
    """What is wrong with one entry, and the known mistake behind it; "" and None if nothing is."""
    if name not in faces.NAMES:
        return f"The names are: {', '.join(faces.NAMES)}.", _kind_of_name(name)
    number, mistake = _number(latent)
    if mistake:
        return f"That is under {name!r}.", mistake
    if not 0 <= number < beta_vae.LATENTS:
        near = -beta_vae.LATENTS <= number < 0
        return f"Under {name!r} there is {number}.", "negative" if near else "out_of_range"
    measured, k = truth.measured(), faces.NAMES.index(name)
    if measured.kl[number] < truth.ACTIVE:
        return (
            f"Its KL to the prior, averaged over the pictures, is {measured.kl[number]:.2f} nats.",
            "inactive_latent",
        )
    if measured.share[number, k] >= truth.NEARLY and measured.information[number, k] >= truth.FOUND:
        return "", None
    return f"It is latent {number}, for {name!r}.", _kind_of_choice(number, k, measured, found)


def _kind_of_name(name):
    """The mistake in a name that is no factor's."""
    if " ".join(name.lower().replace("_", " ").replace("-", " ").split()) in faces.NAMES:
        return "other_spelling"
    return "keys_and_values_swapped" if name.strip().lstrip("-").isdigit() else "not_a_factor"


def _number(latent):
    """A latent as an int, and the mistake if it is none; 3.0 is taken for 3."""
    if isinstance(latent, (list, tuple, dict)):
        return None, "several_latents"
    if isinstance(latent, (str, type(None))):
        return None, "not_a_number"
    values = np.asarray(latent)
    if values.ndim:
        return None, "several_latents"
    if values.dtype.kind == "b":
        return None, "truth_values"
    if values.dtype.kind not in "iuf" or not float(values).is_integer():
        return None, "not_a_number"
    return int(values), None


def _kind_of_choice(number, k, measured, found):
    """The mistake behind a latent in use that tells little of factor k."""
    if len(found) >= ASKED and len({_number(latent)[0] for latent in found.values()}) == 1:
        return "same_latent_for_all"
    if measured.share[number, k] >= 0.4:
        return "tells_too_little"
    tells = (measured.share[number] >= truth.NEARLY) & (
        measured.information.max(axis=0) >= truth.FOUND
    )
    told = [name for name, does in zip(faces.NAMES, tells, strict=True) if does]
    if any(name in found for name in told):
        return "swapped"
    return "tells_something_else" if told else "tells_too_little"


def _all_alike(found):
    """The problems of entries that are all wrong, if one mistake explains them all."""
    numbers = {name: _number(latent)[0] for name, latent in found.items()}
    if not all(
        name in faces.NAMES and number in range(beta_vae.LATENTS)
        for name, number in numbers.items()
    ):
        return None
    share = {"counted_from_one": np.roll(truth.measured().share, 1, axis=0)}
    share["other_model"] = truth.measured("vae").share
    for mistake, table in share.items():
        if all(
            table[number, faces.NAMES.index(name)] >= truth.NEARLY
            for name, number in numbers.items()
        ):
            return {name: (f"So it is with {name!r}.", mistake) for name in found}
    return None


# ── beta_loss ────────────────────────────────────────────────────────────────────────────────


def beta_loss(student, draw):
    name = "beta_loss"
    reconstruction, kl = _losses(draw, 6)
    beta = draw.between(1.5, 9.0)
    yield student.compare(
        name, reconstruction, kl, beta, what="agrees with the formula", core=True, share=4
    )
    yield student.compare(
        name,
        *(part.float() for part in _losses(draw, 9)),
        draw.between(0.2, 0.8),
        what="takes float32, and a beta below 1",
        core=True,
    )
    for batch, given, what in (
        (5, 4, "takes a whole beta"),
        (4, 1, "takes a beta of 1"),
        (4, 0.0, "takes a beta of 0"),
        (1, beta, "takes a batch of one"),
        (300, beta, "takes many images"),
    ):
        yield student.compare(name, *_losses(draw, batch), given, what=what)
    reconstruction, kl = _losses(draw, 4)
    yield student.compare(
        name, 4000 + reconstruction, kl, 8 * beta, what="works for losses of thousands of nats"
    )
    arguments = {"reconstruction": reconstruction, "kl": kl, "beta": beta}
    for wanted in ("reconstruction", "kl"):
        yield student.compare(
            _gradients,
            name,
            arguments,
            [wanted],
            draw.between(0.5, 2.0),
            what=f"has the gradient of the formula with respect to {wanted}",
            share=2,
        )


def _losses(draw, batch):
    """A reconstruction and a KL for each image: all positive, none like another."""
    scales = (40.0, 12.0)
    return [torch.tensor(scale * draw.between(0.2, 2.0, (batch,))) for scale in scales]


# ── mutual_information_gap ───────────────────────────────────────────────────────────────────


def mutual_information_gap(student, draw):
    name = "mutual_information_gap"
    codes, values = _coded(draw, n=400, latents=5, counts=[4, 3, 6])
    yield student.compare(name, codes, values, what="agrees with the formula", core=True, share=4)
    codes, values = _coded(draw, n=260, latents=3, counts=[3, 5, 2, 4, 3])
    yield student.compare(
        name, codes, values, what="takes more factors than latents", core=True, share=2
    )
    codes, values = _coded(draw, n=300, latents=4, counts=[4, 3, 5])
    for column, what in ((0, "first"), (1, "not the first")):
        constant = np.insert(values, column, draw.integers(0, 3), axis=1)
        yield student.compare(
            name, codes, constant, what=f"leaves a constant factor out, {what}", share=2
        )
    for bins in (7, 33):
        codes, values = _coded(draw, n=350, latents=4, counts=[4, 3], bins=bins)
        yield student.compare(name, codes, values, bins, what=f"takes {bins} bins", share=2)
    codes, values = _coded(draw, n=700, latents=32, counts=[40, 8])
    codes = codes[:, draw.permutation(32)]
    yield student.compare(
        name, codes, values, what="takes 32 latents, and a factor of 40 values", share=2
    )
    yield from _unusual_tables(student, draw, name)


def _unusual_tables(student, draw, name):
    codes, values = _coded(draw, n=240, latents=2, counts=[4])
    yield student.compare(name, codes, values, what="takes two latents and one factor")
    one = np.stack([codes[:, 0], np.full(len(codes), 0.7)], axis=1)
    yield student.compare(name, one, values, what="takes two latents of which one never changes")
    codes, values = _coded(draw, n=320, latents=4, counts=[4, 5])
    yield student.compare(name, codes.astype(np.float32), values, what="takes float32")
    steps = np.cumsum(draw.integers(1, 6, (5,))) * np.array([1, 1, 1, 2, 4]) - 7
    yield student.compare(
        name, codes, steps[values], what="takes factors with any integers as values"
    )
    yield student.compare(name, codes, values - 1, what="takes factors that begin at -1")
    again = codes[:, [0, 1, 2, 3, int(_best(codes, values))]]
    yield student.compare(name, again, values, what="gives no gap where two latents say the same")
    still = np.insert(codes, 1, draw.between(0.5, 2.0), axis=1)
    yield student.compare(name, still, values, what="takes a latent that never changes")
    far = codes * 10.0 ** draw.permutation(4) + 100 * draw.normal((4,))
    yield student.compare(name, far, values, what="takes latents of any place and width")
    codes, values = _coded(draw, n=320, latents=3, counts=[3, 4])
    order = draw.permutation(len(codes))
    yield student.compare(
        name, codes[order], values[order], what="does not mind the order of the pictures"
    )
    codes, values = _at_the_ends(draw)
    yield student.compare(
        name, codes, values, what="minimum and maximum lie in the first and the last bin"
    )


def _best(codes, values):
    """The latent that moves most with the first factor; any that moves would do."""
    spread = [np.std([code[values[:, 0] == v].mean() for v in range(3)]) for code in codes.T]
    return np.argmax(np.array(spread) / codes.std(axis=0))


def _coded(draw, n, latents, counts, bins=20):
    """Codes (n, latents) that tell something of factors (n, factors), all of them unequally.

    Every number lies well inside one of the bins, so that no rounding carries it to the next; but
    for the ends, which belong to the outer bins. The values of a factor are not equally likely.
    """
    columns = []
    for count in counts:
        weights = draw.between(0.5, 2.0, (count,))
        drawn = draw.generator.choice(count, size=n, p=weights / weights.sum())
        drawn[:count] = np.arange(count)
        columns.append(drawn)
    values = np.stack(columns, axis=1)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    mixing = draw.normal((len(counts), latents), 0.35)
    for factor in range(len(counts)):  # each is told best by a latent that tells others too
        mixing[factor, factor % latents] += 1.6 * draw.signs((1,))[0]
    codes = standard @ mixing + draw.normal((n, latents), 0.5)
    codes = np.where(np.arange(latents) % 2, codes, np.sinh(codes))  # bins filled unequally
    return _inside_of_bins(draw, codes, bins), values


def _inside_of_bins(draw, codes, bins):
    """The same codes, but for small moves away from the edges of the bins."""
    low, width = codes.min(axis=0), np.ptp(codes, axis=0)
    place = (codes - low) / width * bins
    whole = np.minimum(np.floor(place), bins - 1)
    inside = whole + (place - whole).clip(0.05, 0.95)
    columns = np.arange(codes.shape[1])
    inside[codes.argmin(axis=0), columns] = 0
    inside[codes.argmax(axis=0), columns] = bins
    offset, scale = draw.normal((codes.shape[1],), 2.0), draw.between(0.5, 3.0, (codes.shape[1],))
    return offset + scale * inside / bins


def _at_the_ends(draw, n=240):
    """Two latents; many pictures have their minimum or maximum, many lie in the same bins."""
    values = np.stack([np.arange(n) % 4, draw.integers(0, 3, (n,))], axis=1)
    places = np.array([0.0, 0.5, 19.4, 20.0])[values[:, 0]]
    other = draw.between(0, 20, (n,)).round() + 0.3
    codes = _inside_of_bins(draw, np.stack([other, places], axis=1), 20)
    low, high = codes[:, 1].min(), codes[:, 1].max()
    codes[:, 1] = low + (high - low) * places / 20
    order = draw.permutation(n)
    return codes[order], values[order]
