"""What runs beside a student's networks and functions, and stand-ins for the parts of the loss.

Networks that students wrote get parameters that the judge chose, and return what they put out.
Functions that students wrote get networks of the judge's own: `weights` holds W and b of each
layer, one after another, of an "encoder" and a "decoder".
"""

import functools

import torch
from torch import nn

# ── networks that students wrote ─────────────────────────────────────────────────────────────


def shapes(functions, name, sizes, x):
    """Zeros in the place of what a new network puts out; it must be of the type of x."""
    network = functions[name](*sizes)
    if not isinstance(network, nn.Module):
        raise TypeError(f"{name}(…) is of type {type(network).__name__}; an nn.Module is expected")
    output = network(x)
    several = name == "Encoder" and isinstance(output, (tuple, list))
    for part in output if several else [output]:
        if not isinstance(part, torch.Tensor):
            raise TypeError(f"forward returns a {type(part).__name__} where a tensor is expected")
        if part.dtype != torch.float32:
            raise TypeError(f"forward returns a tensor of {part.dtype} for one of {x.dtype}")
    return tuple(map(torch.zeros_like, output)) if several else torch.zeros_like(output)


def outputs(functions, name, sizes, settings, batches, in_eval_mode=False):
    """What a new network puts out, for each setting of its parameters and each batch.

    settings: each a list of terms (seed, scale, number): random values that are added up, in all
    parameters or in the one with this number. Returns lists of a batch's parts; None where the
    network refuses a batch with a ValueError.
    """
    network = _made(functions, name, sizes, batches[0]).train(not in_eval_mode)
    found = []
    with torch.no_grad():
        for setting in settings:
            _fill(network, setting)
            found.append([_parts_or_none(network, x) for x in batches])
    return found


def slopes(functions, name, sizes, seed, x, directions):
    """The shapes of the parameters, and how the outputs move with each of them, by autograd.

    directions: a seed for each of the first parameters, along whose random values they move.
    Returns also what no one can see from outside: how many parameters want no gradient, and how
    many tensors are computed with that want one and are no parameters.
    """
    network = _made(functions, name, sizes, x)
    _fill(network, [[seed, 1.0, None]])
    own = list(network.parameters())
    parts = _parts(network, x)
    learning = [p for p in own if p.requires_grad]
    columns = [column for part in parts for column in part.sum(0)]
    moves = [_directional(column, learning, own, directions) for column in columns]
    strangers = {id(leaf) for leaf in _leaves(parts)} - {id(p) for p in own}
    return {
        "shapes": [list(p.shape) for p in own],
        "slopes": torch.tensor(moves),
        "frozen": len(own) - len(learning),
        "strangers": len(strangers),
    }


def _made(functions, name, sizes, x):
    network = functions[name](*sizes)
    network(x)  # a lazy layer has its parameters only after the first batch
    return network


def _parts(network, x):
    output = network(x)
    return list(output) if isinstance(output, (tuple, list)) else [output]


def _parts_or_none(network, x):
    try:
        return _parts(network, x)
    except ValueError:  # what batch normalisation says to a single row
        return None


def _values(p, seed):
    """Random values for a parameter, such that what a layer puts out is neither small nor large."""
    width = p.shape[-1] if p.dim() > 1 else 2
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(p.shape, generator=generator) * 1.5 / width**0.5


@torch.no_grad()
def _fill(network, setting):
    for i, p in enumerate(network.parameters()):
        p.zero_()
        for seed, scale, number in setting:
            if number is None or number == i:
                p.add_(_values(p, seed + i), alpha=scale)


def _directional(column, learning, own, directions):
    """How a column of the outputs moves along each direction; nan where no gradient says so."""
    found = {}
    if column.requires_grad and learning:
        moves = torch.autograd.grad(column, learning, retain_graph=True, allow_unused=True)
        found = {id(p): g for p, g in zip(learning, moves, strict=True) if g is not None}
    pairs = enumerate(zip(own, directions, strict=False))
    return [
        float((found[id(p)] * _values(p, seed + i)).sum()) if id(p) in found else float("nan")
        for i, (p, seed) in pairs
    ]


def _leaves(tensors):
    """The tensors that want a gradient on the way to some others."""
    waiting, done = [t.grad_fn for t in tensors], {None}
    while waiting:
        node = waiting.pop()
        if node not in done:
            done.add(node)
            waiting += [following for following, _ in node.next_functions]
    return [node.variable for node in done if hasattr(node, "variable")]


# ── networks of the judge's own ──────────────────────────────────────────────────────────────


class Network(nn.Module):
    """Fully connected layers, along the last axis."""

    def __init__(self, arrays, activation):
        super().__init__()
        self.arrays = nn.ParameterList([array.clone() for array in arrays])
        self.activation = getattr(torch, activation)
        self.seen = []

    def forward(self, x):
        self.seen.append(x.detach().reshape(-1, x.shape[-1]))
        for number in range(0, len(self.arrays), 2):
            x = self.activation(x) if number else x
            x = x @ self.arrays[number] + self.arrays[number + 1]
        return x


class TwoHeads(Network):
    """The same, with its outputs cut into two."""

    def forward(self, x):
        mean, log_var = super().forward(x).chunk(2, dim=-1)
        return mean, log_var


def _networks(weights, activation="tanh"):
    encoder = TwoHeads(weights["encoder"], activation)
    return encoder, Network(weights["decoder"], activation)


def encoded(weights, x, activation):
    """Mean and log variance of an encoder with these weights, without a graph."""
    with torch.no_grad():
        return _networks(weights, activation)[0](x)


def _parameters(encoder, decoder):
    return {
        f"{part} {'Wb'[i % 2]}{i // 2 + 1}": p
        for part, network in (("encoder", encoder), ("decoder", decoder))
        for i, p in enumerate(network.arrays)
    }


def _gradients(part, parameters):
    if not isinstance(part, torch.Tensor):
        words = f"what it returns is a {type(part).__name__}, through which no gradient goes"
        raise TypeError(words)
    inside = list(parameters.values())
    found = torch.autograd.grad(part.sum(), inside, retain_graph=True, allow_unused=True)
    pairs = zip(parameters.items(), found, strict=True)
    return {key: torch.zeros_like(p) if g is None else g for (key, p), g in pairs}


# ── the functions on them ────────────────────────────────────────────────────────────────────


def bound(functions, name, weights, x, eps, activation="tanh"):
    """What a function returns for two networks."""
    return functions[name](*_networks(weights, activation), x, eps)


def gradients(functions, name, weights, x, eps, activation="tanh", of_all=False):
    """The gradients of its sum, or of the first thing it returns, or of all of them."""
    networks = _networks(weights, activation)
    returned = functions[name](*networks, x, eps)
    if of_all:
        return [_gradients(part, _parameters(*networks)) for part in returned]
    first = returned[0] if name == "negative_elbo" else returned
    return _gradients(first, _parameters(*networks))


def networks_after(functions, name, weights, x, eps):
    """The parameters as a function leaves them, and whether there is a gradient in them."""
    networks = _networks(weights)
    functions[name](*networks, x, eps)
    parameters = _parameters(*networks)
    return {key: [p, None if p.grad is None else "a gradient"] for key, p in parameters.items()}


def trained(functions, weights, batches, settings):
    """What train_epoch makes of two networks.

    settings: report: the "losses" that it returned, the "parameters" afterwards, or what the
    decoder has "seen"; optimizer, learning_rate, epochs, seed; once: the batches are a generator.
    """
    encoder, decoder = _networks(weights)
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
        given = (batch for batch in batches) if settings.get("once") else batches
        losses.append(functions["train_epoch"](encoder, decoder, given, optimizer, generator))
    reports = {
        "losses": losses if len(losses) > 1 else losses[0],
        "parameters": _parameters(encoder, decoder),
        "seen": torch.cat(decoder.seen) if decoder.seen else torch.zeros(0, 1),
    }
    wanted = settings["report"]
    return [reports[key] for key in wanted] if isinstance(wanted, list) else reports[wanted]


# ── the parts of the loss ────────────────────────────────────────────────────────────────────


def part(functions, name, weights, x, eps, settings=None):
    """What a part of the loss, or a function that uses it, returns and its gradients.

    None where it fails or changes an argument. settings: for train_epoch, as in `trained`.
    """
    try:
        if name == "train_epoch":
            return trained(functions, weights, x, settings)
        networks = _networks(weights)
        given = x.clone(), eps.clone()
        returned = _of_a_part(functions[name], name, *networks, *given)
        kept = all(map(torch.equal, given, (x, eps)))
        first = returned[0] if name == "negative_elbo" else returned
        return [returned, _gradients(first, _parameters(*networks))] if kept else None
    except Exception:
        return None


def _of_a_part(function, name, encoder, decoder, x, eps):
    match name:
        case "reparametrize":
            return function(*encoder(x), eps)
        case "reconstruction_loss":
            return function(decoder(eps), x)
        case "kl_loss":
            return function(*encoder(x))
    return function(encoder, decoder, x, eps)


def called(functions, name, weights, x, eps, settings=None):
    """The names of the stand-ins that a function calls."""
    part(functions, name, weights, x, eps, settings)
    return sorted(CALLED)


# Stand-ins. What z is stands in the notebook; the others are no loss of the sheet.

CALLED = set()


def _noted(function):
    @functools.wraps(function)
    def stand_in(*args, **options):
        CALLED.add(function.__name__)
        return function(*args, **options)

    return stand_in


@_noted
def reparametrize(mean, log_var, eps):
    return mean + torch.exp(log_var / 2) * eps


@_noted
def reconstruction_loss(logits, x):
    return (torch.cosh(logits / 8) * (logits - 3 * x) ** 2).sum(dim=-1)


@_noted
def kl_loss(mean, log_var):
    return (mean**4 + torch.sigmoid(log_var) + 0.2 * log_var).sum(dim=-1)


@_noted
def negative_elbo(encoder, decoder, x, eps):
    mean, log_var = encoder(x)
    logits = decoder(reparametrize(mean, log_var, eps))
    parts = reconstruction_loss(logits, x).mean(), kl_loss(mean, log_var).mean()
    return sum(parts), *parts
