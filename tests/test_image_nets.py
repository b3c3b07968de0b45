"""Networks: sheet 6's and their trained weights, sheet 4's reader; drawings, colours, stages."""

import importlib.util
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.authoring import package
from helpers import data, drawings, figures, held, image_nets
from helpers.checkpoints import WeightsError
from helpers.sliders import steps

ROOT = Path(__file__).resolve().parent.parent


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


# --- the trained flow of convolutions ------------------------------------------------------------


@pytest.fixture(scope="module")
def script():
    """scripts/train_conv_flow.py as a module."""
    path = ROOT / "scripts" / "train_conv_flow.py"
    spec = importlib.util.spec_from_file_location("train_conv_flow", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def names(script):
    """What the notebook of sheet 6 defines."""
    return script.notebook()


@pytest.fixture(scope="module")
def trained_flow(names):
    """The trained networks in the layers of the sheet's solution."""
    pairs = image_nets.trained()
    return names["Flow"]([names["AffineCoupling"](net, mask) for net, mask in pairs]).eval()


def test_the_trained_flow_has_the_bits_that_are_stated(names, trained_flow):
    digits = data.digits()
    if digits.name != "MNIST":
        pytest.skip("MNIST is not here")
    images = torch.from_numpy((255 * digits.test_images[:256]).round()).to(torch.uint8)
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        noise = names["fitted_noise"]
        bits = names["bits_of_images"](trained_flow, images, noise, 256, generator)
    error = float(bits.std()) / len(bits) ** 0.5
    stated = image_nets.WEIGHTS.about(image_nets.NAME)["held_out"]
    assert error < 0.03 and abs(float(bits.mean()) - stated) < 4 * error


def test_networks_for_mnist_are_not_for_other_digits():
    with pytest.raises(WeightsError, match="are for MNIST, and these are scikit-learn's digits"):
        image_nets.trained("scikit-learn's digits")


def test_the_trained_flow_leads_back_to_what_it_was_given(trained_flow):
    z = torch.randn(20, 784, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        x, log_det_back = trained_flow.inverse(z)
        back, log_det = trained_flow(x)
    torch.testing.assert_close(back, z, rtol=0, atol=1e-3)
    torch.testing.assert_close(log_det, -log_det_back, rtol=1e-4, atol=0.01)


def test_the_weights_are_small_come_with_the_sheet_and_are_what_the_script_trains(script):
    entry = image_nets.WEIGHTS.about(image_nets.NAME)
    assert entry | asdict(script.Plan("fitted")) == entry
    file = image_nets.WEIGHTS.folder / f"{image_nets.NAME}.safetensors"
    assert file.stat().st_size < 1_000_000
    assert {file, file.with_suffix(".json")} <= set(package.files("sheet6_flow"))


# --- the rest ------------------------------------------------------------------------------------


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
