"""Training with a progress bar, whatever the framework: a step is a function of a batch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers import progress
from helpers.grading import is_graded

SHORT = 2  # epochs while a notebook is graded


@dataclass(frozen=True)
class Run:
    """What one training showed.

    losses: the mean of the steps' losses in each epoch, (epochs,).
    measured: what `measure` gave before the first epoch and after each, (epochs + 1,).
    """

    name: str
    losses: np.ndarray
    measured: np.ndarray


def train(
    name: str,
    step: Callable[[np.ndarray], float],
    images: np.ndarray,
    measure: Callable[[], float],
    epochs: int = 20,
    batch: int = 256,
) -> Run:
    """Train for some epochs, each over all images in a new order, a batch at a time.

    step: trains on a batch (batch, pixels) and returns its loss; measure: a figure of the model as
    it is, on images held out. Images that do not fill a batch wait for another epoch. While the
    notebook is graded there are two epochs. The bar shows the mean loss of the epoch so far.
    """
    epochs = SHORT if is_graded() else epochs
    rng = np.random.default_rng(0)
    starts = range(0, len(images) - batch + 1, batch)
    losses, measured = np.zeros((epochs, len(starts))), [measure()]
    with progress.bar(epochs * len(starts), name, unit="step") as bar:
        for epoch in range(epochs):
            order = rng.permutation(len(images))
            for i, start in enumerate(starts):
                losses[epoch, i] = float(step(images[order[start : start + batch]]))
                bar.set_postfix_str(f"loss {losses[epoch, : i + 1].mean():.2f}", refresh=False)
                bar.update()
            measured.append(measure())
    return Run(name, losses.mean(axis=1), np.array(measured))
