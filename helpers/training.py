"""Training with a progress bar, whatever the framework: a step is a function of a batch."""

import types
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

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


def as_bounds(loss: float, measured: float) -> str:
    """Losses as the bounds that they are the negative of."""
    return f"bound {-loss:.2f}, held out {-measured:.2f}"


def train_epochs(
    name: str,
    epoch: Callable[[Iterable], float],
    batches: Collection,
    measure: Callable[[], float],
    epochs: int = 40,
    shown: Callable[[float, float], str] = as_bounds,
) -> Run:
    """Train for some epochs with a function that trains for one.

    epoch: takes the batches of one epoch and returns its mean loss; batches: what it takes, an
    iterable with a length that can be gone through again; measure: a figure of the model as it is,
    a loss on images held out. While the notebook is graded there are two epochs. The bar shows what
    `shown` makes of both figures of the epoch before.
    """
    epochs = SHORT if is_graded() else epochs
    losses, measured = [], [measure()]
    with progress.bar(epochs * len(batches), name, unit="step") as bar:
        for _ in range(epochs):
            losses.append(float(epoch(_Shown(batches, bar))))
            measured.append(measure())
            bar.set_postfix_str(shown(losses[-1], measured[-1]))
    return Run(name, np.array(losses), np.array(measured))


@dataclass(frozen=True)
class Game:
    """What one training of two players showed: the losses of each step, both (steps,)."""

    name: str
    d_losses: np.ndarray
    g_losses: np.ndarray
    epochs: int


def train_players(
    name: str,
    step: Callable[[np.ndarray], tuple[float, float]],
    images: np.ndarray,
    look: Callable[[], Any],
    epochs: int,
    batch: int = 128,
) -> Game:
    """Train two networks against each other, for some epochs over all images in a new order.

    step: trains both on a batch of images (batch, ...) and returns the losses of discriminator and
    generator; look: is called before the first epoch and after each. Images that do not fill a
    batch wait for another epoch. While the notebook is graded there are two epochs. The bar shows
    the mean of both losses over the epoch so far.
    """
    epochs = SHORT if is_graded() else epochs
    rng = np.random.default_rng(0)
    starts = range(0, len(images) - batch + 1, batch)
    losses = np.zeros((epochs, len(starts), 2))
    look()
    with progress.bar(epochs * len(starts), name, unit="step") as bar:
        for epoch in range(epochs):
            order = rng.permutation(len(images))
            for i, start in enumerate(starts):
                losses[epoch, i] = [float(x) for x in step(images[order[start : start + batch]])]
                d_loss, g_loss = losses[epoch, : i + 1].mean(axis=0)
                bar.set_postfix_str(f"D {d_loss:.3f}, G {g_loss:.3f}", refresh=False)
                bar.update()
            look()
    d_losses, g_losses = losses.reshape(-1, 2).T
    return Game(name, d_losses, g_losses, epochs)


@dataclass(frozen=True)
class _Shown:
    """Batches that move a bar when they are taken."""

    batches: Collection
    bar: Any

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator:
        for batch in self.batches:
            yield batch
            self.bar.update()


def calling(function: Callable, **others: Any) -> Callable:
    """The same function, for which some global names stand for something else.

    others: what each name stands for. The function itself, and all others, stay as they are.
    """
    plain = getattr(function, "python_function", function)  # of a tf.function
    names = {**plain.__globals__, **others}
    return types.FunctionType(
        plain.__code__, names, plain.__name__, plain.__defaults__, plain.__closure__
    )
