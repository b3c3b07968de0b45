"""What mistakes do to the numbers of sheet 6: .venv/bin/python benchmarks/flow.py

Runs the source notebook's own cells with one mistake in the solution at a time, for fewer epochs
than the notebook, and prints a table in Markdown: the held-out loss in the plane, what comes of
inverse(forward(x)), the volume under the density, and bits per dimension of the 8 by 8 digits.
`--seeds` trains the right solution in full instead, with other first weights.
"""

import argparse
import contextlib
import io
import time

import torch

from grader.course import outline

PARTS = [
    "imports",
    "mixture",
    "net",
    "fit",
    "chain",
    "noises",
    "image-flow",
]  # beside the solutions
EPOCHS = 30

LAYER, BASE = "affine-coupling", "standard-normal-log-prob"
SCALED = "s * (1 - self.mask), t * (1 - self.mask)\n        return x * torch.exp(s)"
# The cell in which a mistake is made, what stands there, and what stands there instead.
MISTAKES = {
    "none": [],
    "log_det left out of log_prob": [("flow", "(z) + log_det", "(z)")],
    "log_det subtracted": [("flow", "(z) + log_det", "(z) - log_det")],
    "log_det summed over the batch": [(LAYER, "+ t, s.sum(dim=-1)", "+ t, s.sum()")],
    "log_det averaged over dimensions": [(LAYER, "+ t, s.sum(dim=-1)", "+ t, s.mean(dim=-1)")],
    "log_det counts entries that pass": [
        (LAYER, SCALED, "s, t * (1 - self.mask)\n        return x * torch.exp(s * (1 - self.mask))")
    ],
    "the net sees everything": [
        (LAYER, "self.net(x * self.mask)", "self.net(x)"),
        (LAYER, "self.net(z * self.mask)", "self.net(z)"),
    ],
    "inverse in the order of forward": [("flow", "reversed(self.layers)", "self.layers")],
    "exp(+s) in both directions": [(LAYER, "torch.exp(-s)", "torch.exp(s)")],
    "log 2π left out": [(BASE, " + math.log(2 * math.pi)", "")],
    "base averaged over dimensions": [(BASE, ".sum(", ".mean(")],
    "log_det of dequantize 0": [("dequantize", "-y.shape[-1] * math.log(levels)", "0.0")],
    "log_det of to_logit 0": [("to-logit", "math.log(1 - 2 * alpha) - log_p - log_q", "0 * y")],
    "nats for bits": [("bits-per-dim", "(n_dims * math.log(2))", "n_dims")],
    "the same noise always": [
        ("noises", "torch.rand(x_int.shape, generator=generator)", "torch.full(x_int.shape, 0.5)")
    ],
}


def notebook(changes: list | tuple = (), epochs: int = 1000) -> dict:
    """What the notebook defines, with changes and at most so many epochs; nothing is trained."""
    names: dict = {"sources": {}}
    for cell in outline.read_source("sheet6_flow").cells:
        source = cell.source
        for _, old, new in (change for change in changes if change[0] == cell.id):
            if old not in source:
                raise ValueError(f"the cell {cell.id} has no {old!r}")
            source = source.replace(old, new)
        names["sources"][cell.id] = source
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type == "code" and (cell.id in PARTS or solution):
            _run(source, names)
        if cell.id == "fit":
            names["fit"] = _shortened(names["fit"], epochs)
    return names


def _run(source: str, names: dict) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, "notebook", "exec"), names)


def _shortened(fit, most: int):
    def shortened(name, flow, loss, batches, measure, epochs, learning_rate, shown):
        few = min(epochs, most)
        return fit(name, flow, loss, batches, measure, few, learning_rate, shown)

    return shortened


def in_the_plane(names: dict) -> list[float]:
    """Held-out loss, largest error of inverse(forward(x)), and volume under the density."""
    _run(names["sources"]["run-plane"].partition("first, second =")[0], names)
    flow = names["plane_flow"](4 * [[1.0, 0.0], [0.0, 1.0]])
    with contextlib.redirect_stdout(io.StringIO()):
        loss = names["fit_plane"]("plane", flow).measured[-1]
    x = names["plane_held_out"][:2000]
    with torch.no_grad():
        error = float((flow.inverse(flow(x)[0])[0] - x).abs().max())
        _, places = names["plane"].grid(12.0, 601)
        volume = float(flow.log_prob(places).exp().sum()) * 0.04**2
    return [loss, error, volume]


def on_digits(names: dict) -> list[float]:
    """Bits per dimension of the digits of 8 by 8 pixels: training, held out."""
    _run(names["sources"]["run-digits"], names)
    return [names["small_run"].losses[-1], names["small_run"].measured[-1]]


def line(name: str, changes: list, epochs: int) -> list[str]:
    """A row of the table: a mistake and its numbers, and the CPU's seconds."""
    began = time.process_time()
    names = notebook(changes, epochs)
    numbers = [f"{value:.4g}" for value in in_the_plane(names) + on_digits(names)]
    return [name, *numbers, f"{time.process_time() - began:.0f}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[])
    seeds = parser.parse_args().seeds
    header = ["mistake", "plane, nats", "error", "volume", "digits", "held out", "CPU s"]
    for row in (header, ["---"] * len(header)):
        print(f"| {' | '.join(row)} |")
    jobs = [(name, changes, EPOCHS) for name, changes in MISTAKES.items()]
    if seeds:
        first_weights = [
            [
                ("run-plane", "seed(0)", f"seed({s})"),
                ("image-flow", "seed=1", f"seed={s}"),
            ]
            for s in seeds
        ]
        jobs = [(f"none, seed {s}", c, 1000) for s, c in zip(seeds, first_weights, strict=True)]
    for job in jobs:
        print(f"| {' | '.join(line(*job))} |", flush=True)
