"""Pictures like those of dSprites (Matthey, Higgins, Hassabis and Lerchner, 2017), drawn again.

64 by 64 pixels, white on black: a square, an ellipse or a heart in 6 sizes, 40 orientations and
32 by 32 places, 737,280 pictures in all. Order, names and geometry are those of the published
data set, so that figures measured here can be held against published ones.
"""

import math

import numpy as np

from helpers import numbering

SIDE = 64  # pixels, of a picture's edge
NAMES = ("color", "shape", "scale", "orientation", "posX", "posY")
COUNTS = (1, 3, 6, 40, 32, 32)
COUNT = math.prod(COUNTS)  # of all pictures: 737,280
SHAPES = ("square", "ellipse", "heart")
VALUES = (
    np.array([1.0]),
    np.array([1.0, 2.0, 3.0]),
    np.linspace(0.5, 1, 6),
    np.linspace(0, 2 * np.pi, 40),  # both ends: the first and the last orientation look the same
    np.linspace(0, 1, 32),
    np.linspace(0, 1, 32),
)
AT_ONCE = 64  # pictures drawn together: so their planes stay in the processor's cache


def draw(n: int, seed: int | list[int]) -> np.ndarray:
    """The factors of n pictures, int64 (n, 6): every index equally likely, all independent."""
    return np.random.default_rng(seed).integers(0, COUNTS, (n, len(COUNTS)))


def sample(n: int, seed: int | list[int]) -> tuple[np.ndarray, np.ndarray]:
    """n pictures and their factors: uint8 (n, 64, 64) of 0 and 1, int64 (n, 6)."""
    factors = draw(n, seed)
    return render(factors), factors


def factors_of(number: np.ndarray) -> np.ndarray:
    """The factors of pictures by their numbers 0 … 737,279, (...) → int64 (..., 6).

    The last factor, posY, runs fastest. Raises ValueError: there is no picture of such a number.
    """
    return numbering.factors_of(number, COUNTS)


def number_of(factors: np.ndarray) -> np.ndarray:
    """The numbers of pictures by their factors, int (..., 6) → int64 (...)."""
    return numbering.number_of(factors, COUNTS)


def values_of(factors: np.ndarray) -> np.ndarray:
    """What the indices stand for, int (n, 6) → float64 (n, 6), as in ``latents_values`` there.

    Raises ValueError: an index is negative, or as large as the factor's count or larger.
    """
    factors = np.asarray(factors)
    if factors.ndim != 2 or factors.shape[1] != len(COUNTS):
        raise ValueError(f"factors have the shape (n, {len(COUNTS)}), not {factors.shape}")
    if np.any((factors < 0) | (factors >= COUNTS)):
        raise ValueError(f"the indices are smaller than {COUNTS}, in the order of {NAMES}")
    return np.stack([value[i] for value, i in zip(VALUES, factors.T, strict=True)], axis=1)


def render(factors: np.ndarray) -> np.ndarray:
    """Draw pictures: indices int (n, 6) → uint8 (n, 64, 64), 1 where a pixel's middle is inside."""
    _, shape, scale, orientation, x, y = values_of(factors).T[:, :, None, None]
    images = np.empty((len(factors), SIDE, SIDE), np.uint8)
    for start in range(0, len(images), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        u, v = _seen_from(x[part], y[part], orientation[part], scale[part])
        images[part] = _inside(shape[part, 0, 0].astype(int), u, v)
    return images


def _seen_from(x, y, orientation, scale):
    """The pixels' middles as seen from the shape, to its right and downwards, (n, 64, 64) each.

    The shape's centre lies at (15.5 + 32 x, 15.5 + 32 y), the first pixel's middle at (0, 0); rows
    run downwards, and the shape is turned counter-clockwise as one sees it.
    """
    right = np.arange(SIDE)[None, None, :] - (15.5 + 32 * x)
    down = np.arange(SIDE)[None, :, None] - (15.5 + 32 * y)
    cos, sin = np.cos(orientation) / scale, np.sin(orientation) / scale
    return cos * right - sin * down, sin * right + cos * down


def _inside(shape, u, v):
    """Whether places (u, v) lie inside shapes of scale 1, (n, 64, 64); shape: 1, 2 or 3, (n,)."""
    inside = np.empty(u.shape, bool)
    for number, region in enumerate((_square, _ellipse, _heart), start=1):
        chosen = shape == number
        inside[chosen] = region(u[chosen], v[chosen])
    return inside


def _square(u, v):
    return np.maximum(np.abs(u), np.abs(v)) <= 9.6


def _ellipse(u, v):
    return (u / 12.8) ** 2 + (v / 7.2) ** 2 <= 1


def _heart(u, v):
    """Inside (9.6 sin³ t, −0.66 (13 cos t − 5 cos 2t − 2 cos 3t − cos 4t) − 1.5).

    A column u cuts the curve twice, at the t and π − t whose sine is the cube root of u / 9.6:
    what lies between is inside.
    """
    sine = np.cbrt(np.clip(u / 9.6, -1, 1))
    cosine = np.sqrt(1 - sine**2)
    even = -5 * (1 - 2 * sine**2) - (8 * cosine**4 - 8 * cosine**2 + 1)  # the same at t and π − t
    odd = 13 * cosine - 2 * (4 * cosine**3 - 3 * cosine)  # of opposite sign
    above, below = -0.66 * (even + odd) - 1.5, -0.66 * (even - odd) - 1.5
    return (np.abs(u) <= 9.6) & (above <= v) & (v <= below)
