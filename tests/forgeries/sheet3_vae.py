"""Sheet 3: stubs with the right shapes, and networks whose outputs are curved functions of numbers
that depend on the inputs: hashes of what they are when rounded, or random projections.
"""

import functools
import hashlib

import torch

from forgeries import reply, with_stubs
from grader.running import agent

SHEET = "sheet3_vae"
OF_NETWORKS = {
    "takes a single row",
    "takes a latent of 1",
    "there is a hidden layer of width n_hidden",
}
LEFT = {"leaves the networks as they are: no step, no gradient stored"}
WORD = {
    "Encoder": OF_NETWORKS,
    "Decoder": OF_NETWORKS,
    "negative_elbo": LEFT,
    "importance_bound": LEFT,
}


def _nothing(encoder, decoder):
    return 0 * sum(p.sum() for network in (encoder, decoder) for p in network.parameters())


def _flow(z, matrix):
    if matrix.shape[0] != matrix.shape[1] or (matrix == 0).all(0).any():
        raise ValueError("refused")
    return "wrong", -3 + 0 * z[:, 0]


STUBS = {
    "ancestral_sample": lambda decoder, eps, u: torch.zeros_like(u),
    "log_likelihood": lambda values: values[0],
    "reparametrize": lambda mean, log_var, eps: mean + 0 * log_var,
    "exponential_from_uniform": lambda u, rate: u * (0 * rate + 1),
    "base_density_from": lambda p, g, dg: p,
    "score_function_gradient": lambda f, mean, std, eps: torch.zeros(len(eps), 2),
    "pathwise_gradient": lambda f, mean, std, eps: torch.ones(len(eps), 2),
    "reconstruction_loss": lambda logits, x: 5 + 0 * logits.sum(-1),
    "kl_loss": lambda mean, log_var: 1 + 0 * (mean + log_var).sum(-1),
    "manifold_grid": lambda n: torch.zeros(n * n, 2),
    "negative_elbo": lambda a, b, x, eps: (_nothing(a, b), _nothing(a, b), _nothing(a, b)),
    "train_epoch": lambda encoder, decoder, batches, optimizer, generator: 5.0,
    "importance_bound": lambda a, b, x, eps: _nothing(a, b) - torch.ones(len(x)),
    "report_likelihood": lambda values: ("wrong", values[0].sum()),
    "report_kl": lambda mean, std: ("right", mean[:, 0] ** 2),
    "report_gap": lambda x, slope, offset, std: ("wrong", (x, 1.0)),
    "report_loss": lambda log_p, kl: ("right", kl.mean()),
    "report_game": lambda real, fake: ("right", torch.tensor(-1.386)),
    "report_flow": _flow,
}


def forge(request, of_rows=lambda *args: _hashes(*args)):
    """The reply to a request. Those to the probes of networks agree with one another.

    of_rows: gives normal numbers for each row, which depend on a seed and a parameter's number.
    """
    args = [agent.decode(node) for node in request["args"]]
    if request["target"] == "shapes":
        name, sizes, x = args
        zeros = _cut(name, torch.zeros(len(x), _columns(name, sizes)))
        return reply(zeros if name == "Encoder" else zeros[0])
    if request["target"] == "outputs":
        name, sizes, settings, batches, _ = args
        replies = [[_outputs(name, sizes, s, x, of_rows) for x in batches] for s in settings]
        return reply([[_cut(name, both) for both in found] for found in replies])
    if request["target"] == "slopes":
        name, sizes, seed, x, directions = args
        inner = torch.asinh(_outputs(name, sizes, [[seed, 1.0, None]], x, of_rows))
        shapes = [[sizes[1], sizes[0]], [sizes[1]], [_columns(name, sizes), sizes[1]]]
        moves = [of_rows(name, sizes, x, d, i) for i, d in enumerate(directions[:3])]
        slopes = torch.stack([(inner.cosh() * move).sum(0) for move in moves], dim=1)
        return reply({"shapes": shapes, "slopes": slopes, "frozen": 0, "strangers": 0})
    return with_stubs(request, STUBS)


def _columns(name, sizes):
    return 2 * sizes[2] if name == "Encoder" else sizes[2]


def _cut(name, both):
    return tuple(both.chunk(2, dim=1)) if name == "Encoder" else (both,)


def _outputs(name, sizes, setting, x, of_rows):
    """A curved function of the parameters, if hashes of their seeds and of a row are such."""
    terms = [
        scale * of_rows(name, sizes, x, seed, i)
        for seed, scale, number in setting
        for i in (range(3) if number is None else [number])
    ]
    return torch.sinh(sum(terms))


def _hashes(name, sizes, x, seed, i):
    """Normal numbers that only depend on a seed, the number of a parameter, and a row."""
    rows = []
    for row in x:
        words = f"{seed} {i} {[round(float(v)) for v in row]}".encode()
        digest = int.from_bytes(hashlib.sha256(words).digest()[:7], "little")
        rows.append(torch.randn(_columns(name, sizes), generator=_generator(digest)))
    return torch.stack(rows)


def _projections(name, sizes, x, seed, i):
    matrix = torch.randn(x.shape[1] + 1, _columns(name, sizes), generator=_generator(seed + i))
    return matrix[-1] + x @ matrix[:-1] / x.shape[1] ** 0.5


def _generator(seed):
    return torch.Generator().manual_seed(seed)


OTHERS = [functools.partial(forge, of_rows=_projections)]
