"""helpers.sprites against the published facts about dSprites."""

import numpy as np
import pytest

from helpers import sprites

SQUARE, ELLIPSE, HEART = range(3)
MIDDLE = 15  # of 32 places: 0.5 lies between this and the next


def picture(shape, scale=5, orientation=0, x=MIDDLE, y=MIDDLE):
    return sprites.render(np.array([[0, shape, scale, orientation, x, y]]))[0]


def centre(image):
    """The middle of what is white, (column, row)."""
    rows, columns = np.nonzero(image)
    return columns.mean(), rows.mean()


def test_there_are_as_many_pictures_as_published():
    assert sprites.COUNT == 737_280
    assert sprites.COUNTS == (1, 3, 6, 40, 32, 32)
    assert sprites.NAMES == ("color", "shape", "scale", "orientation", "posX", "posY")


def test_the_values_are_those_published():
    color, shape, scale, orientation, x, y = sprites.VALUES
    np.testing.assert_allclose(color, [1])
    np.testing.assert_allclose(shape, [1, 2, 3])
    np.testing.assert_allclose(scale, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    np.testing.assert_allclose(orientation, np.arange(40) * 2 * np.pi / 39)
    np.testing.assert_allclose(x, np.arange(32) / 31)
    np.testing.assert_allclose(y, x)


def test_pos_y_runs_fastest_and_shape_slowest():
    numbers = [0, 1, 31, 32, 1024, 40_960, 245_760, 737_279]
    expected = [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 31],
        [0, 0, 0, 0, 1, 0],
        [0, 0, 0, 1, 0, 0],
        [0, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
        [0, 2, 5, 39, 31, 31],
    ]
    np.testing.assert_array_equal(sprites.factors_of(np.array(numbers)), expected)
    np.testing.assert_array_equal(sprites.number_of(np.array(expected)), numbers)


def test_pictures_are_bytes_of_0_and_1():
    images, factors = sprites.sample(50, seed=1)
    assert images.shape == (50, 64, 64) and images.dtype == np.uint8
    assert set(np.unique(images)) == {0, 1}
    np.testing.assert_array_equal(images, sprites.render(factors))


def test_a_square_is_white_where_a_pixels_middle_is_inside():
    # Its middle at 15.5 + 32 · 31/31 = 47.5 and 15.5, its half-side 9.6: 20 pixels each way.
    image = picture(SQUARE, x=31, y=0)
    expected = np.zeros((64, 64), np.uint8)
    expected[6:26, 38:58] = 1
    np.testing.assert_array_equal(image, expected)


def test_the_smallest_square_has_half_the_side():
    expected = np.zeros((64, 64), np.uint8)
    expected[11:21, 11:21] = 1  # within 4.8 of 15.5
    np.testing.assert_array_equal(picture(SQUARE, scale=0, x=0, y=0), expected)


def test_the_ellipse_has_the_published_half_axes():
    image = picture(ELLIPSE, x=0, y=0)
    rows, columns = np.nonzero(image)
    assert (columns.min(), columns.max()) == (3, 28)  # within 12.8 of 15.5
    assert (rows.min(), rows.max()) == (9, 22)  # within 7.2 of 15.5
    inside = [
        ((j - 15.5) / 12.8) ** 2 + ((i - 15.5) / 7.2) ** 2 <= 1
        for i in range(64)
        for j in range(64)
    ]
    np.testing.assert_array_equal(image.ravel(), inside)


@pytest.mark.parametrize("scale", range(6))
@pytest.mark.parametrize("orientation", [0, 7, 13, 26])
def test_the_heart_is_what_its_published_outline_encloses(scale, orientation):
    path = pytest.importorskip("matplotlib.path")
    size, angle = 0.5 + 0.1 * scale, 2 * np.pi * orientation / 39
    t = np.linspace(0, 2 * np.pi, 20_001)
    x = size * 0.6 * 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    y = size * (-0.66 * y - 1.5)
    # Counter-clockwise as seen, with y downwards: right goes up.
    turned = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    place = 15.5 + 32 * MIDDLE / 31
    outline = path.Path(np.stack(turned, axis=1) + place)
    rows, columns = np.mgrid[:64, :64]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    expected = outline.contains_points(pixels).reshape(64, 64)
    np.testing.assert_array_equal(picture(HEART, scale, orientation), expected)


def test_shapes_move_to_the_right_and_downwards():
    for shape in (SQUARE, ELLIPSE):
        for x, y in ((0, 0), (31, 0), (0, 31), (31, 31)):
            expected = (15.5 + 32 * x / 31, 15.5 + 32 * y / 31)
            assert centre(picture(shape, x=x, y=y)) == pytest.approx(expected)


def test_shapes_turn_counter_clockwise():
    down = centre(picture(HEART))
    quarter = centre(picture(HEART, orientation=10))  # 92 degrees
    place = 15.5 + 32 * MIDDLE / 31
    assert down[1] < place - 0.5 and abs(down[0] - place) < 0.5  # its mass is above its tip
    assert quarter[0] < place - 0.5 and abs(quarter[1] - place) < 0.5  # and so it goes to the left


def test_the_last_orientation_looks_like_the_first():
    for shape in (SQUARE, ELLIPSE, HEART):
        np.testing.assert_array_equal(picture(shape, orientation=39), picture(shape))


def test_what_is_no_factor_is_refused():
    with pytest.raises(ValueError, match="737,279"):
        sprites.factors_of(np.array([737_280]))
    with pytest.raises(ValueError, match="indices"):
        sprites.render(np.array([[0, 3, 0, 0, 0, 0]]))
    with pytest.raises(ValueError, match="indices"):
        sprites.render(np.array([[0, 0, 0, 0, 0, -1]]))
    with pytest.raises(ValueError, match="shape"):
        sprites.render(np.zeros((4, 5), int))


def test_no_pictures_are_no_mistake():
    assert sprites.render(np.zeros((0, 6), int)).shape == (0, 64, 64)
