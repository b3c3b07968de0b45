"""Plotting boilerplate: panels, axis names, reference lines, one set of colours."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that stay apart for colour-blind readers (after Okabe and Ito).
FIRST, SECOND, THIRD, FOURTH, QUIET = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#9A9A9A"


def panels(count: int = 1, width: float = 5.0, height: float = 3.4) -> tuple[Figure, list[Axes]]:
    """A row of ``count`` panels, each ``width`` by ``height`` inches at 90 dpi."""
    figure, axes = plt.subplots(
        1, count, figsize=(width * count, height), dpi=90, layout="constrained", squeeze=False
    )
    for panel in axes[0]:
        panel.spines[["top", "right"]].set_visible(False)
        panel.title.set_fontsize(11)
    return figure, list(axes[0])


def label(axes: Axes, x: str, y: str, title: str, legend: str | None = "best") -> None:
    """Name both axes and the panel; ``legend`` is matplotlib's location, None for no legend."""
    axes.set(xlabel=x, ylabel=y)
    axes.set_title(title, fontsize=11)
    if legend is not None:
        axes.legend(loc=legend, fontsize=9, frameon=True, framealpha=0.9)


def number(value: float, decimals: int = 1) -> str:
    """A number for a legend or a title, with a minus sign as long as those on the axes."""
    return f"{value:.{decimals}f}".replace("-", "−")


def level(axes: Axes, value: float, text: str, linestyle: str = "--") -> None:
    """A horizontal reference line at ``value``, named in the legend; dashed unless told."""
    axes.axhline(value, color="black", linestyle=linestyle, linewidth=1.2, label=text, zorder=3)


def mark(axes: Axes, value: float, text: str) -> None:
    """A dashed vertical reference line at ``value``, named in the legend."""
    axes.axvline(value, color="black", linestyle="--", linewidth=1.2, label=text, zorder=3)


def over_epochs(axes: Axes) -> None:
    """Training curves: whole epochs, and a logarithmic axis with plain numbers at 1, 2, 5, 10 …"""
    axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_locator(ticker.NullLocator())


def bars(axes: Axes, rows: Mapping[str, np.ndarray]) -> None:
    """Grouped bars of distributions ``(k,)`` over the same outcomes 1 … k, one group a name."""
    width = 0.8 / len(rows)
    for place, (name, row) in enumerate(rows.items()):
        outcomes = np.arange(1, len(row) + 1)
        shift = (place - (len(rows) - 1) / 2) * width
        color = (FIRST, SECOND, THIRD)[place % 3]
        axes.bar(outcomes + shift, row, width, color=color, label=name)
        axes.set_xticks(outcomes)


def heat_map(axes: Axes, x: np.ndarray, y: np.ndarray, values: np.ndarray, lowest: float) -> None:
    """Filled contours of ``values`` ``(len(y), len(x))`` with a colour bar.

    Values under ``lowest`` share one colour, so that the top of the surface keeps its contrast.
    """
    levels = np.linspace(lowest, values.max(), 25)
    filled = axes.contourf(x, y, values, levels=levels, cmap="viridis", extend="min")
    bar = axes.figure.colorbar(filled, ax=axes, label="nats", ticks=levels[::6], format="%.2f")
    bar.ax.tick_params(labelsize=9)


def point(axes: Axes, x: float, y: float, marker: str, text: str) -> None:
    """One white point with a black edge, to stand out on a heat map, named in the legend."""
    axes.plot(x, y, marker, color="white", mec="black", ms=13, label=text)


def mosaic(axes: Axes, pictures: np.ndarray, ticks: np.ndarray, side: int = 28) -> None:
    """A square of grey pictures ``(n * n, side * side)``, row after row from the bottom.

    ticks: the value ``(n,)`` that belongs to each row, and to each column, for the axes.
    """
    n = len(ticks)
    tiles = pictures.reshape(n, n, side, side)[::-1]  # the last row of pictures is on top
    axes.imshow(
        tiles.swapaxes(1, 2).reshape(n * side, n * side),
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(0, n, 0, n),
    )
    shown = np.unique(np.linspace(0, n - 1, min(n, 6)).round().astype(int))
    names = [number(ticks[i], 2) for i in shown]
    axes.set_xticks(shown + 0.5, names)
    axes.set_yticks(shown + 0.5, names)


def ring(axes: Axes, radius: float, text: str) -> None:
    """A dashed circle around 0 as a reference line, named in the legend."""
    turn = np.linspace(0, 2 * np.pi, 200)
    axes.plot(radius * np.cos(turn), radius * np.sin(turn), "k--", linewidth=1.2, label=text)
    axes.set_aspect("equal")


def image_rows(rows: Mapping[str, np.ndarray], title: str, side: int = 28) -> Figure:
    """Rows of square grey pictures ``(n, side * side)``, each row under its name.

    0 is black and 1 is white in all of them: no picture is stretched to look better than it is.
    """
    count = max(len(pictures) for pictures in rows.values())
    figure, axes = plt.subplots(
        len(rows),
        count,
        figsize=(2.6 + 0.75 * count, 0.4 + 0.8 * len(rows)),
        dpi=90,
        layout="constrained",
        squeeze=False,
    )
    for panel in axes.flat:
        panel.axis("off")
    for panels_of_row, (name, pictures) in zip(axes, rows.items(), strict=True):
        panels_of_row[0].text(
            -0.15,
            0.5,
            name,
            ha="right",
            va="center",
            fontsize=10,
            transform=panels_of_row[0].transAxes,
        )
        for panel, picture in zip(panels_of_row, pictures, strict=False):
            panel.imshow(picture.reshape(side, side), cmap="gray", vmin=0, vmax=1)
    figure.suptitle(title, fontsize=11)
    return figure
