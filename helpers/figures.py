"""Plotting boilerplate: panels, axis names, reference lines, one set of colours, descriptions.

The first colour is what a sheet looks at (q, the model, its samples), the second what that is
compared with (p, another way); grey is data in the background, black and dashed a reference value.
"""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# Colours that stay apart for colour-blind readers (after Okabe and Ito).
FIRST, SECOND, THIRD, FOURTH, QUIET = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#9A9A9A"
PALE_FIRST, PALE_SECOND = "#56B4E9", "#E69F00"  # a variant of what the colour stands for
SCREEN = 90  # dots an inch on the screen
NO_SOFTWARE: dict = {"Software": None}  # keeps a PNG file free of the version that wrote it


@dataclass(frozen=True)
class Picture:
    """A figure as the bytes of a PNG file, with words for those who do not see it."""

    png: bytes
    words: str
    width: int  # pixels of the screen; the file has as many or more

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        data, words = base64.b64encode(self.png).decode(), html.escape(self.words)
        return f'<img alt="{words}" width="{self.width}" src="data:image/png;base64,{data}">'


def show(figure: Figure, description: str) -> None:
    """Show a figure below its cell, at two dots for each of the screen, and close it.

    description: what kind of figure it is and what it shows, for the alternative text. What is
    written in the figure, its titles and legends, is added to it. Jupyter gives a picture of its
    own no alternative text, so the figure is shown as HTML.
    """
    dots = 2 * SCREEN if figure.dpi == SCREEN else figure.dpi
    picture = Image.open(io.BytesIO(drawn(figure, dpi=dots, bbox_inches="tight")))
    width = round(picture.width * SCREEN / dots)
    display(Picture(_with_palette(picture), _in_words(figure, description), width))


def drawn(figure: Figure, **options: object) -> bytes:
    """A figure as the bytes of a PNG file; it is closed. options: of matplotlib's savefig."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata=NO_SOFTWARE, **options)
    plt.close(figure)
    return stream.getvalue()


def _with_palette(picture: Image.Image) -> bytes:
    """A PNG file with 256 colours: a fraction of the size, and no difference to the eye."""
    stream = io.BytesIO()
    picture.convert("RGB").quantize(256).save(stream, "png", optimize=True)
    return stream.getvalue()


def _in_words(figure: Figure, description: str) -> str:
    """The description, and what is written in titles and legends."""
    parts = [description]
    if figure.get_suptitle():
        parts.append(f"Title: {figure.get_suptitle()}.")
    for axes in figure.axes:
        legend = axes.get_legend()
        names = [text.get_text() for text in legend.get_texts()] if legend else []
        if axes.get_title():
            parts.append(f"Panel: {axes.get_title()}.")
        if names:
            parts.append(f"Legend: {'; '.join(names)}.")
    return " ".join(parts)


def panels(count: int = 1, width: float = 5.0, height: float = 3.4) -> tuple[Figure, list[Axes]]:
    """A row of ``count`` panels, each ``width`` by ``height`` inches."""
    figure, axes = plt.subplots(
        1, count, figsize=(width * count, height), dpi=SCREEN, layout="constrained", squeeze=False
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


def density(axes: Axes, axis: np.ndarray, values: np.ndarray, highest: float) -> None:
    """A density ``(n, n)`` in the plane, whose columns and rows both belong to ``axis`` ``(n,)``.

    Under 2 % of ``highest`` it is white, and from ``highest`` on as dark as it gets, so that panels
    can be compared.
    """
    levels = highest * np.linspace(0.02, 1, 15)
    axes.contourf(axis, axis, values, levels=levels, cmap="Blues", extend="max")
    ends = float(axis[0]), float(axis[-1])
    axes.set(xlim=ends, ylim=ends, aspect="equal")


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


def hues(angles: np.ndarray) -> np.ndarray:
    """Colours for directions (n,), in radians: (n, 3). All are equally light, in Oklab."""
    angles = np.asarray(angles)
    shift = np.stack([np.ones(len(angles)) * 0.68, 0.13 * np.cos(angles), 0.13 * np.sin(angles)])
    to_cones = [[1, 0.3963, 0.2158], [1, -0.1056, -0.0639], [1, -0.0895, -1.2915]]
    to_linear = [[4.0767, -3.3077, 0.2310], [-1.2684, 2.6098, -0.3413], [-0.0042, -0.7034, 1.7076]]
    linear = np.clip(np.array(to_linear) @ (np.array(to_cones) @ shift) ** 3, 0, 1).T
    return np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def ring(axes: Axes, radius: float, text: str) -> None:
    """A dashed circle around 0 as a reference line, named in the legend."""
    turn = np.linspace(0, 2 * np.pi, 200)
    axes.plot(radius * np.cos(turn), radius * np.sin(turn), "k--", linewidth=1.2, label=text)
    axes.set_aspect("equal")


def strip(columns: Mapping[str, np.ndarray], title: str, side: int = 28) -> Figure:
    """One picture in which time runs from left to right: a column of grey pictures for each name.

    columns: pictures ``(n, side, side)`` or ``(n, side * side)`` in [0, 1], as many in each.
    """
    grid = np.stack([pictures.reshape(-1, side, side) for pictures in columns.values()], axis=1)
    rows, count = grid.shape[:2]
    figure, axes = plt.subplots(
        figsize=(0.8 + 0.42 * count, 0.9 + 0.42 * rows), dpi=SCREEN, layout="constrained"
    )
    whole = grid.swapaxes(1, 2).reshape(rows * side, count * side)
    axes.imshow(whole, cmap="gray", vmin=0, vmax=1)
    axes.set_xticks((np.arange(count) + 0.5) * side - 0.5, list(columns), fontsize=9)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_title(title, fontsize=11)
    return figure


def image_rows(rows: Mapping[str, np.ndarray], title: str, side: int = 28) -> Figure:
    """Rows of square grey pictures ``(n, side * side)``, each row under its name.

    0 is black and 1 is white in all of them: no picture is stretched to look better than it is.
    """
    count = max(len(pictures) for pictures in rows.values())
    figure, axes = plt.subplots(
        len(rows),
        count,
        figsize=(2.6 + 0.75 * count, 0.4 + 0.8 * len(rows)),
        dpi=SCREEN,
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


def colour_rows(
    tables: Mapping[str, Mapping[str, np.ndarray]],
    columns: Sequence[str] = (),
    x: str = "",
) -> Figure:
    """Panels of rows of colour pictures, each panel under its title, each row beside its name.

    tables: for each title, for each name, pictures (n, 3, 64, 64) in [0, 1]; or several rows of
    one name, (rows, n, 3, 64, 64). 0 is none of a colour and 1 is all of it, in every
    picture, and each of its pixels is two by two dots of the figure. columns: what is written
    below each column. x: the name of that axis. Raises ValueError: values outside of [0, 1],
    which would be cut off and so hidden.
    """
    titles, pieces = list(tables), [_tiled(list(table.values())) for table in tables.values()]
    names = [_whole(0.2 + 0.085 * max(map(len, table))) for table in tables.values()]
    inches = [np.array(tiles.shape[1::-1]) / SCREEN for tiles in pieces]
    below, above = _whole(0.55 if x else 0.1), _whole(0.3)
    wide = sum(names) + sum(width for width, _ in inches)
    high = below + above + max(height for _, height in inches)
    figure, left = plt.figure(figsize=(wide, high), dpi=SHARP), 0.0
    for title, tiles, name, (width, height) in zip(titles, pieces, names, inches, strict=True):
        left += name
        place = (left / wide, 1 - (above + height) / high, width / wide, height / high)
        panel = figure.add_axes(place)
        left += width
        panel.imshow(tiles, aspect="auto", interpolation="nearest")
        panel.set_title(title, fontsize=11)
        _name_rows(panel, tables[title])
        panel.set_xticks(SIDE * np.arange(len(columns)) + SIDE / 2, list(columns))
        panel.set_xlabel(x)
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
    return figure


SHARP = 2 * SCREEN  # dots an inch of figures with pictures in colour, two for each of their pixels
GAP = 2  # white pixels between pictures
SIDE = 64 + GAP  # from one picture to the next


def _whole(inches: float) -> float:
    """About the same length, a whole number of dots."""
    return round(inches * SHARP) / SHARP


def _grouped(pictures: np.ndarray) -> np.ndarray:
    """One row of pictures or several, as (rows, n, 3, 64, 64)."""
    pictures = np.asarray(pictures)
    return pictures if pictures.ndim == 5 else pictures[None]


def _name_rows(axes: Axes, table: Mapping[str, np.ndarray]) -> None:
    """Each name at the middle of its rows."""
    counts = np.array([len(_grouped(pictures)) for pictures in table.values()])
    axes.set_yticks(SIDE * (counts.cumsum() - counts / 2), list(table))


def _tiled(groups: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of pictures (n, 3, 64, 64) as one picture (height, width, 3), white in between."""
    rows = [row for pictures in groups for row in _grouped(pictures)]
    tiles = np.ones((len(rows) * SIDE, max(map(len, rows)) * SIDE, 3))
    for i, row in enumerate(rows):
        if not np.all((row >= 0) & (row <= 1)):
            found = f"{number(row.min())} to {number(row.max())}"
            raise ValueError(f"pictures lie in [0, 1], these run from {found}: no sigmoid?")
        for j, picture in enumerate(row):
            top, left = i * SIDE + GAP // 2, j * SIDE + GAP // 2
            place = (slice(top, top + SIDE - GAP), slice(left, left + SIDE - GAP))
            tiles[place] = np.moveaxis(picture, 0, -1)
    return tiles


def share_table(
    axes: Axes, values: np.ndarray, rows: Sequence[str], columns: Sequence[str]
) -> None:
    """A table of shares in [0, 1], ``(rows, columns)``, the larger the darker; 0 is white.

    Numbers are written where they are at least 0.1, so that the eye finds them.
    """
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(True)
    for (i, j), value in np.ndenumerate(values):
        if value >= 0.1:
            color = "white" if value > 0.6 else "black"
            axes.text(j, i, number(value, 2), ha="center", va="center", fontsize=8, color=color)
