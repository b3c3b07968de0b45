"""What the autoencoder of sheet 2 owes to its start: .venv/bin/python benchmarks/autoencoder.py

Trains with the cells of the source notebook and prints a table in Markdown: the squared error per
test image after 5 epochs and at the end, and the loss of the last epoch as a student sees it, each
as its mean over the seeds and its range. `--layers` prints instead the signal and the gradient in
each layer before training. `--settings` takes only some trainings, `--seeds` others, `--epochs`
stops all of them earlier.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from grader.course import outline

# The cells that define what a training needs, beside the solutions.
CELLS = {"imports", "data", "scaled-xavier", "held-out-error", "run"}
TWO, THREE, NARROW = [784, 256, 128], [784, 256, 128, 64], [784, 256, 64]


@dataclass(frozen=True)
class Setting:
    """One training: layer sizes of the encoder, start, loss, epochs and Adam's step size."""

    sizes: list[int]
    start: str
    loss: str = "cross_entropy_loss"
    epochs: int = 20
    step_size: float = 1e-3


SETTINGS = {
    "N(0, 1), squared error": Setting(TWO, "normal", "mean_squared_loss"),
    "N(0, 1), cross-entropy": Setting(TWO, "normal"),
    "Xavier, squared error": Setting(TWO, "gain 1", "mean_squared_loss"),
    "Xavier, cross-entropy": Setting(TWO, "gain 1"),
    "784-256-64, Xavier": Setting(NARROW, "gain 1"),
    "deeper, Xavier": Setting(THREE, "gain 1"),
    "gain 2": Setting(TWO, "gain 2", epochs=5),
    "gain 4": Setting(TWO, "gain 4", epochs=5),
    "gain 8": Setting(TWO, "gain 8", epochs=5),
    "784-256-64, gain 4": Setting(NARROW, "gain 4", epochs=5),
    "deeper, gain 4": Setting(THREE, "gain 4", epochs=5),
    "gain 4, steps of 0.0002": Setting(TWO, "gain 4", epochs=5, step_size=2e-4),
    "N(0, 1), steps of 0.003": Setting(TWO, "normal", epochs=5, step_size=3e-3),
    "N(0, 1), steps of 0.01": Setting(TWO, "normal", epochs=5, step_size=1e-2),
    "N(0, 1), steps of 0.03": Setting(TWO, "normal", epochs=5, step_size=3e-2),
}


def notebook() -> dict:
    """What the notebook of sheet 2 defines, without its trainings and figures."""
    names: dict = {}
    for cell in outline.read_source("sheet2_autoencoder").cells:
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type == "code" and (cell.id in CELLS or solution):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


def start(names: dict, which: str) -> Callable:
    """The initialiser that a setting names: `normal`, or `gain` and a factor for Xavier's."""
    if which == "normal":
        return names["normal_init"]
    return names["scaled_xavier"](float(which.removeprefix("gain ")))


def trained(names: dict, setting: Setting, seed: int) -> list[float]:
    """Train once: the squared error per test image after 5 epochs and at the end, the last loss."""
    init = start(names, setting.start)
    loss_fn, changes = names[setting.loss], {"epochs": setting.epochs, "seed": seed}
    names["run"]("run", setting.sizes, init, loss_fn, step_size=setting.step_size, **changes)
    course = names["runs"]["run"]
    return [course.measured[min(5, setting.epochs)], course.measured[-1], course.losses[-1]]


def print_layers(names: dict, seeds: list[int]) -> None:
    """Signal and gradient in each layer before training, the mean over the seeds."""
    for sizes in (TWO, THREE):
        for loss in ("mean_squared_loss", "cross_entropy_loss"):
            print(f"\n{'-'.join(map(str, sizes))}, {loss}: layer by layer")
            for which in ("normal", "gain 1", "gain 4"):
                init = start(names, which)
                rows = [
                    names["signal_and_gradient"](sizes, init, names[loss], seed=s) for s in seeds
                ]
                for quantity, values in zip(("signal", "gradient"), np.mean(rows, 0), strict=True):
                    print(f"{which:8} {quantity:9}" + "".join(f"{v:10.5f}" for v in values))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--layers", action="store_true")
    options = parser.parse_args()
    names = notebook()
    if options.layers:
        print_layers(names, options.seeds)
    else:
        quantities = ("after 5 epochs", "at the end", "loss at the end")
        header = ["training", "epochs", *(f"{name} | range" for name in quantities)]
        print(f"| {' | '.join(header)} |\n|{' --- |' * 8}")
        for name in options.settings:
            epochs = min(options.epochs, SETTINGS[name].epochs)
            setting = replace(SETTINGS[name], epochs=epochs)
            measured = np.array([trained(names, setting, seed) for seed in options.seeds]).T
            columns = [f"{v.mean():.2f} | {v.min():.2f} to {v.max():.2f}" for v in measured]
            print(f"| {name} | {setting.epochs} | {' | '.join(columns)} |", flush=True)
