"""Drawings of how models are built, made by code: boxes, arrows and words."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from helpers import figures

Place = tuple[float, float]


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty drawing, one unit to the inch, at twice the resolution of the other figures."""
    figure, (axes,) = figures.panels(1, width, height)
    figure.set_dpi(180)
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return figure, axes


def _box(axes: Axes, x: float, y: float, text: str, color: str, width: float = 1.5) -> None:
    """A box around its middle (x, y), with words in it."""
    height = 0.55
    corner = (x - width / 2, y - height / 2)
    style = {"boxstyle": "round,pad=0,rounding_size=0.1", "alpha": 0.25, "facecolor": color}
    axes.add_patch(FancyBboxPatch(corner, width, height, edgecolor="none", **style))
    axes.text(x, y, text, ha="center", va="center", fontsize=10)


def _arrow(axes: Axes, start: Place, end: Place, text: str = "", color: str = "black") -> None:
    """An arrow, with words above its middle."""
    style = {"arrowstyle": "-|>", "color": color, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    axes.text(*middle, text, ha="center", va="bottom", fontsize=9, color=color)


def latent_variables() -> Figure:
    """A latent variable model, and the approximate posterior that leads back from x to z."""
    figure, axes = _canvas(6.4, 1.3)
    _box(axes, 1.0, 0.65, "latent z\nfrom p(z)", figures.SECOND, 1.5)
    _box(axes, 5.4, 0.65, "data x", figures.QUIET, 1.5)
    _arrow(axes, (1.75, 0.8), (4.65, 0.8), "likelihood p(x | z): generate", figures.SECOND)
    _arrow(axes, (4.65, 0.5), (1.75, 0.5), color=figures.FIRST)
    text = "q(z | x): infer, in place of p(z | x)"
    axes.text(3.2, 0.43, text, ha="center", va="top", fontsize=9, color=figures.FIRST)
    return figure


def reparametrisation() -> Figure:
    """How a VAE computes its loss, and the way back of the gradient, which avoids the noise."""
    figure, axes = _canvas(10.2, 2.6)
    for x, y, text, color, width in (
        (0.5, 1.6, "image x", figures.QUIET, 0.9),
        (2.1, 1.6, "encoder", figures.FIRST, 1.1),
        (3.9, 2.2, "mean", figures.FIRST, 1.2),
        (3.9, 1.2, "log_var → std", figures.FIRST, 1.2),
        (3.9, 0.35, "eps, N(0, I)", figures.QUIET, 1.2),
        (6.1, 1.6, "z = mean + std · eps", figures.FIRST, 1.9),
        (8.0, 1.6, "decoder", figures.SECOND, 1.1),
        (9.6, 1.6, "logits", figures.SECOND, 0.9),
    ):
        _box(axes, x, y, text, color, width)
    for start, end in (
        ((0.95, 1.6), (1.55, 1.6)),
        ((2.65, 1.7), (3.3, 2.15)),
        ((2.65, 1.5), (3.3, 1.25)),
        ((4.5, 2.15), (5.15, 1.75)),
        ((4.5, 1.25), (5.15, 1.5)),
        ((4.5, 0.45), (5.4, 1.32)),
        ((7.05, 1.6), (7.45, 1.6)),
        ((8.55, 1.6), (9.15, 1.6)),
    ):
        _arrow(axes, start, end)
    _arrow(axes, (9.6, 0.75), (6.2, 0.75), color=figures.THIRD)
    text = "the gradient goes back along all arrows except that of the noise"
    axes.text(7.9, 0.68, text, ha="center", va="top", fontsize=9, color=figures.THIRD)
    return figure


def coupling() -> Figure:
    """A coupling layer in both directions, for entries that pass and entries that change."""
    figure, axes = _canvas(9.6, 2.5)
    panels = (
        (0.0, "forward", "x", "z", "· exp(s) + t"),
        (5.0, "inverse", "z", "x", "undo it: ?"),
    )
    for left, way, start, end, action in panels:
        axes.text(left + 2.2, 2.35, way, ha="center", va="center", fontsize=11)
        _box(axes, left + 0.5, 1.85, f"{start}, mask 1", figures.FIRST, 1.0)
        _box(axes, left + 4.0, 1.85, f"{end}, mask 1", figures.FIRST, 1.0)
        _box(axes, left + 0.5, 0.35, f"{start}, mask 0", figures.SECOND, 1.0)
        _box(axes, left + 4.0, 0.35, f"{end}, mask 0", figures.SECOND, 1.0)
        _box(axes, left + 2.2, 1.1, "net: s, t", figures.QUIET, 1.0)
        _box(axes, left + 2.2, 0.35, action, figures.SECOND, 1.5)
        _arrow(axes, (left + 1.0, 1.85), (left + 3.5, 1.85), "unchanged")
        _arrow(axes, (left + 2.2, 1.85), (left + 2.2, 1.38))
        _arrow(axes, (left + 2.2, 0.82), (left + 2.2, 0.63))
        _arrow(axes, (left + 1.0, 0.35), (left + 1.45, 0.35))
        _arrow(axes, (left + 2.95, 0.35), (left + 3.5, 0.35))
    return figure


def game() -> Figure:
    """The two players of a GAN: what goes into each, and which way the gradients come back."""
    figure, axes = _canvas(9.0, 2.6)
    _box(axes, 0.7, 0.6, "noise z", figures.QUIET, 1.1)
    _box(axes, 2.7, 0.6, "generator G", figures.SECOND)
    _box(axes, 4.8, 0.6, "image G(z)", figures.SECOND, 1.3)
    _box(axes, 4.8, 1.9, "real image x", figures.QUIET, 1.3)
    _box(axes, 6.8, 1.25, "discriminator D", figures.FIRST, 1.6)
    _box(axes, 8.5, 1.25, "real?", figures.FIRST, 0.8)
    _arrow(axes, (1.25, 0.6), (1.95, 0.6))
    _arrow(axes, (3.45, 0.6), (4.15, 0.6))
    _arrow(axes, (5.45, 0.7), (6.1, 1.0))
    _arrow(axes, (5.45, 1.8), (6.1, 1.5))
    _arrow(axes, (7.6, 1.25), (8.1, 1.25))
    _arrow(axes, (7.0, 0.95), (7.0, 0.2), color=figures.SECOND)
    _arrow(axes, (7.0, 0.2), (2.7, 0.2), color=figures.SECOND)
    _arrow(axes, (2.7, 0.2), (2.7, 0.32), color=figures.SECOND)
    text = "G's gradient passes through D"
    axes.text(4.85, 0.03, text, ha="center", va="center", fontsize=9, color=figures.SECOND)
    return figure
