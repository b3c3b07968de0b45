"""helpers.faces: what the documentation promises of the pictures and their factors."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import faces

ROOT = Path(__file__).resolve().parent.parent
MIDDLES = np.array([(factor.low + factor.high) / 2 for factor in faces.FACTORS])


def test_pictures_are_colours_between_0_and_1():
    images, factors = faces.sample(100, seed=1)
    assert images.shape == (100, 3, 64, 64) and images.dtype == np.float32
    assert images.min() >= 0 and images.max() <= 1
    assert factors.shape == (100, 10) and factors.dtype == np.int64


def test_a_seed_gives_the_same_pictures_again_and_another_gives_others():
    first, again, other = (faces.sample(20, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_a_picture_does_not_depend_on_those_beside_it():
    images, factors = faces.sample(2 * faces.AT_ONCE + 3, seed=3)
    for i in (0, faces.AT_ONCE, len(images) - 1):
        np.testing.assert_allclose(faces.render(factors[i : i + 1])[0], images[i], atol=1e-6)


def test_indices_stand_for_values_at_equal_distances():
    factors = faces.draw(30, seed=4)
    values = faces.values_of(factors)
    for factor, index, value in zip(faces.FACTORS, factors.T, values.T, strict=True):
        step = (factor.high - factor.low) / (factor.count - 1)
        np.testing.assert_allclose(value, factor.low + step * index)
    np.testing.assert_allclose(faces.render(factors), faces.render(values), atol=1e-6)


def test_values_are_drawn_from_low_to_high():
    values = faces.draw_values(2_000, seed=4)
    for factor, value in zip(faces.FACTORS, values.T, strict=True):
        share = (value - factor.low) / (factor.high - factor.low)
        assert 0 <= share.min() < 0.01 and 0.99 < share.max() <= 1
        assert np.median(share) == pytest.approx(0.5, abs=0.05)


def test_the_last_factor_runs_fastest():
    assert faces.COUNT == 8**10 == 1_073_741_824
    numbers = np.array([0, 1, faces.COUNTS[-1], faces.COUNT - 1])
    factors = faces.factors_of(numbers)
    assert factors[0].tolist() == [0] * 10
    assert factors[1].tolist() == [0] * 9 + [1]
    assert factors[2].tolist() == [0] * 8 + [1, 0]
    assert factors[3].tolist() == [count - 1 for count in faces.COUNTS]
    drawn = faces.draw(50, seed=5)
    np.testing.assert_array_equal(faces.factors_of(faces.number_of(drawn)), drawn)


def test_every_value_is_drawn_equally_often_and_factors_are_independent():
    factors = faces.draw(40_000, seed=6)
    for column, count in zip(factors.T, faces.COUNTS, strict=True):
        share = np.bincount(column, minlength=count) / len(column)
        np.testing.assert_allclose(share, 1 / count, atol=0.01)
    correlation = np.corrcoef(factors.T) - np.eye(10)
    assert np.abs(correlation).max() < 0.03


@pytest.mark.parametrize("k", range(10), ids=faces.NAMES)
def test_each_factor_changes_the_picture_step_by_step_whatever_the_others_are(k):
    others = faces.draw(40, seed=7)
    steps = []
    for value in range(faces.COUNTS[k]):
        factors = others.copy()
        factors[:, k] = value
        steps.append(faces.render(factors))
    steps = np.stack(steps)
    # The squared difference between neighbours and between the ends, summed over a picture.
    neighbours = (np.diff(steps, axis=0) ** 2).sum(axis=(2, 3, 4))
    ends = ((steps[-1] - steps[0]) ** 2).sum(axis=(1, 2, 3))
    assert neighbours.min() > 0.2
    assert ends.min() > 10


def test_the_head_turns_to_the_side_that_its_name_says():
    left, right = np.stack([MIDDLES, MIDDLES]), None
    left[:, faces.NAMES.index("head turn")] = (-16, 16)
    left, right = faces.render(left)
    # Turned to the other side, a face that looks ahead is its mirror image.
    np.testing.assert_allclose(left, right[:, :, ::-1], atol=1e-5)
    rows = slice(27, 39)  # of the eyes, whose white is the brightest there
    columns = np.arange(64) + 0.5
    weight = (left[:, rows].min(axis=0) > 0.9).sum(axis=0)
    assert (weight * columns).sum() / weight.sum() < 31


def test_pupils_mouth_and_hair_do_what_their_names_say():
    def two(name):
        values = np.stack([MIDDLES, MIDDLES])
        factor = faces.FACTORS[faces.NAMES.index(name)]
        values[:, faces.NAMES.index(name)] = factor.low, factor.high
        return faces.render(values)

    left, right = two("gaze")
    rows = slice(30, 36)
    dark = [
        (image[:, rows].max(axis=0) < 0.2).sum(axis=0) @ np.arange(64) for image in (left, right)
    ]
    assert dark[0] < dark[1]
    sad, smiling = two("mouth")
    above, below = (slice(44, 46), slice(31, 33)), (slice(50, 53), slice(31, 33))
    lips = np.array(faces.LIPS)[:, None, None]
    np.testing.assert_allclose(sad[:, *above] - lips, 0, atol=0.01)  # an open mouth, turned down
    assert smiling[:, *below].min() > 0.9 > sad[:, *below].min()  # teeth
    short, long = two("hair length")
    assert np.abs(short - long)[:, :30].max() < 1e-6 < np.abs(short - long)[:, 45:].max()


def test_the_pictures_are_still_those_that_the_models_were_trained_on():
    """Who changes them has to train the models again: make weights."""
    images = faces.render(faces.factors_of(np.array([0, 123_456_789, faces.COUNT - 1])))
    means = [[0.40731, 0.66425, 0.45881], [0.3674, 0.47557, 0.35055], [0.79345, 0.54289, 0.49248]]
    np.testing.assert_allclose(images.mean(axis=(2, 3)), means, atol=1e-4)
    deviations = [0.30179, 0.26237, 0.28245]
    np.testing.assert_allclose(images.std(axis=(1, 2, 3)), deviations, atol=1e-4)


def test_no_factor_hides_another():
    """Eyes, mouth and background are seen in every picture, the widest face and longest hair."""
    images = faces.render(faces.draw(500, seed=8))
    white = (images.min(axis=1) > 0.9)[:, 27:39].sum(axis=(1, 2))
    assert white.min() > 30  # pixels of the whites of the eyes
    lips = np.abs(images - np.array(faces.LIPS)[:, None, None]).max(axis=1)[:, 40:57]
    assert (lips < 0.15).sum(axis=(1, 2)).min() > 5
    corner = images[:, :, :8, :8]
    assert np.ptp(corner.mean(axis=(2, 3)), axis=0).min() > 0.05


def test_what_is_no_factor_is_refused():
    with pytest.raises(ValueError, match=r"\(n, 10\), not \(10,\)"):
        faces.render(np.zeros(10, int))
    outside = MIDDLES[None].copy()
    outside[0, 4] = 25.0
    with pytest.raises(ValueError, match="face width: the values run from 16.0 to 20.0"):
        faces.render(outside)
    with pytest.raises(ValueError, match="face width"):
        faces.render(np.where(outside == 25, np.nan, outside))
    with pytest.raises(ValueError, match="background: the indices run from 0 to 7"):
        faces.render(np.full((1, 10), 8))
    with pytest.raises(ValueError, match="numbers from 0"):
        faces.factors_of(np.array([-1]))


def test_no_pictures_are_no_mistake():
    assert faces.render(np.zeros((0, 10), int)).shape == (0, 3, 64, 64)


def test_the_documentation_has_the_table_of_the_factors_as_they_are():
    text = (ROOT / "docs" / "faces.md").read_text("utf-8")
    for number, factor in enumerate(faces.FACTORS):
        span = f"{factor.low:g} … {factor.high:g}"
        ends = " → ".join(factor.ends)
        row = f"| {number} | {factor.name} | {factor.count} | {span} | {factor.unit} | {ends} |"
        assert row in text, row
    assert f"{faces.COUNT:,}" in text


def test_drawing_pictures_needs_no_torch():
    code = "import sys; from helpers import faces, sprites; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
