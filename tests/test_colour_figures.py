"""What sheet 4's notebook rests on: rows of colour pictures, tables, sliders, a stand-in model."""

import io

import matplotlib.image
import numpy as np
import pytest
import torch

from helpers import figures
from helpers.checks import close
from helpers.sliders import sliders
from helpers.standins import ThreeColours


def plain(*values: float) -> np.ndarray:
    """Pictures that are red in one value each, without green and blue."""
    pictures = np.zeros((len(values), 3, 64, 64))
    pictures[:, 0] = np.array(values)[:, None, None]
    return pictures


@pytest.fixture
def drawn():
    tables = {
        "left": {"one": plain(0, 0.25, 0.5), "two": np.stack([plain(1), plain(0.75)])},
        "right": {"three": torch.from_numpy(plain(1, 0))},
    }
    figure = figures.colour_rows(tables, columns=["a", "b", "c"], x="value")
    yield figure
    figures.plt.close(figure)


def test_each_picture_stands_in_its_row_and_column_and_none_is_stretched(drawn):
    shown = drawn.axes[0].images[0].get_array()
    middles = shown[figures.SIDE // 2 :: figures.SIDE, figures.SIDE // 2 :: figures.SIDE]
    assert middles[..., 0].tolist() == [[0, 0.25, 0.5], [1, 1, 1], [0.75, 1, 1]]
    assert middles[0, :, 2].tolist() == [0, 0, 0] and middles[1, 1].tolist() == [1, 1, 1]
    assert drawn.axes[1].images[0].get_array()[30, 30].tolist() == [1, 0, 0]


def test_pictures_of_all_panels_are_square_and_as_large_on_the_screen_as_they_have_pixels(drawn):
    sizes = []
    for panel, (rows, columns) in zip(drawn.axes, [(3, 3), (1, 2)], strict=True):
        place = panel.get_window_extent()
        sizes += [place.width / columns, place.height / rows]
    assert np.allclose(sizes, 2 * figures.SIDE) and drawn.dpi == 2 * figures.SCREEN


def test_rows_and_columns_have_their_names_and_a_group_of_rows_has_one(drawn):
    left = drawn.axes[0]
    assert [text.get_text() for text in left.get_yticklabels()] == ["one", "two"]
    assert left.get_yticks().tolist() == [0.5 * figures.SIDE, 2 * figures.SIDE]
    assert [text.get_text() for text in left.get_xticklabels()] == ["a", "b", "c"]
    assert left.get_title() == "left" and left.get_xlabel() == "value"


@pytest.mark.parametrize("value", [-0.2, 1.3, float("nan")])
def test_values_that_a_picture_cannot_have_are_not_cut_off_in_silence(value):
    with pytest.raises(ValueError, match="no sigmoid"):
        figures.colour_rows({"x": {"y": plain(0.5, value)}})


def test_a_table_of_shares_has_names_and_writes_what_is_not_small():
    figure, (panel,) = figures.panels()
    figures.share_table(panel, np.array([[0.05, 0.4], [0.93, 0.0]]), ["3", "7"], ["a", "b"])
    assert [text.get_text() for text in panel.texts] == ["0.40", "0.93"]
    assert [text.get_text() for text in panel.get_xticklabels()] == ["a", "b"]
    assert panel.images[0].get_clim() == (0, 1)
    figures.plt.close(figure)


def colour(picture) -> list[float]:
    """Red, green and blue at the middle of a widget's picture."""
    return matplotlib.image.imread(io.BytesIO(picture.value))[32, 32, :3].round(2).tolist()


def test_a_slider_moves_its_latent_and_leaves_the_base_alone():
    def decode(z):
        return (z[:, :3, None, None] / 4).clamp(0, 1).expand(-1, 3, 64, 64)

    base = torch.tensor([1.0, 2.0, 0.0, 0.0])
    picture, column = sliders(decode, base, [2, 0]).children
    assert [slider.description for slider in column.children] == ["latent 2", "latent 0"]
    assert [slider.value for slider in column.children] == [0.0, 1.0]
    assert colour(picture) == [0.25, 0.5, 0.0]
    column.children[0].value = 3.0
    assert colour(picture) == [0.25, 0.5, 0.75]
    column.children[1].value = -3.0
    assert colour(picture) == [0.0, 0.5, 0.75]
    assert base.tolist() == [1.0, 2.0, 0.0, 0.0]


def test_the_stand_in_has_the_colour_of_its_first_latents_in_eval_mode_only():
    z, model = torch.linspace(-2, 3, 96).reshape(3, 32), ThreeColours()
    assert close(model.decoder.eval()(z)[:, :, 7, 60], z[:, :3])
    assert model.decoder(z).shape == (3, 3, 64, 64) and model.decoder(z[:0]).shape[0] == 0
    torch.manual_seed(0)
    assert not close(ThreeColours().decoder(z)[:, :, 7, 60], z[:, :3])


def test_the_stand_in_comes_in_two_modes_and_has_no_way_but_the_decoder():
    model = ThreeColours()
    assert {part.training for part in model.modules()} == {True, False}
    for call in (model, model.encoder):
        with pytest.raises(RuntimeError, match="decoder"):
            call(torch.zeros(1, 3, 64, 64))
