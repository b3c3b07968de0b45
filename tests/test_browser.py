"""In a real browser: pages as students open them, on a phone, on a desk and in the dark.

Skipped where there is no Chromium (see `browsing`).
"""

from pathlib import Path

import browsing
import handed_back
import pytest
from test_class_report import hand_in

from grader.course import outline
from grader.records import class_report

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

WIDTHS = {"phone": 360, "tablet": 768, "desk": 1280, "wide": 1920}


@pytest.fixture(scope="module")
def feedback(tmp_path_factory) -> str:
    """The address of a feedback page."""
    file: Path = tmp_path_factory.mktemp("feedback") / "kl.html"
    file.write_text(handed_back.typical(), "utf-8")
    return file.as_uri()


def width_of(page: sync_api.Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_width_makes_the_page_scroll_sideways(feedback, open_page, width):
    page = open_page(feedback, width)
    browsing.unfold(page)
    assert width_of(page) == width


def test_the_first_screen_of_a_phone_has_name_points_and_what_waits(feedback, open_page):
    page = open_page(feedback, 360, 780, is_mobile=True, device_scale_factor=2)
    for words in ("team-noether", "points so far", "wait for your instructor"):
        box = page.get_by_text(words).first.bounding_box()
        assert box and box["y"] + box["height"] < 780, words
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"


def test_the_first_failure_is_on_the_first_screen_of_a_desk(feedback, open_page):
    page = open_page(feedback)
    box = page.get_by_role("link", name="From the definition to the closed form").bounding_box()
    assert box and box["y"] + box["height"] < 900


def test_the_page_is_dark_in_the_dark_and_light_on_paper(feedback, open_page):
    ground = "getComputedStyle(document.body).backgroundColor"
    page = open_page(feedback, color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 23, 27)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not page.get_by_text("All exercises").first.is_visible()


def test_a_link_in_the_table_leads_to_the_section(feedback, open_page):
    page = open_page(feedback)
    page.get_by_role("link", name="KL divergence to the standard normal distribution").click()
    part = page.get_by_role("article", name="KL divergence to the standard normal distribution")
    page.wait_for_function("window.scrollY > 0")
    assert part.get_by_text(handed_back.FLIPPED).is_visible()
    assert part.get_by_text("def kl_standard_normal").is_visible()


def test_what_is_folded_away_opens_without_a_script(feedback, open_page):
    page = open_page(feedback, java_script_enabled=False)
    part = page.get_by_role("article", name="KL divergence of discrete distributions")
    part.get_by_text("1 of 2 properties hold").click()
    assert part.get_by_text("agrees with the definition").is_visible()


def test_formulas_are_drawn(feedback, open_page):
    page = open_page(feedback)
    part = page.get_by_role("article", name="From the definition to the closed form")
    box = part.locator(".derivation mfrac").first.bounding_box()
    assert box and box["height"] > 25  # one above the other


def test_the_names_that_a_screen_reader_says(feedback, open_page):
    page = open_page(feedback)
    tree = page.locator("main").aria_snapshot()
    assert 'img "part of the points"' in tree
    assert 'row "Look at these first"' in tree or "Look at these first" in tree
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("main").count() == 1


def test_the_report_on_the_course_fits_on_a_phone(tmp_path, open_page):
    file = tmp_path / "class_report.html"
    file.write_text(class_report.course_page([], ["anna", "ben"], "now"), "utf-8")
    assert width_of(open_page(file.as_uri(), 360)) == 360


def class_of_three() -> class_report.SheetReport:
    """One with all points, one with a mistake that has a name, one with none."""
    hand_ins = (hand_in("anna", 1.0, seconds=4.0), hand_in("ben", 0.5, "nan_at_zero"))
    title = outline.sheet_title(handed_back.SHEET)
    everybody = (*hand_ins, hand_in("clara", 0.0))
    return class_report.SheetReport(handed_back.SHEET, title, 108.0, everybody, ("dora",))


def page_of(name: str) -> str:
    """A page that people are sent, by what it is."""
    if name == "feedback":
        return handed_back.typical()
    report = class_of_three()
    if name == "course":
        return class_report.course_page([report], ["anna", "ben", "clara", "dora"], "now")
    return class_report.sheet_page(report, "now")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["feedback", "course", "sheet"])
@pytest.mark.parametrize("width", [360, 1280])
def test_contrast_labels_and_keys_are_as_everybody_needs_them(
    name, width, scheme, tmp_path, open_page
):
    file = tmp_path / "page.html"
    file.write_text(page_of(name), "utf-8")
    page = open_page(file.as_uri(), width, color_scheme=scheme)
    browsing.demand_for_everybody(page)
