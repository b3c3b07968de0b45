"""A figure that sliders change, drawn again at each move."""

from collections.abc import Callable

import ipywidgets as widgets
from matplotlib.figure import Figure

from helpers.figures import SCREEN, drawn


def redrawn(draw: Callable[..., Figure], **ranges: tuple[float, float, float]) -> widgets.VBox:
    """A figure below a slider for each of its arguments.

    draw: makes a new figure from the sliders' values, by their names, whenever one is let go.
    ranges: for each name where its slider starts, and its lowest and its highest value. Needs a
    notebook that runs: in a stored one the first figure is there and nothing moves.
    """
    moved = {
        name: widgets.FloatSlider(
            start, min=low, max=high, step=0.05, description=name, continuous_update=False
        )
        for name, (start, low, high) in ranges.items()
    }
    shown = widgets.Image(format="png")

    def change(move: object = None) -> None:
        figure = draw(**{name: slider.value for name, slider in moved.items()})
        shown.width = round(figure.get_figwidth() * SCREEN)
        shown.value = drawn(figure, dpi=2 * SCREEN)

    for slider in moved.values():
        slider.observe(change, "value")
    change()
    return widgets.VBox([*moved.values(), shown])
