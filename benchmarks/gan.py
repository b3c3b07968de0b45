"""How good the GANs of sheet 5 are: .venv/bin/python benchmarks/gan.py

Trains with the cells of the source notebook and prints a table in Markdown: the Fréchet distance of
10,000 images from the 10,000 test images, the digits that appear, losses of the last epoch, and
minutes of processor time. `--seeds 1 2` trains each kind twice, `--kinds dense` takes only one.
"""

import argparse
import time
from itertools import chain

import numpy as np

from grader.course import outline
from helpers.digit_classifier import look
from helpers.frechet import frechet_distance

# The cells that define what a training needs, beside the solutions.
CELLS = {"imports", "optimizers", "line-data", "compiled", "data", "sizes", "run"}
EPOCHS = {"dense": 20, "conv": 8}  # as in the notebook
COLUMNS = ["kind", "seed", "distance", "digits", "rarest", "D's loss", "G's loss", "CPU minutes"]


def notebook() -> dict:
    """What the notebook of sheet 5 defines, without its long trainings and figures."""
    names: dict = {}
    for cell in outline.read_source("sheet5_gan").cells:
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type == "code" and (cell.id in CELLS or solution):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


def row(names: dict, kind: str, seed: int) -> list[str]:
    """One training and what came of it."""
    began = time.process_time()
    generator, game, _ = names["play"](kind, EPOCHS[kind], seed=seed)
    minutes = (time.process_time() - began) / 60
    noise = [names["sample_noise"](200, names["NOISE_DIM"]) for _ in range(50)]
    images = np.concatenate([generator(z, training=False) for z in noise])
    seen = look(np.clip((images + 1) / 2, 0, 1))
    real = look(names["digits"].test_images)
    shares = np.bincount(seen.digits, minlength=10) / len(images)
    last = len(game.d_losses) // game.epochs
    return [
        kind,
        str(seed),
        f"{frechet_distance(seen.features, real.features):.2f}",
        str(np.sum(shares >= 0.01)),
        f"{shares.min():.1%} ({shares.argmin()})",
        f"{game.d_losses[-last:].mean():.2f}",
        f"{game.g_losses[-last:].mean():.2f}",
        f"{minutes:.1f}",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--kinds", nargs="+", choices=EPOCHS, default=list(EPOCHS))
    options = parser.parse_args()
    defined = notebook()
    rows = (row(defined, kind, seed) for kind in options.kinds for seed in options.seeds)
    for line in chain((COLUMNS, ["---"] * len(COLUMNS)), rows):
        print(f"| {' | '.join(line)} |", flush=True)
