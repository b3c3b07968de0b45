"""Sliders in a notebook: they move a model's latents, or go through figures drawn beforehand."""

import io
from collections.abc import Callable, Sequence

import ipywidgets as widgets
import matplotlib.image
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from helpers.figures import NO_SOFTWARE, drawn

REACH = 3  # standard deviations of the prior to either side
SHOWN = 256  # pixels, the picture's edge on the screen


def sliders(decode: Callable[[Tensor], Tensor], z: Tensor, latents: Sequence[int]) -> widgets.HBox:
    """A picture beside one slider for each of some latents, from -3 to 3; the others stay.

    decode: codes (n, latents) to pictures (n, 3, side, side) in [0, 1]. z: the code to start
    from, (latents,); it is not changed. Needs a notebook that runs: in a stored one the picture
    is that of z and nothing moves.
    """
    picture = widgets.Image(format="png", width=SHOWN, height=SHOWN)
    moved = [
        widgets.FloatSlider(float(z[k]), min=-REACH, max=REACH, step=0.1, description=f"latent {k}")
        for k in latents
    ]

    def draw(change: object = None) -> None:
        code = z.detach().clone()
        code[list(latents)] = torch.tensor([slider.value for slider in moved], dtype=code.dtype)
        picture.value = _png(np.asarray(decode(code[None])[0].detach()))

    for slider in moved:
        slider.observe(draw, "value")
    draw()
    return widgets.HBox([picture, widgets.VBox(moved)])


def steps(figures: Sequence[Figure], name: str) -> widgets.VBox:
    """A slider that shows one of several figures at a time; the figures are closed.

    Needs a notebook that runs: in a stored one the first figure is there and nothing moves.
    """
    pictures = [drawn(figure) for figure in figures]
    shown = widgets.Image(value=pictures[0], format="png", width=1.5 * SHOWN)
    slider = widgets.IntSlider(0, min=0, max=len(pictures) - 1, description=name)

    def change(move: dict) -> None:
        shown.value = pictures[move["new"]]

    slider.observe(change, "value")
    return widgets.VBox([slider, shown])


def _png(picture: np.ndarray) -> bytes:
    """A picture (3, side, side) in [0, 1] as the bytes of a PNG file."""
    stream = io.BytesIO()
    pixels = np.clip(np.moveaxis(picture, 0, -1), 0, 1).astype(np.float64)
    matplotlib.image.imsave(stream, pixels, format="png", metadata=NO_SOFTWARE)
    return stream.getvalue()
