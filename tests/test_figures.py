"""Figures for people who do not see them: alternative texts; figures that sliders draw again."""

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.course import layout, outline
from grader.records import page
from grader.records.sanitise import RemoveActiveContent
from helpers import drawings, figures
from helpers.redrawn import redrawn

WITHOUT = {"sheet3_vae": {"gradients-figure"}}  # to be shown with words, too


def curve():
    figure, (left, right) = figures.panels(2)
    left.plot([1, 2], label='a "quoted" <name>')
    figures.label(left, "x", "y", "rising")
    figures.label(right, "x", "y", "nothing", legend=None)
    return figure


@pytest.fixture
def shown(monkeypatch):
    found = []
    monkeypatch.setattr(figures, "display", found.append)
    figures.show(curve(), "A line.")
    return found[0]


def picture(html):
    return BeautifulSoup(html, "html.parser").img


def test_a_figure_is_shown_with_its_description_titles_and_legends(shown):
    words = 'A line. Panel: rising. Legend: a "quoted" <name>. Panel: nothing.'
    assert picture(shown._repr_html_())["alt"] == words == repr(shown)


def test_a_figure_has_two_dots_for_each_of_the_screen_and_is_closed(shown, tmp_path):
    file = tmp_path / "figure.png"
    file.write_bytes(shown.png)
    dots = matplotlib.image.imread(file).shape[1]
    assert abs(dots - 2 * shown.width) <= 1 and shown.width > 600
    assert plt.get_fignums() == []


def test_the_title_of_a_whole_figure_is_among_its_words():
    figure = figures.image_rows({"one": np.zeros((1, 4))}, "rows of pictures", side=2)
    assert figures._in_words(figure, "Rows.") == "Rows. Title: rows of pictures."
    plt.close(figure)


def test_a_feedback_page_keeps_the_description(shown):
    output = new_output("display_data", {"text/html": shown._repr_html_(), "text/plain": "A"})
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    cleaned, _ = RemoveActiveContent().preprocess(notebook, {})
    found = picture(str(page.outputs(cleaned.cells[0], "A title")))
    assert found["alt"] == repr(shown) and found["src"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("drawing", [drawings.latent_variables, drawings.reparametrisation])
def test_a_drawing_fits_on_its_canvas(drawing):
    figure = drawing()
    figure.canvas.draw()
    whole = figure.axes[0].get_window_extent().padded(2)
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert whole.contains(box.x0, box.y0) and whole.contains(box.x1, box.y1), text.get_text()
    plt.close(figure)


def test_a_slider_draws_the_figure_again():
    values = []

    def draw(height):
        values.append(height)
        figure, (panel,) = figures.panels(1)
        panel.plot([0, height])
        return figure

    box = redrawn(draw, height=(1.0, 0.0, 2.0))
    slider, image = box.children
    before = image.value
    slider.value = 2.0
    assert values == [1.0, 2.0] and image.value != before
    assert plt.get_fignums() == []


@pytest.mark.parametrize("sheet", ["sheet1_kl", "sheet2_autoencoder", "sheet3_vae"])
def test_every_figure_of_a_sheet_has_a_description(sheet):
    assert sheet in layout.sheets()
    for cell in outline.read_source(sheet).cells:
        if "figures.panels(" in cell.source or "figures.image_rows(" in cell.source:
            described = "figures.show(" in cell.source or "redrawn(" in cell.source
            assert described or cell.id in WITHOUT.get(sheet, ()), cell.id
