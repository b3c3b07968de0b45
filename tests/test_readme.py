"""README's pictures: what its first screen shows is there, small, and described in words."""

import re
import runpy

import pytest

from grader.course import layout

LARGEST = 150_000  # bytes: a first screen that a slow network shows at once
TEXT = (layout.ROOT / "README.md").read_text("utf-8")
PICTURES = dict(re.findall(r'<img src="([^"]+)"[^>]*alt="([^"]+)"', TEXT))
PICTURES |= {path: words for words, path in re.findall(r"!\[([^]]+)\]\(([^)]+)\)", TEXT)}


def test_four_pictures_stand_on_the_first_screen_of_the_readme():
    first = [path for path in PICTURES if TEXT.index(path) < TEXT.index("make grade")]
    assert len(first) == 4
    assert all(path.startswith("docs/readme_") for path in first)


def test_every_picture_of_the_readme_is_there_small_and_described():
    assert TEXT.count("<img ") + TEXT.count("![") == len(PICTURES)
    for path, words in PICTURES.items():
        assert (layout.ROOT / path).stat().st_size <= LARGEST, path
        assert len(words.split()) >= 8, path


SCRIPT = runpy.run_path(str(layout.ROOT / "scripts" / "readme_pictures.py"))


@pytest.mark.parametrize("name", SCRIPT["SHOWN"])
def test_the_script_finds_the_figures_that_the_readme_shows_in_the_executed_sheets(name):
    height, width, colours = SCRIPT["figure_of"](*SCRIPT["SHOWN"][name]).shape
    assert min(height, width) > 200 and colours in (3, 4)
