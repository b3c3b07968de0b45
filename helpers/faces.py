"""Cartoon faces with known factors: 64 by 64 pixels in colour, each drawn from ten numbers.

A data set without files: a picture is a function of its factors, so that what a model has learned
can be held against the truth. Documented like dSprites (Matthey, Higgins, Hassabis and Lerchner,
2017), in docs/faces.md: names, counts and ranges of the factors, and the order of the pictures.
"""

import math
from dataclasses import dataclass

import numpy as np

from helpers import numbering

SIDE = 64  # pixels, of a picture's edge
AT_ONCE = 32  # pictures drawn together: so their planes stay in the processor's cache


@dataclass(frozen=True)
class Factor:
    """One thing that varies: ``count`` values at equal distances, from ``low`` to ``high``.

    unit: what the values count; ends: what a person sees at the lowest and at the highest value.
    """

    name: str
    count: int
    low: float
    high: float
    unit: str
    ends: tuple[str, str]

    @property
    def values(self) -> np.ndarray:
        """All values in their order, float64 (count,)."""
        return np.linspace(self.low, self.high, self.count)


FACTORS = (
    Factor("background", 8, 0.0, 1.0, "place on a palette", ("green", "pink")),
    Factor("skin tone", 8, 0.0, 1.0, "place on a palette", ("light", "dark")),
    Factor("hair colour", 8, 0.0, 1.0, "place on a palette", ("black", "blond")),
    Factor("hair length", 8, 32.0, 62.0, "pixel row of the tips", ("short", "long")),
    Factor("face width", 8, 16.0, 20.0, "pixels, half the face", ("narrow", "wide")),
    Factor("head turn", 8, -16.0, 16.0, "degrees", ("to the left", "to the right")),
    Factor("eye spacing", 8, 6.5, 9.1, "pixels, half the distance", ("close", "far apart")),
    Factor("gaze", 8, -1.0, 1.0, "of the way to the corner", ("to the left", "to the right")),
    Factor("mouth", 8, -1.0, 1.0, "curvature", ("sad", "smiling")),
    Factor("glasses", 8, 0.0, 3.2, "pixels, the rim's thickness", ("none", "thick")),
)
NAMES = tuple(factor.name for factor in FACTORS)
COUNTS = tuple(factor.count for factor in FACTORS)
COUNT = math.prod(COUNTS)  # of all pictures


def draw(n: int, seed: int | list[int]) -> np.ndarray:
    """The factors of n pictures, int64 (n, 10): every index equally likely, all independent."""
    return np.random.default_rng(seed).integers(0, COUNTS, (n, len(COUNTS)))


def draw_values(n: int, seed: int | list[int]) -> np.ndarray:
    """Values of the factors of n pictures, float64 (n, 10): anywhere between low and high."""
    low = np.array([factor.low for factor in FACTORS])
    high = np.array([factor.high for factor in FACTORS])
    return np.random.default_rng(seed).uniform(low, high, (n, len(FACTORS)))


def sample(n: int, seed: int | list[int]) -> tuple[np.ndarray, np.ndarray]:
    """n pictures and their factors: float32 (n, 3, 64, 64) in [0, 1], int64 (n, 10)."""
    factors = draw(n, seed)
    return render(factors), factors


def factors_of(number: np.ndarray) -> np.ndarray:
    """The factors of pictures by their numbers 0 … COUNT − 1, (...) → int64 (..., 10).

    The last factor runs fastest. Raises ValueError: there is no picture of such a number.
    """
    return numbering.factors_of(number, COUNTS)


def number_of(factors: np.ndarray) -> np.ndarray:
    """The numbers of pictures by their factors, int (..., 10) → int64 (...)."""
    return numbering.number_of(factors, COUNTS)


def values_of(factors: np.ndarray) -> np.ndarray:
    """The values that indices stand for, int (n, 10) → float64 (n, 10).

    Raises ValueError: an index is negative, or as large as the factor's count or larger.
    """
    columns = []
    for factor, index in zip(FACTORS, factors.T, strict=True):
        if index.size and not (index.min() >= 0 and index.max() < factor.count):
            raise ValueError(f"{factor.name}: the indices run from 0 to {factor.count - 1}")
        columns.append(factor.values[index])
    return np.stack(columns, axis=1)


def render(factors: np.ndarray) -> np.ndarray:
    """Draw pictures: (n, 10) → float32 (n, 3, 64, 64) in [0, 1], channels red, green, blue.

    Integers are indices of the factors' values; floats are values themselves, anything between a
    factor's low and high. Raises ValueError: another shape, or a value or an index out of range.
    """
    factors = np.asarray(factors)
    if factors.ndim != 2 or factors.shape[1] != len(FACTORS):
        raise ValueError(f"factors have the shape (n, {len(FACTORS)}), not {factors.shape}")
    values = values_of(factors) if factors.dtype.kind in "iu" else factors
    for factor, value in zip(FACTORS, values.T, strict=True):
        if not np.all((value >= factor.low) & (value <= factor.high)):
            raise ValueError(f"{factor.name}: the values run from {factor.low} to {factor.high}")
    images = np.empty((len(values), 3, SIDE, SIDE), np.float32)
    for start in range(0, len(values), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        _face(images[part], *values[part].T.astype(np.float32)[:, :, None, None])
    return images


# --- what is painted, from the back to the front --------------------------------------------------

BACKGROUND = ((0.28, 0.80, 0.45), (0.42, 0.62, 0.92), (1.00, 0.46, 0.66))
SKIN = ((1.00, 0.86, 0.74), (0.80, 0.58, 0.42), (0.50, 0.31, 0.21))
HAIR = ((0.09, 0.08, 0.12), (0.55, 0.22, 0.10), (0.97, 0.80, 0.30))
SHIRT = (0.93, 0.93, 0.90)
PUPIL = (0.08, 0.08, 0.12)
FRAME = (0.10, 0.28, 0.95)
LIPS = (0.42, 0.00, 0.10)
WHITE = (1.0, 1.0, 1.0)

# The middles of the pixels: columns to the right, rows downwards.
X = (np.arange(SIDE, dtype=np.float32) + 0.5)[None, None, :]
Y = (np.arange(SIDE, dtype=np.float32) + 0.5)[None, :, None]
MIDDLE = SIDE / 2  # the column around which every face stands
EYES, NOSE, MOUTH = 32.8, 40.5, 48.2  # their rows
RADIUS = 16  # pixels, of the ball on which they lie


def _face(image, background, skin, hair, length, width, turn, spacing, gaze, mouth, glasses):
    """Paint faces onto images (n, 3, 64, 64); every other argument is (n, 1, 1)."""
    skin, hair = _along(SKIN, skin), _along(HAIR, hair)
    head = _Head(width, np.deg2rad(turn))
    image[:] = _along(BACKGROUND, background)[:, :, None, None]
    image *= 1.12 - 0.006 * np.abs(Y[:, None] - 26)  # a soft light behind the head
    _paint(image, slice(50, SIDE), SHIRT, _ellipse(slice(50, SIDE), MIDDLE, 68, 22, 12))
    _hair_behind(image, width + 6, length, 0.85 * hair)
    _paint(image, slice(46, SIDE), 0.72 * skin, _ellipse(slice(46, SIDE), MIDDLE, 52, 6.5, 10))
    for side in (-1, 1):
        ear = _ellipse(slice(28, 44), head.ear(side), 36, 3.6, 4.6)
        _paint(image, slice(28, 44), 0.72 * skin, ear)
    _paint(image, slice(10, 60), skin, _ellipse(slice(10, 60), MIDDLE, 35, width, 20.5))
    _fringe(image, head, hair)
    for side in (-1, 1):
        _eye(image, *head.at(side * spacing), gaze, glasses)
    nose = _ellipse(slice(37, 45), head.at(0)[0] + 4 * head.turn, NOSE, 2.2, 1.8)
    _paint(image, slice(37, 45), 0.72 * skin, nose)
    _mouth(image, head, mouth)
    np.clip(image, 0, 1, out=image)


@dataclass(frozen=True)
class _Head:
    """A ball, turned about its axis; ``turn`` in radians.

    What lies on the face turns with a ball of RADIUS pixels, however wide the outline is: so the
    width moves nothing but the outline, and no other factor has a hand in it.
    """

    width: np.ndarray
    turn: np.ndarray

    def at(self, place: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """The column where a place of the face is seen, and how wide it looks there, 1 in front.

        The place is in pixels, to the right of the middle of a face that looks ahead.
        """
        ahead = np.arcsin(place / RADIUS)
        column = MIDDLE + RADIUS * np.sin(ahead + self.turn)
        return column, np.cos(ahead + self.turn) / np.cos(ahead)

    def ear(self, side: int) -> np.ndarray:
        """The column of the ear: the one that turns to the front comes out of the outline."""
        return MIDDLE + side * (self.width + 0.3) - 9 * self.turn


def _hair_behind(image, half, length, colour):
    """A dome, and below it straight hair down to the tips."""
    above, below = slice(0, 29), slice(29, SIDE)
    _paint(image, above, colour, _ellipse(above, MIDDLE, 29, half, 22))
    sides = half + 0.5 - np.abs(X - MIDDLE)
    tips = length + 1.5 - 3 * ((X - MIDDLE) / half) ** 2 - Y[:, below]
    _paint(image, below, colour, _clip(np.minimum(sides, tips)))


def _fringe(image, head, colour):
    """A cap of hair, cut out where the face looks forth."""
    rows = slice(5, 34)
    hair = _ellipse(rows, MIDDLE, 29, head.width + 1.8, 22)
    hair *= 1 - _ellipse(rows, head.at(0)[0], 40.5, 1.02 * head.width, 20.5)
    _paint(image, rows, colour, hair)


def _eye(image, column, narrow, gaze, glasses):
    """The white, the pupil on it, and the glass around it."""
    rows = slice(23, 43)
    white = _ellipse(rows, column, EYES, 5.4 * narrow, 6.2)
    _paint(image, rows, WHITE, white)
    pupil = _ellipse(rows, column + 2.7 * gaze * narrow, EYES + 0.2, 3.2 * narrow, 3.8)
    _paint(image, rows, PUPIL, white * pupil)
    frame = _ellipse(rows, column, EYES, 5.4 * narrow + 0.2 + glasses, 6.2 + glasses)
    frame -= _ellipse(rows, column, EYES, 5.4 * narrow + 0.2, 6.2)
    _paint(image, rows, FRAME, frame)


def _mouth(image, head, mouth):
    """Teeth between two parabolas, and lips around: its corners rise as its middle sinks."""
    rows = slice(40, 57)
    left, right = head.at(-10)[0], head.at(10)[0]
    half = (right - left) / 2
    across = (X - (left + right) / 2) / half  # −1 and 1 at the corners
    sad, smiling = np.minimum(mouth, 0), np.maximum(mouth, 0)
    corners = MOUTH - 3.0 * mouth
    upper = corners + (10.0 * sad + 3.0 * smiling) * (1 - across**2) - 1.3
    lower = corners + (3.5 * sad + 11.5 * smiling) * (1 - across**2) + 1.3
    slope = 13 * mouth * across / half
    depth = np.minimum(Y[:, rows] - upper, lower - Y[:, rows]) / np.sqrt(1 + slope**2)
    ends = half * (1 - np.abs(across)) + 0.5
    _paint(image, rows, LIPS, _clip(np.minimum(depth + 0.5, ends)))
    teeth = _clip(np.minimum(depth - 0.8, ends - 1.8))
    _paint(image, rows, WHITE, teeth * np.minimum(1.0, 3 * smiling))


# --- how it is painted ----------------------------------------------------------------------------


def _along(palette, place):
    """Colours float32 (n, 3) on the line through a palette's colours; place (n, 1, 1) in [0, 1]."""
    stops = np.linspace(0, 1, len(palette))
    channels = [np.interp(place[:, 0, 0], stops, stop) for stop in zip(*palette, strict=True)]
    return np.stack(channels, axis=1).astype(np.float32)


def _ellipse(rows, x, y, half_width, half_height):
    """How much of each pixel lies in an ellipse, (n, rows, 64) in [0, 1].

    Exact to a tenth for circles of these sizes: 1 − r²/R² falls by about 2/R a pixel at the edge.
    """
    sharp = np.sqrt(half_width * half_height) / 2
    columns = sharp * ((X - x) / half_width) ** 2
    return _clip((sharp + 0.5 - sharp * ((Y[:, rows] - y) / half_height) ** 2) - columns)


def _clip(coverage):
    np.maximum(coverage, 0, out=coverage)
    return np.minimum(coverage, 1, out=coverage)


def _paint(image, rows, colour, coverage):
    """Lay a colour, (3,) or (n, 3), over rows of the images as far as coverage reaches."""
    colour = np.broadcast_to(np.asarray(colour, np.float32), (len(image), 3))
    for channel in range(3):
        plane = image[:, channel, rows]
        change = colour[:, channel, None, None] - plane
        change *= coverage
        plane += change
