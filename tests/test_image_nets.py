"""Sheet 6's given networks, sheet 4's reader of codes, drawings, colours and stages."""

import numpy as np
import pytest
import torch

from helpers import drawings, figures, held, image_nets
from helpers.sliders import steps


def test_rescaled_columns_have_mean_0_and_variance_1():
    x = 3 * torch.randn(500, 4, generator=torch.Generator().manual_seed(0)) + 7
    s, t = image_nets.Rescale(4).fit(x)(x)
    z = x * torch.exp(s) + t
    torch.testing.assert_close(z.mean(dim=0), torch.zeros(4), rtol=0, atol=1e-5)
    torch.testing.assert_close(z.std(dim=0), torch.ones(4))


@pytest.mark.parametrize("block", [2, 4])
def test_a_net_of_convolutions_starts_at_0_and_keeps_the_order_of_pixels(block):
    torch.manual_seed(0)
    net, x = image_nets.ConvNet(block, 8), torch.randn(3, 28 * 28)
    assert all(not out.any() and out.shape == x.shape for out in net(x))
    torch.nn.init.normal_(net.last.weight)
    moved = x.clone()
    moved[:, 5 * 28 + 20] += 1  # what it changes lies around row 5, column 20
    changed = (net(moved)[1] != net(x)[1]).any(dim=0).reshape(28, 28).nonzero()
    assert changed.min(dim=0).values[1] > 20 - 5 * block
    assert (5, 20) in [tuple(place) for place in changed.tolist()]


def test_masks_alternate_and_cover_every_pixel():
    nets, masks = image_nets.conv_couplings()
    assert len(nets) == len(masks) == 9 and not masks[0].any()
    for mask, opposite in zip(masks[1::2], masks[2::2], strict=True):
        assert torch.equal(mask + opposite, torch.ones(784)) and mask.sum() == 392


def test_a_chessboard_of_larger_fields():
    board = image_nets.chessboard(4, 2).reshape(4, 4).tolist()
    assert board == [[0, 0, 1, 1]] * 2 + [[1, 1, 0, 0]] * 2


def test_a_network_reads_what_is_in_a_code_and_guesses_what_is_not():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, (2000, 3))
    turned = factors[:, :2] @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    found = held.shares_read(turned, factors)
    assert found[:2].min() > 0.95 and found[2] < 0.35
    assert np.array_equal(found, held.shares_read(turned, factors))


def test_colours_of_directions_are_equally_light_and_differ():
    colours = figures.hues(np.linspace(0, 2 * np.pi, 12, endpoint=False))
    linear = np.where(colours < 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    light = linear @ [0.2126, 0.7152, 0.0722]
    assert colours.min() >= 0 and colours.max() <= 1 and np.ptp(light) < 0.12
    apart = np.linalg.norm(colours - np.roll(colours, 1, axis=0), axis=1)
    assert apart.min() > 0.1


def test_a_slider_shows_one_stage_at_a_time_and_leaves_no_figure_open():
    stages = [figures.panels()[0] for _ in range(3)]
    stages[2].suptitle("the last")
    slider, shown = steps(stages, "undone").children
    first = shown.value
    slider.value = 2
    assert shown.value != first and slider.max == 2
    assert not figures.plt.get_fignums()


@pytest.mark.parametrize("drawing", [drawings.coupling, drawings.game])
def test_a_drawing_has_words_in_its_boxes(drawing):
    figure = drawing()
    assert len(figure.axes[0].patches) >= 6 and len(figure.axes[0].texts) >= 6
    figures.plt.close(figure)
